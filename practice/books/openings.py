"""What books begin with that others kept before: the day, and receivables of bills that are not theirs.

Example:
    2026-07-01 custom "begins" "QuickBooks"
    2026-03-02 * "Receivable taken over" ^inv-OB1
      opening: TRUE
      patient: "pt-7f3a9c2b1d04"
      Assets:Receivable:Patients      50.00 USD
      Equity:Billing:Opening         -50.00 USD

Such a receivable ages from its own date and is collected; it is no charge, no claim and no number of a series.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Final

from beancount.core.data import Transaction
from daysheet.accounts import RECEIVABLE, is_under
from daysheet.books.books import Books
from daysheet.books.index import invoice_of, number_of
from daysheet.records import Invoice

OPENING: Final = "opening"
"""Metadata of an entry that was taken over."""

TAKEN_FROM: Final = "taken-from"
"""Metadata of such an entry: the beginning of the SHA-256 of the file that it is from."""

TAKEOVER_KINDS: Final = ("trial-balance", "chart-of-accounts", "open-items")
"""What files of another program's books are."""


def openings(books: Books) -> dict[str, Invoice]:
    """What each receivable that was taken over is of, by the id that payments name."""

    def work() -> dict[str, Invoice]:
        taken = (e for e in books.counted if isinstance(e, Transaction) and OPENING in e.meta and e.links)
        found: dict[str, Invoice] = {}
        for invoice in map(_invoice, taken):  # of one bill there are several, where several owe a part of it
            found.setdefault(invoice.id, invoice)
        found.pop("", None)
        return found

    return books.once("openings", work)


def bill_or_opening(books: Books, identifier: str | None) -> Invoice | None:
    """The bill of an id, else what was taken over under it; None where the books have neither."""
    bills = books.invoices.get(identifier) if identifier is not None else None
    return bills[0] if bills else openings(books).get(identifier or "")


def begin_of(books: Books) -> datetime.date:
    """The day on which the books begin; the first of all days where nothing says so."""
    return datetime.date.min if books.begins is None else books.begins.date


def _invoice(entry: Transaction) -> Invoice:
    meta = entry.meta
    owed = (number_of(posting) for posting in entry.postings if is_under(posting.account, RECEIVABLE))
    return Invoice(
        id=invoice_of(entry) or "",
        date=entry.date,
        visits=(),
        provider=meta.get("provider", ""),
        patient=meta.get("patient", ""),
        payer=meta.get("payer"),
        amount=sum(owed, Decimal()),
        due=meta.get("due"),
        meta=meta,
    )
