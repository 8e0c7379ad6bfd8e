"""X12 837 transactions to claims: professional, dental and institutional, 005010 (X222A1, X224A2, X223A2) and 004010.

What stands where is told by levels (HL): 20 the billing provider, 22 the subscriber with the insurer, 23 the patient
where that is another person. Behind a claim (CLM) follow its providers, other insurers' loops (from SBR on) and its
service lines (from LX on). Names, addresses, birth dates and notes are not looked at, but for the patient's token where
the claim is to make the practice's bill.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Final

from daysheet.errors import DaysheetError
from daysheet.importers.edi.parties import Parties, batch, person
from daysheet.importers.edi.x12 import Segment, Transaction
from daysheet.importers.reading import ROWS
from daysheet.records import Claim
from daysheet.submissions import SentLine, Submission

_FORMS: Final = (
    ("X222", "837P"),
    ("X098", "837P"),
    ("X224", "837D"),
    ("X097", "837D"),
    ("X223", "837I"),
    ("X096", "837I"),
)
_OF_LINE: Final = {"SV1": "837P", "SV2": "837I", "SV3": "837D"}
_RANKS: Final = {"S": "secondary", "T": "tertiary"}
_FREQUENCIES: Final = {"7": "replacement", "6": "replacement", "5": "replacement", "8": "void"}
_SERVICE: Final = ("472", "434")
_DAY: Final = re.compile(r"[0-9]{8}")
_CODE: Final = re.compile(r"(?=.*[0-9])[A-Z0-9]{3,7}\Z")
_MODIFIER: Final = re.compile(r"[A-Z0-9]{2}\Z")
_TOOTH: Final = re.compile(r"[0-9]{1,2}|[A-T]S?\Z")
_YEARS: Final = range(1900, 2200)
_CENT: Final = Decimal("0.01")
_MOST: Final = Decimal(10) ** 10
_PREDETERMINATION: Final = ("PB", "08")
_PREDETERMINATIONS: Final = ("X291", "X292")


@dataclass(slots=True)
class _Line:
    """A service line while its segments are read."""

    service: str
    units: Decimal
    charge: Decimal
    details: list[str]
    provider: Segment | None = None


@dataclass(slots=True)
class _Claim:
    """A claim while its segments are read, with what stood before it."""

    header: Segment
    billing: Segment | None
    patient: Segment | None
    birth: str
    payer: Segment | None
    rank: str
    charged: Decimal
    rendering: Segment | None = None
    earlier: Decimal = Decimal()
    days: list[datetime.date] = field(default_factory=list)
    lines: list[_Line] = field(default_factory=list)
    form: str = ""


class Sent:
    """The claims of one transaction, as they stand in it."""

    def __init__(self, transaction: Transaction, filename: Path) -> None:
        """Read it.

        Raises:
            DaysheetError: an amount is no number.
        """
        self.transaction = transaction
        self.filename = filename
        self.claims: list[_Claim] = []
        self.day: datetime.date | None = transaction.issued
        self.reference = ""
        self.encounter = False
        self._billing: Segment | None = None
        self._persons: dict[str, Segment] = {}
        self._births: dict[str, str] = {}
        self._named = ""
        self._payer: Segment | None = None
        self._rank = "primary"
        self._claim: _Claim | None = None
        self._line: _Line | None = None
        self._in_line = self._of_others = False
        known = _READERS
        try:
            for segment in transaction.segments:
                read = known.get(segment.tag)
                if read is not None:
                    read(self, segment)
        except DaysheetError as problem:
            raise DaysheetError(problem.message, filename=filename, line=problem.line, remedy=problem.remedy) from None

    @property
    def charges(self) -> Decimal:
        """What the claims ask for (ΣCLM02)."""
        return sum((claim.charged for claim in self.claims), Decimal())

    @property
    def service_lines(self) -> int:
        """How many service lines they have."""
        return sum(len(claim.lines) for claim in self.claims)

    def records(self, parties: Parties, token: Callable[[str], str] | None, first_row: int) -> Iterator[Claim | None]:
        """Each claim as a record; None for a predetermination, which asks for no money.

        Args:
            parties: of the file.
            token: how a patient becomes one, where the claims are to make bills.
            first_row: the number of the first of them in the file.

        Raises:
            DaysheetError: a claim has no number or no day.
        """
        envelope = self.transaction.envelope
        named = batch(envelope.interchange, envelope.group, envelope.number)
        named = "/".join(filter(None, (named, named and batch(self.reference))))
        version = envelope.version.upper()
        asks_nothing = any(guide in version for guide in _PREDETERMINATIONS)
        form = next((form for guide, form in _FORMS if guide in version), "")
        for row, claim in enumerate(self.claims, first_row):
            header = claim.header
            if asks_nothing or header.code(19) in _PREDETERMINATION:
                yield None
                continue
            if not header.get(1) or self.day is None:
                what = "a claim without a number (CLM01)" if not header.get(1) else "claims without a day (BHT04, GS04)"
                raise DaysheetError(what, filename=self.filename, line=header.line)
            number = parties.number(header.get(1))
            yield Claim(
                id=number,
                invoice=number,
                payer=parties.payer(claim.payer) or "unknown-payer",
                submitted=self.day,
                status="submitted",
                reason=None,
                meta={"filename": str(self.filename), "lineno": header.line, ROWS: (row,)},
                sent=self._sent(claim, parties, token, (form or claim.form or "837", named)),
            )

    def _sent(
        self, claim: _Claim, parties: Parties, token: Callable[[str], str] | None, of_file: tuple[str, str]
    ) -> Submission:
        """A claim as it was sent; its form and its batch are of the file."""
        rendering = parties.provider(claim.rendering)
        providers = [parties.provider(line.provider) for line in claim.lines]
        if not rendering and len(set(providers)) == 1:
            rendering = providers[0]
        lines = tuple(
            [
                SentLine(line.service, line.units, line.charge, tuple(line.details), by if by != rendering else "")
                for line, by in zip(claim.lines, providers, strict=True)
            ]
        )
        days = claim.days or [None]  # type: ignore[list-item]
        patient = "" if token is None or claim.patient is None else token(person(claim.patient, claim.birth))
        frequency = claim.header.components(5)[2:3]
        return Submission(
            form=of_file[0],
            charged=claim.charged,
            first=min(days),
            last=max(days),
            lines=lines,
            provider=rendering or parties.provider(claim.billing),
            frequency=_FREQUENCIES.get(frequency[0] if frequency else "", "original"),
            rank=claim.rank,
            earlier=claim.earlier,
            batch=of_file[1],
            encounter=self.encounter,
            patient=patient,
            bill=token is not None and not self.encounter,
        )

    def beginning(self, segment: Segment) -> None:
        """BHT: the day, and whether it only reports."""
        self.day = segment.date(4) or self.day
        self.reference = segment.get(3)
        self.encounter = segment.code(6) == "RP"

    def level(self, segment: Segment) -> None:
        """HL: a new level, whose names take the place of those of the level before."""
        self._claim = self._line = None
        kind = segment.get(3)
        if kind == "20":
            self._billing = None
        if kind in ("20", "22"):
            self._persons.clear()
            self._births.clear()
            self._payer, self._rank = None, "primary"
        elif kind == "23":
            self._persons.pop("QC", None)
            self._births.pop("QC", None)

    def subscriber(self, segment: Segment) -> None:
        """SBR: whose turn the insurer's is; behind a claim, another insurer's loop begins."""
        if self._claim is None:
            self._rank = _RANKS.get(segment.code(1), "primary")
        else:
            self._of_others = True

    def name(self, segment: Segment) -> None:
        """NM1: the parties that matter, where they stand for this claim and not for another insurer's."""
        code = segment.code(1)
        if self._claim is None:
            self._named = code
            if code == "85":
                self._billing = segment
            elif code in ("IL", "QC"):
                self._persons[code] = segment
            elif code == "PR":
                self._payer = segment
        elif code == "82" and not self._of_others:
            if self._line is not None:
                self._line.provider = segment
            elif not self._in_line:
                self._claim.rendering = segment

    def person(self, segment: Segment) -> None:
        """DMG: the birth date of the person just named."""
        if self._claim is None and self._named in ("IL", "QC") and _DAY.fullmatch(segment.get(2)):
            self._births[self._named] = segment.get(2)

    def claim(self, segment: Segment) -> None:
        """CLM: a claim of the patient, or of the subscriber where that is the same person."""
        who = "QC" if "QC" in self._persons else "IL"
        self._claim = _Claim(
            segment, self._billing, self._persons.get(who), self._births.get(who, ""), self._payer, self._rank,
            money_of(segment, 2),
        )  # fmt: skip
        self._line, self._in_line, self._of_others = None, False, False
        self.claims.append(self._claim)

    def amount(self, segment: Segment) -> None:
        """AMT*D behind another insurer's SBR: what it has paid."""
        if self._claim is not None and self._of_others and not self._in_line and segment.code(1) == "D":
            self._claim.earlier += money_of(segment, 2)

    def date(self, segment: Segment) -> None:
        """DTP: the days of service, of a claim or a line."""
        if self._claim is not None and segment.get(1) in _SERVICE and not (self._of_others and not self._in_line):
            self._claim.days += _days(segment.get(3))

    def number(self, segment: Segment) -> None:
        """LX: a service line begins."""
        del segment
        self._line, self._in_line, self._of_others = None, True, False

    def service(self, segment: Segment) -> None:
        """SV1, SV2, SV3: what was done, how often, and what is asked for it."""
        if self._claim is None:
            return
        what, charge, units = _PLACES[segment.tag]
        code, modifiers = _procedure(tuple(segment.components(what)), segment.get(1))
        count = segment.money(units) if segment.get(units) else Decimal(1)
        if abs(count) >= _MOST:
            raise DaysheetError(f"{segment.tag}{units:02} is not a quantity", line=segment.line)
        self._line = _Line(code, count, money_of(segment, charge), [*modifiers])
        self._claim.lines.append(self._line)
        self._claim.form = _OF_LINE[segment.tag]
        self._in_line, self._of_others = True, False

    def tooth(self, segment: Segment) -> None:
        """TOO: which tooth a line is of."""
        if self._line is not None and _TOOTH.fullmatch(segment.code(2)):
            self._line.details.append(segment.code(2))


_PLACES: Final = {"SV1": (1, 2, 4), "SV2": (2, 3, 5), "SV3": (1, 2, 6)}
"""Of a service: the elements of its procedure, its charge and its units."""

_READERS: Final[Mapping[str, Callable[[Sent, Segment], None]]] = {
    "BHT": Sent.beginning, "HL": Sent.level, "SBR": Sent.subscriber, "NM1": Sent.name, "DMG": Sent.person,
    "CLM": Sent.claim, "AMT": Sent.amount, "DTP": Sent.date, "LX": Sent.number, "SV1": Sent.service,
    "SV2": Sent.service, "SV3": Sent.service, "TOO": Sent.tooth,
}  # fmt: skip


def money_of(segment: Segment, number: int) -> Decimal:
    """An element as money, to the cent.

    Raises:
        DaysheetError: it is none; it is not quoted, for a misplaced element may be a person's number.
    """
    cents = _cents(segment.money(number))
    if cents is None:
        raise DaysheetError(f"{segment.tag}{number:02} is not an amount", line=segment.line)
    return cents


@lru_cache(maxsize=1024)
def _cents(amount: Decimal) -> Decimal | None:
    """An amount to the cent; None where it has parts of one, or is beyond all money."""
    cents = amount.quantize(_CENT) if abs(amount) < _MOST else None
    return cents if cents == amount else None


@lru_cache(maxsize=1024)
def _procedure(parts: tuple[str, ...], revenue: str) -> tuple[str, tuple[str, ...]]:
    """The code of what was done, else of the revenue that it is, and its modifiers."""
    parts = tuple(part.upper() for part in parts)
    code = next((part for part in (*parts[1:2], revenue) if _CODE.match(part)), "-")
    return code, tuple(modifier for modifier in parts[2:6] if _MODIFIER.match(modifier))


@lru_cache(maxsize=1024)
def _days(text: str) -> tuple[datetime.date, ...]:
    """The days in an element: one, or the first and the last."""
    return tuple(filter(None, map(day_of, _DAY.findall(text))))


@lru_cache(maxsize=1024)
def day_of(text: str) -> datetime.date | None:
    """The day of eight digits; None where they are none, or of a year that no ledger holds."""
    try:
        found = datetime.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
    return found if found.year in _YEARS else None
