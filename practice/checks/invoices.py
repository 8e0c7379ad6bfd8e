"""Checks of invoices: billed twice, billed for no known visit, overdue."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from statistics import median
from typing import Final

from daysheet.billing.dues import dues
from daysheet.billing.pricing import CENT
from daysheet.books import Books
from daysheet.books.openings import bill_or_opening
from daysheet.checks.missing_exports import missing_export
from daysheet.findings import Finding
from daysheet.records import Invoice
from daysheet.wording import many, money

_ZERO = Decimal()


def orphan_invoice(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Each invoice that names a visit which the books do not have, where they have any.

    Of days whose visits were not downloaded `missing-export` says it once.
    """
    visits = books.visits
    if not visits:
        return
    gaps = [gap for gap in missing_export(books, as_of) if gap.key.startswith("visits/")]
    unknown: dict[str, list[str]] = defaultdict(list)
    named = dict.fromkeys(visit for bill in books.apart for visit in bill.visits if visit not in visits)
    for identifier in named:
        for key in dict.fromkeys(invoice.id for invoice in books.invoices_of_visit[identifier]):
            unknown[key].append(identifier)
    for key, names in unknown.items():
        invoice = books.invoices[key][0]
        amount = sum((one.amount for one in books.invoices[key] if one.date <= as_of), _ZERO)
        is_missing = any(gap.date <= invoice.date <= gap.through for gap in gaps)
        if invoice.date <= as_of and amount > 0 and not is_missing:
            yield Finding(
                kind="orphan-invoice",
                key=key,
                date=invoice.date,
                through=invoice.date,
                provider=invoice.provider or None,
                count=len(names),
                amount=amount,
                message=f"invoice {key} of {money(amount, books.currency)} bills visit {', '.join(names)}, "
                "which the books do not have: import the visits of those days, or correct the invoice",
                where=(invoice.meta,),
            )


def overdue_invoice(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Each invoice of which a part is still open when it was due, and the days that the practice lets pass, are over.

    What was moved to the patient later is due the terms after that day, and a debt under a payment plan by its
    instalments.
    """
    patience = datetime.timedelta(days=books.days_of("overdue-days", as_of))
    for key, balance in books.balances(as_of).items():
        invoice = bill_or_opening(books, key)
        if balance < 0 or key is None or invoice is None:
            continue
        late = [due for due in dues(books, key, as_of) if due.date + patience < as_of]
        amount = min(balance, sum((due.amount for due in late), _ZERO))
        if amount <= 0:
            continue
        since = min(due.date for due in late)
        yield Finding(
            kind="overdue-invoice",
            key=key,
            date=since,
            through=as_of,
            provider=invoice.provider or None,
            count=1,
            amount=amount,
            message=f"invoice {key} of {invoice.date} was due on {since}, {many((as_of - since).days, 'day')} ago, and "
            f"{money(amount, books.currency)} of it is open",
            where=(invoice.meta,),
        )


_SERIES: Final = 20
_AROUND: Final = 5


def invoice_number_gap(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Numbers that are missing from a series of invoices: deleted, or never imported.

    A series is what stands before the number; it is one when it has twenty invoices or more and lacks
    at most `number-gap-share` percent of its numbers. A missing bill is taken for the median of the ten around it.
    Bills that bear the number of their visit are no series: visits are missed and cancelled.
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
                    if all(one.id in one.visits for one in beside):
                        continue  # numbers of appointments: one that nobody kept is never billed
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
