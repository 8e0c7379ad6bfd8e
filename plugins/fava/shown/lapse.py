"""What a lapse is made of: its visits by day, what billing them would bring, and by when."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from daysheet.billing.claims import filing_deadline_of
from daysheet.billing.pricing import fee_of, payer_of
from daysheet.books import Books
from daysheet.findings import Finding
from daysheet.records import Visit
from daysheet.wording import payer_name


class Kept(NamedTuple):
    """One visit without a bill: what it would be charged, and whom its bill would go to."""

    visit: Visit
    fee: Decimal
    payer: str


class LapseDay(NamedTuple):
    """The visits of one day of a lapse that nobody billed, and what they would be charged."""

    date: datetime.date
    visits: tuple[Kept, ...]
    amount: Decimal


class Limit(NamedTuple):
    """The first day on which a payer takes no bill of a lapse any more, and which payer."""

    day: datetime.date
    payer: str


def days_of(books: Books, as_of: datetime.date, lapse: Finding) -> list[LapseDay]:
    """The days of a lapse that visits show, in order; none where only a schedule or the past says that it is one."""
    by_day: dict[datetime.date, list[Kept]] = defaultdict(list)
    for key in sorted(lapse.covers):
        visit = books.visits[key]
        payer = payer_of(books, visit)
        who = payer_name(books, payer) if payer else "the patient"
        by_day[visit.date].append(Kept(visit, fee_of(books, as_of, visit), who))
    return [
        LapseDay(day, tuple(kept), sum((one.fee for one in kept), Decimal())) for day, kept in sorted(by_day.items())
    ]


def limit_of(books: Books, lapse: Finding) -> Limit | None:
    """By when the first of these visits has to be billed, where a payer's time to file is declared."""
    return min(_limits(books, lapse), default=None)


def _limits(books: Books, lapse: Finding) -> Iterator[Limit]:
    for key in lapse.covers:
        visit = books.visits[key]
        payer = payer_of(books, visit)
        deadline = filing_deadline_of(books, payer, visit.date, visit.date) if payer else None
        if deadline is not None:
            yield Limit(deadline.last, payer_name(books, payer))
