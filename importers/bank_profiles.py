"""`profile new` for a bank's file: what it does not settle is asked, and its profile is written and tested."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from daysheet import files
from daysheet.errors import DaysheetError
from daysheet.importers.banks import account_number, selftest
from daysheet.importers.banks import source as bank
from daysheet.importers.banks.profile_file import parse
from daysheet.importers.detection import patterns, propose
from daysheet.importers.detection.detect import Detected, Said, detect
from daysheet.importers.detection.persons import refuse_practice
from daysheet.importers.detection.questions import (
    MARKS,
    Answers,
    Ask,
    asked,
    asked_of_reading,
    on_terminal,
    place_of,
    said,
)
from daysheet.importers.rows.raw_file import RawFile
from daysheet.strict_toml import quoted


class Asked(NamedTuple):
    """What was given with the file.

    Attributes:
        folder: the books, if there are any.
        name: of the profile; by default the file's.
        target: where it is to be written.
        answers: what was said of the file.
        institution: what the bank is called.
        country: two letters.
        account: the ledger account of these files, for the settings.
    """

    folder: Path | None
    name: str | None
    target: Path | None
    answers: Answers
    institution: str = ""
    country: str = "US"
    account: str | None = None


class Made(NamedTuple):
    """A profile that was written: what it gives of the file, and whether the settings name its account."""

    name: str
    place: Path
    entries: int
    skipped: int
    noted: bool


def new(file: RawFile, given: Asked, ask: Ask = on_terminal) -> Made:
    """Write the profile of a bank's file.

    Raises:
        DaysheetError: something is not settled and nobody can be asked, or no simple profile reads the file.
    """
    detected, said_of_it = settled(file, given.answers, ask)
    name = given.name or patterns.slug(file.path.stem)
    place = given.target or (given.folder / "profiles" / f"{name}.toml" if given.folder else Path(f"{name}.toml"))
    if place.exists():
        raise DaysheetError("is there already", filename=place, remedy="choose another --name, or remove it first")
    named = propose.Named(
        name=name,
        title=f"{given.institution or name}, written from a file",
        institution=given.institution or name,
        country=given.country.upper(),
        source="a file of this practice's own",
        currency=given.answers.currency or "",
        said=tuple(said(said_of_it).items()),
    )
    text, reading = propose.propose(file, detected, named)
    wrong = selftest.problems(bank.BankSource(name, parse(text, place)))
    if wrong:
        raise DaysheetError(
            f"the profile made of it does not give its own sample: {wrong[0]}",
            filename=file.path,
            remedy="write one by docs/bank-files.md",
        )
    files.write(place, text.encode())
    noted = note_account(given.folder, name, given.account, reading.account)
    return Made(name, place, len(reading.records), len(reading.skipped), noted)


def settled(file: RawFile, answers: Answers, ask: Ask = on_terminal) -> tuple[Detected, Answers]:
    """The detector's answer with what only a person knows: from the answers, else asked.

    Raises:
        DaysheetError: it is needed, no option gives it, and nobody can be asked.
    """
    detected = detect(file)
    if detected.grid is not None:
        refuse_practice(detected.grid, file)
        answers = asked(detected, file, answers, ask)
        grid = detected.grid
        date, amount, currency = (
            None if name is None else place_of(grid, name, file)
            for name in (answers.date_column, answers.amount_column, answers.currency_column)
        )
        detected = detect(file, Said(date, amount, MARKS.get(answers.decimal or "", "")))
        if currency is not None:
            detected = replace(detected, currencies=(currency,))
    answers = asked_of_reading(detected, file, answers, ask)
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


def note_account(folder: Path | None, name: str, account: str | None, number: str | None) -> bool:
    """Add a `[[bank]]` table to the settings, with the last digits of the account's number; whether that was done."""
    if account is None or folder is None:
        return False
    path = folder / "daysheet.toml"
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    table = f"\n[[bank]]\nprofile = {quoted(name)}\naccount = {quoted(account)}\n"
    digits = account_number.bare(number or "")[-account_number.KEPT :]
    table += f'number = "{digits}"\n' if digits else ""
    files.write(path, (before.rstrip("\n") + "\n" + table if before else table.lstrip()).encode())
    return True
