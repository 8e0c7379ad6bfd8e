"""TOML into frozen dataclasses, strictly.

Whoever reads a table declares it as a dataclass. A key that the class does not have, a value or an element of a list of
another type, and a word that is no choice are errors that name the line and the nearest right word, so that a typing
mistake never goes unnoticed. A field's name with `_` is written with `-`; its metadata may give another (`key`).
"""

from __future__ import annotations

import dataclasses
import difflib
import re
import tomllib
import types
import zoneinfo
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from daysheet.errors import DaysheetError

Kind = TypeVar("Kind")

_LONGEST: Final = 4_000_000
_TOO_LONG: Final = f"is longer than {_LONGEST // 1_000_000} million characters"
_DEEP_KEY: Final = re.compile(r"""(?:(?:(?<![\w-])[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){100}""")
"""A key of so many parts that the standard library's reader takes minutes: its time grows with their square."""
_NAMES: Final = {str: "text in quotes", int: "a whole number", float: "a number", bool: "true or false"}


def word(doc: str, default: Any = None, **more: Any) -> Any:  # noqa: ANN401 - what dataclasses.field gives
    """A word of a language written in TOML: what it means, and its default; `...` for one that must be said."""
    metadata = {"doc": doc, **more}
    if default is ...:
        return dataclasses.field(metadata=metadata)
    if isinstance(default, dict):
        return dataclasses.field(default_factory=dict, metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def toml(text: str, path: Path) -> dict[str, Any]:
    """The tables in a TOML file; `path` is for messages.

    Raises:
        DaysheetError: it is not TOML; the line is named where it is known.
    """
    if len(text) > _LONGEST:
        raise DaysheetError(_TOO_LONG, filename=path)
    if deep := _DEEP_KEY.search(text):
        line = text.count("\n", 0, deep.start()) + 1
        raise DaysheetError("not valid TOML: a key is nested too deeply", filename=path, line=line)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        at = re.search(r"at line (\d+)", str(problem))
        raise DaysheetError(f"not valid TOML: {problem}", filename=path, line=int(at[1]) if at else None) from None
    except RecursionError:
        raise DaysheetError("not valid TOML: nested too deeply", filename=path) from None
    except ValueError:  # of Python, whose integers are read with a limit
        raise DaysheetError("not valid TOML: a number has thousands of digits", filename=path) from None


def quoted(text: str) -> str:
    """A text as TOML, on one line; what is read of it is the text.

    Raises:
        DaysheetError: it holds bytes that are no text, as a name on the command line may.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise DaysheetError("a text for a file of settings holds bytes that are no UTF-8") from None
    if "\\" in text and "'" not in text and text.isprintable():
        return f"'{text}'"  # which regular expressions like
    escaped = "".join(
        f"\\{letter}" if letter in '"\\' else letter if letter.isprintable() else f"\\U{ord(letter):08X}"
        for letter in text
    )
    return f'"{escaped}"'


def listed(texts: Iterable[str]) -> str:
    """A list of texts as TOML."""
    return f"[{', '.join(map(quoted, texts))}]"


def block(lines: str) -> str:
    """Whole lines of text as TOML: as they are, where that reads back as the same."""
    plain = "'''" not in lines and all(letter in "\n\t" or letter.isprintable() for letter in lines)
    return f"'''\n{lines}'''" if plain and lines.endswith("\n") else quoted(lines)


def key_of(field: dataclasses.Field[Any]) -> str:
    """How a field is written in TOML."""
    return str(field.metadata.get("key", field.name.replace("_", "-")))


def load(path: Path, kind: type[Kind], check: Callable[[Kind, Reader], None]) -> Kind:
    """What a file says, as `parse`.

    Raises:
        DaysheetError: it cannot be read, or as `parse`.
    """
    return parse(read(path), path, kind, check)


def read(path: Path) -> str:
    """The text of a file.

    Raises:
        DaysheetError: it cannot be read, is no file or no UTF-8.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise DaysheetError("is a device, pipe or socket, and no file", filename=path)
        if path.is_file() and path.stat().st_size > 4 * _LONGEST:  # so many bytes has a character at most
            raise DaysheetError(_TOO_LONG, filename=path)
        data = path.read_bytes()
    except OSError as problem:
        raise DaysheetError(f"cannot be read: {problem.strerror}", filename=path) from None
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise DaysheetError("is no UTF-8 text", filename=path, line=line, remedy="save it as UTF-8") from None


def parse(text: str, path: Path, kind: type[Kind], check: Callable[[Kind, Reader], None]) -> Kind:
    """The dataclass that a whole file gives.

    Args:
        text: the file's.
        path: for messages.
        kind: the dataclass.
        check: refuses what the types cannot say, with an error of the reader that it is given.

    Raises:
        DaysheetError: it says something else; the line and the nearest right word are named.
    """
    reader = Reader(path, text)
    made = reader.build(toml(text, path), kind, "")
    assert isinstance(made, kind)  # noqa: S101 - for the type checker
    check(made, reader)
    return made


@cache
def _shape(kind: type[Any]) -> tuple[dict[str, dataclasses.Field[Any]], dict[str, Any]]:
    """The fields of a dataclass by key, and the types of each by name: looked up once, for hundreds of profiles."""
    return {key_of(field): field for field in dataclasses.fields(kind)}, get_type_hints(kind)


class Reader:
    """TOML values to dataclasses, with errors that point at lines."""

    def __init__(self, path: Path, text: str) -> None:
        """`path` is for messages, `text` to find lines in."""
        self.path = path
        self._lines = text.splitlines()

    def error(self, message: str, word: str, known: Sequence[str] = ()) -> DaysheetError:
        """An error at the first line that holds `word`, with the nearest of the `known` words as remedy."""
        pattern = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
        line = next((number for number, text in enumerate(self._lines, 1) if pattern.search(text)), None)
        near = difflib.get_close_matches(word, known, 1, 0.5)
        remedy = f'did you mean "{near[0]}"?' if near else f"known are: {', '.join(known)}" if known else None
        return DaysheetError(message, filename=self.path, line=line, remedy=remedy)

    def build(self, data: Any, kind: type[Any], where: str) -> Any:  # noqa: ANN401 - TOML gives anything
        """A TOML table as the dataclass `kind`; `where` is its name in messages, empty for the file itself.

        Raises:
            DaysheetError: a key is unknown or missing, or a value is of another type than the class says.
        """
        place = f"[{where}]" if where else "the profile"
        if not isinstance(data, dict):
            raise self.error(f"{where} must be a table, written {place}", where)
        fields, hints = _shape(kind)  # type: ignore[arg-type] # a class is hashable
        values = {}
        for key, value in data.items():
            if key not in fields:
                raise self.error(f'unknown key "{key}" in {place}', key, tuple(fields))
            name = fields[key].name
            values[name] = self._value(value, hints[name], f"{where}.{key}" if where else key)
            choices = fields[key].metadata.get("choices")
            if choices and value not in choices:
                raise self.error(f'"{value}" is no {key} of {place}', str(value), tuple(filter(None, choices)))
            is_safe = fields[key].metadata.get("is_safe")
            if is_safe is not None and not is_safe(value):
                raise self.error(f"{key} of {place} cannot be part of a file's name in these books", key)
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

    def zones(self, *names: str) -> None:
        """Refuse what is no time zone; an empty name says none."""
        for name in filter(None, names):
            try:
                zoneinfo.ZoneInfo(name)
            except (zoneinfo.ZoneInfoNotFoundError, ValueError):
                raise self.error(f'unknown time zone "{name}"', name) from None

    def _value(self, value: Any, hint: Any, where: str) -> Any:  # noqa: ANN401
        key = where.rpartition(".")[2]
        if dataclasses.is_dataclass(hint):
            return self.build(value, hint, where)  # type: ignore[arg-type]
        if get_origin(hint) in (Union, types.UnionType):
            return self._union(value, get_args(hint), where)
        if get_origin(hint) is Literal:
            if value not in get_args(hint):
                raise self.error(f"{where} must be one of {', '.join(filter(None, get_args(hint)))}", key)
            return value
        if get_origin(hint) is tuple:
            if not isinstance(value, list):
                raise self.error(f"{where} must be a list, in [brackets]", key)
            return tuple(self._value(item, get_args(hint)[0], where) for item in value)
        if get_origin(hint) is dict:
            return self._map(value, get_args(hint)[1], where)
        if type(value) is int and hint is float:
            return float(value)
        if type(value) is not hint:
            raise self.error(f"{where} must be {_NAMES[hint]}", key)
        return value

    def _union(self, value: Any, hints: tuple[Any, ...], where: str) -> Any:  # noqa: ANN401
        for hint in hints:
            plain = hint in _NAMES and type(value) is hint
            if plain or (get_origin(hint) is tuple and isinstance(value, list)) or dataclasses.is_dataclass(hint):
                return self._value(value, hint, where)
        alone = [hint for hint in hints if hint is not types.NoneType]
        if len(alone) == 1:
            return self._value(value, alone[0], where)
        raise self.error(f"{where} must be a column's name or its number", where.rpartition(".")[2])

    def _map(self, value: Any, hint: Any, where: str) -> dict[str, Any]:  # noqa: ANN401
        key = where.rpartition(".")[2]
        if not isinstance(value, dict) or (hint is str and not all(isinstance(item, str) for item in value.values())):
            raise self.error(f"{where} must be a table of {'texts' if hint is str else 'values'}", key)
        return {name: self._value(item, hint, f"{where}.{name}") for name, item in value.items()}
