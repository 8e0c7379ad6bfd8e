"""What money that was received goes to: the bill that it pays, or none, by the month that it was received in."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from beancount.core.data import Transaction
from daysheet.books import Books
from daysheet.books.index import PREPAID, invoice_of, number_of
from daysheet.books.lazy import MadeDict
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


def applied(books: Books) -> Mapping[str | None, list[Payment]]:
    """What has paid each invoice, by invoice id.

    Under None are the payments that name none and, with the opposite sign, the parts that were taken of them.
    """
    return books.once("applied payments", lambda: _applied(books))


def applied_between(books: Books, first: datetime.date, last: datetime.date) -> Iterator[Payment]:
    """The same of some days, both included; each names the invoice under which it is applied."""
    yield from books.received_between(first, last)
    for same in _parts(books).values():
        yield from (part for part in same if first <= part.date <= last)


def _applied(books: Books) -> Mapping[str | None, list[Payment]]:
    named, parts = books.payments_of_invoice, _parts(books)
    if not parts:
        return named
    return MadeDict(dict.fromkeys((*named, *parts)), lambda key: [*named.get(key, ()), *parts.get(key, ())])


def _parts(books: Books) -> dict[str | None, list[Payment]]:
    """What was derived of payments: the parts that each invoice was paid, and what was taken of where they were."""
    return books.once("parts of payments", lambda: _parts_of(books.allocations))


def _parts_of(allocations: Iterable[Transaction]) -> dict[str | None, list[Payment]]:
    found: dict[str | None, list[Payment]] = {}
    for entry in allocations:
        meta, bill = entry.meta, invoice_of(entry)
        named = {leg.meta["invoice"]: number_of(leg) for leg in entry.postings if leg.meta and "invoice" in leg.meta}
        if bill not in named or "payment" not in meta:
            continue
        source = next((invoice for invoice in named if invoice != bill), None)
        amount, patient = -named[bill], meta.get("patient", "")
        part = Payment(meta["payment"], entry.date, bill, meta.get("payer"), "", amount, None, meta, patient)
        found.setdefault(bill, []).append(part)
        found.setdefault(source, []).append(part._replace(invoice=source, amount=-amount))
    return found
