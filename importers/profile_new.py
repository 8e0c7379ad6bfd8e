"""`daysheet profile new`: a profile for files that none fits, a bank's or a practice system's."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click
from daysheet import console
from daysheet.books.loading import find_books
from daysheet.books.loading import load as load_books
from daysheet.errors import DaysheetError
from daysheet.importers import bank_profiles, practice_profiles, source_facts, sources
from daysheet.importers.detection.claims import NOTHING_TOLD, claims
from daysheet.importers.detection.exports.detect import DetectedExport, detect_export
from daysheet.importers.detection.exports.known import NOTHING_KNOWN, Known, of_books
from daysheet.importers.detection.questions import MARKS, Answers
from daysheet.importers.proposals import answers as of_practice
from daysheet.importers.rows.raw_file import RawFile
from daysheet.settings import Settings
from daysheet.trust.paths import is_plain_name

_FILE: Final = click.Path(path_type=Path)
_OF_BANKS: Final = (
    "account", "institution", "currency", "currency_column", "date_column", "amount_column", "amount_mode", "decimal",
)  # fmt: skip
_OF_PRACTICES: Final = ("kind", "column", "word", "provider", "payer")


def _plain(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Refuse what cannot be the name of the profile's file."""
    if value is not None and not is_plain_name(value):
        raise DaysheetError(
            "the name of a profile is the name of its file, and this cannot be one",
            remedy="say letters, digits and dashes, such as --name our-bank",
        )
    return value


@click.command("new", cls=console.Verb)
@click.argument("paths", nargs=-1, required=True, type=_FILE, metavar="FILE...")
@click.option(
    "--name", callback=_plain, help="The profile's name, or that of the practice system (default: from the file's)."
)
@click.option("--date-format", help="Where the file does not settle it, such as %m/%d/%Y.")
@click.option("--to", "target", type=_FILE, help="Where to write it (default: profiles/ in the books, else here).")
@click.option("--institution", default="", help="Bank: what it is called.")
@click.option("--country", default="US", show_default=True, help="Bank: two letters.")
@click.option("--currency", default="", help="Bank: where no column says it, such as USD.")
@click.option("--currency-column", help="Bank: the column of the currency, by name or number.")
@click.option("--date-column", help="Bank: the column of the booking date, by name or number.")
@click.option("--amount-column", help="Bank: the column of the amount, by name or number.")
@click.option("--amount-mode", help="Bank: where the file does not settle it: signed or inverted.")
@click.option("--decimal", type=click.Choice(list(MARKS)), help="Bank: the decimal mark, where it is not settled.")
@click.option("--account", help="Bank: the ledger account of these files; written to daysheet.toml.")
@click.option("--kind", help="Practice: visits, invoices, payments, adjustments or claims.")
@click.option("--column", multiple=True, metavar="PART=NAME", help="Practice: the column of a part, such as date=DOS.")
@click.option("--word", multiple=True, metavar="WORD=MEANING", help="Practice: what a word means; * for any other.")
@click.option("--provider", multiple=True, metavar="NAME=ID", help="Practice: a provider's id; ID alone for all rows.")
@click.option("--payer", multiple=True, metavar="NAME=ID", help="Practice: an insurer's id.")
@console.pass_console
def new(
    shell: console.Console,
    /,
    paths: tuple[Path, ...],
    name: str | None,
    target: Path | None,
    **options: Any,  # noqa: ANN401 - texts, and tuples of them
) -> None:
    """Write profiles for files that none fits, with an anonymous sample of their rows as its test.

    Several exports of one practice system may be given together; how they refer to each other is found.
    """
    raw = [RawFile(path) for path in paths]
    for file in raw:
        _warn_of_known(shell, file)
    exports = [(file, found) for file in raw if (found := _export(file, options)) is not None]
    others = [file for file in raw if file not in [each for each, _ in exports]]
    if exports and others:
        raise DaysheetError(
            "is no export of a practice system, as the others are", filename=others[0].path, remedy="give it by itself"
        )
    if exports:
        _refuse(options, _OF_BANKS, exports[0][0], "is a practice system's export")
        _new_practice(shell, paths, exports, name, target, options)
        return
    if len(others) > 1:
        raise DaysheetError("is a bank's file: a profile is made of one", filename=others[1].path)
    _refuse(options, _OF_PRACTICES, others[0], "is no practice system's export")
    _new_bank(shell, others[0], name, target, options)


def _warn_of_known(shell: console.Console, file: RawFile) -> None:
    """Say which profile reads a file already: the new one would take its place, and need not be written."""
    folder = books_folder(shell)
    told = sources.told(Settings.of(folder)) if folder else NOTHING_TOLD
    try:
        found = claims(file, sources.all_sources(folder), told).sources
    except DaysheetError:
        return  # what is wrong with the file is said where it is looked at
    for source in found:
        click.echo(f"Warning: {file.path}: {source.name} reads this file already; try daysheet import first.", err=True)


def _export(file: RawFile, options: dict[str, Any]) -> DetectedExport | None:
    """What is detected of a practice's export; a bank's file if nothing is."""
    return detect_export(file, options["kind"] or "")


def _refuse(options: dict[str, Any], names: tuple[str, ...], file: RawFile, why: str) -> None:
    """Refuse options that are of the other kind of file."""
    given = [f"--{name.replace('_', '-')}" for name in names if options.get(name)]
    if given:
        message = f"{why}: {', '.join(given)} says nothing of it"
        raise DaysheetError(message, filename=file.path, remedy="leave it out")


def _new_practice(
    shell: console.Console,
    paths: tuple[Path, ...],
    exports: list[tuple[RawFile, DetectedExport]],
    name: str | None,
    target: Path | None,
    options: dict[str, Any],
) -> None:
    folder = books_folder(shell)
    if target is not None and len(paths) > 1:
        raise DaysheetError("--to is for one file", remedy="leave it out: the profiles go to profiles/ in the books")
    alone = [each for each in options["provider"] if "=" not in each]
    said_of_them = of_practice.Answers(
        kind=options["kind"] or "",
        columns=_pairs(options["column"], "--column PART=NAME"),
        words=_pairs(options["word"], "--word WORD=MEANING"),
        provider=alone[0] if alone else "",
        date_format=options["date_format"] or "",
    )
    bearers = source_facts.bearers([each for each in options["provider"] if "=" in each], options["payer"])
    given = practice_profiles.Asked(paths, folder, name, target, said_of_them, bearers)
    answer, text = practice_profiles.new(given, exports, known(folder))
    shell.emit(answer, lambda: text)


def _pairs(texts: tuple[str, ...], form: str) -> dict[str, str]:
    """What stands on either side of the last equals sign; the left may be blank, and is not repeated in an error."""
    found = {}
    for text in texts:
        left, equals, right = text.rpartition("=") if form.startswith("--word") else text.partition("=")
        if not equals or not right:
            raise DaysheetError(f"it is written {form}")
        any_other = left.strip() == of_practice.ANY
        found[f"{of_practice.ANY}{right.strip()}" if any_other else left.strip()] = right.strip()
    return found


def known(folder: Path | None) -> Known:
    """What the books know of visits, bills, providers and payers; nothing where there are no books."""
    return NOTHING_KNOWN if folder is None else of_books(load_books(folder))


def books_folder(shell: console.Console) -> Path | None:
    """The books, if we stand in any or they are named; profiles can be had without."""
    if shell.books_folder is not None:
        return shell.folder
    try:
        return find_books(Path.cwd())
    except DaysheetError:
        return None


def _new_bank(
    shell: console.Console, file: RawFile, name: str | None, target: Path | None, options: dict[str, Any]
) -> None:
    asked_of = {key: options[key] for key in Answers._fields if key in options and key != "currency"}
    answers = Answers(currency=options["currency"].upper() or None, **asked_of)
    given = bank_profiles.Asked(
        books_folder(shell), name, target, answers, options["institution"], options["country"], options["account"]
    )
    made = bank_profiles.new(file, given)
    answer = {"profile": made.name, "written": str(made.place), "entries": made.entries, "skipped": made.skipped}
    shell.emit(answer, lambda: _told_bank(answer, made.noted, made.name))


def _told_bank(answer: dict[str, Any], noted: bool, name: str) -> str:
    lines = [
        f"Wrote {answer['written']}.",
        f"It reads {answer['entries']} entries from the file and skips {answer['skipped']} rows.",
        "Look it over: its sample is anonymous, and daysheet profile test runs it.",
    ]
    if not noted:
        lines += ["Say in daysheet.toml which account such files are:", "  [[bank]]", f'  profile = "{name}"']
        lines.append('  account = "Assets:Bank:Checking"')
    return "\n".join(lines)
