"""Item L and the division of a year in which shares change; every figure is worked out here from the facts."""

from decimal import Decimal
from pathlib import Path

import pytest
from daysheet.reports import registry
from daysheet.reports.period import parse
from daysheet.settings import Settings

D = Decimal
LEDGER = """
    2025-01-01 open Expenses:Rent
      tax-line: "rent-property"
    2025-01-01 open Equity:Old
      partner: "chen"
    2025-01-01 custom "partner" "adams" "Dr. Adams"
      share: 60
    2025-01-01 custom "partner" "chen" "Dr. Chen"
      share: 40
    2026-07-01 custom "partner" "adams" "Dr. Adams"
      share: 50
    2026-07-01 custom "partner" "baker" "Dr. Baker"
      share: 10
    2025-01-01 * "Opening balances"
      Assets:Bank               3000 USD
      Equity:Capital:Adams     -2000 USD
      Equity:Old               -1000 USD
    2025-06-01 * "Fees"
      Assets:Bank               1000 USD
      Income:Visits
    2025-07-01 * "Draw"
      Equity:Draws:Adams         100 USD
      Assets:Bank
    2025-12-31 * "Draws closed"
      Equity:Capital:Adams       100 USD
      Equity:Draws:Adams
    2026-02-01 * "Fees"
      Assets:Bank               5000 USD
      Income:Visits
    2026-07-01 * "Buys in"
      Assets:Bank                700 USD
      Equity:Capital:Baker
    2026-08-01 * "Draw"
      Equity:Draws:Adams         250 USD
      Assets:Bank
    2026-09-01 * "Fees"
      Assets:Bank               1000 USD
      Income:Visits
    2026-12-01 * "Rent of the year"
      Expenses:Rent              730 USD
      Assets:Bank
"""
# 2026 has 181 days to June 30 and 184 after it; the rent is divided over them, the fees fall where they fall
RENT = (D(730) * 181 / 365, D(730) * 184 / 365)
FIRST, SECOND = 5000 - RENT[0], 1000 - RENT[1]


@pytest.fixture
def build(load):
    def made(name, text=LEDGER, period="2026", returns="1065"):
        plain = Settings(Path("x"), {"practice": {"return": returns}}, "")
        return registry.build(name, load(text), plain, parse(period), "cash")

    return made


def test_item_l_of_each_partner(build):
    adams = FIRST * D("0.6") + SECOND * D("0.5")
    chen = FIRST * D("0.4") + SECOND * D("0.4")
    baker = SECOND * D("0.1")
    rows = {row.cells[0]: row.cells[1:] for row in build("partner-capital").rows}
    assert rows == {
        "Dr. Adams": (D(2500), D(0), adams, D(-250), 2500 + adams - 250),  # 2,000 − 100 drawn + 600 of 2025
        "Dr. Chen": (D(1400), D(0), chen, D(0), 1400 + chen),
        "Dr. Baker": (D(0), D(700), baker, D(0), 700 + baker),
        "Total": (D(3900), D(700), D(5270), D(-250), D(9620)),
    }


def test_the_first_year_begins_with_what_was_brought_into_the_books(build):
    rows = {row.cells[0]: row.cells[1:] for row in build("partner-capital", period="2025").rows}
    assert rows["Dr. Adams"] == (D(2000), D(0), D(600), D(-100), D(2500))
    assert rows["Dr. Chen"] == (D(1000), D(0), D(400), D(0), D(1400))


def test_the_worksheet_shows_each_segment(build):
    table = build("partner-allocation")
    assert [row.cells for row in table.rows if row.kind == "subtotal"] == [
        ("2026-01-01 to 2026-06-30", D(181), None, D(5000), -RENT[0], FIRST),
        ("2026-07-01 to 2026-12-31", D(184), None, D(1000), -RENT[1], SECOND),
    ]
    lines = [(row.cells[0], row.cells[2], row.cells[5]) for row in table.rows if row.kind == "line"][:5]
    assert lines == [
        ("Dr. Adams", D(60), FIRST * D("0.6")), ("Dr. Chen", D(40), FIRST * D("0.4")),
        ("Dr. Adams", D(50), SECOND * D("0.5")), ("Dr. Chen", D(40), SECOND * D("0.4")),
        ("Dr. Baker", D(10), SECOND * D("0.1")),
    ]  # fmt: skip


def test_interest_received_is_of_each_day_whenever_it_is_credited(build):
    """365.00 credited in December, of which 181.00 are of the days before the change."""
    text = LEDGER + (
        '    2025-01-01 open Income:Interest\n      tax-line: "interest-income"\n'
        '    2026-12-31 * "Interest"\n      Assets:Bank  365.00 USD\n      Income:Interest\n'
    )
    found = [row.cells[3:5] for row in build("partner-allocation", text).rows if row.kind == "subtotal"]
    assert found == [(D(5000), D(181) - RENT[0]), (D(1000), D(184) - RENT[1])]


def test_depreciation_is_of_each_day_whenever_it_is_booked(build):
    text = LEDGER + (
        '    2025-01-01 open Expenses:Depreciation\n      tax-line: "depreciation"\n'
        "    2025-01-01 open Assets:Fixed:Depreciation\n"
        '    2026-12-31 * "The year\'s"\n      Expenses:Depreciation  365.00 USD\n      Assets:Fixed:Depreciation\n'
    )
    found = [row.cells[3:5] for row in build("partner-allocation", text).rows if row.kind == "subtotal"]
    assert found == [(D(5000), -D(181) - RENT[0]), (D(1000), -D(184) - RENT[1])]


def test_by_proration_all_is_divided_by_day(build):
    """5,270.00 over 181 and 184 of 365 days, to the cent."""
    text = LEDGER + '    2026-01-01 custom "allocation" "rateable"\n'
    whole = [row.cells[5] for row in build("partner-allocation", text).rows if row.kind == "subtotal"]
    assert whole == [D("2613.34"), D("2656.66")]


def test_what_is_of_no_partner_is_asked_and_the_total_is_the_equity(build):
    text = LEDGER.replace("Equity:Capital:Baker", "Equity:Suspense")
    rows = {row.cells[0]: row.cells[1:] for row in build("partner-capital", text).rows}
    assert rows["Of no partner"] == (D(0), D(700), D(0), D(0), D(700))
    assert any(row.cells[0] == "Partners" for row in build("open-questions", text).rows)
    tied = {row.cells[0]: row.cells[1:] for row in build("tie-outs", text).rows}
    assert tied["Equity; partners' capital"] == (D(9620), D(9620), D(0), "agrees")


def test_only_a_partnership_has_partners(build):
    assert build("partner-capital", returns="schedule-c").rows == ()
    assert build("partner-allocation", returns="1120-s").rows == ()
