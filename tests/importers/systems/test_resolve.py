"""What an export leaves open is settled by the books: days, visits, and amounts that were paid so far."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

import pytest
from daysheet.errors import DaysheetError
from daysheet.importers.reading import Reading, Record
from daysheet.importers.systems.marks import SEEK, SO_FAR, UNDATED, Sought
from daysheet.importers.systems.resolve import resolve
from daysheet.records import Adjustment, Invoice, Payment, Visit

MONDAY = datetime.date(2026, 3, 2)
LATER = datetime.date(2026, 3, 31)
PLACE = {"filename": "export.csv", "lineno": 2}


class Books:
    """Records as an import holds them."""

    def __init__(self, *records: Record) -> None:
        self.visits = {one.id: one for one in records if isinstance(one, Visit)}
        self.invoices: dict[str, list[Invoice]] = defaultdict(list)
        self.payments: dict[str, list[Payment]] = defaultdict(list)
        self.adjustments: dict[str, list[Adjustment]] = {}
        for one in records:
            if isinstance(one, Invoice):
                self.invoices[one.id].append(one)
            elif isinstance(one, Payment):
                self.payments[one.id].append(one)


def visit(name: str, *, patient: str = "pt-1", status: str = "completed") -> Visit:
    return Visit(name, MONDAY, "adams", status, patient, None, None, PLACE)


def invoice(name: str, *visits: str, payer: str | None = None, meta: Mapping[str, object] = PLACE) -> Invoice:
    return Invoice(name, MONDAY, visits, "adams", "pt-1", payer, Decimal(50), None, {**PLACE, **meta})


def payment(name: str, amount: int, bill: str | None = "I1", *, meta: Mapping[str, object] = PLACE) -> Payment:
    return Payment(name, MONDAY, bill, None, "card", Decimal(amount), None, {**PLACE, **meta})


def settled(held: Books, *records: Record) -> list[Record]:
    return list(resolve(Reading("p", "practice", 1, records, (), MONDAY, LATER), held).records)


SOUGHT = Sought("pt-1", "adams", MONDAY)


def test_a_bill_without_a_day_has_that_of_its_visit() -> None:
    bare = invoice("I1", "V1")._replace(date=UNDATED, provider="", patient="")
    reading = resolve(Reading("p", "invoices", 1, (bare,), (), UNDATED, UNDATED), Books(visit("V1")))
    assert reading.records == (invoice("I1", "V1"),)
    assert (reading.first, reading.last) == (MONDAY, MONDAY)


def test_a_bill_without_a_day_and_without_its_visit_is_refused() -> None:
    with pytest.raises(DaysheetError, match="neither in the books nor in the files before"):
        settled(Books(), invoice("I1", "V1")._replace(date=UNDATED))


def test_two_bills_of_a_day_find_the_patients_two_visits_and_a_third_none() -> None:
    seeking = [invoice(f"I{n}", meta={SEEK: SOUGHT}) for n in (1, 2, 3)]
    found = settled(Books(visit("V1"), visit("V2"), visit("V3", patient="pt-2")), *seeking)
    assert [one.visits for one in found if isinstance(one, Invoice)] == [("V1",), ("V2",), ()]


def test_a_bill_seen_before_finds_the_visit_that_it_was_given_then() -> None:
    held = Books(visit("V1"), visit("V2"), invoice("I1", "V1"), invoice("I2", "V2"))
    (found,) = settled(held, invoice("I2", meta={SEEK: SOUGHT}))
    assert isinstance(found, Invoice)
    assert found.visits == ("V2",)


def test_a_payment_finds_the_bill_to_its_payer() -> None:
    held = Books(visit("V1"), invoice("I1", "V1"), invoice("I2", "V1", payer="aetna"))
    own, insurer = payment("P1", 10, bill=None, meta={SEEK: SOUGHT}), payment("P2", 20, bill=None, meta={SEEK: SOUGHT})
    found = settled(held, own, insurer._replace(payer="insurance"))
    assert [one.invoice for one in found if isinstance(one, Payment)] == ["I1", "I2"]


def test_what_was_paid_so_far_is_booked_once_and_then_only_what_is_new() -> None:
    first = settled(Books(), payment("P1", 30, meta={SO_FAR: True}))
    again = settled(Books(*first), payment("P1", 30, meta={SO_FAR: True}))
    more = settled(Books(*first), payment("P1", 50, meta={SO_FAR: True}))
    third = settled(Books(*more), payment("P1", 45, meta={SO_FAR: True}))
    says = [
        [(one.id, int(one.amount), one.date) for one in found if isinstance(one, Payment)]
        for found in (again, more, third)
    ]
    assert says == [
        [("P1", 30, MONDAY)],
        [("P1", 30, MONDAY), ("P1.2", 20, LATER)],
        [("P1", 30, MONDAY), ("P1.2", 20, LATER), ("P1.3", -5, LATER)],
    ]


def test_nothing_paid_so_far_is_no_record_unless_something_was() -> None:
    assert settled(Books(), payment("P1", 0, meta={SO_FAR: True})) == []
    back = settled(Books(payment("P1", 30)), payment("P1", 0, meta={SO_FAR: True}))
    assert [one.amount for one in back if isinstance(one, Payment)] == [30, -30]


def test_a_reading_with_nothing_open_is_left_as_it_is() -> None:
    reading = Reading("p", "practice", 1, (visit("V1"), invoice("I1", "V1")), (), MONDAY, LATER)
    assert resolve(reading, Books()) is reading
