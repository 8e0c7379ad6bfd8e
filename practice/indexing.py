"""Visits, invoices, payments and adjustments out of entries: the one pass that has to be fast.

A bookkeeper's editor and Fava load the books again after every change, and most of what Daysheet adds to that is spent
here, waiting for memory. So the loop below is one function with local names, comes to each entry once, touches nothing
of it without need, keeps one object of equal names and days, and makes visits and invoices past their constructors; it
is the only place in the domain that is written that way. What most loads do not ask for it leaves to be made from the
transactions that it notes: payments, and the single postings of a receivable.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, NamedTuple

from beancount.core.data import Custom, Directive, Posting, Transaction
from daysheet.accounts import BILLING, BILLING_CHARGES, CLEARING, RECEIVABLE, RECEIVABLE_PATIENTS, is_under
from daysheet.records import COMPLETED, VISIT_STATUSES, Adjustment, Invoice, Meta, Payment, Visit

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


class Receivables(Mapping[str | None, list[Receivable]]):
    """The receivable postings of each invoice in date order, made when asked for; None for those of no invoice.

    Most invoices are settled, and all that a check wants of them is that nothing is owed.
    """

    def __init__(self, invoices: Sequence[str | None], entries: Sequence[Transaction]) -> None:
        """Of these transactions: each postings' invoice and, beside it, its transaction."""
        self._invoices = invoices
        self._entries = entries
        self._made: dict[str | None, list[Receivable]] = {}

    @cached_property
    def _touched(self) -> dict[str | None, list[Transaction]]:
        return _grouped(zip(self._invoices, self._entries, strict=True))

    def __getitem__(self, invoice: str | None) -> list[Receivable]:
        """The postings of an invoice."""
        if invoice not in self._made:
            self._made[invoice] = _postings_of(invoice, self._touched[invoice])
        return self._made[invoice]

    def some(self, invoices: Iterable[str | None]) -> dict[str | None, list[Receivable]]:
        """The postings of a few invoices, without a look at the others."""
        wanted = frozenset(invoices)
        touches = zip(self._invoices, self._entries, strict=True)
        touched = _grouped(touch for touch in touches if touch[0] in wanted)
        return {invoice: _postings_of(invoice, entries) for invoice, entries in touched.items()}

    def __iter__(self) -> Iterator[str | None]:
        """The invoices, in the order in which they were first touched."""
        return iter(self._touched)

    def __len__(self) -> int:
        """How many invoices there are, and one more where some postings are of none."""
        return len(self._touched)


@dataclass(slots=True)
class Indexes:
    """What visits and transactions say of a practice; `Books` says what each is.

    Attributes:
        visits: by visit id.
        took_place: how many visits were completed, by provider, service and day.
        bills: every invoice, reversals included, in date order.
        apart: those of the bills that are not known to be for a single visit of their own day.
        invoices: by invoice id.
        repeated: those of the invoices whose id was used more than once.
        invoices_of_visit: by visit id.
        rebilled: those of the visits that are billed more than once.
        adjustments_of_invoice: by invoice id.
        paying: the transactions that are payments.
        owed: the sum of an invoice's receivable postings.
        touched: the invoice of each of these postings.
        touching: the transaction of each of them.
        clearing: transactions on a clearing account.
        others: the entries that are neither visits nor transactions.
        errors: what could not be understood.
    """

    visits: dict[str, Visit] = field(default_factory=dict)
    took_place: dict[tuple[str, str | None, datetime.date], int] = field(default_factory=dict)
    bills: list[Invoice] = field(default_factory=list)
    apart: list[Invoice] = field(default_factory=list)
    invoices: dict[str, list[Invoice]] = field(default_factory=dict)
    repeated: dict[str, list[Invoice]] = field(default_factory=dict)
    invoices_of_visit: dict[str, list[Invoice]] = field(default_factory=dict)
    rebilled: dict[str, list[Invoice]] = field(default_factory=dict)
    adjustments_of_invoice: dict[str, list[Adjustment]] = field(default_factory=dict)
    paying: list[Transaction] = field(default_factory=list)
    owed: dict[str | None, Decimal] = field(default_factory=dict)
    touched: list[str | None] = field(default_factory=list)
    touching: list[Transaction] = field(default_factory=list)
    clearing: list[Transaction] = field(default_factory=list)
    others: list[Directive] = field(default_factory=list)
    errors: list[BookError] = field(default_factory=list)


_OWED, _CHARGED, _BILLED, _CLEARS = 1, 2, 3, 4


def _role_of(account: str) -> int:
    """What an account is to an invoice."""
    if is_under(account, RECEIVABLE):
        return _OWED
    if is_under(account, BILLING_CHARGES):
        return _CHARGED
    if is_under(account, BILLING):
        return _BILLED
    return _CLEARS if is_under(account, CLEARING) else 0


def index_entries(entries: Iterable[Any]) -> Indexes:  # noqa: C901, PLR0912, PLR0915 - see above
    """The indexes of these entries, which are sorted by date.

    One that cannot be understood is named in `errors`, at its line.
    """
    index = Indexes()
    roles: dict[str, int] = {}
    owed, touched, touching = index.owed, index.touched.append, index.touching.append
    clearing, paying, took_place = index.clearing, index.paying, index.took_place
    visits, bills, invoices, invoices_of_visit = index.visits, index.bills, index.invoices, index.invoices_of_visit
    make = tuple.__new__
    wanted: Any = Transaction  # to be compared with only: a type checker would ask each amount whether it is there
    names: dict[Any, Any] = {status: status for status in VISIT_STATUSES}
    share = names.setdefault
    day = datetime.date.min
    for entry in entries:
        if type(entry) is not wanted:
            if type(entry) is not Custom or entry.type != "visit":
                index.others.append(entry)
                continue
            try:
                (identifier, _), (provider, _), (status, _) = entry.values
            except ValueError:
                status = None
            if status not in VISIT_STATUSES or identifier in visits:
                index.errors.append(_refused_visit(entry, visits))
                continue
            meta = entry.meta
            get = meta.get
            fee = get("fee")
            fee = None if fee is None else fee.number
            provider, status, service = share(provider, provider), share(status, status), get("service")
            service = share(service, service)
            if entry.date != day:
                day = entry.date
            visits[identifier] = make(
                Visit, (identifier, day, provider, status, get("patient", ""), service, fee, meta)
            )
            if status == COMPLETED:
                alike = provider, service, day
                took_place[alike] = took_place.get(alike, 0) + 1
            continue
        meta = entry.meta
        linked = None
        for link in entry.links:
            if link.startswith(INVOICE_LINK):
                linked = meta.get("invoice") or link[4:]
                break
        memo = charge = None
        clears = False
        for posting in entry.postings:
            account = posting.account
            try:
                role = roles[account]
            except KeyError:
                role = roles[account] = _role_of(account)
            if not role:
                continue
            if role == _CLEARS:
                clears = True
                continue
            number = posting.units.number
            memo = number if memo is None else memo + number
            if role == _OWED:
                of_posting = posting.meta
                invoice = of_posting.get("invoice", linked) if of_posting else linked
                if invoice in owed:
                    owed[invoice] += number
                else:
                    owed[invoice] = number
                touched(invoice)
                touching(entry)
            elif role == _CHARGED:
                charge = -number if charge is None else charge - number
        if clears:
            clearing.append(entry)
        if memo:
            message = (
                f"receivables and {BILLING} move apart by {_ZERO + memo}: write the equity leg of each receivable leg"
            )
            index.errors.append(BookError(meta, message, entry))
        if "payment" in meta:
            paying.append(entry)
        elif "adjustment" in meta:
            _add_adjustment(index, entry, linked)
        elif charge is not None and linked is not None:
            get = meta.get
            provider = get("provider", "")
            provider = share(provider, provider)
            if entry.date != day:
                day = entry.date
            named = get("visit", "")
            ids = tuple(named.split()) if " " in named else (named,) if named else ()
            bill = make(
                Invoice,
                (linked, day, ids, provider, get("patient", ""), get("payer"), charge, get("due"), meta),
            )
            bills.append(bill)
            if named not in visits or visits[named].date is not day:
                index.apart.append(bill)
            alone = [bill]  # one list for both, never added to
            if linked in invoices:
                invoices[linked] = index.repeated[linked] = [*invoices[linked], bill]
            else:
                invoices[linked] = alone
            for visit in ids:
                if visit in invoices_of_visit:
                    invoices_of_visit[visit] = index.rebilled[visit] = [*invoices_of_visit[visit], bill]
                else:
                    invoices_of_visit[visit] = alone
    return index


def _grouped(touches: Iterable[tuple[str | None, Transaction]]) -> dict[str | None, list[Transaction]]:
    touched: dict[str | None, list[Transaction]] = {}
    for invoice, entry in touches:
        if invoice in touched:
            touched[invoice].append(entry)
        else:
            touched[invoice] = [entry]
    return touched


def _postings_of(invoice: str | None, entries: Iterable[Transaction]) -> list[Receivable]:
    """An invoice's postings in these transactions, of which one stands once for each posting."""
    return [
        Receivable(entry.date, posting.account, number_of(posting), entry.meta)
        for entry in {id(entry): entry for entry in entries}.values()
        for owed_on, posting in owed(entry)
        if owed_on == invoice
    ]


def owed(entry: Transaction) -> Iterator[tuple[str | None, Posting]]:
    """An entry's postings to receivable accounts, each with the invoice that it is of."""
    for posting in entry.postings:
        if is_under(posting.account, RECEIVABLE):
            yield (posting.meta or {}).get("invoice", invoice_of(entry)), posting


def payment_of(entry: Transaction) -> Payment:
    """The payment that an entry books: what it adds to income, or to what is owed to a patient on account."""
    meta = entry.meta
    earned = [
        number_of(posting) for posting in entry.postings if posting.account.startswith(("Income:", "Liabilities:"))
    ]
    amount = -sum(earned, _ZERO)
    invoice, method = invoice_of(entry), meta.get("method", "")
    return Payment(meta["payment"], entry.date, invoice, meta.get("payer"), method, amount, meta.get("reference"), meta)


def invoice_of(entry: Transaction) -> str | None:
    """The invoice that an entry is linked to."""
    for link in entry.links:
        if link.startswith(INVOICE_LINK):
            return entry.meta.get("invoice") or link[len(INVOICE_LINK) :]
    return None


def number_of(posting: Posting) -> Decimal:
    """The number of a posting of a booked transaction, whose amounts are all there."""
    number: Decimal = posting.units.number  # type: ignore[union-attr,assignment]
    return number


def _refused_visit(entry: Custom, visits: Mapping[str, Visit]) -> BookError:
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
