"""A partnership's income, split among its partners by the shares that held when it was earned.

A share is a dated fact, and holds until the next one of the same partner:

    2026-01-01 custom "partner" "adams" "Dr. Adams"
      share: 60

Where shares change within a year, the books are closed on that day: what was earned before is split by the old shares,
and what was earned after by the new ones (26 CFR 1.706-4, the interim closing method). On the cash basis interest,
paid or received, taxes and payments for services and for the use of property are not split by the day they were paid,
but day by day over the period (IRC 706(d)(2)); which of its days a payment is for is not asked. Depreciation is of all
days as well. With the fact
`custom "allocation" "rateable"` all is (the proration method). Cents that do not divide go to the partner named last.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final, NamedTuple

from daysheet.accounting.metadata import inherited
from daysheet.books import Books
from daysheet.reports.accounts.activity import Activity
from daysheet.reports.period import Period
from daysheet.tax_facts import Allocation, Partner

_CENT: Final = Decimal("0.01")
_WHOLE: Final = Decimal(100)
_ZERO: Final = Decimal()
_DAY: Final = datetime.timedelta(days=1)
CASH_ITEMS: Final = (
    "interest-mortgage", "interest-other", "taxes-licenses", "rent-equipment", "rent-property", "contract-labor",
    "legal-professional", "guaranteed-payments", "wages", "officers",
    "interest-income", "tax-exempt-interest", "finance-charges", "royalties",
)  # fmt: skip
"""The tax lines of what IRC 706(d)(2)(B) calls allocable cash basis items: (i) interest, whoever pays it, (ii) taxes,
(iii) payments for services and for the use of property. What patients pay is of the day it is received: it is for
services of single days, not of a period.
"""


class Segment(NamedTuple):
    """The days between two changes of shares, and their income.

    Attributes:
        period: the days.
        closed: income of the days themselves, the books closed at their end.
        by_day: the segment's part of what is divided over all days of the period.
        shares: each partner's share in percent.
        amounts: each partner's part of the income; under an empty id what the shares leave over.
    """

    period: Period
    closed: Decimal
    by_day: Decimal
    shares: dict[str, Decimal]
    amounts: dict[str, Decimal]


def partners(books: Books) -> dict[str, str]:
    """Each partner's name as last declared, by id, in the order in which they were first named."""
    return {fact.id: fact.name for fact in _facts(books)}


def split(books: Books, moved: Activity, period: Period) -> dict[str, Decimal]:
    """The net income of a period by partner; under an empty id what the shares of that time leave over."""
    found = dict.fromkeys([*partners(books), ""], _ZERO)
    for segment in segments(books, moved, period):
        for partner, amount in segment.amounts.items():
            found[partner] += amount
    return found


def segments(books: Books, moved: Activity, period: Period) -> list[Segment]:
    """The period, cut on each day within it on which a share changes, with the income of each part."""
    parts = list(cuts(books, period))
    over_days = [name for name in _names(moved) if len(parts) > 1 and is_by_day(books, moved, name, period.last)]
    spread = -sum((moved.accounts[name].change(period) for name in over_days), _ZERO)
    days = (period.last - period.first).days + 1
    found, given, passed = [], _ZERO, 0
    for part in parts:
        passed += (part.last - part.first).days + 1
        until = (spread * passed / days).quantize(_CENT, ROUND_HALF_EVEN) if passed < days else spread
        by_day, given = until - given, until
        closed = -moved.change(part, "Income", "Expenses")
        closed += sum((moved.accounts[name].change(part) for name in over_days), _ZERO)
        shares = shares_on(books, part.first)
        found.append(Segment(part, closed, by_day, shares, divided(closed + by_day, shares)))
    return found


def method_on(books: Books, day: datetime.date) -> str:
    """How a year is divided that ends on a day: `closing` or `rateable`."""
    facts = [fact for fact in books.tax_facts if isinstance(fact, Allocation) and fact.since <= day]
    return facts[-1].method if facts else "closing"


def _names(moved: Activity) -> list[str]:
    return [account.name for account in moved.under("Income", "Expenses")]


def is_by_day(books: Books, moved: Activity, account: str, day: datetime.date) -> bool:
    """Whether an account's income or expense is divided over the days of the year."""
    word = inherited(books, account, "tax-line")
    # depreciation is of all days of the year, and booked on one of them
    if method_on(books, day) == "rateable" or word == "depreciation":
        return True
    return moved.basis == "cash" and word in CASH_ITEMS


def divided(income: Decimal, shares: dict[str, Decimal]) -> dict[str, Decimal]:
    """An income by partner, and under an empty id what is of none."""
    found = {partner: (income * share / _WHOLE).quantize(_CENT, ROUND_HALF_EVEN) for partner, share in shares.items()}
    rest = income - sum(found.values(), _ZERO)
    whole = sum(shares.values(), _ZERO) == _WHOLE
    last = list(shares)[-1] if whole else ""
    found[last] = found.get(last, _ZERO) + rest
    return found


def _facts(books: Books) -> list[Partner]:
    return [fact for fact in books.tax_facts if isinstance(fact, Partner)]


def shares_on(books: Books, day: datetime.date) -> dict[str, Decimal]:
    """The share of each partner who has one on a day."""
    shares = {fact.id: fact.share for fact in _facts(books) if fact.since <= day}
    return {partner: share for partner, share in shares.items() if share}


def cuts(books: Books, period: Period) -> Iterator[Period]:
    """The period, cut on each day within it on which a share changes."""
    first = period.first
    for day in sorted({fact.since for fact in _facts(books) if period.first < fact.since <= period.last}):
        yield Period(first, day - _DAY)
        first = day
    if first <= period.last:
        yield Period(first, period.last)
