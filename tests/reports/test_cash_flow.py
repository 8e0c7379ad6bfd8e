"""The statement of cash flows on entries whose cash is plain to see."""

from decimal import Decimal
from pathlib import Path

import pytest
from daysheet.reports import registry
from daysheet.reports.period import parse
from daysheet.settings import Settings

from tests.reports.cells import amounts

D = Decimal
OPENING = """
    2026-01-01 * "Opening balances"
      Assets:Bank              1000 USD
      Assets:Fixed:Equipment   2000 USD
      Assets:Fixed:Depreciation  -500 USD
      Liabilities:Notes:SBA    -800 USD
      Equity:Capital
"""
NET = "Net cash from {} activities"


@pytest.fixture
def flows(load):
    def made(entries, period="2026"):
        table = registry.build("cash-flow", load(OPENING + entries), Settings(Path("x"), {}, ""), parse(period), "cash")
        found = amounts(table, "current")
        return tuple(found.get(NET.format(kind), 0) for kind in ("operating", "investing", "financing")), found

    return made


CASES = {
    "the first year begins with the cash that was brought in": ("", (0, 0, 0), {"Cash at the beginning": 1000}),
    "a sale brings its price, and the gain is not operating": (
        """
    2026-06-15 * "Sold"
      Assets:Bank               900 USD
      Assets:Fixed:Equipment  -2000 USD
      Assets:Fixed:Depreciation 500 USD
      Income:Gain               600 USD
    """,
        (0, 900, 0),
        {"Gain or loss on disposals": 600, "Net income": -600, "Proceeds: Fixed assets – Equipment": 900},
    ),
    "scrapped without a cent moves none": (
        """
    2026-06-15 * "Scrapped"
      Assets:Fixed:Equipment  -2000 USD
      Assets:Fixed:Depreciation 500 USD
      Expenses:Loss            1500 USD
    """,
        (0, 0, 0),
        {"Gain or loss on disposals": 1500},
    ),
    "a sale and a purchase are both shown in full": (
        """
    2026-06-15 * "Sold"
      Assets:Bank               900 USD
      Assets:Fixed:Equipment   -900 USD
    2026-06-16 * "Bought"
      Assets:Fixed:Equipment    400 USD
      Assets:Bank
    """,
        (0, 500, 0),
        {"Proceeds: Fixed assets – Equipment": 900, "Bought: Fixed assets – Equipment": -400},
    ),
    "borrowed and paid back are both shown in full": (
        """
    2026-02-01 * "Drawn"
      Assets:Bank    300 USD
      Liabilities:LineOfCredit
    2026-03-01 * "Repaid"
      Liabilities:LineOfCredit  100 USD
      Assets:Bank
    """,
        (0, 0, 200),
        {"Borrowed: Line of credit": 300, "Paid back: Line of credit": -100},
    ),
    "a purchase on a loan moves the down payment alone": (
        """
    2026-02-01 * "Car"
      Assets:Fixed:Vehicles   30000 USD
      Liabilities:Vehicle    -25000 USD
      Assets:Bank             -5000 USD
    """,
        (0, -5000, 0),
        {"Fixed assets – Vehicles – from Vehicle": 25000},
    ),
    "what is traded in moves no cash, nor what is borrowed with it": (
        """
    2026-06-15 * "New for old, which is worth 600"
      Assets:Fixed:Equipment   3000 USD
      Assets:Fixed:Equipment  -2000 USD
      Assets:Fixed:Depreciation 500 USD
      Expenses:Loss             900 USD
      Liabilities:Notes:SBA   -2000 USD
      Assets:Bank              -400 USD
    """,
        (0, -400, 0),
        {
            "Gain or loss on disposals": 900,
            "Fixed assets – Equipment – from what was traded in": 600,
            "Fixed assets – Equipment – from Notes – SBA": 2000,
        },
    ),
    "what the owner brings in kind moves no cash": (
        """
    2026-02-01 * "Brought in"
      Assets:Fixed:Equipment   700 USD
      Equity:Owner:Contributions
    """,
        (0, 0, 0),
        {"Fixed assets – Equipment – from Owner – Contributions": 700},
    ),
    "an expense that the owner paid moved no cash of the practice": (
        """
    2026-02-01 * "Out of pocket"
      Expenses:Supplies   70 USD
      Equity:Owner:Contributions
    """,
        (0, 0, 0),
        {"Income and expenses that moved no cash": 70},
    ),
    "a correction within equity moves no cash": (
        """
    2026-12-31 * "Of last year"
      Equity:RetainedEarnings   50 USD
      Equity:Draws
    """,
        (0, 0, 0),
        {"Retained earnings – from Draws": 50},
    ),
    "interest that was added to a loan is paid with its payments": (
        """
    2026-01-01 open Expenses:Interest
      tax-line: "interest-other"
    2026-02-01 * "Payment"
      Liabilities:Notes:SBA   100 USD
      Assets:Bank
    2026-12-31 * "Interest in it, and depreciation"
      Expenses:Interest        40 USD
      Liabilities:Notes:SBA   -40 USD
      Expenses:Depreciation   200 USD
      Assets:Fixed:Depreciation -200 USD
    """,
        (-40, 0, -60),
        {"Paid back: Notes – SBA": -60, "Fixed assets – Accumulated depreciation": 200},
    ),
    "a check under way is operating": (
        """
    2026-12-30 * "Check 1300"
      Expenses:Office   75 USD
      Assets:Clearing:Checks
    """,
        (0, 0, 0),
        {"Money in transit – Checks": 75},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_cash_flows(case, flows):
    entries, sections, lines = CASES[case]
    found, rows = flows(entries)
    assert found == sections
    assert {title: rows.get(title) for title in lines} == lines
    assert rows["Cash at the end"] == 1000 + sum(sections)


@pytest.mark.parametrize(
    ("said", "flows", "begins"),
    [
        ("Contributed by Dr. Lee: money and desks", (0, 0, 20000), 0),
        ("Stock issued for money and desks", (0, 0, 20000), 0),
        ("By the books kept before", (0, 0, 0), 20000),
    ],
)
def test_what_founders_put_in_on_the_first_day_is_no_opening_balance(said, flows, begins, load):
    """Cash of 20,000 is financing and 8,000 in kind apart; without a word the first day's entry brings balances in."""
    books = load(
        f"""
        2026-04-01 * "{said}"
          Assets:Bank           20000 USD
          Assets:Fixed:Desks     8000 USD
          Equity:CapitalStock  -28000 USD
        """
    )
    table = registry.build("cash-flow", books, Settings(Path("x"), {}, ""), parse("2026"), "cash")
    found = amounts(table, "current")
    assert tuple(found.get(NET.format(kind), 0) for kind in ("operating", "investing", "financing")) == flows
    assert found.get("Cash at the beginning", 0) == begins
    assert found["Cash at the end"] == 20000
