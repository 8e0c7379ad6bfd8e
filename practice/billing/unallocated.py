"""Money that was received and goes to no bill, by the month that it was received in."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from beancount.core.data import Transaction
from daysheet.books import Books
from daysheet.books.index import PREPAID
from daysheet.books.made import payment_of
from daysheet.records import Payment

_ZERO: Final = Decimal()


class OnAccount(NamedTuple):
    """A month's receipts, and what of them goes to no bill.

    Attributes:
        first: the month's first day.
        received: all that patients and insurers paid, less what was given back.
        left: what of it is on account on the day that was asked for.
        payments: those that it is of.
    """

    first: datetime.date
    received: Decimal
    left: Decimal
    payments: tuple[Payment, ...]

    def beyond(self, share: Decimal) -> Decimal:
        """What is on account beyond a share, in percent, of the receipts; zero where it keeps to it."""
        allowed = max(_ZERO, self.received) * share / 100
        return max(_ZERO, self.left - allowed.quantize(Decimal("0.01")))


def on_account(books: Books, as_of: datetime.date) -> list[OnAccount]:
    """Each month with money that goes to no bill, as of a day; what came last is what is left.

    True deposits are nobody's income, and none of it.
    """
    return books.once(("on account", as_of), lambda: list(_months(books, as_of)))


def _months(books: Books, as_of: datetime.date) -> Iterator[OnAccount]:
    left: dict[datetime.date, list[tuple[Payment, Decimal]]] = defaultdict(list)
    for payment, amount in _unspent(books, as_of):
        left[payment.date.replace(day=1)].append((payment, amount))
    received: dict[datetime.date, Decimal] = defaultdict(Decimal)
    for payment in books.received if left else ():
        if payment.date <= as_of:
            received[payment.date.replace(day=1)] += payment.amount
    for first in sorted(left):
        amount = sum((part for _, part in left[first]), _ZERO)
        yield OnAccount(first, received[first], amount, tuple(payment for payment, _ in left[first]))


def _unspent(books: Books, as_of: datetime.date) -> Iterator[tuple[Payment, Decimal]]:
    """The payments that are on account, with what of each is, the last received first."""
    balances = books.balances(as_of)
    of_patient: dict[str | None, list[Transaction]] = defaultdict(list)
    for entry in books.on_account:
        if entry.date <= as_of and not entry.links and PREPAID not in entry.meta and "payment" in entry.meta:
            of_patient[entry.meta.get("patient")].append(entry)
    for patient, entries in of_patient.items():
        credit = -balances.get(patient, _ZERO)
        for entry in reversed(entries):
            payment = payment_of(entry)
            part = min(credit, payment.amount)
            if part > 0:
                credit -= part
                yield payment, part
