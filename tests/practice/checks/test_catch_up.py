"""The file that bills what was not billed: made on this machine, of patients whom the ledger does not name."""

from __future__ import annotations

import csv
import json
import os
import stat
import subprocess
from pathlib import Path

import pytest

from tests import forked

SECRET = {**os.environ, "DAYSHEET_SECRET": "a secret of these tests alone"}
VISITS = """\
visit_id,date,provider,patient_id,status,service,fee
V1,2026-03-02,adams,P-Canary-Quimby,completed,97110,50.00
V2,2026-03-02,adams,"=HYPERLINK(""x"")",completed,97110,60.00
V3,2026-03-03,adams,P-Other,completed,97110,50.00
V4,2026-03-03,adams,P-Other,no-show,97110,50.00
"""
INVOICES = """\
invoice_id,visit_id,date,provider,patient_id,payer,amount,due
INV-3,V3,2026-03-03,adams,P-Other,,50.00,2026-04-02
"""


def daysheet(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [forked.program(), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=SECRET, cwd=folder)


@pytest.fixture
def folder(tmp_path):
    books = tmp_path / "books"
    assert daysheet(tmp_path, "init", str(books)).returncode == 0
    (books / "inbox").mkdir(exist_ok=True)
    (books / "inbox/visits.csv").write_text(VISITS)
    (books / "inbox/invoices.csv").write_text(INVOICES)
    run = daysheet(books, "import")
    assert run.returncode == 0, run.stderr
    return books


def test_unbilled_visits_are_written_in_the_shape_of_invoices(folder):
    run = daysheet(folder, "catch-up", "--json")
    assert json.loads(run.stdout) == {
        "file": "catch-up/2026-03-03-to-bill.csv", "visits": 2, "amount": "110.00", "expected_cash": "110.00",
        "unknown_patients": 0,
    }  # fmt: skip
    rows = list(csv.DictReader((folder / "catch-up/2026-03-03-to-bill.csv").read_text().splitlines()))
    assert [(row["visit_id"], row["patient_id"], row["amount"]) for row in rows] == [
        ("V1", "P-Canary-Quimby", "50.00"),
        ("V2", '\'=HYPERLINK("x")', "60.00"),
    ]
    assert list(rows[0]) == ["invoice_id", "visit_id", "date", "provider", "patient_id", "payer", "amount", "due"]


def test_patients_are_named_in_ignored_files_alone(folder):
    run = daysheet(folder, "catch-up")
    assert "Canary" not in run.stdout + run.stderr
    subprocess.run(["git", "init", "-q", "."], cwd=folder, check=True)
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
    tracked = subprocess.run(["git", "ls-files"], cwd=folder, check=True, capture_output=True, text=True).stdout.split()
    assert [name for name in tracked if "Canary" in (folder / name).read_text()] == []
    assert not any(name.startswith("catch-up") for name in tracked)


def test_only_the_user_can_read_it(folder):
    daysheet(folder, "catch-up")
    assert stat.S_IMODE((folder / "catch-up/2026-03-03-to-bill.csv").stat().st_mode) == 0o600


def test_a_patient_in_no_original_stays_a_token(folder):
    for original in (folder / "originals").rglob("*visits*"):
        original.unlink()
    run = daysheet(folder, "catch-up")
    assert "2 patients are in no filed original on this machine: the token stands instead." in run.stdout
    assert (folder / "catch-up/2026-03-03-to-bill.csv").read_text().count("pt-") == 2


def test_nothing_unbilled_writes_nothing(folder):
    for visit in ("V1", "V2"):
        assert daysheet(folder, "waive", visit, "--reason", "courtesy").returncode == 0
    assert daysheet(folder, "catch-up").stdout == "Every kept visit is billed: there is nothing to catch up.\n"
    assert not (folder / "catch-up").exists()
