"""Files that are damaged, disguised or meant to harm: a clear error or the right import, never half of one."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from daysheet.errors import DaysheetError
from daysheet.importers.banks import source as bank
from daysheet.importers.detection.detect import detect
from daysheet.importers.reading import Context, Reading
from daysheet.importers.rows.raw_file import RawFile
from daysheet.records import BankLine

HEAD = "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #\n"
ROWS = (
    'DEBIT,03/18/2026,"CAFÉ NOIR",-84.20,DEBIT_CARD,1915.80,,\n'
    'CREDIT,03/12/2026,"MERCHANT DEPOSIT",1250.00,ACH_CREDIT,2000.00,,\n'
)
GIGABYTE = 1 << 30


def chase() -> bank.BankSource:
    return next(source for source in bank.shipped() if source.name == "us-chase-checking")


def read(tmp_path: Path, data: bytes, name: str = "export.csv") -> Reading:
    path = tmp_path / name
    path.write_bytes(data)
    file = RawFile(path)
    assert chase().matches(file)
    return chase().read(file, Context(lambda _: ""))


def lines(reading: Reading) -> list[BankLine]:
    return [record for record in reading.records if isinstance(record, BankLine)]


def refused(tmp_path: Path, data: bytes, name: str = "export.csv") -> DaysheetError:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(DaysheetError) as caught:
        chase().read(RawFile(path), Context(lambda _: ""))
    assert "\n" not in str(caught.value)
    assert "CAFÉ" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_encoding_gives_the_same_entries(tmp_path: Path, encoding: str) -> None:
    found = [(str(e.amount), e.payee, e.meta["lineno"]) for e in lines(read(tmp_path, (HEAD + ROWS).encode(encoding)))]
    assert found == [("-84.20", "CAFÉ NOIR", 2), ("1250.00", "MERCHANT DEPOSIT", 3)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_gives_the_same_physical_lines(tmp_path: Path, end: str) -> None:
    reading = read(tmp_path, (HEAD + ROWS).replace("\n", end).encode())
    assert [e.meta["lineno"] for e in lines(reading)] == [2, 3]


def test_a_cell_of_several_lines_counts_as_such(tmp_path: Path) -> None:
    reading = read(tmp_path, (HEAD + ROWS.replace("CAFÉ NOIR", "CAFÉ\nNOIR")).encode())
    assert [(e.payee, e.meta["lineno"]) for e in lines(reading)] == [("CAFÉ NOIR", 2), ("MERCHANT DEPOSIT", 4)]


def test_nul_bytes_are_a_damaged_file_and_the_line_is_named(tmp_path: Path) -> None:
    problem = refused(tmp_path, (HEAD + ROWS).encode() + b"\x00" * 64)
    assert "NUL" in problem.message
    assert problem.line == 4


def test_a_cell_of_ten_megabytes_is_refused(tmp_path: Path) -> None:
    problem = refused(tmp_path, (HEAD + ROWS.replace("CAFÉ NOIR", "x" * 10_000_000)).encode())
    assert "64 kB" in problem.message
    assert problem.line == 2


def test_a_quote_inside_a_cell_is_itself(tmp_path: Path) -> None:
    reading = read(tmp_path, (HEAD + ROWS.replace('"CAFÉ NOIR"', 'CAFÉ "NOIR" 5" PIPE')).encode())
    assert lines(reading)[0].payee == 'CAFÉ "NOIR" 5" PIPE'
    assert len(reading.records) == 2


def test_a_quote_closed_too_early_loses_no_row(tmp_path: Path) -> None:
    reading = read(tmp_path, (HEAD + ROWS.replace('"CAFÉ NOIR"', '"CAFÉ" NOIR')).encode())
    assert [str(e.amount) for e in lines(reading)] == ["-84.20", "1250.00"]


def test_a_quote_that_never_closes_is_refused(tmp_path: Path) -> None:
    problem = refused(tmp_path, (HEAD + ROWS + ROWS.replace('NOIR"', "NOIR")).encode()[:-40])
    assert problem.line in (2, 4)


def test_a_stray_quote_that_swallows_rows_is_refused(tmp_path: Path) -> None:
    swallowing = ROWS.replace('"CAFÉ NOIR"', '"CAFÉ NOIR') + ROWS + ROWS.replace('"CAFÉ NOIR"', 'CAFÉ "NOIR')
    problem = refused(tmp_path, (HEAD + swallowing).encode())
    assert problem.line == 2


@pytest.mark.parametrize(
    ("text", "payee"),
    [
        ('=HYPERLINK(""http://example.org"")', '=HYPERLINK("http://example.org")'),
        ("2026-01-01 open Assets:Stolen", "2026-01-01 open Assets:Stolen"),
        ('\\"" * \\""', '\\" * \\"'),
        ("<script>alert(1)</script>", "‹script>alert(1)‹/script>"),
        ("; comment #tag ^link", "; comment #tag ^link"),
        ("{{ config }}", "{{ config }}"),
        ("../../etc/passwd", "../../etc/passwd"),
    ],
)
def test_text_that_would_be_code_elsewhere_is_only_text(tmp_path: Path, text: str, payee: str) -> None:
    (entry, _) = lines(read(tmp_path, (HEAD + ROWS.replace("CAFÉ NOIR", text)).encode()))
    assert entry.payee == payee


def test_terminal_escapes_and_direction_marks_never_come_through(tmp_path: Path) -> None:
    (entry, _) = lines(read(tmp_path, (HEAD + ROWS.replace("CAFÉ", "\x1b[31mCAFÉ\x1b[0m\u202e")).encode()))
    assert entry.payee.isprintable()


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("-84.20", "NaN", "Amount"),
        ("-84.20", "Infinity", "Amount"),
        ("-84.20", "1e5", "Amount"),
        ("-84.20", "1_000.00", "Amount"),
        ("-84.20", "--84.20", "Amount"),
        ("-84.20", '"84,20"', "Amount"),
        ("-84.20", '"1,23.00"', "Amount"),
        ("-84.20", "٨٤", "Amount"),
        ("-84.20", "", "Amount"),
        ("-84.20", "=1+1", "Amount"),
        ("03/18/2026", "18/03/2026", "Posting Date"),
        ("03/18/2026", "02/30/2026", "Posting Date"),
        ("03/18/2026", "", "Posting Date"),
    ],
)
def test_a_cell_that_is_no_date_or_amount_is_named_by_line_and_column(
    tmp_path: Path, old: str, new: str, column: str
) -> None:
    problem = refused(tmp_path, (HEAD + ROWS.replace(old, new) + ROWS + ROWS).encode())
    assert problem.line == 2
    assert column in problem.message


def test_a_comma_that_no_quote_guards_does_not_shift_the_amount(tmp_path: Path) -> None:
    """The bank's rows end in a blank cell too many, so that the shifted row would fit."""
    problem = refused(tmp_path, (HEAD + ROWS + ROWS.replace("-84.20", "-1,084.20")).encode())
    assert problem.line == 4


def test_a_row_that_is_cut_off_is_named(tmp_path: Path) -> None:
    problem = refused(tmp_path, (HEAD + ROWS + "DEBIT,03/01/2026").encode())
    assert problem.line == 4
    assert "cut off" in problem.message


def test_a_row_with_more_cells_than_the_header_is_named(tmp_path: Path) -> None:
    problem = refused(tmp_path, (HEAD + ROWS.replace("CAFÉ", "CAFÉ").replace('"CAFÉ NOIR"', "CAFÉ,NOIR")).encode())
    assert problem.line == 2


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "empty.csv"),
        (b"\xef\xbb\xbf\n\n", "blank.csv"),
        (b"%PDF-1.7\n" + bytes(range(256)), "statement.csv"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "picture.xlsx"),
        (bytes(range(1, 32)) * 100, "noise.csv"),
        (b"PK\x03\x04" + b"\x00" * 100, "broken.xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000, "broken.xls"),
        (HEAD.encode(), "only-a-header.csv"),
    ],
)
def test_what_is_no_export_is_refused(tmp_path: Path, data: bytes, name: str) -> None:
    refused(tmp_path, data, name)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DaysheetError, match="folder"):
        chase().matches(RawFile(tmp_path))


def workbook(tmp_path: Path, rows: Sequence[Sequence[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    path = tmp_path / "made.xlsx"
    book.save(path)
    return path.read_bytes()


def test_a_workbook_under_any_name_is_read(tmp_path: Path) -> None:
    header = HEAD.strip().split(",")
    rows: list[Sequence[object]] = [header, ["DEBIT", "03/18/2026", "CAFÉ", -84.2, "ACH", 1915.8, None]]
    (entry,) = lines(read(tmp_path, workbook(tmp_path, rows), "export.csv"))
    assert (entry.amount, entry.balance, entry.meta["lineno"]) == (Decimal("-84.2"), Decimal("1915.8"), 2)


def test_an_html_table_on_one_line_has_its_rows_counted(tmp_path: Path) -> None:
    def row(cells: str, tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells.split(",")) + "</tr>"

    page = "<html><table>" + row(HEAD.strip(), "th")
    page += row("DEBIT,03/19/2026,TEA < 5 <Co & SONS,-1.00,ACH,1.00,", "td")
    page += row("DEBIT,03/18/2026,CAFÉ,-84.20,ACH,2.00,", "td") + "</table></html>"
    found = lines(read(tmp_path, page.encode(), "export.xls"))
    assert [(str(entry.amount), entry.payee, entry.meta["lineno"]) for entry in found] == [
        ("-1.00", "TEA < 5 ‹Co & SONS", 2),  # what could begin markup never does
        ("-84.20", "CAFÉ", 3),
    ]


def test_a_formula_without_a_value_is_a_blank_cell_and_refused(tmp_path: Path) -> None:
    rows: list[Sequence[object]] = [HEAD.strip().split(","), ["DEBIT", "03/18/2026", "x", "=1+1", "ACH", 1, None]]
    assert "Amount" in refused(tmp_path, workbook(tmp_path, rows), "x.xlsx").message


def test_an_html_table_called_xls_is_read(tmp_path: Path) -> None:
    def row(cells: str, tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells.split(",")) + "</tr>\n"

    page = "<html><body><table>\n" + row(HEAD.strip(), "th")
    page += row("DEBIT,03/18/2026,CAFÉ &amp; CO,-84.20,ACH,1.00,", "td") + "</table></body></html>"
    (entry,) = lines(read(tmp_path, page.encode(), "export.xls"))
    assert (str(entry.amount), entry.payee, entry.meta["lineno"]) == ("-84.20", "CAFÉ & CO", 3)


def bomb(tmp_path: Path, content: bytes, *, lie: bool = False) -> Path:
    """A real workbook whose sheet is replaced; `lie`: the archive understates its size."""
    source = zipfile.ZipFile(io.BytesIO(workbook(tmp_path, [["a"]])))
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, content if name.startswith("xl/worksheets/") else source.read(name))
    if lie:
        data = path.read_bytes()
        path.write_bytes(data.replace(len(content).to_bytes(4, "little"), (1000).to_bytes(4, "little")))
    return path


SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


@pytest.mark.parametrize("lie", [False, True])
def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path, lie: bool) -> None:
    path = bomb(tmp_path, SHEET + b" " * (300 << 20), lie=lie)
    assert path.stat().st_size < 1 << 20
    peak, said = in_a_process(path)
    assert "unpacks to more" in said or "no workbook" in said
    assert peak < GIGABYTE


def test_a_sheet_with_one_cell_in_the_farthest_corner_is_refused(tmp_path: Path) -> None:
    corner = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    peak, said = in_a_process(bomb(tmp_path, SHEET + corner + b"</sheetData></worksheet>"))
    assert "cells" in said
    assert peak < GIGABYTE


PROGRAM = """
import resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
from daysheet.errors import DaysheetError
from daysheet.importers.banks import source as bank
from daysheet.importers.reading import Context
from daysheet.importers.rows.raw_file import RawFile
try:
    file = RawFile(Path(sys.argv[1]))
    source = next(source for source in bank.shipped() if source.name == "us-chase-checking")
    print(source.matches(file))
    reading = source.read(file, Context(lambda _: ""))
    print(len(reading.records), sum(line.amount for line in reading.records), reading.proof and reading.proof.checked)
except DaysheetError as problem:
    print(problem)
# the peak of this program alone: getrusage counts what the process was before it became this program
status = Path("/proc/self/status").read_text(encoding="ascii")
print(next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:")))
"""


def in_a_process(path: Path) -> tuple[int, str]:
    """Read a file in a process of its own; its peak memory in bytes, and what it said."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, path], capture_output=True, text=True, timeout=300, check=True
    )
    *said, peak = done.stdout.splitlines()
    return int(peak), "\n".join(said)


def write_rows(path: Path, count: int) -> Decimal:
    """A proved export of `count` rows, oldest first; the sum of its amounts."""
    balance = total = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD)
        for number in range(count):
            cents = (number * 7919) % 20011 - 10000
            balance += cents
            total += cents
            day = f"{1 + number * 12 // count:02}/{1 + number % 28:02}/2026"
            file.write(f"DEBIT,{day},SHOP {number},{cents / 100:.2f},ACH,{balance / 100:.2f},,\n")
    return Decimal(total) / 100


@pytest.mark.parametrize("count", [20_000, pytest.param(1_000_000, marks=pytest.mark.long)])
def test_many_rows_are_read_in_full_and_in_little_memory(tmp_path: Path, count: int) -> None:
    path = tmp_path / "many.csv"
    total = write_rows(path, count)
    peak, said = in_a_process(path)
    assert said.splitlines()[1].split()[:2] == [str(count), str(total)]
    assert peak < GIGABYTE


def test_the_detector_survives_anything(tmp_path: Path) -> None:
    for number, data in enumerate(
        [b"a", b"\n", b",,,\n,,,\n", b"1\n2\n3", b'"', b"\xff\xfe", "日期,金额\n".encode("gb18030")]
    ):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(data)
        with contextlib.suppress(DaysheetError):
            assert detect(RawFile(path)).as_json()["encoding"]
