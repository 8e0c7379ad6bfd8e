"""Which sections of a pack go on where the one before them ends, and which begin a page.

A schedule of six lines needs no page of its own; a statement that fits on one page is not cut for the sake of the
white above it. Heights are worked out from the style sheet's measures, near enough to choose by: the pages themselves
are set by what knows exactly.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from daysheet.reports.pdf import fonts, layout
from daysheet.reports.pdf.layout import GAP, Orientation, Paper, Printed, Sheet
from daysheet.reports.pdf.pages import Block, Part, Piece
from daysheet.reports.table import Column

_MARGINS: Final = {"portrait": 68.0 + 74.0, "landscape": 62.0 + 54.0}
_HEADING: Final = 64.0
_HEADING_BELOW: Final = 76.0
_SUBHEADING: Final = 52.0
_KEY_FIGURES: Final = 46.0
_HEADS: Final = 8.0
_AGAIN: Final = 22.0
"""Heads of columns, said again where a table runs over."""
_NOTE: Final = 11.0
_CHART: Final = 178.0
_HALF_CHART: Final = 132.0
_WHITE: Final = 0.45
"""How much of a page may stay white below a section, so that the next one is not cut."""
_BEGUN: Final = 8
"""Rows that a table shows before it runs over."""
_LEAST: Final = 0.38
"""How much of the last page of a section is to be used, where the next one begins a page."""
_MORE: Final = {"heading": 5.0, "subtotal": 2.5, "total": 5.0}


def flowing(parts: Iterable[Part], paper: Paper) -> tuple[Part, ...]:
    """The same sections, each knowing whether it goes on below the one before it."""
    placed: list[Part] = []
    lies: Orientation | None = None
    used = began = 0.0
    for part in parts:
        page = _page(paper, part.orientation)
        room = page - used
        part = _closer(part, room) if lies == part.orientation else part  # noqa: PLW2901
        pieces = list(_pieces(part))
        whole = _HEADING_BELOW + sum(pieces)
        begun = _HEADING_BELOW + pieces[0] if pieces else _HEADING_BELOW
        goes_on = lies == part.orientation and (whole <= room or (room > page * _WHITE and begun <= room))
        if placed and not goes_on:
            placed[-1] = _balanced(placed[-1], began, _page(paper, placed[-1].orientation))
        began = used + _HEADING_BELOW if goes_on else _HEADING
        used = _after(began, pieces, page)
        lies = part.orientation
        placed.append(replace(part, goes_on=goes_on))
    if placed and lies is not None:
        placed[-1] = _balanced(placed[-1], began, _page(paper, lies))
    return tuple(placed)


def _closer(part: Part, room: float) -> Part:
    """A section that would run over by a few rows, its rows set closer where all of it then goes on below another."""
    if part.dense or _HEADING_BELOW + sum(_pieces(part)) <= room:
        return part
    closer = replace(part, dense=True)
    return closer if _HEADING_BELOW + sum(_pieces(closer)) <= room else part


def _balanced(part: Part, began: float, page: float) -> Part:
    """A section of one table with some of its rows left to its last page, where that would be left almost white."""
    if part.charts or len(part.blocks) != 1 or len(part.blocks[0].pieces) != 1:
        return part
    (block,) = part.blocks
    rows = block.pieces[0].rows
    heights = list(_block(block, dense=part.dense))
    first = min(_BEGUN, len(rows))
    used, breaks, top = began, 0, 0
    for at, height in enumerate(heights):
        if used + height > page:
            used, breaks, top = _AGAIN, breaks + 1, at
        used += height
    # the first of the heights is of several rows, those of notes come after the rows
    cut = top - 1 + first if top else 0
    if not breaks or used >= page * _LEAST:
        return part
    while used < page * _LEAST and cut > first + 1:
        cut -= 1
        used += heights[cut - first + 1]
    while cut < len(rows) and rows[cut].kind != "line":
        cut -= 1
    if not first < cut < len(rows):
        return part
    pieces = (Piece(rows[:cut], block.pieces[0].above), Piece(rows[cut:], block.pieces[0].above, begins_page=True))
    return replace(part, blocks=(block._replace(pieces=pieces),))


def _page(paper: Paper, orientation: Orientation) -> float:
    short, long = layout.SIZES[paper]
    return (long if orientation == "portrait" else short) - _MARGINS[orientation]


def _after(used: float, pieces: Iterable[float], page: float) -> float:
    """How much of the last page is used when pieces that are not broken have been set one below the other."""
    for piece in pieces:
        used = used + piece if used + piece <= page else piece + _AGAIN
    return used


def _pieces(part: Part) -> Iterator[float]:
    """What of a section is never broken, below its heading, in points: first rows with their heads, a row, a chart."""
    if part.figures:
        yield _KEY_FIGURES
    for block in part.blocks:
        yield from _block(block, dense=part.dense)
    if len(part.charts) > 1:
        yield from [_HALF_CHART] * math.ceil(len(part.charts) / 2)
    else:
        yield from [_CHART] * len(part.charts)


def _block(block: Block, *, dense: bool) -> Iterator[float]:
    sheet = block.sheet
    heads = max((_lines(column.title, width, sheet.size * 0.9) for column, width in _columns(sheet)), default=1)
    rows = [_row(row, sheet, dense=dense) for piece in block.pieces for row in piece.rows]
    above = heads * sheet.size * 0.9 * 1.15 + _HEADS + (_SUBHEADING if block.title else 0.0)
    yield above + sum(rows[:_BEGUN])
    yield from rows[_BEGUN:]
    yield from (_NOTE * _lines(note, max(sheet.width, 1.0), 8.0) + 2.0 for note in block.notes)


def _row(row: Printed, sheet: Sheet, *, dense: bool) -> float:
    if row.spans:
        lines = _lines(row.cells[0], sheet.width, sheet.size)
    else:
        lines = max(_lines(cell, width, sheet.size) for cell, width in zip(row.cells, sheet.widths, strict=True))
    leading, padding = (1.22, 2.1) if dense else (1.3, 4.1)
    return lines * sheet.size * leading + padding + _MORE.get(row.kind, 0.0)


def _columns(sheet: Sheet) -> Sequence[tuple[Column, float]]:
    return tuple(zip(sheet.columns, sheet.widths, strict=True))


def _lines(text: str, width: float, size: float) -> int:
    """About how many lines a text takes in a width."""
    if not text:
        return 1
    # a line's end is seldom full: words are not cut
    whole = fonts.width(text, size, "Regular")
    return 1 if whole <= width + GAP / 2 else math.ceil(whole / (width * 0.93))
