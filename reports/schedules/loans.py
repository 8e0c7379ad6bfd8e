"""Loans: of whom and on which terms, what was borrowed, paid back and paid in interest.

A loan is whatever the books declare or recognise as borrowed (`accounting.liabilities`). Lender, rate and maturity are
a dated fact (`tax_facts`); where nobody has stated it the columns are empty, and the open questions ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from beancount.core.data import Transaction
from daysheet.reports.accounts.activity import AccountActivity, Line, activity
from daysheet.reports.accounts.cash_flow import activity_of
from daysheet.reports.accounts.cash_moves import is_opening
from daysheet.reports.accounts.titles import Titles
from daysheet.reports.request import Request
from daysheet.reports.statements.trial_balance import sides
from daysheet.reports.table import Column, Row, Table
from daysheet.reports.tax import lines as tax_lines
from daysheet.tax_facts import loan_on

_ZERO: Final = Decimal()
_INTEREST: Final = ("interest-other", "interest-mortgage")


def loans(request: Request) -> Table:
    """Each loan over the period; interest is what the entries on the loan booked to an interest account.

    What is paid back is principal: interest that was added to the loan and paid with it is in neither column.
    """
    columns = (
        Column("title", "Loan"),
        Column("account", "Account name", shown="data"),
        Column("lender", "Lender", shown="wide"),
        Column("rate", "Rate", "percent", shown="wide"),
        Column("maturity", "Due", "date", shown="wide"),
        Column("opening", "Owed before", "money"),
        Column("borrowed", "Borrowed", "money"),
        Column("principal", "Paid back", "money"),
        Column("closing", "Owed", "money"),
        Column("interest", "Interest", "money"),
    )
    rows = tuple(_rows(request))
    note = "Interest is what the entries on the loan book on accounts of mortgage or other interest."
    notes = (note,) if rows else ("The books have no loan.",)
    return request.table("loans", "Loan schedule", columns, rows, notes, has_basis=False)


def in_use(request: Request) -> Iterator[AccountActivity]:
    """The loans that were owed, or moved, in the period."""
    for account in activity(request.books, "cash").under("Liabilities"):
        used = account.before(request.period.first) or account.within(request.period)
        if used and activity_of(request.books, account.name) == "financing":
            yield account


def _rows(request: Request) -> Iterator[Row]:
    titles = Titles(request.books)
    sums = [_ZERO] * 5
    for account in in_use(request):
        every = account.within(request.period)
        lines = [line for line in every if not is_opening(request.books, line.entry)]
        begun = sum((line.amount for line in every), _ZERO) - sum((line.amount for line in lines), _ZERO)
        opening = -account.before(request.period.first) - begun
        closing = -account.balance(request.period.last)
        borrowed = sides([line for line in lines if not _interest_in(request, line.entry)])[1]
        interest = sum((_interest_in(request, entry) for entry in _entries(lines)), _ZERO)
        amounts = [opening, borrowed, opening + borrowed - closing, closing, interest]
        sums = [total + part for total, part in zip(sums, amounts, strict=True)]
        terms = loan_on(request.books.tax_facts, account.name, request.period.last)
        said = (terms.lender, terms.rate, terms.maturity) if terms else (None, None, None)
        yield Row("line", (titles.whole(account.name), account.name, *said, *amounts))
    if any(sums):
        yield Row("total", ("Total", None, None, None, None, *sums))


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
            and tax_lines.word_of(request.books, posting.account) in _INTEREST
        ),
        _ZERO,
    )
