"""Lapses where no visits are recorded: from a provider's schedule, else from the provider's own past."""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from daysheet.billing.expected_visits import Expected, payers_without_visits, without_visits
from daysheet.billing.lapses import HALVED, LAPSED, Day, Run, by_counts
from daysheet.billing.pricing import CENT, usual_fee
from daysheet.billing.unbilled import Aside, lapse_waivers, own_days
from daysheet.billing.working_days import ONE_DAY, days_between, is_holiday
from daysheet.books import Books
from daysheet.findings import Finding
from daysheet.records import Meta
from daysheet.wording import many, money, name_of, payer_name, span

_PARTIAL_DAYS: Final = 10
_LEAST: Final = {"schedule": "schedule-lapse-days", "history": "learned-lapse-days"}
_BASIS: Final = {
    "schedule": "by the schedule",
    "history": "by the bills of the weeks around",
}
_CONFIDENCE: Final = {
    ("schedule", True): "very likely, if nobody was away",
    ("schedule", False): "likely, if the schedule is right",
    ("history", True): "likely, if nobody was away",
    ("history", False): "possible, fewer patients would look the same",
}


def unseen(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Runs of working days with no bills, or with far too few, that no recorded visit accounts for."""
    lapsed: list[Run] = []
    for expected in without_visits(books, as_of):
        least = books.days_of(_LEAST[expected.source], as_of, expected.provider)
        days = _not_aside(books, expected)
        stopped = [run for run in by_counts(days, expected.spread, LAPSED) if _length(books, expected, run) >= least]
        left = [day for day in days if not any(run.first <= day.date <= run.last for run in stopped)]
        partial = [run for run in by_counts(left, expected.spread, HALVED) if run.days >= _PARTIAL_DAYS]
        for run in sorted(stopped + partial):
            inside = [day for day in days if run.first <= day.date <= run.last]
            lapsed.append(run)
            yield _finding(books, as_of, expected, _whole(books, expected, run), inside)
    yield from _payers(books, as_of, lapsed)


def _payers(books: Books, as_of: datetime.date, lapsed: list[Run]) -> Iterator[Finding]:
    """Insurers that are billed no more while the practice goes on billing others."""
    for expected in payers_without_visits(books, as_of):
        days = _not_aside(books, expected)
        for run in by_counts(days, expected.spread, LAPSED):
            explained = any(run.first <= other.last and other.first <= run.last for other in lapsed)
            if run.days >= _PARTIAL_DAYS and not explained:
                inside = [day for day in days if run.first <= day.date <= run.last]
                yield replace(_finding(books, as_of, expected, run, inside), provider=None)


def _not_aside(books: Books, expected: Expected) -> list[Day]:
    """The days of a provider or payer that no waiver of a lapse sets aside."""

    def resolved(aside: Aside) -> Aside:
        days = [day for day in expected.days if aside.first <= day.date <= aside.written]
        return own_days(aside, lambda stopped: by_counts(days, expected.spread, stopped))

    asides = [resolved(aside) for aside in lapse_waivers(books, expected.provider)]
    return [day for day in expected.days if not any(one.first <= day.date <= (one.last or one.first) for one in asides)]


def _silence(books: Books, expected: Expected, run: Run) -> list[datetime.date]:
    """The working days between the bill before a run's end and the one after it: a week billed on Friday has five."""
    dates = expected.billed_on
    before, after = bisect_left(dates, run.first), bisect_right(dates, run.last)
    first = dates[before - 1] + ONE_DAY if before else run.first
    last = dates[after] - ONE_DAY if after < len(dates) else run.last
    return [
        day
        for day in days_between(first, last)
        if day.weekday() < 5 and not books.is_closed(day, expected.provider) and not is_holiday(books, day)
    ]


def _length(books: Books, expected: Expected, run: Run) -> int:
    return run.days if expected.source == "schedule" else len(_silence(books, expected, run))


def _whole(books: Books, expected: Expected, run: Run) -> Run:
    """A run of weekly bills as the working days that they were for; any other run as it is."""
    quiet = [day for day in _silence(books, expected, run) if day <= run.last]
    if expected.source == "schedule" or run.days >= len(quiet):
        return run
    return Run(quiet[0], run.last, len(quiet))


def _finding(books: Books, as_of: datetime.date, expected: Expected, run: Run, days: list[Day]) -> Finding:
    usual = sum((Decimal(str(expected.declared[day.date])) for day in days), Decimal())
    found = sum((Decimal(str(day.found)) for day in days), Decimal())
    missing = (usual - found).quantize(Decimal(1), ROUND_HALF_UP)
    gross = (missing * usual_fee(books, as_of, expected.provider, run.first)).quantize(CENT, ROUND_HALF_UP)
    stopped = found * 4 <= usual
    declared = expected.provider in books.providers
    name = name_of(books, expected.provider) if declared else payer_name(books, expected.provider)
    message = (
        f"{name}, {span(run)}: {'no bills' if not found else many(int(found), 'bill')}, "
        f"{usual:.0f} expected {_BASIS[expected.source]}, {money(gross, books.currency)}; "
        f"{_CONFIDENCE[expected.source, stopped]}"
    )
    return Finding(
        kind="billing-lapse",
        key=f"{expected.provider}/{run.first}",
        date=run.first,
        through=run.last,
        provider=expected.provider,
        count=int(missing),
        amount=gross,
        message=message,
        where=tuple(_evidence(books, expected.provider, run)),
    )


def _evidence(books: Books, provider: str, run: Run) -> Iterator[Meta]:
    """The fact that says that the provider was there, and the bills on either side of the silence."""
    fact = books.provider_on(provider, run.first)
    if fact is not None:
        yield fact.meta
    own = books.once(
        ("bills of", provider),
        lambda: [bill for bill in books.bills if bill.provider == provider and books.invoices[bill.id][0] is bill],
    )
    dates = [invoice.date for invoice in own]
    before, after = bisect_left(dates, run.first), bisect_right(dates, run.last)
    if before:
        yield own[before - 1].meta
    if after < len(own):
        yield own[after].meta
