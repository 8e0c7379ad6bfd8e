"""The cash view of the ledger: a vendor's bill is an expense on the day it is paid, not on the day it is booked.

A bill is a credit on an account of vendors' bills (`liabilities`), its payments are debits there:

    2026-12-20 * "Jones Consulting" "December" ^bill-1
      Expenses:ContractLabor    7000.00 USD
      Liabilities:Payable      -7000.00 USD
    2027-01-05 * "Jones Consulting" "December" ^bill-1
      Liabilities:Payable       7000.00 USD
      Assets:Bank:Checking     -7000.00 USD

In the view the first entry is empty, and in the second the expense stands in the payable's place (26 CFR 1.461-1(a)(1):
on the cash method an expense is deducted when it is paid). Only income and expenses move; a bill for what is kept, such
as equipment, stays a debt. What a card pays is paid on the day of the charge (Rev. Rul. 78-38).

A payment pays the bills that share a link with it; else those of its payee, oldest first; without link and payee the
oldest of that account. What it pays beyond them waits there for the next bill. Cents that do not divide go to a bill's
last payment and last line. Amounts are the ledger's; the view of an entry shares its metadata.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from beancount.core.amount import Amount
from beancount.core.data import Directive, Posting, Transaction
from daysheet.accounting.liabilities import liability_of
from daysheet.books import Books

_ZERO: Final = Decimal()
_CENT: Final = Decimal("0.01")
_EARNED: Final = ("Income:", "Expenses:")


@dataclass
class _Bill:
    """A bill, or what was paid before its bill came: `owed` is what is open (negative for what was paid ahead)."""

    links: frozenset[str]
    payee: str
    owed: Decimal
    waiting: list[tuple[str, Decimal]] = field(default_factory=list)

    @property
    def deferred(self) -> Decimal:
        """The part of it whose income and expenses wait for its payment."""
        return sum((amount for _, amount in self.waiting), _ZERO)


def cash_entries(books: Books) -> list[Directive]:
    """The entries of the books in the cash view, in their order; the very same ones where none is a vendor's bill."""
    return books.once("cash view", lambda: _cash_entries(books))


def payables(books: Books) -> frozenset[str]:
    """The accounts of vendors' bills."""
    return frozenset(name for name in books.opened if liability_of(books, name) == "payable")


def _cash_entries(books: Books) -> list[Directive]:
    billed = payables(books)
    if not billed:
        return books.entries
    return list(_viewed(books.entries, billed, books.currency))


def _viewed(entries: Iterable[Directive], billed: frozenset[str], currency: str) -> Iterator[Directive]:
    bills: dict[str, list[_Bill]] = {account: [] for account in billed}
    for entry in entries:
        if isinstance(entry, Transaction) and any(posting.account in billed for posting in entry.postings):
            yield _view(entry, bills, currency)
        else:
            yield entry


def _view(entry: Transaction, bills: dict[str, list[_Bill]], currency: str) -> Transaction:
    """One entry that bills or pays; one with a price or another currency stays as it is."""
    if any(p.units is None or p.cost or p.price or p.units.currency != currency for p in entry.postings):
        return entry
    postings: list[Posting] = [p for p in entry.postings if p.account not in bills]
    for account in dict.fromkeys(p.account for p in entry.postings if p.account in bills):
        moved = [p for p in entry.postings if p.account == account]
        amount = sum((_number(p) for p in moved), _ZERO)
        if amount < 0:
            postings = _billed(entry, moved[0], -amount, postings, bills[account])
        elif amount > 0:
            postings += _paid(entry, moved[0], amount, bills[account])
    return entry._replace(postings=postings)


def _billed(
    entry: Transaction, leg: Posting, amount: Decimal, others: list[Posting], open_bills: list[_Bill]
) -> list[Posting]:
    """The entry of a bill without what waits for its payment; the bill is noted as open."""
    earned = [p for p in others if p.account.startswith(_EARNED)]
    spent = sum((_number(p) for p in earned), _ZERO)
    left, ahead = amount, _ZERO
    for bill in [b for b in open_bills if b.owed < 0 and _belongs(b, entry)]:  # paid before it was billed
        part = min(left, -bill.owed)
        bill.owed += part
        left -= part
        ahead += part
    open_bills[:] = [bill for bill in open_bills if bill.owed]
    bill = _Bill(frozenset(entry.links), (entry.payee or "").casefold(), left)
    deferred = min(left, spent) if spent > 0 else _ZERO
    kept = [p for p in others if not p.account.startswith(_EARNED)]
    if deferred:
        bill.waiting = _divided([(p.account, _number(p)) for p in earned], deferred)
    rests = [
        _with(p, _number(p) - waiting)
        for p, (_, waiting) in zip(earned, bill.waiting or [("", _ZERO)] * len(earned), strict=True)
    ]
    if left:
        open_bills.append(bill)
    kept += [p for p in rests if _number(p)]
    if amount - deferred:
        kept.append(_with(leg, deferred - amount))
    return kept


def _paid(entry: Transaction, leg: Posting, amount: Decimal, open_bills: list[_Bill]) -> list[Posting]:
    """What stands in the place of a payment's leg: what the bills that it pays were for."""
    found: list[Posting] = []
    left, released = amount, _ZERO
    for bill in _payable(entry, open_bills):
        part = min(left, bill.owed)
        if not part:
            break
        whole = bill.deferred if part == bill.owed else _cents(bill.deferred * part / bill.owed)
        parts = _divided(bill.waiting, whole)
        bill.waiting = [
            (account, rest - given) for (account, rest), (_, given) in zip(bill.waiting, parts, strict=True)
        ]
        bill.owed -= part
        left -= part
        released += whole
        found += [leg._replace(account=account, units=_units(leg, given)) for account, given in parts if given]
    open_bills[:] = [bill for bill in open_bills if bill.owed]
    if left:
        open_bills.append(_Bill(frozenset(entry.links), (entry.payee or "").casefold(), -left))
    if amount - released:
        found.append(_with(leg, amount - released))
    return found


def _payable(entry: Transaction, open_bills: list[_Bill]) -> list[_Bill]:
    """The open bills that a payment may be for, the likeliest first."""
    due = [bill for bill in open_bills if bill.owed > 0]
    named = [bill for bill in due if bill.links & entry.links]
    payee = (entry.payee or "").casefold()
    rest = [bill for bill in due if bill not in named and (not payee or bill.payee == payee)]
    return named + rest


def _belongs(bill: _Bill, entry: Transaction) -> bool:
    return bool(bill.links & entry.links) or bill.payee == (entry.payee or "").casefold()


def _divided(legs: list[tuple[str, Decimal]], amount: Decimal) -> list[tuple[str, Decimal]]:
    """An amount divided over accounts as these are, to the cent; the last one takes what is left."""
    whole = sum((part for _, part in legs), _ZERO)
    if amount == whole:
        return legs
    parts = [(account, _cents(part * amount / whole)) for account, part in legs[:-1]]
    return [*parts, (legs[-1][0], amount - sum((part for _, part in parts), _ZERO))]


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_EVEN)


def _number(posting: Posting) -> Decimal:
    number: Decimal | None = posting.units.number if posting.units is not None else None
    return number if number is not None else _ZERO


def _units(posting: Posting, number: Decimal) -> Amount:
    currency: str = posting.units.currency if posting.units is not None else ""
    return Amount(number, currency)


def _with(posting: Posting, number: Decimal) -> Posting:
    return posting if number == _number(posting) else posting._replace(units=_units(posting, number))
