"""What each entry moved in the statement of cash flows, one entry at a time.

A balance that changed is not always cash that moved: a vehicle bought on a loan, equipment that the owner brought in or
a correction between equity accounts moved none, and a sale brought its price and not its gain. So every entry is read
by itself (ASC 230-10-45 and 230-10-50-3): cash is investing or financing only as far as it was received or paid, gains
and losses leave operating, and what moved no cash is told apart.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final, Literal, NamedTuple

from beancount.core.data import Transaction
from daysheet.accounting.liabilities import liability_of
from daysheet.accounting.metadata import inherited
from daysheet.books import Books
from daysheet.reports.accounts.activity import Activity
from daysheet.reports.accounts.cash_flow import activity_of, is_accumulated
from daysheet.reports.period import Period

_ZERO: Final = Decimal()
_CENT: Final = Decimal("0.01")
_INTEREST: Final = ("interest-other", "interest-mortgage")
_FEW: Final = 3
_CONTRIBUTED: Final = re.compile(r"contribut|brought in|put in|paid in|stock (was )?issued|issued stock|founding")

Kind = Literal["operating", "gain", "no-cash", "investing", "financing", "apart"]


class Move(NamedTuple):
    """What a line of the statement is the sum of: `into` says whether the money came in."""

    kind: Kind
    account: str
    into: bool
    other: str = ""


@dataclass
class Moves:
    """The moves of a period, money received positive; `earned` is the net income, `brought` cash of opening entries."""

    earned: Decimal = _ZERO
    brought: Decimal = _ZERO
    sums: dict[Move, Decimal] = field(default_factory=lambda: defaultdict(Decimal))


class _Leg(NamedTuple):
    account: str
    amount: Decimal


class _Parts(NamedTuple):
    """An entry's legs by what they are; `written_off` is accumulated depreciation."""

    cash: list[_Leg]
    earned: list[_Leg]
    written_off: list[_Leg]
    operating: list[_Leg]
    investing: list[_Leg]
    financing: list[_Leg]


def cash_moves(books: Books, moved: Activity, period: Period) -> Moves:
    """What moved in a period, on the basis of `moved`."""
    found = Moves()
    for entry, legs in _entries(moved, period):
        parts = _parts(books, legs)
        if is_opening(books, entry):
            found.brought += _sum(parts.cash)
            continue
        found.earned -= _sum(parts.earned)
        for leg in parts.operating:
            found.sums[Move("operating", leg.account, into=True)] -= leg.amount
        if not parts.investing and not parts.financing:
            for leg in parts.written_off:
                found.sums[Move("operating", leg.account, into=True)] -= leg.amount
            continue
        _invest_and_finance(books, parts, found.sums)
    return found


def _entries(moved: Activity, period: Period) -> Iterator[tuple[Transaction, list[_Leg]]]:
    """The transactions of a period with their legs, those that a statement leaves out left out."""
    legs: dict[int, list[_Leg]] = defaultdict(list)
    entries: dict[int, Transaction] = {}
    for account in moved.accounts.values():
        if moved.is_memorandum(account.name):
            continue
        for line in account.within(period):
            legs[id(line.entry)].append(_Leg(account.name, line.amount))
            entries[id(line.entry)] = line.entry
    return ((entries[key], found) for key, found in legs.items())


def _parts(books: Books, legs: list[_Leg]) -> _Parts:
    parts = _Parts([], [], [], [], [], [])
    places: dict[str, int] = books.once("accounts in the cash flow", dict)
    for leg in legs:
        place = places.get(leg.account)
        if place is None:
            place = places[leg.account] = _Parts._fields.index(_part_of(books, leg.account))
        parts[place].append(leg)
    return parts


def _part_of(books: Books, account: str) -> str:
    if account.startswith(("Income", "Expenses")):
        return "earned"
    if account.startswith("Assets:Fixed") and is_accumulated(account):
        return "written_off"
    return activity_of(books, account)


def is_opening(books: Books, entry: Transaction) -> bool:
    """Whether an entry brings balances into the books: it says so, or is the first day's of several accounts.

    What founders put in on the first day of a new practice is a contribution when the entry says so.
    """
    accounts = [posting.account for posting in entry.postings]
    equity = [account for account in accounts if account.startswith("Equity")]
    if not equity or any(account.startswith(("Income", "Expenses")) for account in accounts):
        return False
    said = f"{entry.payee or ''} {entry.narration}".casefold()
    named = any("opening" in account.casefold() for account in equity) or "opening balance" in said
    first = entry.date == _first_day(books) and len(accounts) >= _FEW and not _CONTRIBUTED.search(said)
    return named or entry.flag == "P" or first


def _first_day(books: Books) -> datetime.date:
    entries = (entry.date for entry in books.entries if isinstance(entry, Transaction))
    return books.once("first day of transactions", lambda: next(entries, datetime.date.max))


def _invest_and_finance(books: Books, parts: _Parts, sums: dict[Move, Decimal]) -> None:
    """The moves of an entry on what is kept for years, or on debts and capital."""
    sold = any(leg.amount < 0 for leg in parts.investing) and (
        bool(parts.earned) or any(leg.amount > 0 for leg in parts.written_off) or _sum(parts.cash) > 0
    )
    legs = [*parts.investing, *parts.financing]
    if sold:
        gain = _sum(parts.earned)
        away = max((leg for leg in parts.investing if leg.amount < 0), key=lambda leg: -leg.amount)
        sums[Move("gain", "", into=True)] += gain
        price = _sum(parts.investing) + _sum(parts.written_off) + gain
        _trade_in(parts.investing, price, sums)
        legs = [_Leg(away.account, price), *parts.financing]
    else:
        for leg in parts.written_off:
            sums[Move("operating", leg.account, into=True)] -= leg.amount
    if not parts.cash and not parts.operating:
        _without_cash(books, parts, legs, sums, sold=sold)
        return
    kept, apart = _paid(legs)
    for leg in kept:
        sums[_move(books, leg)] -= leg.amount
    _tell_apart(apart, sums)


def _trade_in(investing: list[_Leg], price: Decimal, sums: dict[Move, Decimal]) -> None:
    """What a new asset was paid for with an old one: its cost over what is still to be paid for it."""
    new = max((leg for leg in investing if leg.amount > 0), key=lambda leg: leg.amount, default=None)
    given = _sum([leg for leg in investing if leg.amount > 0]) - price
    if new is not None and price > 0 and given > 0:
        sums[Move("apart", new.account, into=True, other=new.account)] += given


def _without_cash(books: Books, parts: _Parts, legs: list[_Leg], sums: dict[Move, Decimal], *, sold: bool) -> None:
    """An entry that moved no cash; interest added to a loan is paid with the loan's payments, and less is paid back."""
    interest = _sum([leg for leg in parts.earned if inherited(books, leg.account, "tax-line") in _INTEREST])
    for at, leg in enumerate(legs):
        if leg.amount < 0 < interest and liability_of(books, leg.account) == "loan":
            added = min(interest, -leg.amount)
            interest -= added
            legs[at] = leg._replace(amount=leg.amount + added)
            sums[Move("financing", leg.account, into=False)] += added
    left = _sum(legs)
    if left and not sold:
        sums[Move("no-cash", "", into=True)] -= left
    if not sold or parts.financing:
        _tell_apart([leg for leg in legs if leg.amount], sums)


def _paid(legs: list[_Leg]) -> tuple[list[_Leg], list[_Leg]]:
    """Legs as far as cash moved, and as far as they only stand against each other."""
    debit, credit = (_sum([leg for leg in legs if leg.amount * sign > 0]) * sign for sign in (1, -1))
    same = min(debit, credit)
    if not same:
        return legs, []
    kept, apart = [], []
    for sign, whole in ((1, debit), (-1, credit)):
        side = [leg for leg in legs if leg.amount * sign > 0]
        left = same
        for at, leg in enumerate(side):
            part = left if at == len(side) - 1 else _cents(abs(leg.amount) * same / whole)
            left -= part
            apart.append(leg._replace(amount=part * sign))
            kept.append(leg._replace(amount=leg.amount - part * sign))
    return [leg for leg in kept if leg.amount], [leg for leg in apart if leg.amount]


def _tell_apart(legs: list[_Leg], sums: dict[Move, Decimal]) -> None:
    """What stands on two accounts and moved no cash: named by the largest debit and the largest credit."""
    into = max((leg for leg in legs if leg.amount > 0), key=lambda leg: leg.amount, default=None)
    out = min((leg for leg in legs if leg.amount < 0), key=lambda leg: leg.amount, default=None)
    amount = max(_sum([leg for leg in legs if leg.amount > 0]), -_sum([leg for leg in legs if leg.amount < 0]))
    if amount:
        names = into.account if into else "", out.account if out else ""
        sums[Move("apart", names[0], into=True, other=names[1])] += amount


def _move(books: Books, leg: _Leg) -> Move:
    kind: Kind = "investing" if activity_of(books, leg.account) == "investing" else "financing"
    return Move(kind, leg.account, into=leg.amount < 0)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_EVEN)


def _sum(legs: list[_Leg]) -> Decimal:
    return sum((leg.amount for leg in legs), _ZERO)
