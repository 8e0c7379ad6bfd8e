"""Bank lines that bring the money of a remittance, recognised when no rule of the practice says what they are for.

By the trace number in the bank's text, else by the insurer's name and the amount, else by the amount if only one
remittance waits for it; always near the day that the remittance gives.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from beancount.core.data import Transaction
from daysheet.accounts import UNCATEGORIZED_INCOME
from daysheet.books import Books
from daysheet.cash.receipts import comparable, is_bank, names_of, pending, words_of
from daysheet.importers.booking.session import ImportSession
from daysheet.remittances import Remittance

_BEFORE: Final = datetime.timedelta(days=5)
_AFTER: Final = datetime.timedelta(days=14)


def remittance_of(
    text: str, amount: Decimal, day: datetime.date, waiting: Iterable[Remittance], books: Books
) -> Remittance | None:
    """The remittance whose money a bank line brings; None if there is none, or no telling which."""
    words = words_of(text)
    fitting = [
        remittance
        for remittance in waiting
        if remittance.amount == amount and remittance.effective - _BEFORE <= day <= remittance.effective + _AFTER
    ]
    traced = [remittance for remittance in fitting if comparable(remittance.trace) in words]
    named = [remittance for remittance in fitting if names_of(remittance.payer, books) & words]
    return next((found[0] for found in (traced, named, fitting) if len(found) == 1), None)


class RemittanceState:
    """The remittances of one import.

    Attributes:
        booked: those that this import has booked, by id.
    """

    def __init__(self, session: ImportSession) -> None:
        """Nothing booked yet."""
        self._books = session.books
        self.booked: dict[str, Remittance] = {}

    @cached_property
    def _pending(self) -> list[Remittance]:
        return pending(self._books)

    def brought_by(self, text: str, amount: Decimal, day: datetime.date) -> Remittance | None:
        """The remittance whose money a bank line brings, where one waits for it."""
        waiting = [*self._pending, *self.booked.values()]
        return remittance_of(text, amount, day, waiting, self._books) if waiting else None


def uncategorized(books: Books) -> Iterator[Transaction]:
    """The entries of bank lines that nobody has categorized yet and that bring a remittance's money."""
    waiting = pending(books)
    if not waiting:
        return
    for entry in books.entries:
        if isinstance(entry, Transaction) and entry.flag == "!" and len(entry.postings) == 2:
            bank, other = entry.postings
            if is_bank(bank.account) and other.account == UNCATEGORIZED_INCOME:
                units: Any = bank.units
                text = f"{entry.payee or ''} {entry.narration or ''} {entry.meta.get('memo', '')}"
                found = remittance_of(text, units.number, entry.date, waiting, books)
                if found is not None:
                    waiting.remove(found)
                    yield entry
