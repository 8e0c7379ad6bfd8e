"""A table for a terminal of 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Final

from daysheet.reports.formats.figures import for_people
from daysheet.reports.period import Period, long_date
from daysheet.reports.table import Column, Row, Table

WIDTH: Final = 80
_NARROWEST: Final = 12
_INDENT: Final = 2
_NUMBERS: Final = ("money", "count", "percent", "days")


def render(table: Table, practice: str = "", width: int = WIDTH) -> str:
    """The heading of three lines, the rows and the notes.

    Text columns give way until the table is `width` wide, and what does not fit goes on below; amounts never do.
    """
    shown = [at for at, column in enumerate(table.columns) if column.shown == "always"]
    columns = [table.columns[at] for at in shown]
    picked = [(row, _cells(row, shown, columns, table.decimals)) for row in table.rows]
    widths = _widths(columns, [cells for row, cells in picked if row.kind != "heading"], width)
    lines = [line for line in heading(table, practice) if line]
    if table.rows:
        lines += ["", *_heads(columns, widths), _rules(columns, widths, "─", every=True)]
    for row, cells in picked:
        lines += _row_lines(row, cells, columns, widths, sum(widths) + len(widths) - 1)
    if table.notes:
        lines.append("")
    for note in table.notes:
        lines += textwrap.wrap(note, width)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def heading(table: Table, practice: str = "") -> tuple[str, str, str]:
    """Whose it is; what it is; the period, basis, currency and how far the books reach."""
    basis = f"{table.basis.capitalize()} basis" if table.basis else ""
    period = Period(table.first, table.last).title if table.first else long_date(table.last)
    reach = f"books through {table.as_of}" if table.as_of.year > 1 else ""
    return practice, table.title, " · ".join(part for part in (basis, period, table.currency, reach) if part)


def _cells(row: Row, shown: list[int], columns: list[Column], places: int) -> list[str]:
    cells = [for_people(row.cells[at], column.kind, places) for at, column in zip(shown, columns, strict=True)]
    first = next((at for at, column in enumerate(columns) if column.kind == "text"), 0)
    cells[first] = " " * (_INDENT * row.depth) + cells[first] if cells[first] else ""
    return cells


def _widths(columns: list[Column], rows: list[list[str]], width: int) -> list[int]:
    """The width of each column: room for its title in one line if there is, else for its longest word."""
    cells = [max((len(row[at]) for row in rows), default=0) for at in range(len(columns))]
    whole = [len(column.title) for column in columns]
    broken = [max(len(word) for word in column.title.split()) for column in columns]
    pads = [1 if column.kind in ("money", "percent") else 0 for column in columns]
    wanted = [max(size, head + pad) for size, head, pad in zip(cells, whole, pads, strict=True)]
    over = sum(wanted) + len(wanted) - 1 - width
    if over > 0:
        wanted = [max(size, head + pad) for size, head, pad in zip(cells, broken, pads, strict=True)]
        over = sum(wanted) + len(wanted) - 1 - width
    while over > 0:
        texts = [at for at, column in enumerate(columns) if column.kind == "text" and wanted[at] > _NARROWEST]
        if not texts:
            break
        widest = max(texts, key=lambda at: wanted[at])
        wanted[widest] -= 1
        over -= 1
    return wanted


def _row_lines(row: Row, cells: list[str], columns: list[Column], widths: list[int], width: int) -> Iterator[str]:
    if row.kind == "heading":
        text = "  ".join(cell.strip() for cell in cells if cell)
        if row.depth == 0:
            yield ""
        yield from textwrap.wrap(" " * (_INDENT * row.depth) + text, width, subsequent_indent="  ")
        return
    if row.kind in ("subtotal", "total"):
        yield _rules(columns, widths, "─")
    yield from _wrapped_line(cells, columns, widths)
    if row.kind == "total":
        yield _rules(columns, widths, "═")


def _heads(columns: list[Column], widths: list[int]) -> Iterator[str]:
    """The titles of columns, those of amounts ending where their last digit does."""
    parts = []
    for column, width in zip(columns, widths, strict=True):
        if column.kind in _NUMBERS:
            pad = " " if column.kind in ("money", "percent") else ""
            parts.append([f"{line}{pad}".rjust(width) for line in textwrap.wrap(column.title, width - len(pad))])
        else:
            parts.append([line.ljust(width) for line in textwrap.wrap(column.title, width)])
    yield from _beside(parts, widths)


def _wrapped_line(cells: list[str], columns: list[Column], widths: list[int]) -> Iterator[str]:
    """One row as as many lines as its longest text needs."""
    parts = []
    for cell, column, width in zip(cells, columns, widths, strict=True):
        numeric = column.kind in _NUMBERS
        parts.append([cell.rjust(width)] if numeric else [part.ljust(width) for part in _wrap(cell, width)])
    yield from _beside(parts, widths)


def _beside(parts: list[list[str]], widths: list[int]) -> Iterator[str]:
    for at in range(max(len(part) for part in parts)):
        yield " ".join(part[at] if at < len(part) else " " * width for part, width in zip(parts, widths, strict=True))


def _wrap(cell: str, width: int) -> list[str]:
    """Text in lines of at most `width`, broken at spaces, else after a colon or dash of an account name."""
    indent = cell[: len(cell) - len(cell.lstrip())]
    breakable = cell.strip().replace(":", ": ")
    lines = textwrap.wrap(breakable, width, initial_indent=indent, subsequent_indent=indent + "  ")
    joined = [line.replace(": ", ":") for line in lines]
    return joined or [""]


def _rules(columns: list[Column], widths: list[int], sign: str, *, every: bool = False) -> str:
    """A rule under each column, or under those of amounts."""
    drawn = []
    for column, width in zip(columns, widths, strict=True):
        amount = column.kind == "money"
        drawn.append(sign * width if every or amount else " " * width)
    return " ".join(drawn)
