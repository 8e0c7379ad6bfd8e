"""The days that a statement covers, as a user writes them and as an accountant reads them.

Example:
    2026 · 2026-Q1 · 2026-03 · 2026-03-02 · 2026-03-01..2026-03-31
"""

from __future__ import annotations

import calendar
import datetime
import re
from typing import Final, NamedTuple

from daysheet.errors import DaysheetError

GRAMMAR: Final = "2026, 2026-Q1, 2026-03, 2026-03-02 or 2026-03-01..2026-03-31"
_MONTH_WORDS: Final = {1: "Month", 3: "Three months", 6: "Six months", 9: "Nine months", 12: "Year"}
_WORD: Final = re.compile(r"(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>\d\d)(?:-(?P<day>\d\d))?))?\Z")


class Period(NamedTuple):
    """Days from `first` to `last`, both included."""

    first: datetime.date
    last: datetime.date

    @property
    def year_start(self) -> datetime.date:
        """The first day of the fiscal year that the period begins in; the fiscal year is the calendar year."""
        return self.first.replace(month=1, day=1)

    @property
    def before(self) -> datetime.date:
        """The day before the period."""
        return self.first - datetime.timedelta(days=1)

    @property
    def prior(self) -> Period:
        """The same days a year earlier; a period to the end of a month stays one to the end of that month."""
        return Period(_year_earlier(self.first, month_end=False), _year_earlier(self.last, month_end=True))

    @property
    def label(self) -> str:
        """The head of a column: `2026`, `Q1 2026`, `Mar 2026`, `2026-03-02`, else the last day."""
        if self.is_year:
            return str(self.first.year)
        if self._whole_months == 3 and self.first.month % 3 == 1:
            return f"Q{self.last.month // 3} {self.first.year}"
        if self._whole_months == 1:
            return f"{calendar.month_abbr[self.first.month]} {self.first.year}"
        return self.last.isoformat()

    @property
    def title(self) -> str:
        """As the third line of a statement's heading: `Year ended December 31, 2026`."""
        words = _MONTH_WORDS.get(self._whole_months)
        if words:
            return f"{words} ended {long_date(self.last)}"
        if self.first == self.last:
            return long_date(self.first)
        return f"{long_date(self.first)} to {long_date(self.last)}"

    @property
    def is_year(self) -> bool:
        """Whether it is one whole calendar year."""
        return self._whole_months == 12 and self.first.month == 1

    @property
    def _whole_months(self) -> int:
        """How many calendar months it covers exactly; 0 when it begins or ends within one."""
        if self.first.day != 1 or not _is_month_end(self.last):
            return 0
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"


def year(number: int) -> Period:
    """A calendar year."""
    return Period(datetime.date(number, 1, 1), datetime.date(number, 12, 31))


def until(day: datetime.date) -> Period:
    """A calendar year up to a day: what is reported where no period is named."""
    return Period(day.replace(month=1, day=1), day)


def parse(text: str) -> Period:
    """The period that a user wrote.

    Raises:
        DaysheetError: it is not of the grammar, or ends before it begins.
    """
    begin, dots, end = text.strip().partition("..")
    first = _word(begin, text)
    period = Period(first.first, _word(end, text).last) if dots else first
    if period.last < period.first:
        raise DaysheetError(f'the period "{text}" ends before it begins', remedy=f"write {GRAMMAR}")
    return period


def long_date(day: datetime.date) -> str:
    """`December 31, 2026`, whatever the locale."""
    return f"{_MONTHS[day.month]} {day.day}, {day.year}"


_MONTHS: Final = (
    "", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def _word(word: str, whole: str) -> Period:
    match = _WORD.match(word.strip())
    remedy = f"write {GRAMMAR}"
    if match is None or match["year"] < "1900":
        raise DaysheetError(f'"{whole}" is not a period', remedy=remedy)
    number = int(match["year"])
    try:
        if match["day"]:
            day = datetime.date(number, int(match["month"]), int(match["day"]))
            return Period(day, day)
        if match["month"]:
            return _months(number, int(match["month"]), int(match["month"]))
    except ValueError:
        raise DaysheetError(f'"{whole}" is not a period: there is no such day', remedy=remedy) from None
    if match["quarter"]:
        return _months(number, int(match["quarter"]) * 3 - 2, int(match["quarter"]) * 3)
    return year(number)


def _months(number: int, first: int, last: int) -> Period:
    begin = datetime.date(number, first, 1)
    return Period(begin, datetime.date(number, last, calendar.monthrange(number, last)[1]))


def _is_month_end(day: datetime.date) -> bool:
    return day.day == calendar.monthrange(day.year, day.month)[1]


def _year_earlier(day: datetime.date, *, month_end: bool) -> datetime.date:
    number = max(day.year - 1, 1)
    days = calendar.monthrange(number, day.month)[1]
    return day.replace(year=number, day=days if month_end and _is_month_end(day) else min(day.day, days))
