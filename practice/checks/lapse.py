"""The check that this project is for: a provider whose billing lapsed, from visits or from the schedule alone."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

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
    missed: dict[str, dict[datetime.date, list[Visit]]] = defaultdict(lambda: defaultdict(list))
    for visit in unbilled_visits(books, as_of):
        missed[visit.provider][visit.date].append(visit)
    enough = {provider: days for provider, days in missed.items() if sum(map(len, days.values())) >= _ENOUGH_VISITS}
    if not enough:
        return
    done: dict[str, dict[datetime.date, int]] = {provider: defaultdict(int) for provider in enough}
    for visit in books.visits.values():
        if visit.provider in done and visit.status == COMPLETED and visit.date <= as_of:
            done[visit.provider][visit.date] += 1
    for provider, by_day in enough.items():
        counts = done[provider]
        days = [Day(day, counts[day], counts[day] - len(by_day.get(day, ()))) for day in sorted(counts)]
        least = books.days_of("lapse-days", as_of, provider)
        for run in _runs(days, least):
            inside = [day for day in days if run.first <= day.date <= run.last]
            visits = [visit for day in inside for visit in by_day.get(day.date, ())]
            yield _of_visits(books, as_of, run, inside, visits)


def _runs(days: list[Day], least: int) -> list[Run]:
    """Lapses among a provider's days: stopped ones first, then partial ones among the days that are left."""
    usual = usual_miss(days)
    stopped = [run for run in by_visits(days, usual, LAPSED) if run.days >= least]
    left = [day for day in days if not any(run.first <= day.date <= run.last for run in stopped)]
    partial = [run for run in by_visits(left, usual, HALVED) if run.days >= max(least, _PARTIAL_DAYS)]
    return sorted(stopped + partial)


def _of_visits(books: Books, as_of: datetime.date, run: Run, days: list[Day], visits: list[Visit]) -> Finding:
    provider = visits[0].provider
    gross = sum((fee_of(books, as_of, visit) for visit in visits), Decimal())
    done = int(sum(day.expected for day in days))
    share = "none" if len(visits) == done else f"only {done - len(visits):,}"
    message = (
        f"{name_of(books, provider)}, {span(run)}: {share} of {many(done, 'completed visit')} billed, "
        f"{money(gross, books.currency)}; certain, the visits are recorded"
    )
    return Finding(
        kind="billing-lapse",
        key=f"{provider}/{run.first}",
        date=run.first,
        through=run.last,
        provider=provider,
        count=len(visits),
        amount=gross,
        message=message,
        where=tuple(visit.meta for visit in visits),
        covers=frozenset(visit.id for visit in visits),
    )
