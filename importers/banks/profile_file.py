"""A profile file to a `Profile`, strictly: what it says must be a word of the language and must make sense."""

from __future__ import annotations

import dataclasses
import difflib
import re
import tomllib
import types
import zoneinfo
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from daysheet.errors import DaysheetError
from daysheet.importers.banks.profile import Amounts, Column, Match, Profile
from daysheet.importers.rows.values import MONTHS, check_notation

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
    try:
        return parse(path.read_text(encoding="utf-8"), path)
    except (OSError, UnicodeDecodeError) as problem:
        raise DaysheetError(f"cannot be read as a profile: {problem}", filename=path) from None


def parse(text: str, path: Path) -> Profile:
    """The profile that `text` says; `path` is for messages.

    Raises:
        DaysheetError: as `load`.
    """
    data = toml(text, path)
    reader = Reader(path, text)
    profile = reader.build(data, Profile, "")
    assert isinstance(profile, Profile)  # noqa: S101 - for the type checker
    _check(profile, reader)
    return profile


def toml(text: str, path: Path) -> dict[str, Any]:
    """The tables in a TOML file; `path` is for messages.

    Raises:
        DaysheetError: it is not TOML; the line is named.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        line = re.search(r"at line (\d+)", str(problem))
        raise DaysheetError(f"not valid TOML: {problem}", filename=path, line=int(line[1]) if line else None) from None


def key_of(field: dataclasses.Field[Any]) -> str:
    """How a field is written in TOML."""
    return str(field.metadata.get("key", field.name.replace("_", "-")))


class Reader:
    """TOML values to the dataclasses of the language, with errors that point at lines."""

    def __init__(self, path: Path, text: str) -> None:
        """`path` is for messages, `text` to find lines in."""
        self.path = path
        self._lines = text.splitlines()

    def error(self, message: str, word: str, known: tuple[str, ...] = ()) -> DaysheetError:
        """An error at the first line that holds `word`, with the nearest of the `known` words as remedy."""
        pattern = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
        line = next((number for number, text in enumerate(self._lines, 1) if pattern.search(text)), None)
        near = difflib.get_close_matches(word, known, 1, 0.5)
        remedy = f'did you mean "{near[0]}"?' if near else f"known are: {', '.join(known)}" if known else None
        return DaysheetError(message, filename=self.path, line=line, remedy=remedy)

    def build(self, data: Any, kind: type[Any], where: str) -> Any:  # noqa: ANN401 - TOML gives anything
        """A TOML table as the dataclass `kind`; `where` is its name in messages."""
        place = f"[{where}]" if where else "the profile"
        if not isinstance(data, dict):
            raise self.error(f"{where} must be a table, written {place}", where)
        fields = {key_of(field): field for field in dataclasses.fields(kind)}
        hints = get_type_hints(kind)
        values = {}
        for key, value in data.items():
            if key not in fields:
                raise self.error(f'unknown key "{key}" in {place}', key, tuple(fields))
            name = fields[key].name
            values[name] = self._value(value, hints[name], f"{where}.{key}" if where else key)
            choices = fields[key].metadata.get("choices")
            if choices and value not in choices:
                raise self.error(f'"{value}" is no {key} of {place}', str(value), tuple(filter(None, choices)))
            if fields[key].metadata.get("regex"):
                self.regex(value, key)
        for key, field in fields.items():
            needed = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
            if needed and field.name not in values:
                raise self.error(f'{place} needs the key "{key}"', where or key)
        return kind(**values)

    def regex(self, text: str, key: str) -> None:
        """Refuse what is no regular expression."""
        try:
            re.compile(text)
        except re.error as problem:
            raise self.error(f"{key} is not a regular expression: {problem}", key) from None

    def _value(self, value: Any, hint: Any, where: str) -> Any:  # noqa: ANN401
        if dataclasses.is_dataclass(hint):
            return self.build(value, hint, where)  # type: ignore[arg-type]
        if get_origin(hint) in (Union, types.UnionType):
            return self._union(value, get_args(hint), where)
        if get_origin(hint) is tuple:
            if not isinstance(value, list):
                raise self.error(f"{where} must be a list, in [brackets]", where.rpartition(".")[2])
            return tuple(self._value(item, get_args(hint)[0], where) for item in value)
        if get_origin(hint) is dict:
            return self._map(value, where)
        if type(value) is not hint:
            names = {str: "text in quotes", int: "a whole number", bool: "true or false"}
            raise self.error(f"{where} must be {names[hint]}", where.rpartition(".")[2])
        return value

    def _union(self, value: Any, hints: tuple[Any, ...], where: str) -> Any:  # noqa: ANN401
        for hint in hints:
            plain = hint in (str, int) and type(value) is hint
            if plain or (get_origin(hint) is tuple and isinstance(value, list)) or dataclasses.is_dataclass(hint):
                return self._value(value, hint, where)
        raise self.error(f"{where} must be a column's name or its number", where.rpartition(".")[2])

    def _map(self, value: Any, where: str) -> dict[str, str]:  # noqa: ANN401
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            raise self.error(f"{where} must be a table of texts", where.rpartition(".")[2])
        return value


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
    _check_amount(profile.amount, reader)
    _check_dates(profile, reader)
    if len(profile.file.delimiter) != 1 or len(profile.file.quote) > 1:
        raise reader.error("delimiter and quote are one character each", "delimiter")
    for pattern in profile.match.row:
        reader.regex(pattern, "row")
    if not profile.sample.entries:
        raise reader.error("[sample] needs at least one entry", "sample")


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
    for notation in date.format:
        try:
            check_notation(notation)
        except ValueError as problem:
            raise reader.error(f"{notation} is no strptime notation: {problem}", notation) from None
        if "%Y" not in notation and "%y" not in notation and not date.year:
            raise reader.error(f'{notation} has no year; say where it stands with "year"', "format")
    if date.year and "year" not in re.compile(date.year).groupindex:
        raise reader.error("year needs a group (?P<year>…)", "year")
    if date.local and not date.zone:
        raise reader.error("local needs zone as well", "local")
    for zone in filter(None, (date.zone, date.local)):
        try:
            zoneinfo.ZoneInfo(zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            raise reader.error(f'unknown time zone "{zone}"', zone) from None
