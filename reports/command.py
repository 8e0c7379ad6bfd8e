"""`daysheet report`: one statement, in one format."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click
from daysheet import console, files
from daysheet.books.holding import is_empty
from daysheet.errors import DaysheetError, escaped, printable
from daysheet.reports import period, registry
from daysheet.reports.formats import csv_json, text, workbook
from daysheet.reports.pack import contents
from daysheet.reports.pdf.layout import Paper
from daysheet.reports.request import Request
from daysheet.reports.schedules import patient_ledger
from daysheet.reports.statements import layouts
from daysheet.reports.table import Basis, Table

TEXTS: Final = ("text", "csv", "json")
MOST: Final = 40_000
"""Rows of one PDF: they take about a gigabyte of memory (docs/speed.md)."""
FORMATS: Final = (*TEXTS, "xlsx", "html", "pdf", *layouts.LAYOUTS)


@click.command(cls=console.Verb)
@click.argument("name", metavar="NAME")
@click.argument("patient", metavar="[TOKEN]", default="")
@click.option(
    "--period",
    "period_text",
    metavar="PERIOD",
    help=f"{period.GRAMMAR} (default: the books' last year to their last day).",
)
@click.option("--basis", type=click.Choice(("cash", "accrual")), default=None, help="Default: the practice's method.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write a file instead of printing.")
@click.option("--detail", is_flag=True, help="Every posting of control accounts, not their daily totals.")
@console.pass_console
def report(
    shared: console.Console,
    *,
    name: str,
    patient: str,
    period_text: str | None,
    basis: Basis | None,
    form: str,
    output: Path | None,
    detail: bool,
) -> None:
    """Print one statement or ledger, such as income, balance-sheet or receivables.

    patient-ledger takes a patient's token, and without one lists all balances.

    engagement, proseries and caseware are layouts of the trial balance for the programs of that name; quickbooks and
    iif of the journal, a month an entry, for QuickBooks Online and Desktop.
    """
    books, settings = shared.books(), shared.settings()
    if not period_text and is_empty(books):
        raise DaysheetError("the books hold nothing yet", filename=shared.folder, remedy="name a period with --period")
    days = period.parse(period_text) if period_text else period.until(books.as_of)
    method = settings.practice.method
    if basis is None and method not in ("cash", "accrual"):
        raise DaysheetError('method in [practice] must be "cash" or "accrual"', filename=settings.path)
    wanted: Basis = basis or ("accrual" if method == "accrual" else "cash")
    if patient and name != patient_ledger.NAME:
        raise DaysheetError(f"{name} is of no one patient", remedy=f"daysheet report {patient_ledger.NAME} TOKEN")
    request = Request(books, settings, days, wanted, detail, patient)
    made = render(name, request, "json" if shared.as_json else form)
    if output is not None:
        files.output(output, made)
    elif form in ("xlsx", "pdf", "engagement") and sys.stdout.isatty():
        raise DaysheetError(f"{form} is no text for a terminal", remedy="name a file with --output FILE")
    else:
        sys.stdout.buffer.write(made)


def render(name: str, request: Request, form: str) -> bytes:
    """A report in a format.

    Raises:
        DaysheetError: there is no such report, or the format is not one of it.
    """
    if form in layouts.LAYOUTS:
        return layouts.export(form, name, request)
    table = registry.find(name)(request)
    practice = request.settings.practice.name
    if form == "xlsx":
        return workbook.to_xlsx([table], practice)
    if form in ("html", "pdf"):
        return _set(table, practice, form, contents.paper_of(request.settings, None))
    if form == "csv":
        return csv_json.to_csv(table).encode()
    return (
        escaped(csv_json.to_json_text(table)) if form == "json" else printable(text.render(table, practice))
    ).encode()


def _set(table: Table, practice: str, form: str, paper: Paper) -> bytes:
    from daysheet.reports import one_page  # noqa: PLC0415 - the PDF engine takes half a second to load

    if form == "pdf" and len(table.rows) > MOST:
        raise DaysheetError(
            f"{table.title}: {len(table.rows):,} rows are too many for one PDF",
            remedy="name a shorter --period, or --format csv",
        )
    return (
        one_page.to_html(table, practice, paper).encode() if form == "html" else one_page.to_pdf(table, practice, paper)
    )
