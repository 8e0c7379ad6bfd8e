"""What the practice owes its vendors, bill by bill and by age.

A bill is booked on an account of vendors' bills, such as `Liabilities:Payable`, with a link of its own, which its
payments carry too:

    2026-03-02 * "Medline" "Gloves" ^bill-8841
      Expenses:Supplies       240.00 USD
      Liabilities:Payable    -240.00 USD
    2026-03-30 * "Medline" "Gloves" ^bill-8841
      Liabilities:Payable     240.00 USD
      Assets:Bank:Checking   -240.00 USD

The age of a bill is the days from its first entry to the day of the report. What is booked without such a link is aged
by the day of each entry, and what was paid without one stands as a credit, so that it hides no old bill.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from beancount.core.data import Transaction
from daysheet.accounting.liabilities import liability_of
from daysheet.accounts import is_under
from daysheet.reports.accounts.activity import activity
from daysheet.reports.request import Request
from daysheet.reports.table import Column, Row, Table

_LINK: Final = "bill-"
_NOBODY: Final = "Vendor not named"
_BUCKETS: Final = ((30, "0–30"), (60, "31–60"), (90, "61–90"))
_ZERO: Final = Decimal()


class _Bill(NamedTuple):
    vendor: str
    date: datetime.date
    id: str
    owed: Decimal


def payables(request: Request) -> Table:
    """The bills that are open at the end of the period."""
    columns = (
        Column("vendor", "Vendor"),
        Column("bill", "Bill"),
        Column("date", "Dated", "date"),
        *(Column(f"days_{title.replace('–', '_')}", title, "money") for _, title in _BUCKETS),
        Column("days_over_90", "Over 90", "money"),
        Column("credits", "Credits", "money"),
        Column("total", "Total", "money"),
    )
    rows = tuple(_rows(request))
    notes = ["Age in days from the bill's first entry. On the cash basis a bill is an expense on the day it is paid."]
    if not rows:
        notes = ["No vendor's bill is open."]
    return request.table("payables", "Accounts payable", columns, rows, notes, has_basis=False, at_end=True)


def _rows(request: Request) -> Iterator[Row]:
    day = request.period.last
    sums = [_ZERO] * (len(_BUCKETS) + 3)
    for bill in sorted(_open(request, day)):
        amounts = [_ZERO] * len(sums)
        amounts[_column(bill, day)] = amounts[-1] = bill.owed
        sums = [total + part for total, part in zip(sums, amounts, strict=True)]
        yield Row("line", (bill.vendor, bill.id, bill.date, *amounts))
    if any(sums):
        yield Row("total", ("Total", None, None, *sums))


def owed(request: Request) -> Decimal:
    """What the ledger's accounts of vendors' bills stand at on the last day."""
    return -activity(request.books, "accrual").balance(request.period.last, *_accounts(request))


def _accounts(request: Request) -> list[str]:
    """The accounts of vendors' bills, none of them below another."""
    names = [
        name for name in activity(request.books, "accrual").accounts if liability_of(request.books, name) == "payable"
    ]
    return [name for name in names if not any(name != other and is_under(name, other) for other in names)]


def _open(request: Request, day: datetime.date) -> Iterator[_Bill]:
    """What is owed on each bill; entries in date order, so that the first of a bill says whose it is."""
    bills: dict[tuple[str, object], _Bill] = {}
    for account in activity(request.books, "accrual").under(*_accounts(request)):
        for line in account.lines:
            if line.date > day:
                break
            link = _link(line.entry)
            key = account.name, link or (line.date, line.entry.payee)
            bill = bills.get(key) or _Bill(line.entry.payee or _NOBODY, line.date, link, _ZERO)
            bills[key] = bill._replace(owed=bill.owed - line.amount)
    return (bill for bill in bills.values() if bill.owed)


def _link(entry: Transaction) -> str:
    """The bill that an entry is on, by its first such link; empty when it names none."""
    return min((link.removeprefix(_LINK) for link in entry.links or () if link.startswith(_LINK)), default="")


def _column(bill: _Bill, day: datetime.date) -> int:
    if bill.owed < 0:
        return len(_BUCKETS) + 1
    age = (day - bill.date).days
    return next((at for at, (limit, _) in enumerate(_BUCKETS) if age <= limit), len(_BUCKETS))
