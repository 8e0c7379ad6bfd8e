"""The check that this project is for: a provider whose billing lapsed, from visits or from the schedule alone."""

from __future__ import annotations

import datetime
from collections import Counter
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
        usual = usual_miss(_days(visits, unbilled))
        least = books.days_of("lapse-days", as_of, provider)
        left = visits
        for run in _runs(left, unbilled, usual, LAPSED, least):
            yield _of_visits(books, as_of, run, [visit for visit in visits if _is_in(visit, run)], unbilled)
            left = [visit for visit in left if not _is_in(visit, run)]
        for service in sorted({visit.service for visit in left if visit.service and visit.id in unbilled}):
            own = [visit for visit in left if visit.service == service]
            for run in _runs(own, unbilled, usual, LAPSED, max(least, _PARTIAL_DAYS)):
                inside = [visit for visit in own if _is_in(visit, run)]
                yield _of_visits(books, as_of, run, inside, unbilled, service)
                left = [visit for visit in left if visit.service != service or not _is_in(visit, run)]
        for run in _runs(left, unbilled, usual, HALVED, max(least, _PARTIAL_DAYS)):
            yield _of_visits(books, as_of, run, [visit for visit in left if _is_in(visit, run)], unbilled)


def _is_in(visit: Visit, run: Run) -> bool:
    return run.first <= visit.date <= run.last


def _days(visits: list[Visit], unbilled: set[str]) -> list[Day]:
    done = Counter(visit.date for visit in visits)
    billed = Counter(visit.date for visit in visits if visit.id not in unbilled)
    return [Day(day, done[day], billed[day]) for day in sorted(done)]


def _runs(visits: list[Visit], unbilled: set[str], usual: float, stopped: float, least: int) -> list[Run]:
    return [run for run in by_visits(_days(visits, unbilled), usual, stopped) if run.days >= least]


def _of_visits(
    books: Books, as_of: datetime.date, run: Run, done: list[Visit], unbilled: set[str], service: str = ""
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
