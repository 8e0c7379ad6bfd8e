"""A listing set on pages: one account after another, each a table whose heads are said again on every page.

It looks as the pack's style sheet makes a dense table look; the measures here are that sheet's, in points.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from daysheet.reports.pdf import fonts, layout, shaping
from daysheet.reports.pdf.fonts import Weight
from daysheet.reports.pdf.html_to_pdf import Embedded
from daysheet.reports.pdf.layout import GAP, Paper, Printed, Sheet, is_figure
from daysheet.reports.pdf.shaping import wrapped
from daysheet.reports.pdf.tagged import About, Line, Page, Style, TaggedPdf

_DARK: Final = "1f3a5f"
_TEXT: Final = "1c2430"
_GREY: Final = "5d6673"
_HEAD: Final = "3a4350"
_PALE: Final = "c9ced6"
_TOP: Final = 62.0
_BOTTOM: Final = 54.0
_LEADING: Final = 1.22
_ABOVE: Final = 1.0
_BELOW: Final = 1.1
_BELOW_HEADS: Final = 2.5
_BELOW_SUM: Final = 4.0
_HEAD_RULE: Final = 0.75
_SUM_RULE: Final = 0.6
_AFTER: Final = 11.0
_ENTITY: Final = Style("Regular", 8, _GREY, spaced=0.48)
_TITLE: Final = Style("Semibold", 20, _DARK)
_SUBTITLE: Final = Style("Regular", 9.5, _GREY)
_NOTE: Final = Style("Regular", 8, _GREY)
_RUNNING_LEFT: Final = Style("Semibold", 8.5, _DARK)
_RUNNING_RIGHT: Final = Style("Regular", 8.5, _GREY)
_FOOT: Final = Style("Regular", 7.5, _GREY)
_CONTINUED: Final = " (continued)"
ENTRY: Final = "entry"
"""The kind of a row that heads those under it, such as a journal entry's."""


@dataclass(frozen=True)
class Listing:
    """All that the pages are made from: it can be sent to another process, and hashed.

    Attributes:
        about: what the file says of itself.
        entity: whose it is, over the title and at the head of each page.
        heading: the title.
        subtitle: under the title.
        right: at the right of each page's head.
        foot: at the left of each page's foot.
        paper: what it is printed on, lying.
        sheet: the table, its accounts' headings among its rows.
        notes: sentences under it.
        embedded: the files inside.
    """

    about: About
    entity: str
    heading: str
    subtitle: str
    right: str
    foot: str
    paper: Paper
    sheet: Sheet
    notes: tuple[str, ...]
    embedded: tuple[Embedded, ...] = ()

    @property
    def dated(self) -> datetime.date:
        """The day written into the file as that of its making (the books' own, never the clock's)."""
        return self.about.dated

    def render(self) -> bytes:
        """The PDF."""
        return _Setting(self).pdf()

    @property
    def size(self) -> int:
        """How much work it is, roughly, in the characters of its cells."""
        return sum(len(cell) for row in self.sheet.rows for cell in row.cells)


class _Setting:
    """A listing being set: the page and how far down it the next row comes."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        short, long = layout.SIZES[listing.paper]
        self.out = TaggedPdf(long, short)
        self.left = layout.MARGIN["landscape"]
        self.right = long - self.left
        self.bottom = short - _BOTTOM
        widths = listing.sheet.widths
        self.lefts = tuple(
            self.left + before for before in accumulate(widths[:-1], lambda at, w: at + w + GAP, initial=0.0)
        )
        self.leading = listing.sheet.size * _LEADING
        self.heads = self._column_heads()
        self.root = self.out.element("Document")
        self.page, self.y = self.out.page(), _TOP

    def pdf(self) -> bytes:
        """Set everything, then what stands on every page: only then is it known how many there are."""
        listing = self.listing
        self._paragraph("P", _ENTITY, [fonts.printable(listing.entity.upper())], 1.3, 2)
        self.out.bookmark(listing.heading, self.page, self.y)
        self._paragraph("H1", _TITLE, [listing.heading], 1.15, 2)
        self._paragraph("P", _SUBTITLE, [listing.subtitle], 1.3, 14)
        for name, rows in _accounts(listing.sheet.rows):
            self._account(name, rows)
        for note in listing.notes:
            lines = wrapped(note, _NOTE.size, _NOTE.weight, self.right - self.left)
            self._room(len(lines) * _NOTE.size * 1.35)
            self._paragraph("P", _NOTE, lines, 1.35, 2)
        for page in self.out.pages:
            self._running(page)
        return self.out.finish(listing.about, listing.embedded)

    def _paragraph(self, kind: str, style: Style, lines: Sequence[str], leading: float, after: float) -> None:
        self._lines(style, lines, leading, self.out.element(kind, self.root))
        self.y += after

    def _lines(self, style: Style, lines: Sequence[str], leading: float, element: int | None) -> None:
        height = style.size * leading
        placed = [
            Line(self.left, _baseline(self.y + number * height, height, style.size), line)
            for number, line in enumerate(lines)
        ]
        self.out.text(self.page, style, placed, element)
        self.y += height * len(lines)

    def _room(self, height: float) -> bool:
        """Whether a height is left on the page; if not, a new one is begun."""
        if self.y + height <= self.bottom or self.y == _TOP:
            return True
        self.page, self.y = self.out.page(), _TOP
        return False

    def _account(self, name: str, rows: Sequence[Printed]) -> None:
        set_rows = [self._row(row) for row in rows]
        heights = [self._height(row, cells) for row, cells in zip(rows, set_rows, strict=True)]
        # a sum never stands alone on a new page, nor a line under heads without one
        needed = [height + self._kept(rows, heights, place) for place, height in enumerate(heights)]
        self._room(self._heads_height(name) + (needed[0] if needed else 0))
        heading = self.out.element("H2", self.root)
        self.out.bookmark(name, self.page, self.y)
        table = self.out.element("Table", self.root)
        head = self.out.element("TR", self.out.element("THead", table))
        titles = [self.out.element("TH", head, "/Scope/Column") for _ in self.heads]
        self._heads(name, heading, titles)
        body = self.out.element("TBody", table)
        for row, cells, height in zip(rows, set_rows, needed, strict=True):
            if not self._room(height):
                self._heads(_again(name), None, None)
            self._set(name, row, cells, body)
        self.y += _AFTER

    def _kept(self, rows: Sequence[Printed], heights: Sequence[float], place: int) -> float:
        after = place + 1
        if after >= len(rows):
            return 0.0
        return heights[after] if rows[place].kind == ENTRY or rows[after].kind not in ("line", ENTRY) else 0.0

    def _row(self, row: Printed) -> list[list[str]]:
        """The lines of each cell."""
        weight = _weight(row)
        sheet = self.listing.sheet
        return [
            [cell] if is_figure(column.kind) else wrapped(cell, sheet.size, weight, width)
            for cell, column, width in zip(row.cells, sheet.columns, sheet.widths, strict=True)
        ]

    def _height(self, row: Printed, cells: Sequence[Sequence[str]]) -> float:
        padding = _ABOVE + _BELOW if row.kind in ("line", ENTRY) else _SUM_RULE + _ABOVE + _BELOW_SUM
        return max(map(len, cells)) * self.leading + padding

    def _column_heads(self) -> list[list[str]]:
        sheet = self.listing.sheet
        return [
            wrapped(column.title, sheet.size * 0.9, "Semibold", width)
            for column, width in zip(sheet.columns, sheet.widths, strict=True)
        ]

    def _heads_height(self, name: str) -> float:
        above = self._above_style()
        lines = len(wrapped(name, above.size, above.weight, self.right - self.left))
        columns = max(map(len, self.heads)) * self.listing.sheet.size * 0.9 * _LEADING
        return lines * above.size * _LEADING + columns + 2 * (_ABOVE + _BELOW_HEADS) + _HEAD_RULE

    def _above_style(self) -> Style:
        return Style("Semibold", self.listing.sheet.size * 1.1, _DARK)

    def _heads(self, name: str, heading: int | None, titles: Sequence[int] | None) -> None:
        """The account and the titles of the columns; the second time, they only adorn the page."""
        above = self._above_style()
        self.y += _ABOVE
        self._lines(above, wrapped(name, above.size, above.weight, self.right - self.left), _LEADING, heading)
        self.y += _BELOW_HEADS + _ABOVE
        sheet = self.listing.sheet
        style = Style("Semibold", sheet.size * 0.9, _HEAD)
        height = style.size * _LEADING
        deepest = max(map(len, self.heads))
        for place, lines in enumerate(self.heads):
            figure = is_figure(sheet.columns[place].kind)
            top = self.y + (deepest - len(lines)) * height
            placed = self._placed(place, lines, style, top, height, 0.33 if figure else None)
            self.out.text(self.page, style, placed, titles[place] if titles else None)
        self.y += deepest * height + _BELOW_HEADS
        for left, width in zip(self.lefts, sheet.widths, strict=True):
            self.out.rule(self.page, _HEAD, (left, self.y, width, _HEAD_RULE))
        self.y += _HEAD_RULE

    def _set(self, name: str, row: Printed, cells: Sequence[Sequence[str]], body: int) -> None:
        """A row; one that is longer than a page goes on under heads said again."""
        sheet = self.listing.sheet
        style = Style(_weight(row), sheet.size, _TEXT)
        parent = self.out.element("TR", body)
        elements = [self.out.element("TD", parent) for _ in cells]
        summed = row.kind not in ("line", ENTRY)
        if summed:
            for place, cell in enumerate(row.cells):
                if cell and is_figure(sheet.columns[place].kind):
                    self.out.rule(self.page, _HEAD, (self.lefts[place], self.y, sheet.widths[place], _SUM_RULE))
            self.y += _SUM_RULE
        deepest = max(map(len, cells))
        done = 0
        while done < deepest:
            if done:
                self.page, self.y = self.out.page(), _TOP
                self._heads(_again(name), None, None)
            self.y += _ABOVE
            fits = max(1, int((self.bottom - self.y) / self.leading + 0.001))
            for place, lines in enumerate(cells):
                part = [line for line in lines[done : done + fits] if line]
                if not part:
                    continue
                closing = None
                if is_figure(sheet.columns[place].kind):
                    closing = 0.0 if row.negative[place] else 0.33
                placed = self._placed(place, part, style, self.y, self.leading, closing)
                self.out.text(self.page, style, placed, elements[place])
            self.y += min(fits, deepest - done) * self.leading
            done += fits
        self.y += _BELOW_SUM if summed else _BELOW

    def _placed(
        self, place: int, lines: Sequence[str], style: Style, top: float, height: float, closing: float | None
    ) -> Iterator[Line]:
        """The lines of a cell; flush right, with room for a closing parenthesis, where one is given."""
        left = self.lefts[place]
        for number, line in enumerate(lines):
            start = left
            if closing is not None:
                width = shaping.run(line.rstrip(), style.weight).width * style.size / 1000
                start = left + self.listing.sheet.widths[place] - closing * style.size - width
            yield Line(start, _baseline(top + number * height, height, style.size), line)

    def _running(self, page: Page) -> None:
        """The heads and feet of a page."""
        width = self.right - self.left
        listing = self.listing
        self._one_line(page, _RUNNING_LEFT, listing.entity, 36.13, 0.6 * width)
        self._one_line(page, _RUNNING_RIGHT, listing.right, 36.13, 0.4 * width, flush_right=True)
        self.out.rule(page, _DARK, (self.left, 44.9, width, 1.1))
        edge = self.out.height
        self.out.rule(page, _PALE, (self.left, edge - 44, width, 0.5))
        self._one_line(page, _FOOT, listing.foot, edge - 30, 0.8 * width)
        said = f"Page {page.number + 1} of {len(self.out.pages)}"
        self._one_line(page, _FOOT, said, edge - 30, 0.2 * width, flush_right=True)

    def _one_line(
        self, page: Page, style: Style, text: str, baseline: float, room: float, *, flush_right: bool = False
    ) -> None:
        """A line in its room; one that is too long is set smaller."""
        wide = shaping.run(text, style.weight).width / 1000
        size = min(style.size, room / wide) if wide else style.size
        left = self.right - wide * size if flush_right else self.left
        self.out.text(page, style._replace(size=size), [Line(left, baseline, text)])


def _accounts(rows: Sequence[Printed]) -> Iterator[tuple[str, list[Printed]]]:
    """Each account's heading and rows."""
    name, gathered = "", list[Printed]()
    for row in rows:
        if row.kind == "heading":
            if gathered:
                yield name, gathered
            name, gathered = next(filter(None, row.cells), ""), []
        else:
            gathered.append(row)
    if gathered:
        yield name, gathered


def _again(name: str) -> str:
    return name.removesuffix(_CONTINUED) + _CONTINUED


def _weight(row: Printed) -> Weight:
    return "Regular" if row.kind == "line" else "Semibold"


def _baseline(top: float, height: float, size: float) -> float:
    """Where letters stand in a line that is higher, or lower, than they are: in its middle."""
    face = fonts.face("Regular")
    return top + height / 2 + size * (face.ascent + face.descent) / 2000
