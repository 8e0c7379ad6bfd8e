"""From a `Table` to what stands on paper: how a cell reads, how wide each column is, which way the page lies.

Nothing is computed but widths: every figure is the table's own.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from daysheet.reports.pdf import fonts
from daysheet.reports.table import Cell, Column, ColumnKind, Row, Table

Paper = Literal["letter", "a4"]
Orientation = Literal["portrait", "landscape"]

SIZES: Final = {"letter": (612.0, 792.0), "a4": (595.28, 841.89)}
MARGIN: Final = {"portrait": 51.0, "landscape": 36.0}
GAP: Final = 7.0
EN_DASH: Final = "–"
_INDENT = 11.0
_PARENTHESIS = 0.33
_READABLE_FIRST = 130.0
_READABLE_OTHER = 58.0
_WIDEST_TEXT = 230.0
# the type sizes that are tried, in points, before words are broken
_TRIALS: Final[tuple[tuple[Orientation, float], ...]] = (
    ("portrait", 9.0), ("portrait", 8.25), ("portrait", 7.5),
    ("landscape", 9.0), ("landscape", 8.25), ("landscape", 7.25),
    ("landscape", 6.25),
)  # fmt: skip


class Printed(NamedTuple):
    """A row as it is printed: `spans` when its first cell runs over the whole width."""

    kind: str
    depth: int
    cells: tuple[str, ...]
    negative: tuple[bool, ...]
    spans: bool


class Sheet(NamedTuple):
    """A table laid out: the way the page lies, the type size and the width of each column, all in points."""

    orientation: Orientation
    size: float
    columns: tuple[Column, ...]
    widths: tuple[float, ...]
    rows: tuple[Printed, ...]

    @property
    def width(self) -> float:
        """The width of the table, gaps between columns included."""
        return sum(self.widths) + GAP * (len(self.widths) - 1)


def is_figure(kind: ColumnKind) -> bool:
    """Whether a column is set flush right."""
    return kind in ("money", "count", "percent", "days")


def shown(cell: Cell, kind: ColumnKind, decimals: int = 2) -> str:
    """A cell as a statement prints it: parentheses for less than nothing, a dash for nothing, no currency."""
    if cell is None:
        return ""
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    if isinstance(cell, str) or kind in ("text", "date"):
        return fonts.printable(str(cell))
    if not cell:
        return EN_DASH
    size = abs(cell)
    digits = {"money": f"{size:,.{decimals}f}", "percent": f"{size:.1f}%"}.get(kind, f"{size:,}")
    return f"({digits})" if cell < 0 else digits


def on_paper(columns: Sequence[Column], rows: Sequence[Row]) -> tuple[int, ...]:
    """The places of the columns that are printed: not those for programs, and none in which nothing stands."""
    return tuple(
        place
        for place, column in enumerate(columns)
        if column.shown != "data" and (place == 0 or any(row.cells[place] is not None for row in rows))
    )


def printed(row: Row, columns: Sequence[Column], places: Sequence[int], decimals: int = 2) -> Printed:
    """A row's printed cells as text."""
    cells = tuple(shown(row.cells[place], columns[place].kind, decimals) for place in places)
    negative = tuple(_is_negative(row.cells[place]) for place in places)
    said = [cell for cell in cells if cell]
    if row.kind in ("heading", "note") and len(said) <= 1:
        return Printed(row.kind, row.depth, (*said, *("",) * (len(cells) - len(said))), negative, spans=True)
    return Printed(row.kind, row.depth, cells, negative, spans=False)


def _is_negative(cell: Cell) -> bool:
    return isinstance(cell, Decimal | int) and cell < 0


def sheet(table: Table, paper: Paper, *, fixed: Orientation | None = None, largest: float = 9.0) -> Sheet:
    """The layout of a table: upright where it fits, else lying, in the largest type that fits.

    Args:
        table: what to print.
        paper: what to print it on.
        fixed: the orientation, where it is not to be chosen.
        largest: the largest type size to try, in points.
    """
    places = on_paper(table.columns, table.rows)
    columns = tuple(table.columns[place] for place in places)
    rows = tuple(printed(row, table.columns, places, table.decimals) for row in table.rows)
    fitted: tuple[float, ...] = ()
    orientation: Orientation = "portrait"
    size = largest
    for orientation, type_size in _TRIALS:
        if fixed not in (None, orientation):
            continue
        size = min(type_size, largest)
        room = room_of(paper, orientation)
        fitted, fits = _fit(columns, rows, size, room)
        if fits:
            break
    return Sheet(orientation, size, columns, fitted, rows)


def room_of(paper: Paper, orientation: Orientation) -> float:
    """The width between the margins, in points."""
    short, long = SIZES[paper]
    return (short if orientation == "portrait" else long) - 2 * MARGIN[orientation]


def _fit(
    columns: Sequence[Column], rows: Sequence[Printed], size: float, room: float
) -> tuple[tuple[float, ...], bool]:
    """Column widths that fill the room, and whether they leave every column readable."""
    room -= GAP * (len(columns) - 1)
    exact = [_natural(place, column, rows, size) for place, column in enumerate(columns)]
    texts = [place for place, column in enumerate(columns) if column.kind == "text"]
    natural = [min(width, _WIDEST_TEXT) if place in texts else width for place, width in enumerate(exact)]
    even = _evened(columns, natural, size)
    if sum(even) <= room:
        natural = even
    free = room - sum(natural)
    if free >= 0:
        for place in texts:
            more = min(free, exact[place] - natural[place])
            natural[place] += more
            free -= more
        if texts:
            longest = max(texts, key=lambda place: exact[place])
            natural[longest] += min(free, _stretch(columns))
        return tuple(natural), True
    least = [min(natural[place], _READABLE_FIRST if place == 0 else _READABLE_OTHER) for place in texts]
    slack = [natural[place] - floor for place, floor in zip(texts, least, strict=True)]
    fits = sum(slack) + free >= 0
    share = min(1.0, -free / sum(slack)) if sum(slack) else 0.0
    for place, spare in zip(texts, slack, strict=True):
        natural[place] -= spare * share
    if not fits:
        scale = room / sum(natural)
        natural = [width * scale for width in natural]
    return tuple(natural), fits


def _evened(columns: Sequence[Column], natural: Sequence[float], size: float) -> list[float]:
    """The same widths with all amounts in columns of one width, which the eye can run down."""
    amounts = [width for column, width in zip(columns, natural, strict=True) if column.kind == "money"]
    wide = max([*amounts, size * 6.4])
    return [wide if column.kind == "money" else width for column, width in zip(columns, natural, strict=True)]


def _stretch(columns: Sequence[Column]) -> float:
    """How far the first text column may be drawn out: two columns at opposite margins cannot be read across."""
    return 120.0 if len(columns) <= 2 else 1000.0


def _natural(place: int, column: Column, rows: Sequence[Printed], size: float) -> float:
    """The width at which nothing in a column is broken, its heading broken between words."""
    words = column.title.split() or [""]
    # a line is also broken behind a slash, where the word before it leaves room for a part: these stay together
    words += [f"{before} {word}" for before, word in pairwise(words) if "/" in word]
    heading = max(fonts.width(word, size * 0.9, "Semibold") for word in words)
    # the same words and amounts stand in many rows
    said = {
        (row.cells[place], row.kind == "line", row.depth if place == 0 else 0)
        for row in rows
        if row.cells[place] and not row.spans
    }
    widest = max(
        (
            fonts.width(text, size, "Regular" if of_line else "Semibold") + _INDENT * depth
            for text, of_line, depth in said
        ),
        default=0.0,
    )
    padding = size * _PARENTHESIS if is_figure(column.kind) else 0.0
    return max(heading, widest) + padding + 1.0
