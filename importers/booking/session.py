"""One import as it is put together: the books it goes into, what the files have brought, and what came of each."""

from __future__ import annotations

import datetime
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

from beancount.core.data import Directive, Transaction
from beancount.core.getters import get_entry_accounts
from daysheet.accounts import CLEARING, is_under
from daysheet.billing import payers
from daysheet.billing.lines import bill_of_line
from daysheet.books import Books
from daysheet.books.books import lines_of
from daysheet.errors import DaysheetError
from daysheet.importers.booking.known import Known
from daysheet.importers.privacy import identifiers
from daysheet.importers.reading import Context, Reading, Skipped
from daysheet.importers.settings import BankSettings, ImportSettings
from daysheet.importers.writing.writer import Batch
from daysheet.records import BankLine, Meta, Payment, Visit
from daysheet.settings import Settings
from daysheet.wording import many

AT_ONCE: Final = 2_000
"""How many records are booked, printed and parsed at a time, which bounds the memory that a large file takes."""

Part = TypeVar("Part")

_COUNTRY: Final = re.compile(r"^[a-z]{2}-")


@dataclass(frozen=True)
class Changed:
    """A record that the books have otherwise, and keep so: its row, what differs, and where the books have it."""

    row: int
    what: str
    where: Meta


@dataclass
class Taken:
    """What became of one file.

    Attributes:
        file: its path, as given.
        reading: what it held.
        sha256: the digest of its bytes.
        booked: rows that are new to the books, or take the place of an earlier state.
        known: rows that the books had.
        skipped: rows that give no record, and rows that repeat another.
        amounts: money in the file, by currency; `booked_amounts` and `known_amounts` are its parts.
        changed: known rows that the books have otherwise.
        asserted: how many balances the import has written assertions of.
        uncategorized: new bank lines that a person must look at.
        withdrawn: the entries that the bank replaces or takes back in it, by account, as an `imported` holds them.
        notes: sentences about the file as a whole.
        paid: its payments that the books have now.
        allocated: the sum of these by how it was allocated.
        written: files of the books that it changes.
        locked: how many entries it brings to years that are locked.
    """

    file: Path
    reading: Reading
    sha256: str = ""
    booked: int = 0
    known: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    amounts: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    booked_amounts: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    known_amounts: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    changed: list[Changed] = field(default_factory=list)
    asserted: int = 0
    uncategorized: list[BankLine] = field(default_factory=list)
    withdrawn: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    paid: list[Payment] = field(default_factory=list)
    allocated: dict[str, Decimal] = field(default_factory=dict)
    written: dict[str, None] = field(default_factory=dict)
    locked: Counter[int] = field(default_factory=Counter)

    def warnings(self) -> list[str]:
        """What to say before it is written: which locked years it brings entries to; the notes say so as well."""
        found = []
        for year, count in sorted(self.locked.items()):
            entries = f"{many(count, 'entry', 'entries')} of {year}"
            self.notes.append(f"{entries}, which is locked: check will name the months that change")
            found.append(f"{self.file.name} brings {entries}, and {year} is locked")
        return found

    @property
    def path(self) -> str:
        """The file's path as text."""
        return str(self.file)


class OneByOneError(Exception):
    """A file changes what an earlier one of the same import has brought: that must be in the books first."""


class ImportSession:
    """The state of one import.

    Attributes:
        folder: the books folder.
        books: the books as they were loaded.
        batch: the changes so far.
        settings: the `[import]` table; `all_settings` are those of every table.
        own: the accounts whose files are imported.
        context: what sources may know.
        brought: ids of the visits that this import has booked.
        clears: whether this import has brought money to or from a clearing account.
    """

    def __init__(self, folder: Path, books: Books, settings: Settings, token: Callable[[str], str]) -> None:
        """Nothing taken yet.

        Raises:
            DaysheetError: the settings are wrong.
        """
        self.folder = folder
        self.books = books
        self.all_settings = settings
        self.settings = settings.table("import", ImportSettings)
        self.banks = settings.tables("bank", BankSettings)
        self.batch = Batch(folder, books)
        self.own = frozenset(bank.account for bank in self.banks)
        self.context = context_of(books, token)
        self.brought: set[str] = set()
        self.clears = False
        self._parts: dict[Any, Any] = {}

    @cached_property
    def known(self) -> Known:
        """The practice's records in the books, and those that the files so far have brought; a bank's file asks not."""
        return Known(self.books)

    def forget(self, visits: Iterable[Visit]) -> None:
        """Keep no more of visits that were booked: of a long file, which no other file's records are booked beside."""
        for visit in visits:
            self.brought.discard(visit.id)
            if visit.id not in self.books.visits:
                self.known.visits.pop(visit.id, None)

    def part(self, kind: Callable[[ImportSession], Part]) -> Part:
        """What only one kind of file needs, such as `BankState`; made when a file of that kind first asks for it."""
        if kind not in self._parts:
            self._parts[kind] = kind(self)
        part: Part = self._parts[kind]
        return part

    def add(self, entries: Mapping[str, Sequence[Directive]], taken: Taken) -> None:
        """Put directives into the batch, by file, and open their accounts.

        Raises:
            DaysheetError: one of them cannot be written, or is of a day on which its account is not open.
        """
        for path, group in entries.items():
            self.batch.add(path, group)
            taken.written[path] = None
            if self.books.locks:
                taken.locked.update(entry.date.year for entry in group if entry.date.year in self.books.locks)
            # thousands of a bank's lines are of the same accounts on the same days: each is looked at once
            met = dict.fromkeys(
                (frozenset(get_entry_accounts(entry)), entry.date, isinstance(entry, Transaction)) for entry in group
            )
            for accounts, day, moves in met:
                self._require_open(sorted(accounts), day, taken)
                if moves:
                    self.batch.open(accounts)
                    self.clears = self.clears or any(is_under(account, CLEARING) for account in accounts)

    def _require_open(self, accounts: Sequence[str], day: datetime.date, taken: Taken) -> None:
        for account in accounts:
            opened, closed = self.books.opened.get(account), self.books.closed.get(account)
            if opened is not None and day < opened.date:
                message = f"has something of {day}, but {account} is open only from {opened.date}"
                where, remedy = opened.meta, "give its open an earlier day there"
            elif closed is not None and day >= closed.date:
                message = f"has something of {day}, but {account} is closed since {closed.date}"
                where, remedy = closed.meta, "give its close a later day there, or remove it"
            else:
                continue
            (line,) = lines_of([where])
            raise DaysheetError(f"{message} ({line})", filename=taken.file, remedy=remedy)

    def place(self, where: Meta) -> str:
        """Where something stands, for a person: the file of the books, or the name of a file of this import."""
        path = Path(where["filename"]).resolve()
        inside = path.is_relative_to(self.folder.resolve())
        return f"{self.relative(path) if inside else path.name}:{where['lineno']}"

    def relative(self, path: Path) -> str:
        """A file of the books as named from their folder."""
        return path.resolve().relative_to(self.folder.resolve()).as_posix()


def context_of(books: Books, token: Callable[[str], str]) -> Context:
    """What a source may know of these books, with how a patient becomes a token."""
    return Context(
        token,
        books.currency,
        identifiers.providers_of(books),
        identifiers.payers_of(books),
        payers.ClaimNumbers(lambda: (*books.claims, *books.invoices, *books.visits, *bill_of_line(books))),
        payer_called=lambda name, numbers: payers.payer_called(name, numbers, books),
        provider_called=lambda number, name: identifiers.provider_called(number, name, books),
    )


def month_file(day: datetime.date, kind: str) -> str:
    """The file of a month and kind: `2026/2026-03-visits.beancount`."""
    return f"{day.year:04}/{day.year:04}-{day.month:02}-{kind}.beancount"


@lru_cache(maxsize=1024)
def short_name(profile: str) -> str:
    """A profile's name in the names of month files: without its country."""
    return re.sub(r"[^A-Za-z0-9-]", "-", _COUNTRY.sub("", profile))
