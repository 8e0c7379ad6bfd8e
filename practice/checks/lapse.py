"""The check that this project is for: a provider whose billing lapsed, from visits or from the schedule alone."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from daysheet.billing.lapses import HALVED, LAPSED, Day, Run, by_visits, usual_miss
from daysheet.billing.pricing import fee_of
from daysheet.billing.unbilled import unbilled_visits
from daysheet.books import Books
from daysheet.checks.lapse_by_schedule import unseen
from daysheet.findings import Finding
from daysheet.records import COMPLETED, Visit
from daysheet.wording import many, money, name_of, span

_ENOUGH_VISITS = 6
_PARTIAL_DAYS = 3
_Counts = dict[datetime.date, int]


def billing_lapse(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Each run of working days on which a provider's billing stopped, or fell far below what it should be."""
    yield from _seen_in_visits(books, as_of)
    yield from unseen(books, as_of)


def _seen_in_visits(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Lapses that visits without a bill show."""
    missed: dict[str, list[Visit]] = defaultdict(list)
    for visit in unbilled_visits(books, as_of):
        missed[visit.provider].append(visit)
    several = {provider: visits for provider, visits in missed.items() if len(visits) >= _ENOUGH_VISITS}
    if not several:
        return
    for provider, visits in several.items():
        done = {day: count for day, count in books.took_place[provider].items() if day <= as_of}
        least = books.days_of("lapse-days", as_of, provider)
        for run, service, inside in _runs(books, _Left(done, visits), least):
            yield _of_visits(books, as_of, run, inside, service)


class _Left(NamedTuple):
    """What of a provider's visits is in no lapse yet.

    Attributes:
        done: how many visits took place, by day.
        missed: those of them without a bill, in date order.
    """

    done: _Counts
    missed: list[Visit]

    def days(self) -> list[Day]:
        """How many visits took place on each day, and how many of them were billed."""
        missed = Counter([visit.date for visit in self.missed])
        return [Day(day, count, count - missed[day]) for day, count in self.done.items()]

    def of(self, service: str, done: _Counts) -> _Left:
        """The part of one service, which was done so many times a day."""
        own = {day: count for day, count in done.items() if day in self.done}
        return _Left(own, [visit for visit in self.missed if visit.service == service])

    def inside(self, run: Run) -> _Left:
        """The part in the days of a lapse."""
        done = {day: count for day, count in self.done.items() if run.first <= day <= run.last}
        return _Left(done, [visit for visit in self.missed if run.first <= visit.date <= run.last])

    def without(self, other: _Left) -> _Left:
        """What is left when a part is taken away."""
        taken = {visit.id for visit in other.missed}
        rest = {day: count - other.done.get(day, 0) for day, count in self.done.items()}
        done = {day: count for day, count in rest.items() if count}
        return _Left(done, [visit for visit in self.missed if visit.id not in taken])


def _runs(books: Books, left: _Left, least: int) -> Iterator[tuple[Run, str, _Left]]:
    """A provider's lapses: each run, the service if it is of one alone, and the visits in it.

    First those of all that the provider does, then those of one service, then, among what is left, partial ones.
    """
    days = left.days()
    usual = usual_miss(days)
    provider = left.missed[0].provider
    for run in _long(by_visits(days, usual, LAPSED), least):
        inside = left.inside(run)
        yield run, "", inside
        left = left.without(inside)
    least = max(least, _PARTIAL_DAYS)
    for service in sorted({visit.service for visit in left.missed if visit.service}):
        own = left.of(service, of_services(books)[provider, service])
        for run in _long(by_visits(own.days(), usual, LAPSED), least):
            inside = own.inside(run)
            yield run, service, inside
            left = left.without(inside)
    for run in _long(by_visits(left.days(), usual, HALVED), least):
        yield run, "", left.inside(run)


def of_services(books: Books) -> dict[tuple[str, str], _Counts]:
    """How many visits of a service took place on each day, by provider and service."""

    def work() -> dict[tuple[str, str], _Counts]:
        found: dict[tuple[str, str], _Counts] = defaultdict(lambda: defaultdict(int))
        for visit in books.visits.values():
            if visit.service and visit.status == COMPLETED:
                found[visit.provider, visit.service][visit.date] += 1
        return found

    return books.once("visits of services", work)


def _long(runs: list[Run], least: int) -> list[Run]:
    return [run for run in runs if run.days >= least]


def _of_visits(books: Books, as_of: datetime.date, run: Run, inside: _Left, service: str) -> Finding:
    visits = inside.missed
    provider = visits[0].provider
    done = sum(inside.done.values())
    gross = sum((fee_of(books, as_of, visit) for visit in visits), Decimal())
    share = "none" if len(visits) == done else f"only {done - len(visits):,}"
    message = (
        f"{name_of(books, provider)}, {f'{service}, ' if service else ''}{span(run)}: {share} of "
        f"{many(done, 'completed visit')} billed, {money(gross, books.currency)}; certain, the visits are recorded"
    )
    return Finding(
        kind="billing-lapse",
        key=f"{provider}/{run.first}{f'/{service}' if service else ''}",
        date=run.first,
        through=run.last,
        provider=provider,
        count=len(visits),
        amount=gross,
        message=message,
        where=tuple(visit.meta for visit in visits),
        covers=frozenset(visit.id for visit in visits),
    )
