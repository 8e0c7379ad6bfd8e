"""Exports of practice systems and card processors: a practice profile and a file's rows to a `Reading`.

Profiles are TOML files named `practice-….toml` (`columns` says what they may say): those shipped beside this module,
and the practice's own under `profiles/` in its books folder, which go before shipped ones of the same name.

Example:
    [[source]]
    profile = "practice-jane"
    providers = { "Gabriella Evans" = "evans" }
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from daysheet.errors import DaysheetError
from daysheet.importers.privacy import identifiers
from daysheet.importers.profiles import SHIPPED
from daysheet.importers.reading import ROWS, Context, Reading, Record, Skipped
from daysheet.importers.rows.header import bare, likeness, norm, spaced_otherwise
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.rows.tables import HEAD_ROWS, tables, trimmed_rows
from daysheet.importers.rows.text import Row
from daysheet.importers.systems.bill_lines import bills, with_lines
from daysheet.importers.systems.mapping import Mapper
from daysheet.importers.systems.marks import KIND_OF, MERGE, NOTHING, SO_FAR, UNDATED, Terms
from daysheet.importers.systems.profile import Match, PracticeProfile, numbered
from daysheet.importers.systems.profile_file import load
from daysheet.importers.systems.row import PracticeRow
from daysheet.patterns import compiled
from daysheet.records import PATIENT_SHARE, BankLine, Claim, Invoice, Payment, Visit
from daysheet.settings import Settings

PREFIX: Final = "practice-"
BESIDE: Final = ("fhir", "x12-837")
"""What `[[source]]` may name beside practice profiles."""

_NEAR: Final = 0.6
_NOT_YET: Final = ("scheduled", "cancelled")


@dataclass(frozen=True)
class SourceSettings:
    """One `[[source]]` table: what the practice says about a practice system's exports.

    `profile` is a profile's name or its beginning; `providers`, `payers` and `services` map what the export calls them
    to what the books do; `words` says what unknown status or method words mean; `take` limits what is taken. Of a
    record system (`fhir`) `classes` and `types` are the encounters that are visits, `without` those that are none, and
    `time-zone` is the practice's, for times in UTC.
    """

    profile: str
    providers: dict[str, str] = field(default_factory=dict)
    payers: dict[str, str] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    take: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    time_zone: str = ""

    def terms(self) -> Terms:
        """The same with names in comparable form."""
        providers, payers, services = (
            {identifiers.normal(name): meaning for name, meaning in names.items()}
            for names in (self.providers, self.payers, self.services)
        )
        return Terms(providers, payers, services, self.words, self.take)


@dataclass(frozen=True)
class TablePlace:
    """Where a profile's table stands: which sheet, the header's line, each column's place in a row, a row's width."""

    sheet: int
    line: int
    index: dict[str, int]
    width: int


class SystemSource:
    """One practice profile as a `Source`."""

    def __init__(self, name: str, profile: PracticeProfile, terms: Terms = Terms()) -> None:  # noqa: B008 - immutable
        """`name` is the profile's file name without its ending."""
        self.name = name
        self.profile = with_lines(profile)
        self.terms = terms
        self._names = numbered(profile.match.header)

    @property
    def kind(self) -> str:
        """`payout`, the one kind of record that the profile gives, or `practice` for several."""
        given = [kind for kind in KIND_OF.values() if getattr(self.profile, kind.removesuffix("s"))]
        return given[0] if len(given) == 1 else "practice"

    def matches(self, file: RawFile) -> bool:
        """Whether the file shows the profile's header."""
        pattern = self.profile.match.filename
        return not (pattern and not compiled(pattern).search(file.path.name)) and self._place(file) is not None

    def read(self, file: RawFile, context: Context) -> Reading:
        """The file's records.

        Raises:
            DaysheetError: the header is not the profile's, or a row cannot be read; nothing is taken then.
        """
        place = self._place(file)
        if place is None:
            raise DaysheetError(f"has no header as profile {self.name} wants it", filename=file.path)
        mapper = Mapper(self.profile, context, self.terms)
        found: list[Record] = []
        skipped: list[Skipped] = []
        quiet: set[datetime.date] = set()
        count = 0
        for row in self._rows(file, place):
            count += 1
            cells = PracticeRow(file.path, row, place.index)
            made = mapper.records(cells)
            if isinstance(made, Skipped):
                skipped.append(made)
                if made.reason == NOTHING and (day := mapper.day(cells)) is not None:
                    quiet.add(day)
            else:
                found += made
        if not count:
            raise DaysheetError("has a header and no rows", filename=file.path, remedy="export it again")
        made_whole = bills(combined(found))
        return self._reading(made_whole.records, [*skipped, *made_whole.skipped], count, context, quiet)

    def private_cells(self, file: RawFile) -> Iterator[str]:
        """Every cell that names or numbers a patient, to look for before a commit."""
        place = self._place(file)
        if place is not None:
            for row in self._rows(file, place):
                cells = PracticeRow(file.path, row, place.index)
                yield from filter(None, (cells[column] for column in (*self.profile.patient, *self.profile.private)))

    def patients(self, file: RawFile) -> Iterator[str]:
        """The patients as the file names them, as a token is made of them; for `daysheet reveal` alone."""
        place = self._place(file)
        if place is not None:
            for row in self._rows(file, place):
                cells = PracticeRow(file.path, row, place.index)
                text = " ".join(filter(None, (cells[column] for column in self.profile.patient)))
                if text:
                    yield text

    def nearest(self, file: RawFile) -> tuple[float, int, str]:
        """How alike the file's likeliest header is (0 to 1), its line, and which columns differ by a space."""
        expected = [norm(cell) for cell in self.profile.match.header]
        best = (0.0, 0, "")
        for _, row in self._heads(file):
            cells = [norm(cell) for cell in bare(row.cells)]
            alike = likeness(expected, cells)
            if alike > best[0]:
                best = (alike, row.line, "; ".join(spaced_otherwise(expected, cells)))
        return best

    def _reading(
        self,
        records: list[Record],
        skipped: list[Skipped],
        count: int,
        context: Context,
        quiet: AbstractSet[datetime.date],
    ) -> Reading:
        """What was read; `quiet` are the days of rows that have nothing to book."""
        days = [day for day in map(_happened, records) if day is not None]
        if days:
            days += quiet
        days = days or [record.date for record in records if not isinstance(record, Claim) and record.date != UNDATED]
        currencies = {record.currency for record in records if isinstance(record, BankLine)}
        return Reading(
            profile=self.name,
            kind=self.kind,
            rows=count,
            records=tuple(records),
            skipped=tuple(skipped),
            used=count - len(skipped),
            first=min(days, default=UNDATED),
            last=max(days, default=UNDATED),
            currency=currencies.pop() if len(currencies) == 1 else context.currency,
        )

    def _heads(self, file: RawFile) -> Iterator[tuple[int, Row]]:
        """The first rows of every sheet, or of the text."""
        found = tables(file)
        layout = self.profile.file
        if found.sheets:
            for number, (_, rows) in enumerate(found.sheets):
                yield from ((number, row) for row in rows[:HEAD_ROWS])
        elif found.kind == "text":
            yield from ((0, row) for row in found.head(file, layout.delimiter, '"', layout.encoding))

    def _place(self, file: RawFile) -> TablePlace | None:
        for sheet, row in self._heads(file):
            found = aligned(row.cells, self._names, self.profile.match)
            if found is not None:
                index, width = found
                return TablePlace(sheet, row.line, index, width)
        return None

    def _rows(self, file: RawFile, place: TablePlace) -> Iterator[Row]:
        """The rows below the header, each with as many trimmed cells as the header says; blank ones are none."""
        found = tables(file)
        layout = self.profile.file
        stop = compiled(layout.stop) if layout.stop else None
        sheet = found.sheets[place.sheet][1] if found.sheets else None
        for row in trimmed_rows(file, sheet, layout.delimiter, layout.encoding):
            if row.line <= place.line:
                continue
            if stop is not None and stop.search(layout.delimiter.join(row.cells)):
                return
            yield Row(row.line, _fit(file, row.line, row.cells, place.width))


def _fit(file: RawFile, line: int, cells: list[str], width: int) -> list[str]:
    cells = list(bare(cells)) if len(cells) > width else cells
    if len(cells) != width:
        message = f"has {len(cells)} cells where the header has {width}"
        raise DaysheetError(message, filename=file.path, line=line, remedy="the row is damaged; export the file again")
    return cells


def aligned(cells: Sequence[str], names: Sequence[str], match: Match) -> tuple[dict[str, int], int] | None:
    """The place of each column in the rows below this header, and their width; None if it is not the header.

    Args:
        cells: the row that may be the header.
        names: the profile's names of the columns, `match.header` numbered.
        match: which columns may be absent, or be in the rows though the header does not name them.
    """
    actual = bare(cells)
    if match.any_order:
        return _in_any_order([norm(cell) for cell in actual], names, match)
    index: dict[str, int] = {}
    read, place = 0, 0
    for name, literal in zip(names, match.header, strict=True):
        if read < len(actual) and norm(actual[read]) == norm(literal):
            index[name] = place
            read, place = read + 1, place + 1
        elif name in match.unnamed:
            index[name] = place
            place += 1
        elif name not in match.optional:
            return None
    return (index, place) if read == len(actual) else None


def _in_any_order(actual: list[str], names: Sequence[str], match: Match) -> tuple[dict[str, int], int] | None:
    places = {norm(name): place for place, name in enumerate(numbered(actual))}
    if any(norm(name) in places for name in match.without):
        return None
    index = {name: places[norm(name)] for name in names if norm(name) in places}
    absent = [name for name in names if name not in index and name not in match.optional]
    return None if absent or not index else (index, len(actual))


def combined(records: Sequence[Record]) -> list[Record]:
    """Lines of one invoice, its payments so far, and transactions of one payout, each added up to one record.

    The first line's place and day stand for all; a payout has the day of its last.
    """
    found: dict[Any, list[Record]] = {}
    for number, record in enumerate(records):
        if isinstance(record, BankLine):
            key: Any = (BankLine, record.source_id, record.currency)
        elif isinstance(record, Invoice) and record.meta.get(MERGE):
            key = (Invoice, record.id, record.payer)
        elif isinstance(record, Payment) and record.meta.get(SO_FAR):
            key = (Payment, record.id)
        else:
            key = number
        found.setdefault(key, []).append(record)
    return [_sum(parts) for parts in found.values()]


def _sum(parts: Sequence[Record]) -> Record:
    first = parts[0]
    if len(parts) == 1:
        return first
    rows = {**first.meta, ROWS: tuple(dict.fromkeys(int(part.meta["lineno"]) for part in parts))}
    if isinstance(first, BankLine):
        lines = [part for part in parts if isinstance(part, BankLine)]
        fees = [line.fee for line in lines if line.fee is not None]
        return first._replace(
            amount=sum((line.amount for line in lines), Decimal()),
            fee=sum(fees, Decimal()) if fees else None,
            date=max(line.date for line in lines),
            meta=rows,
        )
    amounts = [part.amount for part in parts if isinstance(part, Invoice | Payment)]
    if isinstance(first, Invoice):
        expected = [part.meta[PATIENT_SHARE] for part in parts if PATIENT_SHARE in part.meta]
        told = {PATIENT_SHARE: sum(expected, Decimal())} if expected else {}
        return first._replace(amount=sum(amounts, Decimal()), meta=rows | told)
    if isinstance(first, Payment):
        return first._replace(amount=sum(amounts, Decimal()), meta=rows)
    return first


def _happened(record: Record) -> Any:  # noqa: ANN401 - a date or None
    """The day of a record by which a file's coverage counts: what is only planned says nothing of that day."""
    if isinstance(record, Claim):
        return record.submitted
    if isinstance(record, Visit) and record.status in _NOT_YET:
        return None
    return None if record.date == UNDATED else record.date


@cache
def shipped() -> tuple[SystemSource, ...]:
    """The practice profiles that come with Daysheet, by name."""
    return tuple(_sources_in(SHIPPED))


def sources(folder: Path | None = None, settings: Settings | None = None) -> list[SystemSource]:
    """All practice profiles: the practice's own in `folder/profiles` first, each with what `[[source]]` says of it.

    Raises:
        DaysheetError: one of the practice's own is wrong, or a `[[source]]` table names no profile.
    """
    own = list(_sources_in(folder / "profiles")) if folder is not None else []
    names = {source.name for source in own}
    found = own + [source for source in shipped() if source.name not in names]
    for table in settings.tables("source", SourceSettings) if settings is not None else ():
        if table.profile in BESIDE:
            continue
        told = [number for number, source in enumerate(found) if source.name.startswith(table.profile)]
        if not told and settings is not None:
            raise settings.error(
                f'no practice profile is called "{table.profile}"', table.profile, (*BESIDE, *(s.name for s in found))
            )
        if settings is not None and (table.classes or table.types or table.without or table.time_zone):
            raise settings.error("classes, types, without and time-zone are for FHIR", table.profile, BESIDE)
        for number in told:
            found[number] = SystemSource(found[number].name, found[number].profile, table.terms())
    return found


def _sources_in(folder: Path) -> Iterator[SystemSource]:
    for path in sorted(folder.glob(f"{PREFIX}*.toml")):
        yield SystemSource(path.stem, load(path))


def nearest(file: RawFile, candidates: Sequence[SystemSource]) -> DaysheetError | None:
    """When no profile matches: the error that names the one whose header has probably changed, if there is one."""
    ranked = [(*source.nearest(file), source.name) for source in candidates]
    alike, line, differs, name = max(ranked, default=(0.0, 0, "", ""))
    if alike < _NEAR:
        return None
    return DaysheetError(
        f"the header is nearly that of profile {name}, but not the same" + (f": {differs}" if differs else ""),
        filename=file.path,
        line=line,
        remedy=f"if the system has changed its export, copy {name}.toml to profiles/ in the books and correct it",
    )
