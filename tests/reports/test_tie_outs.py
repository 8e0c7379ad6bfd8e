"""Every tie-out agrees on sound books, and fails as soon as one of its two figures is off by a cent.

The books have something for each; a figure is put off either in the books, or in the table that it is read from.
"""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from daysheet.accounting import payroll
from daysheet.reports import registry
from daysheet.reports.period import parse
from daysheet.reports.schedules import tie_outs
from daysheet.reports.schedules.tax_return import tied
from daysheet.settings import Settings

D = Decimal
CENT = D("0.01")
LEDGER = """
    2025-01-01 open Expenses:Wages
      payroll: "wages"
    2025-01-01 open Expenses:PayrollTaxes
      payroll: "taxes"
    2025-01-01 open Expenses:Unemployment
      payroll: "futa"
    2025-01-01 open Expenses:Interest
      tax-line: "interest-other"
    2025-01-01 * "Opening balances"
      Assets:Bank:Checking     5000.00 USD
      Liabilities:Loans:Van   -2000.00 USD
      Equity:Opening-Balances
    2025-03-01 * "Rent"
      Expenses:Rent             300.00 USD
      Assets:Bank:Checking
    2026-01-10 * "Laser Co" "Laser"
      Assets:Fixed:Equipment   1000.00 USD
      Assets:Bank:Checking
    2026-01-10 custom "asset" "laser" "Laser"
      cost: 1000.00 USD
      account: Assets:Fixed:Equipment
      method: "straight-line"
      life: 5
    2026-12-31 * "Depreciation" #adjusting
      Expenses:Depreciation     200.00 USD
      Assets:Fixed:Depreciation
    2026-02-02 * "Invoice I1" ^inv-I1
      Assets:Receivable:Patients  500.00 USD
      Equity:Billing:Charges
    2026-02-20 * "Card payment" ^inv-I1
      payment: "P1"
      Assets:Clearing:Cards       400.00 USD
      Income:Visits              -400.00 USD
      Assets:Receivable:Patients -400.00 USD
      Equity:Billing:Collected    400.00 USD
    2026-02-21 * "Deposit"
      Assets:Bank:Checking        290.00 USD
      Expenses:MerchantFees        10.00 USD
      Assets:Clearing:Cards      -300.00 USD
    2026-03-01 * "Splints"
      Assets:Bank:Checking        107.00 USD
      Income:Products            -100.00 USD
      Liabilities:SalesTax         -7.00 USD
    2026-03-02 * "Medline" "Gloves" ^bill-1
      Expenses:Supplies            40.00 USD
      Liabilities:Payable
    2026-04-02 * "Bank" "Van"
      Liabilities:Loans:Van       100.00 USD
      Expenses:Interest            10.00 USD
      Assets:Bank:Checking
    2026-05-02 * "Payroll" "May"
      Expenses:Wages             1000.00 USD
      Expenses:PayrollTaxes        76.50 USD
      Liabilities:Payroll        -253.00 USD
      Assets:Bank:Checking
    2026-06-02 * "IRS" "FUTA"
      Expenses:Unemployment         6.00 USD
      Assets:Bank:Checking
    2026-06-30 custom "filed" "941"
      wages: 1000.00 USD
      social-security-wages: 1000.00 USD
      medicare-wages: 1000.00 USD
      withheld: 90.00 USD
    2026-03-31 custom "filed" "941"
      wages: 0 USD
      social-security-wages: 0 USD
      medicare-wages: 0 USD
      withheld: 0 USD
    2026-09-30 custom "filed" "941"
      wages: 0 USD
      social-security-wages: 0 USD
      medicare-wages: 0 USD
      withheld: 0 USD
    2026-12-31 custom "filed" "941"
      wages: 0 USD
      social-security-wages: 0 USD
      medicare-wages: 0 USD
      withheld: 0 USD
    2026-12-31 custom "filed" "W-3"
      wages: 1000.00 USD
      social-security-wages: 1000.00 USD
      medicare-wages: 1000.00 USD
      withheld: 90.00 USD
    2026-12-31 custom "filed" "940"
      wages: 1000.00 USD
      tax: 6.00 USD
"""


def verdicts(books):
    table = registry.build("tie-outs", books, Settings(Path("x"), {}, ""), parse("2026"), "cash")
    return {str(row.cells[0]): str(row.cells[-1]) for row in table.rows}


def test_sound_books_agree_with_themselves(load):
    found = verdicts(load(LEDGER))
    assert set(found.values()) == {tie_outs.AGREES}
    assert set(found) == {*TABLES, *BOOKS}


# tie-out: the report that one of its figures is read from, the column, and the row or its kind
TABLES = {
    "Trial balance: debits and credits": ("trial_balance", "credit", "total"),
    "Assets; liabilities and equity": ("evaluate", "current", "Total assets"),
    "Net income; trial balance": ("trial_balance", "debit", "Expenses:Wages"),
    "Net income; tax lines": ("tax_lines", "current", "total"),
    "Equity; capital roll-forward": ("capital", "closing", "total"),
    "General ledger, each posting; trial balance": ("general_ledger", "debit", "line"),
    "General ledger, balances in debit; trial balance": ("general_ledger", "balance", "subtotal"),
    "Journal; trial balance": ("journal", "debit", "total"),
    "Equity at the beginning; balance sheet before": ("capital", "opening", "total"),
    "Cash flow; cash on the balance sheet": ("cash_flow", "current", "total"),
    "Aging; receivables in the ledger": ("receivables", "total", "total"),
    "Receivables rolled forward; ledger": ("cash_to_accrual", "amount", "total"),
    "Bridge; accrual net income": ("cash_to_accrual", "amount", "Net income, accrual basis"),
    "Loans rolled forward; ledger": ("loans", "principal", "total"),
    "Open bills; accounts payable in the ledger": ("payables", "total", "total"),
    "Sales tax rolled forward; ledger": ("sales_tax", "closing", "total"),
}


@pytest.mark.parametrize("tie", TABLES)
def test_a_cent_in_a_report_is_seen(tie, load, monkeypatch):
    name, key, which = TABLES[tie]
    real = getattr(tie_outs, name)

    def off(*arguments):
        table = real(*arguments)
        at = next(at for at, column in enumerate(table.columns) if column.key == key)
        rows = [
            number
            for number, row in enumerate(table.rows)
            if which in (row.kind, row.cells[0]) and isinstance(row.cells[at], Decimal)
        ]
        rows = rows[-1:]
        changed = [
            row._replace(cells=(*row.cells[:at], Decimal(str(row.cells[at])) + CENT, *row.cells[at + 1 :]))
            if number in rows
            else row
            for number, row in enumerate(table.rows)
        ]
        return replace(table, rows=tuple(changed))

    monkeypatch.setattr(tie_outs, name, off)
    assert verdicts(load(LEDGER))[tie] == tie_outs.DIFFERS


MORE = '\n    2026-12-31 * "x"\n      {}\n      {}\n'
# tie-out: what is written into the books, or instead of what
BOOKS = {
    "Fixed assets, cost; ledger": ("cost: 1000.00 USD", "cost: 1000.01 USD"),
    "Accumulated depreciation, schedule; ledger": ("Depreciation     200.00", "Depreciation     200.01"),
    "Receivables; their equity contra": ("", MORE.format("Assets:Receivable:X  0.01 USD", "Assets:Bank:Checking")),
    # a receipt written off instead of deposited, a deposit that no receipt explains
    "Receipts less what is under way; deposits": ("", MORE.format("Expenses:Loss  0.01 USD", "Assets:Clearing:Cards")),
    "Received for income; income": ("", MORE.format("Liabilities:Gift  0.01 USD", "Income:Visits")),
    "Outstanding items; clearing accounts": None,
    "Wages of quarter 1; Form 941": ("2026-05-02", "2026-03-02"),
    "Wages of quarter 2; Form 941": ("2026-05-02", "2026-09-02"),
    "Wages of quarter 3; Form 941": ("2026-05-02", "2026-08-02"),
    "Wages of quarter 4; Form 941": ("2026-05-02", "2026-11-02"),
    "Wages of the year; Form W-3": ("\"W-3\"\n      wages: 1000.00", "\"W-3\"\n      wages: 1000.01"),
    "Four Forms 941; Form W-3": ("\"W-3\"\n      wages: 1000.00", "\"W-3\"\n      wages: 1000.01"),
    "Social security wages: four Forms 941; Form W-3": (
        "\"W-3\"\n      wages: 1000.00 USD\n      social-security-wages: 1000.00",
        "\"W-3\"\n      wages: 1000.00 USD\n      social-security-wages: 1000.01",
    ),
    "Medicare wages: four Forms 941; Form W-3": ("medicare-wages: 0 USD", "medicare-wages: 0.01 USD"),
    "Income tax withheld: four Forms 941; Form W-3": ("withheld: 90.00", "withheld: 90.01"),
    "Employer's FICA; 7.65% of wages": ("76.50", "77.51"),
    "FUTA; Form 940": ("tax: 6.00", "tax: 6.01"),
}  # fmt: skip


@pytest.mark.parametrize("tie", [tie for tie in BOOKS if BOOKS[tie]])
def test_a_cent_in_the_books_is_seen(tie, load):
    before, after = BOOKS[tie] or ("", "")
    text = LEDGER.replace(before, after, 1) if before else LEDGER + after
    assert text != LEDGER
    assert verdicts(load(text))[tie] == tie_outs.DIFFERS


def test_withholding_below_the_employees_own_fica_is_no_silent_tie_out(load):
    """176.50 is withheld of 1,000.00; of 70.00 the employees' 76.50 could not have been paid."""
    tie = "Withheld from wages; at least the employees' own FICA"
    assert tie not in verdicts(load(LEDGER))
    assert verdicts(load(LEDGER.replace("-253.00", "-146.50")))[tie] == tie_outs.DIFFERS


def test_money_for_no_bill_beyond_its_share_is_seen(load):
    """Two percent of 1,000.00 may stay on account; a cent more may not."""
    text = """
        2026-03-02 * "Invoice I1" ^inv-I1
          patient: "pt-00000000000a"
          Assets:Receivable:Patients  980.00 USD
          Equity:Billing:Charges
        2026-03-03 * "Card payment" ^inv-I1
          payment: "P1"
          patient: "pt-00000000000a"
          Assets:Clearing:Cards       980.00 USD
          Income:Visits              -980.00 USD
          Assets:Receivable:Patients -980.00 USD
          Equity:Billing:Collected    980.00 USD
        2026-03-04 * "Card payment"
          payment: "P2"
          patient: "pt-00000000000b"
          Assets:Clearing:Cards       20.00 USD
          Income:Visits              -20.00 USD
          Assets:Receivable:Patients -20.00 USD
          Equity:Billing:Collected    20.00 USD
    """
    tie = "Received in 2026-03 for no bill, beyond 2%; zero"
    assert verdicts(load(text))[tie] == tie_outs.AGREES
    assert verdicts(load(text.replace("20.00 USD", "20.42 USD")))[tie] == tie_outs.DIFFERS


def test_an_outstanding_item_that_is_lost_is_seen(load, monkeypatch):
    monkeypatch.setattr(tie_outs, "outstanding", lambda _: [])
    assert verdicts(load(LEDGER))["Outstanding items; clearing accounts"] == tie_outs.DIFFERS


def test_every_tie_out_has_a_mutation_that_makes_it_fail():
    """Each text in the code that names a tie-out stands in a test that makes it differ."""
    said = set()
    for module in (tie_outs, tied, payroll):
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        said |= set(re.findall(r'f?"([A-Z{][^"\n]+; [^"\n]+)"', source))
    said = {text for text in said if not text.endswith(".")}  # else it documents
    here = Path(__file__).parent
    tests = [here, here.parent / "importers" / "payroll"]
    tried = "\n".join(
        path.read_text(encoding="utf-8") for folder in tests for path in sorted(folder.rglob("test_*.py"))
    )
    named = {max(re.split(r"\{[^}]*\}", text), key=len).strip() for text in said}  # what of it holds no figure
    assert len(named) > 30
    assert {text for text in named if text not in tried} == set()


def test_outstanding_checks_and_deposits_are_listed_item_by_item(load):
    """Of three checks one is cashed; of two days of receipts a part is deposited, the oldest first."""
    books = load(
        """
        2026-12-01 * "Ann" "Check 1"
          Expenses:Work  10.00 USD
          Assets:Clearing:Checks
        2026-12-02 * "Ben" "Check 2"
          Expenses:Work  20.00 USD
          Assets:Clearing:Checks
        2026-12-03 * "Cy" "Check 3"
          Expenses:Work  10.00 USD
          Assets:Clearing:Checks
        2026-12-20 * "Check 1 or 3"
          Assets:Clearing:Checks  10.00 USD
          Assets:Bank:Checking
        2026-12-28 * "Cash payment"
          payment: "P1"
          Assets:Clearing:Deposits  50.00 USD
          Income:Visits
        2026-12-29 * "Cash payment"
          payment: "P2"
          Assets:Clearing:Deposits  70.00 USD
          Income:Visits
        2026-12-30 * "Deposit"
          Assets:Bank:Checking  80.00 USD
          Assets:Clearing:Deposits
        """
    )
    table = registry.build("reconciliation", books, Settings(Path("x"), {}, ""), parse("2026"), "cash")
    items = {str(row.cells[0]): row.cells[5] for row in table.rows if row.depth}
    assert items == {"Checks: Ben – Check 2": D(-20), "Checks: Cy – Check 3": D(-10), "Deposits: 1 receipt": D(40)}


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        ("", "not reconciled"),
        ("2026-01-01 balance Assets:Bank:Checking  0 USD", "not reconciled"),
        ("2026-07-01 balance Assets:Bank:Checking  5.00 USD", "through 2026-06-30"),
        ("2027-01-01 balance Assets:Bank:Checking  5.00 USD", "reconciled"),
    ],
)
def test_a_year_without_a_statement_is_not_reconciled(statement, status, load):
    text = f"""
        2026-03-01 * "In"
          Assets:Bank:Checking  5.00 USD
          Income:Visits
        {statement}
    """
    table = registry.build("reconciliation", load(text), Settings(Path("x"), {}, ""), parse("2026"), "cash")
    assert table.rows[0].cells[-1] == status
    assert (table.rows[0].cells[6] is None) == (status == "not reconciled")
