"""Bank lines of one kind as a practice takes its money there: day after day, none left out, none before another.

Where many receipts are alike (copays of one amount), each bank line by itself has many explanations, and all of them
together have one: the days of receipts in their order, each line the days since the line before. Of all such ways the
best explain the most lines, leave few receipts over, and take about the usual time. What all the best ways say is
known; where they differ, nothing is.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, groupby
from typing import Final, NamedTuple

from daysheet.cash.deposit_groups import Group
from daysheet.cash.joint import Fits
from daysheet.cash.processor_fees import business_days
from daysheet.cash.receipts import BankDeposit, Receipt

_MOST_EDGES: Final = 60
_LAGS: Final = (1, 2, 0)

_LEFT_OVER: Final = 3
"""A receipt that is left over is as unlikely as so many business days more or less than usual."""

_MISSED: Final = 1 << 40
"""What a line that is not explained costs: more than all else together, which is receipts left over and business days
more or less than usual."""


_Costs = dict[int, tuple[int, int]]
"""The least cost by how many days of receipts are behind, and how many ways there are of it."""


class _Edge(NamedTuple):
    """The days from `start` up to `end` as what a line brings."""

    start: int
    end: int


class InOrder(NamedTuple):
    """What the best ways say.

    Attributes:
        found: the lines that all of them explain alike, with their receipts.
        cost: of each of them: lines that are not explained; receipts left over, and business days more or less than
            usual.
    """

    found: tuple[tuple[BankDeposit, Group], ...]
    cost: tuple[int, int]


def in_order(
    lines: Sequence[BankDeposit],
    received: Sequence[Receipt],
    windows: dict[str, tuple[int, int]],
    fits: Callable[[BankDeposit], Fits | int],
    usual: int | None,
) -> InOrder | None:
    """The best ways to explain lines by the days of receipts; None where one line has too many to look at.

    Args:
        lines: of one kind, by date.
        received: the receipts that may be in them, by date.
        windows: by method, the least and the most days from a receipt to its line.
        fits: what a line may bring, by sum in cents and number of sales; the cents, where it is just these.
        usual: business days from the last receipt to the line, where that is known.
    """
    days = [tuple(group) for _, group in groupby(received, key=lambda receipt: receipt.date)]
    if not days or not lines:
        return None
    least, most = (extreme(window[at] for window in windows.values()) for at, extreme in ((0, min), (1, max)))
    dates = [day[0].date for day in days]
    sums = _sums(days, windows)
    reached: dict[int, list[int]] = {}  # up to which days so many cents came in
    for end, cents in enumerate(sums.cents):
        reached.setdefault(cents, []).append(end)
    edges, firsts = [], []
    for line in lines:
        first = bisect_left(dates, line.date - datetime.timedelta(most))
        past = bisect_right(dates, line.date - datetime.timedelta(least))
        firsts.append(first)
        may_be = fits(line)
        if isinstance(may_be, int):
            edges.append(_edges_of(line, sums, range(first, past), may_be, reached))
        else:
            edges.append(_edges(line, sums, range(first, past), may_be))
    if any(len(some) > _MOST_EDGES for some in edges):
        return None
    ways = [_Ways(lines, days, firsts, edges, lag) for lag in ((usual,) if usual is not None else _LAGS)]
    best = min(ways, key=lambda way: way.cost)
    return InOrder(tuple(best.certain()), divmod(best.cost, _MISSED))


class _Sums(NamedTuple):
    """Of days of receipts, in cents and numbers up to each, and the first and last day of a line that reaches it."""

    cents: Sequence[int]
    sales: Sequence[int]
    soonest: Sequence[int]
    latest: Sequence[int]


def _sums(days: Sequence[Group], windows: dict[str, tuple[int, int]]) -> _Sums:
    dates = [day[0].date.toordinal() for day in days]
    reached = [[windows[method] for method in {receipt.method for receipt in day}] for day in days]
    return _Sums(
        list(accumulate((sum(int(receipt.amount * 100) for receipt in day) for day in days), initial=0)),
        list(accumulate((sum(receipt.amount > 0 for receipt in day) for day in days), initial=0)),
        [date + max(least for least, _ in spans) for date, spans in zip(dates, reached, strict=True)],
        [date + min(most for _, most in spans) for date, spans in zip(dates, reached, strict=True)],
    )


def _edges(line: BankDeposit, sums: _Sums, near: range, fits: Fits) -> list[_Edge]:
    """What the line may bring, beginning with one of the days that are near enough for any method."""
    found = []
    day = line.date.toordinal()
    cents, sales, soonest, latest = sums
    for start in near:
        before, sold = cents[start], sales[start]
        for end in range(start, len(soonest)):
            if not soonest[end] <= day <= latest[end]:
                break
            if fits(cents[end + 1] - before, sales[end + 1] - sold):
                found.append(_Edge(start, end + 1))
    return found


def _edges_of(
    line: BankDeposit, sums: _Sums, near: range, wanted: int, reached: Mapping[int, Sequence[int]]
) -> list[_Edge]:
    """The same where the line brings just these cents."""
    found = []
    day = line.date.toordinal()
    cents, _, soonest, latest = sums
    for start in near:
        ends = reached.get(cents[start] + wanted, ())
        found += [
            _Edge(start, end)
            for end in ends
            if end > start and all(soonest[at] <= day <= latest[at] for at in range(start, end))
        ]
    return found


class _Ways:
    """All ways of the least cost for one usual time, counted forwards and backwards.

    Ways that differ only in days too old for a line, and so for all lines after it, go on as one: their days were left
    over alike. So the time that all takes grows with the lines, not with their square.
    """

    def __init__(
        self,
        lines: Sequence[BankDeposit],
        days: Sequence[Group],
        firsts: Sequence[int],
        edges: Sequence[Sequence[_Edge]],
        lag: int,
    ) -> None:
        self.lines, self.days, self.edges, self.lag = lines, days, edges, lag
        last = lines[-1].date
        due = [(business_days(day[0].date, last) >= lag) * len(day) * _LEFT_OVER for day in days]
        self.due = list(accumulate(due, initial=0))  # receipts that should be at the bank by then, up to each day
        self.counts = list(accumulate(map(len, days), initial=0))
        is_due = next((at for at, receipts in enumerate(due) if not receipts), len(days))
        self.floors = [*(min(first, is_due) for first in firsts), 0]
        self.forward: list[_Costs] = [self._together({0: (0, 1)}, 0)]
        self.behind: list[tuple[list[int], list[tuple[int, int]]]] = []
        self.weighed = [self._weighed(place) for place in range(len(lines))]
        for place in range(len(lines)):
            self.forward.append(self._together(self._next(place), place + 1))
        self.cost = self.ways = 0
        for at, (cost, count) in self.forward[-1].items():
            whole = cost + self.due[-1] - self.due[at]
            if not self.ways or whole < self.cost:
                self.cost, self.ways = whole, count
            elif whole == self.cost:
                self.ways += count

    def _floor(self, at: int, place: int) -> tuple[int, int]:
        """Where whoever has come up to `at` stands for the line at `place`, and what was left over till there."""
        there = self.floors[place]
        return (at, 0) if there <= at else (there, _LEFT_OVER * (self.counts[there] - self.counts[at]))

    def _together(self, costs: _Costs, place: int) -> _Costs:
        found: _Costs = {}
        for at, (cost, count) in costs.items():
            there, over = self._floor(at, place)
            _add(found, there, cost + over, count)
        return found

    def _next(self, place: int) -> _Costs:
        found: _Costs = {}
        ends, least = self._least(place)
        self.behind.append((ends, least))
        for at, (cost, count) in self.forward[place].items():
            found[at] = cost + _MISSED, count
        for edge, weight in self.weighed[place]:
            before = bisect_right(ends, edge.start)
            if before:
                cost, count = least[before - 1]
                _add(found, edge.end, cost + weight, count)
        return found

    def _least(self, place: int) -> tuple[list[int], list[tuple[int, int]]]:
        """How far the lines before may come, in order, and the least cost of coming so far, up to each.

        What an edge leaves over is the receipts between: those up to its start (`_weighed`), less those up to here.
        """
        ends = sorted(self.forward[place])
        least: list[tuple[int, int]] = []
        for at in ends:
            cost, count = self.forward[place][at]
            cost -= _LEFT_OVER * self.counts[at]
            if least and least[-1][0] == cost:
                count += least[-1][1]
            elif least and least[-1][0] < cost:
                cost, count = least[-1]
            least.append((cost, count))
        return ends, least

    def _weighed(self, place: int) -> list[tuple[_Edge, int]]:
        """The edges of a line, each with what it costs beside the receipts up to where the line before came."""
        day = self.lines[place].date
        return [
            (
                edge,
                _LEFT_OVER * self.counts[edge.start]
                + abs(business_days(self.days[edge.end - 1][0].date, day) - self.lag),
            )
            for edge in self.edges[place]
        ]

    def certain(self) -> list[tuple[BankDeposit, Group]]:
        """The lines that all the best ways explain alike."""
        after: _Costs = {at: (self.due[-1] - self.due[at], 1) for at in self.forward[-1]}
        found: list[tuple[BankDeposit, Group]] = []
        for place in reversed(range(len(self.lines))):
            ends, least = self.behind[place]
            further = []
            for edge, weight in self.weighed[place]:
                there, over = self._floor(edge.end, place + 1)
                cost, count = after[there]
                further.append((edge, weight + cost + over, count))
            for edge, cost, count in further:
                before, ways = least[bisect_right(ends, edge.start) - 1]
                if before + cost == self.cost and ways * count == self.ways:
                    group = tuple(receipt for day in self.days[edge.start : edge.end] for receipt in day)
                    found.append((self.lines[place], group))
                    break
            after = self._onwards(place, after, further)
        return found[::-1]

    def _onwards(self, place: int, after: _Costs, further: list[tuple[_Edge, int, int]]) -> _Costs:
        """What it costs from each place on, the last first: without a line for these days, or with one of its edges."""
        found: _Costs = {}
        waiting = sorted(further, key=lambda one: one[0].start)
        best: _Costs = {}
        for at in reversed(self.behind[place][0]):
            while waiting and waiting[-1][0].start >= at:
                _, cost, count = waiting.pop()
                _add(best, 0, cost, count)
            there, over = self._floor(at, place + 1)
            cost, count = after[there]
            _add(found, at, cost + over + _MISSED, count)
            for cost, count in best.values():
                _add(found, at, cost - _LEFT_OVER * self.counts[at], count)
        return found


def _add(found: _Costs, at: int, cost: int, count: int) -> None:
    known = found.get(at)
    if known is None or cost < known[0]:
        found[at] = cost, count
    elif cost == known[0]:
        found[at] = cost, known[1] + count
