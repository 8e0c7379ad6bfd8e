"""One report by itself, as a page for a browser or as a PDF like those of the pack."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator
from typing import Final

from daysheet.reports.formats import csv_json
from daysheet.reports.pdf import fonts, html_to_pdf, pages
from daysheet.reports.pdf.html_to_pdf import Document, Embedded
from daysheet.reports.pdf.layout import Paper, Printed
from daysheet.reports.pdf.listing import ENTRY, Listing
from daysheet.reports.pdf.pages import Part
from daysheet.reports.pdf.tagged import About
from daysheet.reports.table import Table

_SCREEN: Final = (
    'html{font-family:"Source Sans 3",system-ui,sans-serif;font-size:12pt}'
    "@media screen{body{max-width:72rem;margin:2rem auto;padding:0 1rem;overflow-x:auto}"
    "table{table-layout:auto;width:auto!important}th{white-space:nowrap}}"
)


def to_html(table: Table, practice: str, paper: Paper = "letter") -> str:
    """A page that stands alone: its style within it, nothing fetched, all text escaped."""
    return _html(table, practice, paper).replace("</head>", f"<style>{pages.style()}{_SCREEN}</style>\n</head>", 1)


def to_pdf(table: Table, practice: str, paper: Paper = "letter") -> bytes:
    """A PDF/A-3a and PDF/UA-1 of the report, its CSV embedded; the same books give the same bytes."""
    csv = Embedded(f"{table.name}.csv", csv_json.to_csv(table).encode(), "text/csv", "The same table as data")
    if table.name in pages.BY_ACCOUNT | pages.BY_MONTH:
        return _listing(table, practice, paper, csv).render()
    return html_to_pdf.render(Document(_html(table, practice, paper), pages.style(), table.as_of, (csv,)))


def _listing(table: Table, practice: str, paper: Paper, csv: Embedded) -> Listing:
    """A report that lists one account, or one month, after another, of any length."""
    part = pages.part_of(table.name, table.title, [table], paper)
    said = _said(part, table, practice)
    block = part.blocks[0]
    return Listing(
        about=About(said["title"], said["author"], said["description"], table.as_of),
        entity=said["left"],
        heading=part.title,
        subtitle=part.subtitle,
        right=said["right"],
        foot=said["foot"],
        paper=paper,
        sheet=block.sheet._replace(rows=tuple(_by_month(block.sheet.rows)))
        if table.name in pages.BY_MONTH
        else block.sheet,
        notes=block.notes,
        embedded=(csv,),
    )


def _by_month(rows: Iterable[Printed]) -> Iterator[Printed]:
    """A journal's rows, each month under a heading of its own; what heads an entry is a row like those under it."""
    month = ""
    for row in rows:
        if row.kind == "heading" and row.cells[0][:7] != month:
            month = row.cells[0][:7]
            title = f"{calendar.month_name[int(month[5:])]} {month[:4]}"
            yield Printed("heading", 0, (title, *("",) * (len(row.cells) - 1)), row.negative, spans=True)
        yield row._replace(kind=ENTRY) if row.kind == "heading" else row


def _html(table: Table, practice: str, paper: Paper) -> str:
    part = pages.part_of(table.name, table.title, [table], paper)
    return pages.html("report.html", paper, {**_said(part, table, practice), "part": part})


def _said(part: Part, table: Table, practice: str) -> dict[str, str]:
    """What the file, and each page, says of itself."""
    entity = fonts.printable(practice)
    return {
        "title": f"{entity} – {part.title}",
        "author": entity,
        "description": f"{part.title}, {part.subtitle}",
        "left": entity,
        "right": part.right,
        "foot": f"Books through {table.as_of} · Unaudited",
    }
