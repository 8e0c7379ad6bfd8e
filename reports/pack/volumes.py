"""The general ledger in volumes: documents of their own, each with its own page numbers.

A ledger of thousands of rows is set in parts, several at once, and only the parts that changed are set again. So
a volume carries nothing that changes with every entry of the books: not their digest, not their commit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from daysheet.reports.formats import csv_json
from daysheet.reports.pack.contents import Subject, as_json, sha256
from daysheet.reports.pdf import fonts, pages
from daysheet.reports.pdf.html_to_pdf import Embedded
from daysheet.reports.pdf.listing import Listing
from daysheet.reports.pdf.tagged import About
from daysheet.reports.table import Row, Table
from daysheet.settings import Settings

# About forty pages: a ledger up to this long stands within the pack itself.
ROWS_WITHIN: Final = 1400
# About eighteen pages: short enough that one edit makes little to set again, long enough that there are few files.
ROWS_OF_VOLUME: Final = 700
LABEL: Final = "volume.json"


@dataclass(frozen=True)
class Volume:
    """A part of the ledger.

    Attributes:
        subject: which books, which year, and how.
        settings: of the books.
        ledger: the whole ledger.
        part: the rows of this part.
        number: of the volume, counted from 1.
        count: how many volumes there are.
    """

    subject: Subject
    settings: Settings
    ledger: Table
    part: tuple[Row, ...]
    number: int
    count: int

    @property
    def name(self) -> str:
        """The name of its file."""
        year = self.subject.period.first.year
        return f"general-ledger-{year}-{self.number:0{len(str(self.count))}}.pdf"

    @property
    def first(self) -> str:
        """The first account in it."""
        return self._headings[0]

    @property
    def last(self) -> str:
        """The last account in it."""
        return self._headings[-1]

    @property
    def rows(self) -> int:
        """How many rows it has, headings aside."""
        return len(self.part) - len(self._headings)

    @cached_property
    def _headings(self) -> list[str]:
        return [pages.heading_of(row) for row in self.part if row.kind == "heading"]

    @cached_property
    def listing(self) -> Listing:
        """Its pages, laid out when first asked for."""
        return _listing(self)


def volumes(subject: Subject, settings: Settings, ledger: Table) -> tuple[Volume, ...]:
    """The ledger's volumes, in the order of its accounts."""
    parts = list(cut(ledger))
    return tuple(Volume(subject, settings, ledger, rows, number, len(parts)) for number, rows in enumerate(parts, 1))


def cut(ledger: Table) -> Iterator[tuple[Row, ...]]:
    """The ledger's rows in parts of about `ROWS_OF_VOLUME`, cut between accounts where that is possible.

    An account that is longer is cut at the turn of a month; its heading is said again.
    """
    part: list[Row] = []
    for account in _accounts(ledger.rows):
        for piece in _pieces(ledger, account):
            if part and len(part) + len(piece) > ROWS_OF_VOLUME:
                yield tuple(part)
                part = []
            part += piece
    if part:
        yield tuple(part)


def _accounts(rows: Sequence[Row]) -> Iterator[list[Row]]:
    account: list[Row] = []
    for row in rows:
        if row.kind == "heading" and account:
            yield account
            account = []
        account.append(row)
    if account:
        yield account


def _pieces(ledger: Table, account: list[Row]) -> Iterator[list[Row]]:
    """An account's rows, cut at the turn of a month where they are too many for one volume."""
    date = next((place for place, column in enumerate(ledger.columns) if column.kind == "date"), 0)
    piece: list[Row] = []
    for row in account:
        turned = piece and row.kind == "line" and str(row.cells[date])[:7] != str(piece[-1].cells[date])[:7]
        if turned and len(piece) > ROWS_OF_VOLUME * 3 // 4:
            yield piece
            piece = [_continued(ledger, account[0])]
        piece.append(row)
    yield piece


def _continued(ledger: Table, heading: Row) -> Row:
    """The heading said again, with a word that it is; what programs read stays as it is."""
    cells = tuple(
        f"{cell} (continued)" if isinstance(cell, str) and column.shown != "data" else cell
        for cell, column in zip(heading.cells, ledger.columns, strict=True)
    )
    return Row(heading.kind, cells, heading.depth)


def _listing(volume: Volume) -> Listing:
    subject, settings, ledger = volume.subject, volume.settings, volume.ledger
    number, count, year = volume.number, volume.count, subject.period.first.year
    part = Table(
        ledger.name, ledger.title, ledger.basis, ledger.first, ledger.last, subject.as_of, ledger.currency,
        ledger.columns, volume.part, ledger.notes if number == count else (),
    )  # fmt: skip
    entity = fonts.printable(settings.practice.name)
    csv = Embedded(f"{ledger.name}-{number}.csv", csv_json.to_csv(part).encode(), "text/csv", "The rows of this volume")
    label = {
        "practice": subject.practice,
        "year": year,
        "volume": number,
        "of": count,
        "options": subject.options._asdict(),
        "embedded": [{"name": csv.name, "sha256": sha256(csv.data)}],
    }
    block = pages.block_of(part, subject.options.paper, "landscape", pages.DENSE_SIZE)
    return Listing(
        about=About(
            title=f"{entity} – general ledger {year}, volume {number} of {count}",
            author=fonts.printable(settings.practice.preparer or settings.practice.name),
            description=f"General ledger, volume {number} of {count}",
            dated=subject.as_of,
        ),
        entity=entity,
        heading="General ledger" if count == 1 else f"General ledger, volume {number} of {count}",
        subtitle=pages.subtitle_of(ledger),
        right=f"{pages.period_of(ledger)} · {ledger.currency}",
        foot=f"General ledger {year}, volume {number} of {count} · Unaudited – for tax preparation",
        paper=subject.options.paper,
        sheet=block.sheet,
        notes=block.notes,
        embedded=(csv, Embedded(LABEL, as_json(label), "application/json", "What this volume was made from")),
    )
