"""What patients and insurers owe, by age.

The age of a balance is the days from the invoice's date to the day of the report; under a payment plan, an instalment
is as old as it is late, and what is not due yet is current. A credit balance (paid more than was owed, or money on
account) stands in its own column, so that it hides no old debt; the columns of a row sum to the balance
of its control account.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from typing import Final

from daysheet.accounts import RECEIVABLE
from daysheet.billing.ageing import open_parts
from daysheet.books import Books
from daysheet.reports.accounts.activity import account_order
from daysheet.reports.accounts.titles import Titles
from daysheet.reports.request import Request
from daysheet.reports.statements.statement import share
from daysheet.reports.table import Column, Row, Table

_ZERO: Final = Decimal()
BUCKETS: Final = ((30, "0–30"), (60, "31–60"), (90, "61–90"), (120, "91–120"))
OLDEST: Final = "Over 120"
_COLUMNS: Final = len(BUCKETS) + 2  # the oldest, and credits


def receivables(request: Request) -> Table:
    """The receivables at the end of the period, a row for each receivable account."""
    day = request.period.last
    rows = tuple(_rows(request.books, day))
    buckets = [Column(f"days_{title.replace('–', '_')}", title, "money") for _, title in BUCKETS]
    columns = (
        Column("payer", "Owed by"),
        Column("account", "Account name", shown="data"),
        *buckets,
        Column("days_over_120", OLDEST, "money"),
        Column("credits", "Credits", "money"),
        Column("total", "Total", "money"),
    )
    notes = _notes(request.books, day, rows[-1])
    return request.table("receivables", "Receivables aging", columns, rows, notes, has_basis=False, at_end=True)


def aged(books: Books, day: datetime.date) -> dict[str, list[Decimal]]:
    """For each receivable account with a balance: the sum in each bucket, the oldest, then credits."""
    return books.once(("aged", day), lambda: _aged(books, day))


def _aged(books: Books, day: datetime.date) -> dict[str, list[Decimal]]:
    found: dict[str, list[Decimal]] = {}
    for part in chain.from_iterable(open_parts(books, day).values()):
        columns = found.setdefault(part.account, [_ZERO] * _COLUMNS)
        columns[_COLUMNS - 1 if part.amount < 0 else _bucket(part.age(day))] += part.amount
    return found


def _notes(books: Books, day: datetime.date, total: Row) -> tuple[str, ...]:
    """How ages are counted, and the share that is older than 90 days: the measure of HFMA."""
    sums = [cell for cell in total.cells[2:-2] if isinstance(cell, Decimal)]
    old = share(sum(sums[-2:], _ZERO), sum(sums, _ZERO))
    planned = any(part.due for parts in open_parts(books, day).values() for part in parts)
    plans = "; under a payment plan, from the day an instalment was due, and none before" if planned else ""
    counted = f"Age in days from the invoice's date{plans}. Credits are paid beyond what was owed, or on account."
    return (counted,) if old is None else (counted, f"Over 90 days: {old}% of what is owed.")


def _bucket(age: int) -> int:
    return next((at for at, (limit, _) in enumerate(BUCKETS) if age <= limit), len(BUCKETS))


def _rows(books: Books, day: datetime.date) -> Iterator[Row]:
    titles = Titles(books)
    sums = [_ZERO] * (_COLUMNS + 1)
    for account, amounts in sorted(aged(books, day).items(), key=lambda pair: account_order(pair[0])):
        row = [*amounts, sum(amounts, _ZERO)]
        sums = [a + b for a, b in zip(sums, row, strict=True)]
        title = "Receivables, other" if account == RECEIVABLE else titles[account]
        yield Row("line", (title, account, *row))
    yield Row("total", ("Total", None, *sums))
