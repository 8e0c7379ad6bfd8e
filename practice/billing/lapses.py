"""Runs of days on which far less was billed than was done: how a lapse is told from chance.

Each day gets a score: how much better "billing has lapsed" explains it than "billing as usual" does (the logarithm of
the likelihood ratio). A lapse is a run of days whose scores add up to more than chance gives in many years; a day
that was billed as usual ends it. The method is Page's cumulative sum (Biometrika 41, 1954), which also gives the
run its first and last day.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from math import log
from typing import Final, NamedTuple

CERTAIN: Final = 12.0
"""The score of a lapse: chance alone reaches it about once in 160,000 runs of days (e to the power of 12)."""

LAPSED: Final = 0.9
"""The share of visits that stay unbilled when billing has stopped; a few bills still trickle through."""

HALVED: Final = 0.5
"""The share of visits that stay unbilled in a partial lapse."""


class Day(NamedTuple):
    """One working day of a provider: how much billing was to be expected, and how much of it is there."""

    date: datetime.date
    expected: float
    found: float


class Run(NamedTuple):
    """A lapse: its first and last working day, and how many working days it has."""

    first: datetime.date
    last: datetime.date
    days: int


def by_visits(days: Sequence[Day], usual: float, stopped: float) -> list[Run]:
    """Runs of days whose visits were left unbilled, each visit being billed or not.

    Args:
        days: `expected` counts the visits of a day, `found` those billed.
        usual: the share of visits that this provider leaves unbilled at other times.
        stopped: the share left unbilled in the lapse looked for (`LAPSED`, `HALVED`).
    """
    if stopped <= usual:
        return []
    missed = log(stopped / usual)
    billed = log((1 - stopped) / (1 - usual))
    return _runs(days, [missed * (day.expected - day.found) + billed * day.found for day in days])


def by_counts(days: Sequence[Day], spread: float, stopped: float) -> list[Run]:
    """Runs of days with fewer bills than expected, the number of visits being known only on average.

    Args:
        days: `expected` is the usual number of bills of such a day.
        spread: how much more a day's number varies than chance alone makes it: its variance over its mean, 1 or more.
        stopped: the share of bills that is missing in the lapse looked for.
    """
    left = log(1 - stopped)
    return _runs(days, [(left * day.found + stopped * day.expected) / max(spread, 1.0) for day in days])


def usual_miss(days: Iterable[Day]) -> float:
    """The share of visits that stays unbilled on days that are mostly billed; never quite zero."""
    mostly = [day for day in days if day.found * 2 >= day.expected]
    visits = sum(day.expected for day in mostly)
    return (1 + visits - sum(day.found for day in mostly)) / (50 + visits)


def _runs(days: Sequence[Day], scores: Sequence[float]) -> list[Run]:
    """All runs whose scores add up to `CERTAIN`; a run ends where as much speaks against it again."""
    found = []
    start = best = 0
    total = highest = 0.0
    for index, score in enumerate(scores):
        if total <= 0:
            start, total, highest = index, 0.0, 0.0
        total += score
        if total > highest:
            best, highest = index, total
        if highest >= CERTAIN and total < max(highest - CERTAIN, 0):
            found.append((start, best))
            total = highest = 0.0
    if highest >= CERTAIN:
        found.append((start, best))
    return [Run(days[first].date, days[last].date, last - first + 1) for first, last in found]
