"""How many bills a provider's days should bring where no visits say so: by the schedule, else by the provider's past.

By the schedule, a day brings the declared `visits-per-day`. By the past, it brings the median of the same weekday in
the eight weeks on either side, so that part-time patterns, seasons and growth are followed and a lapse of a few weeks
does not hide itself. Closures, public holidays and days whose visits are recorded bring nothing.

Bills do not always carry the day of the visit. Where a day has half as much again as expected, the surplus is moved
back to the days without bills just before it: a week's bills written on Friday fill the week, and what was billed late
fills its hole.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from statistics import median
from typing import Final, Literal, NamedTuple, TypeVar

from daysheet.billing.lapses import Day
from daysheet.billing.working_days import ONE_DAY, days_between, is_holiday
from daysheet.books import Books

Source = Literal["schedule", "history"]

SIDE_WEEKS: Final = 8
_HISTORY_WEEKS: Final = 8
_HISTORY_BILLS: Final = 40
_MOVED_AT_MOST: Final = 25
_CROWDED: Final = 1.5
_QUIET: Final = 4
_SEVERAL: Final = 3
_STRAGGLERS: Final = 10
_WEEK: Final = datetime.timedelta(days=7)

T = TypeVar("T")


class Expected(NamedTuple):
    """A provider's days without recorded visits, in date order, what says so, and how much such days vary.

    Attributes:
        provider: the provider's id.
        source: what says how many bills a day should bring.
        days: what each day should bring and has, by which a lapse is told; never more than it usually brings.
        declared: what each day should bring, by which a lapse is counted.
        spread: the variance of a day over its mean.
        billed_on: the days on which bills were written, a few stragglers apart.
    """

    provider: str
    source: Source
    days: list[Day]
    declared: dict[datetime.date, float]
    spread: float
    billed_on: list[datetime.date]


def without_visits(books: Books, as_of: datetime.date) -> list[Expected]:
    """What to expect of each provider on days whose visits are not recorded, up to a day."""
    if _all_recorded(books, as_of):
        return []
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


def payers_without_visits(books: Books, as_of: datetime.date) -> list[Expected]:
    """The same of each insurer's bills, by their past; only days on which somebody else is billed count."""
    if _all_recorded(books, as_of):
        return []
    bills: dict[str, dict[datetime.date, int]] = defaultdict(lambda: defaultdict(int))
    billed: dict[datetime.date, set[str | None]] = defaultdict(set)
    for invoice in books.bills:
        if invoice.date <= as_of and invoice.amount > 0:
            billed[invoice.date].add(invoice.payer)
            if invoice.payer:
                bills[invoice.payer][invoice.date] += len(invoice.visits) or 1
    found = []
    for payer, own in bills.items():
        expected = _by_history(books, payer, own, as_of)
        if expected is not None:
            days = [day for day in expected.days if billed.get(day.date, set()) - {payer}]
            found.append(expected._replace(days=days))
    return found


def _all_recorded(books: Books, as_of: datetime.date) -> bool:
    """Whether the visits of every day from the first bill on are recorded, so that nothing is left to expect."""
    first = books.bills[0].date if books.bills else as_of
    return recorded_days(books).issuperset(days_between(first, as_of))


def recorded_days(books: Books) -> set[datetime.date]:
    """The days whose visits the books have: a file covers them, or, where no file is named, their week has some."""
    return books.once("recorded days", lambda: _recorded(books))


def _recorded(books: Books) -> set[datetime.date]:
    covered = [file for file in books.imported if file.kind in ("visits", "practice")]
    if covered:
        return {day for file in covered for day in days_between(file.first, file.last)}
    mondays = {day - day.weekday() * ONE_DAY for day in {visit.date for visit in books.visits.values()}}
    return {monday + weekday * ONE_DAY for monday in mondays for weekday in range(7)}


def _bills(books: Books, as_of: datetime.date) -> dict[str, dict[datetime.date, int]]:
    """How many visits each provider's bills of a day are for."""
    counts: dict[str, dict[datetime.date, int]] = defaultdict(lambda: defaultdict(int))
    for invoice in books.bills:
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
    recorded = recorded_days(books)
    for day in days_between(max(start, facts[0].since), as_of):
        fact = books.provider_on(provider, day)
        billed = bills.get(day, 0)
        off = day in recorded or fact is None or day.weekday() not in fact.days or books.is_closed(day, provider)
        if fact is not None and not off and (billed or not is_holiday(books, day)):
            days.append(Day(day, float(fact.visits_per_day or 0), billed))
        elif billed and days:
            days[-1] = days[-1]._replace(found=days[-1].found + billed)
    return _settled(books, provider, "schedule", days, bills, as_of)


def _by_history(books: Books, provider: str, bills: dict[datetime.date, int], as_of: datetime.date) -> Expected | None:
    if sum(bills.values()) < _HISTORY_BILLS or max(bills) - min(bills) < _HISTORY_WEEKS * _WEEK:
        return None
    last = as_of
    recorded = recorded_days(books)
    facts = books.providers.get(provider, ())
    if facts and facts[-1].until is not None:
        last = min(last, facts[-1].until)
    open_days = [
        day
        for day in days_between(min(bills), last)
        if day not in recorded and not books.is_closed(day, provider) and (day in bills or not is_holiday(books, day))
    ]
    counts = {day: float(bills.get(day, 0)) for day in open_days}
    usual = _usual(counts)
    least = max(usual.values(), default=0) / _STRAGGLERS
    days = [Day(day, usual[day], counts[day]) for day in open_days if usual[day] > least]
    return _settled(books, provider, "history", _shortened(days, open_days), bills, as_of)


def _usual(counts: dict[datetime.date, float]) -> dict[datetime.date, float]:
    """Each day's median of the same weekday in the weeks on either side."""
    by_weekday: dict[int, list[datetime.date]] = defaultdict(list)
    for day in counts:
        by_weekday[day.weekday()].append(day)
    usual = {}
    for same in by_weekday.values():
        for index, day in enumerate(same):
            usual[day] = median(counts[other] for other in _around(same, index))
    return usual


def _spread(days: Iterable[Day]) -> float:
    """The variance of a day's bills over their mean, the twentieth part of the days that stray most left out.

    Too few days to say so are taken to vary as chance alone makes them.
    """
    ratios = sorted((day.found - day.expected) ** 2 / day.expected for day in days if day.expected)
    kept = ratios[: len(ratios) - len(ratios) // 20]
    return max(sum(kept) / len(kept), 1.0) if len(kept) >= _HISTORY_WEEKS * 3 else 1.0


def _shortened(days: list[Day], open_days: list[datetime.date]) -> list[Day]:
    """Where one day has the bills of several, less is expected of it when fewer of these were open."""
    places = [0, *(bisect_right(open_days, day.date) for day in days)]
    spans = [later - earlier for earlier, later in pairwise(places)]
    of_weekday: dict[int, list[int]] = defaultdict(list)
    for day, span in zip(days, spans, strict=True):
        of_weekday[day.date.weekday()].append(span)
    usual = {weekday: median(same) for weekday, same in of_weekday.items()}
    return [
        day._replace(expected=day.expected * span / usual[day.date.weekday()])
        if span < usual[day.date.weekday()] >= _SEVERAL
        else day
        for day, span in zip(days, spans, strict=True)
    ]


def _settled(
    books: Books, provider: str, source: Source, days: list[Day], bills: dict[datetime.date, int], as_of: datetime.date
) -> Expected | None:
    """The days with late bills moved back to them, and without the last ones that may still be waiting for theirs."""
    days = [day for day in _moved_back(days) if day.expected]
    if not days:
        return None
    declared = {day.date: day.expected for day in days}
    if source == "schedule":
        days = _as_usual(days)
    some = _busy(bills) / _QUIET
    billed_on = sorted(day for day, count in bills.items() if count > some)
    fixed = books.threshold("grace-days", as_of, provider)
    waiting = _usual_pause(days, billed_on) if fixed is None else int(fixed)
    written = bisect_right([day.date for day in days], max(billed_on, default=as_of))
    days = days[: max(len(days) - waiting, written)]
    return Expected(provider, source, days, declared, _spread(days), billed_on)


def _as_usual(days: list[Day]) -> list[Day]:
    """What a schedule promises, cut down to what the weeks around a day bring of it."""
    kept: dict[tuple[int, int], float] = defaultdict(float)
    promised: dict[tuple[int, int], float] = defaultdict(float)
    for day in days:
        week = day.date.isocalendar()[:2]
        kept[week] += day.found
        promised[week] += day.expected
    weeks = list(promised)
    if len(weeks) < _HISTORY_WEEKS:
        return days
    shares = {week: kept[week] / promised[week] for week in weeks}
    usual = {
        week: min(median(shares[other] for other in _around(weeks, index)), 1.0) for index, week in enumerate(weeks)
    }
    return [day._replace(expected=day.expected * usual[day.date.isocalendar()[:2]]) for day in days]


def _around(items: list[T], index: int) -> list[T]:
    """The items up to eight places on either side; as many on one side where the other has fewer."""
    low = max(min(index - SIDE_WEEKS, len(items) - 2 * SIDE_WEEKS - 1), 0)
    return items[low : low + 2 * SIDE_WEEKS + 1]


def _busy(bills: dict[datetime.date, int]) -> int:
    """The bills of a usual day of billing: half of all bills are written on days with as many or more."""
    total = sum(bills.values())
    for count in sorted(bills.values(), reverse=True):
        total -= 2 * count
        if total <= 0:
            return count
    return 0


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
            if found[earlier] * _QUIET > days[earlier].expected:
                break
            room = min(days[earlier].expected - found[earlier], surplus)
            found[earlier] += room
            found[index] -= room
            surplus -= room
    return [day._replace(found=count) for day, count in zip(days, found, strict=True)]
