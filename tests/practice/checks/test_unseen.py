"""Lapses that no visit shows: from the schedule, and from the bills of the weeks around."""

from __future__ import annotations

import datetime
import random
from decimal import Decimal

from daysheet import checks
from daysheet.findings import gap

from tests.practice.checks.ledgers import ADAMS, BAKER, bill, days, payment

FORTNIGHT_AROUND = ("2026-03-02", "2026-03-27")


def bills(first, last, *, provider="adams", weekdays="01234", a_day=14, without="", on=None):
    """Bills alone, none for weeks whose Mondays are in `without`; `on` is the weekday all of a week are written."""
    text = []
    for day in days(first, last, weekdays):
        monday = day - datetime.timedelta(days=day.weekday())
        if str(monday) not in without.split():
            written = day if on is None else monday + datetime.timedelta(days=on)
            text += [bill(f"{provider}-{day}-{n}", written, provider=provider, patient=f"pt-{n}") for n in range(a_day)]
    return "".join(text)


def lapses(books, as_of=None):
    found = [finding for finding in checks.run(books, as_of) if finding.kind == "billing-lapse"]
    return [(lapse.key, str(lapse.through), lapse.count, lapse.amount) for lapse in found]


def test_by_the_schedule_the_missing_week_of_both_doctors_costs_5300(load):
    adams = bills(*FORTNIGHT_AROUND, without="2026-03-16")
    baker = bills(*FORTNIGHT_AROUND, provider="baker", weekdays="024", a_day=12, without="2026-03-16")
    books = load(ADAMS + BAKER + adams + baker)
    assert lapses(books) == [
        ("adams/2026-03-16", "2026-03-20", 70, Decimal("3500.00")),
        ("baker/2026-03-16", "2026-03-20", 36, Decimal("1800.00")),
    ]
    assert gap(checks.run(books)).gross == Decimal("5300.00")


def test_a_closed_week_is_no_lapse(load):
    closed = '2026-03-16 custom "closed" 2026-03-20 "Conference"\n'
    assert lapses(load(ADAMS + closed + bills(*FORTNIGHT_AROUND, without="2026-03-16"))) == []


def test_a_scheduled_week_billed_at_its_end_is_no_lapse(load):
    assert lapses(load(ADAMS + bills(*FORTNIGHT_AROUND, on=4))) == []


def test_a_week_missing_from_friday_bills_is_a_lapse_of_its_five_days(load):
    books = load(ADAMS + bills(*FORTNIGHT_AROUND, on=4, without="2026-03-16"))
    assert lapses(books) == [("adams/2026-03-16", "2026-03-20", 70, Decimal("3500.00"))]


def test_recorded_visits_go_before_the_schedule(load):
    import_of_visits = '2026-03-31 custom "imported" "visits" 2026-03-01 2026-03-31\n'
    assert lapses(load(ADAMS + import_of_visits + bills(*FORTNIGHT_AROUND, without="2026-03-16"))) == []


def test_by_its_past_a_missing_week_is_found_without_any_fact(load):
    books = load(bills("2026-01-05", "2026-05-29", without="2026-03-16"))
    assert lapses(books) == [("adams/2026-03-16", "2026-03-20", 70, Decimal("3500.00"))]


def test_by_its_past_a_missing_week_of_friday_bills_is_found(load):
    books = load(bills("2026-01-05", "2026-05-29", on=4, without="2026-03-16"))
    assert lapses(books) == [("adams/2026-03-16", "2026-03-20", 70, Decimal("3500.00"))]


def test_public_holidays_and_closures_are_not_expected(load):
    lines = [bills("2026-01-05", "2026-06-30"), '2026-04-06 custom "closed" 2026-04-10 "Vacation"\n']
    holidays = {"2026-01-19", "2026-02-16", "2026-05-25", "2026-06-19", *(f"2026-04-{n:02}" for n in range(6, 11))}
    text = "".join(lines)
    for day in holidays:
        for number in range(14):
            text = text.replace(bill(f"adams-{day}-{number}", day, patient=f"pt-{number}"), "")
    assert lapses(load(text)) == []


def test_busy_and_quiet_days_of_chance_are_no_lapse(load):
    chance = random.Random(4)
    text = []
    for day in days("2026-01-05", "2026-06-30"):
        text += [bill(f"{day}-{n}", day, patient=f"pt-{n}") for n in range(chance.randint(6, 16))]
    assert lapses(load("".join(text))) == []


def test_bills_at_half_the_usual_rate_are_a_partial_lapse(load):
    text = bills("2026-01-05", "2026-06-26", a_day=7)
    for monday in ("2026-01-05", "2026-05-04"):
        first = datetime.date.fromisoformat(monday)
        last = first + datetime.timedelta(days=96 if monday < "2026-04" else 53)
        text += bills(str(first), str(last), a_day=7).replace("INV", "SECOND").replace("inv-adams", "inv-twin")
    ((key, through, count, amount),) = lapses(load(text))
    assert (key, through, count, amount) == ("adams/2026-04-13", "2026-05-01", 105, Decimal("5250.00"))


def test_too_short_a_past_says_nothing(load):
    assert lapses(load(bills("2026-03-02", "2026-04-10", without="2026-03-16"))) == []


def of_payer(text: str, payer: str, number: int) -> str:
    """The bills of a day's patient go to this insurer."""
    return text.replace(f'  patient: "pt-{number}"\n', f'  patient: "pt-{number}"\n  payer: "{payer}"\n')


def test_an_insurer_that_is_billed_no_more_is_a_lapse_of_its_own(load):
    text = bills("2026-01-05", "2026-05-29", a_day=8)
    for day in days("2026-03-09", "2026-03-27"):
        for number in (0, 1):
            text = text.replace(bill(f"adams-{day}-{number}", day, patient=f"pt-{number}"), "")
    books = load(of_payer(of_payer(text, "aetna", 0), "aetna", 1))
    ((key, through, count, amount),) = lapses(books)
    assert (key, through, count, amount) == ("aetna/2026-03-09", "2026-03-27", 30, Decimal("1500.00"))


def test_insurers_that_nobody_is_left_to_bill_are_no_lapses(load):
    text = bills("2026-01-05", "2026-05-29", a_day=8)
    text = of_payer(of_payer(text, "aetna", 0), "cigna", 1)
    retired = ADAMS.lstrip() + "  until: 2026-05-29\n"
    books = load(retired + text + payment("P1", "2026-07-10", "adams-2026-05-29-0"))
    assert lapses(books) == []
