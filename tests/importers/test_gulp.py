"""The importers in a user's own beangulp script and on Fava's import page, both for real."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from beancount.core.data import Directive, Transaction
from beancount.parser import parser
from daysheet.ledger import printer
from fava.application import create_app

from tests.importers.books_folder import CHASE, INVOICES, VISITS, Folder
from tests.importers.deriving.test_payment_posting import PAID, era_text
from tests.importers.originals.test_patients import SALES
from tests.importers.privacy.test_canaries import NAMES, NUMBERS, marks_in

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
    found = [entry for entry in entries if isinstance(entry, Transaction)]
    assert (len(found), errors) == (2, [])
    assert found[0].meta["source"] == "us-chase-checking"


def test_a_users_script_takes_twins_apart_and_leaves_out_what_the_books_hold(folder: Folder, script: Path) -> None:
    folder.take("first.csv", "\n".join(STATEMENT.splitlines()[:2]) + "\n")
    path = folder.give("statement.csv", STATEMENT)
    entries, _, _ = parser.parse_string(run(script, "extract", "-e", folder.path / "main.beancount", path))
    assert [type(entry).__name__ for entry in entries] == ["Transaction", "Balance"]


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


KNOWN = ("Ottoline Quillfeather", "Zoë Bjørklund-Şahin", "Xiomara D'Amboise-Trelawney", "Łucja Wąchocka-Óbidos")
MEMOS = [
    *(name for name in NAMES if name not in ("Quillfeather", "07/19/1961")),  # a word, or a day: nobody's alone
    *(each for each in NUMBERS if "@" in each or "SSN" in each or each.startswith(("0", "219", "DOB", "born"))),
    *("W481122339", "1EG4-TE5-MK73", "1EG4TE5MK73"),
]


@pytest.fixture
def named(folder: Folder) -> Path:
    """A statement whose memos name patients, in books whose originals and inbox say who they are."""
    sale = "Main,2026-07-02,2026-07-02,{guid},{name},Session,A,,{n},T,,paid,175,175,175,0\n"
    guids = ("W481122339", "1EG4-TE5-MK73", "guid-3", "guid-4")
    sales = [sale.format(guid=guid, name=name, n=n) for n, (guid, name) in enumerate(zip(guids, KNOWN, strict=True))]
    folder.take("sales.csv", SALES + "".join(sales[:2]))
    (folder.path / "inbox" / "sales.csv").write_text(SALES + "".join(sales[2:]))
    lines = [f'CREDIT,03/18/2026,"REMOTE DEPOSIT {memo} 12",84.{n:02},ACH_CREDIT,,,\n' for n, memo in enumerate(MEMOS)]
    return folder.give("statement.csv", CHASE + "".join(lines))


def test_the_memos_name_patients_until_they_are_scrubbed() -> None:
    assert len(MEMOS) > 30
    assert [memo for memo in MEMOS if not marks_in(memo)] == []


def test_a_users_script_takes_patients_out_of_bank_texts(folder: Folder, script: Path, named: Path) -> None:
    text = run(script, "extract", named)
    assert text.count("…") >= len(MEMOS)
    assert marks_in(text) == []


def test_a_users_script_leaves_bank_texts_where_the_practice_says_so(folder: Folder, script: Path, named: Path) -> None:
    settings = folder.path / "daysheet.toml"
    settings.write_text(settings.read_text() + "\n[import]\nscrub = false\n")
    assert marks_in(run(script, "extract", named))


def test_favas_import_page_takes_patients_out_of_bank_texts(folder: Folder, named: Path) -> None:
    extracted = on_favas_import_page(folder, named.read_text())
    assert len(extracted) == len(MEMOS)
    assert marks_in("".join(map(str, extracted))) == []
    assert all("…" in f"{entry['payee']} {entry['narration']}" for entry in extracted)


def test_the_import_books_the_same_texts(folder: Folder, script: Path, named: Path) -> None:
    extracted, _, _ = parser.parse_string(run(script, "extract", named))
    folder.take_paths(named)
    booked, _, _ = parser.parse_file(str(folder.path / "2026" / "2026-03-chase-checking.beancount"))
    assert texts(booked) == texts(extracted)


def texts(entries: list[Directive]) -> list[str]:
    return sorted(f"{entry.payee} {entry.narration}" for entry in entries if isinstance(entry, Transaction))


def on_favas_import_page(folder: Folder, text: str) -> list[dict[str, Any]]:
    """What Fava offers to write of a statement in the inbox."""
    dropped = folder.path / "inbox" / "statement.csv"
    dropped.write_text(text)
    with create_app([str(folder.path / "main.beancount")], load=True).test_client() as client:
        listed = client.get("/test-practice/api/imports").get_json()["data"]
        (file,) = [each for each in listed if each["basename"] == "statement.csv"]
        (importer,) = file["importers"]
        assert importer["importer_name"] == "daysheet.us-chase-checking"
        assert importer["account"] == "Assets:Bank:Checking"
        query = {"filename": str(dropped), "importer": importer["importer_name"]}
        found: list[dict[str, Any]] = client.get("/test-practice/api/extract", query_string=query).get_json()["data"]
    return found


def test_favas_import_page_lists_and_extracts(folder: Folder) -> None:
    folder.take("i.csv", INVOICES + "INV-1,V1,2026-03-02,adams,P,,50.00,\n")
    extracted = on_favas_import_page(folder, STATEMENT)
    assert [entry["payee"] for entry in extracted] == ["COFFEE", "COFFEE"]
    assert not any(entry["meta"].get("__duplicate__") for entry in extracted)


INSURED = {
    "i.csv": INVOICES + "INV-1001,,2026-12-01,adams,P1,aetna,150.00,\n",
    "era.835": era_text(PAID),
    "b.csv": CHASE
    + "CREDIT,01/02/2027,ORIG CO NAME:AETNA HCCLAIMPMT TRN*1*71700666555*1935665544,80.00,ACH_CREDIT,,\n",
}
"""A bill, what the insurer says of it, and the money: what follows is posted once the last of them is there."""


@pytest.mark.parametrize("last", ["era.835", "b.csv"])
def test_what_a_script_extracts_is_what_an_import_adds(folder: Folder, script: Path, last: str) -> None:
    folder.write_by_hand('2026-01-01 custom "payer" "aetna" "Aetna"\n  receivable: Assets:Receivable:Insurance:Aetna\n')
    for name, text in INSURED.items():
        if name != last:
            folder.take(name, text)
    path = folder.give(last, INSURED[last])
    before = said(folder.books().entries)
    text = run(script, "extract", "-e", folder.path / "main.beancount", path)
    assert said(folder.books().entries) == before
    extracted, errors, _ = parser.parse_string(text)
    assert errors == []
    folder.take_paths(path)
    added = said(folder.books().entries) - before
    assert said(extracted) == Counter({words: n for words, n in added.items() if 'custom "imported"' not in words})


def said(entries: list[Directive]) -> Counter[str]:
    return Counter(printer.format_entry(entry) for entry in entries)


def test_the_secret_is_made_where_there_is_none(
    folder: Folder, script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DAYSHEET_SECRET")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    path = folder.give("visits.csv", VISITS + "V1,2026-03-02,adams,Maria,completed,,50.00\n")
    first, second = (run(script, "extract", path) for _ in range(2))
    assert "pt-" in first
    assert first == second
    assert len(list((tmp_path / "config" / "daysheet").iterdir())) == 1
