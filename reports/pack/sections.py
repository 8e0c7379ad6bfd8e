"""The sections of a pack: which, in what order, and which of them stand on the same pages.

They are known before everything that a pack embeds is: what they say follows from its tables, but for the list of the
embedded files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from daysheet.reports.pack import summary
from daysheet.reports.pack.contents import LEDGER, Contents, Figures, files_of, sha256
from daysheet.reports.pack.filing import MANIFEST
from daysheet.reports.pack.volumes import Volume
from daysheet.reports.pdf import flow, pages
from daysheet.reports.pdf.html_to_pdf import Embedded
from daysheet.reports.pdf.pages import Part
from daysheet.reports.table import Column, Row, Table
from daysheet.settings import Settings

OTHER: Final = "Schedules"
RECORDS: Final = "Records"
LYING: Final = "Wide schedules"
# What stands together in the pack; a table that no group names is a schedule.
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "Summary": ("summary", "open-questions"),
    "Financial statements": ("income", "balance-sheet", "cash-flow", "income-accrual", "cash-to-accrual"),
    "For the return": (
        "adjusting-entries", "working-trial-balance", "tax-lines",
        "schedule-k", "schedule-k1", "schedule-l", "schedule-m",
    ),
    OTHER: (),
    "Receivables and the practice": (
        "receivables", "deposits", "card-receipts", "monthly", "kpis", "billing-gaps",
    ),
    RECORDS: (LEDGER, "documents", "files"),
}  # fmt: skip
_INCOME: Final = ("income", "income-accrual")
_FILES: Final = "files"
_SHORT_SHA: Final = 16
_LONG_SHA: Final = 64


class Group(NamedTuple):
    """Sections that stand under one heading in the contents."""

    title: str
    parts: tuple[Part, ...]


def groups_of(figures: Figures, settings: Settings, parts: tuple[Volume, ...]) -> tuple[Group, ...]:
    """All sections as they are printed: statements, schedules, the practice's own, records; wide ones come late.

    The list of embedded files stands in its place with what is known of them: `with_files` writes it.
    """
    paper = figures.subject.options.paper
    close = any(pages.is_close([figures.tables[name]]) for name in _INCOME if name in figures.tables)
    made: dict[str, Part] = {"summary": summary.part(figures)}
    for name, table in figures.tables.items():
        if name in (summary.TIE_OUTS, summary.PROOF, "trial-balance") or summary.is_empty(table):
            continue
        shown = _list_of(figures, parts) if name == LEDGER and parts else table
        charts = summary.charts_of(name, figures)
        made[name] = pages.part_of(name, table.title, [shown], paper, charts, close=close if name in _INCOME else None)
    awaited = (Row("line", (name, what, 0, "0" * _SHORT_SHA)) for name, what in files_of(figures, settings))
    made[_FILES] = _list_of_files(figures, tuple(awaited), "0" * _LONG_SHA)
    rest = {name for name in made if not any(name in names for names in GROUPS.values())}
    grouped = {
        title: [made[name] for name in made if name in names or (title == OTHER and name in rest)]
        for title, names in GROUPS.items()
    }
    lying = [part for title in grouped if title != RECORDS for part in grouped[title] if part.orientation != "portrait"]
    upright = {title: [part for part in found if part not in lying] for title, found in grouped.items()}
    upright[LYING] = lying
    order = [*(title for title in GROUPS if title != RECORDS), LYING, RECORDS]
    flat = iter(flow.flowing((part for title in order for part in upright[title]), paper))
    groups = (Group(title, tuple(next(flat) for _ in upright[title])) for title in order)
    return tuple(group for group in groups if group.parts)


def in_leaves(groups: Sequence[Group]) -> list[tuple[Part, ...]]:
    """The sections of all groups, those together that stand on the same pages."""
    leaves: list[tuple[Part, ...]] = []
    for part in (part for group in groups for part in group.parts):
        if part.goes_on:
            leaves[-1] += (part,)
        else:
            leaves.append((part,))
    return leaves


def awaits_files(leaf: Sequence[Part]) -> bool:
    """Whether sections have the list of embedded files among them."""
    return any(part.anchor == _FILES for part in leaf)


def with_files(leaf: Sequence[Part], contents: Contents, embedded: Sequence[Embedded]) -> tuple[Part, ...]:
    """The same sections with the list of embedded files written, which stands where it was to stand."""
    rows = tuple(
        Row("line", (file.name, file.description, len(file.data), sha256(file.data)[:_SHORT_SHA]))
        for file in embedded
        if file.name != MANIFEST
    )
    written = _list_of_files(contents, rows, contents.books)
    return tuple(flow.placed_as(written, part) if part.anchor == _FILES else part for part in leaf)


def _list_of_files(figures: Figures, rows: tuple[Row, ...], digest: str) -> Part:
    """What is embedded, and how it can be proved."""
    columns = (
        Column("file", "File"),
        Column("what", "What it holds"),
        Column("bytes", "Bytes", "count"),
        Column("sha256", "SHA-256, first digits"),
    )
    last = figures.subject.period.last
    notes = (
        f"Digest of the books, by which each entry through {last} is held fast: {digest}.",
        "daysheet verify makes each of these files again from the books and says whether they are the same.",
    )
    listing = _plain(figures, _FILES, "Embedded files", columns, rows, notes)
    return pages.part_of(_FILES, listing.title, [listing], figures.subject.options.paper)


def _list_of(figures: Figures, parts: tuple[Volume, ...]) -> Table:
    """In the ledger's place, where it is: its volumes."""
    columns = (
        Column("file", "Volume"),
        Column("first", "From account"),
        Column("last", "Through account"),
        Column("rows", "Rows", "count"),
    )
    rows = [Row("line", (part.name, part.first, part.last, part.rows)) for part in parts]
    rows.append(Row("total", ("Total", None, None, sum(part.rows for part in parts))))
    ledger = figures.tables[LEDGER]
    note = (
        "The ledger is long and stands in volumes beside this document, each with its own page numbers and its rows"
        f" embedded. Control accounts are printed as daily totals; every posting is in {LEDGER}.csv, embedded here.",
    )
    listing = _plain(figures, "volumes", ledger.title, columns, tuple(rows), note)
    return Table(
        "volumes", ledger.title, ledger.basis, ledger.first, ledger.last, ledger.as_of, ledger.currency,
        listing.columns, listing.rows, note,
    )  # fmt: skip


def _plain(
    figures: Figures,
    name: str,
    title: str,
    columns: tuple[Column, ...],
    rows: tuple[Row, ...],
    notes: tuple[str, ...] = (),
) -> Table:
    period = figures.subject.period
    return Table(name, title, "", period.first, period.last, figures.subject.as_of, "", columns, rows, notes)
