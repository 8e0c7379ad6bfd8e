"""The verbs that look for what is missing: `check` and `waive`."""

from __future__ import annotations

import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click
from daysheet import console
from daysheet.findings import KINDS
from daysheet.worklist import kept

if TYPE_CHECKING:
    from daysheet.books import Books

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
    asked = _Asked(as_of and as_of.date(), tuple(sorted(set(kinds))), since and since.date(), as_csv, shell.as_json)
    folder = shell.folder
    found = kept.said(folder, repr(asked), partial(_checked, shell, folder, asked))
    click.echo(found.words, nl=False)
    return found.code


class _Asked(NamedTuple):
    """What `check` is asked for."""

    as_of: datetime.date | None
    kinds: tuple[str, ...]
    since: datetime.date | None
    as_csv: bool
    as_json: bool


def _checked(shell: console.Console, folder: Path, asked: _Asked, guard: kept.Watch) -> tuple[Books, kept.Said]:
    """Load the books and look; Beancount is not loaded before."""
    from daysheet.books import loading  # noqa: PLC0415
    from daysheet.worklist import deposits_before, worklist  # noqa: PLC0415

    books = loading.load(folder, guard)
    day = asked.as_of or books.as_of
    known = deposits_before.known(books, day, asked.kinds, guard) if kept.is_all_of_its_files(guard, books) else {}
    found = worklist.findings_of(books, day, asked.kinds, asked.since, known)
    if asked.as_csv:
        words = worklist.as_csv(found, folder, books.currency)
    elif asked.as_json:
        words = shell.words(worklist.as_json(books, day, found, folder), str)
    else:
        trend = [worklist.trend(books, day, asked.since, asked.kinds)] if asked.since else []
        words = shell.words(None, lambda: "\n".join([worklist.as_text(books, day, found, folder), *trend]))
    return books, kept.Said(words, console.FINDINGS if found else console.OK)


@click.command(cls=console.Verb)
@click.argument("key")
@click.option("--reason", required=True, help="Why this is not to be done; it is kept in the ledger.")
@click.option("--kind", type=click.Choice(KINDS), help="The kind, where one key stands for findings of several.")
@console.pass_console
def waive(shell: console.Console, key: str, reason: str, kind: str | None) -> None:
    """Set a finding aside, with the reason, in the ledger."""
    from daysheet.worklist.waivers import waive_finding  # noqa: PLC0415 - loads Beancount, which check may not need

    waiver, words = waive_finding(shell.folder, key, reason, kind)
    shell.emit(
        {"kind": waiver.kind, "key": waiver.key, "date": waiver.date, "reason": waiver.reason},
        lambda: f"{waiver.kind} {waiver.key} is set aside as of {waiver.date}.\n{words}",
    )
