"""The trial balance: every account once, what it stood at, moved by and stands at; the sums are zero.

Income and expense accounts open at zero with each fiscal year; what they held before is in the account that earlier
years' income is closed to. That closing is computed, so no closing entries are written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.accounts import is_under
from daysheet.reports.accounts.activity import Activity, Line, account_order, activity
from daysheet.reports.accounts.titles import Titles
from daysheet.reports.period import Period
from daysheet.reports.request import Request
from daysheet.reports.table import Column, Row, RowKind, Table
from daysheet.reports.tax.lines import printed_line

_ZERO: Final = Decimal()
MEMORANDUM_TITLE: Final = "Memorandum: receivables and their contra (not in cash statements)"
IN_CREDIT: Final = "Balances in credit are in parentheses."
ADJUSTING: Final = "adjusting"
RETAINED_TITLE: Final = "Retained earnings, prior years"


Amounts = Callable[["Balance"], tuple[Decimal, ...]]


class Balance(NamedTuple):
    """One account over a period; debits are positive, and `opening + debit - credit = closing`.

    The adjusting amounts are the part of `debit` and `credit` that adjusting entries made.
    """

    account: str
    opening: Decimal
    debit: Decimal
    credit: Decimal
    adjusting_debit: Decimal = _ZERO
    adjusting_credit: Decimal = _ZERO

    @property
    def closing(self) -> Decimal:
        """What the account stands at in the end."""
        return self.opening + self.debit - self.credit


def balances(moved: Activity, request: Request) -> tuple[Balance, ...]:
    """Every account that stood at anything or moved, in the order of a trial balance.

    The accounts of the receivable pair come last on the cash basis, because they are no part of its statements.
    """
    key = ("balances of accounts", moved.basis, request.period)
    return request.books.once(key, lambda: _balances(moved, request.period))


def _balances(moved: Activity, period: Period) -> tuple[Balance, ...]:
    found: dict[str, Balance] = {}
    for account in moved.accounts.values():
        opening = account.before(period.first)
        if is_under(account.name, "Income") or is_under(account.name, "Expenses"):
            opening -= account.before(period.year_start)
        lines = account.within(period)
        if opening or lines:
            adjusting = [line for line in lines if ADJUSTING in line.entry.tags]
            found[account.name] = Balance(account.name, opening, *sides(lines), *sides(adjusting))
    retained = moved.earned_before(period.year_start)
    if retained:
        held = found.get(moved.earnings, Balance(moved.earnings, _ZERO, _ZERO, _ZERO))
        found[moved.earnings] = held._replace(opening=held.opening + retained)
    return tuple(sorted(found.values(), key=lambda balance: (moved.is_memorandum(balance.account), order(balance))))


def sides(lines: list[Line]) -> tuple[Decimal, Decimal]:
    """The sum of debits, and of credits, both positive."""
    debit = sum((line.amount for line in lines if line.amount > 0), _ZERO)
    return debit, debit - sum((line.amount for line in lines), _ZERO)


def order(balance: Balance) -> tuple[int, str]:
    """Sorts balances by account."""
    return account_order(balance.account)


def trial_balance(request: Request) -> Table:
    """The trial balance of a period; opening and closing balances in credit are negative."""
    moved = activity(request.books, request.basis)
    columns = (
        Column("account", "Account name", shown="data"),
        Column("title", "Account"),
        Column("opening", "Opening", "money"),
        Column("debit", "Debit", "money"),
        Column("credit", "Credit", "money"),
        Column("closing", "Closing", "money"),
        Column("tax_line", "Tax line", shown="wide"),
    )
    rows = _rows(moved, request, lambda b: (b.opening, b.debit, b.credit, b.closing))
    return request.table("trial-balance", "Trial balance", columns, rows, (IN_CREDIT, *moved.notes()))


def working_trial_balance(request: Request) -> Table:
    """The trial balance before and after adjusting entries: transactions with the tag `#adjusting`."""
    moved = activity(request.books, request.basis)
    columns = (
        Column("account", "Account name", shown="data"),
        Column("title", "Account"),
        Column("opening", "Opening", "money", shown="wide"),
        Column("debit", "Debit", "money", shown="wide"),
        Column("credit", "Credit", "money", shown="wide"),
        Column("unadjusted", "Unadjusted", "money"),
        Column("adjustments", "Adjustments", "money"),
        Column("adjusted", "Adjusted", "money"),
        Column("tax_line", "Tax line", shown="wide"),
    )

    def amounts(b: Balance) -> tuple[Decimal, ...]:
        adjustments = b.adjusting_debit - b.adjusting_credit
        debit, credit = b.debit - b.adjusting_debit, b.credit - b.adjusting_credit
        return (b.opening, debit, credit, b.closing - adjustments, adjustments, b.closing)

    rows = _rows(moved, request, amounts)
    notes = (IN_CREDIT, "Adjustments are the adjusting entries of the period.", *moved.notes())
    return request.table("working-trial-balance", "Working trial balance", columns, rows, notes)


def _rows(moved: Activity, request: Request, amounts: Amounts) -> Iterator[Row]:
    titles = Titles(request.books)
    every = balances(moved, request)
    memorandum = [balance for balance in every if moved.is_memorandum(balance.account)]
    empty = len(amounts(Balance("", _ZERO, _ZERO, _ZERO)))

    def row(balance: Balance) -> Row:
        title = RETAINED_TITLE if balance.account == moved.earnings else titles.whole(balance.account)
        line = printed_line(request, balance.account) if request.is_returns else None
        return Row("line", (balance.account, title, *amounts(balance), line))

    def total(kind: RowKind, title: str, summed: Sequence[Balance]) -> Row:
        columns = zip(*map(amounts, summed), strict=True)
        sums = [sum(column, _ZERO) for column in columns] or [_ZERO] * empty
        return Row(kind, (title, title, *sums, None))

    yield from map(row, every[: len(every) - len(memorandum)])
    if memorandum:
        yield Row("heading", (MEMORANDUM_TITLE, MEMORANDUM_TITLE, *(None,) * (empty + 1)))
        yield from map(row, memorandum)
        yield total("subtotal", "Total memorandum", memorandum)
    yield total("total", "Total", every)
