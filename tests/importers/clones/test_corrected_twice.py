"""A clone that has only a bank's correction, merged with one that has only the entry that it corrects."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from daysheet.importers import importing

from tests.importers.booking.test_bank_identity import DELETED, MARCH, REPLACED, SETTINGS, Row, lines, ofx
from tests.importers.books_folder import Folder
from tests.importers.clones.test_merge import Clones

SAME_ID: Row = ("2026-03-10", "-33.40", "2", "SOAP AND CO|<CORRECTFITID>2<CORRECTACTION>REPLACE")
SAME_ALL: Row = ("2026-03-09", "-31.40", "2", "SOAP AND CO|<CORRECTFITID>2<CORRECTACTION>REPLACE")
RENT = ("2026-03-02", "-1200.00")
STATED = "<LEDGERBAL><BALAMT>500<DTASOF>20260315</LEDGERBAL>"


@pytest.fixture
def clones(tmp_path: Path) -> Clones:
    pair = Clones(tmp_path, [], hooked=True)
    pair.first.write_by_hand(SETTINGS, "daysheet.toml")
    pair.git(pair.first, "commit", "-qam", "settings")
    shutil.rmtree(pair.second.path)
    pair.clone()
    return pair


def take(clones: Clones, folder: Folder, *texts: str) -> None:
    for number, text in enumerate(texts):
        importing.import_files(folder.path, [folder.give(f"{number}.ofx", text)])
    clones.git(folder, "add", "-A")
    clones.git(folder, "commit", "-qm", "x")


def merged(clones: Clones) -> list[str]:
    """What is said when the clones, merged, import the next file."""
    assert clones.merge().returncode == 0
    said: list[str] = []
    importing.import_files(clones.first.path, [], warn=said.append)
    return said


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize(("row", "left"), [(REPLACED, [("2026-03-10", "-33.40")]), (DELETED, [])])
def test_the_correction_wins(clones: Clones, row: Row, left: list[tuple[str, str]], swapped: bool) -> None:
    statement = ofx("2026-03-01", "2026-03-31", MARCH, STATED)
    correction = ofx("2026-03-10", "2026-03-31", [row])
    mine, theirs = (statement, correction) if swapped else (correction, statement)
    take(clones, clones.first, mine)
    take(clones, clones.second, theirs)
    (said,) = merged(clones)
    assert "the entry of 2026-03-09 over -31.40" in said
    assert "is taken out" in said
    assert lines(clones.first) == sorted([RENT, *left])
    before = clones.first.snapshot()
    again: list[str] = []
    importing.import_files(clones.first.path, [], warn=again.append)
    assert (clones.first.snapshot(), again) == (before, [])


def test_of_two_entries_of_one_id_a_person_is_asked_which_is_the_old_one(clones: Clones) -> None:
    take(clones, clones.first, ofx("2026-03-10", "2026-03-31", [SAME_ID]))
    take(clones, clones.second, ofx("2026-03-01", "2026-03-31", MARCH))
    (said,) = merged(clones)
    assert "the bank has corrected one of 2026/2026-03-ofx.beancount:" in said
    assert len(lines(clones.first)) == 3


@pytest.mark.parametrize("row", [SAME_ID, SAME_ALL, REPLACED, DELETED])
def test_books_in_which_a_correction_was_carried_out_are_left_alone(clones: Clones, row: Row) -> None:
    for folder, texts in ((clones.first, (MARCH, [row])), (clones.second, ([row], MARCH))):
        take(clones, folder, *(ofx("2026-03-01", "2026-03-31", rows) for rows in texts))
        before = folder.snapshot()
        said: list[str] = []
        importing.import_files(folder.path, [], warn=said.append)
        assert (folder.snapshot(), said) == (before, [])


def test_what_was_made_of_the_old_entry_by_hand_is_left_and_named(clones: Clones) -> None:
    take(clones, clones.first, ofx("2026-03-10", "2026-03-31", [REPLACED]))
    take(clones, clones.second, ofx("2026-03-01", "2026-03-31", MARCH))
    path = clones.second.path / "2026" / "2026-03-ofx.beancount"
    path.write_text(path.read_text().replace('"SOAP" ""', '"SOAP" "" #audited'))
    clones.git(clones.second, "commit", "-qam", "x")
    (said,) = merged(clones)
    assert "was changed by hand" in said
    assert ("2026-03-09", "-31.40") in lines(clones.first)
