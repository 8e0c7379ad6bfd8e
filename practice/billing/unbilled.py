"""Visits that took place and that no bill names."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from itertools import chain
from typing import Final, NamedTuple

from daysheet.billing.lapses import HALVED, LAPSED, Day, Run, by_visits, usual_miss
from daysheet.billing.working_days import ONE_DAY, working_days_before
from daysheet.books import Books
from daysheet.books.openings import begin_of
from daysheet.records import COMPLETED, Visit

_LEARNED_FROM: Final = 20
_LEARNED_AT_MOST: Final = 14
_HISTORY = datetime.timedelta(days=180)
_BEGINS_WITHIN = datetime.timedelta(days=6)


def unbilled_visits(books: Books, as_of: datetime.date) -> list[Visit]:
    """Completed visits without a bill whose provider's time to bill has passed, in the ledger's order.

    Left out are those set aside by a waiver of their own or of the lapse that they were part of, and those
    whose fee is declared to be zero.
    """
    return books.once(("unbilled", as_of), lambda: _unbilled(books, as_of))


def is_billed(books: Books, visit: str, as_of: datetime.date) -> bool:
    """Whether a bill of a visit stands on a day: written by then, and not wholly reversed by then."""
    for invoice in books.invoices_of_visit.get(visit, ()):
        same = books.invoices[invoice.id]
        charged = sum((one.amount for one in same if one.date <= as_of), Decimal())
        if invoice.date <= as_of and (len(same) == 1 or invoice.amount == 0 or charged):
            return True
    return False


def last_due_to_be_billed(books: Books, provider: str, as_of: datetime.date) -> datetime.date:
    """The last day whose visits should have been billed by `as_of`: that of the grace that the provider's bills get."""
    fixed = books.threshold("grace-days", as_of, provider)
    if fixed is not None:
        return working_days_before(books, as_of, int(fixed))
    return as_of - books.once(("usual lag", as_of, provider), lambda: _usual_lag(books, provider, as_of))


class Aside(NamedTuple):
    """Days (both included) of a provider's lapse that a waiver sets aside.

    Attributes:
        first: the lapse's first day.
        last: its last day as the waiver says it, or None where it does not: then `own_days` tells.
        service: None for the whole of them.
        written: the day of the waiver, beyond which it speaks of nothing.
    """

    first: datetime.date
    last: datetime.date | None
    service: str | None
    written: datetime.date


def lapse_waivers(books: Books, provider: str) -> list[Aside]:
    """What waivers set aside of a provider's (or payer's) lapses."""
    found = []
    for (kind, key), waiver in books.waivers.items():
        of, _, rest = key.partition("/")
        first, _, service = rest.partition("/")
        if kind == "billing-lapse" and of == provider:
            try:
                found.append(Aside(datetime.date.fromisoformat(first), waiver.through, service or None, waiver.date))
            except ValueError:
                continue
    return found


def own_days(aside: Aside, runs: Callable[[float], Iterable[Run]]) -> Aside:
    """The same with its last day: where the waiver does not say it, that of the lapse as it stood on its day.

    Args:
        aside: what a waiver sets aside.
        runs: those that are a lapse of a degree (`LAPSED`, `HALVED`), from `aside.first` to the waiver's day.
    """
    if aside.last is not None:
        return aside
    latest = aside.first + _BEGINS_WITHIN  # a week that is billed on its Friday begins on its Monday
    found = (run.last for stopped in (LAPSED, HALVED) for run in runs(stopped) if run.first <= latest)
    return aside._replace(last=next(found, aside.first))


def _unbilled(books: Books, as_of: datetime.date) -> list[Visit]:
    waivers = books.waivers
    never, doubtful = books.never_billed, _with_doubtful_bill(books, as_of)
    wanted = never if doubtful <= never else [key for key in books.visits if key in never or key in doubtful]
    candidates = [
        visit
        for visit in map(books.visits.__getitem__, wanted)
        if visit.status == COMPLETED
        and begin_of(books) <= visit.date <= as_of
        and visit.fee != 0
        and ("unbilled-visit", visit.id) not in waivers
    ]
    by_provider: dict[str, list[Visit]] = defaultdict(list)
    for visit in candidates:
        by_provider[visit.provider].append(visit)
    kept: set[str] = set()
    for provider, visits in by_provider.items():
        due = last_due_to_be_billed(books, provider, as_of)
        asides = [_of_visits(books, visits, aside) for aside in lapse_waivers(books, provider)]
        kept.update(
            visit.id for visit in visits if visit.date <= due and not any(_is_aside(visit, one) for one in asides)
        )
    return [visit for visit in candidates if visit.id in kept]


def _of_visits(books: Books, missed: list[Visit], aside: Aside) -> Aside:
    """What a waiver sets aside of a provider's visits, of which these have no bill."""
    provider = missed[0].provider

    def runs(stopped: float) -> list[Run]:
        left = Counter(visit.date for visit in missed if aside.service in (None, visit.service))
        done = _done(books, provider, aside.service) if aside.service else books.took_place[provider]
        days = [Day(day, done[day], done[day] - left[day]) for day in sorted(done)]
        return by_visits([day for day in days if aside.first <= day.date <= aside.written], usual_miss(days), stopped)

    return own_days(aside, runs)


def _done(books: Books, provider: str, service: str) -> Mapping[datetime.date, int]:
    visits = books.visits.values()
    return Counter(
        visit.date
        for visit in visits
        if visit.provider == provider and visit.service == service and visit.status == COMPLETED
    )


def _is_aside(visit: Visit, aside: Aside) -> bool:
    return aside.first <= visit.date <= (aside.last or aside.first) and aside.service in (None, visit.service)


def _with_doubtful_bill(books: Books, as_of: datetime.date) -> set[str]:
    """Visits named by bills of which none may stand on the day: written later, or reversed."""
    named = chain(*books.repeated.values(), books.bills_after(as_of))
    doubtful = {visit for bill in named for visit in bill.visits}
    return {visit for visit in doubtful if not is_billed(books, visit, as_of)}


def _usual_lag(books: Books, provider: str, as_of: datetime.date) -> datetime.timedelta:
    """What 95 % of a provider's bills took from the visit in the last 180 days; nothing where too few say so."""
    lags = books.once(("lags", as_of), lambda: _lags(books, as_of)).get(provider, [])
    if len(lags) < _LEARNED_FROM:
        return datetime.timedelta()
    lags = sorted(lags)
    return datetime.timedelta(days=min(lags[int(Decimal("0.95") * (len(lags) - 1))], _LEARNED_AT_MOST))


def _lags(books: Books, as_of: datetime.date) -> dict[str, list[int]]:
    """The days that each provider's bills of the last 180 days took from their visits."""
    found: dict[str, list[int]] = defaultdict(list)
    for invoice in books.bills_after(as_of - _HISTORY - ONE_DAY):
        for identifier in invoice.visits if invoice.date <= as_of else ():
            day = books.day_of(identifier)
            if day is not None:
                found[invoice.provider].append(max((invoice.date - day).days, 0))
    return found
