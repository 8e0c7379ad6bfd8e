"""The billing calendar: for each provider and day, what was to be billed and what was."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from typing import Literal, NamedTuple

from daysheet.billing.unbilled import is_billed
from daysheet.billing.working_days import days_between, is_holiday
from daysheet.books import Books
from daysheet.findings import Finding
from daysheet.records import COMPLETED

State = Literal["closed", "off", "none", "some", "all"]


class Day(NamedTuple):
    """One provider's day: `expected` visits to bill, `billed` ones, how that looks, and whether a lapse covers it."""

    date: datetime.date
    expected: int
    billed: int
    state: State
    lapsed: bool
    label: str


class ProviderCalendar(NamedTuple):
    """A provider's days as weeks of seven, Monday first; None before the first day and after the last."""

    provider: str
    name: str
    weeks: tuple[tuple[Day | None, ...], ...]


def calendars(
    books: Books, first: datetime.date, last: datetime.date, as_of: datetime.date, findings: Iterable[Finding]
) -> list[ProviderCalendar]:
    """The calendar of each provider with visits, bills or a schedule between two days, both included.

    What was to be billed is the completed visits; on days without any recorded visit of anybody, the schedule.
    """
    done: Counter[tuple[str, datetime.date]] = Counter()
    billed: Counter[tuple[str, datetime.date]] = Counter()
    for visit in books.visits.values():
        if visit.status == COMPLETED and first <= visit.date <= min(last, as_of):
            done[visit.provider, visit.date] += 1
            billed[visit.provider, visit.date] += is_billed(books, visit.id, as_of)
    recorded = {date for _, date in done}
    for invoice in books.bills:
        if not invoice.visits and first <= invoice.date <= min(last, as_of):
            billed[invoice.provider, invoice.date] += 1
    lapses = [finding for finding in findings if finding.kind == "billing-lapse"]
    providers = sorted({*books.providers, *(provider for provider, _ in (*done, *billed) if provider)})
    found = []
    for provider in providers:
        own = [lapse for lapse in lapses if lapse.provider == provider]
        days = []
        for date in days_between(first, last):
            expected = done[provider, date]
            if date not in recorded and date <= as_of:
                expected = _scheduled(books, provider, date)
            days.append(_day(books, provider, date, expected, billed[provider, date], own))
        if any(day.expected or day.billed for day in days):
            facts = books.providers.get(provider)
            found.append(ProviderCalendar(provider, facts[-1].name if facts else provider, _weeks(days)))
    return found


def _scheduled(books: Books, provider: str, date: datetime.date) -> int:
    fact = books.provider_on(provider, date)
    if fact is None or fact.visits_per_day is None or date.weekday() not in fact.days:
        return 0
    return 0 if books.is_closed(date, provider) or is_holiday(books, date) else int(fact.visits_per_day)


def _day(
    books: Books, provider: str, date: datetime.date, expected: int, billed: int, lapses: Iterable[Finding]
) -> Day:
    lapsed = any(lapse.date <= date <= lapse.through for lapse in lapses) and expected > billed
    state: State = "all" if billed >= expected else "some" if billed else "none"
    words = f"{billed} of {expected} billed"
    if not expected and not billed:
        closed = books.is_closed(date, provider)
        state = "closed" if closed else "off"
        words = "closed" if closed else "no visits"
    return Day(date, expected, billed, state, lapsed, f"{date:%a} {date}: {words}{', in a lapse' if lapsed else ''}")


def _weeks(days: list[Day]) -> tuple[tuple[Day | None, ...], ...]:
    padded: list[Day | None] = [None] * days[0].date.weekday()
    padded += days
    padded += [None] * (-len(padded) % 7)
    return tuple(tuple(padded[at : at + 7]) for at in range(0, len(padded), 7))
