"""`daysheet demo`, run as somebody who has only the wheel: in an empty environment, outside of any checkout."""

import csv
import io
import json
import os
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from daysheet.ledgers.two_doctors import generate

ROOT = Path(__file__).parent.parent.parent
SAMPLE = ROOT / "ledgers" / "two-doctors"
DENTAL = ROOT / "ledgers" / "dental-group"
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "COLUMNS": "80"}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The folder that the command is run in."""
    return tmp_path_factory.mktemp("installed")


@pytest.fixture(scope="module")
def daysheet(wheel, place):
    """The installed command, as a function of its arguments; its home and its working folder are empty."""
    home = place / "home"
    home.mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place / "venv")], check=True)
    # a module is compiled when it is first imported, and most never are; the lock file is complete
    into = ["--python", str(place / "venv" / "bin" / "python"), "--quiet", "--disable-pip-version-check"]
    pip = [sys.executable, "-m", "pip", *into, "install", "--no-compile", "--no-deps"]
    for what in (["--require-hashes", "-r", str(ROOT / "requirements.txt")], [str(wheel)]):
        subprocess.run([*pip, *what], check=True, env=os.environ | {"PYTHONWARNINGS": "ignore"})

    def run(*arguments):
        command = [str(place / "venv" / "bin" / "daysheet"), *arguments]
        environment = ENVIRONMENT | {"HOME": str(home)}
        return subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)

    return run


@pytest.fixture(scope="module")
def shown(daysheet):
    """What the demo prints."""
    done = daysheet("demo", "demo")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(scope="module")
def books(place, shown):
    return place / "demo"


@pytest.fixture(scope="module")
def found(daysheet, books):
    """What the check says of the demo's books."""
    done = daysheet("--books", str(books), "--json", "check")
    assert done.returncode == 1
    return json.loads(done.stdout)


def _rows(kind):
    files = generate.files()
    return [
        row
        for name in sorted(files)
        if name.startswith(f"{kind}-")
        for row in csv.DictReader(io.StringIO(files[name].decode()))
    ]


def test_the_demo_shows_the_week_without_bills_and_what_it_costs(shown):
    assert "5,300.00 USD  days on which nobody sent a bill:" in shown
    assert "Dr. Adams, 2026-09-14 to 2026-09-18, 70 visits, 3,500.00 USD" in shown
    assert "Dr. Baker, 2026-09-14 to 2026-09-18, 36 visits, 1,800.00 USD" in shown


def test_the_demo_fits_a_terminal_of_80_columns(shown):
    assert max(map(len, shown.splitlines())) <= 80


def test_the_readme_shows_what_the_demo_prints(shown):
    assert f"```text\n{shown}```" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_row_of_every_file_is_booked(shown):
    rows = sum(len(data.decode().splitlines()) - 1 for data in generate.files().values())
    assert f"{rows:,} rows read, {rows:,} booked." in shown


def test_one_lapse_for_each_provider_is_exactly_the_hole(found):
    lapses = [finding for finding in found["findings"] if finding["kind"] == "billing-lapse"]
    assert {(lapse["provider"], lapse["date"], lapse["through"], lapse["count"]) for lapse in lapses} == {
        ("adams", "2026-09-14", "2026-09-18", 70),
        ("baker", "2026-09-14", "2026-09-18", 36),
    }
    assert found["totals"]["billing-lapse"] == {"count": 2, "amount": "5300.00"}


def test_the_gap_counts_every_unbilled_visit_once(found):
    billed = {row["visit_id"] for row in _rows("invoices")}
    missed = [row for row in _rows("visits") if row["status"] == "completed" and row["visit_id"] not in billed]
    assert Decimal(found["gap"]["gross"]) == sum(Decimal(row["fee"]) for row in missed) == Decimal("5750.00")


def test_the_other_findings_are_those_that_the_files_hold(found):
    visits = {row["visit_id"]: row for row in _rows("visits")}
    invoices = {row["invoice_id"]: row for row in _rows("invoices")}
    billed = defaultdict(list)
    owed = {key: Decimal(row["amount"]) for key, row in invoices.items()}
    for row in invoices.values():
        billed[row["visit_id"]].append(row["invoice_id"])
    for row in _rows("payments") + _rows("adjustments"):
        owed[row["invoice_id"]] -= Decimal(row["amount"])
    expected = {
        "duplicate-bill": {visit for visit, bills in billed.items() if len(bills) > 1},
        "billed-no-show": {visit for visit in billed if visit in visits and visits[visit]["status"] != "completed"},
        "orphan-invoice": {bills[0] for visit, bills in billed.items() if visit not in visits},
        "overdue-invoice": {key for key, row in invoices.items() if owed[key] > 0 and row["due"] < "2026-12-31"},
        "credit-balance": {key for key in invoices if owed[key] < 0},
    }
    keys = defaultdict(set)
    for finding in found["findings"]:
        keys[finding["kind"]].add(finding["key"])
    assert {kind: keys[kind] for kind in expected} == expected
    assert set(keys) - set(expected) == {"unbilled-visit", "billing-lapse", "invoice-number-gap"}


def _ledger(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.beancount")}


def test_the_committed_books_are_those_that_the_import_makes(books):
    assert _ledger(books) == _ledger(SAMPLE), "run make sample"


@pytest.fixture(scope="module")
def shown_of_dental(daysheet):
    """What the demo of the insured group prints."""
    done = daysheet("demo", "dental", "--practice", "dental")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_demo_of_the_dental_group_fits_a_terminal_of_80_columns(shown_of_dental):
    assert max(map(len, shown_of_dental.splitlines())) <= 80


def test_the_readme_shows_what_the_demo_of_the_dental_group_prints(shown_of_dental):
    told = shown_of_dental.partition("Never billed")[2].partition("\n\nThe accountant's pack")[0]
    assert f"```text\nNever billed{told}\n```" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_dental_group_s_committed_books_are_those_that_the_import_makes(place, shown_of_dental):
    assert _ledger(place / "dental") == _ledger(DENTAL), "run make sample"


def test_the_pack_is_archival_accessible_and_true_to_the_books(daysheet, books, verapdf):
    (pack,) = (books / "packs" / "2026").glob("accountants-pack-*.pdf")
    assert verapdf(pack) == []
    verified = daysheet("--books", str(books), "verify", str(pack))
    assert (verified.returncode, verified.stderr) == (0, "")


def test_the_demo_leaves_no_secret_behind(place, books):
    assert not list((place / "home").rglob("*.secret"))


def test_a_second_demo_in_the_same_folder_is_refused(daysheet, books):
    again = daysheet("demo", "demo")
    assert again.returncode == 2
    assert again.stderr.startswith("daysheet: demo: is not empty; ")
