from decimal import Decimal

from daysheet.reports import registry
from daysheet.reports.period import year

from tests.reports.cells import amounts, cell_of, rows_of

D = Decimal
AETNA = "Assets:Receivable:Insurance:Aetna"


def test_the_cash_income_statement_is_what_was_collected_and_spent(build):
    assert amounts(build("income"), "current") == {
        "Visits – Dr. Adams": D(95),
        "Total income": D(95),
        "Rent": D(90),
        "Office supplies & postage": D("12.34"),
        "Total expenses": D("102.34"),
        "Net income": D("-7.34"),
    }


def test_the_accrual_income_statement_is_what_was_billed_less_what_will_not_be_paid(build):
    assert amounts(build("income", basis="accrual"), "current") == {
        "Charges – Dr. Adams": D(210),
        "Adjustments – Contractual": D(-50),
        "Total income": D(160),
        "Rent": D(90),
        "Office supplies & postage": D("12.34"),
        "Total expenses": D("102.34"),
        "Net income": D("57.66"),
    }


def test_the_income_statement_compares_the_same_days_of_the_year_before(build):
    table = build("income")
    assert [column.title for column in table.columns if column.kind == "money"] == ["2026", "2025", "Change"]
    assert amounts(table, "prior")["Visits – Dr. Adams"] == D(200)
    assert amounts(table, "change")["Rent"] == D(10)
    assert amounts(table, "change_percent")["Rent"] == D("12.5")
    assert amounts(table, "share")["Rent"] == D("94.7")


def test_a_balance_sheet_on_the_cash_basis_leaves_the_receivable_pair_out(build):
    table = build("balance-sheet")
    assert amounts(table, "current") == {
        "Bank – Checking": D(1010),
        "Money in transit – Cards": D(15),
        "Total assets": D(1025),
        "Credit card": D("12.34"),
        "Total liabilities": D("12.34"),
        "Opening balances": D(1000),
        "Owner – Draws": D(-100),
        "Retained earnings, prior years": D(120),
        "Net income, 2026 to date": D("-7.34"),
        "Total equity": D("1012.66"),
        "Total liabilities and equity": D(1025),
    }
    assert "Receivables" in table.notes[0]


def test_a_balance_sheet_on_the_accrual_basis_holds_what_is_owed(build):
    figures = amounts(build("balance-sheet", basis="accrual"), "current")
    assert figures["Accounts receivable – Patients"] == D(65)
    assert figures["Total assets"] == D(1025) + 65
    assert figures["Net income, 2026 to date"] == D("57.66")
    assert figures["Total liabilities and equity"] == figures["Total assets"]


def test_the_trial_balance_opens_income_at_zero_and_closes_earlier_years(build):
    table = build("trial-balance")
    opening = amounts(table, "opening")
    assert opening["Assets:Bank:Checking"] == D(1120)
    assert opening["Equity:Earnings:Previous"] == D(-120)
    assert "Income:Visits:Adams" not in opening
    assert amounts(table, "closing")["Income:Visits:Adams"] == D(-95)
    total = rows_of(table, "total")[0]
    assert (cell_of(table, total, "opening"), cell_of(table, total, "closing")) == (D(0), D(0))
    assert cell_of(table, total, "debit") == cell_of(table, total, "credit")


def test_a_trial_balance_within_the_year_opens_income_with_the_year_to_date(build):
    assert amounts(build("trial-balance", "2026-Q2"), "opening")["Income:Visits:Adams"] == D(-80)


def test_the_receivable_pair_is_a_memorandum_of_the_cash_trial_balance_and_not_of_the_accrual_one(build):
    cash, accrual = build("trial-balance"), build("trial-balance", basis="accrual")
    headings = [row.cells[0] for row in rows_of(cash, "heading")]
    assert headings == ["Memorandum: receivables and their contra (not in cash statements)"]
    memorandum = rows_of(cash, "subtotal")[0]
    assert cell_of(cash, memorandum, "closing") == D(0)
    assert rows_of(accrual, "heading") == []
    assert not any("Billing" in str(row.cells[0]) for row in accrual.rows)


def test_a_ledger_account_runs_from_its_opening_to_its_closing_balance(build):
    table = build("general-ledger")
    rows = [row for row in table.rows if cell_of(table, row, "account") == "Assets:Bank:Checking"]
    assert [cell_of(table, row, "balance") for row in rows] == [None, D(1120), D(1200), D(1110), D(1010), D(1010)]
    assert [cell_of(table, row, "text") for row in rows][2:5] == ["EFT Aetna", "Landlord – Rent", "Owner draw"]


def test_control_accounts_print_a_day_as_one_line_and_each_posting_in_detail(build):
    def printed(detail):
        table = build("general-ledger", detail=detail)
        rows = [row for row in rows_of(table, "line") if cell_of(table, row, "account") == AETNA]
        return [(cell_of(table, row, "debit"), cell_of(table, row, "credit")) for row in rows[1:]]

    assert printed(detail=False) == [(D(150), None), (None, D(150))]
    assert printed(detail=True) == [(D(150), None), (None, D(50)), (None, D(80)), (None, D(20))]


def test_a_transaction_has_the_same_number_in_both_its_accounts_and_in_the_journal(build):
    def numbers(table):
        return {cell_of(table, row, "account") for row in rows_of(table, "line") if cell_of(table, row, "number") == 5}

    expected = {"Assets:Bank:Checking", "Assets:Clearing:Deposits"}
    assert numbers(build("general-ledger", detail=True)) == expected
    assert numbers(build("journal")) == expected


def test_the_journal_balances(build):
    table = build("journal", "2026-03")
    assert (
        cell_of(table, table.rows[-1], "debit")
        == cell_of(table, table.rows[-1], "credit")
        == D(150 + 50 + 160 + 20 + 80)
    )


def test_receivables_are_aged_from_the_invoice_and_credits_stand_apart(build):
    table = build("receivables")
    assert amounts(table, "days_over_120")["Patients"] == D(20)
    assert amounts(table, "days_0_30")["Patients"] == D(60)
    assert amounts(table, "credits")["Patients"] == D(-15)
    assert amounts(table, "total") == {"Patients": D(65), "Total": D(65)}


def test_receivables_stand_as_of_the_last_day_of_the_period(build):
    table = build("receivables", "2026-03-10")
    assert amounts(table, "days_0_30") == {"Aetna": D(150), "Total": D(150)}


def test_an_amount_in_another_currency_is_left_out_and_named(load, settings):
    books = load("""
        2026-01-02 * "Bought"
          Assets:Euro   100.00 EUR @ 1.10 USD
          Assets:Bank  -110.00 USD
        2026-01-03 * "Paris"
          Expenses:Travel  40.00 EUR
          Assets:Euro     -40.00 EUR
    """)
    table = registry.build("trial-balance", books, settings, year(2026))
    assert amounts(table, "closing") == {"Assets:Euro": D(110), "Assets:Bank": D(-110)}
    assert table.notes[-1] == (
        "Amounts in USD only. Not included, because never exchanged: Assets:Euro (EUR), Expenses:Travel (EUR)."
    )
