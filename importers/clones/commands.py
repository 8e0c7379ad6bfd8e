"""The verb for a clone of some books: `hook`."""

from __future__ import annotations

from pathlib import Path

import click
from daysheet import console, files
from daysheet.errors import DaysheetError
from daysheet.importers.clones import git
from daysheet.importers.clones.merge import merged


@click.command(cls=console.Verb)
@click.argument("arguments", nargs=-1, metavar="")
@console.pass_console
def hook(shell: console.Console, arguments: tuple[str, ...]) -> int:
    """Give this clone of the books the hook that looks at each commit, and tell git how to merge its month files.

    Git takes neither from the place that a clone is made of: run this once in each clone.
    """
    if arguments:
        return _merge(arguments)
    folder = shell.folder
    if not (folder / ".git").exists():
        raise DaysheetError("is no git repository of its own", filename=folder, remedy="run git init there first")
    warning = git.install(folder)
    shell.emit(
        {"folder": str(folder), "warning": warning},
        lambda: f"Note: {warning}." if warning else "Each commit is looked at, and month files are merged by entries.",
    )
    return console.OK


def _merge(arguments: tuple[str, ...]) -> int:
    """What git calls: `merge BASE OURS THEIRS`; the answer is written over OURS. 1 where a person must decide."""
    if len(arguments) != 4 or arguments[0] != "merge":
        raise DaysheetError("hook takes no arguments; git calls it with merge and three files")
    base, ours, theirs = map(Path, arguments[1:])
    try:
        text = merged(*(path.read_text(encoding="utf-8") for path in (base, ours, theirs)))
    except UnicodeDecodeError:
        return console.FINDINGS
    if text is None:
        return console.FINDINGS
    files.write(ours, text.encode())
    return console.OK
