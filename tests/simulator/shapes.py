"""Practices of many shapes, for years in which everything that goes wrong is known.

A shape is drawn from a seed: one to twelve providers, full-time and part-time, locums, seasons, growth, walk-ins,
vacations that are declared and sick days that are not, public holidays of a state, bills on the day, days later, or
all on Friday, charges that come late, insurers that allow less than the fee. Into it go lapses and scattered misses.
"""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass, field
from math import pi, sin

import holidays

YEAR = 2026
DAY = datetime.timedelta(days=1)
STATES = ("CA", "TX", "NY", "FL", "WA", "MA", "IL")
PAYERS = (None, "aetna", "cigna", "medicare")
SERVICES = ("established", "new", "therapy")


@dataclass
class Lapse:
    """Billing that stopped (or, partially, half stopped) from the first to the last of a provider's working days."""

    provider: str
    days: list[datetime.date]
    partial: bool = False


@dataclass
class Doctor:
    """One provider's year."""

    id: str
    weekdays: tuple[int, ...]
    a_day: float
    walk_ins: float
    first: datetime.date
    until: datetime.date | None
    vacations: list[tuple[datetime.date, datetime.date]]
    sick: set[datetime.date]


@dataclass
class Shape:
    """A practice and what goes wrong in it."""

    seed: int
    state: str
    billing: str  # "same day", "days later", "fridays"
    growth: float
    season: float
    no_shows: float
    misses: float
    late: float
    fees: dict[str, int]
    allowed: dict[tuple[str, str | None], float]
    doctors: list[Doctor]
    lapses: list[Lapse] = field(default_factory=list)


def shape_of(seed: int) -> Shape:
    """The practice of a seed."""
    chance = random.Random(f"practice {seed}")
    state = chance.choice(STATES)
    closed = set(holidays.country_holidays("US", subdiv=state, years=YEAR))
    fees = {service: chance.randrange(60, 260, 5) for service in SERVICES}
    allowed = {(s, p): chance.uniform(0.45, 0.9) if p else 1.0 for s in SERVICES for p in PAYERS}
    shape = Shape(
        seed=seed,
        state=state,
        billing=chance.choice(("same day", "same day", "days later", "fridays")),
        growth=chance.uniform(-0.1, 0.4),
        season=chance.uniform(0, 0.25),
        no_shows=chance.uniform(0.01, 0.1),
        misses=chance.uniform(0.002, 0.02),
        late=chance.choice((0, 0.01, 0.03)),
        fees=fees,
        allowed=allowed,
        doctors=[_doctor(chance, f"dr-{n}") for n in range(chance.choice((1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 8, 12)))],
    )
    for doctor in shape.doctors:
        _plant(chance, shape, doctor, closed)
    return shape


def working_days(doctor: Doctor, closed: set[datetime.date]) -> list[datetime.date]:
    """The days on which a provider sees patients."""
    days, day = [], doctor.first
    while day <= (doctor.until or datetime.date(YEAR, 12, 31)):
        away = any(first <= day <= last for first, last in doctor.vacations)
        if day.weekday() in doctor.weekdays and not away and day not in doctor.sick and day not in closed:
            days.append(day)
        day += DAY
    return days


def volume(shape: Shape, doctor: Doctor, day: datetime.date) -> float:
    """The visits to be expected of a day: by growth over the year, and fewest in midsummer."""
    part = (day - datetime.date(YEAR, 1, 1)).days / 365
    return doctor.a_day * (1 + shape.growth * part) * (1 - shape.season * sin(pi * part) ** 4)


def _doctor(chance: random.Random, name: str) -> Doctor:
    locum = chance.random() < 0.15
    first = datetime.date(YEAR, 1, 1) + (chance.randrange(0, 180) * DAY if locum or chance.random() < 0.2 else 0 * DAY)
    until = first + chance.randrange(56, 150) * DAY if locum else None
    weeks = [datetime.date(YEAR, 1, 5) + 7 * chance.randrange(50) * DAY for _ in range(chance.randrange(4))]
    return Doctor(
        id=name,
        weekdays=tuple(sorted(chance.sample(range(5), chance.choice((2, 3, 4, 5, 5, 5, 5))))),
        a_day=chance.uniform(6, 20),
        walk_ins=chance.choice((0, 0, 0.1, 0.3)),
        first=first,
        until=until,
        vacations=[(monday, monday + chance.choice((4, 11)) * DAY) for monday in weeks],
        sick={datetime.date(YEAR, 1, 1) + chance.randrange(364) * DAY for _ in range(chance.randrange(5))},
    )


def _plant(chance: random.Random, shape: Shape, doctor: Doctor, closed: set[datetime.date]) -> None:
    """Let a provider's billing lapse: not in the first or last ten weeks, and in whole weeks where Fridays bill."""
    days = working_days(doctor, closed)
    if len(days) < 60 or chance.random() < 0.35:
        return
    length = chance.choice((1, 2, 3, 4, 5, 5, 6, 8, 10, 15))
    partial = chance.random() < 0.15
    start = chance.randrange(30, len(days) - 25)
    inside = days[start : start + (2 * max(length, 6) if partial else length)]
    if shape.billing == "fridays":
        weeks = {day.isocalendar()[:2] for day in inside[:10]}
        inside = [day for day in days if day.isocalendar()[:2] in weeks]
    shape.lapses.append(Lapse(doctor.id, inside, partial))
