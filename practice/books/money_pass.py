"""The pass over the transactions that gathers where money is: what is owed, what is on its way to the bank, who paid.

It is made when one of these is first asked for, and gathers all of them at once: in books of many years most of a pass
is spent waiting for memory, so that several passes would cost several times as much.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from beancount.core.data import Transaction
from daysheet.books.index import ALLOCATED, CLEARS, OWED, Receivable, role_of, whose

_EARNED: Final = -1
"""Beside the roles of `role_of`: income."""


class Money(NamedTuple):
    """Where the money of some entries is, everything in date order.

    Attributes:
        receivable: receivable postings by the id of the invoice; those of none by the patient's token, None for money
            of nobody known.
        clearing: the transactions that move money on its way to the bank.
        paid: the transactions that are payments of patients or insurers.
        other: the transactions that move more than receivables, their equity, income and money on its way.
        accounts: every account that is posted to.
    """

    receivable: dict[str | None, list[Receivable]]
    clearing: list[Transaction]
    paid: list[Transaction]
    other: list[Transaction]
    accounts: frozenset[str]


def money_of(entries: Iterable[Any]) -> Money:
    """Where the money of these entries is, which are sorted by date."""
    receivable: dict[str | None, list[Receivable]] = {}
    clearing: list[Transaction] = []
    paid: list[Transaction] = []
    other: list[Transaction] = []
    roles: dict[str, int] = {}
    wanted: Any = Transaction  # to be compared with only: a type checker would ask each amount whether it is there
    for entry in entries:
        if type(entry) is not wanted:
            continue
        if "payment" in entry.meta and ALLOCATED not in entry.meta:
            paid.append(entry)
        try:
            found = [roles[posting.account] for posting in entry.postings]
        except KeyError:
            found = [roles.setdefault(posting.account, _role(posting.account)) for posting in entry.postings]
        if CLEARS in found:
            clearing.append(entry)
        if 0 in found:
            other.append(entry)
        if OWED in found:
            _add(receivable, entry, found)
    return Money(receivable, clearing, paid, other, frozenset(roles))


def _role(account: str) -> int:
    return role_of(account) or (_EARNED if account.startswith("Income:") else 0)


def _add(receivable: dict[str | None, list[Receivable]], entry: Any, roles: list[int]) -> None:  # noqa: ANN401 - as above
    """Note what an entry adds to receivables, each posting under whose it is; `roles` are those of its postings."""
    owing = [posting for posting, role in zip(entry.postings, roles, strict=True) if role == OWED]
    for invoice, posting in whose(entry, owing):
        made = Receivable(entry.date, posting.account, posting.units.number, entry.meta)  # type: ignore[union-attr,arg-type]
        try:
            receivable[invoice].append(made)
        except KeyError:
            receivable[invoice] = [made]
