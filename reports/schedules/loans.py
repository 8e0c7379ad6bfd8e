"""Loans: what was borrowed, paid back and paid in interest."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from beancount.core.data import Transaction
from daysheet.reports.accounts.activity import Line, activity
from daysheet.reports.accounts.cash_flow import activity_of
from daysheet.reports.accounts.titles import Titles
from daysheet.reports.request import Request
from daysheet.reports.statements.trial_balance import sides
from daysheet.reports.table import Column, Row, Table
from daysheet.reports.tax import lines as taxlines

_ZERO: Final = Decimal()
_INTEREST: Final = ("interest-other", "interest-mortgage")


def loans(request: Request) -> Table:
    """Each loan over the period; interest is what the entries on the loan booked to an interest account.

    What is paid back is principal: interest that was added to the loan and paid with it is in neither column.
    """
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
    note = "Interest is on accounts with the tax line interest-other or interest-mortgage, in the entries on the loan."
    notes = (note,) if rows else ("The books have no loan.",)
    return request.table("loans", "Loan schedule", columns, rows, notes, has_basis=False)


def _rows(request: Request) -> Iterator[Row]:
    titles = Titles(request.books)
    sums = [_ZERO] * 5
    for account in activity(request.books, "cash").under("Liabilities"):
        if activity_of(request.books, account.name) != "financing":
            continue
        opening, closing = -account.before(request.period.first), -account.balance(request.period.last)
        lines = account.within(request.period)
        if opening or lines:
            borrowed = sides([line for line in lines if not _interest_in(request, line.entry)])[1]
            interest = sum((_interest_in(request, entry) for entry in _entries(lines)), _ZERO)
            amounts = [opening, borrowed, opening + borrowed - closing, closing, interest]
            sums = [total + part for total, part in zip(sums, amounts, strict=True)]
            yield Row("line", (titles.whole(account.name), account.name, *amounts))
    if any(sums):
        yield Row("total", ("Total", None, *sums))


def _entries(lines: list[Line]) -> list[Transaction]:
    """The transactions of some lines, each once."""
    return list({id(line.entry): line.entry for line in lines}.values())


def _interest_in(request: Request, entry: Transaction) -> Decimal:
    """The interest that a transaction books."""
    return sum(
        (
            posting.units.number
            for posting in entry.postings
            if posting.units is not None
            and posting.units.number is not None
            and taxlines.word_of(request.books, posting.account) in _INTEREST
        ),
        _ZERO,
    )
