"""Synthea's encounters, claims and transactions: the receivables end with the credits that the payments imply, and the
measures are those that the files alone give."""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from daysheet import measures
from daysheet.books import Books

from tests.importers.books_folder import Folder
from tests.real.test_nimibi import rows

FIRST = datetime.date(1900, 1, 1)
TENTH = Decimal("0.1")
ZERO = Decimal()
Moves = list[dict[str, str]]

FILES = ("encounters.csv", "claims_transactions.csv", "claims.csv")


@pytest.fixture(scope="module")
def data(samples: Path) -> Path:
    return samples / "practice" / "synthea-ohdsi-dbt"


@pytest.fixture(scope="module")
def folder(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    patch = pytest.MonkeyPatch()
    patch.setenv("DAYSHEET_SECRET", "a secret of the tests only")
    folder = Folder(tmp_path_factory.mktemp("synthea") / "books")
    taken = folder.take_paths(*(data / name for name in FILES))
    patch.undo()
    assert [file["rows"] for file in taken] == [len(list(rows(data / name))) for name in FILES]
    assert all(file["rows"] == file["booked"] + file["known"] + len(file["skipped"]) for file in taken)
    return folder


@pytest.fixture(scope="module")
def books(folder: Folder) -> Books:
    return folder.books()


@pytest.fixture(scope="module")
def owed(data: Path) -> dict[str, Decimal]:
    """Charges less payments of each claim, from the file alone; claims that come to nothing left out."""
    balances: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows(data / "claims_transactions.csv"):
        if row["TYPE"] == "CHARGE":
            balances[row["CLAIMID"]] += Decimal(row["AMOUNT"])
        elif row["TYPE"] == "PAYMENT":
            balances[row["CLAIMID"]] -= Decimal(row["PAYMENTS"])
    return {claim: balance for claim, balance in balances.items() if balance}


def test_each_invoice_ends_with_what_its_claims_charges_and_payments_leave(books: Books, owed) -> None:
    left = {invoice: books.open_balance(invoice, books.as_of) for invoice in books.invoices}
    assert {invoice: balance for invoice, balance in left.items() if balance} == owed


def test_the_receivables_are_the_credit_balances(folder: Folder, owed) -> None:
    answer = json.loads(folder.run("report", "receivables", "--period", "2024-12-31", "--json").stdout)
    total: dict[str, Any] = answer["rows"][-1]
    credited = sum((balance for balance in owed.values() if balance < 0), Decimal())
    assert (Decimal(total["credits"]), Decimal(total["total"])) == (credited, sum(owed.values(), Decimal()))


def test_every_encounter_is_a_visit_and_every_claim_has_its_state(books: Books, data: Path) -> None:
    words = {"CLOSED": "paid", "BILLED": "submitted"}
    states = {row["Id"]: words[row["STATUS1"]] for row in rows(data / "claims.csv")}
    seen = {row["Id"] for row in rows(data / "encounters.csv")}
    assert set(books.visits) == seen
    assert {claim: history[-1].status for claim, history in books.claims.items()} == states


@pytest.fixture(scope="module")
def moves(data: Path) -> Moves:
    """The charges and payments of the file in date order."""
    return [row for row in rows(data / "claims_transactions.csv") if row["TYPE"] in ("CHARGE", "PAYMENT")]


def day(row: dict[str, str]) -> datetime.date:
    return datetime.date.fromisoformat(row["FROMDATE"][:10])


def amount(row: dict[str, str]) -> Decimal:
    return Decimal(row["AMOUNT"] if row["TYPE"] == "CHARGE" else row["PAYMENTS"])


def rounded(value: Decimal) -> Decimal:
    return value.quantize(TENTH, ROUND_HALF_UP)


def test_synthea_charges_payments_and_collection_rates(books: Books, moves: Moves) -> None:
    measured = measures.measure(books, FIRST, books.as_of)
    charges = sum((amount(row) for row in moves if row["TYPE"] == "CHARGE"), ZERO)
    payments = sum((amount(row) for row in moves if row["TYPE"] == "PAYMENT"), ZERO)
    assert (measured.charges, measured.payments) == (charges, payments)
    assert measured.gross_collection == measured.net_collection == rounded(payments * 100 / charges)


def test_synthea_credit_balances_and_days_in_receivables(books: Books, moves: Moves) -> None:
    last = books.as_of
    balances: dict[str, Decimal] = defaultdict(Decimal)
    yearly = ZERO
    for row in moves:
        balances[row["CLAIMID"]] += amount(row) if row["TYPE"] == "CHARGE" else -amount(row)
        if row["TYPE"] == "CHARGE" and last - datetime.timedelta(days=365) < day(row) <= last:
            yearly += amount(row)
    owed = sum((balance for balance in balances.values() if balance > 0), ZERO)
    credit = -sum((balance for balance in balances.values() if balance < 0), ZERO)
    measured = measures.measure(books, FIRST, last)
    assert (measured.credits, measured.receivable) == (credit, owed - credit)
    assert measured.days_in_ar == rounded((owed - credit) / (yearly / 365))


def test_synthea_denials(books: Books) -> None:
    measured = measures.measure(books, FIRST, books.as_of)
    submitted = [states for states in books.claims.values() if any(state.submitted for state in states)]
    assert measured.denial == (ZERO if submitted else None)
