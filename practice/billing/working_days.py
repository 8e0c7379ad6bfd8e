"""Working days: weekdays that are neither declared closed nor public holidays of the practice's state."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from daysheet.books import Books

ONE_DAY = datetime.timedelta(days=1)


def days_between(first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
    """Every day from the first to the last, both included."""
    return map(datetime.date.fromordinal, range(first.toordinal(), last.toordinal() + 1))


def is_holiday(books: Books, day: datetime.date) -> bool:
    """Whether a day is a public holiday of the practice's state (of the United States where no state is set)."""
    return day in books.once(("holidays", day.year), lambda: _holidays(day.year, books.state))


def working_days_before(books: Books, day: datetime.date, count: int) -> datetime.date:
    """The day from which `count` whole working days (Monday to Friday, the practice open) lead up to `day`."""
    while count > 0:
        if day.weekday() < 5 and not books.is_closed(day, "") and not is_holiday(books, day):
            count -= 1
        day -= ONE_DAY
    return day


def _holidays(year: int, state: str) -> frozenset[datetime.date]:
    import holidays  # noqa: PLC0415 - takes a fifth of a second, and most loads need no calendar

    known = holidays.country_holidays("US", subdiv=state or None, years=year)
    return frozenset(known)
