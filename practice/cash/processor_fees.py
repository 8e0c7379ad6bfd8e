"""What a card processor keeps of a batch, and how long it takes: learned from the batches themselves.

Most processors keep a rate of each sale and a fixed amount, and pay out after the same number of business days. Which
terms those are, no file says; but the terms that explain most of a processor's bank lines are found by trying every
fixed amount up to half a dollar and looking for the rate on which most lines agree. They then decide between batches
of like totals.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

from daysheet.cash.deposit_groups import Group, total

_MOST_EACH: Final = 50
_MOST_RATE: Final = 40_000
_MILLION: Final = 1_000_000
_LEAST: Final = 3
_WEEK: Final = 7
_WORKING: Final = 5
_MOST_OF_THEM: Final = (3, 5)


class Batch(NamedTuple):
    """Card sales as a processor sees them: sum and what was kept, in cents; how many; business days to the bank.

    `lines` is the number of bank lines that bring them, each rounded by itself.
    """

    sold: int
    kept: int
    sales: int
    days: int
    lines: int = 1


class Terms(NamedTuple):
    """Cents kept of each sale, and the least and the most rate (in millionths) with which these explain the lines."""

    each: int
    least: int
    most: int


class Processor(NamedTuple):
    """What one processor's lines show: its terms (several where they cannot be told apart) and its business days.

    Attributes:
        terms: each explains as many lines as the others.
        days: how many business days its batches take.
        by_sale: whether it rounds each sale, and not the batch.
    """

    terms: tuple[Terms, ...]
    days: frozenset[int]
    by_sale: bool

    def explains(self, batch: Batch) -> bool:
        """Whether the processor would have kept this of the batch."""
        return any(self._agrees(terms, batch) for terms in self.terms)

    def _agrees(self, terms: Terms, batch: Batch) -> bool:
        bounds = _rates(batch, terms.each, by_sale=self.by_sale)
        return bounds is not None and bounds[0] <= terms.most and bounds[1] >= terms.least


def batch_of(group: Group, amount: Decimal, day: datetime.date, lines: int = 1) -> Batch:
    """A group of card receipts against the bank line, or the lines of a day, that bring them.

    Args:
        group: the receipts; of a refund the processor gives nothing back.
        amount: what the bank brings.
        day: when.
        lines: in how many lines.
    """
    sales = [receipt.amount for receipt in group if receipt.amount > 0]
    last = max(receipt.date for receipt in group)
    return Batch(
        _cents(sum(sales, Decimal())), _cents(total(group) - amount), len(sales), business_days(last, day), lines
    )


def business_days(first: datetime.date, last: datetime.date) -> int:
    """How many days from Monday to Friday come after the first day, up to and with the last."""
    return max(0, _weekdays(last) - _weekdays(first))


@lru_cache(maxsize=4096)
def _weekdays(day: datetime.date) -> int:
    """How many days from Monday to Friday there were up to and with a day, since 0001-01-01, a Monday."""
    weeks, rest = divmod(day.toordinal(), _WEEK)
    return weeks * _WORKING + min(rest, _WORKING)


def learned(days: Sequence[Sequence[Batch]]) -> Processor | None:
    """The terms on which most days agree; None where fewer than three do, or too few of them.

    Args:
        days: the batches that the bank lines of a day, or all of them together, may bring.
    """
    told = [batches for batches in days if batches]
    of_batches, of_sales = (_best(told, by_sale=by_sale) for by_sale in (False, True))
    count, terms, by_sale = of_sales if of_sales[0] > of_batches[0] + 1 else of_batches
    above, below = _MOST_OF_THEM
    if count < _LEAST or count * below < len(told) * above:
        return None
    processor = Processor(terms, frozenset(), by_sale)
    alone = [[batch for batch in batches if processor.explains(batch)] for batches in told]
    return processor._replace(days=frozenset(batches[0].days for batches in alone if len(batches) == 1))


def _best(days: Sequence[Sequence[Batch]], *, by_sale: bool) -> tuple[int, tuple[Terms, ...], bool]:
    """How many days the best terms explain, and all terms that explain as many."""
    found = [(each, _agreed(days, each, by_sale=by_sale)) for each in range(_MOST_EACH + 1)]
    most = max(count for _, (count, _) in found)
    return most, tuple(terms for _, (count, terms) in found if count == most and terms is not None), by_sale


def _agreed(days: Sequence[Sequence[Batch]], each: int, *, by_sale: bool) -> tuple[int, Terms | None]:
    """With this fixed amount: the rate on which most days agree, and how many do."""
    edges: list[tuple[int, int]] = []
    for batches in days:
        bounds = (_rates(batch, each, by_sale=by_sale) for batch in batches)
        for low, high in _merged(bound for bound in bounds if bound is not None):
            edges += [(low, -1), (high, 1)]
    edges.sort()
    counts = list(accumulate(-step for _, step in edges))
    if not counts:
        return 0, None
    most = max(counts)
    at = counts.index(most)
    return most, Terms(each, edges[at][0], edges[at + 1][0])


def _rates(batch: Batch, each: int, *, by_sale: bool) -> tuple[int, int] | None:
    """The rates, in millionths, with which a batch gives its fee; rounded by the batch, or by each sale."""
    slack = batch.sales + 1 if by_sale else batch.lines  # in half cents
    kept = 2 * (batch.kept - each * batch.sales)
    if batch.sold <= 0 or batch.kept <= 0:
        return None
    low = -(-(kept - slack) * _MILLION // (2 * batch.sold))
    high = (kept + slack) * _MILLION // (2 * batch.sold)
    return (max(low, 0), min(high, _MOST_RATE)) if high >= 0 and low <= _MOST_RATE and low <= high else None


def _merged(bounds: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges that overlap as one, so that a day counts once."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(bounds):
        if merged and low <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(high, merged[-1][1])
        else:
            merged.append((low, high))
    return merged


def _cents(amount: Decimal) -> int:
    return int(amount * 100)
