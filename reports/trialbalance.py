"""The trial balance: every account once, what it stood at, moved by and stands at; the sums are zero.

Income and expense accounts open at zero with each fiscal year; what they held before is in the account that earlier
years' income is closed to. That closing is computed, so no closing entries are written.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.accounts import is_under
from daysheet.reports.activity import Activity, account_order, activity
from daysheet.reports.request import Request
from daysheet.reports.table import Column, Row, Table
from daysheet.reports.taxlines import printed_line
from daysheet.reports.titles import Titles

_ZERO: Final = Decimal()
MEMORANDUM_TITLE: Final = "Memorandum: receivables and their contra (not in cash statements)"
RETAINED_TITLE: Final = "Retained earnings, prior years"


class Balance(NamedTuple):
    """One account over a period; debits are positive, and `opening + debit - credit = closing`."""

    account: str
    opening: Decimal
    debit: Decimal
    credit: Decimal

    @property
    def closing(self) -> Decimal:
        """What the account stands at in the end."""
        return self.opening + self.debit - self.credit


def balances(moved: Activity, request: Request) -> list[Balance]:
    """Every account that stood at anything or moved, in the order of a trial balance.

    The accounts of the receivable pair come last on the cash basis, because they are no part of its statements.
    """
    period = request.period
    found: dict[str, Balance] = {}
    for account in moved.accounts.values():
        opening = account.before(period.first)
        if is_under(account.name, "Income") or is_under(account.name, "Expenses"):
            opening -= account.before(period.year_start)
        lines = account.within(period)
        if opening or lines:
            debit = sum((line.amount for line in lines if line.amount > 0), _ZERO)
            credit = -sum((line.amount for line in lines if line.amount < 0), _ZERO)
            found[account.name] = Balance(account.name, opening, debit, credit)
    retained = moved.earned_before(period.year_start)
    if retained:
        held = found.get(moved.earnings, Balance(moved.earnings, _ZERO, _ZERO, _ZERO))
        found[moved.earnings] = held._replace(opening=held.opening + retained)
    return sorted(found.values(), key=lambda balance: (moved.is_memorandum(balance.account), order(balance)))


def order(balance: Balance) -> tuple[int, str]:
    """Sorts balances by account."""
    return account_order(balance.account)


def trial_balance(request: Request) -> Table:
    """The trial balance of a period; opening and closing balances in credit are negative."""
    moved = activity(request.books, request.basis)
    return Table(
        name="trial-balance",
        title="Trial balance",
        basis=request.basis,
        first=request.period.first,
        last=request.period.last,
        as_of=request.books.as_of,
        currency=request.books.currency,
        columns=(
            Column("account", "Account"),
            Column("title", "Title", shown="data"),
            Column("opening", "Opening", "money"),
            Column("debit", "Debit", "money"),
            Column("credit", "Credit", "money"),
            Column("closing", "Closing", "money"),
            Column("tax_line", "Tax line", shown="wide"),
        ),
        rows=tuple(_rows(moved, request)),
        notes=("Balances in credit are in parentheses.", *moved.notes()),
    )


def _rows(moved: Activity, request: Request) -> Iterator[Row]:
    titles = Titles(request.books)
    every = balances(moved, request)
    memorandum = [balance for balance in every if moved.is_memorandum(balance.account)]
    for balance in every[: len(every) - len(memorandum)]:
        yield _row(balance, titles, request, moved)
    if memorandum:
        yield Row("heading", (MEMORANDUM_TITLE, None, None, None, None, None, None))
        for balance in memorandum:
            yield _row(balance, titles, request, moved)
        yield _total("subtotal", "Total memorandum", memorandum)
    yield _total("total", "Total", every)


def _row(balance: Balance, titles: Titles, request: Request, moved: Activity) -> Row:
    title = RETAINED_TITLE if balance.account == moved.earnings else titles[balance.account]
    line = printed_line(request, balance.account)
    amounts = (balance.opening, balance.debit, balance.credit, balance.closing)
    return Row("line", (balance.account, title, *amounts, line))


def _total(kind: str, title: str, every: list[Balance]) -> Row:
    columns = zip(*((b.opening, b.debit, b.credit, b.closing) for b in every), strict=True)
    sums = [sum(column, _ZERO) for column in columns] or [_ZERO] * 4
    return Row("subtotal" if kind == "subtotal" else "total", (title, None, *sums, None))
