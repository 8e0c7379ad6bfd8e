"""What a ledger says of visits, invoices, payments and adjustments, as entries, and what each entry says."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Final, NamedTuple

from beancount.core.data import Custom, Directive, Posting, Transaction
from daysheet.accounts import (
    BILLING,
    BILLING_CHARGES,
    CLEARING,
    INCOME_UNASSIGNED,
    RECEIVABLE,
    RECEIVABLE_PATIENTS,
    is_under,
)
from daysheet.records import VISIT_STATUSES, Adjustment, Meta

INVOICE_LINK: Final = "inv-"
ALLOCATED: Final = "allocated"
"""Metadata of what was derived of payments: how a part of one was allocated. Such an entry is no payment itself."""
PREPAID: Final = "prepaid"
"""Metadata of a payment that is a true deposit: owed to the patient, and nobody's income, until a bill takes it."""
DIGITS: Final = "0123456789"
MOST_DIGITS: Final = 15
DASH: Final = slice(-9, -8)
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
    """What visits and transactions say of a practice, as entries; `Books` says what each is.

    Attributes:
        visits: by visit id.
        took_place: how many visits were completed, by provider and day.
        not_kept: the ids of the visits that were not completed.
        never_billed: those of the completed visits that no bill names.
        bills: every invoice, reversals included, in date order.
        apart: those of the bills that are not known to be for a single visit of their own day.
        insured: those of the bills that name a payer.
        lined: those of the bills whose legs are procedures.
        invoices: the first bill of each invoice id.
        charges: what each of these bills charges.
        numbered: the places of these ids among them by the number they end in, by what stands before it.
        repeated: all bills of each invoice id that was used more than once.
        billed: the first bill of each visit id.
        rebilled: all bills of each visit id that is billed more than once.
        adjustments_of_invoice: by invoice id.
        on_account: the payments and adjustments that name no invoice, and payments whose income is nobody's yet.
        allocations: what was derived of them, and of other payments.
        owed: the sum of an invoice's receivable postings, where it is not zero; of money on account by patient.
        beyond: the transaction that last left this sum below zero.
        others: the entries that are neither visits nor transactions.
        errors: what could not be understood.
    """

    visits: dict[str, Custom] = field(default_factory=dict)
    took_place: dict[str, dict[datetime.date, int]] = field(default_factory=dict)
    not_kept: list[str] = field(default_factory=list)
    never_billed: dict[str, Custom] = field(default_factory=dict)
    bills: list[Transaction] = field(default_factory=list)
    apart: list[Transaction] = field(default_factory=list)
    insured: list[Transaction] = field(default_factory=list)
    lined: list[Transaction] = field(default_factory=list)
    invoices: dict[str, Transaction] = field(default_factory=dict)
    charges: list[Decimal] = field(default_factory=list)
    numbered: dict[str, dict[int, int]] = field(default_factory=dict)
    repeated: dict[str, list[Transaction]] = field(default_factory=dict)
    billed: dict[str, Transaction] = field(default_factory=dict)
    rebilled: dict[str, list[Transaction]] = field(default_factory=dict)
    adjustments_of_invoice: dict[str, list[Adjustment]] = field(default_factory=dict)
    on_account: list[Transaction] = field(default_factory=list)
    allocations: list[Transaction] = field(default_factory=list)
    owed: dict[str | None, Decimal] = field(default_factory=dict)
    beyond: dict[str | None, Transaction] = field(default_factory=dict)
    others: list[Directive] = field(default_factory=list)
    errors: list[BookError] = field(default_factory=list)


OWED, CHARGED, BILLED, CLEARS, NOBODYS = 1, 2, 3, 4, 5


@cache
def role_of(account: str) -> int:
    """What an account is to an invoice."""
    if is_under(account, RECEIVABLE):
        return OWED
    if is_under(account, BILLING_CHARGES):
        return CHARGED
    if is_under(account, BILLING):
        return BILLED
    if account == INCOME_UNASSIGNED:
        return NOBODYS
    return CLEARS if is_under(account, CLEARING) else 0


def owed(entry: Transaction) -> Iterator[tuple[str | None, Posting]]:
    """An entry's postings to receivable accounts, each with the invoice that it is of, as `whose` says."""
    owing = [posting for posting in entry.postings if role_of(posting.account) == OWED]
    if owing:  # of every other entry, whose bill it is need not be asked
        yield from whose(entry, owing)


def whose(entry: Transaction, owing: Iterable[Posting]) -> list[tuple[str | None, Posting]]:
    """These postings of an entry to receivable accounts, each with the invoice that it is of.

    A posting says so itself, by `invoice`, where the entry is linked to several invoices or to none, or was derived of
    a payment. One of no invoice is on the account of the entry's patient, and stands under their token.
    """
    meta, allocated = entry.meta, ALLOCATED in entry.meta
    linked = None if allocated else invoice_of(entry)
    if len(entry.links) == 1 and not allocated:
        alone = linked or meta.get("patient")
        return [(alone, posting) for posting in owing]
    return [((posting.meta or {}).get("invoice", linked) or meta.get("patient"), posting) for posting in owing]


def invoice_of(entry: Transaction) -> str | None:
    """The invoice that an entry is linked to; the first by name, where there are several.

    A link that cannot hold the whole id ends in a dash and eight digits; then `invoice` says it.
    """
    for link in entry.links if len(entry.links) == 1 else sorted(entry.links):
        if link.startswith(INVOICE_LINK):
            exact = entry.meta.get("invoice") if link[DASH] == "-" else None
            return exact or link[len(INVOICE_LINK) :]
    return None


def number_of(posting: Posting) -> Decimal:
    """The number of a posting of a booked transaction, whose amounts are all there."""
    number: Decimal = posting.units.number  # type: ignore[union-attr,assignment]
    return number


def refused_visit(entry: Custom, visits: Mapping[str, Custom]) -> BookError:
    """Why a visit is not among these: it is malformed, or its id is taken."""
    if len(entry.values) == 3 and entry.values[2].value in VISIT_STATUSES:
        identifier = entry.values[0].value
        first = visits[identifier].meta
        message = f"visit {identifier} stands twice, first at {first['filename']}:{first['lineno']}; remove one"
    else:
        known = ", ".join(VISIT_STATUSES)
        message = f'visit: write custom "visit" "ID" "PROVIDER" "STATUS", the status one of {known}'
    return BookError(entry.meta, message, entry)


def add_adjustment(index: Indexes, entry: Transaction, invoice: str | None) -> None:
    """Note an adjustment under its invoice, or as money on account where it names only the patient."""
    if invoice is None and entry.meta.get("patient"):
        index.on_account.append(entry)
        invoice = ""
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
    return sum((number_of(posting) for posting in entry.postings if is_under(posting.account, root)), _ZERO)
