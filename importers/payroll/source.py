"""Payroll journals as a `Source`: a payroll profile and a file's rows to a `Reading` of paychecks.

Profiles are TOML files named `payroll-….toml` (`profile` says what they may say): those shipped, and the practice's own
under `profiles/` in its books folder, which go before shipped ones of the same name. An employee's name never leaves
this module: it becomes an opaque word under the practice's secret.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final

from daysheet import patients
from daysheet.errors import DaysheetError
from daysheet.importers.payroll.paychecks import Header, Sums, amounts_of, paycheck_of
from daysheet.importers.payroll.profile import PayrollProfile
from daysheet.importers.payroll.profile_file import load
from daysheet.importers.profiles import SHIPPED
from daysheet.importers.reading import Context, Reading, Skipped
from daysheet.importers.rows.header import bare, likeness, norm
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.rows.tables import tables, trimmed_rows
from daysheet.importers.rows.text import Row
from daysheet.importers.rows.values import date_parser
from daysheet.patterns import compiled
from daysheet.records import Paycheck
from daysheet.wording import many

PREFIX: Final = "payroll-"
KIND: Final = "payroll"
_NO_PAY: Final = "no pay"
_TOTALS: Final = "sums of the rows above, which they prove"


class PayrollSource:
    """One payroll profile as a `Source`."""

    kind: Final = KIND

    def __init__(self, name: str, profile: PayrollProfile) -> None:
        """`name` is the profile's file name without its ending."""
        self.name = name
        self.profile = profile
        self._wanted = [norm(column) for column in profile.match.header]

    def matches(self, file: RawFile) -> bool:
        """Whether the file shows the profile's header."""
        pattern = self.profile.match.filename
        if pattern and not compiled(pattern).search(file.path.name):
            return False
        return any(self._is_header(row) for row in self._head(file))

    def nearest(self, file: RawFile) -> tuple[float, int, str]:
        """How alike the file's likeliest header is (0 to 1), its line, and what it lacks."""
        best = (0.0, 0, "")
        for row in self._head(file):
            cells = [norm(cell) for cell in bare(row.cells)]
            alike = likeness(self._wanted, cells)
            if alike > best[0]:
                lacking = [name for name in self.profile.match.header if norm(name) not in cells]
                best = (alike, row.line, f"lacks {', '.join(lacking)}")
        return best

    def read(self, file: RawFile, context: Context) -> Reading:
        """The file's paychecks.

        Raises:
            DaysheetError: a row cannot be read or proved; nothing is taken then.
        """
        reader = _JournalReader(self.profile, file, context)
        for row in self._rows(file):
            if self._is_header(row):
                reader.header(row)
            else:
                reader.row(row)
        return reader.reading(self.name)

    def private_cells(self, file: RawFile) -> Iterator[str]:
        """Every employee's name in both orders, to look for before a commit."""
        for name in self.employees(file):
            yield from (name, " ".join(reversed(name.split())))

    def employees(self, file: RawFile) -> Iterator[str]:
        """The employees as a word is made of them, row by row."""
        header: Header | None = None
        for row in self._rows(file):
            if self._is_header(row):
                header = Header(self.profile, bare(row.cells))
            elif header is not None and len(row.cells) >= header.width and not self._is_totals(row):
                name = _employee(self.profile, header, row.cells)
                if name:
                    yield name

    def _is_totals(self, row: Row) -> bool:
        pattern = self.profile.sections.totals
        return bool(pattern and row.cells and compiled(pattern).search(row.cells[0]))

    def _is_header(self, row: Row) -> bool:
        cells = {norm(cell) for cell in row.cells}
        return all(column in cells for column in self._wanted)

    def _head(self, file: RawFile) -> Iterator[Row]:
        found, layout = tables(file), self.profile.file
        if found.sheets:
            for _, rows in found.sheets:
                yield from rows[:120]
        elif found.kind == "text":
            yield from found.head(file, layout.delimiter, '"', layout.encoding)

    def _rows(self, file: RawFile) -> Iterator[Row]:
        """All rows with trimmed cells, blank ones left out."""
        found, layout = tables(file), self.profile.file
        sheets = chain.from_iterable(sheet for _, sheet in found.sheets) if found.sheets else None
        return trimmed_rows(file, sheets, layout.delimiter, layout.encoding)


class _JournalReader:
    """A journal as it is read: the pay day and the header that hold now, and what was found so far."""

    def __init__(self, profile: PayrollProfile, file: RawFile, context: Context) -> None:
        self.profile = profile
        self.file = file
        self.context = context
        self.parse = date_parser(profile.dates.format)
        self.day: datetime.date | None = None
        self.columns: Header | None = None
        self.sums: Sums | None = None
        self.found: list[Paycheck] = []
        self.skipped: list[Skipped] = []
        self.count = 0
        self.twins: Counter[tuple[datetime.date, str]] = Counter()

    def header(self, row: Row) -> None:
        """A header begins a section."""
        self.columns = Header(self.profile, bare(row.cells))
        self.sums = Sums(self.columns)

    def row(self, row: Row) -> None:
        """A row of an employee, of totals, or between the headers."""
        sections = self.profile.sections
        first = row.cells[0] if row.cells else ""
        if sections.day and compiled(sections.day).search(first):
            self.day = self._date(next((cell for cell in row.cells[1:] if cell), ""), row.line, sections.day)
            self.columns = None
        elif self.columns is None or self.sums is None or (sections.period and compiled(sections.period).search(first)):
            return
        else:
            self._below(row, self.columns, self.sums)

    def _below(self, row: Row, columns: Header, sums: Sums) -> None:
        cells = self._fit(row, columns.width)
        amounts = amounts_of(self.profile, columns, cells, self.file.path, row.line)
        self.count += 1
        if self.profile.sections.totals and compiled(self.profile.sections.totals).search(cells[0]):
            sums.prove(amounts, self.file.path, row.line)
            self.skipped.append(Skipped(row.line, _TOTALS))
            self.columns = None
            return
        for at, amount in amounts.items():
            sums.found[at] += amount or 0
        name = _employee(self.profile, columns, cells)
        if not name:
            message = f'column "{self.profile.employee[0]}" names nobody'
            raise DaysheetError(message, filename=self.file.path, line=row.line, remedy="export it again")
        employee = word_of(name, self.context.token)
        day = self._day_of(columns, cells, row.line)
        made = paycheck_of(
            self.profile,
            columns,
            amounts,
            employee=employee,
            day=day,
            number=lambda: self._number(columns, cells, employee, day),
            path=self.file.path,
            line=row.line,
        )
        if made is None:
            self.skipped.append(Skipped(row.line, _NO_PAY))
        else:
            self.found.append(made)

    def _number(self, columns: Header, cells: list[str], employee: str, day: datetime.date) -> str:
        """The program's own number, else the day and the employee; a second paycheck of a day has its count behind."""
        if self.profile.id:
            own = cells[columns.places[norm(self.profile.id)]]
            return own if own.isdigit() else patients.opaque(f"paycheck {own}", self.context.token)
        self.twins[day, employee] += 1
        count = self.twins[day, employee]
        return f"{day}-{employee}" + (f"-{count}" if count > 1 else "")

    def _day_of(self, columns: Header, cells: list[str], line: int) -> datetime.date:
        if self.profile.date:
            return self._date(cells[columns.places[norm(self.profile.date)]], line, self.profile.date)
        if self.day is None:
            raise DaysheetError(
                "no row above says the pay day", filename=self.file.path, line=line, remedy="export the whole journal"
            )
        return self.day

    def _date(self, cell: str, line: int, column: str) -> datetime.date:
        try:
            return self.parse(cell).date()
        except ValueError:
            message = f'column "{column}" is no date as the profile says it is written'
            raise DaysheetError(message, filename=self.file.path, line=line, remedy="correct the row") from None

    def _fit(self, row: Row, width: int) -> list[str]:
        cells = list(bare(row.cells)) if len(row.cells) > width else list(row.cells)
        if len(cells) != width:
            raise DaysheetError(
                f"has {len(cells)} cells where the header has {width}",
                filename=self.file.path,
                line=row.line,
                remedy="the row is damaged; export the file again",
            )
        return cells

    def reading(self, name: str) -> Reading:
        if not self.found:
            raise DaysheetError("holds no paycheck", filename=self.file.path, remedy="export it again")
        days = [made.date for made in self.found]
        untold = sum(made.net is None for made in self.found)
        said = "do not say what was withheld and paid: it is owed undivided until somebody divides it"
        notes = (f"{many(untold, 'paycheck')} {said}",) if untold else ()
        return Reading(
            profile=name,
            kind=KIND,
            rows=self.count,
            records=tuple(self.found),
            skipped=tuple(self.skipped),
            first=min(days),
            last=max(days),
            currency=self.context.currency,
            used=len(self.found),
            notes=notes,
        )


def word_of(name: str, token: Callable[[str], str]) -> str:
    """The word that stands for an employee in the books."""
    return patients.opaque(f"employee {name}", token)


def _employee(profile: PayrollProfile, header: Header, cells: list[str]) -> str:
    return " ".join(filter(None, (cells[header.places[norm(column)]] for column in profile.employee)))


@cache
def shipped() -> tuple[PayrollSource, ...]:
    """The payroll profiles that come with Daysheet, by name."""
    return tuple(_sources_in(SHIPPED))


def sources(folder: Path | None = None) -> list[PayrollSource]:
    """All payroll profiles, the practice's own in `folder/profiles` first.

    Raises:
        DaysheetError: one of the practice's own is wrong.
    """
    own = list(_sources_in(folder / "profiles")) if folder is not None else []
    names = {source.name for source in own}
    return own + [source for source in shipped() if source.name not in names]


def _sources_in(folder: Path) -> Iterator[PayrollSource]:
    for path in sorted(folder.glob(f"{PREFIX}*.toml")):
        yield PayrollSource(path.stem, load(path))
