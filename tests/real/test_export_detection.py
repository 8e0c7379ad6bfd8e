"""What the detector says of real exports of practices, scored against what was counted by looking at them."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from daysheet.importers.detection.exports.detect import detect_export
from daysheet.importers.rows.raw_file import RawFile

from tests.conftest import SAMPLES
from tests.real.samples import BANKS, bank_file, each

FOLDER = SAMPLES / "practice"
MEANINGS = {
    "completed words": "completed",
    "no-show words": "no-show",
    "cancelled words": "cancelled",
    "scheduled words": "scheduled",
}


def _truth() -> list[dict[str, str]]:
    path = FOLDER / "exports" / "TRUTH.tsv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


TRUTH = _truth()


@cache
def seen(path: Path) -> dict[str, Any] | None:
    found = detect_export(RawFile(path))
    return None if found is None else {"kind": found.kind.name, **found.as_json()}


def first(cell: str) -> str:
    """The name in a cell of the truth; nothing where it says that there is none."""
    return "" if cell.startswith("-") else re.split(r" \(|, ", cell.strip('" '))[0].strip()


@pytest.mark.parametrize("row", each(TRUTH), ids=lambda row: row["file"] if isinstance(row, dict) else "none")
def test_the_kind_the_columns_and_the_words_are_as_counted(row: dict[str, str]) -> None:
    found = seen(FOLDER / "exports" / row["file"])
    assert found is not None
    assert found["kind"] == row["kind"]
    wanted = {role: first(row[f"{role} column"]) for role in ("date", "provider", "patient", "status", "id")}
    assert {role: found["columns"].get(role, "") for role in wanted} == wanted
    if not row["amount column(s)"].startswith("-"):
        assert found["columns"]["amount"] in re.split(r",? |, |\(", row["amount column(s)"].replace('"', " "))
    for column, meaning in MEANINGS.items():
        words = [] if row[column].startswith("-") else re.split("[,/] ?", row[column])
        assert {word: found["status_words"].get(word) for word in words} == dict.fromkeys(words, meaning)


OTHERS = [
    (
        "appts-bills-nimibi/appointment.csv",
        "visits",
        {"id": "Appointment_id", "date": "Appointment_date", "provider": "Doctor_id", "status": "No_show"},
        {"0": "completed", "1": "no-show"},
    ),
    (
        "appts-bills-nimibi/billing.csv",
        "invoices",
        {"id": "Billing_ID", "visit": "Appointment_ID", "amount": "Appointment_cost"},
        {},
    ),
    (
        "synthea-ohdsi-dbt/encounters.csv",
        "visits",
        {"id": "Id", "date": "START", "patient": "PATIENT", "provider": "PROVIDER"},
        {},
    ),
    ("synthea-ohdsi-dbt/claims.csv", "claims", {"id": "Id", "date": "SERVICEDATE", "patient": "PATIENTID"}, {}),
    (
        "synthea-ohdsi-dbt/claims_transactions.csv",
        "invoices",
        {"id": "ID", "amount": "AMOUNT", "method": "METHOD"},
        {},
    ),
    ("appts-bills-nimibi/doctor.csv", None, {}, {}),
    ("synthea-ohdsi-dbt/patients.csv", None, {}, {}),
    ("synthea-ohdsi-dbt/payers.csv", None, {}, {}),
    ("synthea-ohdsi-dbt/providers.csv", None, {}, {}),
]


@pytest.mark.parametrize(("name", "kind", "columns", "words"), OTHERS)
def test_exports_with_reversed_flags_ids_of_one_word_and_lists_of_persons(samples, name, kind, columns, words) -> None:
    found = seen(samples / "practice" / name)
    if kind is None:
        assert found is None
        return
    assert found is not None
    assert found["kind"] == kind
    assert {role: found["columns"].get(role) for role in columns} == columns
    assert {word: found["status_words"].get(word) for word in words} == words


@pytest.mark.parametrize("row", each(BANKS), ids=lambda row: row["id"] if isinstance(row, dict) else "none")
def test_no_file_of_a_bank_is_taken_for_a_practices(row: dict[str, str]) -> None:
    assert seen(bank_file(row["id"])) is None
