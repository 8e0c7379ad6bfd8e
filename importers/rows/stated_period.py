"""The days that a file says it covers, in its name or in the lines above its table.

A card without a purchase in March has a file without a row in March; what tells it from a file that nobody downloaded
is that it says so. A period counts only where both its ends are said, and only if no row lies outside.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from typing import Final

from daysheet.importers.rows.cell_kinds import date_formats, part_order
from daysheet.importers.rows.values import date_parser

Period = tuple[datetime.date, datetime.date]
_LONGEST: Final = 400
_MONTH: Final = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DATE: Final = re.compile(
    r"(?<![\w.])(?:20[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|20[0-9]{6}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:20)?[0-9]{2}"
    rf"|{_MONTH}\.? [0-9]{{1,2}},? 20[0-9]{{2}}|[0-9]{{1,2}}[- ]{_MONTH}\.?[- ]20[0-9]{{2}})(?!\w)",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(
    r"[\s,;\"]*(?:-|–|—|to|through|thru|until|till|and|bis|au|al|a|t/m)[\s,;\"]*", re.IGNORECASE
)
_LIST: Final = re.compile(r"[\s,;\"]*")
_PERIOD: Final = re.compile(r"period|range|zeitraum|période|periodo|between", re.IGNORECASE)
_FIRST: Final = re.compile(
    r"(?:from|start(?:ing)?(?: date)?|begin(?:ning)?(?: date)?|von|du)[\s,;:\"]*\Z", re.IGNORECASE
)
_LAST: Final = re.compile(r"(?:to|through|end(?:ing)?(?: date)?|until|bis|au)[\s,;:\"]*\Z", re.IGNORECASE)
_NAMED_DAYS: Final = re.compile(
    r"(?<![0-9])(20[0-9]{2})([-_.]?)([0-9]{2})\2([0-9]{2})(?:[-_ .]{1,3}|[-_ .]?to[-_ .]?)"
    r"(20[0-9]{2})\2([0-9]{2})\2([0-9]{2})(?![0-9])"
)
_NAMED_MONTH: Final = re.compile(r"(?<![0-9])(20[0-9]{2})[-_. ]?(0[1-9]|1[0-2])(?![0-9]|[-_.][0-9])")
_WORDED_MONTH: Final = re.compile(rf"(?<![A-Za-z])({_MONTH})[-_. ]?(20[0-9]{{2}})(?![0-9])", re.IGNORECASE)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def stated(name: str, above: Sequence[str], order: str, days: Sequence[datetime.date]) -> Period | None:
    """The first and the last day that a file says it covers, None if it does not say or its rows say otherwise.

    Args:
        name: the file's.
        above: the lines above its table.
        order: in which its own dates have their parts, as `part_order` says: it settles 03/04/2026.
        days: of its rows.
    """
    for first, last in (*_in_lines(above, order), *_in_name(name)):
        fits = first <= last and (last - first).days <= _LONGEST
        if fits and all(first <= day <= last for day in days):
            return first, last
    return None


def _in_lines(lines: Sequence[str], order: str) -> Iterator[Period]:
    first: datetime.date | None = None
    for line in lines:
        found = [(match, day) for match in _DATE.finditer(line) if (day := _day(match[0], order)) is not None]
        for (one, start), (two, end) in pairwise(found):
            between = line[one.end() : two.start()]
            listed = _LIST.fullmatch(between) and _PERIOD.search(line[: one.start()])
            if _BETWEEN.fullmatch(between) or listed:
                yield start, end
        for match, day in found:
            before = line[: match.start()]
            if _LAST.search(before) and first is not None:
                yield first, day
            if _FIRST.search(before):
                first = day


def _day(text: str, order: str) -> datetime.date | None:
    """The day that a text is, None where day and month could change places and the table's dates do not say."""
    notations = date_formats(text)
    if len(notations) > 1:
        notations = frozenset(notation for notation in notations if part_order(notation) == order)
    days = set()
    for notation in notations:
        try:
            days.add(date_parser((notation,))(text).date())
        except ValueError:
            continue
    return days.pop() if len(days) == 1 else None


def _in_name(name: str) -> Iterator[Period]:
    for found in _NAMED_DAYS.finditer(name):
        try:
            year, _, month, day, to_year, to_month, to_day = found.groups()
            yield (
                datetime.date(int(year), int(month), int(day)),
                datetime.date(int(to_year), int(to_month), int(to_day)),
            )
        except ValueError:
            continue
    months = {(int(year), int(month)) for year, month in _NAMED_MONTH.findall(name)}
    worded = _WORDED_MONTH.findall(name)
    months |= {
        (int(year), number)
        for (word, year), (number, stem) in product(worded, enumerate(_MONTHS, 1))
        if word[:3].casefold() == stem
    }
    if len(months) == 1:
        ((year, month),) = months
        yield datetime.date(year, month, 1), datetime.date(year, month, calendar.monthrange(year, month)[1])
