"""The resources of a FHIR file, one at a time, whatever holds them.

A file is read as a sequence of JSON values: lines of NDJSON, one resource, a list of them, or a Bundle, whose entries
are taken one by one, so that no more than the largest of them is in memory. A resource of a type that is not wanted is
told by the first words of its line and not parsed, which is most of what a record system gives out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple, NoReturn

from daysheet.errors import DaysheetError
from daysheet.importers.fhir.containers import Text, texts
from daysheet.importers.rows.raw_file import RawFile

BUNDLE: Final = "Bundle"
_CHUNK: Final = 1 << 20
_LONGEST: Final = 1 << 26
"""Characters of one resource: documents inside resources reach some millions."""
_MOST_VALUES: Final = 2_000_000
"""Values of one resource: each takes some 200 bytes of memory, however few characters it has."""

_SPACE: Final = re.compile("[ \t\r\n,\x1e\ufeff]*")
_TYPE: Final = re.compile(r'\{\s*"resourceType"\s*:\s*"([A-Za-z]{1,64})"')
_TYPE_NAME: Final = re.compile(r"[A-Za-z]{1,64}\Z")
_DEEPEST: Final = 8
_REMEDY: Final = "export it again: nothing of it is taken"


class Resource(NamedTuple):
    """A resource, or what stands in the place of one.

    Attributes:
        row: where it stands: the physical line, or its number in the file where several stand on one line or in an
            archive; never the same for two.
        kind: its type; empty if it names none.
        body: what it says; empty for a type that is not wanted.
        url: the address under which its bundle has it, if that gives one.
        deleted: what a bundle says was deleted, such as `Encounter/17`; then there is no body.
    """

    row: int
    kind: str
    body: dict[str, Any]
    url: str = ""
    deleted: str = ""


def resources(file: RawFile, wanted: Mapping[str, str] | None = None) -> Iterator[Resource]:
    """Every resource of a file.

    Args:
        file: NDJSON, a Bundle, one resource or a list of them; compressed, or an archive of these.
        wanted: the types whose bodies are needed, each with a text that must stand in one; None for all.

    Raises:
        DaysheetError: it is not JSON from some line on, holds something that is no resource, or unpacks to what no
            export is.
    """
    row = count = 0
    for text in texts(file):
        reader = _Reader(text, file, text.member, wanted)
        for resource in reader.resources():
            row = row + 1 if text.member else max(row + 1, resource.row)
            count += 1
            text.amount.require_fits(count)
            yield resource._replace(row=row)


def _constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


def _decimal(text: str) -> Decimal:
    """A number with a fraction or an exponent; no number where its exponent is beyond all."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")


_DECODER: Final = json.JSONDecoder(parse_float=_decimal, parse_constant=_constant)


@dataclass
class _Reader:
    """One text, of which a part is in `buffer`; what lies before `at` has been read."""

    lines: Text
    file: RawFile
    member: str
    wanted: Mapping[str, str] | None
    buffer: str = ""
    at: int = 0
    line: int = 1
    ended: bool = False

    def resources(self) -> Iterator[Resource]:
        """The resources of the text."""
        while True:
            mark = self._next()
            if not mark:
                return
            if mark == "{":
                skipped = self._unwanted()
                if skipped is not None:
                    yield skipped
                    continue
                yield from self._object()
            elif mark == "[":
                self.at += 1
                yield from self._elements(in_bundle=False)
            else:
                raise self._malformed("holds something that is no resource")

    def _object(self) -> Iterator[Resource]:
        """One object of the text: a resource, or a bundle that may be too long to have in memory."""
        line, start = self.line, self.at
        found = self._decoded(_CHUNK)
        if found is not None:
            yield from self._of(found, line)
            return
        self.at = start
        yield from self._long_object()

    def _long_object(self) -> Iterator[Resource]:
        """An object that is longer than what is in memory, member by member; the entries of a bundle one by one."""
        line, found = self.line, dict[str, Any]()
        self.at += 1
        streamed = False
        while (mark := self._next()) != "}":
            if mark != '"':
                raise self._malformed()
            name = self._value()
            if self._next() != ":":
                raise self._malformed()
            self.at += 1
            if self._next() == "[" and name == "entry" and found.get("resourceType", BUNDLE) == BUNDLE:
                self.at += 1
                streamed = True
                yield from self._elements(in_bundle=True)
            else:
                found[str(name)] = self._value()
        self.at += 1
        if not streamed or found.get("resourceType", BUNDLE) != BUNDLE:
            yield from self._of(found, line)

    def _elements(self, *, in_bundle: bool) -> Iterator[Resource]:
        """What stands in a list up to its end: entries of a bundle, or resources."""
        while (mark := self._next()) != "]":
            if mark != "{":
                raise self._malformed()
            line, value = self.line, self._value()
            yield from _entry(value, line) if in_bundle else self._of(value, line)
        self.at += 1

    def _of(self, value: dict[str, Any], line: int) -> Iterator[Resource]:
        yield from _flat(value, line, "", 0)

    def _unwanted(self) -> Resource | None:
        """The resource on this line, if the line alone says that it is of a type which is not wanted."""
        if self.wanted is None:
            return None
        end = self.buffer.find("\n", self.at)
        while end < 0 and not self.ended and len(self.buffer) - self.at < _CHUNK:
            self._fill(_CHUNK)
            end = self.buffer.find("\n", self.at)
        named = _TYPE.match(self.buffer, self.at)
        if end < 0 or named is None or named[1] == BUNDLE:
            return None
        marker = self.wanted.get(named[1])
        if marker is not None and self.buffer.find(marker, self.at, end) >= 0:
            return None
        if self.buffer[end - 1] != "}" and not self.buffer[self.at : end].rstrip().endswith("}"):
            return None
        line, self.at = self.line, end
        return Resource(line, named[1], {})

    def _value(self) -> Any:  # noqa: ANN401 - what JSON holds
        """The value at this place, which must be whole."""
        found = self._decoded(_LONGEST)
        if found is None:
            raise self._malformed(f"holds a resource of more than {_LONGEST >> 20} million characters")
        return found

    def _decoded(self, most: int) -> Any:  # noqa: ANN401 - what JSON holds
        """The value at this place; None if it does not end within so many characters."""
        wanted = _CHUNK
        while True:
            try:
                value, end = _DECODER.raw_decode(self.buffer, self.at)
            except RecursionError:
                raise self._malformed("nests lists or objects too deeply") from None
            except ValueError:  # malformed, or goes on behind what is in memory
                if self.ended:
                    raise self._malformed() from None
                if len(self.buffer) - self.at >= most:
                    return None
                self._fill(wanted)
                wanted *= 2
                self._require_few_values()
            else:
                if end == len(self.buffer) and not self.ended and not isinstance(value, dict | list | str):
                    self._fill(wanted)  # a number may go on
                    continue
                self.line += self.buffer.count("\n", self.at, end)
                self.at = end
                return value

    def _require_few_values(self) -> None:
        if sum(self.buffer.count(mark, self.at) for mark in ",[{") > _MOST_VALUES:
            raise self._malformed(f"holds a resource of more than {_MOST_VALUES // 1_000_000} million values")

    def _next(self) -> str:
        """The next character that is not space; empty at the end."""
        while True:
            found = _SPACE.match(self.buffer, self.at)
            end = found.end() if found else self.at
            self.line += self.buffer.count("\n", self.at, end)
            self.at = end
            if self.at < len(self.buffer):
                return self.buffer[self.at]
            if self.ended:
                return ""
            self._fill(_CHUNK)

    def _fill(self, size: int) -> None:
        more = self.lines.read(size)
        self.ended = len(more) < size
        self.buffer = self.buffer[self.at :] + more
        self.at = 0

    def _malformed(self, what: str = "is not whole JSON: it is damaged or cut off here") -> DaysheetError:
        where = f"{what} (line {self.line} of a file in the archive)" if self.member else what
        return DaysheetError(where, filename=self.file.path, line=None if self.member else self.line, remedy=_REMEDY)


def _flat(value: dict[str, Any], line: int, url: str, depth: int) -> Iterator[Resource]:
    """A resource, or those of a bundle."""
    kind = value.get("resourceType")
    kind = kind if isinstance(kind, str) and _TYPE_NAME.match(kind) else ""
    if kind != BUNDLE or depth > _DEEPEST:
        yield Resource(line, kind, value, url)
        return
    entries = value.get("entry")
    for each in entries if isinstance(entries, list) else ():
        yield from _entry(each, line, depth + 1)


def _entry(entry: object, line: int, depth: int = 1) -> Iterator[Resource]:
    """What an entry of a bundle holds; what it says was deleted."""
    if not isinstance(entry, dict):
        return
    body, url, request = entry.get("resource"), entry.get("fullUrl"), entry.get("request")
    if isinstance(body, dict):
        yield from _flat(body, line, url if isinstance(url, str) else "", depth)
    elif isinstance(request, dict) and request.get("method") == "DELETE":
        yield Resource(line, "", {}, deleted=str(request.get("url") or url or ""))
