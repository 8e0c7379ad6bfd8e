"""The pack's sections on a small practice whose figures are worked out by hand here."""

import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from daysheet.accounting import form_1099
from daysheet.errors import DaysheetError
from daysheet.reports import registry
from daysheet.reports.period import parse
from daysheet.reports.schedules.receivables import receivables
from daysheet.reports.tax import lines as taxlines
from daysheet.reports.tax.depreciation import depreciation
from daysheet.settings import Settings
from daysheet.tax_facts import Asset
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.cells import amounts, cell_of, rows_of

D = Decimal


@pytest.fixture
def build_from(load):
    def make(text, name, period="2026", *, returns="schedule-c", basis="cash", detail=False):
        plain = Settings(Path("daysheet.toml"), {"practice": {"return": returns}}, "")
        return registry.build(name, load(text), plain, parse(period), basis, detail=detail)

    return make


# depreciation: the amounts are those of worked examples, not of the program


def asset(cost, method, life, since="2026-03-10", salvage=0):
    day = datetime.date.fromisoformat(since)
    return Asset("x", "X", day, D(cost), "Assets:Fixed", method, life, D(salvage), {})


def years(item, disposed=None, count=8):
    gone = None if disposed is None else datetime.date.fromisoformat(disposed)
    return [depreciation(item, gone, item.since.year + n) for n in range(count)]


def test_macrs_five_year_property_follows_table_a_1():
    expected = ["200.00", "320.00", "192.00", "115.20", "115.20", "57.60", "0", "0"]
    assert years(asset(1000, "macrs", 5)) == [D(amount) for amount in expected]


def test_macrs_seven_year_property_follows_table_a_1():
    expected = ["1429", "2449", "1749", "1249", "893", "892", "893", "446"]
    assert years(asset(10000, "macrs", 7)) == [D(amount) for amount in expected]


def test_macrs_allows_half_of_the_year_of_disposal():
    assert years(asset(1000, "macrs", 5), disposed="2028-11-30", count=4) == [D(200), D(320), D(96), D(0)]


def test_macrs_allows_nothing_for_what_is_sold_in_its_first_year():
    assert years(asset(1000, "macrs", 5), disposed="2026-11-30", count=2) == [D(0), D(0)]


def test_straight_line_counts_the_month_of_service_and_not_that_of_disposal():
    assert years(asset(1300, "straight-line", 5, salvage=100), count=6) == [200, 240, 240, 240, 240, 40]
    assert years(asset(1300, "straight-line", 5, salvage=100), disposed="2027-06-15", count=3) == [200, 100, 0]


def test_a_life_without_a_macrs_table_is_refused():
    with pytest.raises(DaysheetError, match="life of 6 years"):
        depreciation(asset(1000, "macrs", 6), None, 2026)


@given(
    st.integers(1, 10**9),
    st.sampled_from([("macrs", life) for life in (3, 5, 7, 10, 15, 20)] + [("straight-line", n) for n in (1, 3, 27)]),
    st.integers(1, 12),
)
def test_depreciation_over_a_life_is_the_cost_to_the_cent(cents, rule, month):
    method, life = rule
    item = asset(D(cents) / 100, method, life, since=f"2026-{month:02}-15")
    assert sum(years(item, count=41)) == item.cost
    assert all(amount >= 0 for amount in years(item, count=30))


ASSETS = """
    2024-05-01 custom "asset" "table" "Treatment table"
      cost: 2000.00 USD
      account: Assets:Fixed:Equipment
      method: "straight-line"
      life: 5
    2026-11-01 custom "asset" "laser" "Laser"
      cost: 10000.00 USD
      account: Assets:Fixed:Equipment
      method: "macrs"
      life: 5
    2023-01-01 custom "asset" "van" "Van"
      cost: 500.00 USD
      account: Assets:Fixed:Vehicles
      method: "none"
    2026-06-30 custom "disposed" "van"
      proceeds: 700.00 USD
    2024-05-01 * "Bought"
      Assets:Fixed:Equipment  2000.00 USD
      Assets:Bank:Checking
    2026-11-01 * "Bought"
      Assets:Fixed:Equipment  9000.00 USD
      Assets:Bank:Checking
"""


def test_fixed_assets_show_additions_disposals_and_the_gain(build_from):
    table = build_from(ASSETS, "fixed-assets")
    assert amounts(table, "current") == {
        "Treatment table": D(400), "Total held since before": D(400), "Laser": D(500), "Total additions": D(500),
        "Total": D(900),
    }  # fmt: skip
    before = D("266.67") + 400  # eight months of 2024, and 2025
    assert amounts(table, "before") == {"Treatment table": before, "Total held since before": before, "Total": before}
    assert amounts(table, "gain") == {"Van": D(200)}


def test_fixed_assets_are_tied_to_the_ledger_and_warn_of_the_mid_quarter_convention(build_from):
    notes = " ".join(build_from(ASSETS, "fixed-assets").notes)
    assert "Cost in Fixed assets – Equipment: 12,000.00, which differs from the ledger's 11,000.00." in notes
    assert "Property of 2026 has the mid-quarter convention" in notes
    questions = build_from(ASSETS, "open-questions")
    assert amounts(questions, "amount")["Fixed assets"] == D(-1000)


# tax lines


def lines_of(returns, year):
    edition = taxlines.edition(returns, year)
    return edition and edition.lines


def test_the_lines_of_a_form_depend_on_the_year():
    assert lines_of("schedule-c", 2024)["other-expense"] == "27a"
    assert lines_of("schedule-c", 2025)["other-expense"] == "27b"
    assert lines_of("schedule-c", 2030) == lines_of("schedule-c", 2025)
    assert (lines_of("1065", 2022)["other-expense"], lines_of("1065", 2023)["other-expense"]) == ("20", "21")
    assert (lines_of("1120-s", 2022)["other-expense"], lines_of("1120-s", 2023)["other-expense"]) == ("19", "20")
    assert lines_of("1065", 2017) is None


@pytest.mark.parametrize("returns", ["schedule-c", "1065", "1120-s"])
def test_every_line_is_of_a_known_word_and_every_form_takes_the_usual_ones(returns):
    lines = set(lines_of(returns, 2025))
    assert lines <= set(taxlines.words())
    assert lines >= {"gross-receipts", "wages", "rent-property", "other-expense", "meals", "utilities"}


TAXED = """
    2020-01-01 open Income:Visits
      tax-line: "gross-receipts"
    2020-01-01 open Income:Refunds
      tax-line: "returns"
    2020-01-01 open Expenses:Software
      tax-line: "other-expense"
    2020-01-01 open Expenses:Fees
      tax-line: "other-expense"
    2020-01-01 open Expenses:Meals
      tax-line: "meals"
    2020-01-01 open Expenses:Fines
      tax-line: "not-deductible"
    2020-01-01 open Expenses:Mystery
    2020-01-01 open Assets:Bank
    2026-02-01 * "A"
      Income:Visits     -1000.00 USD
      Income:Refunds       50.00 USD
      Expenses:Software    40.00 USD
      Expenses:Fees        20.00 USD
      Expenses:Meals       30.00 USD
      Expenses:Fines        5.00 USD
      Expenses:Mystery      7.00 USD
      Assets:Bank         848.00 USD
"""


def test_the_tax_line_summary_adds_accounts_up_by_line_and_ends_at_net_income(build_from):
    table = build_from(TAXED, "tax-lines")
    found = [(cell_of(table, r, "line"), cell_of(table, r, "title"), cell_of(table, r, "current")) for r in table.rows]
    assert found == [
        ("1", "Gross receipts", D(1000)),
        ("2", "Returns and allowances", D(50)),
        ("3", "Net receipts", D(950)),
        ("7", "Gross income", D(950)),
        ("24b", "Deductible meals", D(15)),
        (None, "Fees", D(20)),
        (None, "Software", D(40)),
        ("27b", "Other expenses", D(60)),
        ("28", "Total expenses", D(75)),
        ("31", "Net profit or loss", D(875)),
        (None, "Mystery", D(7)),
        ("–", "No line named yet", D(7)),
        (None, "Fines", D(5)),
        (None, "Meals, not deductible", D(15)),
        ("–", "On no line of this form", D(20)),
        (None, "Net income", D(848)),
    ]
    assert table.title == "Tax-line summary, Schedule C (Form 1040)"
    assert any("50%" in note for note in table.notes)
    assert any("Check them against the form of 2026" in note for note in table.notes)


@pytest.mark.parametrize(
    ("returns", "gain", "interest", "charity", "totals"),
    [("1120-s", "4", "K 4", "K 12a", ("6", "21", "22")), ("1065", "6", "K 5", "K 13a", ("8", "22", "23"))],
)
def test_what_is_separately_stated_is_no_ordinary_income(returns, gain, interest, charity, totals, build_from):
    """950 and a gain of 9 less 60 and half of 30; interest of 12 and a gift of 4 are of Schedule K."""
    text = (
        TAXED.replace("Assets:Bank         848.00", "Assets:Bank         865.00").rstrip()
        + """
      Income:Interest     -12.00 USD
      Income:Gain          -9.00 USD
      Expenses:Gift         4.00 USD
    2020-01-01 open Income:Interest
      tax-line: "interest-income"
    2020-01-01 open Income:Gain
      tax-line: "gain-4797"
    2020-01-01 open Expenses:Gift
      tax-line: "charity"
"""
    )
    table = build_from(text, "tax-lines", returns=returns)
    found = {cell_of(table, row, "line"): cell_of(table, row, "current") for row in table.rows}
    assert (found[gain], found[interest], found[charity]) == (D(9), D(12), D(4))
    assert tuple(found[line] for line in totals) == (D(959), D(75), D(884))
    assert cell_of(table, table.rows[-1], "current") == D(865)


def test_a_partnership_reads_the_lines_of_its_own_form(build_from):
    table = build_from(TAXED, "tax-lines", "2025", returns="1065")
    assert table.title == "Tax-line summary, Form 1065"
    income = build_from(TAXED, "income", returns="1065")
    assert {cell_of(income, row, "tax_line") for row in rows_of(income, "line")} >= {"1065 1a", "1065 21"}


def test_an_account_below_another_inherits_its_line(build_from):
    text = TAXED.replace("Expenses:Meals  ", "Expenses:Meals:Travel  ")
    table = build_from(text, "tax-lines")
    row = next(row for row in table.rows if cell_of(table, row, "line") == "24b")
    assert cell_of(table, row, "account") == "Expenses:Meals:Travel"


# 1099 candidates


VENDORS = """
    2026-01-01 custom "vendor" "harbor" "Harbor Radiology PC"
      entity: "corporation"
      services: "medical"
      w9: TRUE
    2026-01-01 custom "vendor" "clean" "Clean Co"
      entity: "corporation"
      w9: TRUE
    2026-01-01 custom "vendor" "anna" "Anna Contractor"
    2026-01-01 custom "vendor" "carl" "Carl Cardpaid"
    2026-01-01 custom "vendor" "law" "Smith Law PC"
      entity: "corporation"
      services: "legal"
      w9: TRUE
    2026-01-01 custom "vendor" "land" "Landlord"
      services: "rent"
      w9: TRUE
    2026-01-01 open Expenses:Contract
      tax-line: "contract-labor"
    2026-01-01 open Assets:Bank
    2026-01-01 open Liabilities:Card
"""


def paid(payee, amount, source="Assets:Bank", day="2026-05-01"):
    return f'\n    {day} * "{payee}" "work"\n      Expenses:Contract  {amount} USD\n      {source}\n'


def test_who_needs_a_1099_follows_the_rules_of_the_year(build_from):
    text = VENDORS + "".join(
        [
            paid("Harbor Radiology PC", 5000), paid("Clean Co", 9000), paid("Anna Contractor", 1999),
            paid("ANNA CONTRACTOR", 1), paid("Anna Contractor", 7000, "Liabilities:Card"),
            paid("Carl Cardpaid", 8000, "Liabilities:Card"), paid("Smith Law PC", 2500), paid("Landlord", 1500),
            paid("Nobody Knows", 3000), paid("Small Fry", 100),
        ]
    )  # fmt: skip
    table = build_from(text, "contractors")
    found = {
        str(cell_of(table, row, "vendor")): (cell_of(table, row, "form"), cell_of(table, row, "verdict"))
        for row in rows_of(table, "line")
    }
    assert found == {
        "Harbor Radiology PC": ("1099-MISC box 6", "due"),
        "Clean Co": ("1099-NEC box 1", "exempt: corporation"),
        "Anna Contractor": ("1099-NEC box 1", "due; W-9 missing"),
        "Carl Cardpaid": ("1099-NEC box 1", "paid by card"),
        "Smith Law PC": ("1099-NEC box 1", "due"),
        "Landlord": ("1099-MISC box 1", "below the threshold"),
        "Nobody Knows": ("?", "not in the vendor list"),
    }
    assert amounts(table, "direct")["Anna Contractor"] == D(2000)
    assert amounts(table, "card")["Anna Contractor"] == D(7000)


def test_the_threshold_is_that_of_the_year_in_which_it_was_paid(build_from):
    assert [form_1099.threshold(year) for year in (2025, 2026)] == [D(600), D(2000)]
    text = VENDORS.replace("2026-01-01", "2025-01-01") + paid("Landlord", 700, day="2025-05-01")
    table = build_from(text, "contractors", "2025")
    assert [cell_of(table, row, "verdict") for row in rows_of(table, "line")] == ["due"]


# reconciliations, loans, payroll, capital


def test_a_reconciliation_says_how_far_the_statements_reach(build_from):
    text = """
    2026-01-05 * "In"
      Assets:Bank:Checking   100.00 USD
      Equity:Opening-Balances
    2026-02-01 balance Assets:Bank:Checking  100.00 USD
    2026-02-10 ! "Check not cleared"
      Assets:Bank:Checking   -30.00 USD
      Expenses:Rent
    2026-02-11 * "Card sale"
      Assets:Clearing:Cards   12.00 USD
      Income:Visits
    2026-02-12 * "Supplies"
      Expenses:Supplies       9.00 USD
      Liabilities:Card
    """
    table = build_from(text, "reconciliation", "2026-02")
    rows = {str(row.cells[0]): row.cells[2:] for row in rows_of(table, "line")}
    assert rows["Bank – Checking"] == (
        datetime.date(2026, 1, 31), D(100), D(-30), D(70), None, D(-30), "not reconciled",
    )  # fmt: skip
    assert rows["Credit card"] == (None, None, None, D(-9), None, D(0), "not reconciled")
    assert rows["Cards: Card sale"][3] == D(12)
    assert table.notes == (
        "Not reconciled, for no statement balance of the period is in the books: Bank – Checking, Credit card.",
    )


def test_a_loan_shows_principal_and_interest(build_from):
    text = """
    2025-01-01 open Expenses:Interest
      tax-line: "interest-other"
    2025-01-01 open Liabilities:Loan:Laser
    2025-01-01 open Assets:Bank:Checking
    2025-12-01 * "Borrowed"
      Assets:Bank:Checking  1000.00 USD
      Liabilities:Loan:Laser
    2026-01-15 * "Payment"
      Liabilities:Loan:Laser  90.00 USD
      Expenses:Interest       10.00 USD
      Assets:Bank:Checking  -100.00 USD
    """
    table = build_from(text, "loans")
    assert rows_of(table, "line")[0].cells[2:] == (None, None, None, D(1000), D(0), D(90), D(910), D(10))


def test_payroll_is_tied_to_the_forms_that_were_filed(build_from):
    text = """
    2026-01-01 open Expenses:Wages
      payroll: "wages"
    2026-01-01 open Expenses:PayrollTaxes
      payroll: "taxes"
    2026-01-01 open Assets:Bank
    2026-02-15 * "Payroll"
      Expenses:Wages         1000.00 USD
      Expenses:PayrollTaxes    76.50 USD
      Assets:Bank
    2026-05-15 * "Payroll"
      Expenses:Wages         2000.00 USD
      Assets:Bank
    2026-03-31 custom "filed" "941"
      wages: 1000.00 USD
    2026-06-30 custom "filed" "941"
      wages: 1900.00 USD
    2026-12-31 custom "filed" "W-3"
      wages: 3000.00 USD
    """
    rows = {str(row.cells[0]): row.cells[2:] for row in build_from(text, "payroll").rows if row.kind != "heading"}
    assert rows["Total wages"] == (D(1000), D(2000), D(0), D(0), D(3000))
    assert rows["Books less Form 941"] == (D(0), D(100), None, None, None)
    assert rows["Books less Form W-3"][-1] == D(0)


def test_capital_rolls_forward_to_the_equity_of_the_balance_sheet(build):
    rows = {str(row.cells[0]): row.cells[2:] for row in build("capital").rows}
    assert rows == {
        "Opening balances": (D(1000), D(0), D(0), D(0), D(1000)),
        "Owner – Draws": (D(0), D(0), D(0), D(-100), D(-100)),
        "Retained earnings, prior years": (D(120), D(0), D(0), D(0), D(120)),
        "Net income of the year": (D(0), D(0), D("-7.34"), D(0), D("-7.34")),
        "Total equity": (D(1120), D(0), D("-7.34"), D(-100), D("1012.66")),
    }


# the other sections


def test_the_bridge_leads_from_cash_to_accrual_income(build):
    rows = {str(row.cells[0]): row.cells[2] for row in build("cash-to-accrual").rows}
    assert rows["Net income, cash basis"] == D("-7.34")
    assert rows["Charges billed"] == D(210)
    assert rows["Adjustments, contractual"] == D(-50)
    assert rows["Collected on receivables"] == D(-95)
    assert rows["Net income, accrual basis"] == D("57.66")
    assert rows["At the end"] == D(65)


def test_the_cash_flow_leads_from_net_income_to_the_cash_in_the_bank(build):
    assert amounts(build("cash-flow"), "current") == {
        "Net income": D("-7.34"),
        "Money in transit – Cards": D(-15),
        "Credit card": D("12.34"),
        "Net cash from operating activities": D(-10),
        "Owner – Draws": D(-100),
        "Net cash from financing activities": D(-100),
        "Net change in cash": D(-110),
        "Cash at the beginning": D(1120),
        "Cash at the end": D(1010),
    }


def test_what_no_one_could_decide_is_asked(build_from):
    text = """
    2026-03-01 * "ACME" "Unknown"
      Expenses:Uncategorized  12.00 USD
      Assets:Bank:Checking
    2026-03-02 ! "Check this"
      Assets:Bank:Checking  5.00 USD
      Income:Other
    """
    table = build_from(text, "open-questions")
    asked = {(str(row.cells[0]), str(row.cells[1])): row.cells[2] for row in table.rows}
    assert asked == {
        ("Uncategorized", "2026-03-01 ACME – Unknown: what is it?"): D(12),
        ("In doubt", "2026-03-02 Check this"): D(5),
        ("Tax line", "On which line of the return is Other?"): D(5),
        ("Reconciliation", "Bank – Checking: no statement balance is in the books"): D(-7),
    }


def test_adjusting_entries_are_listed_and_set_apart_in_the_working_trial_balance(build_from):
    text = """
    2026-03-01 * "Rent"
      Expenses:Rent  100.00 USD
      Assets:Bank
    2026-12-31 * "Depreciation" #adjusting
      Expenses:Depreciation  40.00 USD
      Assets:Fixed:Accumulated
    """
    working = build_from(text, "working-trial-balance")
    assert amounts(working, "unadjusted") == {"Assets:Bank": D(-100), "Expenses:Rent": D(100)}
    assert amounts(working, "adjustments") == {"Assets:Fixed:Accumulated": D(-40), "Expenses:Depreciation": D(40)}
    assert amounts(working, "adjusted")["Expenses:Depreciation"] == D(40)
    entries = build_from(text, "adjusting-entries")
    assert [row.cells[4] for row in entries.rows] == [
        "Depreciation", "Depreciation", "Fixed assets – Accumulated", "Total",
    ]  # fmt: skip


def test_documents_are_those_that_cover_the_period(build_from):
    text = """
    2026-03-31 custom "imported" "visits" 2026-03-01 2026-03-31
      file: "originals/a.csv"
      sha256: "ab"
      rows: 3
    2026-01-31 custom "imported" "visits" 2025-12-01 2026-01-31
      file: "originals/b.csv"
      sha256: "cd"
    2025-11-30 custom "imported" "visits" 2025-11-01 2025-11-30
      file: "originals/c.csv"
    """
    table = build_from(text, "documents")
    found = [(cell_of(table, r, "file"), cell_of(table, r, "rows"), cell_of(table, r, "sha256")) for r in table.rows]
    assert found == [("originals/b.csv", None, "cd"), ("originals/a.csv", 3, "ab"), (None, None, None)]


def test_the_months_sum_to_the_year(build):
    table = build("monthly")
    assert len(rows_of(table, "line")) == 12
    total = rows_of(table, "total")[0]
    assert [cell_of(table, total, key) for key in ("charges", "adjustments", "collected", "income", "expenses")] == [
        D(210), D(50), D(95), D(95), D("102.34"),
    ]  # fmt: skip
    assert amounts(table, "charges")["2026-12"] == D(60)


def test_card_receipts_are_gross_as_the_processor_states_them(build_from):
    text = """
    2026-01-30 * "Card" ^inv-1
      payment: "P1"
      Assets:Clearing:Cards   100.00 USD
      Income:Visits          -100.00 USD
    2026-01-31 * "Refund"
      payment: "P2"
      Assets:Clearing:Cards   -20.00 USD
      Income:Visits            20.00 USD
    2026-02-02 * "Payout"
      Assets:Bank:Checking     77.20 USD
      Expenses:MerchantFees     2.80 USD
      Assets:Clearing:Cards   -80.00 USD
    """
    table = build_from(text, "card-receipts", "2026-Q1")
    assert rows_of(table, "line")[0].cells == ("2026-01", D(100), D(20), D(0), D(0), D(80))
    assert rows_of(table, "total")[0].cells == ("Total", D(100), D(20), D("2.80"), D("77.20"), D(0))


def test_a_fault_in_a_statement_shows_as_a_tie_out_that_differs(build, monkeypatch):
    def differing(table):
        return [str(row.cells[0]) for row in table.rows if row.cells[-1] == "DIFFERS"]

    on_account = "Received in 2026-12 for no bill, beyond 2%; zero"
    assert differing(build("tie-outs")) == [on_account]

    def faulty(request):
        table = receivables(request)
        rows = tuple(row._replace(cells=(*row.cells[:-1], D(1))) for row in table.rows)
        return type(table)(**{**vars(table), "rows": rows})

    monkeypatch.setattr("daysheet.reports.schedules.tie_outs.receivables", faulty)
    table = build("tie-outs")
    assert differing(table) == ["Aging; receivables in the ledger", on_account]
    assert table.notes[0].startswith(f"{len(table.rows) - 2} of {len(table.rows)}")


def test_no_report_but_the_patients_own_shows_a_patients_token(build):
    for name in registry.REPORTS.keys() - {"patient-ledger"}:
        assert "pt-0" not in str(build(name)), name
