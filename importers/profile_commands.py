"""The verbs about kinds of files: `identify`, and `profile new`, `test` and `list`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import click
from daysheet import console, files
from daysheet.books.loading import find_books
from daysheet.books.loading import load as load_books
from daysheet.errors import DaysheetError
from daysheet.importers import sources
from daysheet.importers.banks import account_number, selftest
from daysheet.importers.banks import source as bank
from daysheet.importers.banks.profile_file import load
from daysheet.importers.detection import identify, patterns, propose
from daysheet.importers.detection.claims import NOTHING_TOLD
from daysheet.importers.detection.detect import Detected, Said, detect
from daysheet.importers.detection.exports.known import NOTHING_KNOWN, Known, of_books
from daysheet.importers.detection.persons import refuse_practice
from daysheet.importers.detection.questions import MARKS, Answers, asked, asked_of_reading, place_of, said
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
    folder = _folder(shell)
    known = sources.all_sources(folder)
    told = sources.told(Settings.of(folder)) if folder else NOTHING_TOLD
    answers: list[dict[str, Any]] = []
    texts: list[str] = []
    refused: list[DaysheetError] = []
    for path in paths:
        file = RawFile(path)
        try:
            answer, detected = identify.describe(file, known, told, lambda: _known(folder))
            texts.append(identify.as_text(answer, detected))
            answers.append(answer)
        except DaysheetError as problem:
            refused.append(problem)
    shell.emit(answers, lambda: "\n\n".join(texts))
    for each in refused:
        click.echo(f"daysheet: {each}", err=True)
    return console.BROKEN if refused else console.OK


def _known(folder: Path | None) -> Known:
    """What the books know of visits, bills, providers and payers; nothing where there are no books."""
    return NOTHING_KNOWN if folder is None else of_books(load_books(folder))


@click.group("profile")
def profile() -> None:
    """Profiles: how the file of a bank or a practice system is read."""


@profile.command("new", cls=console.Verb)
@click.argument("path", type=_FILE, metavar="FILE")
@click.option("--name", help="The profile's name (default: from the file's).")
@click.option("--institution", default="", help="The bank.")
@click.option("--country", default="US", show_default=True, help="Two letters.")
@click.option("--currency", default="", help="Where no column says it, such as USD.")
@click.option("--currency-column", help="The column of the currency, by name or number.")
@click.option("--date-column", help="The column of the booking date, by name or number.")
@click.option("--date-format", help="Where the file does not settle it, such as %m/%d/%Y.")
@click.option("--amount-column", help="The column of the amount, by name or number.")
@click.option("--amount-mode", help="Where the file does not settle it: signed or inverted.")
@click.option("--decimal", type=click.Choice(list(MARKS)), help="The decimal mark, where the file does not settle it.")
@click.option("--account", help="The ledger account of these files; written to daysheet.toml.")
@click.option("--to", "target", type=_FILE, help="Where to write it (default: profiles/ in the books, else here).")
@console.pass_console
def new(
    shell: console.Console,
    /,
    path: Path,
    name: str | None,
    institution: str,
    country: str,
    currency: str,
    account: str | None,
    target: Path | None,
    **answers: str | None,
) -> None:
    """Write a profile for a file that none fits, with an anonymous sample of its rows as its test."""
    file = RawFile(path)
    detected, said_of_it = _detected(file, Answers(currency=currency.upper() or None, **answers))
    name = name or patterns.slug(path.stem)
    folder = _folder(shell)
    place = target or (folder / "profiles" / f"{name}.toml" if folder else Path(f"{name}.toml"))
    if place.exists():
        raise DaysheetError("is there already", filename=place, remedy="choose another --name, or remove it first")
    named = propose.Named(
        name=name,
        title=f"{institution or name}, written from a file",
        institution=institution or name,
        country=country.upper(),
        source="a file of this practice's own",
        currency=currency.upper(),
        said=tuple(said(said_of_it).items()),
    )
    text, reading = propose.propose(file, detected, named)
    files.write(place, text.encode())
    wrong = selftest.problems(bank.BankSource(name, load(place)))
    if wrong:
        raise DaysheetError(f"the sample does not pass: {wrong[0]}", filename=place, remedy="correct it by hand")
    noted = _note_account(folder, name, account, reading.account)
    answer = {"profile": name, "written": str(place), "entries": len(reading.records), "skipped": len(reading.skipped)}
    shell.emit(answer, lambda: _told(answer, noted, name))


def _told(answer: dict[str, Any], noted: bool, name: str) -> str:
    lines = [
        f"Wrote {answer['written']}.",
        f"It reads {answer['entries']} entries from the file and skips {answer['skipped']} rows.",
        "Look it over: its sample is anonymous, and daysheet profile test runs it.",
    ]
    if not noted:
        lines += ["Say in daysheet.toml which account such files are:", "  [[bank]]", f'  profile = "{name}"']
        lines.append('  account = "Assets:Bank:Checking"')
    return "\n".join(lines)


def _detected(file: RawFile, answers: Answers) -> tuple[Detected, Answers]:
    """The detector's answer with what only a person knows: from the options, else asked.

    Raises:
        DaysheetError: it is needed, no option gives it, and nobody can be asked.
    """
    detected = detect(file)
    if detected.grid is not None:
        refuse_practice(detected.grid, file)
        answers = asked(detected, file, answers)
        grid = detected.grid
        date, amount, currency = (
            None if name is None else place_of(grid, name, file)
            for name in (answers.date_column, answers.amount_column, answers.currency_column)
        )
        detected = detect(file, Said(date, amount, MARKS.get(answers.decimal or "", "")))
        if currency is not None:
            detected = replace(detected, currencies=(currency,))
    answers = asked_of_reading(detected, file, answers)
    return _replaced(detected, answers.date_format, answers.amount_mode), answers


def _replaced(detected: Detected, date_format: str | None, amount_mode: str | None) -> Detected:
    if date_format:
        detected = replace(detected, date_format=date_format, date_formats=(date_format,))
    money = detected.money
    if amount_mode and money is not None:
        swapped = amount_mode == "swapped"
        money = replace(money, mode=money.mode if swapped or amount_mode == "split" else amount_mode, sure=True)
        money = replace(money, debit=money.credit, credit=money.debit) if swapped else money
        detected = replace(detected, money=money)
    return detected


def _note_account(folder: Path | None, name: str, account: str | None, number: str | None) -> bool:
    """Add a `[[bank]]` table to the settings, with the last digits of the account's number; whether that was done."""
    if account is None or folder is None:
        return False
    path = folder / "daysheet.toml"
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    table = f'\n[[bank]]\nprofile = "{name}"\naccount = "{account}"\n'
    digits = account_number.bare(number or "")[-account_number.KEPT :]
    table += f'number = "{digits}"\n' if digits else ""
    files.write(path, (before.rstrip("\n") + "\n" + table if before else table.lstrip()).encode())
    return True


@profile.command("test", cls=console.Verb)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@console.pass_console
def test(shell: console.Console, names: tuple[str, ...]) -> int:
    """Run the profiles' own samples: the practice's own and the shipped ones, or those named."""
    known = sources.all_sources(_folder(shell))
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
        for source in sources.all_sources(_folder(shell))
        if isinstance(source, bank.BankSource | systems.SystemSource | PayrollSource)
    ]
    width = max(len(row["profile"]) for row in rows)
    shell.emit(rows, lambda: "\n".join(f"{row['profile']:<{width}}  {row['title']}" for row in rows))


def _folder(shell: console.Console) -> Path | None:
    """The books, if we stand in any or they are named; profiles can be had without."""
    if shell.books_folder is not None:
        return shell.folder
    try:
        return find_books(Path.cwd())
    except DaysheetError:
        return None
