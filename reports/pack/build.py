"""The accountant's pack of a year: one PDF to read, with everything that it says embedded for programs.

`build` puts the contents together, has them set, and gives the files of `packs/YEAR`; nothing is written here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NamedTuple

from daysheet.books import Books
from daysheet.ledger import collector
from daysheet.reports.formats.workbook import Workbook
from daysheet.reports.pack import summary, volumes
from daysheet.reports.pack.contents import (
    LEDGER,
    Contents,
    Options,
    PackSettings,
    Subject,
    as_json,
    described,
    gather,
    manifest,
    sha256,
    subject_of,
    table_of,
)
from daysheet.reports.pack.filing import MANIFEST
from daysheet.reports.pack.volumes import Volume
from daysheet.reports.pdf import flow, fonts, pages
from daysheet.reports.pdf.html_to_pdf import Document, Embedded
from daysheet.reports.pdf.pages import Part
from daysheet.reports.pdf.rendering import Progress, Renderer
from daysheet.reports.period import long_date
from daysheet.reports.table import Column, Row, Table
from daysheet.reports.tax.contractors import MISSING_W9
from daysheet.settings import Settings

RETURNS: Final[Mapping[str, str]] = {
    "schedule-c": "Form 1040, Schedule C",
    "1065": "Form 1065",
    "1120-s": "Form 1120-S",
}
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
DISCLAIMER: Final = (
    "Prepared from the practice's books without audit or review, for the preparation of tax returns."
    " No patient is named in this pack{tokens}."
)
_INCOME: Final = ("income", "income-accrual")
_SHORT_SHA = 16
FINAL: Final = "final"


@dataclass(frozen=True)
class Built:
    """A finished pack.

    Attributes:
        contents: what it was made from.
        files: each file of `packs/YEAR` by name, the pack itself first and its manifest last.
        notes: what the bookkeeper should know of its making.
    """

    contents: Contents
    files: Mapping[str, bytes]
    notes: tuple[str, ...]


def build(
    books: Books,
    settings: Settings,
    year: int,
    options: Options,
    commit: str | None,
    renderer: Renderer,
    progress: Progress,
) -> Built:
    """The pack of a year.

    Args:
        books: the indexed books.
        settings: their settings.
        year: the calendar year.
        options: the paper, and whether patient tokens may be shown.
        commit: the commit that the books are at, None when they are not just that.
        renderer: what sets the pages.
        progress: told how far the setting is.

    Raises:
        DaysheetError: the books hold nothing of that year, or the settings are wrong.
    """
    with collector.paused():
        return _build(books, settings, subject_of(books, settings, year, options), commit, renderer, progress)


def _build(
    books: Books, settings: Settings, subject: Subject, commit: str | None, renderer: Renderer, progress: Progress
) -> Built:
    year = subject.period.first.year
    ledger = table_of(books, settings, subject, LEDGER)
    parts: tuple[Volume, ...] = ()
    if len(ledger.rows) > volumes.ROWS_WITHIN:
        parts = volumes.volumes(subject, settings, ledger)

    def begin(workbook: Workbook) -> Callable[[], bytes]:
        key = renderer.start(workbook)
        renderer.expect()
        return partial(renderer.made, key)

    contents = gather(books, settings, subject, ledger, begin)
    # the pack itself takes longest: the volumes are laid out while it is being set
    main = renderer.start(document(contents, settings, commit, parts))
    started = [renderer.start(part.listing) for part in parts]
    rendered = renderer.finish([main, *started], progress)
    names = [f"accountants-pack-{year}.pdf", *(part.name for part in parts)]
    files = dict(zip(names, rendered, strict=True))
    files |= {file.name: file.data for file in contents.files}
    listed = [{"name": name, "sha256": sha256(content), "bytes": len(content)} for name, content in files.items()]
    said = _said(contents, settings)
    files[MANIFEST] = as_json({**described(contents), "commit": commit, "said": said, "files": listed})
    lacking = fonts.lacking_note(text for table in contents.tables.values() for text in pages.texts(table))
    return Built(contents, files, (lacking,) if lacking else ())


def document(contents: Contents, settings: Settings, commit: str | None, parts: tuple[Volume, ...]) -> Document:
    """The pack itself, before it is set."""
    practice = settings.practice
    entity = fonts.printable(practice.name)
    period = contents.subject.period
    lead = next(iter(contents.tables.values()))
    right = f"{period.title} · {lead.currency}"
    embedded = (*contents.files, manifest(contents, commit))
    footing = [f"Pack {contents.id}", f"ledger {commit[:7]}" if commit else "", "Unaudited – for tax preparation"]
    sections = _sections(contents, parts, _list_of_files(contents, embedded))
    html = pages.html(
        "pack.html",
        contents.subject.options.paper,
        {
            "title": f"{entity} – accountant's pack {period.first.year}",
            "author": fonts.printable(practice.preparer or practice.name),
            "description": f"Books of {period.first.year} for the preparation of tax returns, unaudited",
            "left": entity,
            "right": right,
            "foot": fonts.printable(" · ".join(filter(None, footing))),
            "entity": entity,
            "cover": _cover(contents, settings, commit),
            "groups": sections,
        },
    )
    return Document(html, pages.style(), contents.subject.as_of, embedded)


class Group(NamedTuple):
    """Sections that stand under one heading in the contents."""

    title: str
    parts: tuple[Part, ...]


def _sections(contents: Contents, parts: tuple[Volume, ...], last: Part) -> tuple[Group, ...]:
    """All sections as they are printed: statements, schedules, the practice's own, records; wide ones come late."""
    paper = contents.subject.options.paper
    close = any(pages.is_close([contents.tables[name]]) for name in _INCOME if name in contents.tables)
    made: dict[str, Part] = {"summary": summary.part(contents)}
    for name, table in contents.tables.items():
        if name in (summary.TIE_OUTS, summary.PROOF, "trial-balance") or summary.is_empty(table):
            continue
        shown = _list_of(contents, parts) if name == LEDGER and parts else table
        charts = summary.charts_of(name, contents)
        made[name] = pages.part_of(name, table.title, [shown], paper, charts, close=close if name in _INCOME else None)
    made["files"] = last
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


def _cover(contents: Contents, settings: Settings, commit: str | None) -> Mapping[str, Any]:
    practice, pack = settings.practice, settings.table("pack", PackSettings)
    method = f"{practice.method} method"
    form = RETURNS.get(practice.returns, practice.returns)
    entity = " – ".join(filter(None, (practice.entity, f"{form} ({method})")))
    ledger = f"ledger commit {commit[:12]}" if commit else "not committed, or changed since the last commit"
    locked = (f"locked through {contents.subject.period.last}",) if contents.locked else ()
    tie_outs = summary.tie_out_line(contents)
    title = contents.subject.period.title
    facts = [
        ("Entity and return", entity),
        ("Prepared for", pack.accountant),
        ("Prepared by", practice.preparer),
        ("Books", " · ".join((f"Covered through {long_date(contents.subject.as_of)}", *locked, ledger))),
        ("Pack", f"{contents.id} · digest of the books {contents.books[:_SHORT_SHA]}…"),
        ("Status", " – ".join(filter(None, (status_of(contents, pack.status), tie_outs)))),
    ]
    tokens = (
        ""
        if contents.subject.options.tokens is False
        else "; patients stand in it as tokens, which the practice can resolve"
    )
    return {
        "subtitle": f"Accountant’s pack · {title[0].lower()}{title[1:]}",
        "facts": [(label, fonts.printable(value)) for label, value in facts if value],
        "disclaimer": DISCLAIMER.format(tokens=tokens),
    }


def status_of(contents: Contents, said: str) -> str:
    """The pack's status: what the settings say, but final only where every tie-out agrees and no question is open."""
    if said.strip().casefold() != FINAL or summary.is_settled(contents):
        return said
    return "Draft, not yet final"


def _said(contents: Contents, settings: Settings) -> dict[str, Any]:
    """What whoever sends the pack on should know of its state: it is no part of what is verified."""
    topics = Counter(str(row.cells[0]) for row in contents.tables["open-questions"].rows if row.kind == "line")
    vendors = contents.tables["contractors"]
    name, verdict = (summary.place_of(vendors, key) for key in ("vendor", "verdict"))
    return {
        "status": status_of(contents, settings.table("pack", PackSettings).status),
        "tie_outs": summary.tie_out_line(contents),
        "questions": dict(sorted(topics.items())),
        "missing_w9": [str(row.cells[name]) for row in vendors.rows if row.cells[verdict] == MISSING_W9],
    }


def _list_of_files(contents: Contents, embedded: tuple[Embedded, ...]) -> Part:
    """What is embedded, and how it can be proved."""
    columns = (
        Column("file", "File"),
        Column("what", "What it holds"),
        Column("bytes", "Bytes", "count"),
        Column("sha256", "SHA-256, first digits"),
    )
    rows = tuple(
        Row("line", (file.name, file.description, len(file.data), sha256(file.data)[:_SHORT_SHA]))
        for file in embedded
        if file.name != MANIFEST
    )
    last = contents.subject.period.last
    notes = (
        f"Digest of the books, by which each entry through {last} is held fast: {contents.books}.",
        "daysheet verify makes each of these files again from the books and says whether they are the same.",
    )
    listing = _plain(contents, "files", "Embedded files", columns, rows, notes)
    return pages.part_of("files", listing.title, [listing], contents.subject.options.paper)


def _list_of(contents: Contents, parts: tuple[Volume, ...]) -> Table:
    """In the ledger's place, where it is: its volumes."""
    columns = (
        Column("file", "Volume"),
        Column("first", "From account"),
        Column("last", "Through account"),
        Column("rows", "Rows", "count"),
    )
    rows = [Row("line", (part.name, part.first, part.last, part.rows)) for part in parts]
    rows.append(Row("total", ("Total", None, None, sum(part.rows for part in parts))))
    ledger = contents.tables[LEDGER]
    note = (
        "The ledger is long and stands in volumes beside this document, each with its own page numbers and its rows"
        f" embedded. Control accounts are printed as daily totals; every posting is in {LEDGER}.csv, embedded here.",
    )
    listing = _plain(contents, "volumes", ledger.title, columns, tuple(rows), note)
    return Table(
        "volumes", ledger.title, ledger.basis, ledger.first, ledger.last, ledger.as_of, ledger.currency,
        listing.columns, listing.rows, note,
    )  # fmt: skip


def _plain(
    contents: Contents,
    name: str,
    title: str,
    columns: tuple[Column, ...],
    rows: tuple[Row, ...],
    notes: tuple[str, ...] = (),
) -> Table:
    period = contents.subject.period
    return Table(name, title, "", period.first, period.last, contents.subject.as_of, "", columns, rows, notes)
