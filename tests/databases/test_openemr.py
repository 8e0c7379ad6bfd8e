"""OpenEMR: the queries of its page, run by a real MariaDB on the published tables, through the shipped profiles.

What the rows of `openemr_rows.sql` come to at the end of March, by hand:

    204  150.00 = 64 + 6 paid by Alpha, 36 taken off, 20 paid by the patient       patient  24.00
    205  200.00 = 100 paid by Alpha, 60 taken off, 25 paid by Beta                 patient  15.00
    206  120.00 = 100 paid by card, 20 discount                                              0.00
    207    its fee sheet has a diagnosis and no charge                             not billed
    208  120.00   its claim was never sent                                         Alpha   120.00
    209   90.00   its claim was denied                                             Alpha    90.00
"""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest

from tests.databases.conftest import Database, findings, income, owed, queries
from tests.importers.books_folder import Folder

HERE = Path(__file__).parent
FACTS = """
2026-01-01 custom "provider" "moss" "Dr. Iris Moss"
2026-01-01 custom "provider" "tran" "Dr. Paul Tran"
2026-01-01 custom "payer" "alpha" "Payer Alpha"
  receivable: Assets:Receivable:Insurance:Alpha
2026-01-01 custom "payer" "beta" "Payer Beta"
  receivable: Assets:Receivable:Insurance:Beta
"""
BOOKED = {"encounters": 8, "charges": 6, "activity": 9, "transfers": 2, "claims": 4}


@pytest.fixture(scope="module")
def files(mariadb: list[str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What phpMyAdmin exports of each query: every cell in quotes."""
    database = Database(mariadb, "openemr")
    for name in ("openemr.sql", "openemr_rows.sql"):
        database.run((HERE / name).read_text(encoding="utf-8"))
    folder = tmp_path_factory.mktemp("openemr")
    paths = {}
    for name, query in queries("systems/openemr.md").items():
        text = io.StringIO()
        rows = (line.split("\t") for line in database.run(query).splitlines())
        csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
        paths[name] = folder / f"{name}.csv"
        paths[name].write_text(text.getvalue(), encoding="utf-8")
    return paths


def new_books(path: Path) -> Folder:
    folder = Folder(path)
    folder.write_by_hand(FACTS)
    return folder


@pytest.fixture
def folder(files: dict[str, Path], tmp_path: Path) -> Folder:
    """Books that took all five files at once."""
    folder = new_books(tmp_path / "books")
    folder.take_paths(*files.values())
    return folder


def test_every_row_is_read_by_its_own_profile(files: dict[str, Path], tmp_path: Path) -> None:
    answers = new_books(tmp_path / "books").take_paths(*files.values())
    assert {one["profile"].removeprefix("practice-openemr-"): one["booked"] for one in answers} == BOOKED
    assert [skip["reason"] for one in answers for skip in one["skipped"]] == ["a claim that is not sent yet"]


def test_the_month_comes_to_what_it_comes_to_by_hand(folder: Folder) -> None:
    assert owed(folder) == {"Insurance:Alpha": Decimal("210.00"), "Patients": Decimal("39.00")}
    assert income(folder, "2026-03") == {"Moss": Decimal("190.00"), "Tran": Decimal("125.00")}
    found = findings(folder, "2026-03-31")
    assert {(kind, key) for kind, key, _ in found if kind != "undeposited-payment"} == {
        ("unbilled-visit", "enc-207"),
        ("claim-unsent", "enc-208"),
        ("denied-claim", "no-reason"),
    }
    assert {("claim-unsent", "enc-208", "120.00"), ("denied-claim", "no-reason", "90.00")} <= found


def test_any_order_comes_to_the_same(folder: Folder, files: dict[str, Path], tmp_path: Path) -> None:
    other = new_books(tmp_path / "other")
    for path in reversed(files.values()):
        other.take_paths(path)
    assert owed(other) == owed(folder)
    assert income(other, "2026-03") == income(folder, "2026-03")
    assert findings(other, "2026-03-31") == findings(folder, "2026-03-31")


@pytest.mark.parametrize("name", sorted(queries("systems/openemr.md")))
def test_a_strict_database_runs_the_query_too(name: str, mariadb: list[str], files: dict[str, Path]) -> None:
    strict = "SET SESSION sql_mode='ONLY_FULL_GROUP_BY,STRICT_ALL_TABLES';\n"
    given = Database(mariadb, "openemr", make=False).run(strict + queries("systems/openemr.md")[name])
    assert len(given.splitlines()) == len(files[name].read_text(encoding="utf-8").splitlines())


def test_no_name_of_a_patient_is_in_a_file_that_the_queries_give(files: dict[str, Path]) -> None:
    said = "".join(path.read_text(encoding="utf-8") for path in files.values()).casefold()
    assert [name for name in ("quillfeather", "ottoline", "wachocka", "sahin", "throat") if name in said] == []
