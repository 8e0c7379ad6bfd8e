"""What the books already hold, as a file is booked: the practice's records by id.

It starts as the books are, and grows by each record that the files before have brought, so that a payment finds an
invoice of the same import.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from itertools import chain

from daysheet.accounts import RECEIVABLE_INSURANCE, account_part
from daysheet.books import Books
from daysheet.books.openings import openings
from daysheet.importers.reading import Record
from daysheet.records import Adjustment, Allotment, Claim, Invoice, Line, Payment, Visit
from daysheet.submissions import Answer

ANY_INSURER = "insurance"
"""The payer of exports that say an insurer owes or paid, and not which."""


class Known:
    """The practice's records by what identifies them; several where an id stands for several lines.

    Attributes:
        books: the books as they were loaded.
        visits: by visit id.
        invoices: the charges of each invoice, by invoice id.
        payments: by payment id; one payment may be split over several invoices.
        adjustments: by adjustment id.
        lines: the bill and the line of each line's id.
        allotments: what a pay-split export has said of payments, by its id.
        claims: the states of a claim, by claim id.
        answers: what was answered to a claim or a file of claims, by its number.
        transferred: invoices of which a part was moved from the insurer to the patient.
        paid_unassigned: payments of invoices that the books did not know, by invoice id.
    """

    def __init__(self, books: Books) -> None:
        """All that the books hold."""
        self.books = books
        self.visits: dict[str, Visit] = {}
        self.invoices: dict[str, list[Invoice]] = defaultdict(list)
        self.payments: dict[str, list[Payment]] = defaultdict(list)
        self.adjustments: dict[str, list[Adjustment]] = defaultdict(list)
        self.lines: dict[str, tuple[Invoice, Line]] = {}
        self.allotments: dict[str, list[Allotment]] = defaultdict(list)
        self.claims: dict[str, list[Claim]] = defaultdict(list)
        self.answers: dict[str, list[Answer]] = defaultdict(list)
        self.transferred: set[str] = set()
        self.paid_unassigned: dict[str, list[Payment]] = defaultdict(list)
        groups: Iterable[Iterable[Record]] = (
            books.visits.values(),
            books.bills,
            openings(books).values(),
            chain.from_iterable(books.payments_of_invoice.values()),
            chain.from_iterable(books.adjustments_of_invoice.values()),
            chain.from_iterable(books.claims.values()),
            books.allotted,
            books.answers,
        )
        for record in chain.from_iterable(groups):
            self.add(record)

    def add(self, record: Record) -> None:
        """Remember a record."""
        if isinstance(record, Visit):
            self.visits[record.id] = record
        elif isinstance(record, Invoice):
            self.invoices[record.id].append(record)
            for line in record.lines:
                self.lines[line.id] = record, line
        elif isinstance(record, Payment):
            self.payments[record.id].append(record)
            if record.invoice is not None and record.invoice not in self.invoices:
                self.paid_unassigned[record.invoice].append(record)
        elif isinstance(record, Adjustment):
            self.adjustments[record.id].append(record)
            if record.kind == "transfer":
                self.transferred.add(record.invoice)
        elif isinstance(record, Allotment):
            self.allotments[record.id].append(record)
        else:
            self._add_claim(record)

    def _add_claim(self, record: Record) -> None:
        if isinstance(record, Claim):
            self.claims[record.id].append(record)
        elif isinstance(record, Answer):
            self.answers[record.id].append(record)

    def receivable(self, payer: str, day: datetime.date) -> str:
        """The account of what a payer owes on invoices of a day: its fact's, else one by its name."""
        fact = self.books.payer_on(payer, day)
        if fact is not None:
            return fact.receivable
        return RECEIVABLE_INSURANCE if payer == ANY_INSURER else f"{RECEIVABLE_INSURANCE}:{account_part(payer)}"
