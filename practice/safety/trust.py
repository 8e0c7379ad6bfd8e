"""`daysheet trust`: what books bring that would run or lead elsewhere, and whether it may."""

from __future__ import annotations

from pathlib import Path

import click
from daysheet import console
from daysheet.books import loading
from daysheet.console import Console, pass_console
from daysheet.errors import DaysheetError
from daysheet.ledger import cache
from daysheet.trust import git, places, settings, trusted
from daysheet.trust.ledger import Guard
from daysheet.trust.trusted import Program


@click.command(cls=console.Verb)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Allow without asking.")
@click.option("--revoke", is_flag=True, help="Nothing of these books may run any more.")
@pass_console
def trust(console_: Console, folder: Path | None, yes: bool, revoke: bool) -> int:
    """Say what the books in DIR would run or read elsewhere, and let it.

    Plugins that are not Beancount's or Daysheet's, modules beside the books, commands in the settings and git's own
    configuration run nowhere before this, and files outside the books are not read. What is allowed is kept on this
    machine, for this folder and this content: when it changes, it must be allowed again.
    """
    place = loading.find_books(folder) if folder is not None else console_.folder
    if revoke:
        trusted.allow(place, [])
        console_.emit({"folder": str(place), "programs": []}, lambda: f"Nothing that {place} brings may run.")
        return console.OK
    found = programs(place)
    open_ = trusted.refused(place, found)
    if console_.as_json or not open_:
        if console_.as_json and yes:
            trusted.allow(place, found)
            open_ = []
        console_.emit(_data(place, found, open_), lambda: _text(place, found))
        return console.FINDINGS if open_ else console.OK
    click.echo(_text(place, found))
    if not yes and not click.confirm("Have you read it, and may it run on this machine?", default=False):
        raise DaysheetError("nothing was allowed")
    trusted.allow(place, found)
    click.echo("Allowed, until one of these changes; daysheet trust --revoke takes it back.")
    return console.OK


def programs(folder: Path) -> list[Program]:
    """All that the books in a folder would run.

    Raises:
        DaysheetError: the ledger or the settings cannot be read, or lead out of the folder.
    """
    guard = Guard(folder, listing=True)
    cache.look_over(folder / loading.MAIN, guard)
    return [
        *places.links(folder),
        *places.caches(folder),
        *guard.with_modules(),
        *settings.commands(folder),
        *settings.mail(folder),
        *git.programs(folder),
    ]


def _data(folder: Path, found: list[Program], refused: list[Program]) -> dict[str, object]:
    rows = [
        {
            "kind": program.kind,
            "what": program.what,
            "file": str(program.filename),
            "line": program.line,
            "allowed": program not in refused,
        }
        for program in found
    ]
    return {"folder": str(folder), "programs": rows}


def _text(folder: Path, found: list[Program]) -> str:
    if not found:
        return f"{folder} brings nothing that would run or lead elsewhere."
    refused = trusted.refused(folder, found)
    lines = [
        f"{program.filename}{f':{program.line}' if program.line else ''}: {program.words}"
        + (" – allowed" if program not in refused else "")
        for program in found
    ]
    return "\n".join(lines)
