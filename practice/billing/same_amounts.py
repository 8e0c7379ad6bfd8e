"""Amounts of two sources that say the same: which of one the other says too, alone or several together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations
from typing import Final

_ZERO: Final = Decimal()
_MOST: Final = 10
"""Of so many amounts each choice is tried for those that add up to what is told."""


def unsaid(amounts: Sequence[Decimal], said: Sequence[Decimal]) -> list[int]:
    """The places of those amounts that another source does not say too.

    An amount and its opposite cancel out. What is left is the same as what the other source says where one amount, or
    several together, are as much.
    """
    left = _without_opposites(amounts)
    for told in said:
        same = next(iter(_adding_up(left, amounts, told)), ()) if told else ()
        left = [place for place in left if place not in same]
    return left


def _without_opposites(amounts: Sequence[Decimal]) -> list[int]:
    left: list[int] = []
    for place, amount in enumerate(amounts):
        opposite = next((other for other in left if amounts[other] == -amount), None)
        if opposite is None:
            left.append(place)
        else:
            left.remove(opposite)
    return left


def _adding_up(places: Sequence[int], amounts: Sequence[Decimal], told: Decimal) -> Iterator[tuple[int, ...]]:
    """Choices of places whose amounts are as much as is told, the smallest first."""
    most = len(places) if len(places) <= _MOST else 1
    for size in range(1, most + 1):
        for chosen in combinations(places, size):
            if sum((amounts[place] for place in chosen), _ZERO) == told:
                yield chosen
    if len(places) > _MOST and sum((amounts[place] for place in places), _ZERO) == told:
        yield tuple(places)
