"""At the edges of an import: a file that is still being written, a year that is locked, a dry run's sum."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.importers.books_folder import CHASE, Folder

ROWS = "".join(f"DEBIT,03/{day:02}/2026,LINEN {day},-{day}.20,ACH,,\n" for day in range(1, 29))
WRITER = """
import sys, time
path, rows = sys.argv[1], 0
while rows < 4000:
    with open(path, "a") as file:
        file.write("DEBIT,03/30/2026,SHOP,-1.00,ACH,,\\n")
    if not rows:
        print("begun", flush=True)
    rows += 1
    time.sleep(0.005)
"""


def inbox(folder: Folder, name: str) -> Path:
    path = folder.path / "inbox" / name
    path.write_text(CHASE + ROWS)
    return path


def error(folder: Folder) -> str:
    (answer,) = folder.take_paths()
    assert answer["booked"] == 0
    return str(answer["error"])


def test_a_file_that_grows_while_it_is_read_stays_and_nothing_is_booked(folder: Folder) -> None:
    path = inbox(folder, "a.csv")
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        said = error(folder)
        writer.kill()
    assert "is being written, or has changed while it was read" in said
    assert path.exists()
    assert not list(folder.path.glob("2026/*.beancount"))
    assert not (folder.path / "imports.beancount").exists() or "chase" not in folder.text("imports.beancount")
    rows = len(path.read_text().splitlines()) - 1
    (answer,) = folder.take_paths()
    assert answer["booked"] == rows > 28


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says who has a file open")
def test_a_file_that_another_program_has_open_to_write_is_not_taken(folder: Folder) -> None:
    path = inbox(folder, "a.csv")
    with path.open("a"):
        assert "is being written" in error(folder)
    (answer,) = folder.take_paths()
    assert answer["booked"] == 28
    assert not path.exists()


@pytest.mark.parametrize("name", ["bank.csv.crdownload", "bank.part", "~$bank.xlsx"])
def test_a_download_that_is_not_complete_stays(folder: Folder, name: str) -> None:
    path = inbox(folder, name)
    assert "not complete" in error(folder)
    assert path.exists()


def test_an_import_into_a_locked_year_is_warned_of_before_it_writes(folder: Folder) -> None:
    folder.take("a.csv", CHASE + ROWS)
    assert folder.run("lock", "2026").exit_code == 0
    late = folder.give("b.csv", CHASE + "DEBIT,03/29/2026,LATE,-5.00,ACH,,\nDEBIT,01/02/2027,NEW,-6.00,ACH,,\n")
    before = folder.snapshot()
    tried = folder.run("import", "--dry-run", late)
    assert "b.csv brings 1 entry of 2026, and 2026 is locked" in tried.stderr
    assert folder.snapshot() == before
    done = folder.run("import", late)
    assert "b.csv brings 1 entry of 2026, and 2026 is locked" in done.stderr
    assert "note: 1 entry of 2026, which is locked" in done.stdout
    assert "locked-year" in folder.run("check", "--kind", "locked-year").stdout
    assert "locked" not in folder.run("import", late).stderr


def test_a_dry_run_begins_with_its_sum_and_shows_every_line_only_when_asked(folder: Folder) -> None:
    path, bad = folder.give("a.csv", CHASE + ROWS), folder.give("b.csv", "nothing,of,it\n")
    shown = folder.run("import", "--dry-run", path, bad).stdout.splitlines()
    assert shown[0] == "Dry run: 1 file to take, 1 file refused; 28 rows to book, 0 already there, 0 skipped."
    assert shown[1].endswith("lines more, 0 less.")
    assert not [line for line in shown if line.startswith("+")]
    whole = folder.run("import", "--dry-run", "--diff", path).stdout
    target = folder.given / "diff.txt"
    folder.run("import", "--dry-run", "--diff-to", target, path)
    added = sum(line.startswith("+") and not line.startswith("+++ ") for line in target.read_text().splitlines())
    assert f" would change: {added} lines more, 0 less." in shown[1]
    assert target.read_text() == whole[whole.index("--- ") :]
    assert "--diff" in str(folder.run("import", "--diff", path).exception)
