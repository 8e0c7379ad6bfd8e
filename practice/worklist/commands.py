"""The verbs that look for what is missing: `check` and `waive`."""

from __future__ import annotations

import datetime

import click
from daysheet import console
from daysheet.findings import KINDS
from daysheet.worklist import worklist
from daysheet.worklist.waivers import waive_finding

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command(cls=console.Verb)
@click.option("--as-of", type=_DAY, help="As the books stood on this day (default: the last day they cover).")
@click.option("--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="Only findings of this kind.")
@click.option("--since", type=_DAY, help="Only what could not be found yet as of this day.")
@click.option("--csv", "as_csv", is_flag=True, help="One row a finding, for a spreadsheet.")
@console.pass_console
def check(
    shell: console.Console,
    as_of: datetime.datetime | None,
    kinds: tuple[str, ...],
    since: datetime.datetime | None,
    as_csv: bool,
) -> int:
    """What was never billed, never paid or never deposited, and what it costs."""
    books = shell.books()
    day = books.as_of if as_of is None else as_of.date()
    start = None if since is None else since.date()
    found = worklist.findings_of(books, day, kinds, start)
    if as_csv:
        click.echo(worklist.as_csv(found, shell.folder, books.currency), nl=False)
    else:
        shell.emit(
            worklist.as_json(books, day, found, shell.folder) if shell.as_json else None,
            lambda: "\n".join(
                [
                    worklist.as_text(books, day, found, shell.folder),
                    *([worklist.trend(books, day, start, kinds)] if start else []),
                ]
            ),
        )
    return console.FINDINGS if found else console.OK


@click.command(cls=console.Verb)
@click.argument("key")
@click.option("--reason", required=True, help="Why this is not to be done; it is kept in the ledger.")
@click.option("--kind", type=click.Choice(KINDS), help="The kind, where one key stands for findings of several.")
@console.pass_console
def waive(shell: console.Console, key: str, reason: str, kind: str | None) -> None:
    """Set a finding aside, with the reason, in the ledger."""
    waiver, words = waive_finding(shell.folder, key, reason, kind)
    shell.emit(
        {"kind": waiver.kind, "key": waiver.key, "date": waiver.date, "reason": waiver.reason},
        lambda: f"{waiver.kind} {waiver.key} is set aside as of {waiver.date}.\n{words}",
    )
