"""`daysheet report day-sheet`: the page that says whether the day is in balance."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests import forked
from tests.practice.cash.test_day_sheet import LEDGER

HEAD = 'option "operating_currency" "USD"\nplugin "beancount.plugins.auto_accounts"\n'
LOOSE_CHARGE = """
2026-03-02 * "Charge without an invoice"
  Assets:Receivable:Patients      60.00 USD
  Equity:Billing:Charges         -60.00 USD
"""


@pytest.fixture
def report(tmp_path: Path):
    def run(ledger: str) -> dict[str, object]:
        (tmp_path / "main.beancount").write_text(HEAD + ledger)
        command = [forked.program(), "--books", str(tmp_path), "--json"]
        done = subprocess.run(
            [*command, "report", "day-sheet", "--period", "2026-03-02"], capture_output=True, text=True, check=True
        )
        rows = json.loads(done.stdout)["rows"]
        return {row["item"]: row["amount"] for row in rows if row["amount"] is not None}

    return run


def test_a_day_in_balance_says_so(report) -> None:
    found = report(LEDGER)
    assert (found["Opening"], found["Closing"], found["In balance"]) == ("80.00", "140.00", "0.00")


def test_a_day_out_of_balance_says_by_how_much_and_what_the_accounts_show(report) -> None:
    found = report(LEDGER + LOOSE_CHARGE)
    assert (found["Closing"], found["Closing, by the receivable accounts"]) == ("140.00", "200.00")
    assert found["Out of balance by"] == "60.00"
