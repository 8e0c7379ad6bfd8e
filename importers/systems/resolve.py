"""What an export leaves open, settled by what the books and the files before it hold.

An export's bill may say only which visit it is for, or not even that; a report may give what was paid so far, not when
and how often. Here such a record gets its day, provider and visit, and an amount so far becomes what is new. Nothing
is guessed: a bill whose visit nobody knows is refused if it has no day of its own, and else stays without a visit.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final, Protocol, TypeVar

from daysheet.errors import DaysheetError
from daysheet.importers.reading import Reading, Record, Skipped, rows_of_record
from daysheet.importers.systems.marks import DATED, NOTHING, SEEK, SO_FAR, UNDATED, Sought
from daysheet.records import Adjustment, Claim, Invoice, Payment, Visit

_LATER: Final = re.compile(r"(?P<base>.+)\.(?P<number>[0-9]+)")
_ZERO: Final = Decimal()

Sum = TypeVar("Sum", Payment, Adjustment)


class Held(Protocol):
    """The practice's records that are known before a file: those of the books, and of the files before it."""

    @property
    def visits(self) -> Mapping[str, Visit]:
        """By visit id."""
        ...

    @property
    def invoices(self) -> Mapping[str, Sequence[Invoice]]:
        """The charges of each invoice, by invoice id."""
        ...

    @property
    def payments(self) -> Mapping[str, Sequence[Payment]]:
        """By payment id."""
        ...

    @property
    def adjustments(self) -> Mapping[str, Sequence[Adjustment]]:
        """By adjustment id."""
        ...


def resolve(reading: Reading, held: Held) -> Reading:
    """The reading with nothing left open; the same reading if nothing was.

    Raises:
        DaysheetError: a record has no day, and refers to nothing that has one.
    """
    claims = [record for record in reading.records if isinstance(record, Claim)]
    if claims and reading.first == UNDATED and len(claims) == len(reading.records):
        return _with_days_of_bills(reading, held)
    if not any(map(_is_open, reading.records)):
        return reading
    records = list(_summed(_placed(reading.records, held), held, reading.last))
    days = [day for record in records if isinstance(day := getattr(record, "date", None), datetime.date)]
    first, last = reading.first, reading.last
    if first == UNDATED:
        first, last = min(days, default=first), max(days, default=last)
    vanished = sorted(_rows(reading.records) - _rows(records))
    skipped = (*reading.skipped, *(Skipped(row, NOTHING) for row in vanished))
    used = reading.used if reading.used is None else reading.used - len(vanished)
    return replace(reading, records=tuple(records), skipped=skipped, first=first, last=last, used=used)


def _with_days_of_bills(reading: Reading, held: Held) -> Reading:
    """Claims none of which says on which day it was sent: the file covers the days of their bills."""
    named = [held.invoices.get(record.invoice, ()) for record in reading.records if isinstance(record, Claim)]
    days = [bill.date for bills in named for bill in bills]
    if not days:
        line = reading.records[0].meta["lineno"]
        raise DaysheetError(
            "no claim says on which day it was sent, and none of their bills is in the books",
            filename=str(reading.records[0].meta["filename"]),
            line=line,
            remedy="import the bills first, or export the claims with the day of submission",
        )
    return replace(reading, first=min(days), last=max(days))


def _rows(records: Iterable[Record]) -> set[int]:
    return {row for record in records for row in rows_of_record(record)}


def _is_open(record: Record) -> bool:
    return getattr(record, "date", None) == UNDATED or SEEK in record.meta or SO_FAR in record.meta


def _placed(records: Sequence[Record], held: Held) -> Iterator[Record]:
    """Each record with its visit or invoice, and with its day."""
    visits = _Visits(held, records)
    charges: dict[str, list[Invoice]] = defaultdict(list)
    for record in records:
        if isinstance(record, Invoice):
            placed = _dated_invoice(visits.of_invoice(record), visits)
            charges[placed.id].append(placed)
            visits.billed(placed)
            yield placed
        elif isinstance(record, Payment):
            payment = visits.of_payment(record)
            yield _dated(
                payment, [*charges.get(payment.invoice or "", ()), *held.invoices.get(payment.invoice or "", ())]
            )
        elif isinstance(record, Adjustment):
            yield _dated(record, [*charges.get(record.invoice, ()), *held.invoices.get(record.invoice, ())])
        else:
            yield record


def _dated_invoice(invoice: Invoice, visits: _Visits) -> Invoice:
    if invoice.date != UNDATED:
        return invoice
    visit = next((visits.by_id[name] for name in invoice.visits if name in visits.by_id), None)
    if visit is None:
        raise _undated(invoice, "the visit it is for is neither in the books nor in the files before this one")
    return invoice._replace(
        date=visit.date, provider=invoice.provider or visit.provider, patient=invoice.patient or visit.patient
    )


def _dated(record: Sum, invoices: Sequence[Invoice]) -> Sum:
    if record.date != UNDATED or not record.amount:
        return record
    if not invoices:
        raise _undated(record, "its invoice is neither in the books nor in the files before this one")
    return record._replace(date=invoices[0].date)


def _undated(record: Record, why: str) -> DaysheetError:
    return DaysheetError(
        f"has no day of its own, and {why}",
        filename=record.meta["filename"],
        line=record.meta["lineno"],
        remedy="import the appointments with it",
    )


class _Visits:
    """The visits of the books and of a file, to find the one that a bill or a payment is for."""

    def __init__(self, held: Held, records: Iterable[Record]) -> None:
        self.held = held
        self.by_id = {**held.visits, **{visit.id: visit for visit in records if isinstance(visit, Visit)}}
        self._seen: dict[tuple[str, datetime.date], list[Visit]] = defaultdict(list)
        for visit in self.by_id.values():
            if visit.status in ("completed", "no-show") and visit.patient:
                self._seen[visit.patient, visit.date].append(visit)
        self._invoices: dict[str, list[Invoice]] = defaultdict(list)
        for charges in held.invoices.values():
            for invoice in charges:
                self.billed(invoice)

    def billed(self, invoice: Invoice) -> None:
        """Remember what a visit is billed by."""
        for visit in invoice.visits:
            self._invoices[visit].append(invoice)

    def of_invoice(self, invoice: Invoice) -> Invoice:
        """The invoice with the first visit of this patient, provider and day that its payer is not billed for."""
        sought = invoice.meta.get(SEEK)
        if not isinstance(sought, Sought):
            return invoice
        earlier = [one for one in self.held.invoices.get(invoice.id, ()) if one.payer == invoice.payer]
        if earlier:
            return invoice._replace(visits=earlier[0].visits)
        free = (visit for visit in self._alike(sought) if not self._bills(visit, invoice.payer))
        found = next(free, None)
        return invoice if found is None else invoice._replace(visits=(found.id,))

    def of_payment(self, payment: Payment) -> Payment:
        """The payment with the invoice, to this payer or the patient, of the visit that it is for."""
        sought = payment.meta.get(SEEK)
        if not isinstance(sought, Sought):
            return payment
        earlier = self.held.payments.get(payment.id)
        if earlier:
            return payment._replace(invoice=earlier[0].invoice)
        bills = (bill for visit in self._alike(sought) for bill in self._bills_alike(visit, payment.payer))
        found = next(bills, None)
        return payment if found is None else payment._replace(invoice=found.id)

    def _alike(self, sought: Sought) -> list[Visit]:
        found = self._seen.get((sought.patient, sought.date), [])
        found = [visit for visit in found if sought.provider in ("", visit.provider)]
        return sorted(found, key=lambda visit: visit.status != "completed")

    def _bills(self, visit: Visit, payer: str | None) -> list[Invoice]:
        return [invoice for invoice in self._invoices.get(visit.id, ()) if invoice.payer == payer]

    def _bills_alike(self, visit: Visit, payer: str | None) -> list[Invoice]:
        """The visit's bills to insurers for an insurer's payment, to the patient for a patient's; else all."""
        bills = self._invoices.get(visit.id, [])
        return [bill for bill in bills if (bill.payer is None) == (payer is None)] or bills


def _summed(records: Iterable[Record], held: Held, last: datetime.date) -> Iterator[Record]:
    """Amounts so far as what the books have of them and what is new; one that never was is left out."""
    payments = _series(held.payments.values())
    adjustments = _series(held.adjustments.values())
    for record in records:
        if isinstance(record, Payment) and SO_FAR in record.meta:
            yield from _increments(record, payments.get(record.id, []), last)
        elif isinstance(record, Adjustment) and SO_FAR in record.meta:
            yield from _increments(record, adjustments.get(record.id, []), last)
        else:
            yield record


def _increments(record: Sum, earlier: list[Sum], last: datetime.date) -> Iterator[Sum]:
    """What the books have of an amount so far, then what is new, on the export's last day: it was not there before."""
    yield from (one._replace(meta=record.meta) for one in earlier)
    new = record.amount - sum((one.amount for one in earlier), _ZERO)
    if new and earlier:
        number = len(earlier) + 1
        day = max(last, record.date, earlier[-1].date)
        meta = {**record.meta, DATED: "export"} if DATED in record.meta else record.meta
        yield record._replace(id=f"{record.id}.{number}", amount=new, date=day, meta=meta)
    elif new:
        yield record


def _series(groups: Iterable[Sequence[Sum]]) -> dict[str, list[Sum]]:
    """Payments or adjustments by the id of the first of their series: `V1-p1`, then `V1-p1.2`, `V1-p1.3`."""
    found: dict[str, list[Sum]] = defaultdict(list)
    later: list[Sum] = []
    for group in groups:
        for one in group:
            found[one.id].append(one)
            if _LATER.fullmatch(one.id):
                later.append(one)
    for one in sorted(later, key=lambda one: one.id):
        match = _LATER.fullmatch(one.id)
        if match is not None and match["base"] in found:
            found[match["base"]].append(one)
    return found
