"""What a report is of where no period is named, and what the forecast says first."""

from __future__ import annotations

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
