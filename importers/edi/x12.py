"""X12 text to segments, read leniently: real remittances keep the standard's order, seldom its form.

Taken as they come: a byte-order mark, prose before the first interchange and between two, any delimiters, segments
wrapped, indented or one a line, several interchanges, groups and transactions in one file, a missing trailer. What
carries money is then proved by the remittance's own sums (`remittance`), not by the counts in its envelope.

The delimiters stand in the ISA header itself: the element separator after its tag, the component separator as its
last element, and the segment terminator behind that (ASC X12.5, interchange control structures).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from daysheet.errors import DaysheetError
from daysheet.importers.rows.raw_file import RawFile

_ISA: Final = re.compile(r"ISA(?<![A-Za-z0-9]ISA)(?=[^A-Za-z0-9 \n])")
_ISA_SMALL: Final = re.compile(r"(?i)(?<![a-z0-9])ISA(?=[^a-z0-9 \n])")
_ISA_ELEMENTS: Final = 16
_QUALIFIER: Final = 2
_ISA_15_LAST: Final = re.compile(r"(?i)[a-z]([^a-z0-9 \t\n]?)[ \t\n]*GS")  # the component separator was left out
_ISA_SPAN: Final = 250  # 106 characters when it is well formed; wrapped and padded ones are longer
_TAG: Final = re.compile(r"[A-Z][A-Z0-9]{1,2}\Z")
_NUMBER: Final = re.compile(r"(?a)[+-]?(\d+(\.\d*)?|\d{1,3}(,\d{3})+(\.\d*)?|\.\d+)\Z")
_LONGEST_NUMBER: Final = 20
_ODD_COMPONENTS: Final = re.compile(r"[A-Z0-9]{2}([^A-Za-z0-9 \t\n])")
_KNOWN: Final = ("270", "271", "276", "277", "278", "820", "834", "835", "837", "997", "999")
_SET: Final = re.compile(rf"(?i)ST(?<![a-z0-9]ST)([^a-z0-9 \n,;.\"'()-])[ \n]*({'|'.join(_KNOWN)})[ \n]*\1")
_KINDS: Final[WeakKeyDictionary[RawFile, frozenset[str]]] = WeakKeyDictionary()
_COUNT: Final = re.compile(r"[0-9]{1,9}\Z")
_CLOSING: Final = frozenset(("ST", "SE", "GE", "GS", "IEA", "ISA"))
_BLANK: Final = " \t\n\u00a0\ufeff"
_REMEMBERED: Final = 4_096
"""So many segments of a file are split once wherever they stand: insurers, providers, procedures and days recur."""
_BLANKS: Final = frozenset(_BLANK)
_new: Final[Any] = tuple.__new__  # makes a named tuple in half the time that its own constructor takes


class Segment(NamedTuple):
    """One segment: its tag, its elements (the first is element 01) and the physical line it starts on."""

    tag: str
    elements: tuple[str, ...]
    line: int
    component: str

    def get(self, number: int) -> str:
        """Element `number`, counted from 1 as X12 does; empty when it is not there."""
        return self.elements[number - 1] if number <= len(self.elements) else ""

    def code(self, number: int) -> str:
        """Element `number` as a code of X12's lists, which some senders write in small letters."""
        return self.get(number).upper()

    def components(self, number: int) -> list[str]:
        """The components of an element, also where a sender's separator is not the one its header declares."""
        text = self.get(number)
        odd = None if self.component in text else _ODD_COMPONENTS.match(text)
        return text.split(odd[1] if odd else self.component)

    def money(self, number: int) -> Decimal:
        """Element `number` as an amount; zero when it is empty.

        Raises:
            DaysheetError: it is not a number. The text is not quoted: a misplaced element may be a name.
        """
        amount = _amount(self.get(number))
        if amount is None:
            raise DaysheetError(f"{self.tag}{number:02} is not an amount", line=self.line)
        return amount

    def date(self, number: int) -> datetime.date | None:
        """Element `number` as a date (CCYYMMDD, or YYMMDD as in headers); None when it is none."""
        text = self.get(number)
        form = {8: "%Y%m%d", 6: "%y%m%d"}.get(len(text))
        if form is None or not text.isdigit():
            return None
        try:
            return datetime.datetime.strptime(text, form).date()  # noqa: DTZ007 - X12 dates have no zone
        except ValueError:
            return None


@lru_cache(maxsize=1024)
def _amount(text: str) -> Decimal | None:
    """An element as an amount; None when it is none."""
    text = text.lstrip("$")
    if not text:
        return Decimal()
    if len(text) > _LONGEST_NUMBER or not _NUMBER.match(text):
        return None
    return Decimal(text.replace(",", ""))


class Envelope(NamedTuple):
    """The control numbers by which a transaction is named: of its interchange, its group and itself; its guide."""

    interchange: str = ""
    group: str = ""
    number: str = ""
    version: str = ""


class Transaction(NamedTuple):
    """What stands between ST and SE, both left out; a TA1, which stands in an interchange itself, is one of its own.

    Attributes:
        kind: such as `835`, or `TA1`.
        segments: in the file's order.
        line: of its ST.
        issued: its group's date, else its interchange's.
        closed: whether SE was there.
        envelope: what it stands in.
        counted: how many segments its SE says that it has, itself and ST among them; None where it says none.
    """

    kind: str
    segments: tuple[Segment, ...]
    line: int
    issued: datetime.date | None
    closed: bool
    envelope: Envelope = Envelope()
    counted: int | None = None


class _Delimiters(NamedTuple):
    element: str
    component: str
    segment: str


def decode(data: bytes) -> str:
    """The text of a file, each line end one newline: UTF-16 or UTF-8 by its mark, else UTF-8, else Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _looks_like(text: str) -> frozenset[str]:
    """The kinds of transactions that a text holds, with or without the envelope that they need.

    What separates elements is no mark of prose or CSV: `12 ELM ST,835,` is an address.
    """
    return frozenset(found[2] for found in _SET.finditer(text))


def kinds(file: RawFile) -> frozenset[str]:
    """What a file holds: `ISA` for an interchange header, the kinds of transaction in it, `TA1` where one is.

    Of a file without a header the kinds that it looks like.
    """
    if file not in _KINDS:
        _KINDS[file] = _kinds(decode(file.data))
    return _KINDS[file]


def _kinds(text: str) -> frozenset[str]:
    marks = {found.element for _, found in _headers(text)}
    if not marks:
        return _looks_like(text)
    found = {"ISA"}
    for mark in map(re.escape, marks):
        starts = re.finditer(rf"ST[ \n]*{mark}[ \n]*([0-9]{{3}})[ \n]*(?:{mark}|[^A-Za-z0-9])", text)
        kinds = {match[1] for match in starts if not text[max(0, match.start() - 1) : match.start()].isalnum()}
        found |= kinds or _looks_like(text)
        found |= {"TA1"} if re.search(rf"TA1(?<![A-Za-z0-9]TA1){mark}[ \n]*[0-9]", text) else set()
    return frozenset(found)


def is_x12(text: str) -> bool:
    """Whether a text holds an interchange header."""
    return any(True for _ in _headers(text))


def _headers(text: str) -> list[tuple[int, _Delimiters]]:
    """Where interchanges begin, with the delimiters of each; few senders write small letters, and none both."""
    for pattern in (_ISA, _ISA_SMALL):
        places = (match.start() for match in pattern.finditer(text))
        found = [(start, marks) for start in places if (marks := _delimiters(text, start)) is not None]
        if found:
            return found
    return []


def transactions(text: str, filename: Path) -> list[Transaction]:
    """Every transaction of a file, in its order.

    Raises:
        DaysheetError: there is no interchange header (ISA), so that the delimiters cannot be known.
    """
    headers = _headers(text)
    if not headers:
        first = re.search(r"(?i)(?<![a-z0-9])(ISA|GS|ST|BPR)[^a-z0-9 \n]", text)
        raise DaysheetError(
            "no ISA segment, the header that every X12 file starts with",
            filename=filename,
            line=_line(text, first.start() if first else 0),
            remedy="ask the clearinghouse or the insurer for the whole file",
        )
    ends = [start for start, _ in headers[1:]] + [len(text)]
    return [
        transaction
        for (start, delimiters), end in zip(headers, ends, strict=True)
        for transaction in _grouped(_segments(text, start, end, delimiters))
    ]


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _delimiters(text: str, start: int) -> _Delimiters | None:
    """The delimiters that the header at `start` declares, or None when the word there is no header."""
    element = text[start + 3]
    fields = text[start : start + _ISA_SPAN].split(element, _ISA_ELEMENTS)
    coded = all(len(re.sub(r"[ \n]", "", fields[at])) <= _QUALIFIER for at in (1, 3, 5, 7) if at < len(fields))
    if len(fields) <= _ISA_ELEMENTS or not coded or not re.fullmatch(r"[ \n]*\w{2,8}[ \n]*", fields[9]):
        return None
    short = _ISA_15_LAST.fullmatch(fields[_ISA_ELEMENTS - 1])
    if short is not None:
        return _Delimiters(element, ":", short[1] or "\n")
    rest = fields[_ISA_ELEMENTS]
    following = re.search(rf"(?i)(?<![a-z0-9])[a-z][a-z0-9]{{1,2}}{re.escape(element)}", rest)
    behind = following.start() if following else min(len(rest), 2)
    marks = re.sub(r"[ \t\n]", "", rest[:behind])
    if len(marks) > 1:
        return _Delimiters(element, marks[0], marks[1])
    body = start + len(element.join(fields[:_ISA_ELEMENTS])) + 1 + behind
    if marks and re.search(
        rf"(?i){re.escape(marks)}[ \t\n]*(ST|BPR){re.escape(element)}", text[body : body + 2 * _ISA_SPAN]
    ):
        return _Delimiters(element, ":", marks)  # the component separator was left out
    return _Delimiters(element, marks or ":", "\n")


def _segments(text: str, start: int, end: int, delimiters: _Delimiters) -> Iterator[Segment]:
    """The segments between two positions; what is no segment (prose, a lone mark) carries no money and is passed by."""
    line = _line(text, start)
    element, component, terminator = delimiters
    by_lines = terminator == "\n"
    part = text[start:end]
    # what is blank in such a text is a space or a line's end
    plain = part.isascii() and "\t" not in part
    seen: dict[str, tuple[str, tuple[str, ...]]] = {}
    for chunk in part.split(terminator):
        if chunk[:1] == "\n" and chunk[1:2] not in _BLANKS and chunk.find("\n", 1) < 0:  # nearly all
            breaks, skipped, body = 1, 1, chunk[1:]
        else:
            breaks, skipped, body = _unwrapped(chunk)
        found = seen.get(body)
        if found is None:
            found = _parted(body, element, plain)
            if len(seen) < _REMEMBERED:
                seen[body] = found
        tag, fields = found
        if tag:
            yield _new(Segment, (tag, fields, line + skipped, component))
        line += breaks + by_lines


def _parted(body: str, element: str, plain: bool) -> tuple[str, tuple[str, ...]]:
    """A segment's tag, empty where it is none, and its elements."""
    tag, *fields = body.split(element)
    if not _is_tag(tag):
        tag = tag.strip(_BLANK).upper()
        if not _is_tag(tag):
            return "", ()
    if " " in body or not (plain or (body.isascii() and "\t" not in body)):
        return tag, tuple([field.strip(_BLANK) for field in fields])
    return tag, tuple(fields)


def _unwrapped(chunk: str) -> tuple[int, int, str]:
    """How many line ends stand in a segment's text, how many of them before it, and the segment on one line."""
    body = chunk.lstrip(_BLANK)
    breaks = chunk.count("\n")
    skipped = breaks and chunk[: len(chunk) - len(body)].count("\n")
    return breaks, skipped, body.replace("\n", "") if breaks > skipped else body


@lru_cache(maxsize=1024)
def _is_tag(text: str) -> bool:
    return _TAG.match(text) is not None


def _grouped(segments: Iterator[Segment]) -> Iterator[Transaction]:
    issued: datetime.date | None = None
    interchange = group = version = ""
    opened: Segment | None = None
    inside: list[Segment] = []

    def whole(kind: str, closing: Segment | None) -> Transaction:
        number = "" if opened is None else opened.get(2)
        counted = closing.get(1) if closing is not None else ""
        return Transaction(
            kind, tuple(inside), inside[0].line if opened is None else opened.line, issued, closing is not None,
            Envelope(interchange, group, number, version), int(counted) if _COUNT.match(counted) else None,
        )  # fmt: skip

    for segment in segments:
        tag = segment[0]
        if tag not in _CLOSING and opened is not None:  # nearly all of them
            inside.append(segment)
            continue
        if opened is not None:
            yield whole(opened.get(1), segment if tag == "SE" else None)
            opened = None
        if tag == "TA1":
            inside = [segment]
            yield whole("TA1", segment)
        elif tag == "ST":
            opened, inside = segment, []
        elif tag == "GS":
            issued, group, version = segment.date(4) or issued, segment.get(6), segment.get(8)
        elif tag == "ISA":
            issued, interchange, group = segment.date(9), segment.get(13), ""
    if opened is not None:
        yield whole(opened.get(1), None)
