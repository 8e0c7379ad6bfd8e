"""Excel workbooks and HTML tables as rows of text, with limits that hold before anything is unpacked."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import IO, Any, Final

import python_calamine
from daysheet.errors import DaysheetError
from daysheet.importers.rows.raw_file import (
    RawFile,
)
from daysheet.importers.rows.text import Exact, Row

UNPACKED_LIMIT: Final = 128 * 1024 * 1024
CELLS_LIMIT: Final = 8_000_000
MEMBERS_LIMIT: Final = 2_000
_CHUNK: Final = 1024 * 1024
_REFERENCE: Final = re.compile(rb'r="([A-Z]{1,3})([0-9]{1,7})"')
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml\Z")

Sheets = tuple[tuple[str, list[Row]], ...]


def sheets_of(file: RawFile) -> Sheets:
    """Every sheet of an `.xlsx`, `.xls` or `.ods` workbook, by name, its rows counted from 1 as the sheet counts them.

    Raises:
        DaysheetError: the workbook is damaged, locked by a password, or unpacks to more than the limits.
    """
    if file.data.startswith(b"PK"):
        _check_zip(file)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.data))
        return tuple((name, _rows(book.get_sheet_by_name(name), file)) for name in book.sheet_names)
    except python_calamine.PasswordError:
        raise DaysheetError(
            "is locked with a password", filename=file.path, remedy="save it without one, or export CSV"
        ) from None
    except (python_calamine.CalamineError, python_calamine.ZipError, python_calamine.XmlError, OSError, ValueError):
        raise DaysheetError(
            "is no workbook that can be read", filename=file.path, remedy="export it again, best as CSV"
        ) from None


def _rows(sheet: python_calamine.CalamineSheet, file: RawFile) -> list[Row]:
    if sheet.total_height * sheet.total_width > CELLS_LIMIT:
        raise _too_large(file)
    cells = sheet.to_python(skip_empty_area=False)
    return [Row(number, [_text(value) for value in row]) for number, row in enumerate(cells, 1)]


def _text(value: Any) -> str:  # noqa: ANN401 - a workbook's cell is of any type
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        # a workbook shows 15 digits: what a formula left behind them is noise
        return Exact(format(float(f"{value:.15g}"), "f").rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}")
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return Exact(value.date().isoformat() if midnight else value.strftime("%Y-%m-%d %H:%M:%S"))
    return Exact(str(value))


def _check_zip(file: RawFile) -> None:
    """Refuse a zip bomb: what the members really unpack to counts, not what the archive says of itself."""
    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            members = archive.infolist()
            if len(members) > MEMBERS_LIMIT or sum(member.file_size for member in members) > UNPACKED_LIMIT:
                raise _too_large(file)
            budget = UNPACKED_LIMIT
            for member in members:
                member.file_size = UNPACKED_LIMIT  # read on beyond the size that the archive claims
                with archive.open(member) as stream:
                    budget -= _size(stream, file, is_sheet=bool(_SHEET.match(member.filename)), budget=budget)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise DaysheetError(
            "is no workbook that can be read", filename=file.path, remedy="export it again, best as CSV"
        ) from None


def _size(stream: IO[bytes], file: RawFile, *, is_sheet: bool, budget: int) -> int:
    """Unpacked bytes of one member; a sheet's farthest cell is checked on the way."""
    size, last_row, last_column, tail = 0, 0, 0, b""
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > budget:
            raise _too_large(file)
        if is_sheet:
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
        f"unpacks to more than {UNPACKED_LIMIT >> 20} MB or {CELLS_LIMIT:,} cells",
        filename=file.path,
        remedy="export it again as CSV, or in smaller pieces",
    )


class _Tables(HTMLParser):
    """The rows of all tables of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[Row] = []
        self._cell: list[str] | None = None

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
    """The table rows of an HTML page (what some banks call `.xls`), with the lines on which they start."""
    parser = _Tables()
    for line in lines:
        parser.feed(line)
    parser.close()
    return parser.rows
