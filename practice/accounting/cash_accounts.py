"""Which accounts are cash, and which are money on its way to or from it."""

from __future__ import annotations

from typing import Final

from daysheet.accounting.metadata import inherited
from daysheet.accounts import CLEARING, is_under
from daysheet.books import Books

CASH_FLOW: Final = "cash-flow"
CASH_ROOTS: Final = ("Assets:Bank", "Assets:Cash")


def is_cash(books: Books, account: str) -> bool:
    """Whether an account is cash: it says so (`cash-flow: "cash"`), or stands where cash does and says nothing."""
    return books.once(("is cash", account), lambda: _is_cash(books, account))


def is_near_cash(books: Books, account: str) -> bool:
    """Whether an account is cash or holds checks and deposits under way."""
    return is_cash(books, account) or is_under(account, CLEARING)


def _is_cash(books: Books, account: str) -> bool:
    if not account.startswith(("Assets:", "Liabilities:")):
        return False
    said = inherited(books, account, CASH_FLOW)
    return said == "cash" if said is not None else any(is_under(account, root) for root in CASH_ROOTS)
