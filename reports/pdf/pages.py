"""The pages of a pack as HTML: what stands on them, before they are set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final, NamedTuple

from daysheet import __version__
from daysheet.reports.formats.charts import Chart
from daysheet.reports.pdf import fonts, layout
from daysheet.reports.pdf.html_to_pdf import TEMPLATES
from daysheet.reports.pdf.layout import Orientation, Paper, Printed, Sheet
from daysheet.reports.period import Period
from daysheet.reports.table import Row, Table
from jinja2 import Environment, FileSystemLoader, StrictUndefined

# A table that runs over many pages is set in time that grows faster than its length: a longer one is cut here.
PIECE: Final = 250
# Tables that list one account after another: each account is set as a table of its own, named on every page.
BY_ACCOUNT: Final = frozenset({"general-ledger"})
# Of any length, and so set row by row; the journal begins a table with each month.
BY_MONTH: Final = frozenset({"journal"})
DENSE: Final = frozenset({"general-ledger", "working-trial-balance", "volumes", "documents", "files", "journal"})
WIDE: Final = frozenset({"general-ledger", "volumes", "documents", "files", "journal"})
DENSE_SIZE: Final = 8.0
_SIZE: Final = 9.0
_PAGE: Final = 35
_FULL_PAGE: Final = 50
_OF_SUM: Final = 0.25
_OF_NOTE: Final = 0.7


class Piece(NamedTuple):
    """Rows set as one table; `above` is said over the column heads on every page that they run over."""

    rows: tuple[Printed, ...]
    above: str | None
    begins_page: bool = False


class Block(NamedTuple):
    """One table with its notes; a title where a section has several."""

    title: str
    subtitle: str
    sheet: Sheet
    pieces: tuple[Piece, ...]
    notes: tuple[str, ...]
    named_rows: bool


class KeyFigure(NamedTuple):
    """A figure in large type and what it is."""

    value: str
    label: str


@dataclass(frozen=True)
class Part:
    """A section of the pack: it stands in the contents, and begins a page unless it `goes_on` below another."""

    anchor: str
    title: str
    subtitle: str
    right: str
    orientation: Orientation
    dense: bool
    blocks: tuple[Block, ...]
    charts: tuple[Chart, ...] = ()
    figures: tuple[KeyFigure, ...] = ()
    goes_on: bool = False


def part_of(
    anchor: str,
    title: str,
    tables: Sequence[Table],
    paper: Paper,
    charts: tuple[Chart, ...] = (),
    figures: tuple[KeyFigure, ...] = (),
    *,
    close: bool | None = None,
) -> Part:
    """A section of these tables, all lying the same way; set `close`, or as their rows need where that is not said."""
    dense = is_close(tables) if close is None else close
    fixed: Orientation = "portrait"
    largest = DENSE_SIZE if dense else _SIZE
    if any(layout.sheet(table, paper, largest=largest).orientation == "landscape" for table in tables):
        fixed = "landscape"
    if any(table.name in WIDE for table in tables):
        fixed = "landscape"
    several = len(tables) > 1
    blocks = tuple(block_of(table, paper, fixed, largest, titled=several) for table in tables)
    lead = tables[0] if tables else None
    subtitle = subtitle_of(lead) if lead is not None else ""
    right = " · ".join(filter(None, (period_of(lead), lead.currency))) if lead is not None else ""
    return Part(anchor, fonts.printable(title), subtitle, right, fixed, dense, blocks, charts, figures)


def is_close(tables: Sequence[Table]) -> bool:
    """Whether tables are set a little closer: ledgers, and a statement that would run over its page by a few rows."""
    rows = sum(len(table.rows) + _OF_SUM * sum(row.kind != "line" for row in table.rows) for table in tables)
    rows += sum(_OF_NOTE * len(table.notes) for table in tables)
    return _PAGE < rows <= _FULL_PAGE or any(table.name in DENSE for table in tables)


def block_of(table: Table, paper: Paper, fixed: Orientation, largest: float, *, titled: bool = False) -> Block:
    """A table laid out and cut into pieces."""
    if table.columns[0].kind == "date":
        table = replace(table, rows=tuple(row._replace(depth=0) for row in table.rows))
    sheet = layout.sheet(table, paper, fixed=fixed, largest=largest)
    by_account = table.name in BY_ACCOUNT
    pieces = tuple(_by_heading(sheet.rows) if by_account else _cut(sheet.rows, None))
    return Block(
        title=fonts.printable(table.title) if titled else "",
        subtitle=subtitle_of(table) if titled else "",
        sheet=sheet,
        pieces=pieces,
        notes=tuple(fonts.printable(note) for note in table.notes),
        named_rows=table.columns[0].kind == "text",
    )


def subtitle_of(table: Table) -> str:
    """The third line of a statement's heading: basis and period."""
    basis = f"{table.basis.capitalize()} basis" if table.basis else ""
    return " · ".join(filter(None, (basis, period_of(table))))


def period_of(table: Table) -> str:
    """The days that a table covers, in words."""
    if table.first is None:
        return Period(table.last, table.last).title
    return Period(table.first, table.last).title


def heading_of(row: Row) -> str:
    """What a heading row says: the last of its texts, for the account that it names may stand before its title."""
    return next((fonts.printable(cell) for cell in reversed(row.cells) if isinstance(cell, str)), "")


def _by_heading(rows: Sequence[Printed]) -> Iterator[Piece]:
    """One piece, or more, for each account; its heading becomes the line over the column heads."""
    account: str | None = None
    gathered: list[Printed] = []
    for row in rows:
        if row.kind == "heading" and row.depth == 0:
            yield from _cut(gathered, account)
            account, gathered = next(filter(None, row.cells), ""), []
        else:
            gathered.append(row)
    yield from _cut(gathered, account)


def _cut(rows: Sequence[Printed], above: str | None) -> Iterator[Piece]:
    """Rows in tables of about `PIECE`; totals are never left alone on a new one."""
    start = 0
    while start < len(rows):
        end = start + PIECE
        if len(rows) - end < PIECE // 5:
            end = len(rows)
        while end < len(rows) and rows[end].kind != "line":
            end += 1
        yield Piece(tuple(rows[start:end]), above if start == 0 or above is None else f"{above} (continued)")
        start = end


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["figure"] = layout.is_figure
    return environment


def html(template: str, paper: Paper, values: Mapping[str, Any]) -> str:
    """A template filled in; every text in it is escaped."""
    return _environment().get_template(template).render(size=layout.SIZES[paper], version=__version__, **values)


def style() -> str:
    """The style sheet of all templates."""
    return (TEMPLATES / "pack.css").read_text(encoding="utf-8")


def texts(table: Table) -> Iterator[str]:
    """All text in a table that is printed as it came."""
    yield table.title
    yield from table.notes
    for row in table.rows:
        yield from _strings(row)


def _strings(row: Row) -> Iterator[str]:
    return (cell for cell in row.cells if isinstance(cell, str))
