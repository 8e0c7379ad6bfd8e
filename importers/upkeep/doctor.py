"""`daysheet doctor`: the books and the installation examined; each fault with what mends it.

Nothing is changed, and nothing that the books bring is run: git is asked as everywhere, and refused where its
configuration in the books names a program that this user has not allowed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from daysheet import console
from daysheet.books import loading
from daysheet.console import Console
from daysheet.errors import DaysheetError
from daysheet.importers.originals.patients import names_on_this_machine
from daysheet.importers.upkeep import figures, installation, keeping, repository
from daysheet.importers.upkeep.fault import Fault, Part
from daysheet.settings import Settings
from daysheet.wording import many


@click.command(cls=console.Verb)
@console.pass_console
def doctor(shell: Console) -> int:
    """Examine the books and the installation: each fault with the command that mends it."""
    folder = _books_folder(shell)
    parts = [installation.versions(), installation.libraries(), installation.typefaces()]
    parts += [Part("books", "none here or above: not looked at")] if folder is None else examined(folder)
    count = sum(len(part.faults) for part in parts)
    shell.emit([_data(part) for part in parts], lambda: "\n".join(_lines(parts, folder or Path.cwd(), count)))
    return console.FINDINGS if count else console.OK


def _books_folder(shell: Console) -> Path | None:
    """The books that are named, or lie here or above; None where an installation without books is examined."""
    try:
        return shell.folder
    except DaysheetError:
        if shell.books_folder is not None:
            raise
        return None


def examined(folder: Path) -> Iterator[Part]:
    """Every part of an examination of some books, in the order in which to mend."""
    try:
        settings = Settings.of(folder)
        settings.practice  # noqa: B018 - an unknown key in it is a fault of the settings
    except DaysheetError as problem:
        yield Part("settings", "daysheet.toml", (Fault.of(problem),))
        return
    yield Part("settings", "daysheet.toml")
    yield keeping.leftovers(folder)
    yield keeping.permissions(folder, settings)
    yield from _of_git(folder, settings)
    try:
        books, broken = loading.as_they_stand(folder)
    except DaysheetError as problem:
        yield Part("ledger", "does not load", (Fault.of(problem),))
        return
    one_sided = figures.receivables(books)
    yield figures.ledger(books, broken, one_sided.faults)
    yield keeping.secret(books, settings)
    yield one_sided
    yield figures.coverage(books)


def _of_git(folder: Path, settings: Settings) -> Iterator[Part]:
    try:
        is_kept = repository.is_repository(folder)
    except DaysheetError as problem:
        yield Part("git", "not asked", (Fault.of(problem),))
        return
    names = names_on_this_machine(folder, settings)
    if is_kept:
        yield repository.settings_of_git(folder)
    else:
        yield Part("git", "these books are in no git repository")
    yield repository.identifiers(folder, names)
    if is_kept:
        yield repository.history(folder, names)


def _data(part: Part) -> dict[str, object]:
    faults = [
        {"what": each.words, "file": each.file and str(each.file), "line": each.line, "mend": each.mend}
        for each in part.faults
    ]
    return {"part": part.name, "seen": part.seen, "ok": not part.faults, "faults": faults}


def _lines(parts: list[Part], folder: Path, count: int) -> Iterator[str]:
    for part in parts:
        yield f"{'FAULT' if part.faults else 'ok':5}  {part.name:12}  {part.seen}"
        for fault in part.faults:
            place = f"{_named(fault.file, folder)}{f':{fault.line}' if fault.line else ''}: " if fault.file else ""
            yield f"       {place}{fault.words}"
            yield f"         → {fault.mend}"
    yield ""
    yield f"{many(count, 'fault')}." if count else "All of this is in order."


def _named(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder)) if path.is_relative_to(folder) and path != folder else str(path)
