"""Excel workbooks and HTML tables as rows of text, with limits that hold before anything is unpacked."""

from __future__ import annotations

import io
import json
import re
import struct
import subprocess
import sys
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import IO, Final

from daysheet.errors import DaysheetError
from daysheet.importers.rows import workbook_reader
from daysheet.importers.rows.raw_file import (
    RawFile,
)
from daysheet.importers.rows.text import Exact, Row

UNPACKED_LIMIT: Final = 128 * 1024 * 1024
CELLS_LIMIT: Final = 4_000_000
ROWS_LIMIT: Final = 500_000
"""Of all sheets together: many times what an export holds, and read in less than 20 seconds."""
MEMBERS_LIMIT: Final = 2_000
MEMORY_LIMIT: Final = 768 * 1024 * 1024
"""What the process that reads a workbook may take; ours, which keeps its rows, is the rest of a gigabyte."""
SECONDS_LIMIT: Final = 60
_READER: Final = Path(workbook_reader.__file__)
_CHUNK: Final = 1024 * 1024
_REFERENCE: Final = re.compile(rb'r="([A-Z]{1,3})([0-9]{1,7})"')
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml\Z")
_DAMAGED: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError,
    OverflowError,
)  # fmt: skip
"""What the standard library raises for archives that are cut off, damaged, encrypted or that say what cannot be."""
_STRAY: Final = re.compile(
    r"(?i)<(?!/?(?:table|thead|tbody|tfoot|tr|td|th|col|colgroup|caption|html|head|body|meta|title|style|script|link|br|"
    r"hr|div|span|font|center|strong|em|small|sub|sup|img|ul|ol|li|pre|form|input|label|nobr|h[1-6]|[a-z]+:[a-z]+)(?![a-z])"
    r"|/?[abipsuq](?:\s*/?>|\s+[a-z:-]+\s*=|\s*$)|!|\?)"
)
"""A `<` that begins no tag of a page with tables: it is text that the bank has forgotten to escape."""

Sheets = tuple[tuple[str, list[Row]], ...]


def sheets_of(file: RawFile) -> Sheets:
    """Every sheet of an `.xlsx`, `.xls` or `.ods` workbook, by name, its rows counted from 1 as the sheet counts them.

    It is read by a process of its own (`workbook_reader`), which may end without ours.

    Raises:
        DaysheetError: the workbook is damaged, locked by a password, or more than the limits to unpack or to read.
    """
    if file.data.startswith(b"PK"):
        _check_zip(file)
    # a file, not a pipe: a reader that ends early leaves nobody waiting to be read
    with tempfile.TemporaryFile() as given:
        given.write(file.data)
        given.seek(0)
        bounds = (MEMORY_LIMIT, SECONDS_LIMIT, CELLS_LIMIT, ROWS_LIMIT)
        with subprocess.Popen(  # noqa: S603 - our own program, on bytes
            [sys.executable, "-I", str(_READER), *map(str, bounds)],
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as reader:
            timer = threading.Timer(2 * SECONDS_LIMIT, reader.kill)
            timer.start()
            try:
                sheets = _sheets(reader.stdout) if reader.stdout is not None else None
                code = reader.wait()
            finally:
                timer.cancel()
                reader.kill()
    if code == 0 and sheets is not None:
        return sheets
    raise _refused(file, code)


def _sheets(lines: Iterable[bytes]) -> Sheets | None:
    """What the reader wrote, None if it did not write all of it; equal cells are one text."""
    sheets: list[tuple[str, list[Row]]] = []
    seen: dict[str, str] = {}
    exact: dict[str, Exact] = {}
    for line in lines:
        try:
            said = json.loads(line)
        except ValueError:
            return None
        if isinstance(said, dict):
            sheets.append((said["name"], []))
        elif isinstance(said, list):
            cells: list[str] = []
            for cell in said:
                if isinstance(cell, str):
                    cells.append(seen.setdefault(cell, cell))
                else:
                    cells.append(exact.get(cell[0]) or exact.setdefault(cell[0], Exact(cell[0])))
            sheets[-1][1].append(Row(len(sheets[-1][1]) + 1, cells))
        else:
            return tuple(sheets)
    return None


def _refused(file: RawFile, code: int) -> DaysheetError:
    if code == workbook_reader.PASSWORD:
        return DaysheetError(
            "is locked with a password", filename=file.path, remedy="save it without one, or export CSV"
        )
    if code == workbook_reader.LARGE:
        return _too_large(file)
    if code == workbook_reader.BROKEN:
        return _broken(file)
    return DaysheetError(
        f"cannot be read in {MEMORY_LIMIT >> 20} MB and {SECONDS_LIMIT} seconds: it is damaged, or far too large",
        filename=file.path,
        remedy="open it in a spreadsheet and save it again, best as CSV",
    )


def _broken(file: RawFile) -> DaysheetError:
    return DaysheetError("is no workbook that can be read", filename=file.path, remedy="export it again, best as CSV")


def _check_zip(file: RawFile) -> None:
    """Refuse a zip bomb: what the members really unpack to counts, not what the archive says of itself."""
    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            members = archive.infolist()
            if len(members) > MEMBERS_LIMIT or sum(member.file_size for member in members) > UNPACKED_LIMIT:
                raise _too_large(file)
            budget = UNPACKED_LIMIT
            for member in members:
                if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise _broken(file)  # no spreadsheet packs in another way
                member.file_size = UNPACKED_LIMIT  # read on beyond the size that the archive claims
                with archive.open(member) as stream:
                    budget -= _size(stream, file, is_sheet=bool(_SHEET.match(member.filename)), budget=budget)
    except _DAMAGED:
        raise _broken(file) from None


def _size(stream: IO[bytes], file: RawFile, *, is_sheet: bool, budget: int) -> int:
    """Unpacked bytes of one member; a sheet's farthest cell is checked on the way."""
    size, rows, last_row, last_column, tail = 0, 0, 0, 0, b""
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > budget:
            raise _too_large(file)
        if is_sheet:
            rows += chunk.count(b"<row")
            if rows > ROWS_LIMIT:
                raise _too_large(file)
            for letters, row in _REFERENCE.findall(tail + chunk):
                last_row, last_column = max(last_row, int(row)), max(last_column, _column(letters))
            tail = chunk[-16:]
    if last_row * last_column > CELLS_LIMIT:
        raise _too_large(file)
    return size


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _too_large(file: RawFile) -> DaysheetError:
    return DaysheetError(
        f"unpacks to more than {UNPACKED_LIMIT >> 20} MB, {ROWS_LIMIT:,} rows or {CELLS_LIMIT:,} cells",
        filename=file.path,
        remedy="export it again as CSV, or in smaller pieces",
    )


class _Tables(HTMLParser):
    """The rows of all tables of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[Row] = []
        self._cell: list[str] | None = None

    def parse_html_declaration(self, i: int) -> int:
        """What begins with `<![` is a comment to a browser; the library stops at words in it that it does not know."""
        return self.parse_bogus_comment(i) if self.rawdata.startswith("<![", i) else super().parse_html_declaration(i)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._close()
            self.rows.append(Row(self.getpos()[0], []))
        elif tag in ("td", "th") and self.rows:
            self._close()
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._close()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _close(self) -> None:
        if self._cell is not None:
            self.rows[-1].cells.append(" ".join("".join(self._cell).split()))
            self._cell = None


def html_rows(lines: Iterator[str]) -> list[Row]:
    """The table rows of an HTML page (what some banks call `.xls`), with the lines on which they start.

    Where several rows begin on one line, all are counted as a sheet counts its rows: from 1, in the page's order.
    """
    parser = _Tables()
    for line in lines:
        parser.feed(_STRAY.sub("&lt;", line))
    parser.close()
    rows = parser.rows
    if len({row.line for row in rows}) < len(rows):
        return [Row(number, row.cells) for number, row in enumerate(rows, 1)]
    return rows
