"""From the income of the cash basis to that of the accrual basis."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from daysheet.accounts import BILLING, BILLING_CHARGES, BILLING_COLLECTED, RECEIVABLE, is_under
from daysheet.reports.accounts.accrual import OPENING_RECEIVABLE
from daysheet.reports.accounts.activity import activity, unpaid_bills
from daysheet.reports.accounts.titles import Titles
from daysheet.reports.request import Request, kept
from daysheet.reports.table import Column, Row, Table

_ZERO: Final = Decimal()


@kept
def cash_to_accrual(request: Request) -> Table:
    """Cash-basis net income, what was billed, adjusted and collected, accrual-basis net income; and receivables."""
    columns = (
        Column("title", "Step"),
        Column("account", "Account name", shown="data"),
        Column("amount", "Amount", "money"),
    )
    rows = tuple(_rows(request))
    return request.table("cash-to-accrual", "Cash-to-accrual bridge", columns, rows, has_basis=False)


def _rows(request: Request) -> Iterator[Row]:
    moved, period = activity(request.books, "cash"), request.period
    titles = Titles(request.books)
    cash = -moved.change(period, "Income", "Expenses")
    charges = -moved.change(period, BILLING_CHARGES)
    collected = -moved.change(period, BILLING_COLLECTED)
    adjusted = [
        (account.name, -account.change(period))
        for account in moved.under(BILLING)
        if not any(is_under(account.name, root) for root in (BILLING_CHARGES, BILLING_COLLECTED, OPENING_RECEIVABLE))
        and account.change(period)
    ]
    opening = moved.balance(period.before, RECEIVABLE)
    brought = -moved.change(period, OPENING_RECEIVABLE)
    earned = charges + collected + sum((amount for _, amount in adjusted), _ZERO)
    bills = unpaid_bills(request.books, period.before) - unpaid_bills(request.books, period.last)
    yield Row("line", ("Net income, cash basis", None, cash))
    yield Row("line", ("Charges billed", BILLING_CHARGES, charges), 1)
    for name, amount in adjusted:
        yield Row("line", (f"Adjustments, {titles[name].lower()}", name, amount), 1)
    yield Row("line", ("Collected on receivables", BILLING_COLLECTED, collected), 1)
    if bills:
        yield Row("line", ("Vendors' bills, unpaid before less unpaid now", None, bills), 1)
    yield Row("total", ("Net income, accrual basis", None, cash + earned + bills))
    yield Row("heading", ("Receivables", None, None))
    yield Row("line", ("At the beginning", None, opening), 1)
    if brought:
        yield Row("line", ("Brought into the books", OPENING_RECEIVABLE, brought), 1)
    yield Row("line", ("Charges less adjustments and collections", None, earned), 1)
    yield Row("total", ("At the end", RECEIVABLE, opening + brought + earned))
