"""The verbs about kinds of files: `identify`, and `profile new`, `test` and `list`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import click
from daysheet import console
from daysheet.errors import DaysheetError
from daysheet.importers import profile_new, sources
from daysheet.importers.banks import selftest
from daysheet.importers.banks import source as bank
from daysheet.importers.detection import identify
from daysheet.importers.detection.claims import NOTHING_TOLD
from daysheet.importers.payroll import selftest as payroll_selftest
from daysheet.importers.payroll.source import PayrollSource
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.systems import selftest as systems_selftest
from daysheet.importers.systems import source as systems
from daysheet.settings import Settings

_FILE: Final = click.Path(path_type=Path)


@click.command("identify", cls=console.Verb)
@click.argument("paths", nargs=-1, required=True, type=_FILE, metavar="FILE...")
@console.pass_console
def identify_(shell: console.Console, paths: tuple[Path, ...]) -> int:
    """Say of each file which profile reads it, or what it looks like and why."""
    folder = profile_new.books_folder(shell)
    known = sources.all_sources(folder)
    told = sources.told(Settings.of(folder)) if folder else NOTHING_TOLD
    books = cache(lambda: profile_new.known(folder))  # loaded once, and only where a file asks for them
    answers: list[dict[str, Any]] = []
    texts: list[str] = []
    refused: list[DaysheetError] = []
    for path in paths:
        file = RawFile(path)
        try:
            answer, detected = identify.describe(file, known, told, books)
            texts.append(identify.as_text(answer, detected))
            answers.append(answer)
        except DaysheetError as problem:
            refused.append(problem)
    shell.emit(answers, lambda: "\n\n".join(texts))
    for each in refused:
        click.echo(f"daysheet: {each}", err=True)
    return console.BROKEN if refused else console.OK


@click.group("profile")
def profile() -> None:
    """Profiles: how the file of a bank or a practice system is read."""


profile.add_command(profile_new.new)


@profile.command("test", cls=console.Verb)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@console.pass_console
def test(shell: console.Console, names: tuple[str, ...]) -> int:
    """Run the profiles' own samples: the practice's own and the shipped ones, or those named."""
    known = sources.all_sources(profile_new.books_folder(shell))
    tried: dict[str, list[str]] = {}
    for source in known:
        if names and source.name not in names:
            continue
        if isinstance(source, bank.BankSource):
            tried[source.name] = selftest.problems(source)
        elif isinstance(source, systems.SystemSource):
            tried[source.name] = systems_selftest.problems(source)
        elif isinstance(source, PayrollSource):
            tried[source.name] = payroll_selftest.problems(source)
    for name in names:
        if name not in tried:
            raise DaysheetError(f"there is no profile {name}", remedy="daysheet profile list names them all")
    wrong = {name: problems for name, problems in tried.items() if problems}
    answer = [{"profile": name, "problems": problems} for name, problems in tried.items()]
    lines = [f"{name}: {problem}" for name, problems in wrong.items() for problem in problems]
    lines.append(f"{len(tried) - len(wrong)} of {len(tried)} profiles pass.")
    shell.emit(answer, lambda: "\n".join(lines))
    return console.BROKEN if wrong else console.OK


@profile.command("list", cls=console.Verb)
@console.pass_console
def list_(shell: console.Console) -> None:
    """Name all profiles."""
    rows = [
        {"profile": source.name, "kind": source.kind, "title": source.profile.title}
        for source in sources.all_sources(profile_new.books_folder(shell))
        if isinstance(source, bank.BankSource | systems.SystemSource | PayrollSource)
    ]
    width = max(len(row["profile"]) for row in rows)
    shell.emit(rows, lambda: "\n".join(f"{row['profile']:<{width}}  {row['title']}" for row in rows))
