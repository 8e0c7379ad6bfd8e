"""`daysheet report`: one statement, in one format."""

from __future__ import annotations

import sys
from typing import Final

import click
from daysheet import console
from daysheet.errors import DaysheetError
from daysheet.reports import data, period, registry, text
from daysheet.reports.table import Basis

FORMATS: Final = ("text", "csv", "json")


@click.command(cls=console.Verb)
@click.argument("name", metavar="NAME")
@click.option("--period", "period_text", metavar="PERIOD", help=f"{period.GRAMMAR} (default: the books' last year).")
@click.option("--basis", type=click.Choice(("cash", "accrual")), default=None, help="Default: the practice's method.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--detail", is_flag=True, help="Every posting of control accounts, not their daily totals.")
@console.pass_console
def report(
    shared: console.Console, *, name: str, period_text: str | None, basis: Basis | None, form: str, detail: bool
) -> None:
    """Print one statement or ledger, such as income, balance-sheet or receivables."""
    books, settings = shared.books(), shared.settings()
    days = period.parse(period_text) if period_text else period.year(books.as_of.year)
    method = settings.practice.method
    if basis is None and method not in ("cash", "accrual"):
        raise DaysheetError('method in [practice] must be "cash" or "accrual"', filename=settings.path)
    wanted: Basis = basis or ("accrual" if method == "accrual" else "cash")
    table = registry.build(name, books, settings, days, wanted, detail=detail)
    if shared.as_json or form == "json":
        click.echo(data.to_json_text(table), nl=False)
    elif form == "csv":
        sys.stdout.buffer.write(data.to_csv(table).encode())
    else:
        click.echo(text.render(table, settings.practice.name), nl=False)
