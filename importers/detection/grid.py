"""A file's table found without a profile: the delimiter, the header, the rows and what each column holds.

The rule: classify each cell alone; a row with a date and a number is a data row; the delimiter is the one under which
most rows are data rows of one width; the header is the nearest row of texts alone above the first of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from daysheet.importers.detection import vocabulary as words
from daysheet.importers.rows.cell_kinds import Kind, common_formats, is_data, kind_of
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.rows.tables import Tables
from daysheet.importers.rows.text import Row

DELIMITERS: Final = (",", ";", "\t", "|", "^", "~", ":")
SAMPLE_ROWS: Final = 2000
_HEADER_ABOVE: Final = 40
_NARROW: Final = 3


@dataclass(frozen=True)
class Column:
    """One column of the data rows: its place from 0, its header (or nothing) and its cells, blank ones included."""

    place: int
    header: str
    cells: tuple[str, ...]

    @cached_property
    def filled(self) -> tuple[str, ...]:
        """The cells that are not blank."""
        return tuple(cell for cell in self.cells if kind_of(cell) != "blank")

    @cached_property
    def kind(self) -> Kind:
        """What at least nine tenths of the filled cells are; a column of both is text."""
        counts = Counter(kind_of(cell) for cell in self.filled)
        if not counts:
            return "blank"
        kind, count = counts.most_common(1)[0]
        return kind if count >= 0.9 * len(self.filled) else "text"

    @cached_property
    def formats(self) -> tuple[str, ...]:
        """The notations in which the filled cells are dates."""
        return tuple(common_formats(list(self.filled))) if self.kind == "date" else ()


@dataclass(frozen=True)
class Grid:
    """A table found in a file.

    Attributes:
        delimiter: of text; for a workbook its kind.
        sheet: the sheet's place in a workbook.
        header: the header row, if there is one.
        rows: the data rows looked at, all as wide as the header or the widest.
        above: the rows above the header (or above the first data row).
        columns: of the data rows.
    """

    delimiter: str
    sheet: int
    header: Row | None
    rows: tuple[Row, ...]
    above: tuple[Row, ...]
    columns: tuple[Column, ...]


def find_grid(file: RawFile, found: Tables) -> Grid | None:
    """The table in a file, None if no row has a date and a number."""
    if found.sheets:
        candidates = [(found.kind, number, rows[:SAMPLE_ROWS]) for number, (_, rows) in enumerate(found.sheets)]
    elif found.kind == "text":
        candidates = [(delimiter, 0, found.head(file, delimiter)) for delimiter in DELIMITERS]
    else:
        return None
    scored = [(_score(rows), -number, delimiter, rows) for delimiter, number, rows in candidates]
    best = max(scored, key=lambda item: (item[0], item[1]), default=None)
    if best is None or best[0] == (0, 0):
        return None
    return _grid(best[2], -best[1], best[3])


def _width(rows: Sequence[Row]) -> tuple[int, int]:
    """The commonest width of the data rows, and how many have it."""
    widths = Counter(len(row.cells) for row in rows if is_data(row.cells))
    return max(((width, count) for width, count in widths.items()), key=lambda item: (item[1], item[0]), default=(0, 0))


def _score(rows: Sequence[Row]) -> tuple[int, int]:
    """How well a delimiter explains the rows: data rows of one width, then that width."""
    width, count = _width(rows)
    return (count, width)


def _grid(delimiter: str, sheet: int, rows: Sequence[Row]) -> Grid:
    usual = _width(rows)[0]
    dated = _date_place(rows, usual)
    data = [
        row for row in rows if is_data(row.cells) and dated < len(row.cells) and kind_of(row.cells[dated]) == "date"
    ]
    first, place = _start(rows, data, usual)
    header = rows[place] if place is not None else None
    above = tuple(rows[: first if place is None else place])
    below = [row for row in data if row.line >= rows[first].line]
    regular = [row for row in below if len(row.cells) == usual]
    below = regular if 2 * len(regular) > len(below) else below
    width = max(usual, len(header.cells) if header else 0)
    padded = [[*row.cells[:width], *[""] * (width - len(row.cells))] for row in below]
    names = [*(header.cells if header else ()), *[""] * width][:width]
    columns = [
        Column(number, " ".join(names[number].split()), tuple(cells[number] for cells in padded))
        for number in range(width)
    ]
    return Grid(delimiter, sheet, header, tuple(below), above, tuple(_with_shared_names(columns)))


def _start(rows: Sequence[Row], data: Sequence[Row], usual: int) -> tuple[int, int | None]:
    """The place of the first row of the table, and that of its header.

    Rows above the header may look like data themselves (an opening balance with its day): where no header stands above
    the first of them, but one stands below it and above most others, the table begins there.
    """
    filled = sorted(sum(kind_of(cell) != "blank" for cell in row.cells) for row in data)[len(data) // 2]
    first = rows.index(next((row for row in data if abs(len(row.cells) - usual) <= 2), data[0]))
    place = _header_place(rows, first, filled)
    if place is not None:
        return first, place
    for number, row in enumerate(data[1:], 1):
        if 2 * number > len(data):
            break
        later = rows.index(row)
        place = _header_place(rows, later, filled)
        if place is not None and place > first:
            return later, place
    return first, None


def _with_shared_names(columns: Sequence[Column]) -> list[Column]:
    """Columns, those of amounts without a name called as the column of their currency codes: `Mutatie,,Saldo,`."""
    named: list[Column] = []
    for column in columns:
        before = named[-1] if named else None
        unnamed = not column.header and column.kind == "number"
        shared = before is not None and unnamed and is_code(before)
        named.append(replace(column, header=before.header) if before is not None and shared else column)
    return named


def is_code(column: Column) -> bool:
    """Whether a column holds ISO codes of currencies and nothing else; a time zone is as short."""
    return bool(column.filled) and all(cell.strip().upper() in words.CURRENCIES for cell in column.filled)


def _date_place(rows: Sequence[Row], usual: int) -> int:
    """The column in which most data rows of the usual width have a date, the leftmost of several."""
    places = Counter(
        place
        for row in rows
        if len(row.cells) == usual and is_data(row.cells)
        for place, cell in enumerate(row.cells)
        if kind_of(cell) == "date"
    )
    return max(places, key=lambda place: (places[place], -place))


def _header_place(rows: Sequence[Row], first: int, filled: int) -> int | None:
    """The nearest row of words alone above a data row that names most of the columns that rows fill.

    Of two such rows that stand one upon the other the header is the one with more different words: the other says
    units, or the groups of the columns.
    """
    below = rows[first]
    for place in range(first - 1, max(first - _HEADER_ABOVE, -1), -1):
        if _names_columns(rows[place], below, filled):
            above = place - 1
            named_twice = above >= 0 and _names_columns(rows[above], below, filled)
            return above if named_twice and _words(rows[above]) > _words(rows[place]) else place
    return None


def _names_columns(row: Row, below: Row, filled: int) -> bool:
    """Whether a row has words alone, but for the number of a kind of record, which the row below it repeats.

    In a table of three columns all must be named: two words may as well be a remark above a table without a header.
    """
    marked = row.cells[:1] == below.cells[:1] and row.cells[0].isdigit()
    cells = [cell for cell in row.cells[marked:] if kind_of(cell) != "blank"]
    return len(cells) >= (max(2, filled) if filled <= _NARROW else 0.6 * filled) and all(map(_is_word, cells))


def _words(row: Row) -> int:
    """How many different words a row has."""
    return len({cell.strip().casefold() for cell in row.cells} - {""})


def _is_word(cell: str) -> bool:
    """Whether a cell can be a column's name: neither date nor number, nor an identifier of digits."""
    return kind_of(cell) == "text" and sum(map(str.isdigit, cell)) <= sum(map(str.isalpha, cell))
