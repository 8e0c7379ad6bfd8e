"""Packs that tests look at are built once: by the real command, on books written for benchmarks and on small ones."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from daysheet import cli

from tests import forked
from tests.reports.pack.practice import ledger

ROOT = Path(__file__).parents[3]
# a practice with something for every section, and text from a hostile export
SMALL = """
option "title" "Willow Creek"
option "operating_currency" "USD"
2025-01-01 open Assets:Bank:Checking
2025-01-01 open Assets:Clearing:Cards
2025-01-01 open Assets:Receivable:Patients
2025-01-01 open Equity:Opening-Balances
2025-01-01 open Equity:Owner:Draws
2025-01-01 open Equity:Billing:Charges
2025-01-01 open Equity:Billing:Collected
2025-01-01 open Income:Visits:Adams
  tax-line: "gross-receipts"
2025-01-01 open Expenses:Rent
  tax-line: "rent-property"
2025-01-01 open Expenses:Supplies
2025-01-01 custom "provider" "adams" "Dr. Adams"
  fee: 50.00 USD

2025-03-01 * "Owner" "Starting capital"
  Assets:Bank:Checking       9000.00 USD
  Equity:Opening-Balances   -9000.00 USD
2025-04-01 * "Main Street Realty" "Rent"
  Expenses:Rent              1100.00 USD
  Assets:Bank:Checking      -1100.00 USD
2026-01-02 * "<script>alert(1)</script> & <b>Sons</b>" "\\"quoted\\" 'single' {{ entity }}"
  Expenses:Supplies           12.34 USD
  Assets:Bank:Checking       -12.34 USD
2026-01-05 * "漢字 😀 مرحبا שלום" "Łódź, é, ﬁ"
  Expenses:Supplies           23.45 USD
  Assets:Bank:Checking       -23.45 USD
2026-02-02 custom "visit" "V1" "adams" "completed"
  patient: "pt-0123456789ab"
2026-02-02 * "Invoice INV-1" ^inv-INV-1
  visit: "V1"
  provider: "adams"
  patient: "pt-0123456789ab"
  Assets:Receivable:Patients       50.00 USD
  Equity:Billing:Charges          -50.00 USD
2026-02-03 custom "visit" "V2" "adams" "completed"
  patient: "pt-0123456789ac"
2026-02-20 * "Card payment" "of pt-0123456789ab" ^inv-INV-1
  payment: "PMT-1"
  Assets:Clearing:Cards            30.00 USD
  Income:Visits:Adams             -30.00 USD
  Assets:Receivable:Patients      -30.00 USD
  Equity:Billing:Collected         30.00 USD
2026-03-01 * "Main Street Realty" "Rent"
  Expenses:Rent              1200.00 USD
  Assets:Bank:Checking      -1200.00 USD
2026-12-31 * "Owner" "Draw"
  Equity:Owner:Draws          500.00 USD
  Assets:Bank:Checking       -500.00 USD
"""
SETTINGS = """\
[practice]
id = "willow-creek"
name = "Willow Creek Physical Therapy PLLC"
entity = "Single-member PLLC"
preparer = "Harbor Bookkeeping LLC"

[pack]
accountant = "Dana Whitfield, CPA"
"""


def make_books(folder: Path, ledger: str = SMALL) -> Path:
    """A books folder with one ledger file."""
    folder.mkdir(parents=True)
    (folder / "main.beancount").write_text(ledger, encoding="utf-8")
    (folder / "daysheet.toml").write_text(SETTINGS, encoding="utf-8")
    return folder


def daysheet(*arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does."""
    return subprocess.run(
        [forked.program(), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=None if environment is None else dict(environment),
    )


def here(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in this process: as `daysheet`, without the time that a process takes to start."""
    out, problems = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(problems),
    ):
        patch.setattr(sys, "argv", ["daysheet", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
    code = ended.value.code
    assert isinstance(code, int)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), problems.getvalue())


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books of a small practice, with its pack of 2026 built on Letter paper."""
    folder = make_books(tmp_path_factory.mktemp("small") / "books")
    run = daysheet("pack", "2026", "--books", str(folder), "--no-cache")
    assert run.returncode == 0, run.stderr
    return folder


@pytest.fixture(scope="session")
def small_a4(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same on A4, with patient tokens let through."""
    folder = make_books(tmp_path_factory.mktemp("small-a4") / "books")
    run = daysheet("pack", "2026", "--books", str(folder), "--no-cache", "--paper", "a4", "--tokens")
    assert run.returncode == 0, run.stderr
    return folder


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books with something for every section, and their pack."""
    folder = make_books(tmp_path_factory.mktemp("full") / "books", ledger())
    run = daysheet("pack", "2026", "--books", str(folder), "--no-cache")
    assert run.returncode == 0, run.stderr
    assert run.stderr == "", "a bar is drawn where there is no terminal"
    return folder
