"""Which accounts are cash, and which activity the movement of any other one belongs to.

`cash-flow:` on an account's `open` directive says it (`cash`, `operating`, `investing` or `financing`; sub-accounts
inherit it); else its place in the chart of accounts does, and whether it is borrowed (`accounting.liabilities`). Only
balance-sheet accounts have an activity: income and expenses are in net income.
"""

from __future__ import annotations

from typing import Literal, get_args

from daysheet.accounting.cash_accounts import CASH_FLOW, is_cash
from daysheet.accounting.liabilities import liability_of
from daysheet.accounting.metadata import inherited
from daysheet.accounts import is_under
from daysheet.books import Books
from daysheet.errors import DaysheetError

CashActivity = Literal["cash", "operating", "investing", "financing"]


def activity_of(books: Books, account: str) -> CashActivity:
    """The activity of a balance-sheet account.

    Raises:
        DaysheetError: its metadata names none of the four.
    """
    said = inherited(books, account, CASH_FLOW)
    for known in get_args(CashActivity):
        if said == known:
            named: CashActivity = known
            return named
    if said is not None:
        meta = books.opened[account].meta if account in books.opened else {}
        raise DaysheetError(
            f'{CASH_FLOW} of {account} must be one of {", ".join(get_args(CashActivity))}, not "{said}"',
            filename=meta.get("filename"),
            line=meta.get("lineno"),
        )
    if is_cash(books, account):
        return "cash"
    if is_under(account, "Assets:Fixed") and not is_accumulated(account):
        return "investing"
    if is_under(account, "Equity") or liability_of(books, account) == "loan":
        return "financing"
    return "operating"


def is_accumulated(account: str) -> bool:
    """Whether an account collects depreciation: it moves with an expense that was never paid."""
    return any(word in account.rpartition(":")[2].lower() for word in ("accumulated", "depreciation", "amortization"))
