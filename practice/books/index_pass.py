"""The one pass over a ledger's entries that has to be fast.

A bookkeeper's editor and Fava load the books again after every change, and most of what Daysheet adds to that is spent
here, waiting for memory. So it comes to each entry once and touches nothing of it without need. It notes entries: the
records are made of them when they are asked for, and most loads ask for few.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final, NamedTuple

from beancount.core.data import Custom, Transaction
from daysheet.accounts import (
    BILLING,
)
from daysheet.books.index import (
    ALLOCATED,
    CHARGED,
    CLEARS,
    DASH,
    DIGITS,
    INVOICE_LINK,
    MOST_DIGITS,
    NOBODYS,
    OWED,
    PREPAID,
    BookError,
    Indexes,
    add_adjustment,
    invoice_of,
    refused_visit,
    role_of,
)
from daysheet.records import COMPLETED, VISIT_STATUSES

_ZERO: Final = Decimal()


class _Legs(NamedTuple):
    """What an entry's postings say: how far they are from balance, what is charged, and where money is."""

    memo: Decimal | None
    charge: Decimal | None
    on_its_way: bool
    loose: bool


def index_entries(entries: Iterable[Any]) -> Indexes:
    """The indexes of these entries, which are sorted by date.

    One that cannot be understood is named in `errors`, at its line.
    """
    seen = _Pass()
    others = seen.index.others.append
    add_visit, add_transaction = seen.visit, seen.transaction
    wanted: Any = Transaction  # to be compared with only: a type checker would ask each amount whether it is there
    for entry in entries:
        if type(entry) is wanted:
            add_transaction(entry)
        elif type(entry) is Custom and entry.type == "visit":
            add_visit(entry)
        else:
            others(entry)
    return seen.index


class _Pass:
    """The indexes as they are made, and the series of invoice numbers that the last bill was of."""

    __slots__ = ("_places", "_roles", "_series", "index")

    def __init__(self) -> None:
        """Nothing seen yet."""
        self.index = Indexes()
        self._roles: dict[str, int] = {}
        self._series = ""
        self._places = self.index.numbered.setdefault("", {})

    def visit(self, entry: Any) -> None:  # noqa: ANN401 - a Custom; its values have no type
        """Note a visit, or why it is none."""
        index = self.index
        try:
            (identifier, _), (provider, _), (status, _) = entry.values
        except ValueError:
            status = None
        if (status != COMPLETED and status not in VISIT_STATUSES) or identifier in index.visits:
            index.errors.append(refused_visit(entry, index.visits))
            return
        index.visits[identifier] = entry
        if status != COMPLETED:
            index.not_kept.append(identifier)
            return
        if identifier not in index.billed:
            index.never_billed[identifier] = entry
        try:
            index.took_place[provider][entry.date] += 1
        except KeyError:
            index.took_place.setdefault(provider, {})[entry.date] = 1

    def transaction(self, entry: Transaction) -> None:  # noqa: C901 - what an entry is, asked in order
        """Note a bill, a payment, an adjustment, or what is derived of a payment."""
        links: Any = entry.links
        linked = None
        of_several = len(links) != 1
        for link in links:
            if link.startswith(INVOICE_LINK):  # most links hold the whole id, and `invoice_of` need not be asked
                linked = invoice_of(entry) if of_several or link[DASH] == "-" else link[4:]
                break
        index, meta = self.index, entry.meta
        allocated = ALLOCATED in meta
        # a leg without an invoice of what was allocated is money on account
        memo, charge, on_its_way, loose = self._legs(entry, None if allocated else linked, of_several or allocated)
        if memo:
            message = (
                f"receivables and {BILLING} move apart by {_ZERO + memo}: write the equity leg of each receivable leg"
            )
            index.errors.append(BookError(meta, message, entry))
        if allocated:
            index.allocations.append(entry)
        elif on_its_way and charge is None:  # a payment, or a deposit
            if loose or (memo is None and PREPAID in meta):
                index.on_account.append(entry)
        elif "payment" in meta:
            if loose:
                index.on_account.append(entry)
        elif "adjustment" in meta:
            add_adjustment(index, entry, linked)
        elif charge is not None and linked is not None:
            self._bill(entry, linked, charge)

    def _legs(self, entry: Any, linked: str | None, of_several: bool) -> _Legs:  # noqa: ANN401, C901, PLR0912 - see above
        roles, owed = self._roles, self.index.owed
        memo = charge = None
        on_its_way = loose = False
        of_two = len(entry.postings) == 2
        for posting in entry.postings:
            account = posting.account
            try:
                role = roles[account]
            except KeyError:
                role = roles[account] = role_of(account)
            if not role:
                continue
            if role == CLEARS:
                on_its_way = True
                continue
            if role == NOBODYS:
                loose = True
                continue
            if memo is None:
                memo = number = posting.units.number
            elif of_two:  # the other leg takes what the first one gives
                number, memo = -memo, None
            else:
                number = posting.units.number
                memo += number
            if role == OWED:
                invoice = linked
                if of_several and posting.meta:
                    invoice = posting.meta.get("invoice", linked)
                if invoice is None:
                    invoice = entry.meta.get("patient")
                    loose = True
                before = owed.pop(invoice, None)  # most are settled by their payment: so few are kept, and near
                if before is not None:
                    number += before
                if number:
                    owed[invoice] = number
                    if number < 0:
                        self.index.beyond[invoice] = entry
            elif role == CHARGED:
                charge = -number if charge is None else charge - number
        return _Legs(memo, charge, on_its_way, loose)

    def _bill(self, entry: Transaction, linked: str, charge: Decimal) -> None:  # noqa: C901 - see above
        index, meta = self.index, entry.meta
        index.bills.append(entry)
        if "payer" in meta:
            index.insured.append(entry)
        leg = entry.postings[-1].meta
        if leg and "line" in leg:
            index.lined.append(entry)
        if linked in index.invoices:
            index.repeated.setdefault(linked, [index.invoices[linked]]).append(entry)
        else:
            series = linked.rstrip(DIGITS)
            if series != self._series:
                self._series, self._places = series, index.numbered.setdefault(series, {})
            if 0 < len(linked) - len(series) <= MOST_DIGITS:
                self._places[int(linked[len(series) :])] = len(index.invoices)
            index.invoices[linked] = entry
            index.charges.append(charge)
        named = meta.get("visit", "")
        visit = index.never_billed.pop(named, None)
        if visit is not None:
            index.billed[named] = entry
            if visit.date != entry.date:
                index.apart.append(entry)
            return
        if named not in index.visits or index.visits[named].date != entry.date:
            index.apart.append(entry)
        for identifier in named.split():
            if identifier in index.billed:
                index.rebilled.setdefault(identifier, [index.billed[identifier]]).append(entry)
            else:
                index.billed[identifier] = entry
                index.never_billed.pop(identifier, None)
