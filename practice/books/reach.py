"""Entries so far from any practice's time that nothing can be reckoned with them.

The year 9999 is a slip, or a system's way to say "for ever". Such entries are errors of the books at their own line,
and count for nothing else.
"""

from __future__ import annotations

import datetime
from typing import Final

from beancount.core.data import Balance, Custom, Directive, Pad, Transaction
from daysheet.books.index import BookError

FIRST: Final = datetime.date(1800, 1, 1)
LAST: Final = datetime.date(2199, 12, 31)
YEARS: Final = range(1900, LAST.year + 1)
"""Of what is written down from now on: accounts are opened from the first of them on."""
_COUNTED: Final = (Transaction, Custom, Balance, Pad)


def in_reach(entries: list[Directive]) -> tuple[list[Directive], list[BookError]]:
    """The entries without those out of reach, and an error for each of these.

    Args:
        entries: sorted by date, so that a look at both ends tells of all.
    """
    if not entries or (entries[0].date >= FIRST and entries[-1].date <= LAST):
        return entries, []
    far = [entry for entry in entries if isinstance(entry, _COUNTED) and not FIRST <= entry.date <= LAST]
    errors = [
        BookError(
            entry.meta,
            f"is dated {entry.date}; the books reach from {FIRST.year} to {LAST.year}: correct the year",
            entry,
        )
        for entry in far
    ]
    gone = set(map(id, far))
    return [entry for entry in entries if id(entry) not in gone], errors
