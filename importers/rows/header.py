"""Header cells in comparable form, and how two headers differ."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache


@lru_cache(maxsize=4096)  # every profile asks for the same few rows of a file
def norm(cell: str) -> str:
    """A header cell's comparable form: letter case, spaces and quotes do not count."""
    return " ".join(cell.strip("'\"\ufeff#=").split()).casefold()


def bare(cells: Sequence[str]) -> Sequence[str]:
    """The cells without blank ones at the end."""
    count = len(cells)
    while count and not cells[count - 1].strip():
        count -= 1
    return cells[:count]


def likeness(expected: Sequence[str], actual: Sequence[str]) -> float:
    """How alike two headers are, from 0 to 1; names that differ by a space are alike."""
    ours, theirs = Counter(map(_squeezed, expected)), Counter(map(_squeezed, actual))
    return 2 * sum((ours & theirs).values()) / (len(expected) + len(actual) or 1)


def spaced_otherwise(expected: Sequence[str], actual: Sequence[str]) -> list[str]:
    """The columns whose names differ from those expected by spaces alone, in words."""
    names = {_squeezed(cell): cell for cell in expected}
    return [
        f'column {place} differs from "{names[_squeezed(cell)]}" by a space alone'
        for place, cell in enumerate(actual, 1)
        if cell not in expected and _squeezed(cell) in names
    ]


def _squeezed(cell: str) -> str:
    return "".join(cell.split())


def difference(expected: list[str], actual: list[str]) -> str:
    """How a header differs from the one expected, in words.

    A name that is like none of those expected is called by its place: what is taken for a header may be a row of data.
    """
    spaced = spaced_otherwise(expected, actual)
    same = {_squeezed(cell) for cell in expected} & {_squeezed(cell) for cell in actual}
    missing = [cell for cell in expected if cell not in actual and _squeezed(cell) not in same]
    added = [cell for cell in actual if cell not in expected and _squeezed(cell) not in same]
    parts = spaced
    for cell in missing:
        near = difflib.get_close_matches(cell, added, 1)
        parts.append(f'"{cell}" is not there' + (f' (but "{near[0]}" is)' if near else ""))
    near_names = {
        difflib.get_close_matches(cell, added, 1)[0] for cell in missing if difflib.get_close_matches(cell, added, 1)
    }
    parts += [f"column {actual.index(cell) + 1} is new" for cell in added if cell and cell not in near_names]
    return "; ".join(parts[:4]) or "its columns stand in another order"
