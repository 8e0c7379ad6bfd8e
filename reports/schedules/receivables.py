"""What patients and insurers owe, by age.

The age of a balance is the days from the invoice's date to the day of the report. A credit balance (paid more than was
owed, or money on account) stands in its own column, so that it hides no old debt; the columns of a row sum to
the balance of its control account.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from daysheet.accounts import RECEIVABLE, RECEIVABLE_PATIENTS, is_under
from daysheet.billing.dues import dues, plan_of
from daysheet.books import Books
from daysheet.books.openings import bill_or_opening
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
        Column("account", "Account", shown="data"),
        *buckets,
        Column("days_over_120", OLDEST, "money"),
        Column("credits", "Credits", "money"),
        Column("total", "Total", "money"),
    )
    notes = _notes(rows[-1])
    return request.table("receivables", "Receivables aging", columns, rows, notes, has_basis=False, at_end=True)


def aged(books: Books, day: datetime.date) -> dict[str, list[Decimal]]:
    """For each receivable account with a balance: the sum in each bucket, the oldest, then credits."""
    return books.once(("aged", day), lambda: _aged(books, day))


def _aged(books: Books, day: datetime.date) -> dict[str, list[Decimal]]:
    owed: dict[tuple[str, str | None, datetime.date | None], Decimal] = defaultdict(Decimal)
    begun: dict[str, datetime.date] = {}
    for invoice, postings in books.receivable.items():
        for posting in postings:
            if posting.date > day:
                continue
            since = posting.date if invoice is None else None
            owed[posting.account, invoice, since] += posting.amount
            if invoice is not None:
                begun[invoice] = min(begun.get(invoice, posting.date), posting.date)
    found: dict[str, list[Decimal]] = {}
    for (account, invoice, since), amount in owed.items():
        if amount:
            columns = found.setdefault(account, [_ZERO] * _COLUMNS)
            planned = _planned(books, account, invoice, day) if books.plans and amount > 0 else []
            for part, due in planned:
                columns[_bucket(day, due)] += part
            left = amount - sum((part for part, _ in planned), _ZERO)
            date = since if invoice is None else _invoice_date(books, invoice, begun[invoice])
            columns[_COLUMNS - 1 if left < 0 else _bucket(day, date)] += left
    return found


def _planned(
    books: Books, account: str, invoice: str | None, day: datetime.date
) -> list[tuple[Decimal, datetime.date]]:
    """What is open under a payment plan, and since when: an instalment is as old as it is late, and none before."""
    bill = bill_or_opening(books, invoice)
    if bill is None or not is_under(account, RECEIVABLE_PATIENTS) or plan_of(books, bill, day) is None:
        return []
    return [(due.amount, min(due.date, day)) for due in dues(books, bill.id, day) if due.account == account]


def _notes(total: Row) -> tuple[str, ...]:
    """How ages are counted, and the share that is older than 90 days: the measure of HFMA."""
    sums = [cell for cell in total.cells[2:-2] if isinstance(cell, Decimal)]
    old = share(sum(sums[-2:], _ZERO), sum(sums, _ZERO))
    counted = "Age in days from the invoice's date. Credits are paid beyond what was owed, or on account."
    return (counted,) if old is None else (counted, f"Over 90 days: {old}% of what is owed.")


def _invoice_date(books: Books, invoice: str, otherwise: datetime.date) -> datetime.date:
    known = books.invoices.get(invoice)
    return min(item.date for item in known) if known else otherwise


def _bucket(day: datetime.date, since: datetime.date | None) -> int:
    age = (day - since).days if since else 0
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
