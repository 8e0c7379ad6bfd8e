"""A fact that a column, the lines around the table or the profile itself gives: the currency, the account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from daysheet.errors import DaysheetError
from daysheet.importers.banks.profile import Named
from daysheet.importers.rows.cells import Cells, Column
from daysheet.patterns import compiled

Tell = Callable[[Cells], str | None]
"""What a row's cells say of it."""


def teller(
    named: Named | None,
    default: str | None,
    tidy: Callable[[str], str],
    *,
    index: Mapping[Column, int],
    around: str,
) -> Tell:
    """What says the fact, row by row.

    Args:
        named: where it stands.
        default: what it is where nothing says it.
        tidy: makes of a text what it means.
        index: the places of the columns that the file has.
        around: the file's name and the lines around its table.
    """
    if named is None:
        return lambda _: default
    place, second = _place(named.column, index), _place(named.fallback, index)
    if place is None:
        fixed = named.fixed or _found(named, around)
        value = default if not fixed else named.map[fixed] if fixed in named.map else tidy(fixed)
        return lambda _: value
    known = dict[str, str | None]()

    def of(cells: Cells) -> str | None:
        cell = cells[place] or ("" if second is None else cells[second])
        if cell not in known:
            known[cell] = default if not cell else named.map[cell] if cell in named.map else tidy(cell)
        return known[cell]

    return of


def require(named: Named, what: str, index: Mapping[Column, int], around: str, path: Path) -> None:
    """Refuse a file that does not say what the profile looks for around its table: nothing else is to be taken for it.

    Raises:
        DaysheetError: its pattern is not found, and no column and no word of the profile says it either.
    """
    if named.pattern and not named.fixed and _place(named.column, index) is None and not _found(named, around):
        raise DaysheetError(
            f"neither its name nor the lines around its table say {what}, which the profile looks for there",
            filename=path,
            remedy="export it again whole; if it never says so, let a profile of your own say what it is, by `fixed`",
        )


def _found(named: Named, around: str) -> str:
    found = compiled(named.pattern).search(around) if named.pattern else None
    return (found[1] or "").strip() if found else ""


def _place(column: Column, index: Mapping[Column, int]) -> int | None:
    return index.get(column) if column != "" else None
