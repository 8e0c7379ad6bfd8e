"""Who is named in claims and their answers: claim numbers, insurers and providers as the books may hold them.

A segment of a name (NM1) may hold anybody's. An insurer or a provider passes as what the books call it, by its numbers
or its name; an insurer that they do not know by its number, if that is shaped as insurers' are; anything else becomes
what nobody can read (`privacy.identifiers`). A patient becomes a token of name and birth date, since a claim carries no
number of the practice's own for them.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from daysheet.importers.edi.remittances import plain_number
from daysheet.importers.edi.x12 import Segment
from daysheet.importers.privacy import identifiers
from daysheet.importers.reading import Context
from daysheet.ledger import printer
from daysheet.patients import opaque

_NPI: Final = re.compile(r"[12][0-9]{9}\Z")
_CONTROL: Final = re.compile(r"[0-9A-Za-z]{1,30}\Z")
_PERSON: Final = "1"
_INSURANCE: Final = frozenset((
    "advantage", "aetna", "affairs", "america", "american", "and", "anthem", "assurance", "benefit", "benefits",
    "blue", "bluecross", "blueshield", "care", "casualty", "champus", "champva", "choice", "cigna", "commercial",
    "community", "company", "comp", "compensation", "corp", "corporation", "cross", "delta", "dental", "federal",
    "fidelity", "fund", "general", "government", "group", "guardian", "health", "healthcare", "hmo", "humana", "in",
    "inc", "indemnity", "insurance", "insurer", "kaiser", "life", "limited", "llc", "managed", "medicaid",
    "medicaredental", "medicare", "metlife", "molina", "mutual", "national", "nationwide", "north", "of", "pacific",
    "payer", "permanente", "plan", "plans", "ppo", "premera", "principal", "program", "progressive", "security",
    "service", "services", "shield", "society", "south", "state", "states", "the", "traveler", "travelers",
    "tricare", "trust", "tufts", "uhc", "union", "united", "unitedhealth", "unitedhealthcare", "us", "veterans",
    "vision", "wellcare", "west", "workers", "your",
))  # fmt: skip
"""Words of which insurers' names are made. A name of these alone is no person's."""
_DIGITS: Final = 4
_SURE: Final = frozenset((
    "assurance", "bluecross", "blueshield", "casualty", "cigna", "healthcare", "hmo", "humana", "indemnity",
    "insurance", "insurer", "medicaid", "medicare", "mutual", "payer", "plan", "plans", "ppo", "tricare",
    "unitedhealthcare",
))  # fmt: skip
"""Words that only an insurer's name has: an organization that is called so is one, whatever else it is called."""


class Parties:
    """The parties of one file, each looked up once."""

    def __init__(self, context: Context) -> None:
        """For the books of this context."""
        self._context = context
        self.number = cache(self._number)
        self._payer = cache(self._payer_of)
        self._provider = cache(self._provider_in)

    def payer(self, segment: Segment | None) -> str:
        """The insurer of an NM1 segment: the books' id, else what may be known of it; empty where there is none."""
        return "" if segment is None else self._payer(segment.get(3), segment.get(9), segment.get(2) != _PERSON)

    def provider(self, segment: Segment | None) -> str:
        """The provider of an NM1 segment: the books' id; empty where it is an organization that they do not know.

        A person whom they do not know is the national number (NPI), which is public, else unreadable.
        """
        return "" if segment is None else self._provider(segment.elements)

    def _provider_in(self, elements: tuple[str, ...]) -> str:
        segment = Segment("NM1", elements, 0, "")
        number = segment.get(9) if segment.code(8) in ("XX", "") else ""
        name = " ".join(filter(None, (segment.get(3), segment.get(4))))
        return self._provider_of(name, number, segment.get(2) == _PERSON)

    def _number(self, number: str) -> str:
        """A claim's number in the practice's own hand, which may be a person's, as the ledger may hold it."""
        number = printer.plain(number)
        return number if number in self._context.known or plain_number(number) else self._context.token(number)

    def _payer_of(self, name: str, number: str, is_organization: bool) -> str:
        found = self._context.payer_called(name, (number,) if number else ())
        if found:
            return found
        words = [word for word in re.split(r"[^a-z0-9]+", name.casefold()) if word]
        # with more digits than a line of business has, a member's number may stand beside the insurer's name
        is_numbered = sum(map(str.isdigit, name)) > _DIGITS
        is_insurer = is_organization and not is_numbered and any(word in _SURE for word in words)
        if words and (is_insurer or all(word in _INSURANCE for word in words)):
            return "-".join(words)
        if number and identifiers.is_code(number):
            return printer.plain(number)
        return opaque(name or number, self._context.token) if name or number else ""

    def _provider_of(self, name: str, number: str, is_person: bool) -> str:
        found = self._context.provider_called(number if is_npi(number) else "", name)
        if found or not is_person:
            return found
        return number if is_npi(number) else opaque(name, self._context.token) if name else ""


def is_npi(number: str) -> bool:
    """Whether a number is a National Provider Identifier: ten digits from 1 or 2, with the check digit of CMS.

    Luhn's sum over the number with 80840 before it (45 CFR 162.406; ISO/IEC 7812).
    """
    if not _NPI.match(number):
        return False
    digits = [int(digit) for digit in reversed("80840" + number)]
    total = sum(digits[0::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return total % 10 == 0


def person(name: Segment, birth: str) -> str:
    """How a patient is called for their token: last and first name with the birth date, else the member's number."""
    return " ".join(filter(None, (name.get(3), name.get(4), birth or name.get(9))))


def batch(*numbers: str) -> str:
    """Control numbers as claims and acknowledgments name them: without zeros in front, slashes between.

    Empty where one of them is none.
    """
    if not all(_CONTROL.match(number) for number in numbers):
        return ""
    return "/".join(number.lstrip("0") or "0" for number in numbers)
