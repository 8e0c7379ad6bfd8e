"""Elements of a resource, read so that nothing which a record system writes amiss stops the reading of another.

A resource is what JSON holds: any element may be absent, or of another kind than the standard says. What is not as it
should be counts as absent; whoever needs it says so, with the row.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

Body = Mapping[str, Any]
"""A resource or an element of one, as JSON has it."""

NPI: Final = "http://hl7.org/fhir/sid/us-npi"
_NPI_SYSTEMS: Final = (NPI, "urn:oid:2.16.840.1.113883.4.6", "2.16.840.1.113883.4.6")
_NUMBER: Final = re.compile(r"[0-9]{10}\Z")
_DAY: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?![0-9])")
_UTC: Final = re.compile(r"T([0-9]{2}):[0-9:.]+(Z|[+-]00:00)\Z")
_MOST: Final = Decimal(10) ** 12
_CENT: Final = Decimal("0.01")


class Coding(NamedTuple):
    """A code of some list, with the words for it."""

    system: str
    code: str
    display: str


class Money(NamedTuple):
    """An amount and its currency, empty where the resource names none."""

    amount: Decimal
    currency: str


def text(value: object) -> str:
    """A text without space around it; empty for what is none."""
    if not isinstance(value, str):
        return ""
    return (value if value.isascii() else value.encode("utf-8", "replace").decode()).strip()


def parts(body: object, name: str) -> Iterator[Body]:
    """The elements of a name, each an object; one that does not stand in a list counts as a list of one."""
    found = body.get(name) if isinstance(body, dict) else None
    for each in found if isinstance(found, list) else (found,):
        if isinstance(each, dict):
            yield each


def part(body: object, *names: str) -> Body:
    """The first element of the first of these names that the body has; an empty one if it has none."""
    for name in names:
        for found in parts(body, name):
            return found
    return {}


def codings(concept: object) -> Iterator[Coding]:
    """The codes of a CodeableConcept, or of a Coding by itself; its text, or a code by itself, as one of no list."""
    if isinstance(concept, str):
        yield Coding("", text(concept), "")
    if not isinstance(concept, dict):
        return
    found = list(parts(concept, "coding")) or ([concept] if "code" in concept else [])
    for coding in found:
        yield Coding(text(coding.get("system")), text(coding.get("code")), text(coding.get("display")))
    if text(concept.get("text")):
        yield Coding("", "", text(concept.get("text")))


def concepts(body: Body, *names: str) -> Iterator[Coding]:
    """The codes in all the elements of these names."""
    for name in names:
        found = body.get(name)
        for each in found if isinstance(found, list) else (found,):
            yield from codings(each)


def code(body: Body, name: str) -> str:
    """The first code of an element."""
    return next((coding.code for coding in concepts(body, name) if coding.code), "")


def word(body: Body, name: str) -> str:
    """An element that is one of the standard's words, in small letters."""
    return text(body.get(name)).casefold()


def number(value: object) -> Decimal | None:
    """A number, however it is written; None for none, or one that no practice's money reaches."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        found = Decimal(value.strip() if isinstance(value, str) else value)
    except (InvalidOperation, ValueError):
        return None
    if not found:
        return Decimal() if found.is_finite() else None
    # not `abs`, which would round to what a number can be at most, and fail where it is more
    return found if found.is_finite() and found.copy_abs() < _MOST else None


def money(value: object) -> Money | None:
    """An amount of money, in cents as the standard's decimals may have more places (`93.55000000000001`)."""
    if not isinstance(value, dict):
        return None
    found = number(value.get("value"))
    if found is None:
        return None
    currency = text(value.get("currency")) or text(value.get("code"))  # a Money of DSTU2 and STU3 is a Quantity
    return Money(found.quantize(_CENT), currency if re.fullmatch("[A-Z]{3}", currency) else "")


def identifier(body: Body, name: str = "identifier") -> str:
    """The value of the element's official identifier, else of its first."""
    found = [each for each in parts(body, name) if text(each.get("value"))]
    found.sort(key=lambda each: each.get("use") != "official")
    return text(found[0].get("value")) if found else ""


def npi(body: Body) -> str:
    """The National Provider Identifier among the identifiers; empty if there is none."""
    for each in parts(body, "identifier"):
        value = text(each.get("value"))
        named = text(each.get("system")) in _NPI_SYSTEMS or any(one.code == "NPI" for one in concepts(each, "type"))
        if named and _NUMBER.match(value):
            return value
    return ""


def is_npi(system: str, value: str) -> bool:
    """Whether an identifier is a National Provider Identifier."""
    return system in _NPI_SYSTEMS and bool(_NUMBER.match(value))


def name_of(body: Body) -> str:
    """A practitioner's name as people write it, or an organization's."""
    if isinstance(body.get("name"), str):
        return text(body.get("name"))
    found = [each for each in parts(body, "name") if each.get("use") not in ("old", "nickname", "maiden")]
    if not found:
        return ""
    given = found[0].get("given")
    families = found[0].get("family")
    words = [*(given if isinstance(given, list) else [given])]
    words += families if isinstance(families, list) else [families]  # several in DSTU2
    return " ".join(filter(None, map(text, words))) or text(found[0].get("text"))


def day(value: object, zone: datetime.tzinfo | None = None) -> datetime.date | None:
    """The day of a date, dateTime or instant, as the clock on the wall showed it; None where no day is said.

    Args:
        value: the element.
        zone: of the practice, for times that are written in UTC; without it the day is the one that is written.
    """
    written = text(value)
    found = _DAY.match(written)
    if found is None:
        return None
    try:
        if zone is not None and _UTC.search(written):
            moment = datetime.datetime.fromisoformat(written.replace("Z", "+00:00"))
            return moment.astimezone(zone).date()
        return datetime.date(*map(int, found.groups()))
    except (ValueError, OverflowError):
        return None


def may_be_the_day_before(value: object) -> bool:
    """Whether a time is written in UTC, and of an hour that is still the evening before in America."""
    found = _UTC.search(text(value))
    return found is not None and int(found[1]) < 10
