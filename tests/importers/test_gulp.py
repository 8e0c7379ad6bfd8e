"""The importers in a user's own beangulp script and on Fava's import page, both for real."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from beancount.parser import parser
from fava.application import create_app

from tests.importers.books_folder import CHASE, INVOICES, VISITS, Folder

STATEMENT = CHASE + "X,03/01/2026,COFFEE,-5.00,ACH,95.00,,\nX,03/01/2026,COFFEE,-5.00,ACH,90.00,,\n"
SCRIPT = """
import sys
from beangulp import Ingest
from daysheet.importers.gulp import importers

if __name__ == "__main__":
    Ingest(importers({folder!r})).cli()
"""


@pytest.fixture
def script(folder: Folder) -> Path:
    path = folder.given / "import.py"
    path.write_text(SCRIPT.format(folder=str(folder.path)))
    return path


def run(script: Path, *arguments: object) -> str:
    command = [sys.executable, "-W", "ignore", str(script), *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_a_users_script_identifies_and_extracts(folder: Folder, script: Path) -> None:
    path = folder.give("statement.csv", STATEMENT)
    assert "daysheet.us-chase-checking" in run(script, "identify", path)
    entries, errors, _ = parser.parse_string(run(script, "extract", path))
    assert (len(entries), errors) == (2, [])
    assert entries[0].meta["source"] == "us-chase-checking"


def test_a_users_script_takes_twins_apart_and_leaves_out_what_the_books_hold(folder: Folder, script: Path) -> None:
    folder.take("first.csv", "\n".join(STATEMENT.splitlines()[:2]) + "\n")
    path = folder.give("statement.csv", STATEMENT)
    entries, _, _ = parser.parse_string(run(script, "extract", "-e", folder.path / "main.beancount", path))
    assert len(entries) == 1


def test_a_users_script_extracts_practice_files_without_the_patient(folder: Folder, script: Path) -> None:
    text = run(script, "extract", folder.give("visits.csv", VISITS + "V1,2026-03-02,adams,Maria,completed,,50.00\n"))
    assert 'custom "visit" "V1" "adams" "completed"' in text
    assert "Maria" not in text


def test_a_users_script_files_the_original_under_a_neutral_name(folder: Folder, script: Path, tmp_path: Path) -> None:
    inbox = tmp_path / "dropped"
    inbox.mkdir()
    (inbox / "Maria.csv").write_text(STATEMENT)
    (tmp_path / "archive").mkdir()
    run(script, "archive", inbox, "-o", tmp_path / "archive")
    (filed,) = [path for path in (tmp_path / "archive").rglob("*") if path.is_file()]
    assert filed.parent == tmp_path / "archive" / "Assets" / "Bank" / "Checking"
    assert filed.name.startswith("2026-03-01.us-chase-checking-")
    assert "Maria" not in filed.name


def test_favas_import_page_lists_and_extracts(folder: Folder) -> None:
    config = "from daysheet.importers.gulp import importers\n" + f"CONFIG = importers({str(folder.path)!r})\n"
    (folder.path / "import_config.py").write_text(config)
    folder.write_by_hand(
        '2026-01-01 custom "fava-option" "import-config" "import_config.py"\n'
        f'2026-01-01 custom "fava-option" "import-dirs" "{folder.path / "inbox"}"\n'
    )
    folder.take("i.csv", INVOICES + "INV-1,V1,2026-03-02,adams,P,,50.00,\n")
    dropped = folder.path / "inbox" / "statement.csv"
    dropped.write_text(STATEMENT)
    with create_app([str(folder.path / "main.beancount")], load=True).test_client() as client:
        listed = client.get("/test-practice/api/imports").get_json()["data"]
        (file,) = [each for each in listed if each["basename"] == "statement.csv"]
        (importer,) = file["importers"]
        assert importer["importer_name"] == "daysheet.us-chase-checking"
        assert importer["account"] == "Assets:Bank:Checking"
        query = {"filename": str(dropped), "importer": importer["importer_name"]}
        extracted = client.get("/test-practice/api/extract", query_string=query).get_json()["data"]
    assert [entry["payee"] for entry in extracted] == ["COFFEE", "COFFEE"]
    assert not any(entry["meta"].get("__duplicate__") for entry in extracted)
