"""What was paid to whom, on which day, and how: by check or transfer, or by a card.

A payment is counted on the day on which money left, or a card was charged; a vendor's bill therefore on the day it was
paid (`cash_basis`). It counts whatever account it was booked to: an expense, something prepaid, something kept for
years. What is no payment for goods or services is left out: wages and their taxes (`payroll` on the account, or a
payroll liability), sales tax passed on, loans and their interest, owners' draws, refunds of income, transfers.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from beancount.core.data import Transaction
from daysheet.accounting.cash_accounts import is_near_cash
from daysheet.accounting.cash_basis import cash_entries
from daysheet.accounting.liabilities import liability_of
from daysheet.accounting.metadata import inherited
from daysheet.accounts import RECEIVABLE, is_under
from daysheet.books import Books

_ZERO: Final = Decimal()
_TAXES: Final = ("taxes", "futa", "state")
_PARTNERS: Final = "guaranteed-payments"  # on their Schedules K-1
_INTEREST: Final = ("interest-other", "interest-mortgage")
_PAID_FOR: Final = ("bought", "interest")


class Payment(NamedTuple):
    """What one entry paid for goods or services; a refund is negative.

    Attributes:
        date: the day it was paid.
        payee: as the ledger names it; empty where it names nobody.
        direct: by check, cash or transfer, in the operating currency.
        card: by a card, in the operating currency.
        account: what most of it was booked to.
        entry: where it stands.
    """

    date: datetime.date
    payee: str
    direct: Decimal
    card: Decimal
    account: str
    entry: Transaction


def payments(books: Books, first: datetime.date, last: datetime.date) -> list[Payment]:
    """Every payment of some days for goods or services, in date order."""
    return books.once(("payments to payees", first, last), lambda: list(_payments(books, first, last)))


def nameless(books: Books) -> list[Payment]:
    """Every payment of all time for goods or services that names no payee, in date order."""

    def work() -> list[Payment]:
        viewed = cash_entries(books)
        # what moves receivables, their equity, income and money on its way alone pays for nothing
        of_all = books.money.other if viewed is books.counted else viewed
        entries = (entry for entry in of_all if isinstance(entry, Transaction) and not entry.payee)
        made = (_payment(books, entry) for entry in entries if "payment" not in entry.meta)
        return [payment for payment in made if payment is not None]

    return books.once("payments to nobody", work)


def spent_on(books: Books) -> frozenset[str]:
    """The accounts on which a payment may be one for goods or services."""
    return frozenset(name for name in books.opened if _role(books, name) in _PAID_FOR)


def _payments(books: Books, first: datetime.date, last: datetime.date) -> Iterator[Payment]:
    for entry in cash_entries(books):
        if not isinstance(entry, Transaction) or not first <= entry.date <= last or "payment" in entry.meta:
            continue
        found = _payment(books, entry)
        if found is not None and (found.direct or found.card):
            yield found


def _payment(books: Books, entry: Transaction) -> Payment | None:
    """What an entry paid; None where it paid for no goods or services."""
    # most of a practice's entries pay for nothing, and are passed over quickly
    if not any(_role(books, posting.account) in _PAID_FOR for posting in entry.postings):
        return None
    legs = _legs(books, entry)
    direct, card, owner = (_sum(legs, role) for role in ("cash", "card", "owner"))
    bought = legs["bought"] + ([] if legs["loan"] else legs["interest"])
    if not direct and not card and any(account.startswith("Expenses:") for _, account in bought):
        direct = owner
    spent, paid = sum((amount for amount, _ in bought), _ZERO), direct + card
    if legs["wages"] or spent * paid <= 0:
        return None
    spent = min(spent, paid, key=abs)  # a lender may have paid the rest
    by_card = spent if not direct else _ZERO if not card else _part(spent, card, direct)
    return Payment(entry.date, entry.payee or "", spent - by_card, by_card, max(bought)[1], entry)


def _legs(books: Books, entry: Transaction) -> dict[str, list[tuple[Decimal, str]]]:
    """The legs of an entry by what they are in a payment."""
    found: dict[str, list[tuple[Decimal, str]]] = defaultdict(list)
    for posting in entry.postings:
        units = posting.units
        if units is not None and units.number is not None and units.currency == books.currency:
            found[_role(books, posting.account)].append((units.number, posting.account))
    return found


def _sum(legs: dict[str, list[tuple[Decimal, str]]], role: str) -> Decimal:
    """What was paid out of the accounts of a role."""
    return -sum((amount for amount, _ in legs[role]), _ZERO)


def _role(books: Books, account: str) -> str:
    """What a leg on an account is in a payment, found once; empty where it is none of it."""
    known: dict[str, str] = books.once("roles in payments", dict)
    if account not in known:
        known[account] = _role_of(books, account)
    return known[account]


def _role_of(books: Books, account: str) -> str:
    root = account.partition(":")[0]
    if is_near_cash(books, account):
        return "cash"
    if root == "Expenses":
        return _role_of_expense(books, account)
    if root == "Liabilities":
        kind = liability_of(books, account)
        return kind if kind in ("card", "loan") else "bought" if kind == "payable" else ""
    if root == "Assets":
        return "" if is_under(account, RECEIVABLE) else "bought"
    return "owner" if root == "Equity" else ""


def _role_of_expense(books: Books, account: str) -> str:
    payroll = inherited(books, account, "payroll")
    if payroll in ("wages", *_TAXES):
        return "wages" if payroll == "wages" else ""
    line = inherited(books, account, "tax-line")
    if line == _PARTNERS:
        return ""
    return "interest" if line in _INTEREST else "bought"


def _part(spent: Decimal, card: Decimal, direct: Decimal) -> Decimal:
    """The card's part of what was paid in two ways at once."""
    paid = card + direct
    return spent if not paid else (spent * card / paid).quantize(Decimal("0.01"))
