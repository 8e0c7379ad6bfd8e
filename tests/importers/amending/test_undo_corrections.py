"""A bank's correction taken back: what it had taken out of the books stands in them again."""

from __future__ import annotations

from pathlib import Path

import pytest
from beancount.core.data import Transaction
from daysheet.errors import DaysheetError

from tests.importers.amending.test_undo import ledger, names_of, undo
from tests.importers.booking.test_bank_identity import SETTINGS, Row, lines, ofx
from tests.importers.books_folder import Folder

MAY: list[Row] = [("2026-05-04", "-910.00", "A1", "LEASE"), ("2026-05-11", "-27.15", "A2", "GLOVES DIRECT")]
MARK = "|<CORRECTFITID>A2<CORRECTACTION>"
REPLACED: Row = ("2026-05-12", "-28.15", "B7", f"GLOVES DIRECT{MARK}REPLACE")
DELETED: Row = ("2026-05-11", "-27.15", "B7", f"GLOVES DIRECT{MARK}DELETE")
BALANCE = "<LEDGERBAL><BALAMT>{}<DTASOF>{}</LEDGERBAL>"


@pytest.fixture
def bank(folder: Folder) -> Folder:
    folder.write_by_hand(SETTINGS, "daysheet.toml")
    return folder


def correct(folder: Folder, row: Row, balance: str = "") -> str:
    """Import a correction; its filed name."""
    folder.take("fix.ofx", ofx("2026-05-12", "2026-05-31", [row], balance))
    return names_of(folder)[-1]


@pytest.mark.parametrize("row", [REPLACED, DELETED])
@pytest.mark.parametrize("balance", ["", BALANCE])
def test_what_a_correction_took_out_comes_back(bank: Folder, row: Row, balance: str) -> None:
    bank.take("may.ofx", ofx("2026-05-01", "2026-05-31", MAY, balance.format("5062.85", "20260531")))
    before = ledger(bank)
    name = correct(bank, row, balance.format("5061.85" if row is REPLACED else "5090.00", "20260531"))
    assert len(lines(bank)) == (2 if row is REPLACED else 1)
    undo(bank, name)
    assert ledger(bank) == before


def test_it_comes_back_as_what_a_person_had_made_of_it(bank: Folder) -> None:
    bank.take("may.ofx", ofx("2026-05-01", "2026-05-31", MAY))
    path = bank.path / "2026" / "2026-05-ofx.beancount"
    first, second = path.read_text().split("2026-05-11")
    path.write_text(
        first + "2026-05-11" + second.replace(" ! ", " * ").replace("Expenses:Uncategorized", "Expenses:Supplies")
    )
    undo(bank, correct(bank, REPLACED))
    entry = [each for each in bank.books().entries if isinstance(each, Transaction)][-1]
    assert (entry.flag, entry.postings[1].account) == ("*", "Expenses:Supplies")


def test_two_files_that_hold_it_bring_it_back_once(bank: Folder) -> None:
    bank.take("may.ofx", ofx("2026-05-01", "2026-05-20", MAY))
    bank.take("later.ofx", ofx("2026-05-10", "2026-05-31", [MAY[1], ("2026-05-29", "-4.00", "A3", "TEA")]))
    before = lines(bank)
    undo(bank, correct(bank, DELETED))
    assert lines(bank) == before


def test_what_another_correction_still_takes_out_stays_out(bank: Folder) -> None:
    bank.take("may.ofx", ofx("2026-05-01", "2026-05-31", MAY))
    correct(bank, DELETED)
    bank.take("again.ofx", ofx("2026-05-11", "2026-06-30", [DELETED, ("2026-06-03", "-910.00", "A4", "LEASE")]))
    before = lines(bank)
    undo(bank, *[name for name in names_of(bank) if "2026-05-31" in name and name != names_of(bank)[0]])
    assert lines(bank) == before


def test_a_correction_that_was_corrected_is_taken_back_with_the_later_one_only(bank: Folder) -> None:
    bank.take("may.ofx", ofx("2026-05-01", "2026-05-31", MAY))
    before = lines(bank)
    name = correct(bank, REPLACED)
    after = lines(bank)
    third: Row = ("2026-05-13", "-29.15", "C1", "GLOVES DIRECT|<CORRECTFITID>B7<CORRECTACTION>REPLACE")
    bank.take("third.ofx", ofx("2026-05-13", "2026-06-15", [third]))
    last = names_of(bank)[-1]
    with pytest.raises(DaysheetError, match="stands on it") as problem:
        undo(bank, name)
    assert Path(last).name in str(problem.value.remedy)
    undo(bank, last)
    assert lines(bank) == after
    undo(bank, name)
    assert lines(bank) == before
