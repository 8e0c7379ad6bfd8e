"""The year month by month: what was billed, adjusted, collected, spent, and never billed. The pack's charts draw it."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from daysheet.accounts import BILLING, BILLING_CHARGES, BILLING_COLLECTED
from daysheet.books import Books
from daysheet.books.openings import begin_of
from daysheet.reports.accounts.activity import activity
from daysheet.reports.management import billing_gaps
from daysheet.reports.period import Period
from daysheet.reports.request import Request
from daysheet.reports.table import Column, Row, Table

_ZERO: Final = Decimal()


def monthly(request: Request) -> Table:
    """One row for each month of the period; a gap counts in the month that it begins in."""
    columns = (
        Column("month", "Month"),
        Column("charges", "Charges", "money"),
        Column("adjustments", "Adjustments", "money"),
        Column("collected", "Collected", "money"),
        Column("income", "Income", "money", shown="wide"),
        Column("expenses", "Expenses", "money"),
        Column("gap", "Never billed", "money"),
    )
    rows = tuple(_rows(request))
    note = "Charges, adjustments and collections are those of receivables; income and expenses are on the cash basis."
    notes = (note, *begun(request.books, request.period))
    return request.table("monthly", "Monthly summary", columns, rows, notes, has_basis=False)


def begun(books: Books, period: Period) -> Iterator[str]:
    """Where the books begin within a period: on which day, and what that means for its months."""
    if books.begins is not None and period.first < books.begins.date <= period.last:
        day = books.begins.date
        yield f"These books begin on {day} ({books.begins.former} before): months before it are blank."


def months(period: Period) -> Iterator[Period]:
    """The calendar months of a period, the first and last cut to it."""
    begin = period.first
    while begin <= period.last:
        end = begin.replace(day=calendar.monthrange(begin.year, begin.month)[1])
        month = Period(begin, min(end, period.last))
        yield month
        begin = end.replace(day=1).replace(year=end.year + end.month // 12, month=end.month % 12 + 1)


def _rows(request: Request) -> Iterator[Row]:
    moved = activity(request.books, "cash")
    lost: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for finding in billing_gaps.findings(request):
        if finding.kind != "missing-export":
            lost[finding.date.year, finding.date.month] += finding.amount
    sums = [_ZERO] * 6
    begin = begin_of(request.books)
    for month in months(request.period):
        if month.last < begin:
            yield Row("line", (f"{month.first:%Y-%m}", *(None,) * 6))
            continue
        charges, collected = -moved.change(month, BILLING_CHARGES), moved.change(month, BILLING_COLLECTED)
        adjusted = moved.change(month, BILLING) + charges - collected
        income, expenses = -moved.change(month, "Income"), moved.change(month, "Expenses")
        amounts = [charges, adjusted, collected, income, expenses, lost[month.first.year, month.first.month]]
        sums = [total + part for total, part in zip(sums, amounts, strict=True)]
        yield Row("line", (f"{month.first:%Y-%m}", *amounts))
    yield Row("total", ("Total", *sums))
