"""What a report is of where no period is named, and what the forecast says first."""

from __future__ import annotations

import datetime
from decimal import Decimal

from daysheet.cash.day_sheet import day_sheet
from daysheet.reports import period
from daysheet.reports.registry import build
from daysheet.settings import Settings

LEDGER = """
2000-01-01 open Assets:Bank:Checking
2000-01-01 open Income:Visits
2026-06-30 custom "imported" "us-chase-checking" 2026-06-01 2026-06-30
  account: "Assets:Bank:Checking"
2026-08-31 custom "imported" "us-chase-checking" 2026-08-01 2026-08-31
  account: "Assets:Bank:Checking"
2026-09-30 custom "imported" "visits" 2026-06-01 2026-09-30
2026-06-03 * "Fees"
  Assets:Bank:Checking  100.00 USD
  Income:Visits        -100.00 USD
"""


def test_without_a_period_a_report_is_of_the_year_to_the_last_day_of_the_books(load):
    books = load(LEDGER)
    days = period.until(books.as_of)
    assert (str(days), days.title) == ("2026-01-01..2026-09-30", "Nine months ended September 30, 2026")


def test_the_forecast_says_first_which_days_of_the_bank_are_missing(load, tmp_path):
    books = load(LEDGER)
    notes = build("cash-forecast", books, Settings.of(tmp_path), period.until(books.as_of)).notes
    assert list(notes[:2]) == [
        "No file of Assets:Bank:Checking covers 2026-07-01 to 2026-07-31: the cash is not known until it is imported.",
        "No file of Assets:Bank:Checking covers 2026-09-01 to 2026-09-30: the cash is not known until it is imported.",
    ]


BEGUN = """
2000-01-01 open Assets:Receivable:Patients
2000-01-01 open Equity:Billing:Charges
2000-01-01 open Equity:Billing:Opening
2026-07-01 custom "begins" "QuickBooks"
2026-03-04 * "Receivable taken over" ^inv-O1
  opening: TRUE
  Assets:Receivable:Patients   40.00 USD
  Equity:Billing:Opening      -40.00 USD
2026-07-15 * "Invoice 1" ^inv-1
  Assets:Receivable:Patients  100.00 USD
  Equity:Billing:Charges     -100.00 USD
"""


def test_months_before_the_books_begin_are_blank_and_said(load, tmp_path):
    books = load(BEGUN)
    for name in ("monthly", "kpis"):
        table = build(name, books, Settings.of(tmp_path), period.parse("2026-06..2026-07"))
        june, july = [row for row in table.rows if row.kind == "line"][-2:]
        assert not any(june.cells[1:])
        assert any(july.cells[1:])
        assert any("These books begin on 2026-07-01 (QuickBooks before)" in note for note in table.notes)


def test_the_opening_trial_balance_is_asked_for_until_it_is_there(load, tmp_path):
    def asked(text: str) -> list[str]:
        table = build("open-questions", load(text), Settings.of(tmp_path), period.parse("2026"))
        return [str(row.cells[1]) for row in table.rows if row.cells[0] == "Opening"]

    question = "These books begin on 2026-07-01: what is the trial balance of 2026-06-30 (QuickBooks)?"
    assert asked(BEGUN) == [question]
    trial = '2026-06-30 * "Opening balances"\n  source: "trial-balance"\n  Assets:Receivable:Patients 0 USD\n'
    assert asked(BEGUN + trial) == []


def test_receivables_taken_over_open_the_day_sheet_and_adjust_nothing(load):
    sheet = day_sheet(load(BEGUN), datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))
    assert (sheet.opening, sheet.charged, sheet.adjusted, sheet.closing) == tuple(map(Decimal, (40, 100, 0, 140)))
    assert sheet.differences == {}
