"""The front desk: what patients pay at the visit and by statement, for their families too; what is let off."""

from __future__ import annotations

import datetime
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import count
from typing import NamedTuple

from daysheet.ledgers.dental_group.claims import Insurers
from daysheet.ledgers.dental_group.clinic import Procedure, Visit
from daysheet.ledgers.dental_group.roster import CENT, LAST, MONTHS, ONE_DAY, YEAR, ZERO, business_day

KINDS = ("Credit Card", "Credit Card", "Credit Card", "Check", "Cash")


class Split(NamedTuple):
    """The part of a payment that is for one procedure."""

    number: int
    visit: Visit
    procedure: Procedure
    amount: Decimal


class Payment(NamedTuple):
    """Money of `patient`, in full on `splits`."""

    number: int
    day: datetime.date
    patient: int
    guarantor: int
    kind: str
    check: str
    amount: Decimal
    splits: tuple[Split, ...]


class Discount(NamedTuple):
    """What is let off of a procedure."""

    number: int
    day: datetime.date
    visit: Visit
    procedure: Procedure
    amount: Decimal


class Desk(NamedTuple):
    """All of it, by day; `overpaid` is the visit at which one patient paid more than was theirs, and how much."""

    payments: list[Payment]
    discounts: list[Discount]
    overpaid: tuple[Visit, Decimal]


def desk(visits: Iterable[Visit], told: Insurers) -> Desk:
    """What the desk takes in from the first to the last day."""
    return _Desk([visit for visit in visits if visit.is_charged], told).run()


class _Desk:
    def __init__(self, visits: list[Visit], told: Insurers) -> None:
        self.chance = random.Random("the desk of Larkfield")
        self.visits = visits
        self.told = told
        self.made: list[tuple[datetime.date, Visit, str, list[tuple[Visit, Procedure, Decimal]]]] = []
        self.discounts: list[Discount] = []
        self.paid: dict[int, Decimal] = defaultdict(Decimal)  # by procedure
        self.let_off: dict[int, Decimal] = defaultdict(Decimal)
        self.overpaid: tuple[Visit, Decimal] | None = None

    def run(self) -> Desk:
        for visit in self.visits:
            self._at_the_visit(visit)
        for month in MONTHS[1:]:
            self._statements(datetime.date(YEAR, month, 10))
        assert self.overpaid is not None  # noqa: S101 - the story has one
        return Desk(list(self._numbered()), self.discounts, self.overpaid)

    def _shares(self, visit: Visit) -> list[tuple[Visit, Procedure, Decimal]]:
        """What of each procedure is the patient's, as it will turn out; of an undecided claim nothing is known."""
        if not visit.patient.payer:
            return [(visit, procedure, procedure.fee) for procedure in visit.procedures]
        decision = self.told.standing.get(visit.number)
        return [(visit, share.procedure, share.left) for share in decision.shares] if decision else []

    def _owed(self, visit: Visit) -> list[tuple[Visit, Procedure, Decimal]]:
        owed = [
            (visit, procedure, share - self.paid[procedure.number] - self.let_off[procedure.number])
            for visit, procedure, share in self._shares(visit)
        ]
        return [part for part in owed if part[2] > 0]

    def _at_the_visit(self, visit: Visit) -> None:
        """Whoever is not insured pays or gets a statement; whoever is pays what the plan is known to leave."""
        chance = self.chance
        luck, kind = chance.random(), chance.choice(KINDS)
        if not visit.patient.payer and kind == "Cash" and luck < 0.9:
            first = visit.procedures[0]
            off = (first.fee * 5 / 100).quantize(CENT)
            self.discounts.append(Discount(801 + len(self.discounts), visit.day, visit, first, off))
            self.let_off[first.number] += off
        parts = self._owed(visit)
        if not parts or luck > (0.72 if not visit.patient.payer else 0.5):
            return
        if self.overpaid is None and visit.patient.payer == "harborlight" and visit.day.month == 10:
            self.overpaid = (visit, Decimal("40.00"))
            parts[0] = (visit, parts[0][1], parts[0][2] + self.overpaid[1])
        self._take(visit.day, visit, kind, parts)

    def _statements(self, day: datetime.date) -> None:
        """A family gets one statement of all that is decided and open, and most pay it with one payment."""
        families: dict[int, list[Visit]] = defaultdict(list)
        for visit in self.visits:
            known = visit.day if not visit.patient.payer else self.told.decided.get(visit.number)
            if known is not None and known < day - 2 * ONE_DAY:
                families[visit.patient.guarantor].append(visit)
        for visits in families.values():
            parts = [part for visit in visits for part in self._owed(visit)]
            if parts and self.chance.random() < 0.7:
                paid_on = business_day(day + self.chance.randrange(4, 19) * ONE_DAY)
                if paid_on <= LAST:
                    self._take(paid_on, visits[0], self.chance.choice(KINDS), parts)

    def _take(self, day: datetime.date, visit: Visit, kind: str, parts: list[tuple[Visit, Procedure, Decimal]]) -> None:
        for _, procedure, amount in parts:
            self.paid[procedure.number] += amount
        self.made.append((day, visit, kind, parts))

    def _numbered(self) -> Iterator[Payment]:
        """The payments in the order of their days, with their numbers."""
        splits, checks = count(30001), count(2001)
        for number, (day, visit, kind, parts) in enumerate(sorted(self.made, key=lambda made: made[0]), 701):
            head = visit.patient.guarantor
            whole = len({part.patient.number for part, _, _ in parts}) > 1
            yield Payment(
                number,
                day,
                head if whole else visit.patient.number,
                head,
                kind,
                str(next(checks)) if kind == "Check" else "",
                sum((amount for _, _, amount in parts), ZERO),
                tuple(Split(next(splits), part, procedure, amount) for part, procedure, amount in parts),
            )
