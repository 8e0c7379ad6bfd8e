"""The day sheet as a table: visits, charges, adjustments, receipts, the deposit, the receivables rolled forward."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from daysheet.cash.day_sheet import DaySheet, day_sheet
from daysheet.records import PAYMENT_METHODS, VISIT_STATUSES
from daysheet.reports.accounts.titles import Titles
from daysheet.reports.request import Request
from daysheet.reports.table import Column, Row, Table
from daysheet.wording import many, money, name_of

_METHODS: Final = {"card": "Cards", "cash": "Cash", "check": "Checks", "eft": "Electronic transfers", "other": "Other"}
_STATUSES: Final = {"completed": "Kept", "scheduled": "Scheduled", "no-show": "Not kept", "cancelled": "Cancelled"}


def day_sheet_table(request: Request) -> Table:
    """The day sheet of the period."""
    sheet = day_sheet(request.books, request.period.first, request.period.last)
    columns = (Column("item", "Day sheet"), Column("count", "Count", "count"), Column("amount", "Amount", "money"))
    rows = (
        *_visits(sheet, request),
        *_charges(sheet, request),
        *_adjustments(sheet, request),
        *_receipts(sheet),
        *_deposits(sheet),
        *_receivables(sheet),
    )
    return request.table("day-sheet", "Day sheet", columns, rows, _notes(sheet, request), has_basis=False)


def _visits(sheet: DaySheet, request: Request) -> Iterator[Row]:
    yield Row("heading", ("Visits", None, None))
    for status in VISIT_STATUSES:
        for provider in sorted(sheet.visits):
            count = sheet.visits[provider][status]
            if count:
                yield Row("line", (f"{_STATUSES[status]}, {name_of(request.books, provider)}", count, None), 1)
    kept = sum(counts["completed"] for counts in sheet.visits.values())
    yield Row("subtotal", ("Visits kept", kept, None))


def _charges(sheet: DaySheet, request: Request) -> Iterator[Row]:
    yield Row("heading", ("Charges", None, None))
    for provider, (count, amount) in sorted(sheet.charges.items()):
        name = name_of(request.books, provider) if provider else "No provider"
        yield Row("line", (name, count, amount), 1)
    yield Row("subtotal", ("Charges", sum(count for count, _ in sheet.charges.values()), sheet.charged))


def _adjustments(sheet: DaySheet, request: Request) -> Iterator[Row]:
    yield Row("heading", ("Adjustments", None, None))
    titles = Titles(request.books)
    for account in sorted(sheet.adjustments):
        yield Row("line", (titles[account], None, sheet.adjustments[account]), 1)
    yield Row("subtotal", ("Adjustments", None, sheet.adjusted))


def _receipts(sheet: DaySheet) -> Iterator[Row]:
    yield Row("heading", ("Receipts", None, None))
    for method in (*PAYMENT_METHODS, "other"):
        if method in sheet.receipts:
            yield Row("line", (_METHODS[method], *sheet.receipts[method]), 1)
    yield Row("subtotal", ("Receipts", sum(count for count, _ in sheet.receipts.values()), sheet.received))
    if sheet.on_account:
        yield Row("line", ("of which on account, for no invoice yet", None, sheet.on_account), 1)


def _deposits(sheet: DaySheet) -> Iterator[Row]:
    yield Row("heading", ("To the bank", None, None))
    yield Row("line", ("Not deposited before", None, sheet.undeposited_before), 1)
    yield Row("line", ("Received", None, sheet.cleared), 1)
    yield Row("line", ("Deposits", sheet.deposits.number, -sheet.deposits.amount), 1)
    if sheet.fees:
        yield Row("line", ("Kept by processors", None, -sheet.fees), 1)
    yield Row("subtotal", ("Not deposited yet", None, sheet.undeposited))


def _receivables(sheet: DaySheet) -> Iterator[Row]:
    yield Row("heading", ("Receivables", None, None))
    yield Row("line", ("Opening", None, sheet.opening), 1)
    yield Row("line", ("Charges", None, sheet.charged), 1)
    yield Row("line", ("Payments", None, -sheet.payments), 1)
    yield Row("line", ("Adjustments", None, -sheet.adjusted), 1)
    yield Row("total", ("Closing", None, sheet.expected_closing))
    if sheet.differences:
        yield Row("line", ("Closing, by the receivable accounts", None, sheet.closing), 1)
    yield Row("total", ("Out of balance by" if sheet.differences else "In balance", None, _worst(sheet)))


def _worst(sheet: DaySheet) -> Decimal:
    return max(sheet.differences.values(), key=abs, default=Decimal())


def _notes(sheet: DaySheet, request: Request) -> Iterator[str]:
    for words, amount in sheet.differences.items():
        yield f"Out of balance: {words}, by {money(amount, request.books.currency)}."
    if sheet.undated.number:
        count, undated = sheet.undated
        sums = f"{many(count, 'receipt')} of these, {money(undated, request.books.currency)}"
        yield f"{sums}, came without a day: on the day of service, or of the export that first told of it."
    if not sheet.differences:
        yield "In balance: opening + charges − payments − adjustments = closing."
