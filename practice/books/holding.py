"""Whether books say anything: accounts that are opened and what is declared are nothing yet."""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from typing import Final

from beancount.core.data import Balance, Custom, Directive, Transaction
from daysheet.books.books import Books

NOTHING: Final = "The books hold nothing yet: no visit, no bill, no payment and no bank line."
_TELLING: Final = frozenset({"visit", "claim", "imported"})


def holds(books: Books, first: datetime.date, last: datetime.date) -> bool:
    """Whether they say that something happened in these days, both included."""
    start = bisect_left(books.entries, first, key=_date_of)
    end = bisect_right(books.entries, last, key=_date_of)
    return any(map(tells, books.entries[start:end]))


def is_empty(books: Books) -> bool:
    """Whether nothing has happened in them yet."""
    return books.once("is empty", lambda: not any(map(tells, books.entries)))


def _date_of(entry: Directive) -> datetime.date:
    return entry.date


def tells(entry: Directive) -> bool:
    """Whether an entry says that something happened."""
    return isinstance(entry, Transaction | Balance) or (isinstance(entry, Custom) and entry.type in _TELLING)
