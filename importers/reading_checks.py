"""What every reading must hold to before anything is made of it: its days, its count of rows, that it comes once."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from daysheet.books.reach import FIRST, LAST
from daysheet.errors import DaysheetError
from daysheet.importers.edi import source
from daysheet.importers.fhir.found import KIND as FHIR
from daysheet.importers.fhir.found import span
from daysheet.importers.reading import Reading, Record, Skipped
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.spilled_visits import SpilledVisits
from daysheet.importers.systems.marks import UNDATED
from daysheet.records import AdjustingEntry, Adjustment, Allotment, BankLine, Claim, Invoice, Paycheck, Payment, Visit
from daysheet.remittances import Remittance
from daysheet.submissions import Answer


def require_days(reading: Reading, path: Path, earliest: datetime.date, latest: datetime.date) -> None:
    """Refuse a reading one of whose days lies outside the bounds.

    Raises:
        DaysheetError: naming the row and the day.
    """
    if isinstance(reading.records, SpilledVisits):
        span_of_all = reading.records.days()
        if span_of_all is None or (earliest <= span_of_all[0] and span_of_all[1] <= latest):
            return
    # nearly always all days are within: one look at the least and the most, however many rows there are
    if all(earliest <= day <= latest for day in {day for record in reading.records for day in _days(record)}):
        return
    for record in reading.records:
        for day in _days(record):
            if not earliest <= day <= latest:
                setting, bound = ("earliest", earliest) if day < earliest else ("latest", latest)
                raise DaysheetError(
                    f"has a row of {day}, {'before' if day < earliest else 'after'} {bound}",
                    filename=path,
                    line=record.meta.get("lineno"),
                    remedy=f'correct it, or set {setting} = "{day}" in [import] of daysheet.toml'
                    if FIRST <= day <= LAST
                    else "correct the row",
                )


def _days(record: Record) -> Iterable[datetime.date]:
    if isinstance(record, BankLine):
        other = record.meta.get("value-date")
        return (record.date,) if other is None else (record.date, other)
    return _within(record) if isinstance(record, Remittance) else _days_of_practice(record)


def _days_of_practice(
    record: Visit | Invoice | Payment | Adjustment | Allotment | Claim | Answer | Paycheck | AdjustingEntry,
) -> Iterator[datetime.date]:
    first: datetime.date | None = record.submitted if isinstance(record, Claim) else record.date
    if first == UNDATED:
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


def refuse_twin(file: RawFile, seen: Mapping[str, Path]) -> None:
    """Refuse a file whose bytes another one of the same import has; `seen` is by digest.

    Raises:
        DaysheetError: naming the other file.
    """
    if file.sha256 in seen:
        message = f"is the same file as {seen[file.sha256].name}"
        raise DaysheetError(message, filename=file.path, remedy="remove one of them")


def require_total(file: RawFile, reading: Reading) -> None:
    """Refuse a reading that does not account for every row: the records and the skipped rows are all there are.

    Raises:
        DaysheetError: with the figures.
    """
    read = reading.used
    if read is None:
        read = sum(len(r.claims) if isinstance(r, Remittance) else 1 for r in reading.records)
    skipped = len(reading.skipped) if reading.kind != source.KIND else 0
    if reading.rows != read + skipped:
        raise DaysheetError(
            f"{reading.rows} rows were read, but {read} records and {skipped} skipped rows came of them",
            filename=file.path,
            remedy=f"report this as a defect of profile {reading.profile}",
        )


def without_far_visits(reading: Reading, earliest: datetime.date, latest: datetime.date) -> Reading:
    """A record system's reading without the visits of days outside the bounds: it gives out all it has, since birth."""
    if reading.kind != FHIR:
        return reading
    if isinstance(reading.records, SpilledVisits):
        far = set(reading.records.rows_outside(earliest, latest))
    else:
        far = {
            int(record.meta["lineno"])
            for record in reading.records
            if isinstance(record, Visit) and not earliest <= record.date <= latest
        }
    if not far:
        return reading
    kept: Sequence[Record]
    if isinstance(reading.records, SpilledVisits):
        kept = reading.records
        kept.remove(far)
    else:
        kept = tuple(record for record in reading.records if int(record.meta["lineno"]) not in far)
    first, last = span(kept) or (UNDATED, UNDATED)
    why = f"a visit before {earliest} or after {latest} (earliest and latest in [import])"
    return replace(
        reading,
        records=kept,
        skipped=tuple(sorted((*reading.skipped, *(Skipped(row, why) for row in far)))),
        used=None if reading.used is None else reading.used - len(far),
        first=first,
        last=last,
    )


def with_days_of_export(readings: Mapping[RawFile, Reading]) -> dict[RawFile, Reading]:
    """The readings, those of a record system's files that say no day (such as of practitioners) with their export's."""
    days = [reading.last for reading in readings.values() if reading.kind == FHIR and reading.last != UNDATED]
    if not days:
        return dict(readings)
    last = max(days)
    return {
        file: replace(reading, first=last, last=last) if reading.kind == FHIR and reading.last == UNDATED else reading
        for file, reading in readings.items()
    }


def refuse_dayless(reading: Reading, path: Path) -> Reading:
    """The reading, which says of which days the file is.

    Raises:
        DaysheetError: every row was left out, and nothing else in the file says a day.
    """
    if reading.last == UNDATED:
        line = reading.skipped[0].row if reading.skipped else None
        raise DaysheetError("no row gives a record or says a day", filename=path, line=line, remedy="leave it out")
    return reading
