"""Years that were declared finished, and changed since."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterator
from decimal import Decimal

from daysheet.books import Books
from daysheet.facts import Lock
from daysheet.findings import Finding
from daysheet.ledger import digest


def locked_year(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """A finding for each locked year whose entries are no longer those that were locked, naming the months."""
    for year, lock in sorted(books.locks.items()):
        if datetime.date(year, 1, 1) <= as_of:
            changed = changed_months(books, lock)
            if changed:
                yield _finding(lock, changed)


def changed_months(books: Books, lock: Lock) -> list[int]:
    """The months of a locked year that say something else now."""
    now = digest.months(books.entries, lock.last.year)
    return [month for month, (then, digits) in enumerate(zip(lock.months, now, strict=True), 1) if then != digits]


def _finding(lock: Lock, months: list[int]) -> Finding:
    year = lock.last.year
    names = [calendar.month_name[month] for month in months]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return Finding(
        kind="locked-year",
        key=str(year),
        date=datetime.date(year, months[0], 1),
        through=datetime.date(year, months[-1], calendar.monthrange(year, months[-1])[1]),
        provider=None,
        count=len(months),
        amount=Decimal(),
        message=f"{year} is locked, but entries of {listed} have changed since",
        where=(lock.meta,),
    )
