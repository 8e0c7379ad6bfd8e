"""The day sheet: the page on which a practice balances a day, or any run of days.

Who was seen, what was charged, adjusted, received and taken to the bank; and the receivables rolled forward:

    opening + charges − payments − adjustments = closing

The left side comes from invoices and the equity accounts under `Equity:Billing`, the right side from the receivable
accounts, so that the equation can fail. The sheet also proves that what was received is what the receivables were
credited with or waits on account, and that what was received and not deposited is what the clearing accounts show.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, NamedTuple

from beancount.core.data import Posting, Transaction
from daysheet.accounts import BILLING, BILLING_CHARGES, BILLING_COLLECTED, BILLING_OPENING, CLEARING, is_under
from daysheet.books import Books
from daysheet.books.openings import OPENING
from daysheet.cash.receipts import NOT_RECEIPTS, is_bank
from daysheet.records import PAYMENT_METHODS, Invoice

OTHER: Final = "other"
_ZERO: Final = Decimal()


class Count(NamedTuple):
    """A number of things and what they come to."""

    number: int
    amount: Decimal


_NONE: Final = Count(0, _ZERO)


@dataclass
class DaySheet:
    """A day sheet, in the books' operating currency.

    Attributes:
        first: the first day.
        last: the last day.
        visits: by provider and status.
        charges: by provider; the empty string for charges of no provider.
        adjustments: by account under `Equity:Billing`.
        receipts: by method of payment, refunds included as negative; `other` for a method that the entry does not say.
        undated: the receipts among them whose export gave no day, so that they stand on the day of service.
        on_account: what of the receipts waits for an invoice, less what was applied to one.
        deposits: what the clearing accounts gave to the bank.
        fees: what processors kept.
        opening: the receivables before the first day, and those that the books began with since.
        closing: the receivables after the last day.
        payments: what the receivables were credited with.
        undeposited_before: the clearing accounts before the first day.
        undeposited: the clearing accounts after the last day.
        cleared: what came to the clearing accounts.
    """

    first: datetime.date
    last: datetime.date
    visits: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    charges: dict[str, Count] = field(default_factory=dict)
    adjustments: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    receipts: dict[str, Count] = field(default_factory=dict)
    undated: Count = _NONE
    on_account: Decimal = _ZERO
    deposits: Count = _NONE
    fees: Decimal = _ZERO
    opening: Decimal = _ZERO
    closing: Decimal = _ZERO
    payments: Decimal = _ZERO
    undeposited_before: Decimal = _ZERO
    undeposited: Decimal = _ZERO
    cleared: Decimal = _ZERO

    @property
    def charged(self) -> Decimal:
        """All charges."""
        return _total(self.charges.values())

    @property
    def adjusted(self) -> Decimal:
        """All adjustments; positive for what will not be collected."""
        return sum(self.adjustments.values(), _ZERO)

    @property
    def received(self) -> Decimal:
        """All receipts."""
        return _total(self.receipts.values())

    @property
    def expected_closing(self) -> Decimal:
        """Opening + charges − payments − adjustments."""
        return self.opening + self.charged - self.payments - self.adjusted

    @property
    def differences(self) -> dict[str, Decimal]:
        """What does not balance, in words, and by how much; empty when the sheet is in balance."""
        found = {
            "receivables are not opening + charges − payments − adjustments": self.closing - self.expected_closing,
            "receipts are not what the receivables and the money on account took": self.received
            - self.on_account
            - self.payments,
            "clearing accounts are not what was received less what was deposited": self.undeposited
            - (self.undeposited_before + self.cleared - self.deposits.amount - self.fees),
        }
        return {words: amount for words, amount in found.items() if amount}


def day_sheet(books: Books, first: datetime.date, last: datetime.date) -> DaySheet:
    """The day sheet of the days from `first` to `last`, both included."""
    sheet = DaySheet(first, last)
    for visit in books.visits.values():
        if first <= visit.date <= last:
            sheet.visits[visit.provider][visit.status] += 1
    every = (posting for postings in books.receivable.values() for posting in postings)
    for posting in every:
        taken_over = OPENING in posting.meta and posting.date <= last
        sheet.opening += posting.amount if posting.date < first or taken_over else _ZERO
        sheet.closing += posting.amount if posting.date <= last else _ZERO
    sheet.charges = _counted(
        charge for one in books.bills if first <= one.date <= last for charge in _by_provider(one).items()
    )
    sheet.receipts = _counted(_money(sheet, books))
    sheet.undeposited += sheet.undeposited_before
    return sheet


def _by_provider(bill: Invoice) -> dict[str, Decimal]:
    """What a bill charges, by who did it."""
    sums: dict[str, Decimal] = {}
    for line in bill.lines:
        sums[line.provider] = sums.get(line.provider, _ZERO) + line.amount
    return sums or {bill.provider: bill.amount}


def _counted(pairs: Iterable[tuple[str, Decimal]]) -> dict[str, Count]:
    found: dict[str, Count] = {}
    for key, amount in pairs:
        number, total = found.get(key, _NONE)
        found[key] = Count(number + 1, total + amount)
    return found


def _money(sheet: DaySheet, books: Books) -> Iterator[tuple[str, Decimal]]:
    """Add what the transactions up to the last day do, and give each receipt: its method and amount."""
    for entry in books.counted:
        if entry.date > sheet.last:
            return
        if not isinstance(entry, Transaction):
            continue
        if entry.date < sheet.first:
            sheet.undeposited_before += _waiting(entry)
        else:
            yield from _add(sheet, entry)


def _add(sheet: DaySheet, entry: Transaction) -> Iterator[tuple[str, Decimal]]:
    """Add what a transaction of these days does, and give what was received by it."""
    collected = _sum(entry, BILLING_COLLECTED)
    sheet.payments += collected
    for posting in entry.postings:
        account = posting.account
        if is_under(account, BILLING) and not account.startswith((BILLING_COLLECTED, BILLING_CHARGES, BILLING_OPENING)):
            sheet.adjustments[account] += _number(posting)
    _clear(sheet, entry)
    if collected or "payment" in entry.meta:
        held = -_sum(entry, "Liabilities")
        sheet.on_account += held
        received = -_sum(entry, "Income") + held
        if received and "dated" in entry.meta:
            sheet.undated = Count(sheet.undated.number + 1, sheet.undated.amount + received)
        if received:
            method = entry.meta.get("method")
            yield (method if method in PAYMENT_METHODS else OTHER), received


def _clear(sheet: DaySheet, entry: Transaction) -> None:
    """Add what a transaction does to the clearing accounts: a receipt, a deposit, or a processor's fee."""
    moved = _waiting(entry)
    if not moved:
        return
    sheet.undeposited += moved
    fee = _sum(entry, "Expenses")
    banked = sum((_number(posting) for posting in entry.postings if is_bank(posting.account)), _ZERO)
    if banked or fee:
        sheet.fees += fee
        banked += _sum(entry, CLEARING) - moved  # what an insurer took back of it, or nobody can explain
        sheet.deposits = Count(sheet.deposits.number + bool(banked), sheet.deposits.amount + banked)
    else:
        sheet.cleared += moved


def _waiting(entry: Transaction) -> Decimal:
    """What an entry does to the receipts that wait for the bank; transfers, recoupments and suspense are none."""
    clearing = (posting for posting in entry.postings if is_under(posting.account, CLEARING))
    return sum((_number(posting) for posting in clearing if not posting.account.startswith(NOT_RECEIPTS)), _ZERO)


def _sum(entry: Transaction, root: str) -> Decimal:
    return sum((_number(posting) for posting in entry.postings if is_under(posting.account, root)), _ZERO)


def _number(posting: Posting) -> Decimal:
    units: Any = posting.units
    number: Decimal = units.number
    return number


def _total(counts: Iterable[Count]) -> Decimal:
    return sum((count.amount for count in counts), _ZERO)
