"""Bills and payroll that come again: what a bank account has paid to the same payee every week, fortnight or month."""

from __future__ import annotations

import calendar
import datetime
from collections import defaultdict
from decimal import Decimal
from itertools import pairwise
from statistics import median
from typing import Final, NamedTuple

from beancount.core.data import Transaction
from daysheet.books import Books

_TIMES: Final = 3
_SLACK: Final = 3
_BANK: Final = "Assets:Bank"
_PAST: Final = datetime.timedelta(days=200)


class Payment(NamedTuple):
    """A payment to come; negative, being money out."""

    date: datetime.date
    payee: str
    amount: Decimal


class _Paid(NamedTuple):
    date: datetime.date
    amount: Decimal


def known_payments(books: Books, as_of: datetime.date, until: datetime.date) -> list[Payment]:
    """What recurs and falls between a day and another, in date order.

    It recurs when the same payee was paid three times or more at even distances of one or two weeks, or on about the
    same day of three months running, and the last time was not left out. The amount is the median of the past.
    """
    found = []
    for payee, paid in sorted(_paid(books, as_of).items()):
        for dates, amount in _series(paid, as_of, until):
            found += [Payment(date, payee, amount) for date in dates]
    return sorted(found)


def _paid(books: Books, as_of: datetime.date) -> dict[str, list[_Paid]]:
    """What bank accounts paid to each payee in the last months, in date order."""
    paid: dict[str, list[_Paid]] = defaultdict(list)
    for entry in books.entries:
        if isinstance(entry, Transaction) and as_of - _PAST <= entry.date <= as_of:
            for posting in entry.postings:
                units = posting.units
                number = units.number if units is not None and units.currency == books.currency else None
                if number is not None and number < 0 and posting.account.startswith(_BANK):
                    paid[entry.payee or entry.narration or ""].append(_Paid(entry.date, number))
    return paid


def _series(paid: list[_Paid], as_of: datetime.date, until: datetime.date) -> list[tuple[list[datetime.date], Decimal]]:
    if len(paid) < _TIMES:
        return []
    gaps = [(later.date - earlier.date).days for earlier, later in pairwise(paid)]
    step = round(median(gaps))
    if step in (7, 14) and all(abs(gap - step) <= 1 for gap in gaps):
        return [(_every(paid[-1].date, step, as_of, until), median(one.amount for one in paid))]
    return [
        (_monthly(same[-1].date.day, as_of, until), median(one.amount for one in same))
        for same in _by_day_of_month(paid)
        if _is_monthly(same, as_of)
    ]


def _by_day_of_month(paid: list[_Paid]) -> list[list[_Paid]]:
    """Payments of about the same day of the month."""
    groups: list[list[_Paid]] = []
    for one in sorted(paid, key=lambda one: (one.date.day, one.date)):
        if groups and one.date.day - groups[-1][-1].date.day <= _SLACK:
            groups[-1].append(one)
        else:
            groups.append([one])
    return [sorted(group) for group in groups]


def _is_monthly(paid: list[_Paid], as_of: datetime.date) -> bool:
    """Whether there is one payment in each of the last three months or more, none left out up to now."""
    months = [one.date.year * 12 + one.date.month for one in paid]
    even = all(later - earlier == 1 for earlier, later in pairwise(months))
    return len(months) >= _TIMES and even and (as_of - paid[-1].date).days <= 31 + _SLACK


def _every(last: datetime.date, step: int, as_of: datetime.date, until: datetime.date) -> list[datetime.date]:
    dates = []
    day = last + datetime.timedelta(days=step)
    while day <= until:
        if day > as_of:
            dates.append(day)
        day += datetime.timedelta(days=step)
    return dates


def _monthly(day: int, as_of: datetime.date, until: datetime.date) -> list[datetime.date]:
    dates = []
    year, month = as_of.year, as_of.month
    while (date := datetime.date(year, month, min(day, calendar.monthrange(year, month)[1]))) <= until:
        if date > as_of:
            dates.append(date)
        year, month = year + month // 12, month % 12 + 1
    return dates
