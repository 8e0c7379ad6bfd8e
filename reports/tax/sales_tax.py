"""Sales tax: what was collected, what was paid over, and what is still owed to each authority, by month.

It is kept on an account under `Liabilities:SalesTax`, one for each authority where there are several:

    2026-03-02 * "Splints sold"
      Assets:Clearing:Cards           107.25 USD
      Income:Products                -100.00 USD
      Liabilities:SalesTax:Colorado    -7.25 USD
    2026-04-18 * "Colorado Department of Revenue" "Sales tax, first quarter"
      Liabilities:SalesTax:Colorado     7.25 USD
      Assets:Bank:Checking             -7.25 USD
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import Final

from daysheet.accounts import BILLING, RECEIVABLE, is_under
from daysheet.reports.accounts.activity import AccountActivity, Line, activity
from daysheet.reports.accounts.titles import Titles
from daysheet.reports.request import Request
from daysheet.reports.table import Column, Row, Table

SALES_TAX: Final = "Liabilities:SalesTax"
_SALES: Final = ("Income", RECEIVABLE, BILLING)
_ZERO: Final = Decimal()


def sales_tax(request: Request) -> Table:
    """Each authority over the period, a row for each month in which something moved."""
    columns = (
        Column("title", "Authority"),
        Column("account", "Account name", shown="data"),
        Column("opening", "Owed before", "money"),
        Column("collected", "Collected", "money"),
        Column("paid", "Paid over", "money"),
        Column("closing", "Owed", "money"),
    )
    rows = tuple(_rows(request))
    notes = ["Collected is the tax in sales, less that in what was refunded; all else on the account is paid over."]
    if not rows:
        notes = ["No sales tax is in the books."]
    return request.table("sales-tax", "Sales tax", columns, rows, notes, has_basis=False)


def _rows(request: Request) -> Iterator[Row]:
    titles = Titles(request.books)
    sums = [_ZERO] * 4
    for account in activity(request.books, "cash").under(SALES_TAX):
        opening, lines = -account.before(request.period.first), account.within(request.period)
        if not opening and not lines:
            continue
        title = "Sales tax" if account.name == SALES_TAX else titles[account.name]
        yield Row("heading", (title, *(None,) * 5))
        yield from _months(account, opening, lines)
        amounts = [opening, *_moved(lines), -account.balance(request.period.last)]
        sums = [total + part for total, part in zip(sums, amounts, strict=True)]
        yield Row("subtotal", (f"Total {title}", account.name, *amounts))
    if any(sums):
        yield Row("total", ("Total", None, *sums))


def _months(account: AccountActivity, opening: Decimal, lines: list[Line]) -> Iterator[Row]:
    for (year, month), same in groupby(lines, lambda line: (line.date.year, line.date.month)):
        collected, paid = _moved(list(same))
        closing = opening + collected - paid
        yield Row("line", (f"{calendar.month_abbr[month]} {year}", account.name, opening, collected, paid, closing), 1)
        opening = closing


def _moved(lines: list[Line]) -> tuple[Decimal, Decimal]:
    """What some lines collected, and what they paid over."""
    in_sales = [_is_sale(line) for line in lines]
    collected = sum((-line.amount for line, sale in zip(lines, in_sales, strict=True) if sale), _ZERO)
    paid = sum((line.amount for line, sale in zip(lines, in_sales, strict=True) if not sale), _ZERO)
    return collected, paid


def _is_sale(line: Line) -> bool:
    """Whether a line stands in an entry that sells, bills, or takes a sale back."""
    return any(is_under(posting.account, root) for posting in line.entry.postings for root in _SALES)
