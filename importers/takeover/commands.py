"""`daysheet adopt`: books that begin where another program's end."""

from __future__ import annotations

import datetime
from pathlib import Path

import click
from daysheet import console
from daysheet.importers.import_report import as_json, as_text
from daysheet.importers.takeover.adopt import FORMER, adopt


@click.command("adopt", cls=console.Verb)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--begin", type=click.DateTime(["%Y-%m-%d"]), help="The day on which these books begin.")
@click.option("--former", default=FORMER, help="Where the books were kept before, such as QuickBooks.")
@click.option("--dry-run", is_flag=True, help="Show what would change in the ledger, and change nothing.")
@console.pass_console
def adopt_(
    shell: console.Console, paths: tuple[Path, ...], begin: datetime.datetime | None, former: str, dry_run: bool
) -> None:
    """Begin with another program's trial balance, chart of accounts and open items: CSV, workbook or IIF."""
    outcome = adopt(shell.folder, paths, begin.date() if begin else None, former, dry_run=dry_run)
    shell.emit(as_json(outcome), lambda: as_text(outcome, shell.folder, whole=True, dry_run=dry_run))
