"""What was done and not billed: visits one by one, and lapses."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from beancount import loader
from daysheet import checks
from daysheet.findings import FindingError, gap

from tests.practice.checks.ledgers import ADAMS, BAKER, bill, visit, worked

WEEK = "2026-03-16"
MARCH = ("2026-03-02", "2026-03-27")


@pytest.fixture
def hole(load):
    """Four weeks of both doctors, one of them without a bill."""
    adams = worked(*MARCH, unbilled=WEEK)
    baker = worked(*MARCH, provider="baker", weekdays="024", a_day=12, unbilled=WEEK)
    return load(ADAMS + BAKER + adams + baker)


def found(books, kind, as_of=None):
    return [finding for finding in checks.run(books, as_of) if finding.kind == kind]


def test_four_weeks_hold_280_and_144_visits(hole):
    by_provider = [sum(visit.provider == name for visit in hole.visits.values()) for name in ("adams", "baker")]
    assert by_provider == [280, 144]


def test_a_week_without_bills_is_one_lapse_a_provider(hole):
    lapses = [(lapse.key, str(lapse.through), lapse.count, lapse.amount) for lapse in found(hole, "billing-lapse")]
    assert lapses == [
        ("adams/2026-03-16", "2026-03-20", 70, Decimal("3500.00")),
        ("baker/2026-03-16", "2026-03-20", 36, Decimal("1800.00")),
    ]


def test_the_hole_costs_5300_and_is_counted_once(hole):
    findings = checks.run(hole)
    assert len([f for f in findings if f.kind == "unbilled-visit"]) == 106
    assert gap(findings) == (Decimal("5300.00"), Decimal("5300.00"))


def test_expected_cash_says_its_sample(hole):
    adams, baker = found(hole, "billing-lapse")
    assert (adams.sample, baker.sample) == (210, 108)


def test_a_waived_visit_is_no_finding(load):
    text = visit("V1", "2026-03-02") + visit("V2", "2026-03-02") + ADAMS
    books = load(text + '2026-04-01 custom "waived" "unbilled-visit" "V1" "courtesy"\n')
    assert [finding.key for finding in found(books, "unbilled-visit")] == ["V2"]


def test_a_waived_lapse_takes_its_visits_along(load):
    books = load(
        ADAMS + worked(*MARCH, unbilled=WEEK) + '2026-03-27 custom "waived" "billing-lapse" "adams/2026-03-16" "x"'
    )
    assert checks.run(books) == []


@pytest.mark.parametrize("through", ["", "\n  through: 2026-03-20\n"])
def test_a_waived_lapse_leaves_the_later_visits_that_nobody_billed(load, through):
    later = "".join(visit(f"L{day}", f"2026-03-{day}") for day in (24, 25))
    waived = '2026-03-27 custom "waived" "billing-lapse" "adams/2026-03-16" "charity week"'
    books = load(ADAMS + worked(*MARCH, unbilled=WEEK) + later + waived + through)
    assert [(one.kind, one.key) for one in checks.run(books)] == [("unbilled-visit", "L24"), ("unbilled-visit", "L25")]


def test_a_waived_lapse_leaves_the_next_one(load):
    text = worked("2026-03-02", "2026-04-10", unbilled="2026-03-16 2026-03-30")
    books = load(ADAMS + text + '2026-04-10 custom "waived" "billing-lapse" "adams/2026-03-16" "charity week"')
    assert [lapse.key for lapse in found(books, "billing-lapse")] == ["adams/2026-03-30"]


def test_a_waived_lapse_that_goes_on_is_found_again(load):
    lapsed = worked(*MARCH, unbilled="2026-03-16 2026-03-23")
    books = load(ADAMS + lapsed + '2026-03-20 custom "waived" "billing-lapse" "adams/2026-03-16" "she is ill"')
    assert [lapse.key for lapse in found(books, "billing-lapse")] == ["adams/2026-03-23"]


def test_a_lapse_keeps_its_key_while_it_grows(load):
    books = load(ADAMS + worked(*MARCH, unbilled="2026-03-16 2026-03-23"))
    days = [datetime.date(2026, 3, day) for day in (17, 18, 20, 24, 27)]
    assert {lapse.key for day in days for lapse in found(books, "billing-lapse", day)} == {"adams/2026-03-16"}


def test_scattered_misses_are_no_lapse(load):
    text = worked(*MARCH).replace('visit: "A0305-3"', 'visit: "?"').replace('visit: "A0311-7"', 'visit: "?"')
    books = load(ADAMS + text)
    assert found(books, "billing-lapse") == []
    assert [finding.key for finding in found(books, "unbilled-visit")] == ["A0305-3", "A0311-7"]


def test_half_the_visits_unbilled_for_two_weeks_is_a_lapse(load):
    lines = worked(*MARCH)
    for day in (16, 17, 18, 19, 20, 23, 24, 25, 26, 27):
        for number in range(0, 14, 2):
            lines = lines.replace(f'visit: "A03{day}-{number}"', 'visit: "?"')
    (lapse,) = found(load(ADAMS + lines), "billing-lapse")
    assert (lapse.key, lapse.count, "only 70 of 140" in lapse.message) == ("adams/2026-03-16", 70, True)


def test_visits_wait_as_long_as_bills_usually_take(load):
    """Bills are written on the Friday of the week: on Wednesday nothing is missing."""
    text = [ADAMS]
    for monday in range(2, 24, 7):
        for weekday in range(5):
            day = datetime.date(2026, 3, monday + weekday)
            key = f"V{day:%m%d}"
            text.append("".join(visit(f"{key}-{n}", day) for n in range(3)))
            friday = datetime.date(2026, 3, monday + 4)
            text.append("".join(bill(f"INV-{key}-{n}", friday, visit=f"{key}-{n}") for n in range(3)))
    text.append("".join(visit(f"V{day}", f"2026-03-{day}") for day in (30, 31)))
    books = load("".join(text))
    assert books.as_of == datetime.date(2026, 3, 31)
    assert checks.run(books) == []


def test_a_declared_grace_goes_before_the_learned_one(load):
    books = load(visit("V1", "2026-03-25") + visit("V2", "2026-03-30") + '2026-01-01 custom "threshold" "grace-days" 3')
    assert [finding.key for finding in found(books, "unbilled-visit")] == ["V1"]


def test_a_reversed_bill_leaves_the_visit_unbilled(load):
    text = visit("V1", "2026-03-02") + bill("INV-1", "2026-03-02", visit="V1")
    books = load(text + bill("INV-1", "2026-03-03", visit="V1", amount="-50.00"))
    assert [finding.key for finding in checks.run(books)] == ["V1"]
    assert checks.run(books, datetime.date(2026, 3, 2)) == []


def test_a_bill_written_later_is_not_known_before(load):
    books = load(visit("V1", "2026-03-02") + bill("INV-1", "2026-03-20", visit="V1"))
    assert [finding.key for finding in checks.run(books, datetime.date(2026, 3, 10))] == ["V1"]


def test_one_bill_may_name_several_visits(load):
    books = load(visit("V1", "2026-03-02") + visit("V2", "2026-03-03") + bill("INV-1", "2026-03-03", visit="V1 V2"))
    assert checks.run(books) == []


def test_a_billed_no_show_names_both_entries(load):
    (finding,) = checks.run(load(visit("V1", "2026-03-02", status="no-show") + bill("INV-1", "2026-03-02", visit="V1")))
    assert (finding.kind, finding.key, finding.amount) == ("billed-no-show", "V1", Decimal("50.00"))
    assert [meta["lineno"] for meta in finding.where] == [3, 1]


def test_the_plugin_shows_one_error_a_lapse_at_its_first_visit(tmp_path):
    path = tmp_path / "main.beancount"
    head = 'plugin "beancount.plugins.auto_accounts"\nplugin "daysheet.plugins.billing_gaps"\n' + ADAMS.lstrip("\n")
    path.write_text(head + worked(*MARCH, unbilled=WEEK) + visit("V99", "2026-03-26"))
    _, errors, _ = loader.load_file(str(path))
    assert all(isinstance(error, FindingError) for error in errors)
    assert [error.message.split(":")[0] for error in errors] == ["unbilled-visit", "billing-lapse"]
    lines = path.read_text().splitlines()
    assert lines[errors[1].source["lineno"] - 1] == '2026-03-16 custom "visit" "A0316-0" "adams" "completed"'


@pytest.mark.parametrize(
    ("config", "kinds"),
    [("", ["unbilled-visit"]), (' "billed-no-show unbilled-visit"', ["unbilled-visit", "billed-no-show"])],
)
def test_the_plugin_shows_what_was_never_billed_and_other_kinds_by_name(tmp_path, config, kinds):
    path = tmp_path / "main.beancount"
    head = f'plugin "beancount.plugins.auto_accounts"\nplugin "daysheet.plugins.billing_gaps"{config}\n'
    missed = visit("V1", "2026-03-02", status="no-show") + bill("INV-1", "2026-03-02", visit="V1")
    path.write_text(head + missed + visit("V2", "2026-03-02"))
    _, errors, _ = loader.load_file(str(path))
    assert [error.message.split(":")[0] for error in errors] == kinds


def test_a_service_that_is_billed_no_more_is_a_lapse_of_its_own(load):
    text = worked(*MARCH)
    for day in (16, 17, 18, 19, 20):
        for number in range(3, 14, 4):
            text = text.replace(f'visit: "A03{day}-{number}"', 'visit: "?"')
    lines = []
    for line in text.splitlines():
        lines.append(line)
        if 'custom "visit"' in line:
            number = int(line.split('"')[3].split("-")[1])
            lines.append(f'  service: "{"laser" if number % 4 == 3 else "exam"}"')
    books = load(ADAMS + "\n".join(lines) + "\n")
    (lapse,) = found(books, "billing-lapse")
    assert (lapse.key, lapse.count, lapse.amount) == ("adams/2026-03-16/laser", 15, Decimal("750.00"))
    assert "Dr. Adams, laser, 2026-03-16 to 2026-03-20 (5 working days): none of 15" in lapse.message


def test_a_waived_lapse_of_one_service_leaves_the_others(load):
    first = '"A0316-0" "adams" "completed"'
    text = worked(*MARCH, unbilled=WEEK).replace(first, f'{first}\n  service: "laser"')
    books = load(ADAMS + text + '2026-03-27 custom "waived" "billing-lapse" "adams/2026-03-16/laser" "free trial"')
    assert [lapse.count for lapse in found(books, "billing-lapse")] == [69]
