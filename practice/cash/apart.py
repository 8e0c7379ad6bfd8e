"""Clearing accounts matched in two processes, where two processors are there and the accounts are large."""

from __future__ import annotations

import marshal
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from daysheet.cash.matched_before import Match
from daysheet.cash.matching import Matching
from daysheet.cash.processor_fees import Processor, Terms
from daysheet.ledger import second

_MUCH: Final = 2_000
"""Card receipts, a tenth of a second of matching: fewer are matched as soon as a process is made."""
_OTHERS: Final = 6
"""So many times as long as a card receipt takes any other, which is in more groups."""


class Begun:
    """The matching of several accounts, each by itself; of some of them a second process has begun it."""

    def __init__(self, accounts: Iterable[Matching]) -> None:
        """Begin, where there is a second process; the others are matched in `finish`."""
        there, here = _halves(accounts)
        if sum(map(_size, here)) < _MUCH or not second.is_possible():
            here, there = [*there, *here], []
        self._here, self._there = here, there
        self._told = second.asked(lambda: marshal.dumps([_run(account) for account in there])) if there else None

    def finish(self) -> None:
        """Match them all."""
        for account in self._here:
            account.run()
        answer = self._told and self._told()
        if answer is None:
            for account in self._there:
                account.run()
            return
        for account, said in zip(self._there, marshal.loads(answer), strict=True):  # noqa: S302 - of our own process
            _take_over(account, said)


def _halves(accounts: Iterable[Matching]) -> tuple[list[Matching], list[Matching]]:
    """The accounts as two parts of about equal size, the larger first."""
    one: list[Matching] = []
    other: list[Matching] = []
    for account in sorted(accounts, key=_size, reverse=True):
        lighter = one if sum(map(_size, one)) <= sum(map(_size, other)) else other
        lighter.append(account)
    return one, other


def _size(account: Matching) -> int:
    return sum(1 if one.method == "card" else _OTHERS for one in account.received) if account.deposits else 0


def _run(account: Matching) -> Any:  # noqa: ANN401 - plain values
    """Match an account, and what came of it with places in its lists for lines and receipts."""
    lines = {id(line): place for place, line in enumerate(account.deposits)}
    places = {id(receipt): place for place, receipt in enumerate(account.received)}
    settled = len(account.matches)
    account.run()
    return (
        [
            (lines[id(one.deposit)], [places[id(receipt)] for receipt in one.receipts], one.basis, str(one.fee))
            for one in account.matches[settled:]
        ],
        [
            (sorted(words), processor and ([*map(tuple, processor.terms)], [*processor.days], processor.by_sale))
            for words, processor in account.candidates.processors.items()
        ],
    )


def _take_over(account: Matching, said: Any) -> None:  # noqa: ANN401 - as above
    matches, processors = said
    account.take_over(
        [
            Match(account.deposits[line], tuple(account.received[place] for place in places), basis, Decimal(fee))
            for line, places, basis, fee in matches
        ],
        {frozenset(words): known and _processor(*known) for words, known in processors},
    )


def _processor(terms: Iterable[tuple[int, int, int]], days: Iterable[int], by_sale: bool) -> Processor:
    return Processor(tuple(Terms(*each) for each in terms), frozenset(days), by_sale)
