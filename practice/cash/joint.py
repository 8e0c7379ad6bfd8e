"""Several bank lines explained together: which way there is, and whether there is only one.

Every search is bounded; where a bound is reached, nothing is decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from daysheet.cash.deposit_groups import Group
from daysheet.cash.receipts import Receipt

_STEPS: Final = 20_000
_LINES: Final = 14
_STATES: Final = 30_000
_ATTEMPTS: Final = 24

Fits = Callable[[int, int], bool]
"""Whether receipts of this sum (in cents) and number may be what a bank line brings."""


def components(choices: Sequence[Sequence[Group]]) -> list[list[int]]:
    """The places of bank lines that share a receipt, directly or through others; those alone with theirs too."""
    owner: dict[int, int] = {}
    parent = list(range(len(choices)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    for place, groups in enumerate(choices):
        for other in {owner.setdefault(id(receipt), place) for group in groups for receipt in group}:
            if other != place:
                parent[root(place)] = root(other)
    found: dict[int, list[int]] = {}
    for place in range(len(choices)):
        found.setdefault(root(place), []).append(place)
    return list(found.values())


def assigned(choices: Sequence[Sequence[Group]]) -> list[Group | None]:
    """For each bank line the group that explains it in every best way; None where there is none, or no one group.

    A way is better that explains more lines. Where all best ways explain every line with the same receipts, only
    whichever is whose differs, and the first of them is taken.
    """
    nothing: list[Group | None] = [None] * len(choices)
    if len(choices) > _LINES:
        return nothing
    ways = _ways(choices)
    if ways is None:
        return nothing
    first = ways[0]
    used = {frozenset(id(r) for group in way if group is not None for r in group) for way in ways}
    if len(used) == 1 and all(group is not None for group in first):
        return first
    return [first[place] if all(way[place] == first[place] for way in ways) else None for place in range(len(choices))]


def _ways(choices: Sequence[Sequence[Group]]) -> list[list[Group | None]] | None:
    """All ways that explain the most lines; None where there are too many to look at."""
    best: list[list[Group | None]] = []
    most = steps = 0
    way: list[Group | None] = [None] * len(choices)
    taken: set[int] = set()

    def walk(place: int, explained: int) -> bool:
        nonlocal best, most, steps
        steps += 1
        if steps > _STEPS:
            return False
        if explained + len(choices) - place < most:
            return True
        if place == len(choices):
            if explained > most:
                best, most = [], explained
            best.append(list(way))
            return True
        for group in choices[place]:
            ids = {id(receipt) for receipt in group}
            if ids & taken:
                continue
            taken.update(ids)
            way[place] = group
            going = walk(place + 1, explained + 1)
            way[place] = None
            taken.difference_update(ids)
            if not going:
                return False
        return walk(place + 1, explained)

    return best if walk(0, 0) and best else None


def divided(group: Group, lines: Sequence[tuple[int, Fits]]) -> list[Group] | None:
    """A group's receipts divided over the bank lines that bring them all; None where no such way is found.

    Args:
        group: the receipts.
        lines: what each line brings, in cents, and which receipts it may bring; the smallest are looked at first.
    """
    order = sorted(range(len(lines)), key=lambda place: lines[place][0])
    found = _divided(group, [lines[place][1] for place in order])
    if found is None:
        return None
    parts = dict(zip(order, found, strict=True))
    return [parts[place] for place in range(len(lines))]


def _divided(group: Group, lines: Sequence[Fits]) -> list[Group] | None:
    if len(lines) == 1:
        return [group] if lines[0](_sum(group), _sales(group)) else None
    for attempt, part in enumerate(_parts(group, lines[0])):
        if attempt >= _ATTEMPTS:
            return None
        chosen = {id(receipt) for receipt in part}
        rest = tuple(receipt for receipt in group if id(receipt) not in chosen)
        others = _divided(rest, lines[1:]) if rest else None
        if others is not None:
            return [part, *others]
    return None


def _parts(group: Group, fits: Fits) -> Iterator[Group]:
    """Parts of a group that a line may bring, a part for each sum and number of receipts."""
    states: dict[tuple[int, int], tuple[int, ...]] = {(0, 0): ()}
    for place, receipt in enumerate(group):
        for (cents, sales), places in list(states.items()):
            key = cents + _cents(receipt), sales + (receipt.amount > 0)
            states.setdefault(key, (*places, place))
        if len(states) > _STATES:
            return
    for (cents, sales), places in sorted(states.items()):
        if places and fits(cents, sales):
            yield tuple(group[place] for place in places)


def _sum(group: Sequence[Receipt]) -> int:
    return sum(map(_cents, group))


def _sales(group: Sequence[Receipt]) -> int:
    return sum(receipt.amount > 0 for receipt in group)


def _cents(receipt: Receipt) -> int:
    return int(receipt.amount * 100)
