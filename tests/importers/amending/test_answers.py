"""The accountant's answers: a workbook that goes out with questions comes back as adjusting entries."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from beancount.core.data import Transaction
from click.testing import CliRunner
from daysheet.books import Books, loading
from daysheet.cli import cli
from daysheet.importers.importing import Outcome, import_files
from daysheet.reports import registry
from daysheet.reports.formats import workbook
from daysheet.reports.pack.contents import answer_sheet
from daysheet.reports.period import parse
from daysheet.settings import Settings

LEDGER = """\
option "title" "Oak"
include "imports.beancount"
option "operating_currency" "USD"
2025-01-01 open Assets:Bank:Checking
2025-01-01 open Equity:Opening-Balances
2025-01-01 open Expenses:Office
  tax-line: "office-expense"
2025-01-01 open Expenses:Uncategorized
2026-02-03 * "Elm Store" "card"
  Expenses:Uncategorized   40.00 USD
  Assets:Bank:Checking    -40.00 USD
"""
ANSWER = ("Expenses:Office", "Expenses:Uncategorized", 40, "a desk lamp")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "books"
    made.mkdir()
    (made / "main.beancount").write_text(LEDGER)
    (made / "imports.beancount").touch()
    (made / "daysheet.toml").write_text('[practice]\nid = "oak"\nname = "Oak"\n')
    return made


def answered(folder: Path, *rows: tuple[object, ...], name: str = "back.xlsx") -> Path:
    """The books' workbook with its first rows of answers filled in, as a spreadsheet saves it."""
    books, settings, period = loading.load(folder), Settings.of(folder), parse("2026")
    questions = registry.build("open-questions", books, settings, period)
    trial = registry.build("trial-balance", books, settings, period)
    sheet = answer_sheet(questions, settings.practice.id, period)
    path = folder.parent / name
    path.write_bytes(workbook.to_xlsx([questions, trial, sheet], "Oak"))
    book = openpyxl.load_workbook(path)
    for at, row in enumerate(rows, 6):
        for column, value in zip("DEFG", row, strict=True):
            book["Answers"][f"{column}{at}"] = value
    book.save(path)
    return path


def taken(folder: Path, path: Path) -> Outcome:
    return import_files(folder, [path])


def entries(folder: Path) -> list[Transaction]:
    books: Books = loading.load(folder)
    assert not books.errors
    return [entry for entry in books.entries if isinstance(entry, Transaction) and "adjusting" in entry.tags]


def test_each_answered_row_becomes_a_numbered_adjusting_entry_of_the_year(folder):
    outcome = taken(folder, answered(folder, ANSWER, ("Expenses:Office", "Assets:Bank:Checking", 1.5, None)))
    assert not outcome.refused
    first, second = entries(folder)
    assert [entry.meta["entry-number"] for entry in (first, second)] == ["AJE-1", "AJE-2"]
    assert (first.date, first.narration) == (datetime.date(2026, 12, 31), "a desk lamp")
    assert [(p.account, p.units and p.units.number) for p in first.postings] == [
        ("Expenses:Office", Decimal(40)), ("Expenses:Uncategorized", Decimal(-40)),
    ]  # fmt: skip
    table = registry.build("adjusting-entries", loading.load(folder), Settings.of(folder), parse("2026"))
    assert "AJE-1" in [row.cells[2] for row in table.rows]


def test_a_question_that_an_entry_answers_is_open_no_more(folder):
    def open_() -> list[object]:
        table = registry.build("open-questions", loading.load(folder), Settings.of(folder), parse("2026"))
        return [row.cells[1] for row in table.rows if row.cells[0] == "Uncategorized"]

    assert open_() == ["2026-02-03 Elm Store – card: what is it?"]
    taken(folder, answered(folder, ANSWER))
    assert open_() == []


def test_an_answer_that_comes_again_changes_nothing_and_a_later_one_goes_on_counting(folder):
    path = answered(folder, ANSWER)
    taken(folder, path)
    before = {file: file.read_bytes() for file in folder.rglob("*.beancount")}
    outcome = taken(folder, path)
    assert (outcome.taken[0].booked, outcome.taken[0].known, outcome.taken[0].changed) == (0, 1, [])
    assert {file: file.read_bytes() for file in folder.rglob("*.beancount")} == before
    taken(folder, answered(folder, ("Expenses:Office", "Assets:Bank:Checking", 2, "stamps"), name="more.xlsx"))
    assert [entry.meta["entry-number"] for entry in entries(folder)] == ["AJE-1", "AJE-2"]


def test_an_answer_that_is_another_now_is_told_and_the_books_stay(folder):
    taken(folder, answered(folder, ANSWER))
    other = openpyxl.load_workbook(folder.parent / "back.xlsx")
    other["Answers"]["F6"] = 39
    other.save(folder.parent / "back2.xlsx")
    (changed,) = taken(folder, folder.parent / "back2.xlsx").taken[0].changed
    assert (changed.row, "AJE-1" in changed.what) == (6, True)
    assert [str(entry.postings[0].units) for entry in entries(folder)] == ["40.00 USD"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("Expenses:Office", None, 40, None), 'has no "Credit account"'),
        (("Expenses:Office", "Expenses:Office", 40, None), "debits and credits one account"),
        (("Expenses:Office", "Assets:Bank:Checking", -40, None), 'needs an "Amount to book" above zero'),
        (("Expenses:Office", "Assets:Bank:Checking", "forty", None), "an amount that can be read"),
        (("Expenses:Offices", "Assets:Bank:Checking", 40, None), "Expenses:Offices is no account of these books"),
    ],
)
def test_what_is_no_whole_answer_is_refused_by_its_row_and_nothing_is_booked(folder, row, said):
    path = answered(folder, ANSWER, row)
    refused = taken(folder, path).refused[path]
    assert said in refused.message
    assert refused.line == 7
    assert entries(folder) == []


def test_answers_that_are_taken_back_leave_the_books_as_they_were(folder):
    before = {file: file.read_bytes() for file in folder.rglob("*.beancount")}
    taken(folder, answered(folder, ANSWER, ("Expenses:Office", "Assets:Bank:Checking", 1.5, None)))
    assert len(entries(folder)) == 2
    undone = CliRunner().invoke(cli, ["--books", str(folder), "undo", str(folder.parent / "back.xlsx")])
    assert undone.exit_code == 0, undone.output
    assert entries(folder) == []
    assert {file: file.read_bytes() for file in folder.rglob("*.beancount")} == before
    (returned,) = (folder / "inbox").iterdir()
    assert returned.read_bytes() == (folder.parent / "back.xlsx").read_bytes()


def test_of_two_workbooks_of_answers_one_is_taken_back_and_the_other_stays(folder):
    taken(folder, answered(folder, ANSWER))
    more = answered(folder, ("Expenses:Office", "Assets:Bank:Checking", 2, "stamps"), name="more.xlsx")
    taken(folder, more)
    undone = CliRunner().invoke(cli, ["--books", str(folder), "undo", str(folder.parent / "back.xlsx")])
    assert undone.exit_code == 0, undone.output
    assert [(e.meta["entry-number"], e.narration) for e in entries(folder)] == [("AJE-2", "stamps")]
    taken(folder, folder.parent / "back.xlsx")
    assert {e.meta["entry-number"]: e.narration for e in entries(folder)} == {"AJE-2": "stamps", "AJE-3": "a desk lamp"}


def test_the_answers_to_other_books_are_refused(folder):
    path = answered(folder, ANSWER)
    (folder / "daysheet.toml").write_text('[practice]\nid = "elm"\nname = "Elm"\n')
    assert "is of other books than those of elm" in taken(folder, path).refused[path].message


def test_a_workbook_without_an_answer_is_refused(folder):
    path = answered(folder)
    assert "no row of it is answered" in taken(folder, path).refused[path].message
