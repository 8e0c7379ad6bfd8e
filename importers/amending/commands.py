"""The verbs that change what is in the books already: `undo` and `recategorize`. Each shows a diff first."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from daysheet import console
from daysheet.importers.amending import returning
from daysheet.importers.amending.undo import Undone
from daysheet.wording import many


@click.command(cls=console.Verb)
@click.argument("names", nargs=-1, required=True, metavar="FILE-OR-DAY...")
@click.option("--dry-run", is_flag=True, help="Show what would change in the ledger, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@console.pass_console
def undo(shell: console.Console, names: tuple[str, ...], dry_run: bool, yes: bool) -> None:
    """Take an import back whole: what it gave, the balances it proved, settlements and accounts; its file returns.

    FILE is a filed original as imports.beancount names it (its folder may be left out), or the file as it was
    imported; DAY is the last day that files cover.
    """
    back = returning.taken_back(shell.folder, names)
    diff = list(back.amendment.diff())
    _show(shell, [*diff, "", *_said(back.undone)])
    done = not dry_run and _agreed(shell, yes=yes)
    places = [str(path) for path in returning.carry_out(back)] if done else []
    answer = {
        "files": list(back.originals),
        "entries": back.undone.entries,
        "kept": back.undone.kept,
        "changed": back.undone.changed,
        "missing": back.undone.missing,
        "booked": back.undone.booked,
        "closed": back.undone.closed,
        "written": back.amendment.names() if done else [],
        "returned": places,
        "diff": diff,
    }
    returned = [f"Returned: {Path(path).relative_to(shell.folder)}" for path in places]
    note = ["The next daysheet import takes what is in the inbox: move away what is not to come again."]
    shell.emit(answer, lambda: "\n".join([*returned, *(note if places else ["Nothing was changed."])]))


def _show(shell: console.Console, lines: list[str]) -> None:
    if not shell.as_json:
        click.echo("\n".join(lines).lstrip("\n"))


def _agreed(shell: console.Console, *, yes: bool) -> bool:
    """Whether the change is to be made: a person at a terminal is asked, a script has said so by its call."""
    return yes or shell.as_json or not sys.stdin.isatty() or click.confirm("Change the books so?")


def _said(undone: Undone) -> list[str]:
    lines = [f"Taken back: {one.file}" for one in undone.imports]
    if undone.entries or undone.kept:
        kept = f", {undone.kept:,} stay: another imported file holds them too" if undone.kept else ""
        lines.append(f"  {many(undone.entries, 'entry', 'entries')} out of the books{kept}")
    if undone.changed:
        lines.append(f"  of these, {undone.changed:,} were changed by hand since")
    if undone.missing:
        lines.append(f"  {many(undone.missing, 'row')} of it were not in the books any more")
    if undone.booked:
        lines.append(f"  {many(undone.booked, 'row')} of other imported files booked in their place")
    if undone.closed:
        lines.append(f"  accounts closed again: {', '.join(undone.closed)}")
    return lines
