"""The balance chain: what a statement's own balances prove of its rows.

Every balance must be the one before it plus the amounts between. Where that holds from the first row to the last, no
row is missing and none is doubled.

A few rows of a single day may close it from either end, with another balance at the end of the day: they prove the
rows, but not which balance came last.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from daysheet.importers.reading import Proof
from daysheet.records import BankLine


def prove(
    lines: Sequence[BankLine], order: str = "", opening: Decimal | None = None, closing: Decimal | None = None
) -> Proof | None:
    """What the balances of these lines prove, None if there are none or they belong to several accounts.

    Args:
        lines: in the file's order.
        order: `ascending` (oldest first), `descending`, or empty: as dates and balances say.
        opening: the balance before the oldest line, where the file states it.
        closing: the balance after the newest line, where the file states it.
    """
    if len({(line.account, line.currency) for line in lines}) != 1:
        return None
    if all(line.balance is None for line in lines) and (opening is None or closing is None):
        return None
    newest_first = order == "descending" or (not order and descending(lines))
    first = _chain(lines[::-1] if newest_first else lines, opening, closing)
    if order or (first.closed and len({line.date for line in lines}) > 1):
        return first
    second = _chain(lines if newest_first else lines[::-1], opening, closing)
    if not first.closed:
        return second if second.closed else first
    return first._replace(daily=()) if second.closed and second.closing != first.closing else first


def descending(lines: Sequence[BankLine]) -> bool:
    """Whether the newest line stands first, by the dates."""
    falls = sum(later.date < earlier.date for earlier, later in pairwise(lines))
    rises = sum(later.date > earlier.date for earlier, later in pairwise(lines))
    return falls > rises


def _chain(lines: Sequence[BankLine], opening: Decimal | None, closing: Decimal | None) -> Proof:
    """The chain over lines whose oldest stands first."""
    running = opening
    pending = Decimal(0)  # amounts since the last known balance, while none is known yet
    first = opening
    checked, broken_at = 0, None
    daily: dict[datetime.date, Decimal] = {}
    broken_days: set[datetime.date] = set()
    for line in lines:
        pending += line.amount
        if running is not None:
            running += line.amount
            checked += 1
        if line.balance is not None:
            if running is None:
                first = line.balance - pending
            elif running != line.balance:
                broken_at = broken_at or int(line.meta["lineno"])
                broken_days.add(line.date)
            running = line.balance
        if running is not None:
            daily[line.date] = running
    if closing is not None and running is not None and running != closing:
        broken_at = broken_at or (int(lines[-1].meta["lineno"]) if lines else None)
    return Proof(
        closed=broken_at is None,
        checked=checked,
        opening=first if first is not None else Decimal(0),
        closing=closing if closing is not None else running if running is not None else Decimal(0),
        broken_at=broken_at,
        daily=tuple(sorted((day, value) for day, value in daily.items() if day not in broken_days)),
    )
