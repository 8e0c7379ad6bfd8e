"""Bank lines of one kind as a practice takes its money there: day after day, none left out, none before another.

Where many receipts are alike (copays of one amount), each bank line by itself has many explanations, and all of them
together have one: the days of receipts in their order, each line the days since the line before. Of all such ways the
best explain the most lines, leave few receipts over, and take about the usual time. What all the best ways say is
known; where they differ, nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, groupby
from typing import Final, NamedTuple

from daysheet.cash.deposit_groups import Group
from daysheet.cash.joint import Fits
from daysheet.cash.processor_fees import business_days
from daysheet.cash.receipts import BankDeposit, Receipt

_MOST_LINES: Final = 400
_MOST_EDGES: Final = 60
_LAGS: Final = (1, 2, 0)

_LEFT_OVER: Final = 3
"""A receipt that is left over is as unlikely as so many business days more or less than usual."""

Cost = tuple[int, int]
"""Lines that are not explained; receipts left over, and business days more or less than usual."""


class _Edge(NamedTuple):
    """The days from `start` up to `end` as what a line brings."""

    start: int
    end: int


class InOrder(NamedTuple):
    """The lines that are explained, with their receipts, and what the best ways cost."""

    found: tuple[tuple[BankDeposit, Group], ...]
    cost: Cost


def in_order(
    lines: Sequence[BankDeposit],
    received: Sequence[Receipt],
    windows: dict[str, tuple[int, int]],
    fits: Callable[[BankDeposit], Fits],
    usual: int | None,
) -> InOrder | None:
    """The best ways to explain lines by the days of receipts; None where there are too many to look at.

    Args:
        lines: of one kind, by date.
        received: the receipts that may be in them, by date.
        windows: by method, the least and the most days from a receipt to its line.
        fits: what a line may bring, by sum in cents and number of sales.
        usual: business days from the last receipt to the line, where that is known.
    """
    days = [tuple(group) for _, group in groupby(received, key=lambda receipt: receipt.date)]
    if not days or not lines or len(lines) > _MOST_LINES:
        return None
    edges = [_edges(line, days, windows, fits(line)) for line in lines]
    if any(len(some) > _MOST_EDGES for some in edges):
        return None
    ways = [_Ways(lines, days, edges, lag) for lag in ((usual,) if usual is not None else _LAGS)]
    best = min(ways, key=lambda way: way.cost)
    return InOrder(tuple(best.certain()), best.cost)


def _edges(line: BankDeposit, days: Sequence[Group], windows: dict[str, tuple[int, int]], fits: Fits) -> list[_Edge]:
    found = []
    for start, first in enumerate(days):
        if not _reaches(first, line, windows):
            continue
        cents = sales = 0
        for end in range(start, len(days)):
            if not _reaches(days[end], line, windows):
                break
            cents += sum(int(receipt.amount * 100) for receipt in days[end])
            sales += sum(receipt.amount > 0 for receipt in days[end])
            if fits(cents, sales):
                found.append(_Edge(start, end + 1))
    return found


def _reaches(day: Group, line: BankDeposit, windows: dict[str, tuple[int, int]]) -> bool:
    after = (line.date - day[0].date).days
    return all(windows[receipt.method][0] <= after <= windows[receipt.method][1] for receipt in day)


class _Ways:
    """All ways of the least cost for one usual time, counted forwards and backwards."""

    def __init__(
        self,
        lines: Sequence[BankDeposit],
        days: Sequence[Group],
        edges: Sequence[Sequence[_Edge]],
        lag: int,
    ) -> None:
        self.lines, self.days, self.edges, self.lag = lines, days, edges, lag
        last = lines[-1].date
        due = [(business_days(day[0].date, last) >= lag) * len(day) * _LEFT_OVER for day in days]
        self.due = list(accumulate(due, initial=0))  # receipts that should be at the bank by then, up to each day
        self.counts = list(accumulate(map(len, days), initial=0))
        self.forward: list[dict[int, tuple[Cost, int]]] = [{0: ((0, 0), 1)}]
        for place in range(len(lines)):
            self.forward.append(self._next(place))
        self.cost, self.ways = (0, 0), 0
        for at, (cost, count) in self.forward[-1].items():
            whole = _plus(cost, (0, self.due[-1] - self.due[at]))
            if not self.ways or whole < self.cost:
                self.cost, self.ways = whole, count
            elif whole == self.cost:
                self.ways += count

    def _next(self, place: int) -> dict[int, tuple[Cost, int]]:
        found: dict[int, tuple[Cost, int]] = {}
        for at, (cost, count) in self.forward[place].items():
            _add(found, at, _plus(cost, (1, 0)), count)
            for edge in self.edges[place]:
                if edge.start >= at:
                    _add(found, edge.end, _plus(cost, self._of(place, at, edge)), count)
        return found

    def _of(self, place: int, at: int, edge: _Edge) -> Cost:
        took = business_days(self.days[edge.end - 1][0].date, self.lines[place].date)
        return 0, _LEFT_OVER * (self.counts[edge.start] - self.counts[at]) + abs(took - self.lag)

    def certain(self) -> list[tuple[BankDeposit, Group]]:
        """The lines that all the best ways explain alike."""
        after: dict[int, tuple[Cost, int]] = {at: ((0, self.due[-1] - self.due[at]), 1) for at in self.forward[-1]}
        found: list[tuple[BankDeposit, Group]] = []
        for place in reversed(range(len(self.lines))):
            before: dict[int, tuple[Cost, int]] = {}
            by_edge: dict[_Edge, int] = {}
            for at, (cost, count) in self.forward[place].items():
                _add(before, at, _plus(after[at][0], (1, 0)), after[at][1])
                for edge in self.edges[place]:
                    if edge.start >= at:
                        step = _plus(self._of(place, at, edge), after[edge.end][0])
                        _add(before, at, step, after[edge.end][1])
                        if _plus(cost, step) == self.cost:
                            by_edge[edge] = by_edge.get(edge, 0) + count * after[edge.end][1]
            sure = next((edge for edge, count in by_edge.items() if count == self.ways), None)
            if sure is not None:
                group = tuple(receipt for day in self.days[sure.start : sure.end] for receipt in day)
                found.append((self.lines[place], group))
            after = before
        return found[::-1]


def _plus(one: Cost, other: Cost) -> Cost:
    return one[0] + other[0], one[1] + other[1]


def _add(found: dict[int, tuple[Cost, int]], at: int, cost: Cost, count: int) -> None:
    known = found.get(at)
    if known is None or cost < known[0]:
        found[at] = cost, count
    elif cost == known[0]:
        found[at] = cost, known[1] + count
