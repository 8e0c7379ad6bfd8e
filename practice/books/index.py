"""Visits, invoices, payments and adjustments out of entries: the one pass that has to be fast.

A bookkeeper's editor and Fava load the books again after every change, and most of what Daysheet adds to that is spent
here, waiting for memory. So the loop below is one function with local names, comes to each entry once, and touches
nothing of it without need; it is the only place in the domain that is written that way. It notes entries: the records
are made of them when they are asked for, and most loads ask for few.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any, Final, NamedTuple

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
from daysheet.records import COMPLETED, VISIT_STATUSES, Adjustment, Meta

INVOICE_LINK: Final = "inv-"
ALLOCATED: Final = "allocated"
"""Metadata of what was derived of payments: how a part of one was allocated. Such an entry is no payment itself."""
PREPAID: Final = "prepaid"
"""Metadata of a payment that is a true deposit: owed to the patient, and nobody's income, until a bill takes it."""
DIGITS: Final = "0123456789"
_MOST_DIGITS: Final = 15
_DASH: Final = slice(-9, -8)
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


_OWED, _CHARGED, _BILLED, _CLEARS, _NOBODYS = 1, 2, 3, 4, 5


@cache
def _role_of(account: str) -> int:
    """What an account is to an invoice."""
    if is_under(account, RECEIVABLE):
        return _OWED
    if is_under(account, BILLING_CHARGES):
        return _CHARGED
    if is_under(account, BILLING):
        return _BILLED
    if account == INCOME_UNASSIGNED:
        return _NOBODYS
    return _CLEARS if is_under(account, CLEARING) else 0


def index_entries(entries: Iterable[Any]) -> Indexes:  # noqa: C901, PLR0912, PLR0915 - see above
    """The indexes of these entries, which are sorted by date.

    One that cannot be understood is named in `errors`, at its line.
    """
    index = Indexes()
    roles: dict[str, int] = {}
    owed, pop_owed = index.owed, index.owed.pop
    beyond, took_place = index.beyond, index.took_place
    visits, never_billed, pop_visit = index.visits, index.never_billed, index.never_billed.pop
    bills, billed, invoices, charges = index.bills.append, index.billed, index.invoices, index.charges.append
    series, places = "", index.numbered.setdefault("", {})
    wanted: Any = Transaction  # to be compared with only: a type checker would ask each amount whether it is there
    for entry in entries:
        if type(entry) is not wanted:
            if type(entry) is not Custom or entry.type != "visit":
                index.others.append(entry)
                continue
            try:
                (identifier, _), (provider, _), (status, _) = entry.values
            except ValueError:
                status = None
            if (status != COMPLETED and status not in VISIT_STATUSES) or identifier in visits:
                index.errors.append(_refused_visit(entry, visits))
                continue
            visits[identifier] = entry
            if status != COMPLETED:
                index.not_kept.append(identifier)
                continue
            if identifier not in billed:
                never_billed[identifier] = entry
            day = entry.date
            try:
                took_place[provider][day] += 1
            except KeyError:
                took_place.setdefault(provider, {})[day] = 1
            continue
        links = entry.links
        linked = None
        of_several = len(links) != 1
        for link in links:
            if link.startswith(INVOICE_LINK):  # most links hold the whole id, and `invoice_of` need not be asked
                linked = invoice_of(entry) if of_several or link[_DASH] == "-" else link[4:]
                break
        otherwise = linked
        allocated = ALLOCATED in entry.meta
        if allocated:  # its leg without an invoice is money on account
            of_several, otherwise = True, None
        memo = charge = None
        on_its_way = loose = False
        postings = entry.postings
        of_two = len(postings) == 2
        for posting in postings:
            account = posting.account
            try:
                role = roles[account]
            except KeyError:
                role = roles[account] = _role_of(account)
            if not role:
                continue
            if role == _CLEARS:
                on_its_way = True
                continue
            if role == _NOBODYS:
                loose = True
                continue
            if memo is None:
                memo = number = posting.units.number
            elif of_two:  # the other leg takes what the first one gives
                number, memo = -memo, None
            else:
                number = posting.units.number
                memo += number
            if role == _OWED:
                invoice = otherwise
                if of_several and posting.meta:
                    invoice = posting.meta.get("invoice", otherwise)
                if invoice is None:
                    invoice = entry.meta.get("patient")
                    loose = True
                before = pop_owed(invoice, None)  # most are settled by their payment: so few are kept, and near
                if before is not None:
                    number += before
                if number:
                    owed[invoice] = number
                    if number < 0:
                        beyond[invoice] = entry
            elif role == _CHARGED:
                charge = -number if charge is None else charge - number
        if memo:
            message = (
                f"receivables and {BILLING} move apart by {_ZERO + memo}: write the equity leg of each receivable leg"
            )
            index.errors.append(BookError(entry.meta, message, entry))
        meta = entry.meta
        if allocated:
            index.allocations.append(entry)
            continue
        if on_its_way and charge is None:  # a payment, or a deposit
            if loose or (memo is None and PREPAID in meta):
                index.on_account.append(entry)
            continue
        if "payment" in meta:
            if loose:
                index.on_account.append(entry)
            continue
        if "adjustment" in meta:
            _add_adjustment(index, entry, linked)
        elif charge is not None and linked is not None:
            bills(entry)
            if "payer" in meta:
                index.insured.append(entry)
            leg = postings[-1].meta
            if leg and "line" in leg:
                index.lined.append(entry)
            if linked in invoices:
                index.repeated.setdefault(linked, [invoices[linked]]).append(entry)
            else:
                before_number = linked.rstrip(DIGITS)
                if before_number != series:
                    series, places = before_number, index.numbered.setdefault(before_number, {})
                if 0 < len(linked) - len(series) <= _MOST_DIGITS:
                    places[int(linked[len(series) :])] = len(invoices)
                invoices[linked] = entry
                charges(charge)
            named = meta.get("visit", "")
            visit = pop_visit(named, None)
            if visit is not None:
                billed[named] = entry
                if visit.date != entry.date:
                    index.apart.append(entry)
                continue
            if named not in visits or visits[named].date != entry.date:
                index.apart.append(entry)
            for identifier in named.split():
                if identifier in billed:
                    index.rebilled.setdefault(identifier, [billed[identifier]]).append(entry)
                else:
                    billed[identifier] = entry
                    pop_visit(identifier, None)
    return index


def owed(entry: Transaction) -> Iterator[tuple[str | None, Posting]]:
    """An entry's postings to receivable accounts, each with the invoice that it is of.

    A posting says so itself, by `invoice`, where the entry is linked to several invoices or to none, or was derived of
    a payment. One of no invoice is on the account of the entry's patient, and stands under their token.
    """
    allocated = ALLOCATED in entry.meta
    linked = None if allocated else invoice_of(entry)
    alone = len(entry.links) == 1 and not allocated
    for posting in entry.postings:
        if _role_of(posting.account) == _OWED:
            of_posting = None if alone else posting.meta
            yield (of_posting or {}).get("invoice", linked) or entry.meta.get("patient"), posting


def clears(entry: Transaction) -> bool:
    """Whether an entry moves money on its way to the bank."""
    return any(_role_of(posting.account) == _CLEARS for posting in entry.postings)


def invoice_of(entry: Transaction) -> str | None:
    """The invoice that an entry is linked to; the first by name, where there are several.

    A link that cannot hold the whole id ends in a dash and eight digits; then `invoice` says it.
    """
    for link in entry.links if len(entry.links) == 1 else sorted(entry.links):
        if link.startswith(INVOICE_LINK):
            exact = entry.meta.get("invoice") if link[_DASH] == "-" else None
            return exact or link[len(INVOICE_LINK) :]
    return None


def number_of(posting: Posting) -> Decimal:
    """The number of a posting of a booked transaction, whose amounts are all there."""
    number: Decimal = posting.units.number  # type: ignore[union-attr,assignment]
    return number


def _refused_visit(entry: Custom, visits: Mapping[str, Custom]) -> BookError:
    """Why a visit is not among these: it is malformed, or its id is taken."""
    if len(entry.values) == 3 and entry.values[2].value in VISIT_STATUSES:
        identifier = entry.values[0].value
        first = visits[identifier].meta
        message = f"visit {identifier} stands twice, first at {first['filename']}:{first['lineno']}; remove one"
    else:
        known = ", ".join(VISIT_STATUSES)
        message = f'visit: write custom "visit" "ID" "PROVIDER" "STATUS", the status one of {known}'
    return BookError(entry.meta, message, entry)


def _add_adjustment(index: Indexes, entry: Transaction, invoice: str | None) -> None:
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
