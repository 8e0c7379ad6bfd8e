"""A shape's year as ledger entries, with the truth beside them."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass, field
from decimal import Decimal

import holidays
from beancount.core.amount import Amount
from beancount.core.data import Custom, Directive, Posting, Transaction
from beancount.parser.grammar import ValueType

from tests.simulator.shapes import DAY, PAYERS, SERVICES, YEAR, Doctor, Shape, volume, working_days

CENT = Decimal("0.01")
LAST = datetime.date(YEAR, 12, 31)
OPTIONS = {"operating_currency": ["USD"], "filename": "simulated.beancount"}


@dataclass
class Year:
    """Entries by what they are, and the truth: what was never billed and what it would have brought."""

    shape: Shape
    facts: list[Directive] = field(default_factory=list)
    schedules: list[Directive] = field(default_factory=list)
    visits: list[Directive] = field(default_factory=list)
    money: list[Directive] = field(default_factory=list)
    missed: dict[str, Decimal] = field(default_factory=dict)
    billed_on: dict[str, datetime.date] = field(default_factory=dict)
    visit_days: dict[str, datetime.date] = field(default_factory=dict)
    lines: int = 0

    def meta(self, **values: object) -> dict[str, object]:
        self.lines += 1
        return {"filename": "simulated.beancount", "lineno": self.lines, **values}

    def entries(self, *, visits: bool, schedules: bool) -> list[Directive]:
        """A ledger with or without the visits and the declared schedules, sorted as Beancount sorts."""
        chosen = [*self.facts, *(self.schedules if schedules else []), *(self.visits if visits else []), *self.money]
        return sorted(chosen, key=lambda entry: entry.date)


def year_of(shape: Shape) -> Year:
    """All that a practice did in a year."""
    year = Year(shape)
    chance = random.Random(f"year {shape.seed}")
    closed = set(holidays.country_holidays("US", subdiv=shape.state, years=YEAR))
    for doctor in shape.doctors:
        _facts(year, doctor)
        stopped = {day: lapse.partial for lapse in shape.lapses if lapse.provider == doctor.id for day in lapse.days}
        for day in working_days(doctor, closed):
            usual = volume(shape, doctor, day)
            count = sum(chance.random() < 0.9 for _ in range(round(usual / 0.9)))
            count += sum(chance.random() < doctor.walk_ins for _ in range(round(usual / 3)))
            for number in range(count):
                _visit(year, chance, doctor, day, number, stopped.get(day))
    return year


def _facts(year: Year, doctor: Doctor) -> None:
    until = {"until": doctor.until} if doctor.until else {}
    name = [ValueType(doctor.id, str), ValueType(doctor.id.title(), str)]
    year.facts.append(Custom(year.meta(**until), doctor.first, "provider", name))
    words = " ".join(("mon", "tue", "wed", "thu", "fri")[day] for day in doctor.weekdays)
    schedule = {"days": words, "visits-per-day": Decimal(round(doctor.a_day)), "fee": Amount(Decimal(100), "USD")}
    year.schedules.append(Custom(year.meta(**schedule, **until), doctor.first, "provider", name))
    for first, last in doctor.vacations:
        values = [ValueType(last, datetime.date), ValueType("Vacation", str)]
        year.facts.append(Custom(year.meta(provider=doctor.id), first, "closed", values))


def _visit(year: Year, chance: random.Random, doctor: Doctor, day: datetime.date, number: int, stopped: bool | None):
    shape = year.shape
    key = f"{doctor.id}-{day:%m%d}-{number}"
    service = chance.choices(SERVICES, (6, 1, 3))[0]
    patient = chance.randrange(400)
    payer = PAYERS[patient % len(PAYERS)]
    came = chance.random() >= shape.no_shows
    fee = Decimal(shape.fees[service])
    values = [ValueType(text, str) for text in (key, doctor.id, "completed" if came else "no-show")]
    extra = {"patient": f"pt-{patient}", "service": service, "fee": Amount(fee, "USD")}
    year.visits.append(Custom(year.meta(**extra), day, "visit", values))
    if not came:
        return
    share = Decimal(str(shape.allowed[service, payer])) * Decimal(str(chance.uniform(0.97, 1.03)))
    allowed = min(fee, (fee * share).quantize(CENT)) if payer else fee
    collected = allowed if chance.random() < 0.98 else Decimal()
    lost = stopped is not None and (not stopped or chance.random() < 0.5)
    if lost or chance.random() < shape.misses:
        year.missed[key] = collected
        year.visit_days[key] = day
        return
    billed = _billed_on(shape, chance, day)
    year.billed_on[key] = billed
    year.visit_days[key] = day
    if billed <= LAST:
        _bill(year, chance, key, billed, (doctor.id, f"pt-{patient}", payer, fee, allowed, collected))


def _billed_on(shape: Shape, chance: random.Random, day: datetime.date) -> datetime.date:
    if chance.random() < shape.late:
        return day + chance.randrange(10, 40) * DAY
    if shape.billing == "fridays":
        return day + (4 - day.weekday()) * DAY
    if shape.billing == "days later":
        later = day + chance.randrange(4) * DAY
        return later + max(7 - later.weekday(), 0) * DAY if later.weekday() > 4 else later
    return day


def _bill(
    year: Year,
    chance: random.Random,
    key: str,
    billed: datetime.date,
    case: tuple[str, str, str | None, Decimal, Decimal, Decimal],
) -> None:
    doctor, patient, payer, fee, allowed, collected = case
    link = frozenset({f"inv-{key}"})
    about = {"visit": key, "provider": doctor, "patient": patient} | ({"payer": payer} if payer else {})
    year.money.append(
        _entry(year.meta(**about), billed, link, ("Assets:Receivable:All", fee), ("Equity:Billing:Charges", -fee))
    )
    answered = billed + chance.randrange(1, 45) * DAY
    if answered > LAST:
        return
    if allowed < fee:
        off = fee - allowed
        meta = year.meta(adjustment=f"A-{key}", kind="contractual")
        legs = (("Assets:Receivable:All", -off), ("Equity:Billing:Contractual", off))
        year.money.append(_entry(meta, answered, link, *legs))
    if collected:
        meta = year.meta(payment=f"P-{key}", method="eft")
        legs = (("Assets:Clearing:Deposits", collected), ("Income:Visits", -collected))
        pair = (("Assets:Receivable:All", -collected), ("Equity:Billing:Collected", collected))
        year.money.append(_entry(meta, answered, link, *legs, *pair))


def _entry(
    meta: dict[str, object], day: datetime.date, links: frozenset[str], *legs: tuple[str, Decimal]
) -> Transaction:
    postings = [Posting(account, Amount(number, "USD"), None, None, None, None) for account, number in legs]
    return Transaction(meta, day, "*", None, "", frozenset(), links, postings)
