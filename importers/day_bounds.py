"""Days that no row of a file may be of: a slip in a year must not reach the books."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

from daysheet.errors import DaysheetError
from daysheet.importers.reading import Reading, Record
from daysheet.importers.systems.marks import UNDATED
from daysheet.records import BankLine, Claim, Invoice
from daysheet.remittances import Remittance


def require(reading: Reading, path: Path, earliest: datetime.date, latest: datetime.date) -> None:
    """Refuse a reading one of whose days lies outside the bounds.

    Raises:
        DaysheetError: naming the row and the day.
    """
    for record in reading.records:
        for day in _days(record):
            if not earliest <= day <= latest:
                setting, bound = ("earliest", earliest) if day < earliest else ("latest", latest)
                raise DaysheetError(
                    f"has a row of {day}, {'before' if day < earliest else 'after'} {bound}",
                    filename=path,
                    line=record.meta.get("lineno"),
                    remedy=f'correct it, or set {setting} = "{day}" in [import] of daysheet.toml',
                )


def _days(record: Record) -> Iterator[datetime.date]:
    if isinstance(record, Remittance):
        yield from _within(record)
        return
    first: datetime.date | None = record.submitted if isinstance(record, Claim) else record.date
    if first == UNDATED and not isinstance(record, BankLine):
        first = None  # it has no day yet
    second = record.due if isinstance(record, Invoice) else record.meta.get("value-date")
    yield from (day for day in (first, second) if day is not None)


def _within(value: object) -> Iterator[datetime.date]:
    """Every day in a remittance and in what it is made of, its claims and lines."""
    if isinstance(value, datetime.date):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _within(part)
