"""The claims and what insurers answer: paid under contract, refused, paid too much and taken back."""

from __future__ import annotations

import datetime
import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from daysheet.ledgers.dental_group.clinic import Procedure, Visit
from daysheet.ledgers.dental_group.roster import (
    CENT,
    COVERED,
    DEDUCTIBLE,
    DENIED,
    LAST,
    NOT_SENT,
    ONE_DAY,
    PAYERS,
    ZERO,
    Payer,
    business_day,
)


class Share(NamedTuple):
    """A procedure as an insurer has decided it: `paid`, `off` by contract; a refused one is nobody's yet."""

    procedure: Procedure
    paid: Decimal
    off: Decimal
    refused: bool = False

    @property
    def left(self) -> Decimal:
        """What is the patient's."""
        return ZERO if self.refused else self.procedure.fee - self.paid - self.off


class Decision(NamedTuple):
    """An insurer's word on a claim. `reverses` an earlier one: its shares are then those that are taken back."""

    claim: int
    visit: Visit
    payer: Payer
    shares: tuple[Share, ...]
    reverses: bool = False

    @property
    def paid(self) -> Decimal:
        """The money of it, negative where it is taken back."""
        paid = sum((share.paid for share in self.shares), ZERO)
        return -paid if self.reverses else paid

    @property
    def left(self) -> Decimal:
        """What is the patient's by it."""
        return sum((share.left for share in self.shares), ZERO)


@dataclass
class Advice:
    """What an insurer sends on one day: decisions, and what it keeps or gives besides (`offsets`, as in a PLB)."""

    day: datetime.date
    payer: Payer
    trace: str
    decisions: list[Decision] = field(default_factory=list)
    offsets: list[tuple[int, Decimal]] = field(default_factory=list)

    @property
    def sent(self) -> Decimal:
        """The money that arrives."""
        return sum((one.paid for one in self.decisions), ZERO) - sum((amount for _, amount in self.offsets), ZERO)

    @property
    def at_bank(self) -> datetime.date:
        """When it arrives: a transfer two days later, a paper check on the day that it is posted."""
        return business_day(self.day + 2 * ONE_DAY) if self.payer.sends == "835" else self.day


class Claim(NamedTuple):
    """A claim; `sent` is None while it waits."""

    number: int
    visit: Visit
    payer: Payer
    sent: datetime.date | None


class Insurers(NamedTuple):
    """All of it; `standing` is the last decision on each claim that has one by the last day."""

    claims: list[Claim]
    advices: list[Advice]
    standing: dict[int, Decision]
    decided: dict[int, datetime.date]


def insurers(visits: Iterable[Visit]) -> Insurers:
    """The claims of the visits, and what becomes of them."""
    insured = [visit for visit in visits if visit.is_charged and visit.patient.payer]
    waits = {visit.number for visit in [one for one in insured if one.day.month == 10][40 : 40 + NOT_SENT]}
    claims = [
        Claim(number, visit, PAYERS[visit.patient.payer], None if visit.number in waits else visit.day)
        for number, visit in enumerate(insured, 301)
    ]
    advices = _Answers(claims).advices
    standing, decided = {}, {}
    for advice in advices:
        for decision in advice.decisions:
            if not decision.reverses:
                standing[decision.visit.number] = decision
                decided[decision.visit.number] = advice.day
    return Insurers(claims, advices, standing, decided)


class _Answers:
    """Insurers at work: deductibles met so far, who has refused one claim, who has paid one too high."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        self.chance = random.Random("the insurers of Larkfield")
        self.met: set[int] = set()
        self.refused: set[str] = set()
        self.by_day: dict[tuple[datetime.date, str], Advice] = {}
        self.too_high: Decision | None = None
        for claim in claims:
            if claim.sent is not None:
                self._answer(claim, claim.sent)
        self._take_back()

    @property
    def advices(self) -> list[Advice]:
        """Those up to the last day."""
        return [advice for (day, _), advice in sorted(self.by_day.items()) if day <= LAST]

    def _advice(self, payer: Payer, soonest: datetime.date) -> Advice:
        day = business_day(soonest + (payer.weekday - soonest.weekday()) % 7 * ONE_DAY)
        trace = f"{payer.prefix}{day:%y%m%d}" if payer.prefix else f"{day:%m%d}7"
        return self.by_day.setdefault((day, payer.id), Advice(day, payer, trace))

    def _answer(self, claim: Claim, sent: datetime.date) -> None:
        payer, visit = claim.payer, claim.visit
        advice = self._advice(payer, sent + self.chance.randrange(6, 16) * ONE_DAY)
        if payer.id in DENIED and payer.id not in self.refused and (visit.day.month, len(visit.procedures)) == (10, 1):
            self.refused.add(payer.id)
            shares = tuple(Share(procedure, ZERO, ZERO, refused=True) for procedure in visit.procedures)
        else:
            shares = tuple(self._share(visit.patient.number, procedure, payer) for procedure in visit.procedures)
        decision = Decision(claim.number, visit, payer, shares)
        if self.too_high is None and payer.id == "northstar" and visit.day.month == 9 and decision.left > DEDUCTIBLE:
            paid_too_much = tuple(share._replace(paid=share.paid + share.left) for share in shares)
            self.too_high = decision
            decision = decision._replace(shares=paid_too_much)
        advice.decisions.append(decision)

    def _share(self, patient: int, procedure: Procedure, payer: Payer) -> Share:
        """The plan's part of what is allowed, after the year's deductible on what is no prevention."""
        allowed = (procedure.fee * payer.allowed).quantize(CENT, ROUND_HALF_UP)
        percent = next(percent for beginning, percent in COVERED if procedure.code.startswith(beginning))
        deductible = ZERO
        if percent < 100 and patient not in self.met:
            self.met.add(patient)
            deductible = min(DEDUCTIBLE, allowed)
        paid = ((allowed - deductible) * percent / 100).quantize(CENT, ROUND_HALF_UP)
        return Share(procedure, paid, procedure.fee - allowed)

    def _take_back(self) -> None:
        """The claim that was paid too high is decided anew in November; the money is kept from a later transfer."""
        right = self.too_high
        if right is None:
            return
        wrong = next(one for advice in self.by_day.values() for one in advice.decisions if one.claim == right.claim)
        first = self._advice(right.payer, datetime.date(LAST.year, 11, 2))
        first.decisions += [wrong._replace(reverses=True), right]
        too_much = wrong.paid - right.paid
        first.offsets.append((right.claim, -too_much))
        self._advice(right.payer, first.day + 8 * ONE_DAY).offsets.append((right.claim, too_much))


def by_visit(decisions: Iterable[Decision]) -> dict[int, list[Decision]]:
    """Decisions by the number of their visit."""
    found: dict[int, list[Decision]] = defaultdict(list)
    for decision in decisions:
        found[decision.visit.number].append(decision)
    return found
