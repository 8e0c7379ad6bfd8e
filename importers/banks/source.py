"""Bank and card exports: a profile and a file's rows to a `Reading`.

Profiles are TOML files (`language` says what they may say): those shipped beside this module, and the practice's own
in its books folder under `profiles/`, which go before shipped ones of the same name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import chain, islice
from pathlib import Path
from typing import Final

from daysheet.errors import DaysheetError
from daysheet.importers.banks import account_number
from daysheet.importers.banks import profile_file as profiles
from daysheet.importers.banks.extract import Extracted, Extractor, Setting
from daysheet.importers.banks.profile import Layout, Profile
from daysheet.importers.banks.statement import statement
from daysheet.importers.profiles import SHIPPED
from daysheet.importers.reading import Context, Reading
from daysheet.importers.rows.cell_kinds import (
    is_data,
)
from daysheet.importers.rows.cells import (
    Column,
    trimmed,
)
from daysheet.importers.rows.date_forms import form_of, rewritten
from daysheet.importers.rows.header import bare, difference, likeness, norm
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.rows.tables import HEAD_ROWS, Tables, tables
from daysheet.importers.rows.text import RaggedQuotesError, Row, check_text, rows_of
from daysheet.importers.rows.values import date_parser
from daysheet.ledger import collector
from daysheet.patterns import Pattern, compiled

_NEAR: Final = 0.6
AS_WRITTEN: Final = "as written"
REWRITTEN: Final = "rewritten"
OTHER_DATES: Final = "other dates"
_SHAPE_ROWS: Final = 5
_OTHERS: Final = ("practice-", "payroll-")  # how the names of profiles begin that are no bank's


@dataclass(frozen=True)
class HeaderPlace:
    """Where a profile's table stands in a file.

    Attributes:
        sheet: which sheet of a workbook, counted from 0.
        line: the header's line; 0 where there is none.
        index: from a column as the profile names it to its place in a row.
        names: the header's texts, in the file's order.
        above: the lines above the table.
    """

    sheet: int
    line: int
    index: dict[Column, int]
    names: tuple[str, ...]
    above: tuple[str, ...]


class BankSource:
    """One profile as a `Source`."""

    def __init__(self, name: str, profile: Profile, *, own: bool = False) -> None:
        """`name` is the profile's file name without its ending; `own` for one of the practice's, not shipped."""
        self.name = name
        self.own = own
        self.profile = profile

    @property
    def kind(self) -> str:
        """`bank` or `payout`."""
        return self.profile.kind

    def matches(self, file: RawFile) -> bool:
        """Whether the file shows all that the profile asks for, its dates perhaps as a spreadsheet writes them."""
        return self.claim(file) in (AS_WRITTEN, REWRITTEN)

    def claim(self, file: RawFile) -> str:
        """How far the file is this profile's: `AS_WRITTEN`, `REWRITTEN`, `OTHER_DATES`, or empty where it is not."""
        found = tables(file)
        if found.kind == "ofx":
            return ""
        match = self.profile.match
        if match.filename and not compiled(match.filename).search(file.path.name):
            return ""
        if match.contains:
            head = "\n".join(found.lines(file))
            if not all(text in head for text in match.contains):
                return ""
        place = self.place(file, found)
        if place is None:
            return ""
        fits, others = self._dates(file, found, place)
        if fits >= len(others):
            return AS_WRITTEN
        return REWRITTEN if rewritten(self.profile.date.format, [cell for _, cell in others]) else OTHER_DATES

    def _dates(self, file: RawFile, found: Tables, place: HeaderPlace) -> tuple[int, list[tuple[int, str]]]:
        """How many cells of the date column are dates in the profile's notation, and the others with their lines.

        Banks share headers. 03/04/2026 fits two notations; such a file is two profiles' until the settings say which.
        """
        date = self.profile.date
        parse = date_parser(date.format, date.language)
        column, fits = place.index[date.column], 0
        others: list[tuple[int, str]] = []
        for number, rows in self._candidates(file, found):
            for row in rows if number == place.sheet else ():
                cell = trimmed(row.cells[column]) if column < len(row.cells) else ""
                if row.line > place.line and any(map(str.isdigit, cell)):
                    try:
                        parse(cell)
                        fits += 1
                    except ValueError:
                        others.append((row.line, cell))
        return fits, others

    def _for(self, file: RawFile, found: Tables, place: HeaderPlace) -> Profile:
        """The profile as this file wants it: with the dates of a spreadsheet where one has saved it."""
        fits, others = self._dates(file, found, place)
        forms = rewritten(self.profile.date.format, [cell for _, cell in others]) if fits < len(others) else ()
        return replace(self.profile, date=replace(self.profile.date, format=forms)) if forms else self.profile

    def other_dates(self, file: RawFile) -> DaysheetError:
        """The error for a file whose header is the profile's and whose dates are not."""
        found = tables(file)
        place = self.place(file, found)
        _, ((line, cell), *_) = self._dates(file, found, place) if place else (0, [(0, "")])
        if form_of(cell) in self.profile.date.format:
            message = f'column "{self.profile.date.column}" holds a day that no calendar has'
            return DaysheetError(message, filename=file.path, line=line, remedy="correct the row, or export it again")
        return DaysheetError(
            f'has the header of profile {self.name}, but dates of another form: column "{self.profile.date.column}" is '
            f"{form_of(cell)} here, and {' or '.join(self.profile.date.format)} in the profile",
            filename=file.path,
            line=line,
            remedy="export it again as the bank writes it, or copy the profile to profiles/ and add the form",
        )

    def place(self, file: RawFile, found: Tables) -> HeaderPlace | None:
        """Where the table stands, None if it does not."""
        for sheet, rows in self._candidates(file, found):
            for number, row in enumerate(rows):
                index = self._index(row.cells) if self.profile.match.header else self._shape(rows[number:])
                if index is None and not self.profile.match.header and (_like_header(row.cells) or is_data(row.cells)):
                    break  # a profile without a header reads no file that has one, and leaves no row above
                if index is not None:
                    line = row.line if self.profile.match.header else 0
                    names = tuple(row.cells) if line else self.profile.match.columns
                    names += ("",) * (max(index.values()) + 1 - len(names))
                    above = found.lines(file, HEAD_ROWS)[: max(row.line - 1, 0)]
                    return HeaderPlace(sheet, line, index, names, tuple(above))
        return None

    def nearest(self, file: RawFile) -> tuple[float, int, str]:
        """How alike the file's likeliest header is (0 to 1), its line, and what differs in words."""
        expected = [norm(cell if isinstance(cell, str) else cell[0]) for cell in self.profile.match.header]
        best = (0.0, 0, "")
        if not expected:
            return best
        for _, rows in self._candidates(file, tables(file)):
            for row in rows:
                cells = [norm(cell) for cell in bare(row.cells)]
                alike = likeness(expected, cells)
                if alike > best[0]:
                    best = (alike, row.line, difference(expected, cells))
        return best

    def read(self, file: RawFile, context: Context) -> Reading:
        """The file's bank lines.

        Raises:
            DaysheetError: the header is not the profile's, or a row cannot be read; nothing is taken then.
        """
        found = tables(file)
        if found.kind == "ofx":
            raise DaysheetError("is OFX, not a table", filename=file.path)
        place = self.place(file, found)
        if place is None:
            raise self._changed(file)
        with collector.paused():
            return self._read(file, found, place, context)

    def _read(self, file: RawFile, found: Tables, place: HeaderPlace, context: Context) -> Reading:
        around = "\n".join((file.path.name, *place.above))
        # blank cells behind the header would take what a mark within an amount has parted
        names = tuple(bare(place.names)) if self.profile.file.surplus == "join" else place.names
        setting = Setting(
            path=file.path,
            index=place.index,
            width=len(names),
            names=names,
            around=around,
            currency=context.currency,
            workbook=bool(found.sheets),
        )
        profile = self._for(file, found, place)
        extracted = self._run(profile, file, found, place, setting)
        footer = "\n".join((around, *extracted.footer))
        reading = statement(self.name, profile, file, place.above, footer, extracted, context)
        number = account_number.stated(place.above) or account_number.in_name(file.path.name)
        number = number if profile.account is None else None
        return reading if number is None else replace(reading, account=f"*{number}")

    def _run(self, profile: Profile, file: RawFile, found: Tables, place: HeaderPlace, setting: Setting) -> Extracted:
        if found.sheets:
            return Extractor(profile, setting).run(self._rows(file, found, place))
        try:
            rows = self._unswallowed(file, self._rows(file, found, place), lenient=False)
            return Extractor(profile, setting).run(rows)
        except RaggedQuotesError:
            rows = self._unswallowed(file, self._rows(file, found, place, lenient=True), lenient=True)
            return Extractor(profile, setting).run(rows)

    def _rows(self, file: RawFile, found: Tables, place: HeaderPlace, *, lenient: bool = False) -> Iterator[Row]:
        """The rows below the header."""
        layout = self.profile.file
        if found.sheets:
            rows: Iterator[Row] = iter(found.sheets[place.sheet][1])
        else:
            encoding = encoding_for(layout, found)
            check_text(file, encoding)
            rows = rows_of(file, encoding, layout.delimiter, layout.quote, lenient=lenient)
        return (row for row in rows if row.line > place.line and (place.line or len(place.above) < row.line))

    def _unswallowed(self, file: RawFile, rows: Iterator[Row], *, lenient: bool) -> Iterator[Row]:
        """Refuse a stray quote that opened a cell and swallowed rows up to the next stray quote.

        A cell of several lines is suspicious if one of its lines could be a whole row; where quotes are ragged
        anyway, if it holds any delimiter.
        """
        delimiter = self.profile.file.delimiter
        for row in rows:
            for cell in row.cells if "\n" in "".join(row.cells) else ():
                if "\n" not in cell:
                    continue
                most = max(line.count(delimiter) for line in cell.split("\n"))
                if most >= (1 if lenient else max(len(row.cells) - 1, 2)):
                    raise DaysheetError(
                        "a quote opens in this row and runs on over the rows below",
                        filename=file.path,
                        line=row.line,
                        remedy="export the file again",
                    )
            yield row

    def _candidates(self, file: RawFile, found: Tables) -> Iterator[tuple[int, list[Row]]]:
        """The first rows of every sheet, or of the text."""
        layout = self.profile.file
        if found.sheets or found.kind in ("xlsx", "xls", "html"):
            for number, (name, rows) in enumerate(found.sheets):
                if not layout.sheet or name == layout.sheet:
                    yield number, rows[:HEAD_ROWS]
        elif not layout.sheet:
            yield 0, found.head(file, layout.delimiter, layout.quote, encoding_for(layout, found))

    @cached_property
    def _header(self) -> tuple[tuple[frozenset[str], bool, tuple[str, ...]], ...]:
        """For each column: its normalised texts, whether it may be absent, and the names it goes by."""
        optional = set(self.profile.match.optional)
        cells = ((cell,) if isinstance(cell, str) else cell for cell in self.profile.match.header)
        return tuple((frozenset(map(norm, names)), bool(optional & set(names)), names) for names in cells)

    def _index(self, cells: Sequence[str]) -> dict[Column, int] | None:
        """Places of the profile's columns in this row, None if it is not the profile's header."""
        actual = bare(cells)
        index: dict[Column, int] = {}
        place = 0
        for number, (texts, optional, names) in enumerate(self._header, 1):
            if (norm(actual[place]) if place < len(actual) else "") in texts:
                index |= dict.fromkeys((number, *names), place)
                place += 1
            elif not optional:
                return None
        return index if place >= len(actual) else None

    def _shape(self, rows: Sequence[Row]) -> dict[Column, int] | None:
        """The places of the columns if the first of these rows look like rows of a file without a header.

        What has no date and no amount (a remark below a short table) says nothing against it.
        """
        match = self.profile.match
        rows = list(islice((row for row in rows if any(map(str.strip, row.cells))), _SHAPE_ROWS))
        if not rows or not match.row or not self._fits(rows[0].cells):
            return None
        if not all(self._fits(row.cells) for row in rows[1:] if is_data(row.cells)):
            return None
        return dict(enumerate_columns(match.columns))

    def _fits(self, cells: Sequence[str]) -> bool:
        patterns = self._row_patterns
        if self.profile.file.stop and compiled(self.profile.file.stop).search(",".join(cells)):
            return True
        prefix = len(patterns) < len(self.profile.match.columns)
        blank_rest = prefix or not any(cell.strip() for cell in cells[len(patterns) :])
        padded = (*cells, *[""] * (len(patterns) - len(cells)))
        return blank_rest and all(
            pattern.fullmatch(cell.strip()) for pattern, cell in zip(patterns, padded, strict=False)
        )

    @cached_property
    def _row_patterns(self) -> tuple[Pattern, ...]:
        return tuple(compiled(pattern) for pattern in self.profile.match.row)

    def _changed(self, file: RawFile) -> DaysheetError:
        alike, line, differs = self.nearest(file)
        if alike < _NEAR:
            return DaysheetError(f"has no header as profile {self.name} wants it", filename=file.path)
        return changed_header(file, line, self.name, differs)


def encoding_for(layout: Layout, found: Tables) -> str:
    """Unicode shows itself; only for other files does the profile's word count."""
    return found.encoding if found.encoding.startswith("utf") else layout.encoding or found.encoding


def changed_header(file: RawFile, line: int, name: str, differs: str) -> DaysheetError:
    """The error for a bank that has changed its export."""
    return DaysheetError(
        f"the header is not that of profile {name}: {differs}",
        filename=file.path,
        line=line,
        remedy="if the bank has changed its export, copy the profile to profiles/ in the books and correct it",
    )


def enumerate_columns(names: tuple[str, ...]) -> Iterator[tuple[Column, int]]:
    """Columns of a file without a header, by name and by number."""
    return chain.from_iterable(((name, place), (place + 1, place)) for place, name in enumerate(names))


def _like_header(cells: Sequence[str]) -> bool:
    """Whether a row is two or more texts and nothing else."""
    filled = [cell for cell in cells if cell.strip()]
    return len(filled) > 1 and all(sum(map(str.isalpha, cell)) > sum(map(str.isdigit, cell)) for cell in filled)


def of_banks(folder: Path) -> list[Path]:
    """The bank profiles in a folder; those of practice systems are called `practice-…` and speak another language."""
    return sorted(path for path in folder.glob("*.toml") if not path.name.startswith(_OTHERS))


@cache
def shipped() -> tuple[BankSource, ...]:
    """The profiles that come with Daysheet, by name."""
    return tuple(BankSource(path.stem, profiles.load(path)) for path in of_banks(SHIPPED))


def sources(folder: Path | None = None) -> list[BankSource]:
    """All bank profiles: the practice's own in `folder/profiles` first, then the shipped ones that they do not replace.

    Raises:
        DaysheetError: one of the practice's own is wrong.
    """
    own: list[BankSource] = []
    if folder is not None and (folder / "profiles").is_dir():
        own = [BankSource(path.stem, profiles.load(path), own=True) for path in of_banks(folder / "profiles")]
    names = {source.name for source in own}
    return own + [source for source in shipped() if source.name not in names]


def nearest(file: RawFile, candidates: Sequence[BankSource]) -> DaysheetError | None:
    """When no profile matches: the error that names the one whose header has probably changed, if there is one."""
    ranked = [(*source.nearest(file), source.name) for source in candidates]
    alike, line, differs, name = max(ranked, default=(0.0, 0, "", ""))
    return changed_header(file, line, name, differs) if alike >= _NEAR else None
