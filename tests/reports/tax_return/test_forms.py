"""The lines of each form and year, against the forms as they are printed (`forms.toml`, written down from them)."""

import tomllib
from pathlib import Path

import pytest
from daysheet.reports.tax import lines as taxlines
from daysheet.reports.tax.schedules import Schedules, said_of, schedules

FORMS = tomllib.loads((Path(__file__).parent / "forms.toml").read_text(encoding="utf-8"))["form"]

# what each word of the books is on the form, in the form's own words
OF_ENTITIES = {
    "gross-receipts": "Gross receipts or sales", "returns": "Returns and allowances",
    "cost-of-goods": "Cost of goods sold", "other-income": "Other income (loss)",
    "finance-charges": "Other income (loss)", "gain-4797": "Net gain (loss) from Form 4797",
    "wages": "Salaries and wages", "repairs": "Repairs and maintenance", "bad-debts": "Bad debts",
    "taxes-licenses": "Taxes and licenses", "interest-mortgage": "Interest", "interest-other": "Interest",
    "depreciation": "Depreciation", "benefits": "Employee benefit programs",
    "energy-buildings": "Energy efficient commercial buildings deduction",
    **dict.fromkeys(
        ("car", "commissions", "contract-labor", "insurance", "legal-professional", "meals", "office-expense",
         "supplies", "travel", "utilities", "other-expense"), "Other deductions"),
    "totals receipts": "Balance", "totals profit": "Gross profit", "totals income": "Total income (loss)",
    "totals deductions": "Total deductions", "totals result": "Ordinary business income (loss)",
}  # fmt: skip
PAGE_1 = {
    "1120-s": {
        **OF_ENTITIES, "officers": "Compensation of officers", "rent-equipment": "Rents", "rent-property": "Rents",
        "advertising": "Advertising", "pension": "Pension, profit-sharing, etc., plans",
    },
    "1065": {
        **OF_ENTITIES, "guaranteed-payments": "Guaranteed payments to partners", "rent-equipment": "Rent",
        "rent-property": "Rent", "advertising": "Other deductions", "pension": "Retirement plans, etc.",
    },
    "schedule-c": {
        "gross-receipts": "Gross receipts or sales", "returns": "Returns and allowances",
        "cost-of-goods": "Cost of goods sold", "other-income": "Other income (loss)",
        "finance-charges": "Other income (loss)", "advertising": "Advertising", "car": "Car and truck expenses",
        "commissions": "Commissions and fees", "contract-labor": "Contract labor",
        "depreciation": "Depreciation and section 179 expense deduction", "benefits": "Employee benefit programs",
        "insurance": "Insurance (other than health)", "interest-mortgage": "Interest, mortgage",
        "interest-other": "Interest, other", "legal-professional": "Legal and professional services",
        "office-expense": "Office expense", "pension": "Pension and profit-sharing plans",
        "rent-equipment": "Rent or lease, vehicles, machinery, and equipment",
        "rent-property": "Rent or lease, other business property", "repairs": "Repairs and maintenance",
        "supplies": "Supplies", "taxes-licenses": "Taxes and licenses", "travel": "Travel", "meals": "Deductible meals",
        "utilities": "Utilities", "wages": "Wages", "bad-debts": "Other expenses", "other-expense": "Other expenses",
        "totals receipts": "Subtract line 2 from line 1", "totals profit": "Gross profit",
        "totals income": "Gross income", "totals deductions": "Total expenses", "totals result": "Net profit or (loss)",
    },
}  # fmt: skip
K = {
    "ordinary": "Ordinary business income (loss)", "interest-income": "Interest income",
    "dividends": "Ordinary dividends", "qualified-dividends": "Qualified dividends", "royalties": "Royalties",
    "capital-gain-short": "Net short-term capital gain (loss)",
    "capital-gain-long": "Net long-term capital gain (loss)",
    "section-1231": "Net section 1231 gain (loss)", "section-179": "Section 179 deduction",
    "charity": "Charitable contributions", "tax-exempt-interest": "Tax-exempt interest income",
    "not-deductible": "Nondeductible expenses", "distributions": "Distributions",
    "reconciliation": "Income (loss) reconciliation", "guaranteed-payments": "Guaranteed payments",
    "self-employment": "Net earnings (loss) from self-employment",
}  # fmt: skip
L = {
    "cash": "Cash", "receivables": "Trade notes and accounts receivable", "inventories": "Inventories",
    "other-current": "Other current assets", "investments": "Other investments",
    "fixed": "Buildings and other depreciable assets", "accumulated": "Less accumulated depreciation",
    "land": "Land (net of any amortization)", "intangible": "Intangible assets (amortizable only)",
    "amortization": "Less accumulated amortization", "other-assets": "Other assets", "payable": "Accounts payable",
    "notes-short": "Mortgages, notes, bonds payable in less than 1 year", "current-debts": "Other current liabilities",
    "notes-long": "Mortgages, notes, bonds payable in 1 year or more", "other-debts": "Other liabilities",
    "stock": "Capital stock", "paid-in": "Additional paid-in capital", "retained": "Retained earnings",
    "capital": "Partners' capital accounts", "assets": "Total assets",
    "owner-receivable": "Loans to ", "owner-loans": "Loans from ", "claims": "Total liabilities and ",
}  # fmt: skip
M1 = {
    "books": "Net income (loss) per books", "income-added": "Income included on Schedule K, not recorded on books",
    "guaranteed-payments": "Guaranteed payments (other than health insurance)", "depreciation-added": "Depreciation",
    "meals": "Travel and entertainment", "other-added": "Expenses recorded on books, not included on Schedule K",
    "sum-added": "Add lines 1 through ", "exempt": "Tax-exempt interest",
    "income-taken": "Income recorded on books, not included on Schedule K",
    "depreciation-taken": "Depreciation of the return",
    "other-taken": "Deductions included on Schedule K, not charged against book income",
    "sum-taken": "Add lines ", "result": "Income (loss)",
}  # fmt: skip
M2 = {
    "begin": "Balance at beginning of ", "ordinary": "Ordinary income from page 1", "additions": "Other additions",
    "loss": "Loss from page 1", "reductions": "Other reductions", "combined": "Combine lines 1 through 5",
    "distributions": "Distributions", "end": "Balance at end of ", "contributed": "Capital contributed",
    "income": "Net income (loss)", "increases": "Other increases", "sum": "Add lines 1 through 4",
    "decreases": "Other decreases", "taken": "Add lines 6 and 7",
}  # fmt: skip


def edition(returns, year) -> taxlines.Edition:
    found = taxlines.edition(returns, year)
    assert found is not None
    return found


def schedules_of(returns, year) -> Schedules:
    found = schedules(returns, year)
    assert found is not None
    return found


def printed(returns, part, year) -> dict[str, str]:
    """The lines of a part of a form in a year, by what is printed beside them."""
    found: dict[str, str] = {}
    for form in FORMS:
        first, last = form["years"]
        if (form["return"], form["part"]) == (returns, part) and first <= year <= last:
            found |= {name: line for line, name in (row.split(" ", 1) for row in form["lines"].strip().splitlines())}
    return found


def line_of(name, held):
    """The line beside which this is printed: all of it, or its beginning where the mapping ends in a blank."""
    if not name.endswith(" "):
        return held[name]
    (line,) = {line for said, line in held.items() if said.startswith(name)}
    return line


def years(returns, part):
    return [(returns, year) for year in range(2018, 2026) if printed(returns, part, year)]


FIRST_PAGES = [case for returns in PAGE_1 for case in years(returns, "page 1")]
SCHEDULES = [case for returns in taxlines.ENTITIES for case in years(returns, "K")]


@pytest.mark.parametrize(("returns", "year"), FIRST_PAGES)
def test_the_first_page(returns, year):
    found, held = edition(returns, year), printed(returns, "page 1", year) | printed(returns, "energy", year)
    lines = {**found.lines, **{f"totals {word}": line for word, line in found.totals.items()}}
    energy = lines.pop("energy-buildings", None)
    assert energy == held.get("Energy efficient commercial buildings deduction")
    assert lines == {word: held[PAGE_1[returns][word]] for word in lines}


def test_schedule_c_of_2025_changed_two_lines():
    """What is other expenses stands on 27b, and the deduction for buildings on 27a."""
    found, before, held = (
        *(edition("schedule-c", y) for y in (2025, 2024)),
        printed("schedule-c", "energy", 2025),
    )
    changed = {word: line for word, line in found.lines.items() if before.lines[word] != line}
    other, energy = held["Other expenses"], held["Energy efficient commercial buildings deduction"]
    assert changed == {"bad-debts": other, "other-expense": other, "energy-buildings": energy}


@pytest.mark.parametrize(("returns", "year"), SCHEDULES)
def test_schedules_k_l_m_1_and_m_2(returns, year):
    found, first_page = schedules_of(returns, year), edition(returns, year)
    held = printed(returns, "K", year)
    held["Distributions"] = held.get("Distributions") or held["Distributions of cash and marketable securities"]
    k = {**first_page.separate, **found.k}
    assert k.pop("analysis", "Analysis 1") == "Analysis 1"  # Analysis of Net Income (Loss) per Return, line 1
    assert k == {word: f"K {held[K[word]]}" for word in k}
    for part, lines, names in (
        ("L", {**found.l, **found.l_totals}, L), ("M-1", found.m1, M1), ("M-2", found.m2, M2),
    ):  # fmt: skip
        held = printed(returns, part, year)
        expected = {word: f"{part} {line_of(names[word], held)}" for word in lines if word != "sum-taken"}
        assert {word: line for word, line in lines.items() if word != "sum-taken"} == expected
    (taken,) = {
        line for name, line in printed(returns, "M-1", year).items() if name.startswith("Add lines ") and "and" in name
    }
    assert found.m1["sum-taken"] == f"M-1 {taken}"


@pytest.mark.parametrize("year", [2019, 2020, 2021])
def test_what_a_sole_proprietor_reports_on_other_forms(year):
    found, held = edition("schedule-c", year).separate, printed("schedule-c", "other forms", year)
    names = {"1040": "Form 1040", "A": "Schedule A", "1": "Schedule 1"}
    said = {name: f"{names[line.split(',')[0]]}, {line.split(',')[1]}" for name, line in held.items()}
    assert found["tax-exempt-interest"] == said["Tax-exempt interest"]
    assert found["interest-income"] == said["Taxable interest"]
    assert found["dividends"] == found["qualified-dividends"] == said["Ordinary dividends"]
    assert found["charity"] == said["Gifts by cash or check"]
    assert found["health-insurance-owner"] == said["Self-employed health insurance deduction"]


def test_no_year_claims_a_form_that_is_not_written_down():
    """The last year whose form was read is the last that is written down here; of later ones the report says so."""
    for returns in PAGE_1:
        for year in range(2015, 2031):
            found = taxlines.edition(returns, year)
            read = bool(printed(returns, "page 1", year) or printed(returns, "energy", year))
            assert (found is not None and year <= found.through) == read, (returns, year)
    for returns in taxlines.ENTITIES:
        for year in range(2018, 2031):
            lines = schedules_of(returns, year)
            assert (year <= lines.through) == bool(printed(returns, "K", year))
            assert ("was not read" in said_of(lines, year)) != bool(printed(returns, "K", year))
        assert schedules(returns, 2017) is None
