"""Which column of a table says when an entry was booked."""

from __future__ import annotations

from daysheet.importers.detection import vocabulary as words
from daysheet.importers.detection.grid import Column, Grid
from daysheet.importers.rows.cell_kinds import PADDING


def date_columns(grid: Grid) -> list[Column]:
    """The columns that may be the booking date, the likeliest first; several only where the file does not settle it.

    Full before sparse; one that says the same day in every row, while another does not, is the statement's; one called
    after another day (due, statement, birth) comes last; dates before times, value dates after others, left before
    right. Several are left where neither the name of the first nor the rows tell them apart.
    """
    dated = [column for column in grid.columns if column.formats]
    if not dated:
        return []
    varies = any(len(set(column.filled)) > 1 for column in dated)

    def kind(column: Column) -> tuple[bool, ...]:
        return (
            len(column.filled) < 0.9 * len(column.cells),
            varies and len(set(column.filled)) == 1,
            words.says(column.header, words.OTHER_DATE),
        )

    ranked = sorted(dated, key=lambda c: (*kind(c), "%M" in c.formats[0], _is_value_date(c), c.place))
    first = ranked[0]
    if words.says(first.header, words.BOOKED_DATE) and not kind(first)[2]:
        return [first]
    alike = [column for column in ranked if kind(column) == kind(first) and not _is_value_date(column)]
    return [first, *(column for column in alike[1:] if _days(column) != _days(first))] if first in alike else [first]


def _is_value_date(column: Column) -> bool:
    return words.says(column.header, words.VALUE_DATE)


def _days(column: Column) -> list[str]:
    """The days without their times, as they are written."""
    return [cell.strip(PADDING).replace("T", " ").partition(" ")[0] for cell in column.cells]
