"""Days on which nobody is seen, declared: a dated fact beside those that were written by hand."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Final

from beancount.core.data import Custom
from beancount.parser.grammar import ValueType
from daysheet import files
from daysheet.books import Books, loading
from daysheet.books.reach import YEARS
from daysheet.errors import DaysheetError
from daysheet.ledger import printer

FILE: Final = "practice.beancount"
LONGEST: Final = 120
"""Characters of what a closure is called."""
_AT_MOST: Final = 366


def close(folder: Path, first: datetime.date, last: datetime.date, reason: str, provider: str = "") -> Custom:
    """Write that the practice, or one provider, sees nobody on these days, both included.

    Args:
        folder: the books folder.
        first: the first day.
        last: the last day.
        reason: what it is called, such as "Holidays".
        provider: the id of the one provider; empty for all.

    Raises:
        DaysheetError: the days are none, there is no such provider, it is declared already, or the books have errors.
    """
    with files.locked(folder):
        entry = to_close(loading.load(folder), first, last, reason, provider)
        loading.append(folder, FILE, printer.render([entry]))
    return entry


def to_close(books: Books, first: datetime.date, last: datetime.date, reason: str, provider: str = "") -> Custom:
    """The directive that says so.

    Raises:
        DaysheetError: as `close`.
    """
    text = printer.clean(reason)
    if not text or len(text) > LONGEST:
        raise DaysheetError(f"say what it is called, in at most {LONGEST} characters", remedy="such as Holidays")
    if first.year not in YEARS or last.year not in YEARS:
        raise DaysheetError(f"the books reach from {YEARS[0]} to {YEARS[-1]}", remedy="correct the year")
    if last < first:
        raise DaysheetError("the last day is before the first", remedy="exchange them")
    if (last - first).days >= _AT_MOST:
        raise DaysheetError("a closure of more than a year", remedy="end the provider with until, or correct the year")
    if provider and provider not in books.providers:
        raise DaysheetError("no provider of that name is declared", remedy="choose one of those that are")
    for known in books.closures:
        if known.provider in (None, provider or None) and known.first <= first and last <= known.last:
            raise DaysheetError(f"these days are declared closed already, from {known.first} to {known.last}")
    meta = {"provider": provider} if provider else {}
    return Custom(meta, first, "closed", [ValueType(last, datetime.date), ValueType(text, str)])
