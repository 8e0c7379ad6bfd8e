"""X12 acknowledgments and claim states to answers: TA1, 997, 999, 277CA (005010X214, 4010X167) and 277 (X212, X364).

A TA1 answers an interchange, a 997 or 999 the transaction sets of a group, a 277CA or 277 the claims themselves, by the
number that the practice gave them (TRN02 of a 277CA, REF*EJ of a 277). Persons' names and free texts are not looked at:
a reason is the codes in our own words.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, NamedTuple

from daysheet.errors import DaysheetError
from daysheet.importers.edi.claims import day_of, money_of
from daysheet.importers.edi.parties import Parties, batch
from daysheet.importers.edi.x12 import Segment, Transaction
from daysheet.importers.reading import ROWS
from daysheet.submissions import Answer

KINDS: Final = ("277", "999", "997", "TA1")
_OF_SET: Final = {"A": "accepted", "E": "accepted", "R": "rejected", "M": "rejected", "W": "rejected", "X": "rejected"}
_OF_GROUP: Final = {**_OF_SET, "P": ""}
_REJECTED: Final = ("A3", "A4", "A6", "A7", "A8")
_PAID: Final = ("F0", "F1", "F3", "F3F", "F3N", "F4")
_RECEIVER: Final = "21"
_CLAIM_LEVELS: Final = ("PT", "22", "23")
_TAG: Final = re.compile(r"[A-Z][A-Z0-9]{1,2}\Z")
_CATEGORY: Final = re.compile(r"[A-Z]{1,2}[0-9]{1,2}[A-Z]?\Z")
_STATUS: Final = re.compile(r"[0-9]{1,4}\Z")
_ENTITY: Final = re.compile(r"[A-Z0-9]{2}\Z")
_SHORT: Final = re.compile(r"[A-Z]?[0-9]{1,3}\Z")
_DAY: Final = re.compile(r"[0-9]{8}")
_FORMS: Final = ("X214", "X167")


class Reply(NamedTuple):
    """An answer that a file holds, as it stands in it.

    Attributes:
        answer: what of it the books may hold; None where it says nothing of any claim or file.
        verdict: `accepted`, `rejected`, or empty for what is neither.
        line: where it stands.
    """

    answer: Answer | None
    verdict: str
    line: int


def replies(transaction: Transaction, filename: Path, parties: Parties, first_row: int) -> Iterator[Reply]:
    """What a transaction answers, in its order.

    Args:
        transaction: of one of `KINDS`.
        filename: for messages and evidence.
        parties: of the file.
        first_row: the number of the first of them in the file.

    Raises:
        DaysheetError: an amount is no number, or nothing gives a day.
    """
    read = {"TA1": _of_interchange, "277": _of_claims}.get(transaction.kind, _of_sets)
    try:
        found = list(read(transaction, parties))
    except DaysheetError as problem:
        raise DaysheetError(problem.message, filename=filename, line=problem.line, remedy=problem.remedy) from None
    for row, (line, verdict, told) in enumerate(found, first_row):
        meta = {"filename": str(filename), "lineno": line, ROWS: (row,)}
        if told is not None and told["date"] is None:
            raise DaysheetError("an answer without a day", filename=filename, line=line)
        yield Reply(None if told is None else Answer(meta=meta, **told), verdict, line)


_Found = tuple[int, str, dict[str, Any] | None]


def _of_interchange(transaction: Transaction, parties: Parties) -> Iterator[_Found]:
    """TA1: whether an interchange could be read."""
    del parties
    segment = transaction.segments[0]
    status = _OF_SET.get(segment.code(4), "")
    note = segment.get(5)
    told = _told(
        batch(segment.get(1)),
        transaction.issued or segment.date(2),
        "TA1",
        status,
        codes=note if _SHORT.match(note) else "",
        reason=_text("interchange", note) if status == "rejected" or note not in ("", "000") else "",
    )
    yield segment.line, status, told


def _of_sets(transaction: Transaction, parties: Parties) -> Iterator[_Found]:
    """997 and 999: each transaction set of a group, else the group as a whole."""
    del parties
    kind = transaction.kind
    group = number = ""
    of_claims, closed, named = True, False, 0
    faults: list[str] = []
    for segment in transaction.segments:
        if segment.tag == "AK1":
            group, of_claims, named = segment.get(2), segment.code(1) in ("HC", ""), 0
        elif segment.tag == "AK2":
            number, faults, closed = segment.get(2), [], False
        elif segment.tag in ("AK3", "IK3", "AK4", "IK4"):
            faults += _fault(segment)
        elif segment.tag in ("AK5", "IK5"):
            status = _OF_SET.get(segment.code(1), "")
            named += 1
            told = None
            if status and of_claims and number and not closed:
                told = _set_told(transaction, kind, batch(group, number), status, segment, faults)
            closed = closed or bool(status)
            yield segment.line, status, told
        elif segment.tag == "AK9" and not named:
            status = _OF_GROUP.get(segment.code(1), "")
            told = _told(batch(group), transaction.issued, kind, status, **_why(segment, "group", (5, 6, 7, 8, 9), []))
            if told is not None:
                yield segment.line, "", told if of_claims else None


def _set_told(
    transaction: Transaction, kind: str, number: str, status: str, segment: Segment, faults: list[str]
) -> dict[str, Any] | None:
    why = _why(segment, "set", (2, 3, 4, 5, 6), faults) if status == "rejected" or segment.code(1) == "E" else {}
    return _told(number, transaction.issued, kind, status, **why)


def _fault(segment: Segment) -> list[str]:
    """Where a fault is: the segment, and the number of its element."""
    what = segment.code(1)
    if segment.tag in ("AK3", "IK3"):
        return [what] if _TAG.match(what) else []
    place = segment.components(1)[0]
    return [f"element {place}"] if place.isdigit() and len(place) <= 2 else []


def _why(segment: Segment, table: str, places: tuple[int, ...], faults: list[str]) -> dict[str, str]:
    codes = [segment.code(at) for at in places if _SHORT.match(segment.code(at))]
    words = [_text(table, code) for code in codes]
    where = f" ({', '.join(dict.fromkeys(faults))})" if faults else ""
    return {"codes": " ".join(codes), "reason": "; ".join(words) + where if words or where else ""}


class _Level:
    """What stands in one level (HL) of a 277."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.states: list[Segment] = []
        self.trace = self.number = ""
        self.days: list[datetime.date] = []
        self.in_line = False


def _of_claims(transaction: Transaction, parties: Parties) -> Iterator[_Found]:
    """277CA and 277: each claim's states; what is said of the whole file is said of its group."""
    source: Segment | None = None
    level = _Level("")
    acknowledges = any(form in transaction.envelope.version.upper() for form in _FORMS) or _is_receipt(transaction)
    for segment in (*transaction.segments, Segment("HL", (), 0, ":")):
        if segment.tag == "HL":
            yield from _level_told(transaction, level, source, parties, acknowledges=acknowledges)
            level = _Level(segment.code(3))
        elif segment.tag == "NM1" and level.kind == "20" and source is None:
            source = segment
        elif segment.tag == "SVC":
            level.in_line = True
        elif level.in_line:
            continue
        elif segment.tag == "STC":
            level.states.append(segment)
        elif segment.tag == "TRN":
            level.trace = segment.get(2)
        elif segment.tag == "REF" and segment.code(1) == "EJ":
            level.number = segment.get(2)
        elif segment.tag == "DTP" and segment.get(1) in ("472", "232", "434"):
            level.days += filter(None, map(day_of, _DAY.findall(segment.get(3))))


def _is_receipt(transaction: Transaction) -> bool:
    """Whether a 277 that does not name its guide acknowledges claims: BHT01 is 0085 and its states begin with A."""
    begins = any(segment.tag == "BHT" and segment.get(1) == "0085" for segment in transaction.segments)
    states = [segment.code(1) for segment in transaction.segments if segment.tag == "STC"]
    return begins and any(state.startswith("A") for state in states)


def _level_told(
    transaction: Transaction, level: _Level, source: Segment | None, parties: Parties, *, acknowledges: bool
) -> Iterator[_Found]:
    if level.kind == _RECEIVER and acknowledges and level.trace:
        yield from _whole_file(transaction, level)
    if level.kind not in _CLAIM_LEVELS:
        return
    number = level.trace if acknowledges else level.number or level.trace
    by_payer = source is not None and source.code(1) == "PR"
    for segment in level.states:
        category = segment.components(1)[0].upper()
        status = _state_of(category)
        verdict = ("rejected" if status == "rejected" else "accepted") if category[:1] == "A" and status else ""
        told = None
        if number and status:
            told = _told(
                parties.number(number),
                segment.date(2) or transaction.issued,
                "277CA" if acknowledges else "277",
                status,
                by="payer" if by_payer else "clearinghouse",
                payer=parties.payer(source) if by_payer else "",
                codes=" ".join(_codes(segment)),
                reason="; ".join(dict.fromkeys(_words(segment))),
                amount=money_of(segment, 4) if segment.get(4) else None,
                service=min(level.days, default=None),
            )
        yield segment.line, verdict, told


def _whole_file(transaction: Transaction, level: _Level) -> Iterator[_Found]:
    """What is said of all claims of a file, by the number that its sender gave it; a receipt alone is no row."""
    for segment in level.states:
        status = _state_of(segment.components(1)[0].upper())
        day = segment.date(2) or transaction.issued
        if status == "rejected":
            why = {"codes": " ".join(_codes(segment)), "reason": "; ".join(dict.fromkeys(_words(segment)))}
            yield segment.line, "", _told(batch(level.trace), day, "277CA-batch", status, **why)


def _state_of(category: str) -> str:
    """What a category of states comes to; empty for what says nothing of the claim (requests, errors)."""
    if category in _REJECTED:
        return "rejected"
    if category in ("A0", "A1"):
        return "received"
    if category in ("A2", "A5"):
        return "accepted"
    if category == "F2":
        return "denied"
    if category in _PAID:
        return "paid"
    return "pending" if category[:1] in ("P", "R") and _CATEGORY.match(category) else ""


def _composites(segment: Segment) -> Iterator[list[str]]:
    for place in (1, 10, 11):
        if segment.get(place):
            yield [part.upper() for part in segment.components(place)]


def _codes(segment: Segment) -> Iterator[str]:
    """`A3:21`, with the entity behind it where one is meant; what is no code is left out."""
    for parts in _composites(segment):
        shapes = zip(parts[:3], (_CATEGORY, _STATUS, _ENTITY), strict=False)
        kept = [part for part, shape in shapes if shape.match(part)]
        if kept:
            yield ":".join(kept)


def _words(segment: Segment) -> Iterator[str]:
    for parts in _composites(segment):
        category = _text("category", parts[0]) if _CATEGORY.match(parts[0]) else ""
        status = _text("status", parts[1]) if len(parts) > 1 and _STATUS.match(parts[1]) else ""
        entity = _meanings()["entity"].get(parts[2], "") if len(parts) > 2 else ""
        if category or status:
            yield ": ".join(filter(None, (category, status))) + (f" ({entity})" if entity else "")


def _text(table: str, code: str) -> str:
    """What a code means, in our own words; the code itself where it is not listed."""
    if not (_SHORT.match(code) or _CATEGORY.match(code) or _STATUS.match(code)):
        return ""
    return _meanings()[table].get(code) or _meanings()[table].get(code.lstrip("0")) or f"code {code}"


@cache
def _meanings() -> Mapping[str, Mapping[str, str]]:
    text = resources.files(__package__).joinpath("status_codes.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _told(number: str, date: datetime.date | None, kind: str, status: str, **more: Any) -> dict[str, Any] | None:  # noqa: ANN401 - fields of an answer
    """An answer's fields; None where it names nothing or says nothing."""
    if not number or not status:
        return None
    fields: dict[str, Any] = {
        "by": "", "payer": "", "codes": "", "reason": "", "amount": None, "service": None,
    }  # fmt: skip
    return {"id": number, "date": date, "kind": kind, "status": status, **fields, **more}
