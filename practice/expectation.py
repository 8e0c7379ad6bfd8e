"""How many bills a provider's days should bring where no visits say so: by the schedule, else by the provider's past.

By the schedule, a day brings the declared `visits-per-day`. By the past, it brings the median of the same weekday in
the eight weeks on either side, so that part-time patterns, seasons and growth are followed and a lapse of a few weeks
does not hide itself. Closures, public holidays and days whose visits are recorded bring nothing.

Bills do not always carry the day of the visit. Where a day has half as much again as expected, the surplus is moved
back to the days just before it that have too little: a week's bills written on Friday fill the week, and what was
billed late fills its hole.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from statistics import median
from typing import Final, Literal, NamedTuple

from daysheet.books import Books
from daysheet.calendars import days_between, is_holiday
from daysheet.lapses import Day
from daysheet.pricing import invoices_by_date

Source = Literal["schedule", "history"]

SIDE_WEEKS: Final = 8
_HISTORY_WEEKS: Final = 8
_HISTORY_BILLS: Final = 40
_MOVED_AT_MOST: Final = 25
_CROWDED: Final = 1.5
_WEEK: Final = datetime.timedelta(days=7)
_ONE: Final = datetime.timedelta(days=1)


class Expected(NamedTuple):
    """A provider's days without recorded visits, in date order, what says so, and how much such days vary.

    `billed_on` are the days on which any bill was written; `spread` is the variance of a day over its mean.
    """

    provider: str
    source: Source
    days: list[Day]
    spread: float
    billed_on: list[datetime.date]


def without_visits(books: Books, as_of: datetime.date) -> list[Expected]:
    """What to expect of each provider on days whose visits are not recorded, up to a day."""
    bills = _bills(books, as_of)
    if not bills:
        return []
    start = min(min(of_provider) for of_provider in bills.values())
    found = []
    for provider in dict.fromkeys([*books.providers, *bills]):
        expected = _by_schedule(books, provider, bills.get(provider, {}), start, as_of) or _by_history(
            books, provider, bills.get(provider, {}), as_of
        )
        if expected is not None:
            found.append(expected)
    return found


def visits_are_recorded(books: Books, day: datetime.date) -> bool:
    """Whether the books have the visits of a day: a file covers it, or, where no file is named, its week has some."""
    covered = [file for file in books.imported if file.kind in ("visits", "practice")]
    if covered:
        return any(file.first <= day <= file.last for file in covered)
    weeks = books.once("weeks with visits", lambda: {visit.date.isocalendar()[:2] for visit in books.visits.values()})
    return day.isocalendar()[:2] in weeks


def _bills(books: Books, as_of: datetime.date) -> dict[str, dict[datetime.date, int]]:
    """How many visits each provider's bills of a day are for."""
    counts: dict[str, dict[datetime.date, int]] = defaultdict(lambda: defaultdict(int))
    for invoice in invoices_by_date(books):
        if invoice.date <= as_of and invoice.amount > 0 and invoice.provider:
            counts[invoice.provider][invoice.date] += len(invoice.visits) or 1
    return counts


def _by_schedule(
    books: Books, provider: str, bills: dict[datetime.date, int], start: datetime.date, as_of: datetime.date
) -> Expected | None:
    facts = books.providers.get(provider, [])
    if not any(fact.days and fact.visits_per_day for fact in facts):
        return None
    days: list[Day] = []
    for day in days_between(max(start, facts[0].since), as_of):
        fact = books.provider_on(provider, day)
        billed = bills.get(day, 0)
        scheduled = fact is not None and day.weekday() in fact.days and not books.is_closed(day, provider)
        if scheduled and not visits_are_recorded(books, day) and (billed or not is_holiday(books, day)):
            assert fact is not None  # noqa: S101 - scheduled says so
            days.append(Day(day, float(fact.visits_per_day or 0), billed))
        elif billed and days:
            days[-1] = days[-1]._replace(found=days[-1].found + billed)
    return _settled(books, Expected(provider, "schedule", days, 1.0, sorted(bills)), as_of)


def _by_history(books: Books, provider: str, bills: dict[datetime.date, int], as_of: datetime.date) -> Expected | None:
    if sum(bills.values()) < _HISTORY_BILLS or max(bills) - min(bills) < _HISTORY_WEEKS * _WEEK:
        return None
    last = as_of
    facts = books.providers.get(provider, ())
    if facts and facts[-1].until is not None:
        last = min(last, facts[-1].until)
    open_days = [
        day
        for day in days_between(min(bills), last)
        if not books.is_closed(day, provider)
        and (day in bills or not is_holiday(books, day))
        and not visits_are_recorded(books, day)
    ]
    counts = {day: float(bills.get(day, 0)) for day in open_days}
    usual = _usual(counts)
    days = [Day(day, usual[day], counts[day]) for day in open_days if usual[day] or counts[day]]
    return _settled(books, Expected(provider, "history", days, _spread(days), sorted(bills)), as_of)


def _usual(counts: dict[datetime.date, float]) -> dict[datetime.date, float]:
    """Each day's median of the same weekday in the weeks on either side."""
    by_weekday: dict[int, list[datetime.date]] = defaultdict(list)
    for day in counts:
        by_weekday[day.weekday()].append(day)
    usual = {}
    for same in by_weekday.values():
        for index, day in enumerate(same):
            low = max(min(index - SIDE_WEEKS, len(same) - 2 * SIDE_WEEKS - 1), 0)
            around = same[low : low + 2 * SIDE_WEEKS + 1]
            usual[day] = median(counts[other] for other in around)
    return usual


def _spread(days: Iterable[Day]) -> float:
    """The variance of a day's bills over their mean, the twentieth part of the days that stray most left out."""
    ratios = sorted((day.found - day.expected) ** 2 / day.expected for day in days if day.expected)
    kept = ratios[: len(ratios) - len(ratios) // 20]
    return max(sum(kept) / len(kept), 1.0) if kept else 1.0


def _settled(books: Books, expected: Expected, as_of: datetime.date) -> Expected | None:
    """The days with late bills moved back to them, and without the last ones that may still be waiting for theirs."""
    days = [day for day in _moved_back(expected.days) if day.expected]
    if not days:
        return None
    fixed = books.threshold("grace-days", as_of, expected.provider)
    waiting = _usual_pause(days, expected.billed_on) if fixed is None else int(fixed)
    written = bisect_right([day.date for day in days], max(expected.billed_on, default=as_of))
    return expected._replace(days=days[: max(len(days) - waiting, written)])


def _usual_pause(days: list[Day], billed_on: list[datetime.date]) -> int:
    """How many working days usually pass without bills between two days with some, in 95 % of cases."""
    dates = [day.date for day in days]
    places = sorted({bisect_left(dates, day) for day in billed_on})
    pauses = sorted(later - earlier - 1 for earlier, later in pairwise(places))
    return pauses[(len(pauses) - 1) * 95 // 100] if pauses else 0


def _moved_back(days: list[Day]) -> list[Day]:
    found = [day.found for day in days]
    for index in range(len(days) - 1, -1, -1):
        surplus = found[index] - days[index].expected
        if found[index] <= _CROWDED * days[index].expected:
            continue
        for earlier in range(index - 1, max(index - _MOVED_AT_MOST, 0) - 1, -1):
            room = min(days[earlier].expected - found[earlier], surplus)
            if room > 0:
                found[earlier] += room
                found[index] -= room
                surplus -= room
    return [day._replace(found=count) for day, count in zip(days, found, strict=True)]
