"""What is open of each receivable, and how old it is.

The age of a bill's balance is the days from the bill's date. What is agreed to be paid by instalments (`dues`) is no
old debt: each instalment is as old as it is late, and what is not due yet has no age. Money on no invoice is as old
as its entry. The receivables aging and the measures count by this alone, so that they agree.
"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import chain
from typing import Final, NamedTuple

from daysheet.billing.dues import dues, is_planned
from daysheet.books import Books
from daysheet.books.index import Receivable

_ZERO: Final = Decimal()


class OpenPart(NamedTuple):
    """What is open of a receivable, in the books' currency; a credit is negative.

    Attributes:
        account: the receivable account.
        invoice: the invoice's id, a patient's token for money on account, or None where neither is known.
        since: the day from which its age counts.
        amount: what is open.
        due: of an instalment, the day on which it is due; else None.
    """

    account: str
    invoice: str | None
    since: datetime.date
    amount: Decimal
    due: datetime.date | None = None

    def age(self, day: datetime.date) -> int:
        """Its age in days."""
        return (day - self.since).days


def open_parts(books: Books, day: datetime.date) -> dict[str | None, tuple[OpenPart, ...]]:
    """What is open at the end of a day, by invoice: worked out once for each day."""
    return books.once(("open receivables", day), lambda: _open(books, day))


def _open(books: Books, day: datetime.date) -> dict[str | None, tuple[OpenPart, ...]]:
    lives = books.once("lives of receivables", lambda: _Lives.of(books))
    found = ((life.invoice, tuple(_parts(books, life, day))) for life in lives.on(day))
    return {invoice: parts for invoice, parts in found if parts}


class _Life(NamedTuple):
    """What was posted to an invoice's receivables in date order, and whether each account was settled in the end."""

    invoice: str | None
    postings: Sequence[Receivable]
    settled: bool

    @property
    def until(self) -> datetime.date:
        """The day of the last posting."""
        return self.postings[-1].date


class _Lives(NamedTuple):
    """The receivables that were settled in the end, by the day they were, and the others."""

    settled: list[_Life]
    others: list[_Life]

    @classmethod
    def of(cls, books: Books) -> _Lives:
        """Those of some books, whose postings are in date order."""
        lives = [_Life(key, same, _is_settled(same)) for key, same in books.receivable.items() if same]
        settled = sorted((life for life in lives if life.settled), key=lambda life: life.until)
        return cls(settled, [life for life in lives if not life.settled])

    def on(self, day: datetime.date) -> Iterator[_Life]:
        """Those that may be open at the end of a day."""
        unsettled = self.settled[bisect_right(self.settled, day, key=lambda life: life.until) :]
        return (life for life in chain(self.others, unsettled) if life.postings[0].date <= day)


def _parts(books: Books, life: _Life, day: datetime.date) -> Iterator[OpenPart]:
    posted = life.postings
    if life.until > day:
        posted = [posting for posting in posted if posting.date <= day]
    invoice = life.invoice
    if invoice is None:
        days: dict[datetime.date, list[Receivable]] = defaultdict(list)
        for posting in posted:
            days[posting.date].append(posting)
        for since, same in days.items():
            yield from (OpenPart(account, None, since, amount) for account, amount in _balances(same).items())
        return
    for account, amount in _balances(posted).items():
        left = amount
        if amount > 0 and is_planned(books, account, invoice, day):
            for due in dues(books, invoice, day):
                if due.account == account:
                    left -= due.amount
                    yield OpenPart(account, invoice, min(due.date, day), due.amount, due.date)
        if left:
            known = books.invoices.get(invoice)
            since = min(bill.date for bill in known) if known else posted[0].date
            yield OpenPart(account, invoice, since, left)


def _is_settled(postings: Sequence[Receivable]) -> bool:
    """Whether nothing is open on any account in the end."""
    if len(postings) == 2:  # most bills: charged, and paid
        one, other = postings
        if one.account == other.account:
            return not one.amount + other.amount
    return not _balances(postings)


def _balances(postings: Sequence[Receivable]) -> dict[str, Decimal]:
    """What is open on each account, without those on which nothing is."""
    if len(postings) == 1:
        return {postings[0].account: postings[0].amount} if postings[0].amount else {}
    sums: dict[str, Decimal] = {}
    for posting in postings:
        sums[posting.account] = sums.get(posting.account, _ZERO) + posting.amount
    return {account: amount for account, amount in sums.items() if amount}
