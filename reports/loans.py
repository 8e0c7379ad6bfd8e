"""Loans: what was borrowed, paid back and paid in interest."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from daysheet.reports import taxlines
from daysheet.reports.activity import AccountActivity, activity
from daysheet.reports.cashflow import activity_of
from daysheet.reports.period import Period
from daysheet.reports.request import Request
from daysheet.reports.table import Column, Row, Table
from daysheet.reports.titles import Titles
from daysheet.reports.trialbalance import sides

_ZERO: Final = Decimal()
_INTEREST: Final = ("interest-other", "interest-mortgage")


def loans(request: Request) -> Table:
    """Each loan over the period; interest is what the payments on the loan booked to an interest account."""
    columns = (
        Column("title", "Loan"),
        Column("account", "Account", shown="data"),
        Column("opening", "Owed before", "money"),
        Column("borrowed", "Borrowed", "money"),
        Column("principal", "Paid back", "money"),
        Column("closing", "Owed", "money"),
        Column("interest", "Interest", "money"),
    )
    rows = tuple(_rows(request))
    note = "Interest is on accounts with the tax line interest-other or interest-mortgage, in the payments themselves."
    notes = (note,) if rows else ("The books have no loan.",)
    return request.table("loans", "Loan schedule", columns, rows, notes, has_basis=False)


def _rows(request: Request) -> Iterator[Row]:
    titles = Titles(request.books)
    sums = [_ZERO] * 5
    for account in activity(request.books, "cash").under("Liabilities"):
        if activity_of(request.books, account.name) != "financing":
            continue
        paid, borrowed = sides(account.within(request.period))
        opening = -account.before(request.period.first)
        if opening or paid or borrowed:
            interest = _interest(request, account, request.period)
            amounts = [opening, borrowed, paid, opening + borrowed - paid, interest]
            sums = [total + part for total, part in zip(sums, amounts, strict=True)]
            yield Row("line", (titles.whole(account.name), account.name, *amounts))
    if any(sums):
        yield Row("total", ("Total", None, *sums))


def _interest(request: Request, account: AccountActivity, period: Period) -> Decimal:
    entries = {id(line.entry): line.entry for line in account.within(period)}
    postings = (posting for entry in entries.values() for posting in entry.postings)
    return sum(
        (
            posting.units.number
            for posting in postings
            if posting.units is not None
            and posting.units.number is not None
            and taxlines.word_of(request.books, posting.account) in _INTEREST
        ),
        _ZERO,
    )
