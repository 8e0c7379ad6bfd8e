"""Daysheet's sources as `beangulp` importers, for a user's own import script and for Fava's import page.

    from daysheet.importers.gulp import importers
    CONFIG = importers("/home/me/books")

gives an importer for each `[[bank]]` of the books' `daysheet.toml`, for the practice's own files and for remittances.
What one extracts is what `daysheet import` of the file would add, for it runs that import on a copy: the accounts that
are opened, balances, and what follows from remittances and deposits included. What the books hold is left out by the
same rule; beangulp's own search for similar entries, which takes two copays of one amount for one, is not used. Only
control totals, the filing of originals and `imported` directives are `daysheet import`'s alone, and changes to entries
that the books have.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

import beangulp
from beancount.core.data import Custom, Directive, Note, Open, Pad, Transaction, new_metadata
from daysheet import files, patients
from daysheet.books import Books, loading, token_secrets
from daysheet.books.secret import secret_of
from daysheet.errors import DaysheetError
from daysheet.importers.banks.source import BankSource
from daysheet.importers.booking.session import context_of
from daysheet.importers.detection import evidence
from daysheet.importers.importing import ImportRun
from daysheet.importers.reading import Context, Reading, Source
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.settings import BankSettings, bank_account
from daysheet.importers.sources import all_sources
from daysheet.importers.writing import archive, dry_run
from daysheet.importers.writing.writer import IMPORTS, Batch
from daysheet.ledger import collector, digest
from daysheet.settings import Settings

NOTE: Final = "daysheet import: "
"""How the note begins that stands on Fava's page for records that the page cannot show."""

_RECEIVABLE = "Assets:Receivable:Patients"


class Importer(beangulp.Importer):  # type: ignore[misc] # beangulp ships no types
    """One source as an importer."""

    def __init__(self, source: Source, settings: Settings, *, for_fava: bool = False) -> None:
        """A source, the settings of the books that it is imported into, and whether Fava's page asks."""
        self.source = source
        self.for_fava = for_fava
        self.settings = settings
        self._last: tuple[RawFile, Reading] | None = None

    @property
    def name(self) -> str:
        """What beangulp and Fava call the importer."""
        return f"daysheet.{self.source.name}"

    def identify(self, filepath: str) -> bool:
        """Whether the file is of this source and nothing in it says otherwise; one that cannot be read is of none."""
        try:
            file = _file(filepath)
            return self.source.matches(file) and not (
                isinstance(self.source, BankSource) and evidence.against(self.source, file, self._context.currency)
            )
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
        """The directives that `daysheet import` of this file would add to the books, what follows from it included.

        Raises:
            DaysheetError: the file is refused, or the books have errors.
        """
        del existing  # the books themselves are looked at: the existing entries may be only a part of them
        entries = [entry for entry in self._brought(Path(filepath)) if getattr(entry, "type", "") != "imported"]
        if self.for_fava:
            self._open([entry.account for entry in entries if isinstance(entry, Open)])
            self._name_secret([entry for entry in entries if isinstance(entry, Custom) and _is_secret(entry)])
            entries = [entry for entry in entries if not _is_secret(entry)]
            entries = [entry for entry in entries if _is_carried(entry)] or self._note(filepath, entries)
        return [_placed(entry, filepath) for entry in entries]

    def _brought(self, path: Path) -> list[Directive]:
        """What an import into a copy of the books adds to it."""
        folder = self.settings.path.parent
        with files.locked(folder), collector.paused(), dry_run.copied(folder) as copy:
            try:
                before = loading.load(copy.at)
                secret_of(before, self.settings.practice.id, create=True)  # the tokens are to be kept
                run = ImportRun(copy.at, self.settings, before, self.source.name, dry_run=True, suspense=False)
                run.over([RawFile(path)])
                for problem in run.outcome.refused.values():
                    raise problem
                after = loading.load(copy.at)
            except DaysheetError as problem:
                raise copy.error(problem) from None
        return list(_added(before.entries, after.entries))

    def _open(self, accounts: list[str]) -> None:
        """Open accounts now: Fava's page saves nothing that names an account which is not open."""
        folder = self.settings.path.parent
        if accounts:
            with files.locked(folder):
                batch = Batch(folder, loading.load(folder))
                batch.open(accounts)
                batch.write()

    def _name_secret(self, named: list[Custom]) -> None:
        """Say now what the tokens are made with, which Fava's page cannot save."""
        folder = self.settings.path.parent
        if named:
            with files.locked(folder):
                batch = Batch(folder, loading.load(folder))
                batch.add_text(IMPORTS, token_secrets.line(str(named[0].values[0].value)))
                batch.write()

    def _note(self, filepath: str, entries: list[Directive]) -> list[Directive]:
        """What stands for records that Fava's page cannot show: saved, it has them imported."""
        if not entries:
            return []
        name = archive.filed_name(_file(filepath), self._reading(filepath)).rpartition("/")[2]
        return [Note({}, entries[-1].date, _RECEIVABLE, f"{NOTE}{len(entries)} entries of {name}", None, None)]

    def deduplicate(self, entries: list[Directive], existing: list[Directive]) -> None:
        """Nothing: `extract` has compared already, and exactly."""

    def _reading(self, filepath: str) -> Reading:
        file = _file(filepath)
        if self._last is None or self._last[0] is not file:
            self._last = file, self.source.read(file, self._context)
        return self._last[1]

    @cached_property
    def _banks(self) -> tuple[BankSettings, ...]:
        return self.settings.tables("bank", BankSettings)

    @cached_property
    def _context(self) -> Context:
        books = loading.load(self.settings.path.parent)
        return context_of(books, _token(books, self.settings.practice.id))


def importers(folder: str | Path, *, for_fava: bool = False) -> list[Importer]:
    """The importers of a practice: its banks' profiles, its own files, practice systems that it names, remittances.

    Args:
        folder: the books folder.
        for_fava: give transactions alone, for Fava's page can show and save nothing else; the rest is imported by the
            extension when they are saved.

    Raises:
        DaysheetError: the settings or one of the practice's own profiles is wrong.
    """
    path = Path(folder).expanduser().resolve()
    settings = Settings.of(path)
    wanted = {bank.profile for bank in settings.tables("bank", BankSettings)}
    return [
        Importer(source, settings, for_fava=for_fava)
        for source in all_sources(path, settings)
        if source.kind not in ("bank", "payout") or source.name in wanted
    ]


def _added(before: list[Directive], after: list[Directive]) -> Iterator[Directive]:
    """The entries that are new; one that takes the place of another is a change to the books, which no script makes."""
    was = Counter(map(digest.meaning, before))
    is_now = Counter(map(digest.meaning, after))
    replaced = {_name(entry) for entry in before if not is_now[digest.meaning(entry)]} - {None}
    for entry in after:
        meaning = digest.meaning(entry)
        if was[meaning]:
            was[meaning] -= 1
        elif getattr(entry, "flag", "") != "P" and _name(entry) not in replaced:
            yield entry


def _is_carried(entry: Directive) -> bool:
    """Whether Fava's page hands an entry on as it is: of metadata it keeps texts alone. The rest comes later."""
    if not isinstance(entry, Transaction) or "remittance" in entry.meta:
        return False
    metas = [entry.meta, *(posting.meta or {} for posting in entry.postings)]
    own = {"filename", "lineno", "__tolerances__"}
    return all(isinstance(value, str) for meta in metas for key, value in meta.items() if key not in own)


def _is_secret(entry: Directive) -> bool:
    """Whether an entry says what the tokens are made with."""
    return isinstance(entry, Custom) and entry.type == token_secrets.TYPE


def _name(entry: Directive) -> tuple[str, ...] | None:
    """What an entry is a state of."""
    if isinstance(entry, Pad):
        return "pad", entry.account
    if isinstance(entry, Custom) and entry.type == "visit":
        return "visit", str(entry.values[0].value)
    if isinstance(entry, Transaction) and "payment" in entry.meta and "allocated" not in entry.meta:
        return "payment", str(entry.meta["payment"])
    return None


def _token(books: Books, practice: str) -> Callable[[str], str]:
    secret = cache(lambda: secret_of(books, practice, create=True).secret)
    return cache(lambda identifier: patients.token(identifier, secret()))


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
