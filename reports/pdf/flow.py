"""Which sections of a pack go on where the one before them ends, and which begin a page.

A schedule of six lines needs no page of its own; a statement that fits on one page is not cut for the sake of the
white above it. Heights are worked out from the style sheet's measures, near enough to choose by: the pages themselves
are set by what knows exactly.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from daysheet.reports.formats.charts import across
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
_NAMED: Final = 16.0
"""An account's name over the heads of its columns."""
_BETWEEN: Final = 11.0
_NOTE: Final = 11.0
_CHART: Final = 178.0
_SMALL_CHART: Final = 96.0
_WHITE: Final = 0.45
"""How much of a page may stay white."""
_BEGUN: Final = 8
"""Rows that a table shows before it runs over."""
_LEAST: Final = 0.56
"""How much of the last page of a long table is to be used, where the next section begins a page."""
# What a reader minds, in one measure: a page half white is worse than to cut what would fit on one.
_OF_PAGE: Final = 1.0
_OF_WHITE: Final = 10.0
_OF_TOO_WHITE: Final = 25.0
_OF_CUT: Final = 6.0
_OF_CLOSER: Final = 0.2
_MORE: Final = {"heading": 5.0, "subtotal": 2.5, "total": 5.0}


class _Way(NamedTuple):
    """One way to set the sections so far: what a reader minds of it, and where its last page ends."""

    cost: float
    placed: tuple[Part, ...]
    pieces: Sequence[float]
    began: float
    used: float


class _Form(NamedTuple):
    """A section with its rows as they are or set closer: what a reader minds of that, and its unbroken pieces."""

    cost: float
    part: Part
    pieces: Sequence[float]


def flowing(parts: Iterable[Part], paper: Paper) -> tuple[Part, ...]:
    """The same sections, each knowing whether it goes on below the one before it.

    Of all ways to set them the one with the least white, and the fewest cuts of what would fit on a page. Ways that
    end at the same height go on alike, so that of these only the best is followed.
    """
    ways = [_Way(0.0, (), (), 0.0, 0.0)]
    for part in parts:
        best: dict[int, _Way] = {}
        for way in _ways(ways, list(_forms(part)), paper):
            height = round(way.used)
            if height not in best or way.cost < best[height].cost:
                best[height] = way
        ways = list(best.values())
    return _ended(ways, paper).placed


def placed_as(part: Part, placed: Part) -> Part:
    """A section in the place of one of which not all was known: set as that was, and cut after as many rows."""
    same = replace(part, dense=placed.dense, goes_on=placed.goes_on)
    pieces = placed.blocks[0].pieces
    rows = part.blocks[0].pieces[0].rows
    return _cut(same, len(pieces[0].rows)) if pieces[-1].begins_page and len(pieces[0].rows) < len(rows) else same


def _cut(part: Part, after: int) -> Part:
    """A section of one table that begins a page after so many rows."""
    (block,) = part.blocks
    rows, above = block.pieces[0].rows, block.pieces[0].above
    pieces = (Piece(rows[:after], above), Piece(rows[after:], above, begins_page=True))
    return replace(part, blocks=(block._replace(pieces=pieces),))


def _forms(part: Part) -> Iterator[_Form]:
    yield _Form(0.0, part, list(_pieces(part)))
    if not part.dense:
        closer = replace(part, dense=True)
        yield _Form(_OF_CLOSER, closer, list(_pieces(closer)))


def _ways(ways: Sequence[_Way], forms: Sequence[_Form], paper: Paper) -> Iterator[_Way]:
    """How a section can follow what is set: on a page of its own, or below."""
    ended = _ended(ways, paper)
    for form in forms:
        page = _page(paper, form.part.orientation)
        yield _set(ended, form, page, _HEADING)
        begun = _HEADING_BELOW + (form.pieces[0] if form.pieces else 0.0)
        below = form._replace(part=replace(form.part, goes_on=True))
        for way in ways:
            if way.placed and way.placed[-1].orientation == form.part.orientation and begun <= page - way.used:
                yield _set(way, below, page, way.used + _HEADING_BELOW)


def _set(way: _Way, form: _Form, page: float, began: float) -> _Way:
    cost, part, pieces = form
    used, whites = _after(began, pieces, page)
    # what lies across the page is a list, which may run over anywhere
    cut = part.goes_on and part.orientation == "portrait" and bool(whites) and _HEADING + sum(pieces) <= page
    cost += way.cost + _OF_CUT * cut + sum(_minded(white / page) for white in whites)
    return _Way(cost, (*way.placed, part), pieces, began, used)


def _ended(ways: Iterable[_Way], paper: Paper) -> _Way:
    """The best way whose last page is done."""
    return min((_done(way, paper) for way in ways), key=lambda way: way.cost)


def _done(way: _Way, paper: Paper) -> _Way:
    """A way whose last page is done, the rows of its last table shared out if that page were left almost white."""
    if not way.placed:
        return way
    last = way.placed[-1]
    page = _page(paper, last.orientation)
    balanced = _balanced(last, way.pieces[bool(last.figures) :], way.began, page)
    moved = max(0.0, page * _LEAST - way.used) if balanced is not last else 0.0
    # rows that are moved leave their white on the page that they come from
    cost = way.cost + _minded((page - way.used - moved) / page) + _minded(moved / page) - _OF_PAGE
    return way._replace(cost=cost, placed=(*way.placed[:-1], balanced), used=way.used + moved)


def _minded(white: float) -> float:
    """How much a reader minds a page with this share of white at its end."""
    return _OF_PAGE + _OF_WHITE * white * white + (_OF_TOO_WHITE * white if white > _WHITE else 0.0)


def _balanced(part: Part, heights: Sequence[float], began: float, page: float) -> Part:
    """A section of one table with some of its rows left to its last page, where that would be left almost white."""
    if part.charts or len(part.blocks) != 1 or len(part.blocks[0].pieces) != 1:
        return part
    (block,) = part.blocks
    rows = block.pieces[0].rows
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
    return _cut(part, cut)


def _page(paper: Paper, orientation: Orientation) -> float:
    short, long = layout.SIZES[paper]
    return (long if orientation == "portrait" else short) - _MARGINS[orientation]


def _after(used: float, pieces: Iterable[float], page: float) -> tuple[float, list[float]]:
    """How much of the last page is used when pieces that are never broken have been set, and the white of others."""
    whites = []
    for piece in pieces:
        if used + piece > page:
            whites.append(page - used)
            used = _AGAIN
        used += piece
    return used, whites


def _pieces(part: Part) -> Iterator[float]:
    """What of a section is never broken, below its heading, in points: first rows with their heads, a row, a chart."""
    if part.figures:
        yield _KEY_FIGURES
    for block in part.blocks:
        yield from _block(block, dense=part.dense)
    if len(part.charts) > 1:
        yield from [_SMALL_CHART] * math.ceil(len(part.charts) / across(len(part.charts)))
    else:
        yield from [_CHART] * len(part.charts)


def _block(block: Block, *, dense: bool) -> Iterator[float]:
    sheet = block.sheet
    heads = max((_lines(column.title, width, sheet.size * 0.9) for column, width in _columns(sheet)), default=1)
    heads_height = heads * sheet.size * 0.9 * 1.15 + _HEADS
    above = _SUBHEADING if block.title else 0.0
    for piece in block.pieces:
        rows = [_row(row, sheet, dense=dense) for row in piece.rows]
        yield above + heads_height + (_NAMED if piece.above else 0.0) + sum(rows[:_BEGUN])
        yield from rows[_BEGUN:]
        above = _BETWEEN
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
