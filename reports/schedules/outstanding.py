"""What was on its way to or from the bank on a day, item by item.

The lines of a clearing account are set against each other: a line first against one of the same amount the other way,
the oldest first, what is left then against the oldest that are open, whole or in part. What nothing stands against is
outstanding, and sums to the account's balance.
"""

from __future__ import annotations

import datetime
from collections import defaultdict, deque
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.accounts import CLEARING
from daysheet.reports.accounts.activity import AccountActivity, Line, activity
from daysheet.reports.request import Request
from daysheet.reports.statements.ledger import narration, reference

_ZERO: Final = Decimal()


class Item(NamedTuple):
    """One item: money to come is positive, a check that was written and not yet cashed is negative."""

    account: str
    date: datetime.date
    text: str
    amount: Decimal


def outstanding(request: Request) -> list[Item]:
    """The items open at the end of the period, by account and day; receipts of a practice by day."""
    last = request.period.last

    def work() -> list[Item]:
        accounts = activity(request.books, "cash").under(CLEARING)
        return [item for account in accounts if account.balance(last) for item in _items(account, last)]

    return request.books.once(("outstanding items", last), work)


def _items(account: AccountActivity, last: datetime.date) -> Iterator[Item]:
    receipts: dict[datetime.date, list[Decimal]] = defaultdict(list)
    for line, amount in _open(account, last):
        if "payment" in line.entry.meta:
            receipts[line.date].append(amount)
        else:
            text = " ".join(filter(None, (narration(line.entry), reference(line.entry))))
            yield Item(account.name, line.date, text, amount)
    for day, amounts in sorted(receipts.items()):
        count = f"{len(amounts)} receipts" if len(amounts) > 1 else "1 receipt"
        yield Item(account.name, day, count, sum(amounts, _ZERO))


def _open(account: AccountActivity, last: datetime.date) -> list[tuple[Line, Decimal]]:
    """The lines that nothing stands against, each with what is open of it."""
    lines = [line for line in account.lines if line.date <= last]
    waiting: dict[Decimal, deque[int]] = defaultdict(deque)
    left = {at: line.amount for at, line in enumerate(lines)}
    for at, line in enumerate(lines):
        same = waiting[-line.amount]
        if same:
            left[same.popleft()] = left[at] = _ZERO
        else:
            waiting[line.amount].append(at)
    queues: dict[bool, deque[int]] = {True: deque(), False: deque()}
    for at, amount in left.items():
        against = queues[amount < 0]
        rest = amount
        while rest and against:
            part = min(abs(rest), abs(left[against[0]]))
            left[against[0]] += part if rest < 0 and left[against[0]] < 0 else -part if left[against[0]] > 0 else part
            rest += part if rest < 0 else -part
            if not left[against[0]]:
                against.popleft()
        left[at] = rest
        if rest:
            queues[rest > 0].append(at)
    return [(lines[at], amount) for at, amount in left.items() if amount]
