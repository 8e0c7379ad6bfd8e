"""No file brings a day, a memory or a time without bounds."""

from __future__ import annotations

import re
import resource
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from daysheet.errors import DaysheetError
from daysheet.importers.privacy import identifiers

from tests.attacks.measured import run
from tests.importers.banks.test_ofx import BANK as OFX
from tests.importers.banks.test_ofx import HEADER as OFX_HEAD
from tests.importers.books_folder import CHASE, INVOICES, PAYMENTS, Folder

ROW = "DEBIT,03/18/2026,LINEN,-84.20,ACH,,,\n"


def endless_workbook() -> bytes:
    """An old Excel file whose chain of directory sectors comes back to itself: a reader follows it for ever."""
    sectors = [0, *[0xFFFFFFFF] * 108]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<109I", *sectors)
    table = struct.pack("<128I", 0xFFFFFFFD, 1, *[0xFFFFFFFF] * 126)
    return header + table + bytes(512)


@pytest.fixture
def _little_memory() -> Iterator[None]:
    """What goes beyond three gigabytes ends here, and not with the machine."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (3 << 30, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.usefixtures("_little_memory")
def test_an_endless_workbook_is_refused_and_the_file_beside_it_imported(folder: Folder) -> None:
    bad = folder.give("bad.xls", endless_workbook())
    good = folder.give("good.csv", CHASE + ROW)
    refused, taken = sorted(folder.take_paths(bad, good), key=lambda each: each["rows"])
    assert "cannot be read in 768 MB" in refused["error"]
    assert taken["booked"] == 1


@pytest.mark.parametrize(
    "text",
    [
        ",".join(["a"] * 20_000) + "\n" + ",".join(["1"] * 20_000) + "\n",
        CHASE + ROW + "a," * 3_000_000 + "\n",
        PAYMENTS + "P1,2026-07-01,INV-1,,card,50.00,7" + ",x" * 2_001 + "\n",
    ],
    ids=["a head", "a row of millions", "a row"],
)
def test_a_table_wider_than_any_export_is_refused_in_time(folder: Folder, text: str) -> None:
    """To tell the parts of a hundred thousand columns takes hours, and a million cells a gigabyte."""
    before = folder.snapshot()
    path = folder.give("a.csv", text)
    folder.run("identify", path)
    (answer,) = folder.take_paths(path)
    assert "error" in answer
    assert folder.snapshot() == before


@pytest.mark.parametrize("head", [CHASE + "DEBIT,03/18/2026,", "ISA*00*", "OFXHEADER:100\n\n<OFX>", "x"])
def test_a_file_of_a_gigabyte_is_refused_unread(folder: Folder, head: str) -> None:
    path = folder.give("a.csv", head)
    with path.open("r+b") as file:
        file.truncate(1 << 30)
    done = run("--books", folder.path, "import", path)
    assert done.err.count("\n") == 1
    assert "a.csv: is larger than 64 MB" in done.err
    assert done.memory < 200 << 20


@pytest.mark.parametrize("day", ["12/31/9999", "01/01/0001", "03/18/2126"])
def test_a_row_of_a_day_out_of_bounds_has_its_file_refused(folder: Folder, day: str) -> None:
    before = folder.snapshot()
    (answer,) = folder.take("a.csv", CHASE + ROW + ROW.replace("03/18/2026", day))
    assert "a.csv:3: has a row of" in answer["error"]
    assert ("[import]" in answer["error"]) is (day == "03/18/2126")
    assert folder.snapshot() == before


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("payments.csv", PAYMENTS + "P1,2130-12-31,INV-1,,card,50.00,7\n"),
        ("invoices.csv", INVOICES + "I1,,2026-03-02,adams,p1,,50.00,2130-12-31\n"),
    ],
)
def test_a_practice_row_out_of_bounds_has_its_file_refused(folder: Folder, name: str, text: str) -> None:
    (answer,) = folder.take(name, text)
    assert f"{name}:2: has a row of 2130-12-31" in answer["error"]


def test_the_bounds_are_settable(folder: Folder) -> None:
    folder.write_by_hand('\n[import]\nlatest = "2130-01-01"\n', "daysheet.toml")
    (answer,) = folder.take("a.csv", CHASE + ROW.replace("2026", "2126"))
    assert answer["booked"] == 1
    folder.books()


def test_bounds_beyond_reckoning_are_refused(folder: Folder) -> None:
    folder.write_by_hand('\n[import]\nlatest = "9999-12-31"\n', "daysheet.toml")
    with pytest.raises(DaysheetError, match="must lie from"):
        folder.take("a.csv", CHASE + ROW)


def test_an_entry_of_the_year_9999_written_by_hand_is_an_error_at_its_line(folder: Folder) -> None:
    entry = '\n9999-12-31 * "Slip"\n  Assets:Bank:Checking  1.00 USD\n  Equity:Owner:Draws\n'
    folder.write_by_hand(entry)
    problem = folder.run("check").exception
    assert isinstance(problem, DaysheetError)
    assert str(problem.filename).endswith("practice.beancount")
    assert problem.line == folder.text("practice.beancount").splitlines().index('9999-12-31 * "Slip"') + 1
    assert "9999-12-31" in problem.message


@pytest.mark.parametrize("cell", ["9" * 60 + " A", "A" * 60 + "!", "A1-" * 400 + "-", "1/" * 300 + "/"])
def test_an_identifier_of_any_length_is_judged_at_once(cell: str) -> None:
    assert identifiers.own_identifier(cell, lambda text: f"pt-{len(text):012}").startswith("x-")


def test_the_practice_goes_on_with_its_own_identifiers() -> None:
    for cell in ("INV-1001", "2026/0012", "A.1:b#2", "PMT551"):
        assert identifiers.own_identifier(cell, lambda _: "pt-x") == cell


@pytest.mark.parametrize(
    ("cell", "are_visits"),
    [
        ("1001 1002 1003", True),
        ("260301 260302", True),
        ("V1001 V1002 V1003", True),
        ("1003 1002 1001", True),
        ("12 13 250", True),
        ("4485 1207 9931 0466", False),
        ("FR76 3000 6000 0112 3456", False),
        ("0049 30 9018 20", False),
    ],
)
def test_visits_in_one_cell_are_told_from_a_number_in_groups(cell: str, are_visits: bool) -> None:
    kept = identifiers.own_identifiers(cell.split(), lambda _: "pt-000000000000", by_spaces=True)
    assert kept == (tuple(cell.split()) if are_visits else ("x-000000000000",))


@pytest.mark.parametrize("name", ["a.csv", "a.ofx"])
def test_an_amount_of_more_digits_than_are_reckoned_with_is_named_by_its_line(folder: Folder, name: str) -> None:
    """Beancount would round what is longer than 28 digits, without a word."""
    number = "9" * 5000
    csv = CHASE + ROW + ROW.replace("84.20", number)
    folder.give(name, csv if name == "a.csv" else ofx_of(number))
    (answer,) = folder.take_paths(folder.given / name)
    assert re.match(rf".*{name}:[1-9]\d*: ", answer["error"])
    assert number[:30] not in answer["error"]


def ofx_of(amount: str) -> str:
    """A bank's statement with an entry of this amount."""
    return OFX_HEAD + OFX.replace("-84.20", amount)


def test_a_pattern_without_end_in_the_settings_is_named(folder: Folder) -> None:
    folder.write_by_hand('\n[[category]]\ntext = "^(a|aa)+$"\naccount = "Expenses:Supplies"\n', "daysheet.toml")
    path: Path = folder.give("a.csv", CHASE + ROW.replace("LINEN", "a" * 60 + "!"))
    (answer,) = folder.take_paths(path)
    assert '"^(a|aa)+$" takes too long' in answer["error"]
