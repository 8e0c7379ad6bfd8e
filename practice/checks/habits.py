"""Checks of how bills are written: long after the visit, and with numbers that are not there."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import pairwise
from statistics import median
from typing import Final

from daysheet.books import Books
from daysheet.findings import Finding
from daysheet.pricing import CENT
from daysheet.records import Invoice, Visit
from daysheet.wording import many, money, name_of

_DIGITS: Final = "0123456789"
_LONGEST: Final = 15
_SERIES: Final = 20
_ZERO = Decimal()


def late_charge(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """The bills of a provider and month that were written more than `late-charge-days` after the visit."""
    visits = books.visits
    late: dict[tuple[str, str], list[tuple[Invoice, Visit]]] = defaultdict(list)
    allowed: dict[str, datetime.timedelta] = {}
    for same in books.invoices.values():
        invoice = same[0]
        named = invoice.visits
        visit = visits.get(named[0]) if named else None
        if visit is None or invoice.date == visit.date or invoice.date > as_of or invoice.amount <= 0:
            continue
        if visit.provider not in allowed:
            allowed[visit.provider] = datetime.timedelta(books.days_of("late-charge-days", as_of, visit.provider))
        if invoice.date - visit.date > allowed[visit.provider]:
            late[visit.provider, f"{invoice.date:%Y-%m}"].append((invoice, visit))
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
    at most `number-gap-share` percent of its numbers.
    """
    series: dict[str, list[str]] = defaultdict(list)
    for identifier, same in books.invoices.items():
        if same[0].date <= as_of:
            series[identifier.rstrip(_DIGITS)].append(identifier)
    share = books.threshold("number-gap-share", as_of) or _ZERO
    for prefix, identifiers in series.items():
        start = len(prefix)
        ids = {int(one[start:]): one for one in identifiers if 0 < len(one) - start <= _LONGEST}
        span = max(ids, default=0) - min(ids, default=0) + 1
        if len(ids) >= _SERIES and 0 < (span - len(ids)) * 100 <= share * span:
            yield from _gaps(books, prefix, {number: books.invoices[one][0] for number, one in ids.items()})


def _gaps(books: Books, prefix: str, invoices: dict[int, Invoice]) -> Iterator[Finding]:
    usual = _usual(invoices.values())
    for before, after in pairwise(sorted(invoices)):
        missing = after - before - 1
        if not missing:
            continue
        width = len(invoices[before].id) - len(prefix)
        first, last = (f"{prefix}{number:0{width}}" for number in (before + 1, after - 1))
        which = first if missing == 1 else f"{first} to {last}"
        amount = usual * missing
        yield Finding(
            kind="invoice-number-gap",
            key=first,
            date=min(invoices[before].date, invoices[after].date),
            through=max(invoices[before].date, invoices[after].date),
            provider=None,
            count=missing,
            amount=amount,
            message=f"{many(missing, 'invoice number')} missing: {which}; at the usual bill that is "
            f"{money(amount, books.currency)}",
            where=(invoices[before].meta, invoices[after].meta),
        )


def _usual(invoices: Iterable[Invoice]) -> Decimal:
    return Decimal(median(invoice.amount for invoice in invoices)).quantize(CENT)
