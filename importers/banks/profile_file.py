"""A profile file to a `Profile`, strictly: what it says must be a word of the language and must make sense."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from daysheet import strict_toml
from daysheet.importers.banks.forms import columns_of
from daysheet.importers.banks.profile import Amounts, Match, Profile
from daysheet.importers.privacy.patient_columns import is_of_patient
from daysheet.importers.rows.cells import Column
from daysheet.importers.rows.values import EXCEL, MONTHS, check_notations
from daysheet.strict_toml import Reader

_COLUMN_FIELDS: Final = (
    "column",
    "debit",
    "credit",
    "direction",
    "fallback",
    "value",
    "payee",
    "payer",
    "narration",
    "id",
    "into",
    "check",
    "less",
)
_NEEDED: Final = {
    "signed": ("column",),
    "inverted": ("column",),
    "split": ("debit", "credit"),
    "split-signed": ("debit", "credit"),
    "split-inverted": ("debit", "credit"),
    "indicator": ("column", "direction", "out", "into"),
    "type": ("column", "direction", "out", "into"),
    "suffix": ("column", "out", "into"),
}


def load(path: Path) -> Profile:
    """The profile in a file.

    Raises:
        DaysheetError: it is not a profile; the line and the nearest right word are named.
    """
    return strict_toml.load(path, Profile, _check)


def parse(text: str, path: Path) -> Profile:
    """The profile that `text` says; `path` is for messages.

    Raises:
        DaysheetError: as `load`.
    """
    return strict_toml.parse(text, path, Profile, _check)


def header_names(match: Match) -> tuple[str, ...]:
    """All texts by which a profile may refer to its columns."""
    names: list[str] = []
    for cell in match.header:
        names += (cell,) if isinstance(cell, str) else cell
    return (*names, *match.columns)


def columns_used(profile: Profile) -> Iterator[Column]:
    """Every column that the profile reads, as it refers to it."""
    parts: list[Any] = [profile, profile.file, profile.date, profile.amount, profile.text, profile.balance]
    parts += [profile.account, profile.currency, profile.fee, *profile.skip]
    for part in filter(None, parts):
        for name in _COLUMN_FIELDS:
            value = getattr(part, name, None)
            if (isinstance(part, Profile) and name != "id") or (part is profile.amount and name == "into"):
                continue
            yield from value if isinstance(value, tuple) else () if value in (None, "") else (value,)


def _check(profile: Profile, reader: Reader) -> None:
    """What the types cannot say.

    Raises:
        DaysheetError: naming the word that is wrong.
    """
    names = header_names(profile.match)
    if not names:
        raise reader.error("[match] needs a header, or columns for a file without one", "match")
    count = len(profile.match.header) or len(profile.match.columns)
    for column in (*columns_used(profile), *profile.match.optional):
        _check_column(column, names, count, reader)
    form_columns = [*columns_of(profile.text.payee_form), *columns_of(profile.text.narration_form)]
    for column in form_columns:
        _check_column(column, names, count, reader)
    for column in profile.left_out:
        _check_column(left_out_column(column), names, count, reader)
    for column in (*profile.text.payee, *profile.text.payer, *profile.text.narration, *form_columns):
        if isinstance(column, str) and is_of_patient(column):
            raise reader.error(f'column "{column}" is of a patient, and no bank profile may read it', column)
    _check_amount(profile.amount, reader)
    _check_dates(profile, reader)
    if len(profile.file.delimiter) != 1 or len(profile.file.quote) > 1:
        raise reader.error("delimiter and quote are one character each", "delimiter")
    _check_groups(profile, reader)
    for pattern in profile.match.row:
        reader.regex(pattern, "row")
    if not profile.sample.entries:
        raise reader.error("[sample] needs at least one entry", "sample")


def _check_groups(profile: Profile, reader: Reader) -> None:
    patterns = [("pattern", named.pattern) for named in (profile.account, profile.currency) if named]
    patterns += [("first", profile.date.first), ("last", profile.date.last)]
    if profile.balance:
        patterns += [("opening", profile.balance.opening), ("closing", profile.balance.closing)]
    for key, pattern in patterns:
        if pattern and not re.compile(pattern).groups:
            raise reader.error(f"{key} needs a group in round brackets around what it is to say", key)


def left_out_column(key: str) -> Column:
    """What a key of `[left-out]` refers to: a column's name, or its number."""
    return int(key) if key.isdigit() else key


def _check_column(column: Column, names: tuple[str, ...], count: int, reader: Reader) -> None:
    if isinstance(column, int):
        if not 1 <= column <= count:
            raise reader.error(f"there is no column {column}: the file has {count}", str(column))
    elif column not in names:
        raise reader.error(f'there is no column "{column}" in the header', column, names)
    elif names.count(column) > 1:
        raise reader.error(f'several columns are called "{column}"; say which by its number', column)


def _check_amount(amount: Amounts, reader: Reader) -> None:
    for name in _NEEDED[amount.mode]:
        if getattr(amount, name) in ("", ()):
            key = "in" if name == "into" else name
            raise reader.error(f'amount mode "{amount.mode}" needs the key "{key}"', "amount")
    if amount.mode == "type":
        for pattern in (*amount.out, *amount.into):
            reader.regex(pattern, "out")


def _check_dates(profile: Profile, reader: Reader) -> None:
    date = profile.date
    if date.language not in MONTHS:
        raise reader.error(f'unknown language "{date.language}"', date.language, tuple(MONTHS))
    check_notations(date.format, reader)
    for notation in date.format:
        if notation != EXCEL and "%Y" not in notation and "%y" not in notation and not date.year:
            raise reader.error(f'{notation} has no year; say where it stands with "year"', "format")
    if date.year and "year" not in re.compile(date.year).groupindex:
        raise reader.error("year needs a group (?P<year>…)", "year")
    if date.local and not date.zone:
        raise reader.error("local needs zone as well", "local")
    reader.zones(date.zone, date.local)
