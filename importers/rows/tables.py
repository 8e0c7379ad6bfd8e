"""A dropped file as rows, whatever it is: delimited text, a workbook, an HTML table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final
from weakref import WeakKeyDictionary

from daysheet.errors import DaysheetError
from daysheet.importers.rows.cells import trimmed
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.rows.text import (
    RaggedQuotesError,
    Row,
    check_encoding,
    check_text,
    container,
    encoding_of,
    lines_of,
    rows_of,
)
from daysheet.importers.rows.workbook import Sheets, html_rows, sheets_of

HEAD_ROWS: Final = 120


class Tables:
    """What can be known of a file before a profile is chosen; each part is found out once.

    Attributes:
        kind: `text`, `xlsx`, `xls`, `html`, `ofx` or `binary`.
        encoding: of text; for a workbook its kind.
    """

    def __init__(self, file: RawFile) -> None:
        """Look at the first bytes.

        Raises:
            DaysheetError: the file is damaged, or no text and no workbook.
        """
        found = container(file.data)
        self.kind = {"zip": "xlsx", "ole": "xls"}.get(found, found)
        self.encoding = encoding_of(file.data) if self.kind in ("text", "html", "ofx") else self.kind
        self.sheets: Sheets = ()
        self._heads: dict[tuple[str, str, str], list[Row]] = {}
        if self.kind == "text":
            check_text(file, self.encoding)
        elif self.kind in ("xlsx", "xls"):
            self.sheets = sheets_of(file)
        elif self.kind == "html":
            check_encoding(file, self.encoding)
            self.sheets = (("", html_rows(lines_of(file, self.encoding))),)
        elif self.kind == "binary":
            raise DaysheetError("is neither text nor a workbook", filename=file.path, remedy="export it as CSV")

    def head(self, file: RawFile, delimiter: str, quote: str = '"', encoding: str = "") -> list[Row]:
        """The first rows of delimited text under this delimiter."""
        key = (delimiter, quote, encoding)
        if key not in self._heads:
            self._heads[key] = list(islice(lenient_rows(file, encoding or self.encoding, delimiter, quote), HEAD_ROWS))
        return self._heads[key]

    def lines(self, file: RawFile, count: int = 60) -> list[str]:
        """The first lines as text; of a workbook, its first rows with commas between."""
        if self.sheets:
            return [",".join(row.cells) for _, rows in self.sheets for row in rows[:count]]
        if ("", "", "") not in self._heads:
            with lines_of(file, self.encoding) as stream:
                rows = [Row(number, [line.rstrip("\n")]) for number, line in enumerate(islice(stream, HEAD_ROWS), 1)]
            self._heads["", "", ""] = rows
        return [row.cells[0] for row in self._heads["", "", ""][:count]]


def lenient_rows(file: RawFile, encoding: str, delimiter: str, quote: str = '"') -> Iterator[Row]:
    """The rows, strays among the quotes taken as themselves; a quote that never closes ends them."""
    try:
        yield from rows_of(file, encoding, delimiter, quote, lenient=True)
    except (DaysheetError, RaggedQuotesError, UnicodeDecodeError):
        return


_known: WeakKeyDictionary[RawFile, Tables] = WeakKeyDictionary()


def tables(file: RawFile) -> Tables:
    """The file's `Tables`, made once for all profiles that look at it.

    Raises:
        DaysheetError: as `Tables`.
    """
    found = _known.get(file)
    if found is None:
        found = _known[file] = Tables(file)
    return found


def trimmed_rows(file: RawFile, sheet: Iterable[Row] | None, delimiter: str, encoding: str) -> Iterator[Row]:
    """The rows of a file with trimmed cells; blank ones are none.

    Args:
        file: the file.
        sheet: the rows of its sheet or sheets, where it has any.
        delimiter: between the cells of text.
        encoding: of text, where a profile says so; else it is detected.

    Raises:
        DaysheetError: it cannot be read in full, or quotes stand where CSV allows none.
    """
    if sheet is None:
        encoding = encoding or tables(file).encoding
        check_text(file, encoding)
        sheet = rows_of(file, encoding, delimiter)
    try:
        for row in sheet:
            cells = [trimmed(cell) for cell in row.cells]
            if any(cells):
                yield Row(row.line, cells)
    except RaggedQuotesError:
        raise DaysheetError(
            "quotes stand where CSV allows none", filename=file.path, remedy="export it again"
        ) from None
