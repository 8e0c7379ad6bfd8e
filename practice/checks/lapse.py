"""The check that this project is for: a provider whose billing lapsed, from visits or from the schedule alone."""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from operator import attrgetter

from daysheet.books import Books
from daysheet.checks.unseen import unseen
from daysheet.findings import Finding
from daysheet.lapses import HALVED, LAPSED, Day, Run, by_visits, usual_miss
from daysheet.pricing import fee_of
from daysheet.records import Visit
from daysheet.unbilled import COMPLETED, unbilled_visits
from daysheet.wording import many, money, name_of, span

_ENOUGH_VISITS = 6
_PARTIAL_DAYS = 3


def lapse(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Each run of working days on which a provider's billing stopped, or fell far below what it should be."""
    yield from _seen_in_visits(books, as_of)
    yield from unseen(books, as_of)


def _seen_in_visits(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Lapses that visits without a bill show.

    First those of all that a provider does, then those of one service, then, among what is left, partial ones.
    """
    missed = unbilled_visits(books, as_of)
    counts = Counter(visit.provider for visit in missed)
    done: dict[str, list[Visit]] = {provider: [] for provider, count in counts.items() if count >= _ENOUGH_VISITS}
    if not done:
        return
    for visit in books.visits.values():
        if visit.provider in done and visit.status == COMPLETED and visit.date <= as_of:
            done[visit.provider].append(visit)
    unbilled = {visit.id for visit in missed}
    for provider, visits in done.items():
        least = books.days_of("lapse-days", as_of, provider)
        for run, inside, service in _runs(visits, unbilled, least):
            yield _of_visits(books, as_of, run, inside, unbilled, service)


def _runs(visits: list[Visit], unbilled: set[str], least: int) -> Iterator[tuple[Run, list[Visit], str]]:
    """A provider's lapses: each run with the visits that took place in it, and the service if it is of one alone.

    The visits are in date order.
    """
    days = _days(visits, unbilled)
    usual = usual_miss(days)
    left = visits
    for run in _long(by_visits(days, usual, LAPSED), least):
        first, last = _places(left, run)
        yield run, left[first:last], ""
        left = left[:first] + left[last:]
        days = [day for day in days if not run.first <= day.date <= run.last]
    least = max(least, _PARTIAL_DAYS)
    for service in sorted({visit.service for visit in left if visit.service and visit.id in unbilled}):
        own = [visit for visit in left if visit.service == service]
        for run in _long(by_visits(_days(own, unbilled), usual, LAPSED), least):
            yield run, own[slice(*_places(own, run))], service
            left = [visit for visit in left if visit.service != service or not _is_in(visit, run)]
            days = _days(left, unbilled)
    for run in _long(by_visits(days, usual, HALVED), least):
        yield run, left[slice(*_places(left, run))], ""


def _long(runs: list[Run], least: int) -> list[Run]:
    return [run for run in runs if run.days >= least]


def _places(visits: list[Visit], run: Run) -> tuple[int, int]:
    """Where a run's visits begin and end among visits in date order."""
    first = bisect_left(visits, run.first, key=attrgetter("date"))
    return first, bisect_right(visits, run.last, key=attrgetter("date"))


def _is_in(visit: Visit, run: Run) -> bool:
    return run.first <= visit.date <= run.last


def _days(visits: list[Visit], unbilled: set[str]) -> list[Day]:
    done = Counter([visit.date for visit in visits])
    missed = Counter([visit.date for visit in visits if visit.id in unbilled])
    return [Day(day, done[day], done[day] - missed[day]) for day in sorted(done)]


def _of_visits(
    books: Books, as_of: datetime.date, run: Run, done: list[Visit], unbilled: set[str], service: str
) -> Finding:
    provider = done[0].provider
    visits = sorted((visit for visit in done if visit.id in unbilled), key=lambda visit: visit.date)
    gross = sum((fee_of(books, as_of, visit) for visit in visits), Decimal())
    share = "none" if len(visits) == len(done) else f"only {len(done) - len(visits):,}"
    message = (
        f"{name_of(books, provider)}, {f'{service}, ' if service else ''}{span(run)}: {share} of "
        f"{many(len(done), 'completed visit')} billed, {money(gross, books.currency)}; certain, the visits are recorded"
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
