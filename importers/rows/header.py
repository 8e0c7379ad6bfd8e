"""Header cells in comparable form, and how two headers differ."""

from __future__ import annotations

import difflib
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


def difference(expected: list[str], actual: list[str]) -> str:
    """How a header differs from the one expected, in words."""
    missing = [cell for cell in expected if cell not in actual]
    added = [cell for cell in actual if cell not in expected]
    parts = []
    for cell in missing:
        near = difflib.get_close_matches(cell, added, 1)
        parts.append(f'"{cell}" is not there' + (f' (but "{near[0]}" is)' if near else ""))
    near_names = {
        difflib.get_close_matches(cell, added, 1)[0] for cell in missing if difflib.get_close_matches(cell, added, 1)
    }
    parts += [f'"{cell}" is new' for cell in added if cell and cell not in near_names]
    return "; ".join(parts[:4]) or "its columns stand in another order"
