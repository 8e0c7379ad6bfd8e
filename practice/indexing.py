"""Invoices, payments and adjustments out of transactions: the one pass that has to be fast.

A bookkeeper's editor and Fava load the books again after every change, and most of what Daysheet adds to that is spent
here. So the loop below is one function with local names, looks each account's role up in a dictionary, and makes
records past their constructors; it is the only place in the domain that is written that way.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, NamedTuple

from beancount.core.data import Directive, Transaction
from daysheet.accounts import BILLING, BILLING_CHARGES, CLEARING, RECEIVABLE, RECEIVABLE_PATIENTS, is_under
from daysheet.records import Adjustment, Invoice, Meta, Payment

INVOICE_LINK: Final = "inv-"
_ZERO: Final = Decimal()


class Receivable(NamedTuple):
    """One posting to a receivable account: positive when the practice is owed more; `meta` is its transaction's."""

    date: datetime.date
    account: str
    amount: Decimal
    meta: Meta


class BookError(NamedTuple):
    """A practice entry that cannot be understood; the shape Beancount prints."""

    source: Meta
    message: str
    entry: Directive | None


@dataclass(slots=True)
class Indexes:
    """What transactions say of a practice, by id; `Books` says what each is."""

    invoices: dict[str, list[Invoice]] = field(default_factory=dict)
    invoices_of_visit: dict[str, list[Invoice]] = field(default_factory=dict)
    payments: dict[str, Payment] = field(default_factory=dict)
    payments_of_invoice: dict[str | None, list[Payment]] = field(default_factory=dict)
    adjustments_of_invoice: dict[str, list[Adjustment]] = field(default_factory=dict)
    receivable: dict[str | None, list[Receivable]] = field(default_factory=dict)
    clearing: list[Transaction] = field(default_factory=list)
    errors: list[BookError] = field(default_factory=list)


_OWED, _CHARGED, _BILLED, _EARNED, _CLEARS = 1, 2, 3, 4, 5


class _Roles(dict[str, int]):
    """What an account is to an invoice, worked out once for each account."""

    def __missing__(self, account: str) -> int:
        if is_under(account, RECEIVABLE):
            role = _OWED
        elif is_under(account, BILLING_CHARGES):
            role = _CHARGED
        elif is_under(account, BILLING):
            role = _BILLED
        elif is_under(account, CLEARING):
            role = _CLEARS
        else:
            role = _EARNED if account.startswith(("Income:", "Liabilities:")) else 0
        self[account] = role
        return role


def index_transactions(transactions: Iterable[Any]) -> Indexes:  # noqa: C901, PLR0912, PLR0915 - see above
    """The indexes of these transactions, which are sorted by date.

    One that cannot be understood is named in `errors`, at its line.
    """
    index = Indexes()
    roles = _Roles()
    receivable, clearing, errors = index.receivable, index.clearing, index.errors
    invoices, invoices_of_visit = index.invoices, index.invoices_of_visit
    payments, payments_of_invoice = index.payments, index.payments_of_invoice
    make = tuple.__new__
    for entry in transactions:
        meta, date, _, _, _, _, links, postings = entry
        linked = None
        for link in links:
            if link.startswith(INVOICE_LINK):
                linked = meta.get("invoice") or link[4:]
                break
        memo = earned = _ZERO
        charge = None
        clears = False
        for posting in postings:
            account = posting.account
            role = roles[account]
            if not role:
                continue
            number = posting.units.number
            if role == _OWED:
                memo += number
                invoice = posting.meta.get("invoice", linked) if posting.meta else linked
                owed = make(Receivable, (date, account, number, meta))
                if invoice in receivable:
                    receivable[invoice].append(owed)
                else:
                    receivable[invoice] = [owed]
            elif role == _EARNED:
                earned -= number
            elif role == _CLEARS:
                clears = True
            else:
                memo += number
                if role == _CHARGED:
                    charge = -number if charge is None else charge - number
        if clears:
            clearing.append(entry)
        if memo:
            message = f"receivables and {BILLING} move apart by {memo}: write the equity leg of each receivable leg"
            errors.append(BookError(meta, message, entry))
        if "payment" in meta:
            identifier = meta["payment"]
            get = meta.get
            payment = make(
                Payment,
                (identifier, date, linked, get("payer"), get("method", ""), earned, get("reference"), meta),
            )
            payments[identifier] = payment
            if linked in payments_of_invoice:
                payments_of_invoice[linked].append(payment)
            else:
                payments_of_invoice[linked] = [payment]
        elif "adjustment" in meta:
            _add_adjustment(index, entry, linked)
        elif charge is not None and linked is not None:
            get = meta.get
            named = get("visit", "")
            visits = tuple(named.split()) if " " in named else (named,) if named else ()
            bill = make(
                Invoice,
                (linked, date, visits, get("provider", ""), get("patient", ""), get("payer"), charge, get("due"), meta),
            )
            if linked in invoices:
                invoices[linked].append(bill)
            else:
                invoices[linked] = [bill]
            for visit in visits:
                if visit in invoices_of_visit:
                    invoices_of_visit[visit].append(bill)
                else:
                    invoices_of_visit[visit] = [bill]
    return index


def _add_adjustment(index: Indexes, entry: Transaction, invoice: str | None) -> None:
    if invoice is None:
        message = f"adjustment {entry.meta['adjustment']} names no invoice; link it with ^{INVOICE_LINK}…"
        index.errors.append(BookError(entry.meta, message, entry))
        return
    # what moves between payers adds up to nothing: it counts as what the patient owes instead of the insurer
    amount = -_moved(entry, RECEIVABLE) or _moved(entry, RECEIVABLE_PATIENTS)
    adjustment = Adjustment(
        entry.meta["adjustment"], entry.date, invoice, entry.meta.get("kind", ""), amount, entry.meta
    )
    index.adjustments_of_invoice.setdefault(invoice, []).append(adjustment)


def _moved(entry: Transaction, root: str) -> Decimal:
    """What an entry adds to the accounts under `root`."""
    postings: Iterable[Any] = (posting for posting in entry.postings if is_under(posting.account, root))
    return sum((posting.units.number for posting in postings), _ZERO)
