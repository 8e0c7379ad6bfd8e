"""A practice's months, day by day: who comes, what is charged, who pays, what goes wrong."""

from __future__ import annotations

import datetime
import heapq
from collections.abc import Callable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from tests.simulator.receivables.facts import (
    CENT,
    DAY,
    ZERO,
    Answer,
    Claim,
    Line,
    Opening,
    Share,
    Visit,
)
from tests.simulator.receivables.pockets import PatientsMoney
from tests.simulator.receivables.shape import COVERED, DENTIST, FEES, HYGIENE


class Life(PatientsMoney):
    """Makes the history of a shape."""

    def run(self) -> None:
        """Live all the days."""
        if self.shape.opening:
            self._take_over()
        day = self.shape.first
        while day <= self.shape.last:
            self._happen(day, 1)  # what the bank takes back is entered in the morning
            for provider, days in self.shape.providers.items():
                if day.weekday() in days:
                    for _ in range(self.chance.randrange(1, self.shape.busy + 2)):
                        self._visit(day, provider)
            self._happen(day, 9)
            day += DAY

    def _happen(self, day: datetime.date, order: int) -> None:
        while self._due and self._due[0][:2] <= (day, order):
            heapq.heappop(self._due)[3](day)

    def _take_over(self) -> None:
        chance = self.chance
        people = chance.sample(sorted(self.shape.patients), 9)
        for number, patient in enumerate(people):
            day = self.shape.first - chance.randrange(8, 150) * DAY
            payers = self.shape.patients[patient].payers
            payer = payers[0] if payers and number % 3 == 0 else None
            provider = chance.choice(sorted(self.shape.providers))
            amount = Decimal(chance.randrange(1500, 30000)) / 100
            opening = Opening(4001 + number, day, patient, provider, payer, amount)
            self.facts.openings.append(opening)
            self.book.open(opening)
            if payer:
                share = Share(0, amount, amount, ZERO)
                claim = Claim(90001 + number, opening.apt, patient, payer, day, amount)
                if chance.random() < 0.7:
                    answer = self._answered(claim, (share,), self.shape.first + chance.randrange(5, 50) * DAY, 1)
                    self.later(answer.day, self._settle(answer), 2)
            elif chance.random() < 0.6:
                self._statement(patient, self.shape.first + chance.randrange(3, 60) * DAY)

    # visits and what is charged

    def _visit(self, day: datetime.date, provider: str) -> None:
        chance = self.chance
        free = [n for n in self.shape.patients if n not in self._seen or (day - self._seen[n]).days > 7]
        if not free:
            return
        patient = chance.choice(free)
        self._seen[patient] = day
        codes = chance.choice(HYGIENE if provider == "linh" else DENTIST)
        fee = sum((FEES[code] for code in codes), ZERO)
        status = chance.choices(("Complete", "Broken", "UnschedList"), (93, 4, 3))[0]
        what = self._plan(day, patient, codes, status)
        if what == "no-show":
            status = "Broken"
        visit = Visit(next(self._apts), day, 8 + chance.randrange(8), provider, patient, status, codes, fee)
        self.facts.visits.append(visit)
        if what == "unbilled":
            self.planted.unbilled[visit.apt] = fee
        elif status == "Complete" or what == "no-show":
            self._bill(visit, what)

    def _plan(self, day: datetime.date, patient: int, codes: tuple[str, ...], status: str) -> str:
        """What to plant in this visit: only in bills of who is not insured, so that its price is certain."""
        in_time = (self.shape.last - day).days > 20 and (day - self.shape.first).days > 10
        if not in_time or status != "Complete" or self.shape.patients[patient].payers or self.chance.random() < 0.5:
            return ""
        for what, left in self._waits_for.items():
            if left and (what != "uncharged" or len(codes) > 1):
                self._waits_for[what] -= 1
                return what
        return ""

    def _bill(self, visit: Visit, what: str) -> None:
        codes = visit.codes[:-1] if what == "uncharged" else visit.codes
        teeth = [str(self.chance.randrange(2, 31)) if code > "D2" else "" for code in codes]
        lines = [self._line(visit, code, tooth) for code, tooth in zip(codes, teeth, strict=True)]
        if what == "uncharged":
            self.planted.uncharged[visit.apt] = visit.codes[-1], FEES[visit.codes[-1]]
        if what == "doubled":
            lines.append(self._line(visit, codes[-1], teeth[-1]))
            self.planted.doubled[visit.apt] = FEES[codes[-1]]
        total = sum((line.fee for line in lines), ZERO)
        if what == "no-show":
            self.planted.no_shows[visit.apt] = total
        self.facts.lines += lines
        payers = self.shape.patients[visit.patient].payers
        bill = self.book.charge(lines, payers[0] if payers else None)
        if payers:
            self._claim(visit, lines, payers)
        elif not what:
            self._self_pay(visit, lines, total)
        else:
            self.book.apply_credit(bill, visit.day)

    def _line(self, visit: Visit, code: str, tooth: str) -> Line:
        proc = next(self._procs)
        return Line(proc, visit.apt, visit.day, visit.patient, visit.provider, code, tooth, FEES[code])

    # insurers

    def _claim(self, visit: Visit, lines: list[Line], payers: tuple[str, ...]) -> None:
        claim = self._sent(visit, payers[0], sum((line.fee for line in lines), ZERO))
        shares = self._decide(visit.patient, lines, payers[0])
        answer = self._answered(claim, shares, claim.sent + self.chance.randrange(7, 20) * DAY, 1)
        left = sum((share.left for share in shares), ZERO)
        second = payers[1] if len(payers) > 1 and self.shape.secondary else None
        if left and not second and self.chance.random() < 0.6:
            self._copay(visit, lines, shares, left)
        self.later(answer.day, self._settle(answer, (visit, second) if second else None), 2)

    def _sent(self, visit: Visit, payer: str, amount: Decimal) -> Claim:
        claim = Claim(next(self._numbers), visit.apt, visit.patient, payer, visit.day, amount)
        self.facts.claims.append(claim)
        return claim

    def _decide(self, patient: int, lines: list[Line], payer: str) -> tuple[Share, ...]:
        """What the plan pays: its share of the allowed fee, after the year's deductible on what is no prevention."""
        found = []
        for line in lines:
            allowed = (line.fee * self.shape.allowed[payer]).quantize(CENT, ROUND_HALF_UP)
            percent = next(
                COVERED[code] for code in sorted(COVERED, key=len, reverse=True) if line.code.startswith(code)
            )
            deductible = ZERO
            if percent < 100 and patient not in self._met_deductible:
                self._met_deductible.add(patient)
                deductible = min(Decimal("50.00"), allowed)
            paid = ((allowed - deductible) * percent / 100).quantize(CENT, ROUND_HALF_UP)
            found.append(Share(line.proc, line.fee, paid, line.fee - allowed, line.code))
        return tuple(found)

    def _answered(self, claim: Claim, shares: tuple[Share, ...], soonest: datetime.date, rank: int) -> Answer:
        payer = claim.payer
        day = soonest + (self.shape.pays_on[payer] - soonest.weekday()) % 7 * DAY
        by_check = payer in self.shape.by_check and self.shape.insurers != "835"
        method = "Check" if by_check else "EFT"
        trace = f"{'81' if payer == 'delta' else '62'}{day:%y%m%d}"
        return Answer(day, claim.apt, claim.claim, claim.patient, payer, shares, trace, method, rank)

    def _settle(self, answer: Answer, second: tuple[Visit, str] | None = None) -> Callable[[datetime.date], None]:
        def settle(day: datetime.date) -> None:
            self.facts.answers.append(answer)
            self.facts.received(answer.claim)
            self.book.answer(answer)
            if answer.rank > 1:
                self._second[answer.patient] -= 1
            # an 835 tells of money that the bank shows two days later: it is income then
            at_bank = day + 2 * DAY if self.shape.insurers == "835" else day
            self.later(at_bank, lambda on: self.book.insurer_money(answer, on), 3)
            left = sum((share.left for share in answer.shares), ZERO)
            if second and left and (self.shape.last - day).days > 28:
                visit, payer = second
                claim = self._sent(replace(visit, day=day), payer, left)
                shares = tuple(
                    Share(s.proc, s.left, (s.left / 2).quantize(CENT), ZERO) for s in answer.shares if s.left
                )
                other = self._answered(claim, shares, claim.sent + 7 * DAY, 2)
                other = replace(other, before=answer.paid + answer.off)
                self._second[claim.patient] += 1
                self.later(other.day, self._settle(other), 2)
            elif self.book.owed(answer.patient) and self.chance.random() < 0.8:
                self._statement(answer.patient, day + self.chance.randrange(4, 25) * DAY)

        return settle
