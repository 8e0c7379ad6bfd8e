"""Which sections of a pack go on where the one before them ends, and which begin a page.

A schedule of six lines needs no page of its own; a statement that fits on one page is not cut for the sake of the
white above it. Heights are worked out from the style sheet's measures, near enough to choose by: the pages themselves
are set by what knows exactly.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from daysheet.reports.pdf import fonts, layout
from daysheet.reports.pdf.layout import GAP, Orientation, Paper, Printed, Sheet
from daysheet.reports.pdf.pages import Block, Part
from daysheet.reports.table import Column

_MARGINS: Final = {"portrait": 68.0 + 74.0, "landscape": 62.0 + 54.0}
_HEADING: Final = 64.0
_HEADING_BELOW: Final = 76.0
_SUBHEADING: Final = 52.0
_KEY_FIGURES: Final = 46.0
_HEADS: Final = 8.0
_NOTE: Final = 11.0
_CHART: Final = 178.0
_HALF_CHART: Final = 132.0
_WHITE: Final = 0.45
"""How much of a page may stay white below a section, so that the next one is not cut."""
_BEGUN: Final = 8
"""Rows that a table shows before it runs over."""
_MORE: Final = {"heading": 5.0, "subtotal": 2.5, "total": 5.0}


def flowing(parts: Iterable[Part], paper: Paper) -> tuple[Part, ...]:
    """The same sections, each knowing whether it goes on below the one before it."""
    placed: list[Part] = []
    lies: Orientation | None = None
    page = used = 0.0
    for part in parts:
        height = _height(part)
        page = _page(paper, part.orientation)
        room = page - used
        below = height + _HEADING_BELOW
        begun = _HEADING_BELOW + _least(part)
        goes_on = lies == part.orientation and (below <= room or (room > page * _WHITE and begun <= room))
        used = _after(used, below, page) if goes_on else _after(0.0, height + _HEADING, page)
        lies = part.orientation
        placed.append(replace(part, goes_on=goes_on))
    return tuple(placed)


def _page(paper: Paper, orientation: Orientation) -> float:
    short, long = layout.SIZES[paper]
    return (long if orientation == "portrait" else short) - _MARGINS[orientation]


def _after(used: float, height: float, page: float) -> float:
    """How much of the last page is used when a height more has been set."""
    end = used + height
    return end if end <= page else end - page * (math.ceil(end / page) - 1)


def _height(part: Part) -> float:
    """A section without its heading, in points."""
    height = sum(_block(block, dense=part.dense) for block in part.blocks) + (_KEY_FIGURES if part.figures else 0.0)
    if len(part.charts) > 1:
        return height + math.ceil(len(part.charts) / 2) * _HALF_CHART
    return height + _CHART * len(part.charts)


def _least(part: Part) -> float:
    """What must stand under a section's heading before its page ends."""
    if not part.blocks:
        return _height(part)
    first = part.blocks[0]
    rows = [row for piece in first.pieces for row in piece.rows][:_BEGUN]
    return sum(_row(row, first.sheet, dense=part.dense) for row in rows) + 30.0


def _block(block: Block, *, dense: bool) -> float:
    sheet = block.sheet
    heads = max((_lines(column.title, width, sheet.size * 0.9) for column, width in _columns(sheet)), default=1)
    height = heads * sheet.size * 0.9 * 1.15 + _HEADS
    height += sum(_row(row, sheet, dense=dense) for piece in block.pieces for row in piece.rows)
    wide = sheet.width
    height += sum(_NOTE * _lines(note, max(wide, 1.0), 8.0) for note in block.notes) + (6.0 if block.notes else 0.0)
    return height + (_SUBHEADING if block.title else 0.0)


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
