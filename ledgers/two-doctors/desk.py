"""The front desk's year: who was seen, what was billed, what was paid, and what was forgotten.

Dr. Adams sees 14 patients a day from Monday to Friday, Dr. Baker 12 on Monday, Wednesday and Friday from July; every
visit costs 50.00 USD. Those counts are of completed visits: no-shows and cancellations come on top.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

YEAR: Final = 2026
FEE: Final = Decimal("50.00")
ONE_DAY: Final = datetime.timedelta(days=1)
LAST_DAY: Final = datetime.date(YEAR, 12, 31)
TERMS: Final = 30 * ONE_DAY


class Doctor(NamedTuple):
    """A provider's week: `days` are weekdays (0 is Monday)."""

    id: str
    since: datetime.date
    days: frozenset[int]
    visits: int
    patients: int


DOCTORS: Final = (
    Doctor("adams", datetime.date(YEAR, 1, 1), frozenset(range(5)), 14, 900),
    Doctor("baker", datetime.date(YEAR, 7, 1), frozenset({0, 2, 4}), 12, 320),
)
# first day, last day, whose; as in practice.beancount
CLOSED: Final = (
    (datetime.date(YEAR, 1, 1), datetime.date(YEAR, 1, 1), None),
    (datetime.date(YEAR, 5, 25), datetime.date(YEAR, 5, 25), None),
    (datetime.date(YEAR, 7, 3), datetime.date(YEAR, 7, 3), None),
    (datetime.date(YEAR, 8, 10), datetime.date(YEAR, 8, 14), None),
    (datetime.date(YEAR, 9, 7), datetime.date(YEAR, 9, 7), None),
    (datetime.date(YEAR, 11, 26), datetime.date(YEAR, 11, 26), None),
    (datetime.date(YEAR, 11, 27), datetime.date(YEAR, 11, 27), "baker"),
    (datetime.date(YEAR, 12, 24), datetime.date(YEAR, 12, 25), None),
)

# What went wrong, so that there is something to find: a day, a doctor, and which of the day's visits.
FORGOTTEN_WEEK: Final = (datetime.date(YEAR, 9, 14), datetime.date(YEAR, 9, 18))
Slip = tuple[datetime.date, str, int]


def _slip(month: int, day: int, doctor: str, which: int) -> Slip:
    return datetime.date(YEAR, month, day), doctor, which


FORGOTTEN: Final = frozenset({
    _slip(1, 22, "adams", 3), _slip(3, 5, "adams", 11), _slip(4, 16, "adams", 0), _slip(5, 27, "adams", 7),
    _slip(6, 9, "adams", 13), _slip(7, 15, "baker", 4), _slip(8, 21, "adams", 9), _slip(10, 7, "baker", 2),
    _slip(12, 3, "adams", 6),
})  # fmt: skip
BILLED_TWICE: Final = frozenset({_slip(3, 18, "adams", 5), _slip(10, 21, "adams", 2)})
PAID_TWICE: Final = frozenset({_slip(5, 12, "adams", 8), _slip(12, 9, "baker", 6)})
WRONG_VISIT: Final = frozenset({_slip(6, 24, "adams", 1)})  # its bill names a visit that there never was
BILLED_NO_SHOW_EVERY: Final = 60  # one no-show in so many is billed
SKIPPED_NUMBER: Final = 2400  # an invoice number that was never used


class Visit(NamedTuple):
    """A row of visits.csv."""

    visit_id: str
    date: datetime.date
    provider: str
    patient_id: str
    status: str
    service: str
    fee: Decimal


class Invoice(NamedTuple):
    """A row of invoices.csv."""

    invoice_id: str
    visit_id: str
    date: datetime.date
    provider: str
    patient_id: str
    payer: str
    amount: Decimal
    due: datetime.date


class Payment(NamedTuple):
    """A row of payments.csv."""

    payment_id: str
    date: datetime.date
    invoice_id: str
    payer: str
    method: str
    amount: Decimal
    reference: str


class Adjustment(NamedTuple):
    """A row of adjustments.csv."""

    adjustment_id: str
    date: datetime.date
    invoice_id: str
    kind: str
    amount: Decimal


class Desk(NamedTuple):
    """The year, each list by date."""

    visits: list[Visit]
    invoices: list[Invoice]
    payments: list[Payment]
    adjustments: list[Adjustment]


def is_open(day: datetime.date, doctor: Doctor) -> bool:
    """Whether a doctor sees patients on a day."""
    closed = any(first <= day <= last and who in (None, doctor.id) for first, last, who in CLOSED)
    return day >= doctor.since and day.weekday() in doctor.days and not closed


def weekdays() -> Iterator[datetime.date]:
    """Monday to Friday, all year."""
    day = datetime.date(YEAR, 1, 1)
    while day <= LAST_DAY:
        if day.weekday() < 5:
            yield day
        day += ONE_DAY


def year() -> Desk:
    """The whole year; always the same one."""
    chance = random.Random("the two-doctor practice")
    visits: list[Visit] = []
    invoices: list[Invoice] = []
    paid_twice: set[str] = set()
    for day in weekdays():
        for doctor in DOCTORS:
            if is_open(day, doctor):
                seen = _seen(chance, day, doctor, 10001 + len(visits))
                visits += seen
                _bill(chance, seen, invoices, paid_twice)
    payments = _payments(chance, invoices, paid_twice)
    return Desk(visits, invoices, payments, _write_offs(chance, invoices, payments))


def _seen(chance: random.Random, day: datetime.date, doctor: Doctor, number: int) -> list[Visit]:
    """A doctor's day: as many completed visits as always, and those who did not come in between."""
    statuses = ["completed"] * doctor.visits
    for status, likely in (("no-show", 0.6), ("cancelled", 0.5)):
        if chance.random() < likely:
            statuses.insert(chance.randrange(len(statuses) + 1), status)
    prefix = doctor.id[0].upper()
    patients = chance.sample(range(1, doctor.patients + 1), len(statuses))
    return [
        Visit(f"V{number + i}", day, doctor.id, f"SAMPLE-{prefix}{patient:04}", status, "office visit", FEE)
        for i, (patient, status) in enumerate(zip(patients, statuses, strict=True))
    ]


def _bill(chance: random.Random, seen: list[Visit], invoices: list[Invoice], paid_twice: set[str]) -> None:
    """Bill a doctor's day, with the slips of that day."""

    def bill(visit: Visit, visit_id: str) -> None:
        number = 1001 + len(invoices)
        identifier = f"INV-{number + (number >= SKIPPED_NUMBER)}"
        invoices.append(
            Invoice(identifier, visit_id, visit.date, visit.provider, visit.patient_id, "", FEE, visit.date + TERMS)
        )

    which = -1
    for visit in seen:
        if visit.status != "completed":
            if visit.status == "no-show" and chance.randrange(BILLED_NO_SHOW_EVERY) == 0:
                bill(visit, visit.visit_id)
            continue
        which += 1
        slip = (visit.date, visit.provider, which)
        if FORGOTTEN_WEEK[0] <= visit.date <= FORGOTTEN_WEEK[1] or slip in FORGOTTEN:
            continue
        bill(visit, visit.visit_id)
        if slip in BILLED_TWICE:
            bill(visit, visit.visit_id)
        if slip in WRONG_VISIT:
            bill(visit, "V99017")
        if slip in PAID_TWICE:
            paid_twice.add(invoices[-1].invoice_id)


def _payments(chance: random.Random, invoices: list[Invoice], paid_twice: set[str]) -> list[Payment]:
    """Most pay at the desk, some within weeks, a few in two parts, a few never; by date."""
    made: list[tuple[datetime.date, str, str, Decimal]] = []
    for invoice in invoices:
        if chance.random() < 0.015:
            continue
        late = chance.choices((0, 1, 2, 6, 13, 27, 41), (64, 8, 6, 8, 7, 5, 2))[0]
        day = _weekday(invoice.date + late * ONE_DAY)
        method = chance.choices(("card", "check", "cash"), (72, 18, 10))[0]
        parts = [FEE / 2, FEE / 2] if chance.random() < 0.02 else [FEE]
        if invoice.invoice_id in paid_twice:
            parts = [FEE, FEE]
        for part in parts:
            made.append((day, invoice.invoice_id, method, part))
            day = _weekday(day + 14 * ONE_DAY)
    made = [payment for payment in sorted(made, key=lambda payment: payment[0]) if payment[0] <= LAST_DAY]
    return [
        Payment(f"PMT-{i}", day, invoice, "", method, amount, f"{chance.randrange(1001, 9999)}" * (method == "check"))
        for i, (day, invoice, method, amount) in enumerate(made, 1)
    ]


def _weekday(day: datetime.date) -> datetime.date:
    """The day, or the Monday after it: nobody pays when the desk is closed."""
    while day.weekday() > 4 or any(first <= day <= last and who is None for first, last, who in CLOSED):
        day += ONE_DAY
    return day


def _write_offs(chance: random.Random, invoices: list[Invoice], payments: list[Payment]) -> list[Adjustment]:
    """At each quarter's end, most of what is open for more than 90 days is written off; a few are courtesies."""
    paid = {payment.invoice_id for payment in payments}
    adjustments: list[tuple[datetime.date, str, str]] = []
    for invoice in invoices:
        if invoice.invoice_id in paid:
            continue
        if chance.random() < 0.1:
            adjustments.append((_weekday(invoice.date + ONE_DAY), invoice.invoice_id, "courtesy"))
        elif chance.random() < 0.8:
            old = invoice.date + 90 * ONE_DAY
            ends = (datetime.date(YEAR, month, day) for month, day in ((3, 31), (6, 30), (9, 30), (12, 31)))
            quarter = next((end for end in ends if end >= old), None)
            if quarter is not None:
                adjustments.append((quarter, invoice.invoice_id, "write-off"))
    return [
        Adjustment(f"ADJ-{i}", day, invoice, kind, FEE) for i, (day, invoice, kind) in enumerate(sorted(adjustments), 1)
    ]
