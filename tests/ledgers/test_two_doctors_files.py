"""The files of the sample practice are the practice of the story: counted here from the CSV alone."""

import csv
import datetime
import io
import subprocess
import sys
from collections import Counter
from decimal import Decimal

import pytest
from daysheet.ledgers.two_doctors import generate


@pytest.fixture(scope="module")
def files():
    return generate.files()


def _rows(files, kind):
    return [
        row
        for name, data in files.items()
        if name.startswith(f"{kind}-")
        for row in csv.DictReader(io.StringIO(data.decode()))
    ]


@pytest.fixture(scope="module")
def completed(files):
    return [row for row in _rows(files, "visits") if row["status"] == "completed"]


def _week(row):
    return datetime.date.fromisoformat(row["date"]).isocalendar()[:2]


def test_a_normal_week_has_70_and_36_completed_visits(completed):
    by_week = Counter((row["provider"], _week(row)) for row in completed)
    # the first full weeks of March and of October have no holiday in them
    assert by_week["adams", (2026, 10)] == 70
    assert by_week["adams", (2026, 41)] == 70
    assert by_week["baker", (2026, 41)] == 36
    assert by_week["baker", (2026, 26)] == 0


def test_a_four_week_month_has_280_and_144_invoices(files):
    november = Counter(row["provider"] for row in _rows(files, "invoices") if row["date"].startswith("2026-11-"))
    february = Counter(row["provider"] for row in _rows(files, "invoices") if row["date"].startswith("2026-02-"))
    assert november == {"adams": 280, "baker": 144}
    assert february == {"adams": 280}


def test_the_forgotten_week_has_106_visits_and_no_bill(files, completed):
    def in_week(row):
        return _week(row) == (2026, 38)

    visits = [row for row in completed if in_week(row)]
    assert Counter(row["provider"] for row in visits) == {"adams": 70, "baker": 36}
    assert sum(Decimal(row["fee"]) for row in visits) == Decimal("5300.00")
    assert [row for row in _rows(files, "invoices") if in_week(row)] == []


def test_nine_more_visits_were_never_billed(files, completed):
    billed = {row["visit_id"] for row in _rows(files, "invoices")}
    forgotten = [row for row in completed if row["visit_id"] not in billed and _week(row) != (2026, 38)]
    assert len(forgotten) == 9


def test_every_bank_line_follows_from_the_balance_before_it(files):
    lines = []
    for name in sorted(name for name in files if name.startswith("chase-")):
        lines += list(reversed(list(csv.reader(io.StringIO(files[name].decode())))[1:]))
    amounts = [Decimal(line[3]) for line in lines]
    balances = [Decimal(line[5]) for line in lines]
    assert all(b == a + amount for a, b, amount in zip(balances, balances[1:], amounts[1:], strict=False))
    assert min(balances) > 0


def test_what_patients_paid_by_card_reaches_the_bank(files):
    by_card = sum(Decimal(row["amount"]) for row in _rows(files, "payments") if row["method"] == "card")
    last_day = sum(
        Decimal(row["amount"])
        for row in _rows(files, "payments")
        if row["method"] == "card" and row["date"] == "2026-12-31"
    )
    banked = sum(Decimal(row["Amount"]) for row in _rows(files, "chase") if "BANKCARD DEP" in row["Description"])
    assert banked == by_card - last_day


def test_the_files_are_the_same_whatever_the_hash_seed(files, tmp_path):
    for seed in ("1", "2"):
        command = [sys.executable, "-m", "daysheet.ledgers.two_doctors.generate", str(tmp_path / seed)]
        subprocess.run(command, check=True, env={"PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo"})
        assert {path.name: path.read_bytes() for path in (tmp_path / seed).iterdir()} == files
