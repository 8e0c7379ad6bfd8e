"""Checks of how bills are written: long after the visit, and with numbers that are not there."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from statistics import median
from typing import Final

from daysheet.billing.pricing import CENT
from daysheet.books import Books
from daysheet.findings import Finding
from daysheet.records import Invoice, Visit
from daysheet.wording import many, money, name_of

_SERIES: Final = 20
_AROUND: Final = 5
_ZERO = Decimal()


def late_charge(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """The bills of a provider and month that were written more than `late-charge-days` after the visit."""
    visits = books.visits
    late: dict[tuple[str, str], list[tuple[Invoice, Visit]]] = defaultdict(list)
    allowed: dict[str, datetime.timedelta] = {}
    for bill in books.apart:
        named = bill.visits
        visit = visits.get(named[0]) if named else None
        if visit is None or bill.date == visit.date or bill.date > as_of or bill.amount <= 0:
            continue
        if visit.provider not in allowed:
            allowed[visit.provider] = datetime.timedelta(books.days_of("late-charge-days", as_of, visit.provider))
        if bill.date - visit.date > allowed[visit.provider] and books.invoices[bill.id][0] is bill:
            late[visit.provider, f"{bill.date:%Y-%m}"].append((bill, visit))
    for (provider, month), bills in late.items():
        yield _late(books, provider, month, bills)


def _late(books: Books, provider: str, month: str, bills: list[tuple[Invoice, Visit]]) -> Finding:
    amount = sum((invoice.amount for invoice, _ in bills), _ZERO)
    lags = [(invoice.date - visit.date).days for invoice, visit in bills]
    took = f"{lags[0]} days" if len(lags) == 1 else f"{min(lags)} to {max(lags)} days"
    return Finding(
        kind="late-charge",
        key=f"{provider}/{month}",
        date=min(invoice.date for invoice, _ in bills),
        through=max(invoice.date for invoice, _ in bills),
        provider=provider,
        count=len(bills),
        amount=amount,
        message=f"{name_of(books, provider)}: {many(len(bills), 'bill')} of {money(amount, books.currency)} written in "
        f"{month} came {took} after the visit",
        where=tuple(invoice.meta for invoice, _ in bills),
    )


def number_gap(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Numbers that are missing from a series of invoices: deleted, or never imported.

    A series is what stands before the number; it is one when it has twenty invoices or more and lacks
    at most `number-gap-share` percent of its numbers. A missing bill is taken for the median of the ten around it.
    """
    share = books.threshold("number-gap-share", as_of) or _ZERO
    ids = list(books.invoices)
    later = _later(books, as_of)
    for prefix, places in books.numbered.items():
        numbers = sorted([number for number, place in places.items() if ids[place] not in later] if later else places)
        span = numbers[-1] - numbers[0] + 1 if numbers else 0
        if len(numbers) >= _SERIES and 0 < (span - len(numbers)) * 100 <= share * span:
            for place, (before, after) in enumerate(pairwise(numbers), 1):
                if after - before > 1:
                    around = numbers[max(place - _AROUND, 0) : place + _AROUND]
                    usual = Decimal(median(books.charges[places[number]] for number in around)).quantize(CENT)
                    beside = [books.invoices[ids[places[number]]][0] for number in (before, after)]
                    yield _gap(books, prefix, beside, range(before + 1, after), usual)


def _later(books: Books, as_of: datetime.date) -> set[str]:
    """The ids of invoices that were first written after a day."""
    return {bill.id for bill in books.bills_after(as_of) if books.invoices[bill.id][0].date > as_of}


def _gap(books: Books, prefix: str, beside: Sequence[Invoice], missing: range, usual: Decimal) -> Finding:
    """The numbers that are missing between two bills, at what a bill around there usually is."""
    one, other = beside
    width = len(one.id) - len(prefix)
    first, last = (f"{prefix}{number:0{width}}" for number in (missing[0], missing[-1]))
    which = first if len(missing) == 1 else f"{first} to {last}"
    amount = len(missing) * usual
    return Finding(
        kind="invoice-number-gap",
        key=first,
        date=min(one.date, other.date),
        through=max(one.date, other.date),
        provider=None,
        count=len(missing),
        amount=amount,
        message=f"{many(len(missing), 'invoice number')} missing: {which}; at the usual bill that is "
        f"{money(amount, books.currency)}",
        where=(one.meta, other.meta),
    )
