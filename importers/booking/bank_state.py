"""What an import knows of the accounts whose bank files it takes; made when the first of these files comes."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from itertools import islice

from beancount.core.data import Transaction
from daysheet.importers.booking import balance_assertions, dedupe
from daysheet.importers.booking.categories import UNCATEGORIZED, Categorize, categorizer
from daysheet.importers.booking.expected_remittances import RemittanceState
from daysheet.importers.booking.session import ImportSession
from daysheet.importers.booking.suggestions import Suggest, suggester
from daysheet.importers.settings import CategoryRule
from daysheet.records import BankLine
from daysheet.remittances import Remittance


class BankState:
    """The bank lines of one import.

    Attributes:
        fresh: the bank lines that this import has booked, by account and currency.
        withdrawn: what banks have replaced or taken back, by account.
        made: entries by the fingerprint of a row that shall become what they were made.
        corrected: the first day of which this import has taken a line out, by account and currency.
        wanted: the balances that its files prove, likewise.
        covered: the first and the last day that each of its files covers, likewise.
    """

    def __init__(self, session: ImportSession) -> None:
        """Nothing brought yet."""
        self._session = session
        self.fresh: dict[dedupe.Account, list[BankLine]] = defaultdict(list)
        withdrawn = dedupe.withdrawn_of(session.books.imported)
        self.withdrawn: dict[str, list[dedupe.Withdrawn]] = defaultdict(list, withdrawn)
        self.made: dict[str, Transaction] = {}
        self.corrected: dict[dedupe.Account, datetime.date] = {}
        self.wanted: dict[dedupe.Account, list[balance_assertions.Assertion]] = defaultdict(list)
        self.covered: dict[dedupe.Account, list[tuple[datetime.date, datetime.date]]] = defaultdict(list)
        self._sources: dict[dedupe.Account, list[tuple[str, int]]] = defaultdict(list)

    @cached_property
    def lines(self) -> dict[dedupe.Account, list[dedupe.Line]]:
        """The bank lines that the books have, by account and currency."""
        return dedupe.lines_of(self._session.books.entries, self._session.own)

    def lines_of(self, account: dedupe.Account) -> list[dedupe.Line]:
        """An account's lines, those that this import has booked among them."""
        lines, fresh = list(self.lines.get(account, ())), iter(self.fresh[account])
        for profile, count in self._sources[account]:
            lines += [dedupe.planned(row, profile) for row in islice(fresh, count)]
        return lines

    def brought(self, account: dedupe.Account, rows: Sequence[BankLine], profile: str) -> None:
        """Remember the lines that a file has brought to an account."""
        self.fresh[account] += rows
        self._sources[account].append((profile, len(rows)))

    @cached_property
    def categorize(self) -> Categorize:
        """What bank lines were for.

        Raises:
            DaysheetError: a rule in the settings is wrong.
        """
        rules = self._session.all_settings.tables("category", CategoryRule)
        return categorizer(rules, self._session.books.entries, self._session.own)

    @cached_property
    def suggest(self) -> Suggest | None:
        """A model's guesses, where the practice asks for them.

        Raises:
            DaysheetError: smart_importer is not installed.
        """
        session = self._session
        return suggester(session.books.entries, session.own, UNCATEGORIZED) if session.settings.suggest else None

    def remittance_of(self, row: BankLine) -> Remittance | None:
        """The remittance whose money a bank line brings, where one waits for it."""
        text = f"{row.payee} {row.narration}"
        return self._session.part(RemittanceState).brought_by(text, row.amount, row.date)
