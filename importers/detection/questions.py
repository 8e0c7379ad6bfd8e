"""What a file does not settle and only a person knows: asked, or answered by the options of `profile new`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import click
from daysheet.errors import DaysheetError
from daysheet.importers.banks.profile import PERSON_SAID
from daysheet.importers.detection.detect import Detected
from daysheet.importers.detection.grid import Column, Grid
from daysheet.importers.rows.raw_file import RawFile

Ask = Callable[[RawFile, str, str, tuple[str, ...]], str]
"""Who answers: a function of the file, the option that would say it, the question and the choices."""

MARKS: Final = {"point": ".", "comma": ","}


def on_terminal(file: RawFile, option: str, question: str, choices: tuple[str, ...]) -> str:
    """Ask whoever sits at the terminal.

    Raises:
        DaysheetError: nobody does; it names the option.
    """
    if not sys.stdin.isatty():
        raise DaysheetError(
            f"does not settle it: {question}", filename=file.path, remedy=f"say {option} {' or '.join(choices)}"
        )
    answer: str = click.prompt(question, type=click.Choice(choices), err=True)
    return answer


class Answers(NamedTuple):
    """What a person says of a file; None for what the file is to settle.

    Attributes:
        date_column: the name of the booking date's column, or its number.
        date_format: in strptime's words.
        amount_column: the name of the amount's column, or its number.
        amount_mode: `signed`, `inverted`, `split` or `swapped`.
        decimal: `point` or `comma`.
        currency: an ISO code for all amounts.
        currency_column: the name of the column that says it, or its number.
    """

    date_column: str | None = None
    date_format: str | None = None
    amount_column: str | None = None
    amount_mode: str | None = None
    decimal: str | None = None
    currency: str | None = None
    currency_column: str | None = None


def asked(detected: Detected, file: RawFile, answers: Answers, ask: Ask = on_terminal) -> Answers:
    """The answers with those that are still needed, asked for one by one.

    Raises:
        DaysheetError: one is needed, no option gives it, and nobody can be asked.
    """
    grid, money = detected.grid, detected.money
    if grid is None or money is None:
        return answers
    if answers.date_column is None and len(detected.date_rivals) > 1:
        question = "Which column is the day on which the bank booked it?"
        answers = answers._replace(date_column=ask(file, "--date-column", question, _names(grid, detected.date_rivals)))
    if answers.decimal is None and not money.decimal_sure:
        question = "Is the mark before three digits a decimal one? Are decimals written with a point or a comma?"
        answers = answers._replace(decimal=ask(file, "--decimal", question, tuple(MARKS)))
    if answers.amount_column is None and len(money.rivals) > 1:
        question = "Which column is the amount that reaches or leaves the account?"
        answers = answers._replace(amount_column=ask(file, "--amount-column", question, _names(grid, money.rivals)))
    told = answers.currency or answers.currency_column
    if not told and len(detected.currencies) > 1:
        question = "Which column says the currency of the account's own amounts?"
        choices = _names(grid, detected.currencies)
        answers = answers._replace(currency_column=ask(file, "--currency-column", question, choices))
    return answers


def asked_of_reading(detected: Detected, file: RawFile, answers: Answers, ask: Ask = on_terminal) -> Answers:
    """The same for what depends on the columns: the order of day and month, and which way money went.

    Raises:
        DaysheetError: as `asked`.
    """
    formats = detected.date_formats
    if answers.date_format is None and len(formats) > 1:
        question = f"Dates as {formats[0]} or {formats[1]}?"
        answers = answers._replace(date_format=ask(file, "--date-format", question, formats))
    mode = detected.money.mode if detected.money else ""
    choices = ("signed", "inverted") if mode in ("signed", "inverted") else ("split", "swapped")
    if answers.amount_mode is None and "amount_mode" in detected.unsettled:
        question = "Is money out negative (signed) or positive (inverted)?"
        if "split" in choices:
            question = "Does the first of the two amount columns hold money out (split) or money in (swapped)?"
        answers = answers._replace(amount_mode=ask(file, "--amount-mode", question, choices))
    return answers


def place_of(grid: Grid, name: str, file: RawFile) -> int:
    """The place of a column that a person names, by its header or its number from 1.

    Raises:
        DaysheetError: there is none.
    """
    found = [column for column in grid.columns if column.header.casefold() == name.strip().casefold()]
    if not found and name.isdigit() and 1 <= int(name) <= len(grid.columns):
        return int(name) - 1
    if len(found) != 1:
        known = ", ".join(name_of(column) for column in grid.columns)
        what = "several columns are" if found else "no column is"
        raise DaysheetError(f'{what} called "{name}"', filename=file.path, remedy=f"say one of {known}, or its number")
    return found[0].place


def said(answers: Answers) -> dict[str, str]:
    """The answers as evidence, for the profile that they made."""
    given = {field.replace("_", "-"): value for field, value in answers._asdict().items() if value}
    return {key: f"{value}, {PERSON_SAID}" for key, value in given.items()}


def _names(grid: Grid, places: Sequence[int]) -> tuple[str, ...]:
    return tuple(name_of(grid.columns[place]) for place in places)


def name_of(column: Column) -> str:
    """What a column is called where it is asked for: its header, else its number."""
    return column.header or str(column.place + 1)
