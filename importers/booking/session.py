"""One import as it is put together: the books it goes into, what the files have brought, and what came of each."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Final

from beancount.core.data import Directive, Transaction
from beancount.core.getters import get_entry_accounts
from daysheet.accounts import CLEARING, is_under
from daysheet.books import Books
from daysheet.books.books import lines_of
from daysheet.cash.receipts import pending
from daysheet.errors import DaysheetError
from daysheet.importers.booking import balance_assertions, dedupe
from daysheet.importers.booking.categories import UNCATEGORIZED, Categorize, categorizer
from daysheet.importers.booking.expected_remittances import remittance_of
from daysheet.importers.booking.known import Known
from daysheet.importers.booking.suggestions import Suggest, suggester
from daysheet.importers.privacy import identifiers
from daysheet.importers.reading import Context, Reading, Skipped
from daysheet.importers.settings import BankSettings, CategoryRule, ImportSettings
from daysheet.importers.systems.undated import Days
from daysheet.importers.writing.writer import Batch
from daysheet.records import BankLine, Meta, Payment
from daysheet.remittances import Remittance
from daysheet.settings import Settings

AT_ONCE: Final = 2_000
"""How many records are booked, printed and parsed at a time, which bounds the memory that a large file takes."""

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
        known: the practice's records, with those that the files so far have brought.
        lines: the bank lines that the books have, by account and currency.
        own: the accounts whose files are imported.
        context: what sources may know.
        brought: ids of the visits that this import has booked.
        remitted: the remittances that this import has booked, by id.
        clears: whether this import has brought money to or from a clearing account.
        fresh: the bank lines that this import has booked, by account and currency.
        withdrawn: what banks have replaced or taken back, by account.
        corrected: the first day of which this import has taken a line out, by account and currency.
        wanted: the balances that its files prove, likewise.
        days: which exports give payments with their days.
    """

    def __init__(self, folder: Path, books: Books, settings: Settings, token: Callable[[str], str]) -> None:
        """Nothing taken yet.

        Raises:
            DaysheetError: the settings are wrong.
        """
        self.folder = folder
        self.books = books
        self.settings = settings.table("import", ImportSettings)
        self.banks = settings.tables("bank", BankSettings)
        self.batch = Batch(folder, books)
        self.known = Known(books)
        self.own = frozenset(bank.account for bank in self.banks)
        self.context = Context(
            token,
            books.currency,
            identifiers.providers_of(books),
            identifiers.payers_of(books),
            frozenset((*books.claims, *books.invoices, *books.visits)),
        )
        self.brought: set[str] = set()
        self.remitted: dict[str, Remittance] = {}
        self.clears = False
        self.fresh: dict[dedupe.Account, list[BankLine]] = defaultdict(list)
        self.withdrawn: dict[str, list[dedupe.Withdrawn]] = defaultdict(list, dedupe.withdrawn_of(books.imported))
        self.corrected: dict[dedupe.Account, datetime.date] = {}
        self._sources: dict[dedupe.Account, list[tuple[str, int]]] = defaultdict(list)
        self.wanted: dict[dedupe.Account, list[balance_assertions.Assertion]] = defaultdict(list)
        self.days = Days()
        self._rules = settings.tables("category", CategoryRule)

    @cached_property
    def lines(self) -> dict[dedupe.Account, list[dedupe.Line]]:
        """Found when the first bank file comes."""
        return dedupe.lines_of(self.books.entries, self.own)

    def lines_of(self, account: dedupe.Account) -> list[dedupe.Line]:
        """An account's lines, those that this import has booked among them."""
        lines, fresh = list(self.lines.get(account, ())), iter(self.fresh[account])
        for profile, count in self._sources[account]:
            lines += [dedupe.planned(row, profile) for row in islice(fresh, count)]
        return lines

    def brought_lines(self, account: dedupe.Account, rows: Sequence[BankLine], profile: str) -> None:
        """Remember the lines that a file has brought to an account."""
        self.fresh[account] += rows
        self._sources[account].append((profile, len(rows)))

    @cached_property
    def categorize(self) -> Categorize:
        """What bank lines were for.

        Raises:
            DaysheetError: a rule in the settings is wrong.
        """
        return categorizer(self._rules, self.books.entries, self.own)

    def remittance_of(self, row: BankLine) -> Remittance | None:
        """The remittance whose money a bank line brings, where one waits for it."""
        waiting = [*self._pending, *self.remitted.values()]
        text = f"{row.payee} {row.narration}"
        return remittance_of(text, row.amount, row.date, waiting, self.books) if waiting else None

    @cached_property
    def _pending(self) -> list[Remittance]:
        return pending(self.books)

    @cached_property
    def suggest(self) -> Suggest | None:
        """A model's guesses, where the practice asks for them.

        Raises:
            DaysheetError: smart_importer is not installed.
        """
        return suggester(self.books.entries, self.own, UNCATEGORIZED) if self.settings.suggest else None

    def add(self, entries: Mapping[str, Sequence[Directive]], taken: Taken) -> None:
        """Put directives into the batch, by file, and open their accounts.

        Raises:
            DaysheetError: one of them cannot be written, or is of a day on which its account is not open.
        """
        for path, group in entries.items():
            self.batch.add(path, group)
            taken.written[path] = None
            for entry in group:
                accounts = get_entry_accounts(entry)
                self._require_open(sorted(accounts), entry.date, taken)
                if isinstance(entry, Transaction):
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


def month_file(day: datetime.date, kind: str) -> str:
    """The file of a month and kind: `2026/2026-03-visits.beancount`."""
    return f"{day.year:04}/{day.year:04}-{day.month:02}-{kind}.beancount"


def short_name(profile: str) -> str:
    """A profile's name in the names of month files: without its country."""
    return re.sub(r"[^A-Za-z0-9-]", "-", _COUNTRY.sub("", profile))
