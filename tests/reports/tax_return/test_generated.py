"""The schedules of an entity's return tie on books that nobody would think of, and on many years of a practice."""

from pathlib import Path

import pytest
from daysheet.reports import registry
from daysheet.reports.period import parse
from daysheet.reports.schedules.tie_outs import AGREES
from daysheet.settings import Settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reports.generated import ledgers, load
from tests.reports.tax_return import facts, truth
from tests.reports.tax_return.test_tax_return import by_line

LINES = "".join(
    f'2020-01-01 open {account}\n  tax-line: "{word}"\n'
    for account, word in (
        ("Income:Visits", "gross-receipts"), ("Income:Products", "other-income"), ("Expenses:Rent", "rent-property"),
        ("Expenses:Supplies", "supplies"), ("Expenses:Uncategorized", "other-expense"), ("Expenses:Wages", "wages"),
        ("Expenses:Depreciation", "depreciation"), ("Expenses:MerchantFees", "commissions"),
        ("Expenses:Travel", "meals"),
    )
)  # fmt: skip
OWNERS = (
    '2020-01-01 custom "partner" "a" "A"\n  share: 60\n2020-01-01 custom "partner" "b" "B"\n  share: 40\n'
    '2025-04-11 custom "partner" "a" "A"\n  share: 30\n2025-04-11 custom "partner" "b" "B"\n  share: 70\n'
)
YEARS = st.sampled_from(["2024", "2025", "2026"])
RETURNS = st.sampled_from(["1065", "1120-s"])
BASES = st.sampled_from(["cash", "accrual"])


def check(text, returns, year, basis):
    plain = Settings(Path("x"), {"practice": {"id": "t", "name": "T", "return": returns}}, "")
    table = registry.build("tie-outs", load(text), plain, parse(year), basis)
    assert {str(row.cells[0]): row.cells[1:] for row in table.rows if row.cells[-1] != AGREES} == {}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ledgers(), RETURNS, YEARS, BASES)
def test_the_schedules_tie_whatever_is_booked(text, returns, year, basis):
    check(text + LINES + OWNERS, returns, year, basis)


@pytest.mark.long
@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ledgers(), RETURNS, YEARS, BASES)
def test_the_schedules_of_a_thousand_books_tie(text, returns, year, basis):
    check(text + LINES + OWNERS, returns, year, basis)


@pytest.mark.long
@pytest.mark.parametrize("number", range(60))
@pytest.mark.parametrize("returns", ["schedule-c", "1065", "1120-s"])
def test_the_lines_and_tie_outs_of_many_practices(returns, number):
    seed = f"practice {number}"
    text, entries = facts.text(returns, seed), facts.entries(returns, seed)
    books = load(text)
    for year in facts.YEARS:
        check(text, returns, str(year), "cash")
        plain = Settings(Path("x"), {"practice": {"id": "t", "name": "T", "return": returns}}, "")
        found = by_line(registry.build("tax-lines", books, plain, parse(str(year)), "cash"), "current")
        true = truth.return_of(returns, entries, year)
        assert {line: found.get(line) for line in true.lines} == true.lines
