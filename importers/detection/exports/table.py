"""The table in an export, found by its header: a row may have no amount, and even no date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from daysheet.importers.detection.grid import DELIMITERS, Column, Grid
from daysheet.importers.rows.cell_kinds import kind_of
from daysheet.importers.rows.cells import trimmed
from daysheet.importers.rows.header import bare
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.rows.tables import HEAD_ROWS, Tables, lenient_rows
from daysheet.importers.rows.text import Row

LOOKED_AT: Final = 6000
"""How many rows are looked at; of a longer file the first."""
_HEADS: Final = 40
_NARROWEST: Final = 3


def find_table(file: RawFile, found: Tables) -> Grid | None:
    """The table of the sheet or delimiter that gives the most cells below a header; None if there is none."""
    best: tuple[int, Grid] | None = None
    for delimiter, sheet, head in _candidates(file, found):
        place = _header(head)
        if place is None:
            continue
        header = head[place]
        width = len(bare(header.cells))
        score = width * sum(width <= len(row.cells) <= width + 2 for row in head[place + 1 :])
        if score and (best is None or score > best[0]):
            rows = _rows(file, found, delimiter, sheet)
            best = (score, _grid(delimiter, sheet, header, head[:place], rows))
    return best[1] if best else None


def _candidates(file: RawFile, found: Tables) -> Iterator[tuple[str, int, Sequence[Row]]]:
    if found.sheets:
        for number, (_, rows) in enumerate(found.sheets):
            yield found.kind, number, rows[:HEAD_ROWS]
    elif found.kind == "text":
        for delimiter in DELIMITERS[:4]:
            yield delimiter, 0, found.head(file, delimiter)


def _rows(file: RawFile, found: Tables, delimiter: str, sheet: int) -> Iterator[Row]:
    if found.sheets:
        yield from found.sheets[sheet][1]
    else:
        yield from lenient_rows(file, found.encoding, delimiter)


def _header(rows: Sequence[Row]) -> int | None:
    """The first row of names that most rows below it are as wide as."""
    for place, row in enumerate(rows[:_HEADS]):
        cells = [cell.strip() for cell in bare(row.cells)]
        filled = [cell for cell in cells if cell]
        below = [other for other in rows[place + 1 :] if any(cell.strip() for cell in other.cells)]
        alike = sum(len(cells) <= len(other.cells) <= len(cells) + 2 for other in below)
        named = len(filled) >= max(_NARROWEST, 0.7 * len(cells)) and all(map(_is_name, filled))
        if named and below and 2 * alike >= len(below) and _differs(cells, below):
            return place
    return None


def _is_name(cell: str) -> bool:
    """Whether a cell can name a column: `Diagnosis1`, `Invoice #`; no date, no amount, no sentence."""
    return kind_of(cell) == "text" and len(cell) <= 60 and sum(map(str.isdigit, cell)) < sum(map(str.isalpha, cell))


def _differs(cells: Sequence[str], below: Sequence[Row]) -> bool:
    """Whether the names are no values: few of them stand in their own column again."""
    again = sum(
        any(cell and place < len(row.cells) and row.cells[place].strip() == cell for row in below)
        for place, cell in enumerate(cells)
    )
    return 3 * again <= len(cells)


def _grid(delimiter: str, sheet: int, header: Row, above: Sequence[Row], rows: Iterator[Row]) -> Grid:
    width = len(bare(header.cells))
    below = []
    for row in rows:
        if row.line <= header.line or not any(cell.strip() for cell in row.cells):
            continue
        if len(row.cells) >= width or len(row.cells) > width / 2:
            cells = [trimmed(cell) for cell in row.cells[:width]]
            below.append(Row(row.line, [*cells, *[""] * (width - len(cells))]))
        if len(below) >= LOOKED_AT:
            break
    names = _numbered([" ".join(cell.strip("\ufeff").split()) for cell in bare(header.cells)])
    columns = tuple(Column(place, name, tuple(row.cells[place] for row in below)) for place, name in enumerate(names))
    return Grid(delimiter, sheet, header, tuple(below), tuple(above), columns)


def _numbered(names: Sequence[str]) -> list[str]:
    """As a profile calls them: the second of one name is `Charge 2`."""
    seen: Counter[str] = Counter()
    told = []
    for name in names:
        seen[name] += 1
        told.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return told
