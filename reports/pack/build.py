"""The accountant's pack of a year: one PDF to read, with everything that it says embedded for programs.

`build` puts the contents together, has them set, and gives the files of `packs/YEAR`; nothing is written here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from daysheet.books import Books
from daysheet.ledger import collector
from daysheet.reports.formats.workbook import Workbook
from daysheet.reports.pack import sections, summary, volumes
from daysheet.reports.pack.contents import (
    LEDGER,
    ORDER,
    Contents,
    Figures,
    Options,
    PackSettings,
    Subject,
    as_json,
    described,
    figures_of,
    gather,
    manifest,
    sha256,
    subject_of,
)
from daysheet.reports.pack.filing import MANIFEST
from daysheet.reports.pack.sections import Group
from daysheet.reports.pack.volumes import Volume
from daysheet.reports.pdf import fonts, pages
from daysheet.reports.pdf.html_to_pdf import Document
from daysheet.reports.pdf.joined import Joined, Leaf
from daysheet.reports.pdf.pages import Part
from daysheet.reports.pdf.rendering import Progress, Renderer
from daysheet.reports.period import long_date
from daysheet.reports.tax.contractors import MISSING_W9
from daysheet.settings import Settings

RETURNS: Final[Mapping[str, str]] = {
    "schedule-c": "Form 1040, Schedule C",
    "1065": "Form 1065",
    "1120-s": "Form 1120-S",
}
DISCLAIMER: Final = (
    "Prepared from the practice's books without audit or review, for the preparation of tax returns."
    " No patient is named in this pack{tokens}."
)
_SHORT_SHA = 16
FINAL: Final = "final"
_NUMBERS: Final = {name: number for number, name in enumerate(("summary", "files", *ORDER), 1)}


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
    figures = figures_of(books, settings, subject)
    ledger = figures.tables[LEDGER]
    parts: tuple[Volume, ...] = ()
    if len(ledger.rows) > volumes.ROWS_WITHIN:
        parts = volumes.volumes(subject, settings, ledger)
    groups = sections.groups_of(figures, settings, parts)
    # what stands for itself is set while files and digests, which the rest awaits, are still being made
    ready = {
        place: _leaf(figures, settings, shown)
        for place, shown in enumerate(sections.in_leaves(groups))
        if not sections.awaits_files(shown)
    }
    for one in ready.values():
        renderer.start(one)

    def begin(workbook: Workbook) -> Callable[[], bytes]:
        return partial(renderer.made, renderer.start(workbook))

    contents = gather(books, settings, figures, begin)
    main = renderer.start(joined(contents, settings, commit, groups, ready))
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


def joined(
    contents: Contents, settings: Settings, commit: str | None, groups: Sequence[Group], ready: Mapping[int, Leaf]
) -> Joined:
    """The pack itself, before it is set: what it says of itself is on its cover and in its feet.

    Args:
        contents: what it is made from.
        settings: of the books.
        commit: the commit that the books are at, None when they are not just that.
        groups: its sections.
        ready: leaves that are made already, by their place among all.
    """
    embedded = (*contents.files, manifest(contents, commit))
    footing = [f"Pack {contents.id}", f"ledger {commit[:7]}" if commit else "", "Unaudited – for tax preparation"]
    year = contents.subject.period.first.year
    values = {
        "author": fonts.printable(settings.practice.preparer or settings.practice.name),
        "description": f"Books of {year} for the preparation of tax returns, unaudited",
        "right": _right(contents),
        "cover": _cover(contents, settings, commit),
    }
    leaves = [
        ready.get(place) or _leaf(contents, settings, sections.with_files(leaf, contents, embedded))
        for place, leaf in enumerate(sections.in_leaves(groups))
    ]
    listed = {"right": _right(contents), "groups": groups}
    return Joined(
        cover=Document(_html(contents, settings, values), pages.style(), contents.subject.as_of, embedded),
        contents=Leaf(0, _html(contents, settings, listed), pages.style(), contents.subject.as_of),
        leaves=tuple(leaves),
        foot=fonts.printable(" · ".join(filter(None, footing))),
    )


def _leaf(figures: Figures, settings: Settings, parts: Sequence[Part]) -> Leaf:
    """Sections that stand on pages of their own; nothing in them changes but with what they show."""
    html = _html(figures, settings, {"right": _right(figures), "parts": parts})
    return Leaf(_NUMBERS[parts[0].anchor], html, pages.style(), figures.subject.as_of)


def _html(figures: Figures, settings: Settings, values: Mapping[str, Any]) -> str:
    entity = fonts.printable(settings.practice.name)
    title = f"{entity} – accountant's pack {figures.subject.period.first.year}"
    stated = {"title": title, "author": "", "description": "", "left": entity, "foot": None, "entity": entity}
    absent = {"cover": None, "groups": (), "parts": ()}
    return pages.html("pack.html", figures.subject.options.paper, {**stated, **absent, **values})


def _right(figures: Figures) -> str:
    lead = next(iter(figures.tables.values()))
    return f"{figures.subject.period.title} · {lead.currency}"


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
