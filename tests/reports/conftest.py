"""A small practice whose every figure is worked out by hand in these tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from daysheet.books import Books
from daysheet.reports import registry
from daysheet.reports.period import parse
from daysheet.reports.table import Basis, Table
from daysheet.settings import Settings

Build = Callable[..., Table]

PRACTICE = """
option "title" "Willow Creek Physical Therapy PLLC"
2024-01-01 open Assets:Bank:Checking
2024-01-01 open Income:Visits:Adams
  tax-line: "gross-receipts"
2024-01-01 open Expenses:Rent
  tax-line: "rent-property"
2024-01-01 open Expenses:OfficeSupplies
  title: "Office supplies & postage"
2024-01-01 custom "provider" "adams" "Dr. Adams"
2024-01-01 custom "payer" "aetna" "Aetna"
  receivable: Assets:Receivable:Insurance:Aetna

2025-01-02 * "Owner" "Starting capital"
  Assets:Bank:Checking       1000.00 USD
  Equity:Opening-Balances   -1000.00 USD
2025-06-10 * "Invoice I0" ^inv-I0
  provider: "adams"
  Assets:Receivable:Patients   200.00 USD
  Equity:Billing:Charges      -200.00 USD
2025-06-20 * "Check payment" ^inv-I0
  payment: "P0"
  Assets:Clearing:Deposits     200.00 USD
  Income:Visits:Adams         -200.00 USD
  Assets:Receivable:Patients  -200.00 USD
  Equity:Billing:Collected     200.00 USD
2025-06-21 * "Deposit"
  Assets:Bank:Checking         200.00 USD
  Assets:Clearing:Deposits    -200.00 USD
2025-07-01 * "Landlord" "Rent"
  Expenses:Rent                 80.00 USD
  Assets:Bank:Checking         -80.00 USD

2026-03-02 * "Invoice I1" ^inv-I1
  provider: "adams"
  patient: "pt-000000000001"
  Assets:Receivable:Insurance:Aetna   150.00 USD
  Equity:Billing:Charges             -150.00 USD
2026-03-20 * "Remittance" ^inv-I1
  adjustment: "A1"
  kind: "contractual"
  Assets:Receivable:Insurance:Aetna   -50.00 USD
  Equity:Billing:Contractual           50.00 USD
2026-03-20 * "Insurance payment" ^inv-I1
  payment: "P1"
  payer: "aetna"
  Assets:Clearing:Deposits             80.00 USD
  Income:Visits:Adams                 -80.00 USD
  Assets:Receivable:Insurance:Aetna   -80.00 USD
  Equity:Billing:Collected             80.00 USD
2026-03-20 * "To the patient" ^inv-I1
  adjustment: "A2"
  kind: "transfer"
  Assets:Receivable:Insurance:Aetna   -20.00 USD
  Assets:Receivable:Patients           20.00 USD
2026-03-22 * "EFT Aetna"
  Assets:Bank:Checking                 80.00 USD
  Assets:Clearing:Deposits            -80.00 USD
2026-04-01 * "Landlord" "Rent"
  Expenses:Rent                        90.00 USD
  Assets:Bank:Checking                -90.00 USD
2026-04-03 * "Staples" "Paper"
  Expenses:OfficeSupplies              12.34 USD
  Liabilities:Card                    -12.34 USD
2026-12-01 * "Invoice I2" ^inv-I2
  provider: "adams"
  Assets:Receivable:Patients           60.00 USD
  Equity:Billing:Charges              -60.00 USD
2026-12-05 * "Card payment, on account"
  payment: "P2"
  Assets:Clearing:Cards                15.00 USD
  Income:Visits:Adams                 -15.00 USD
  Assets:Receivable:Patients          -15.00 USD
  Equity:Billing:Collected             15.00 USD
2026-12-20 * "Owner draw"
  Equity:Owner:Draws                  100.00 USD
  Assets:Bank:Checking               -100.00 USD
"""


@pytest.fixture
def practice(load: Callable[[str], Books]) -> Books:
    """The books of `PRACTICE`."""
    return load(PRACTICE)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """No `daysheet.toml`: the defaults."""
    return Settings.of(tmp_path)


@pytest.fixture
def build(practice: Books, settings: Settings) -> Build:
    """A function `(name, period, basis)` that gives a report of the practice."""

    def make(name: str, period: str = "2026", basis: Basis = "cash", *, detail: bool = False) -> Table:
        return registry.build(name, practice, settings, parse(period), basis, detail=detail)

    return make
