"""9,725 appointments and 8,740 bills of a hospital that nobody here knows, through a practice's own profiles.

The figures are worked out from the CSV files by a few lines of their own, and must be what `daysheet check --json` says
of the books that `daysheet import` makes.
"""

from __future__ import annotations

import csv
import datetime
import json
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from daysheet import measures

from tests.importers.books_folder import Folder

APPOINTMENTS = """
title = "Hospital appointments"
system = "nimibi"
source = "Nimi-Bi/Healthcare-NoShow-Optimization data/appointment.csv (MIT)"
patient = ["Patient_id"]
plain = ['[A-Z]{1,3}[0-9]{1,5}']
[match]
header = [
    "Appointment_id", "Patient_id", "Doctor_id", "Appointment_date", "Appointment_day", "Appointment_time_slot",
    "Booking_date", "Waiting_days", "No_show", "SMS_reminder", "Department",
]
[dates]
format = ["%Y-%m-%d", "%d/%m/%Y"]
[[visit]]
id = ["Appointment_id"]
date = "Appointment_date"
provider = "Doctor_id"
status = { column = "No_show", words = { "0" = "completed", "1" = "no-show" } }
[sample]
text = '''
Appointment_id,Patient_id,Doctor_id,Appointment_date,Appointment_day,Appointment_time_slot,Booking_date,Waiting_days,No_show,SMS_reminder,Department
A001,P1,PED001,2024-04-12,Friday,Evening,2024-03-30,13,0,1,Pediatrics
A002,P2,PED001,17/9/2024,Tuesday,Evening,2024-09-10,7,1,1,Pediatrics
'''
records = [
    { kind = "visit", id = "A001", date = "2024-04-12", provider = "PED001", status = "completed" },
    { kind = "visit", id = "A002", date = "2024-09-17", provider = "PED001", status = "no-show" },
]
"""
# The bills have no day and no provider of their own: they take their appointment's.
BILLS = """
title = "Hospital bills"
system = "nimibi"
source = "Nimi-Bi/Healthcare-NoShow-Optimization data/billing.csv (MIT)"
plain = ['[A-Z]{1,3}[0-9]{1,5}']
[match]
header = ["Billing_ID", "Appointment_ID", "Department", "Appointment_cost", "No_Show", "Estimated_loss"]
[dates]
format = ["%Y-%m-%d"]
[[invoice]]
id = ["Billing_ID"]
visit = ["Appointment_ID"]
amount = ["Appointment_cost"]
[sample]
text = ""
records = []
"""


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def data(samples: Path) -> Path:
    return samples / "practice" / "appts-bills-nimibi"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    folder = Folder(tmp_path_factory.mktemp("nimibi") / "books")
    (folder.path / "profiles").mkdir()
    (folder.path / "profiles" / "practice-nimibi-appointments.toml").write_text(APPOINTMENTS)
    (folder.path / "profiles" / "practice-nimibi-bills.toml").write_text(BILLS)
    return folder


@pytest.fixture(scope="module")
def told(data: Path, folder: Folder) -> dict[str, Any]:
    """What the import and the check say, the bills given before the appointments that they are for."""
    patch = pytest.MonkeyPatch()
    patch.setenv("DAYSHEET_SECRET", "a secret of the tests only")
    imported = folder.take_paths(data / "billing.csv", data / "appointment.csv")
    before = folder.snapshot()
    again = folder.take_paths(data / "billing.csv", data / "appointment.csv")
    unchanged = folder.snapshot() == before
    check = json.loads(folder.run("check", "--json").stdout)
    patch.undo()
    return {"imported": imported, "again": again, "unchanged": unchanged, "check": check}


@pytest.fixture(scope="module")
def billed(data: Path) -> dict[str, list[Decimal]]:
    """The costs billed for each appointment."""
    costs: dict[str, list[Decimal]] = defaultdict(list)
    for row in rows(data / "billing.csv"):
        costs[row["Appointment_ID"]].append(Decimal(row["Appointment_cost"]))
    return costs


def keys(told: dict[str, Any], kind: str) -> Counter[str]:
    return Counter(finding["key"] for finding in told["check"]["findings"] if finding["kind"] == kind)


def test_every_row_is_booked(told, data: Path) -> None:
    counts = [(file["rows"], file["booked"], file["skipped"]) for file in told["imported"]]
    lines = [len(rows(data / name)) for name in ("billing.csv", "appointment.csv")]
    assert counts == [(count, count, []) for count in lines]


def test_an_import_again_books_nothing_and_changes_no_byte(told) -> None:
    assert [(file["booked"], file["known"]) for file in told["again"]] == [
        (0, file["rows"]) for file in told["imported"]
    ]
    assert told["unchanged"]


def test_attended_and_never_billed(told, data: Path, billed) -> None:
    attended = {row["Appointment_id"] for row in rows(data / "appointment.csv") if row["No_show"] == "0"}
    expected = attended - set(billed)
    assert keys(told, "unbilled-visit") == Counter(expected)
    assert len(expected) == told["check"]["totals"]["unbilled-visit"]["count"]


def test_billed_though_nobody_came(told, data: Path, billed) -> None:
    missed = {row["Appointment_id"] for row in rows(data / "appointment.csv") if row["No_show"] == "1"}
    expected = missed & set(billed)
    assert keys(told, "billed-no-show") == Counter(expected)
    cost = sum((sum(billed[name], Decimal()) for name in expected), Decimal())
    assert Decimal(told["check"]["totals"]["billed-no-show"]["amount"]) == cost


def test_billed_twice_or_more(told, billed) -> None:
    expected = {name for name, costs in billed.items() if len(costs) > 1}
    assert keys(told, "duplicate-bill") == Counter(expected)


def test_no_patient_number_is_told(told, data: Path) -> None:
    patients = {row["Patient_id"] for row in rows(data / "appointment.csv")}
    words = set(json.dumps(told).replace('"', " ").replace(",", " ").split())
    assert not patients & words


@pytest.mark.usefixtures("told")
def test_the_charges_and_the_lag_are_those_of_the_files(folder: Folder, data: Path) -> None:
    books = folder.books()
    costs = [Decimal(row["Appointment_cost"]) for row in rows(data / "billing.csv")]
    doctors = {row["Appointment_id"]: row["Doctor_id"] for row in rows(data / "appointment.csv")}
    by_doctor: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows(data / "billing.csv"):
        by_doctor[doctors[row["Appointment_ID"]]] += Decimal(row["Appointment_cost"])
    measured = measures.measure(books, datetime.date(1900, 1, 1), books.as_of)
    assert (measured.charges, measured.receivable, measured.lag_p90) == (sum(costs), sum(costs), Decimal())
    found = {
        provider: measures.measure(books, datetime.date(1900, 1, 1), books.as_of, invoices).charges
        for provider, invoices in measures.by_provider(books).items()
    }
    assert found == dict(by_doctor)
