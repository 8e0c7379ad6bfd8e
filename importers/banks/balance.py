"""The balance chain: what a statement's own balances prove of its rows.

Every balance must be the one before it plus the amounts between. Where that holds from the first row to the last, no
row is missing and none is doubled.

Days may run one way and the rows within a day the other: some banks list the newest day first and each day's entries
as they came.

A few rows of a single day may close it from either end, with another balance at the end of the day: they prove the
rows, but not which balance came last.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby, pairwise

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
    oldest_first = lines[::-1] if newest_first else lines
    first = _chain(oldest_first, opening, closing)
    several = len({line.date for line in lines}) > 1
    if first.closed and (order or several):
        return first
    second = _chain(days_turned(oldest_first) if several else oldest_first[::-1], opening, closing)
    if not first.closed and not second.closed and several:
        # against the days: the rows are proved, but no day's end
        second = _chain(oldest_first[::-1], opening, closing)._replace(daily=())
    if not first.closed:
        return second if second.closed else first
    return first._replace(daily=()) if second.closed and second.closing != first.closing else first


def closes_as_listed(lines: Sequence[BankLine], order: str = "") -> bool:
    """Whether each balance follows from the one before with the rows of each day in the direction of the days."""
    newest_first = order == "descending" or (not order and descending(lines))
    return _chain(lines[::-1] if newest_first else lines, None, None).closed


def days_turned(lines: Sequence[BankLine]) -> list[BankLine]:
    """The lines with those of each day the other way round, the days as they were."""
    return [line for _, group in groupby(lines, lambda line: line.date) for line in reversed(list(group))]


def descending(lines: Sequence[BankLine]) -> bool:
    """Whether the newest line stands first, by the dates."""
    falls = sum(later.date < earlier.date for earlier, later in pairwise(lines))
    rises = sum(later.date > earlier.date for earlier, later in pairwise(lines))
    return falls > rises


def _chain(lines: Sequence[BankLine], opening: Decimal | None, closing: Decimal | None) -> Proof:
    """The chain over lines whose oldest stands first.

    A day's balance is what the file states behind the day's last line, never what follows by adding up.
    """
    running = opening
    pending = Decimal(0)  # amounts since the last known balance, while none is known yet
    first = opening
    stated = closing
    checked, broken_at = 0, None
    daily: dict[datetime.date, Decimal] = {}
    broken_days: set[datetime.date] = set()
    for line in lines:
        pending += line.amount
        if running is not None:
            running += line.amount
            checked += 1
        if line.balance is None:
            daily.pop(line.date, None)
            continue
        if running is None:
            first = line.balance - pending
        elif running != line.balance:
            broken_at = broken_at or int(line.meta["lineno"])
            broken_days.add(line.date)
        running = daily[line.date] = line.balance
        stated = line.balance if closing is None else closing
    if closing is not None and lines and running is not None:
        if running != closing:
            broken_at = broken_at or int(lines[-1].meta["lineno"])
        daily[lines[-1].date] = closing
    return Proof(
        closed=broken_at is None,
        checked=checked,
        opening=first if first is not None else Decimal(0),
        closing=stated if stated is not None else Decimal(0),
        broken_at=broken_at,
        daily=tuple(sorted((day, value) for day, value in daily.items() if day not in broken_days)),
    )
