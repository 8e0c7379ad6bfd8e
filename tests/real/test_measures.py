"""The measures on Synthea's practice and on the hospital of `test_nimibi`, worked out again from the files alone."""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from daysheet import measures
from daysheet.books import Books

from tests.importers.books_folder import Folder
from tests.real.test_nimibi import APPOINTMENTS, BILLS, rows
from tests.real.test_synthea import FILES

FIRST = datetime.date(1900, 1, 1)
TENTH = Decimal("0.1")
ZERO = Decimal()


@pytest.fixture(scope="module")
def secret() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAYSHEET_SECRET", "a secret of the tests only")
        yield


@pytest.fixture(scope="module")
def synthea(
    samples: Path, secret: None, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Books, list[dict[str, str]]]:
    """The books, and the charges and payments of the file in date order."""
    data = samples / "practice" / "synthea-ohdsi-dbt"
    folder = Folder(tmp_path_factory.mktemp("synthea-measures") / "books")
    folder.take_paths(*(data / name for name in FILES))
    moves = [row for row in rows(data / "claims_transactions.csv") if row["TYPE"] in ("CHARGE", "PAYMENT")]
    return folder.books(), moves


def day(row: dict[str, str]) -> datetime.date:
    return datetime.date.fromisoformat(row["FROMDATE"][:10])


def amount(row: dict[str, str]) -> Decimal:
    return Decimal(row["AMOUNT"] if row["TYPE"] == "CHARGE" else row["PAYMENTS"])


def rounded(value: Decimal) -> Decimal:
    return value.quantize(TENTH, ROUND_HALF_UP)


def test_synthea_charges_payments_and_collection_rates(synthea) -> None:
    books, moves = synthea
    measured = measures.measure(books, FIRST, books.as_of)
    charges = sum((amount(row) for row in moves if row["TYPE"] == "CHARGE"), ZERO)
    payments = sum((amount(row) for row in moves if row["TYPE"] == "PAYMENT"), ZERO)
    assert (measured.charges, measured.payments) == (charges, payments)
    assert measured.gross_collection == measured.net_collection == rounded(payments * 100 / charges)


def test_synthea_credit_balances_and_days_in_receivables(synthea) -> None:
    books, moves = synthea
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


def test_synthea_denials(synthea) -> None:
    books, _ = synthea
    measured = measures.measure(books, FIRST, books.as_of)
    submitted = [states for states in books.claims.values() if any(state.submitted for state in states)]
    assert measured.denial == (ZERO if submitted else None)


def test_the_hospital_s_charges_and_lag(samples: Path, secret: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    data = samples / "practice" / "appts-bills-nimibi"
    folder = Folder(tmp_path_factory.mktemp("nimibi-measures") / "books")
    (folder.path / "profiles").mkdir()
    (folder.path / "profiles" / "practice-nimibi-appointments.toml").write_text(APPOINTMENTS)
    (folder.path / "profiles" / "practice-nimibi-bills.toml").write_text(BILLS)
    folder.take_paths(data / "billing.csv", data / "appointment.csv")
    books = folder.books()
    costs = [Decimal(row["Appointment_cost"]) for row in rows(data / "billing.csv")]
    doctors = {row["Appointment_id"]: row["Doctor_id"] for row in rows(data / "appointment.csv")}
    by_doctor: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows(data / "billing.csv"):
        by_doctor[doctors[row["Appointment_ID"]]] += Decimal(row["Appointment_cost"])
    measured = measures.measure(books, FIRST, books.as_of)
    assert (measured.charges, measured.receivable, measured.lag_p90) == (sum(costs), sum(costs), Decimal())
    found = {
        provider: measures.measure(books, FIRST, books.as_of, invoices).charges
        for provider, invoices in measures.by_provider(books).items()
    }
    assert found == dict(by_doctor)
