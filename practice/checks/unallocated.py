"""Receipts that pay no bill that anybody knows."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterator
from decimal import Decimal

from daysheet.billing.unallocated import OnAccount, on_account
from daysheet.books import Books
from daysheet.findings import Finding
from daysheet.wording import many, money


def unallocated_payment(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Each month of whose receipts more is on account, for no bill, than the share that may be."""
    for month in on_account(books, as_of):
        share = books.threshold("unallocated-share", month.first) or Decimal()
        if month.beyond(share):
            yield _finding(books, month)


def _finding(books: Books, month: OnAccount) -> Finding:
    first = month.first
    name = f"{calendar.month_name[first.month]} {first.year}"
    part = f", {month.left * 100 / month.received:.1f} % of its receipts" if month.received > 0 else ""
    return Finding(
        kind="unallocated-payment",
        key=f"{first:%Y-%m}",
        date=first,
        through=max(payment.date for payment in month.payments),
        provider=None,
        count=len(month.payments),
        amount=month.left,
        message=f"{money(month.left, books.currency)} received in {name} is on account, for no bill{part}: "
        f"{many(len(month.payments), 'payment')}; import the bills, or the system's export of pay splits",
        where=tuple(payment.meta for payment in sorted(month.payments, key=lambda payment: payment.date)),
    )
