"""A bank line that nothing explains, and what it may have brought; and what is still on its way to the bank."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.books import Books
from daysheet.books.deposited import takes_difference
from daysheet.cash.candidates import WINDOWS
from daysheet.cash.matched_before import OpenDeposit
from daysheet.cash.receipts import Receipt
from daysheet.cash.reconciliation import Reconciliation

_BEFORE: Final = 120
_AFTER: Final = 7
"""Days before and after a bank line in which its receipts are offered."""
_OFFERED: Final = 200
_USUAL: Final = ("Expenses:CashShort", "Expenses:MerchantFees")


class Waiting(NamedTuple):
    """A receipt on its way to the bank: for how many days by now, and until when it is in time."""

    receipt: Receipt
    days: int
    until: datetime.date


class Offered(NamedTuple):
    """A receipt that a bank line may have brought; whether it is chosen until a person says otherwise."""

    receipt: Receipt
    chosen: bool


def under_way(in_transit: Iterable[Receipt], as_of: datetime.date) -> list[Waiting]:
    """What is on its way to the bank, that which has the least time first."""
    found = [
        Waiting(one, (as_of - one.date).days, one.date + datetime.timedelta(WINDOWS[one.method][1]))
        for one in in_transit
    ]
    return sorted(found, key=lambda one: (one.until, one.receipt.date, one.receipt.id))


def offered(item: OpenDeposit, result: Reconciliation) -> list[Offered]:
    """The receipts that no other bank line has, of the line's account and days, the nearest to its day first.

    Chosen are those that nearly add up to it; of several explanations none, for that would be a guess.
    """
    deposit = item.deposit
    near = set(item.nearest)
    wanted = dict.fromkeys([*(one for group in item.candidates for one in group), *item.nearest])
    others = [one for open_ in result.open_deposits for one in open_.nearest]
    found = [*wanted, *(one for one in (*result.overdue, *result.in_transit, *others) if one not in wanted)]
    fitting = [
        one
        for one in found
        if one in wanted or (one.account == deposit.account and -_AFTER <= (deposit.date - one.date).days <= _BEFORE)
    ]
    first = sorted(fitting, key=lambda one: (one not in wanted, abs((deposit.date - one.date).days), one.date, one.id))
    shown = [one for one in first[:_OFFERED] if one.account == deposit.account]
    return [Offered(one, one in near) for one in sorted(dict.fromkeys(shown), key=lambda one: (one.date, one.id))]


def accounts_of_difference(books: Books) -> Iterator[str]:
    """The accounts that what is short or over may go to, the usual ones first."""
    yield from _USUAL
    for account in sorted(books.opened):
        if account not in _USUAL and takes_difference(account):
            yield account


def minor(amount: Decimal, decimals: int) -> int:
    """An amount in the currency's smallest coin, as our script adds it up."""
    return int(amount.scaleb(decimals).to_integral_value())
