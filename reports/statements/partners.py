"""A partnership's income, split among its partners by the shares that held when it was earned.

A share is a dated fact, and holds until the next one of the same partner:

    2026-01-01 custom "partner" "adams" "Dr. Adams"
      share: 60

Where shares change within a year, the books are closed on that day: what was earned before is split by the old shares,
and what was earned after by the new ones (26 CFR 1.706-4, the interim closing method). Cents that do not divide go to
the partner named last.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from daysheet.books import Books
from daysheet.reports.accounts.activity import Activity
from daysheet.reports.period import Period
from daysheet.tax_facts import Partner

_CENT: Final = Decimal("0.01")
_WHOLE: Final = Decimal(100)
_ZERO: Final = Decimal()
_DAY: Final = datetime.timedelta(days=1)


def partners(books: Books) -> dict[str, str]:
    """Each partner's name as last declared, by id, in the order in which they were first named."""
    return {fact.id: fact.name for fact in _facts(books)}


def split(books: Books, moved: Activity, period: Period) -> dict[str, Decimal]:
    """The net income of a period by partner; under an empty id what the shares of that time leave over."""
    found = dict.fromkeys([*partners(books), ""], _ZERO)
    for part in _parts(books, period):
        income = -moved.change(part, "Income", "Expenses")
        shares = _shares(books, part.first)
        rest = income
        for partner, share in shares.items():
            amount = (income * share / _WHOLE).quantize(_CENT, ROUND_HALF_EVEN)
            found[partner] += amount
            rest -= amount
        whole = sum(shares.values(), _ZERO) == _WHOLE
        found[list(shares)[-1] if whole else ""] += rest
    return found


def _facts(books: Books) -> list[Partner]:
    return [fact for fact in books.tax_facts if isinstance(fact, Partner)]


def _shares(books: Books, day: datetime.date) -> dict[str, Decimal]:
    """The share of each partner who has one on a day."""
    shares = {fact.id: fact.share for fact in _facts(books) if fact.since <= day}
    return {partner: share for partner, share in shares.items() if share}


def _parts(books: Books, period: Period) -> Iterator[Period]:
    """The period, cut on each day within it on which a share changes."""
    first = period.first
    for day in sorted({fact.since for fact in _facts(books) if period.first < fact.since <= period.last}):
        yield Period(first, day - _DAY)
        first = day
    if first <= period.last:
        yield Period(first, period.last)
