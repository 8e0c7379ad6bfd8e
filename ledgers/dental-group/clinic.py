"""Who was seen, and what was done and charged: the chairs' four months."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from decimal import Decimal
from itertools import count
from typing import NamedTuple

from daysheet.ledgers.dental_group.roster import (
    DENTISTRY,
    FEES,
    FIRST,
    HYGIENE,
    LAPSE,
    LAST,
    MISSED,
    ONE_DAY,
    PROVIDERS,
    ZERO,
    Patient,
    Provider,
    is_open,
    patients,
)


class Procedure(NamedTuple):
    """One procedure of an appointment; it is charged once it is set complete (`done`)."""

    number: int
    code: str
    tooth: str
    surface: str
    fee: Decimal
    done: bool


class Visit(NamedTuple):
    """An appointment: `status` is Complete, Broken or Unscheduled."""

    number: int
    day: datetime.date
    time: str
    provider: str
    patient: Patient
    status: str
    procedures: tuple[Procedure, ...]

    @property
    def fee(self) -> Decimal:
        """What all its procedures cost."""
        return sum((procedure.fee for procedure in self.procedures), ZERO)

    @property
    def is_charged(self) -> bool:
        """Whether it stands in the patient's ledger."""
        return any(procedure.done for procedure in self.procedures)


def visits() -> list[Visit]:
    """All appointments, by day; always the same ones."""
    return list(_Chairs().days())


class _Chairs:
    """The appointments while they are made: who came when, and the next numbers."""

    def __init__(self) -> None:
        self.chance = random.Random("the chairs of Larkfield")
        self.people = patients()
        self.seen: dict[int, datetime.date] = {}
        self.cleaned: set[int] = set()
        self.numbers = count(5001)
        self.procedures = count(20001)

    def days(self) -> Iterator[Visit]:
        day = FIRST
        while day <= LAST:
            for provider in PROVIDERS:
                if is_open(day, provider):
                    yield from self._day(day, provider)
            day += ONE_DAY

    def _day(self, day: datetime.date, provider: Provider) -> Iterator[Visit]:
        """A provider's day: as many completed visits as always, and those who did not come in between."""
        statuses = ["Complete"] * provider.visits
        for status, likely in (("Broken", 0.12), ("Unscheduled", 0.08)):
            if self.chance.random() < likely:
                statuses.insert(self.chance.randrange(len(statuses) + 1), status)
        which = -1
        for place, status in enumerate(statuses):
            which += status == "Complete"
            missed = (day, provider.id, which) in MISSED or (provider.id == LAPSE[0] and LAPSE[1] <= day <= LAPSE[2])
            done = status == "Complete" and not missed
            time = f"{8 + 2 * place:02}:{self.chance.choice(('00', '30'))}"
            yield self._visit(day, time, provider, status, done=done)

    def _visit(self, day: datetime.date, time: str, provider: Provider, status: str, *, done: bool) -> Visit:
        chance = self.chance
        free = [
            number
            for number in self.people
            if (day - self.seen.get(number, FIRST - 60 * ONE_DAY)).days > 20
            and not (provider.hygiene and number in self.cleaned)
        ]
        patient = self.people[chance.choice(free)]
        self.seen[patient.number] = day
        if provider.hygiene and status == "Complete":
            self.cleaned.add(patient.number)
        codes = chance.choice(HYGIENE if provider.hygiene else DENTISTRY)
        tooth = str(chance.randrange(2, 31))
        done_here = tuple(self._procedure(code, tooth, done=done) for code in codes)
        return Visit(next(self.numbers), day, time, provider.id, patient, status, done_here)

    def _procedure(self, code: str, tooth: str, *, done: bool) -> Procedure:
        on_tooth = code[:2] in ("D2", "D7") or code == "D0220"
        surface = {"D2391": "O", "D2392": "MO"}.get(code, "")
        return Procedure(next(self.procedures), code, tooth if on_tooth else "", surface, FEES[code], done)
