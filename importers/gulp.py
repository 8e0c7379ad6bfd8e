"""Daysheet's sources as `beangulp` importers, for a user's own import script and for Fava's import page.

    from daysheet.importers.gulp import importers
    CONFIG = importers("/home/me/books")

gives an importer for each `[[bank]]` of the books' `daysheet.toml`, for the practice's own files and for remittances.
They book as `daysheet import` does, and leave out what the existing entries hold by the same rule; beangulp's own
search for similar entries, which takes two copays of one amount for one, is not used. Patients are taken out of bank
texts as there. Control totals, the filing of originals, the proof by balances and `imported` directives are `daysheet
import`'s alone.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

import beangulp
from beancount.core.data import Directive, new_metadata
from daysheet import patients
from daysheet.books import Books, loading
from daysheet.errors import DaysheetError
from daysheet.importers.booking import bank_lines, bill_lines, dedupe, practice_records, remittances
from daysheet.importers.booking.categories import categorizer
from daysheet.importers.booking.directives import Terms, book
from daysheet.importers.booking.known import Known
from daysheet.importers.edi import source as remittance
from daysheet.importers.originals import patients as people
from daysheet.importers.privacy import identifiers
from daysheet.importers.reading import Context, Reading, Record, Source
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.settings import BankSettings, CategoryRule, ImportSettings, bank_account
from daysheet.importers.sources import all_sources
from daysheet.importers.systems.resolve import resolve
from daysheet.importers.writing import archive
from daysheet.records import BankLine, Invoice
from daysheet.remittances import Remittance
from daysheet.settings import Settings

_RECEIVABLE = "Assets:Receivable:Patients"


class Importer(beangulp.Importer):  # type: ignore[misc] # beangulp ships no types
    """One source as an importer."""

    def __init__(self, source: Source, settings: Settings) -> None:
        """A source, and the settings of the books that it is imported into."""
        self.source = source
        self.settings = settings
        self._last: tuple[RawFile, Reading] | None = None

    @property
    def name(self) -> str:
        """What beangulp and Fava call the importer."""
        return f"daysheet.{self.source.name}"

    def identify(self, filepath: str) -> bool:
        """Whether the file is of this source; one that cannot be read is of none."""
        try:
            return self.source.matches(_file(filepath))
        except DaysheetError:
            return False

    def account(self, filepath: str) -> str:
        """The account that the file is of, under which beangulp files it."""
        reading = self._reading(filepath)
        if reading.kind != "bank":
            return _RECEIVABLE
        return bank_account(self._banks, reading.profile, reading.account, Path(filepath))

    def date(self, filepath: str) -> datetime.date:
        """The last day that the file covers."""
        return self._reading(filepath).last

    def filename(self, filepath: str) -> str:
        """A name that tells nothing of the old one, which may be a patient's."""
        name = archive.filed_name(_file(filepath), self._reading(filepath)).rpartition("/")[2]
        return name.partition("-")[2].partition("-")[2].partition("-")[2]

    def extract(self, filepath: str, existing: list[Directive]) -> list[Directive]:
        """The directives of what the existing entries do not hold.

        Raises:
            DaysheetError: the file is malformed, or the settings do not say which account it is of.
        """
        books = Books.of(list(existing or ()), {"operating_currency": [self._context.currency]}, state="")
        reading = self._without_persons(filepath)
        entries: list[Directive] = []
        known = Known(books)
        reading = resolve(reading, known)
        practice = [record for record in reading.records if type(record) in practice_records.KIND_OF]
        lines = [record for record in reading.records if isinstance(record, BankLine)]
        if practice:
            entries += self._of_practice(practice, reading, known)
        if lines:
            entries += self._of_bank(lines, reading, books)
        remitted = [record for record in reading.records if isinstance(record, Remittance)]
        for record, _ in remittances.joined(remitted, books):
            fresh = remittances.part(record, books, remittances.traced(record, books)).fresh
            if fresh is not None:
                entries += remittance.directives(fresh, books)
        return [_placed(entry, filepath) for entry in entries]

    def deduplicate(self, entries: list[Directive], existing: list[Directive]) -> None:
        """Nothing: `extract` has compared already, and exactly."""

    def _of_practice(self, records: list[Record], reading: Reading, known: Known) -> list[Directive]:
        terms = Terms.of(reading, self.settings.table("import", ImportSettings))
        records = list(bill_lines.apart(records, known))
        verdicts = bill_lines.judged(records, known)
        entries = []
        for record, verdict in zip(records, verdicts, strict=True):
            if verdict.what == "new" or (verdict.what == "later" and isinstance(record, Invoice)):
                entries.append(book(record, known, terms))
                known.add(record)
        return entries

    def _of_bank(self, rows: list[BankLine], reading: Reading, books: Books) -> list[Directive]:
        own = frozenset(bank.account for bank in self._banks)
        categorize = categorizer(self.settings.tables("category", CategoryRule), books.entries, own)
        lines = dedupe.lines_of(books.entries, own)
        groups: dict[dedupe.Account, list[BankLine]] = {}
        for row in rows:
            name = bank_account(self._banks, reading.profile, row.account or reading.account, _PLACE)
            groups.setdefault((name, row.currency), []).append(row)
        entries: list[Directive] = []
        for account, group in groups.items():
            verdicts = dedupe.judge_bank(group, lines[account], reading.profile)
            entries += [
                bank_lines.transaction(row, account[0], categorize(row, account[0]), reading.profile)
                for row, verdict in zip(group, verdicts, strict=True)
                if verdict.what == "new"
            ]
        return entries

    def _reading(self, filepath: str) -> Reading:
        file = _file(filepath)
        if self._last is None or self._last[0] is not file:
            self._last = file, self.source.read(file, self._context)
        return self._last[1]

    def _without_persons(self, filepath: str) -> Reading:
        file = _file(filepath)
        return people.scrubbed({file: self._reading(filepath)}, self.settings.path.parent, self.settings, [file])[file]

    @cached_property
    def _banks(self) -> tuple[BankSettings, ...]:
        return self.settings.tables("bank", BankSettings)

    @cached_property
    def _context(self) -> Context:
        books = loading.load(self.settings.path.parent)
        return Context(
            _token(self.settings.practice.id),
            books.currency,
            identifiers.providers_of(books),
            identifiers.payers_of(books),
        )


_PLACE = Path("this file")


def importers(folder: str | Path) -> list[Importer]:
    """The importers of a practice: its banks' profiles, its own files, practice systems that it names, remittances.

    Args:
        folder: the books folder.

    Raises:
        DaysheetError: the settings or one of the practice's own profiles is wrong.
    """
    path = Path(folder).expanduser().resolve()
    settings = Settings.of(path)
    wanted = {bank.profile for bank in settings.tables("bank", BankSettings)}
    return [
        Importer(source, settings)
        for source in all_sources(path, settings)
        if source.kind not in ("bank", "payout") or source.name in wanted
    ]


def _token(practice: str) -> Callable[[str], str]:
    @cache
    def token(identifier: str) -> str:
        return patients.token(identifier, patients.secret_of(practice))

    return token


def _file(filepath: str) -> RawFile:
    """The file, kept as long as it does not change: beangulp and Fava ask each importer about it several times."""
    path = Path(filepath)
    stat = path.stat()
    return _known_file(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=64)
def _known_file(path: Path, changed: int, size: int) -> RawFile:
    del changed, size
    return RawFile(path)


def _placed(entry: Directive, filepath: str) -> Any:  # noqa: ANN401 - a directive of the same type
    """Beangulp and Fava need to know where an entry comes from."""
    place = new_metadata(filepath, 1)
    return entry._replace(meta={**place, **{key: value for key, value in entry.meta.items() if key not in place}})
