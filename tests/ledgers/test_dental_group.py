"""The dental group's books say what its own record says: nothing of the truth was worked out by Daysheet.

The books are those that are kept in git; `tests/house/test_demo.py` holds that the import makes them from the files.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from daysheet.cli import cli
from daysheet.ledgers import demo
from daysheet.ledgers.dental_group import generate
from daysheet.ledgers.dental_group.truth import Truth
from daysheet.patients import token

SAMPLE = Path(__file__).parent.parent.parent / "ledgers" / "dental-group"
YEAR = "2026-09-01..2026-12-31"
MONTHS = ("2026-09", "2026-10", "2026-11", "2026-12")
Run = Callable[..., Any]


@pytest.fixture(scope="module")
def truth() -> Truth:
    """What the group itself knows."""
    return generate.truth(generate.story())


@pytest.fixture(scope="module")
def run() -> Run:
    """A command on the group's books, and what it answers."""

    def daysheet(*arguments: str) -> Any:
        return json.loads(CliRunner().invoke(cli, ["--books", str(SAMPLE), "--json", *arguments]).stdout)

    return daysheet


@pytest.fixture(scope="module")
def found(run: Run) -> dict[str, dict[str, tuple[str, Decimal]]]:
    """The findings of the last day: kind, key, and from when and how much."""
    by_kind: dict[str, dict[str, tuple[str, Decimal]]] = defaultdict(dict)
    for one in run("check", "--as-of", "2026-12-31")["findings"]:
        by_kind[one["kind"]][one["key"]] = (one["date"], Decimal(one["amount"]))
    return by_kind


def amounts(found: dict[str, tuple[str, Decimal]]) -> dict[str, Decimal]:
    return {key: amount for key, (_, amount) in found.items()}


def test_what_each_insurer_owes_is_right_to_the_cent(run: Run, truth: Truth) -> None:
    rows = run("report", "receivables", "--period", YEAR)["rows"]
    owed = {
        row["account"].rpartition(":")[2].lower(): Decimal(row["total"])
        for row in rows
        if row["row"] == "line" and row["account"].startswith("Assets:Receivable:Insurance:")
    }
    assert owed == truth.payers


def test_what_each_patient_owes_is_right_to_the_cent(run: Run, truth: Truth) -> None:
    owed = {}
    for row in run("report", "patient-ledger", "--period", YEAR)["rows"]:
        amount = Decimal(row["bills"] or 0) + Decimal(row["on_account"] or 0) if row["row"] == "line" else 0
        if amount:
            owed[row["patient"]] = amount
    secret = demo.SECRET.encode()
    assert owed == {token(str(number), secret): amount for number, amount in truth.patients.items()}


def test_the_income_of_each_month_is_each_provider_s_who_earned_it(run: Run, truth: Truth) -> None:
    earned = {}
    for month in MONTHS:
        for row in run("report", "income", "--period", month, "--basis", "cash")["rows"]:
            account = row["account"] or ""
            if account.startswith("Income:Visits") and Decimal(row["current"] or 0):
                earned[f"{month} {account.rpartition(':')[2].lower()}"] = Decimal(row["current"])
    assert earned == truth.income


def test_what_the_card_processor_kept_is_right_to_the_cent(run: Run, truth: Truth) -> None:
    kept = {}
    for month in MONTHS:
        rows = run("report", "income", "--period", month, "--basis", "cash")["rows"]
        kept[month] = sum(Decimal(row["current"]) for row in rows if row["account"] == "Expenses:MerchantFees")
    assert kept == truth.fees


def test_a_hygienist_s_days_that_were_never_set_complete_are_one_lapse(found: Any, truth: Truth) -> None:
    ((_, lapse),) = found["billing-lapse"].items()
    assert lapse == ("2026-12-08", sum(truth.lapse.values()))


def test_every_visit_that_was_never_charged_is_found_at_its_fee(found: Any, truth: Truth) -> None:
    assert amounts(found["unbilled-visit"]) == {**truth.lapse, **truth.missed}


def test_claims_that_wait_or_were_refused_are_found_at_what_they_are_about(run: Run, found: Any, truth: Truth) -> None:
    assert amounts(found["claim-unsent"]) == truth.not_sent
    assert sorted(amounts(found["denied-claim"]).values()) == sorted(truth.denied.values())


def test_the_patient_who_paid_too_much_is_found(found: Any, truth: Truth) -> None:
    bill, amount = truth.overpaid
    assert amounts(found["credit-balance"]) == {bill: amount}


def test_patients_shares_that_are_due_for_long_are_found(found: Any, truth: Truth) -> None:
    """With them the bills whose claims wait or were refused: nobody has paid them either."""
    assert amounts(found["overdue-invoice"]) == {**truth.overdue, **truth.not_sent, **truth.denied}


def test_the_month_that_was_not_downloaded_is_found_once(run: Run, truth: Truth) -> None:
    (gap,) = run("check", "--as-of", "2026-12-31", "--kind", "missing-export")["findings"]
    assert gap["key"].startswith("visits/")
    assert gap["date"] <= f"{truth.gap}-02"
    assert f"{truth.gap}-30" <= gap["through"] < "2026-12-02"


def test_nothing_else_is_found(found: Any) -> None:
    kinds = "billing-lapse unbilled-visit claim-unsent denied-claim credit-balance overdue-invoice missing-export"
    assert set(found) == set(kinds.split())


def test_what_was_taken_back_and_kept_from_a_later_transfer_cancels_out() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (SAMPLE / "2026").glob("*-settlements.beancount"))
    kept = [Decimal(line.split()[1]) for line in text.splitlines() if "Assets:Clearing:Recoupments" in line]
    assert len(kept) == 2
    assert sum(kept) == 0
