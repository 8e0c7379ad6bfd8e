"""What kind of debt each liability account is: a card, a loan, vendors' bills, payroll, sales tax, or none of these.

The books say it, first by a loan fact (`tax_facts`), then by a word on the account's `open` directive, which
sub-accounts inherit:

    2026-01-01 open Liabilities:BlueSky
      liability: "card"

and last by the account's own name, where it is plain: `Liabilities:Notes:SBA` is borrowed, `Liabilities:Amex` a card.
A name that says nothing leaves the kind unknown, and the accountant's pack asks.
"""

from __future__ import annotations

import re
from typing import Final, Literal, get_args

from daysheet.accounting.metadata import inherited
from daysheet.accounts import is_under
from daysheet.books import Books
from daysheet.errors import DaysheetError
from daysheet.tax_facts import Loan

Liability = Literal["card", "loan", "payable", "payroll", "sales-tax", "other"]
KEY: Final = "liability"
_ROOT: Final = "Liabilities"
_CASH_FLOW: Final[dict[str, Liability]] = {"financing": "loan", "operating": "other"}
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+")

# each a set of words that must all stand in one component of the name; the first line that fits decides
_NAMES: Final[tuple[tuple[Liability, str], ...]] = (
    ("other", "prepayment prepayments unearned deferred refund refunds gift patient patients customer customers"),
    ("sales-tax", "sales+tax salestax"),
    ("payable", "accrued accruals"),
    ("payroll", "payroll withheld withholding withholdings wages salaries 941 940"),
    ("loan", "line+credit credit+line creditline loc heloc"),
    ("card", "card cards creditcard creditcards visa mastercard amex american+express discover"),
    ("loan", "loan loans mortgage mortgages note notes borrowing borrowings debt debts financing lease leases"),
    ("loan", "sba ppp eidl term+debt vehicle vehicles auto truck van equipment"),
    ("loan", "shareholder shareholders stockholder stockholders owner owners officer officers member partner partners"),
    ("payable", "payable payables bills vendors ap"),
    ("other", "tax taxes deposits clearing"),
)  # fmt: skip


def liability_of(books: Books, account: str) -> Liability | None:
    """The kind of a liability account; None when nobody has said and the name does not tell, or it is no liability.

    Raises:
        DaysheetError: the account's metadata names none of the kinds.
    """
    if not account.startswith(f"{_ROOT}:"):
        return None
    return books.once(("liability", account), lambda: _kind(books, account))


def loan_accounts(books: Books) -> frozenset[str]:
    """The accounts that loan facts name."""
    return frozenset(fact.account for fact in books.tax_facts if isinstance(fact, Loan))


def _kind(books: Books, account: str) -> Liability | None:
    if any(is_under(account, known) for known in loan_accounts(books)):
        return "loan"
    said = inherited(books, account, KEY)
    if said is not None:
        for known in get_args(Liability):
            if said == known:
                named: Liability = known
                return named
        meta = books.opened[account].meta if account in books.opened else {}
        raise DaysheetError(
            f'{KEY} of {account} must be one of {", ".join(get_args(Liability))}, not "{said}"',
            filename=meta.get("filename"),
            line=meta.get("lineno"),
        )
    moves = inherited(books, account, "cash-flow")
    return _CASH_FLOW.get(moves or "") or named_kind(account)


def named_kind(account: str) -> Liability | None:
    """The kind that an account's name tells, the component nearest to the root first."""
    for component in account.split(":")[1:]:
        words = {word.lower() for word in _WORD.findall(component)} | {component.lower()}
        words |= set(re.findall(r"\d+", component))
        for kind, names in _NAMES:
            if any(set(name.split("+")) <= words for name in names.split()):
                return kind
    return None
