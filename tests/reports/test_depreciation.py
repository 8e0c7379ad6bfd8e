"""Depreciation of the return: amounts of IRS Publication 946's tables, and limits of the revenue procedures."""

import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from daysheet.errors import DaysheetError
from daysheet.reports import registry
from daysheet.reports.period import parse
from daysheet.reports.tax import macrs
from daysheet.reports.tax.return_depreciation import Elections, booked, deduction, section_179_limit, through
from daysheet.settings import Settings
from daysheet.tax_facts import Asset

from tests.reports.cells import amounts

D = Decimal
PLAIN = Elections(frozenset(), datetime.date(2000, 1, 1))


def asset(cost, life, since, **more):
    day = datetime.date.fromisoformat(since)
    said = {"bonus": False, "tax_life": D(life), **more}
    return Asset("x", "X", day, D(cost), "Assets:Fixed", "straight-line", D(5), D(), {}, **said)


def amounts_of(item, count=8, disposed=None, rules=PLAIN):
    gone = None if disposed is None else datetime.date.fromisoformat(disposed)
    return [deduction(item, gone, item.since.year + n, rules).total for n in range(count)]


def bonus_of(since, acquired):
    """The bonus in percent of an asset's cost."""
    item = asset(100, 5, since, bonus=True, acquired=datetime.date.fromisoformat(acquired))
    return deduction(item, None, item.since.year, PLAIN).bonus


@pytest.mark.parametrize(
    ("since", "life", "expected"),
    [
        ("2026-02-01", 5, "3500 2600 1560 1101 1101 138"),
        ("2026-05-01", 5, "2500 3000 1800 1137 1137 426"),
        ("2026-08-01", 7, "1071 2551 1822 1302 930 885 886 553"),
        ("2026-11-01", 5, "500 3800 2280 1368 1094 958"),
        ("2026-11-01", 7, "357 2755 1968 1406 1004 873 873 764"),
    ],
)
def test_the_mid_quarter_tables(since, life, expected):
    """Tables A-2 to A-5."""
    rules = Elections(frozenset({2026}), datetime.date(2000, 1, 1))
    assert amounts_of(asset(10000, life, since), len(expected.split()), rules=rules) == [D(n) for n in expected.split()]


@pytest.mark.parametrize(
    ("life", "since", "first", "second", "years"),
    [("39", "2026-05-01", "625.95", "999.96", 40), ("27.5", "2026-07-15", "650.13", "1418.04", 29)],
)
def test_real_property_has_the_mid_month_convention(life, since, first, second, years):
    """Tables A-7a and A-6, on 39,000: 1.605% and 2.564%; 1.667% and 3.636%."""
    item = asset(39000, life, since)
    assert amounts_of(item, 2) == [D(first), D(second)]
    assert amounts_of(item, years)[-1] > 0
    assert amounts_of(item, years + 1)[-1] == 0
    assert through(item, None, 2100, PLAIN) == 39000


def test_a_table_that_is_not_there_is_said():
    with pytest.raises(DaysheetError, match="no half-year table for a life of 6 years"):
        amounts_of(asset(1000, 6, "2026-01-01"))
    assert macrs.percentages(D(20), datetime.date(2026, 1, 1), mid_quarter=True) is None


def test_the_year_of_disposal_follows_the_convention():
    """Of the third year's 1,920: half; in the mid-quarter convention, sold in its second quarter, 37.5% of 1,800."""
    assert amounts_of(asset(10000, 5, "2026-05-01"), 4, "2028-06-15") == [2000, 3200, 960, 0]
    rules = Elections(frozenset({2026}), datetime.date(2000, 1, 1))
    assert amounts_of(asset(10000, 5, "2026-05-01"), 3, "2028-06-15", rules) == [2500, 3000, 675]
    # 39 years, sold in June: five and a half months of 2.564%
    assert amounts_of(asset(39000, 39, "2026-05-01"), 2, "2027-06-15")[1] == round(D("999.96") * D("5.5") / 12, 2)


@pytest.mark.parametrize(
    ("since", "acquired", "bonus"),
    [
        ("2022-05-01", None, 10000), ("2023-05-01", None, 8000), ("2024-05-01", None, 6000),
        ("2025-01-10", None, 4000), ("2025-06-01", None, 10000), ("2025-06-01", "2025-01-02", 4000),
        ("2026-06-01", "2024-12-02", 2000), ("2026-06-01", None, 10000),
    ],
)  # fmt: skip
def test_bonus_depreciation_goes_by_the_day_of_acquisition(since, acquired, bonus):
    """IRC 168(k) as amended by Pub. L. 119-21: 100% for what is acquired after January 19, 2025."""
    day = acquired and datetime.date.fromisoformat(acquired)
    item = asset(10000, 5, since, bonus=None, acquired=day)
    found = deduction(item, None, item.since.year, PLAIN)
    assert found.bonus == bonus
    assert found.regular == (10000 - bonus) * D("0.20")
    assert through(item, None, 2060, PLAIN) == 10000


def test_bonus_is_automatic_since_the_books_begin_and_never_for_buildings():
    old = asset(10000, 5, "2023-05-01", bonus=None)
    assert deduction(old, None, 2023, Elections(frozenset(), datetime.date(2025, 1, 1))).bonus == 0
    assert deduction(asset(39000, 39, "2026-05-01", bonus=None), None, 2026, PLAIN).bonus == 0
    assert deduction(asset(10000, 5, "2026-05-01", bonus=False), None, 2026, PLAIN).bonus == 0


def test_section_179_comes_off_first_and_has_its_limits():
    """Rev. Proc. 2023-34 and 2025-32: above the threshold the limit falls dollar for dollar."""
    item = asset(10000, 5, "2026-05-01", section_179=D(4000))
    assert deduction(item, None, 2026, PLAIN)[:3] == (D(4000), D(0), D(1200))
    assert section_179_limit(2024, D(0)) == 1220000
    assert section_179_limit(2026, D(4100000)) == 2550000
    assert section_179_limit(2050, D(0)) is None


def test_books_that_follow_macrs_keep_an_automobile_within_its_limits():
    """Rev. Proc. 2024-13: 12,400, 19,800, 11,900, 7,160; of 80,000 sold in the third year half of 15,360."""
    item = asset(80000, 5, "2024-02-01", vehicle="passenger", business_use=D(60))._replace(method="macrs")
    sold = datetime.date(2026, 5, 15)
    assert [booked(item, None, year, mid_quarter=False) for year in (2023, 2024, 2025, 2026)] == [
        0,
        12400,
        19800,
        11900,
    ]
    assert [booked(item, sold, year, mid_quarter=False) for year in (2026, 2027)] == [7680, 0]
    assert booked(item._replace(vehicle=""), None, 2024, mid_quarter=False) == 16000


def test_passenger_automobiles_stay_within_their_limits_and_come_out_in_the_end():
    """Rev. Proc. 2025-16: 12,200 without bonus, then 19,600, 11,800, 7,060 a year."""
    item = asset(70000, 5, "2025-03-01", vehicle="passenger")
    found = amounts_of(item, 9)
    # 20% of 70,000 is 14,000; 32% 22,400; 19.2% 13,440; 11.52% 8,064; then 4,032 and what is left
    assert found[:6] == [12200, 19600, 11800, 7060, 7060, 4032]
    assert found[6:] == [7060, 1188, 0]
    assert sum(found) == 70000
    used = asset(70000, 5, "2025-03-01", vehicle="passenger", business_use=D(60))
    assert amounts_of(used, 1) == [7320]
    newer = amounts_of(asset(70000, 5, "2026-03-01", vehicle="passenger"), 5)
    assert newer == [12300, 19800, 11900, 7160, 7160]  # Rev. Proc. 2026-15
    assert amounts_of(asset(70000, 5, "2026-03-01", vehicle="passenger", bonus=True), 1) == [20300]
    with pytest.raises(DaysheetError, match="automobiles of 2030 are not known"):
        amounts_of(asset(70000, 5, "2030-03-01", vehicle="passenger"))


@pytest.mark.parametrize(
    ("since", "late", "ads", "expected"),
    [
        ("2025-03-01", False, 5, "500 1000 1000 1000 1000 500 0"),  # Table A-8
        ("2025-02-01", True, 5, "875 1000 1000 1000 1000 125"),  # Tables
        ("2025-05-01", True, 5, "625 1000 1000 1000 1000 375"),
        ("2025-08-01", True, 5, "375 1000 1000 1000 1000 625"),
        ("2025-11-01", True, 5, "125 1000 1000 1000 1000 875"),
        ("2025-03-01", False, 10, "250 500 500"),
    ],
)
def test_listed_property_used_half_or_less_for_business_is_straight_line(since, late, ads, expected):
    """IRC 280F(b)(1): half of 10,000 under ADS, and no bonus though nobody elected out."""
    rules = Elections(frozenset({2025}) if late else frozenset(), datetime.date(2000, 1, 1))
    item = asset(10000, 5, since, business_use=D(50), bonus=None, ads_life=D(ads))
    amounts = [D(amount) for amount in expected.split()]
    assert amounts_of(item, len(amounts), rules=rules) == amounts
    assert through(item, None, 2060, rules) == 5000


def test_an_automobile_used_half_for_business_has_half_of_its_limits():
    """10% and 20% of 35,000 against half of 12,200, 19,600, 11,800 and 7,060; what is left follows."""
    item = asset(70000, 5, "2025-03-01", vehicle="passenger", business_use=D(50), ads_life=D(5))
    found = amounts_of(item, 11)
    assert found[:6] == [3500, 7000, 5900, 3530, 3530, 3500]
    assert found[6:] == [3530, 3530, 980, 0, 0]
    assert sum(found) == 35000


@pytest.mark.parametrize(("more", "said"), [({}, "write ads-life"), ({"ads_life": D(6), "section_179": D(1)}, "179")])
def test_what_is_not_known_of_listed_property_is_asked_for(more, said):
    with pytest.raises(DaysheetError, match=said):
        amounts_of(asset(10000, 5, "2025-03-01", business_use=D(40), **more))


def test_a_vehicle_says_its_life_under_ads_itself(load):
    books = load(
        """
        2026-03-01 custom "asset" "car" "Car"
          cost: 40000.00 USD
          account: Assets:Fixed:Vehicles
          method: "straight-line"
          life: 5
          tax-life: 5
          vehicle: "passenger"
          business-use: 40
        """
    )
    (car,) = books.tax_facts
    assert deduction(car, None, 2026, PLAIN).total == 1600  # 10% of 16,000


LEDGER = """
    2025-06-30 * "In"
      Assets:Bank  90000 USD
      Income:Visits
    2023-05-01 custom "asset" "old" "Old unit"
      cost: 20000.00 USD
      account: Assets:Fixed:Equipment
      method: "macrs"
      life: 5
    2026-06-15 custom "disposed" "old"
      proceeds: 9000.00 USD
    2026-02-10 custom "asset" "a" "Analyser"
      cost: 10000.00 USD
      account: Assets:Fixed:Equipment
      method: "macrs"
      life: 5
    2026-11-15 custom "asset" "b" "Beam"
      cost: 40000.00 USD
      account: Assets:Fixed:Equipment
      method: "straight-line"
      life: 8
      tax-life: 5
    2026-11-20 custom "asset" "c" "Chair"
      cost: 900.00 USD
      account: Assets:Fixed:Equipment
      method: "straight-line"
      life: 5
    2026-01-01 open Expenses:Repairs
      tax-line: "repairs"
    2026-03-03 * "Larch" "New roof"
      Expenses:Repairs  2600 USD
      Assets:Bank
"""


def build(load, text=LEDGER, name="return-depreciation"):
    return registry.build(name, load(text), Settings(Path("x"), {}, ""), parse("2026"), "cash")


def test_the_schedule_shows_return_and_books_side_by_side(load):
    """Of 2026, bonus automatic: 10,000 and 40,000; the old unit, older than the books, half of 11.52%."""
    table = build(load)
    assert amounts(table, "bonus") == {"Analyser": D(10000), "Beam": D(40000), "Total": D(50000)}
    assert amounts(table, "regular") == {"Old unit": D(1152), "Total": D(1152)}
    # the books: 3,500 by the mid-quarter convention of those that follow MACRS is not reached by one asset in February
    assert amounts(table, "books") == {
        "Old unit": D(1152), "Analyser": D(2000), "Beam": D("833.33"), "Chair": D(30), "Total": D("3985.33"),
    }  # fmt: skip
    assert any("Without it the year's depreciation would be 6,652.00." in note for note in table.notes)
    assert any('"c": its recovery period for the return is not said' in note for note in table.notes)


def test_disposals_are_ready_for_form_4797_and_large_expenses_are_listed(load):
    rows = {str(row.cells[0]): row.cells[3] for row in build(load).rows if row.depth}
    assert rows == {
        "Old unit: price": D(9000), "Old unit: deducted before": D(15392), "Old unit: gain or loss": D(4392),
        "Old unit: ordinary, section 1245": D(4392), "Larch – New roof": D(2600), "Chair": D(900),
    }  # fmt: skip


def test_a_method_that_is_missing_stops_a_line_and_not_the_report(load):
    text = (
        LEDGER
        + """
    2026-05-01 custom "asset" "d" "Door"
      cost: 600.00 USD
      account: Assets:Fixed:Equipment
      method: "macrs"
      life: 6
"""
    )
    table = build(load, text, "fixed-assets")
    assert {row.cells[0]: row.cells[5] for row in table.rows if row.cells[0] in ("Door", "Analyser")} == {
        "Door": None, "Analyser": D(2000),
    }  # fmt: skip
    assert any("Door is not written off here" in note for note in table.notes)
    assert any("life of 6 years" in str(row.cells[1]) for row in build(load, text, "open-questions").rows)
