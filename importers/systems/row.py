"""One row of a practice export, by the profile's names of its columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from daysheet.errors import DaysheetError
from daysheet.importers.rows.text import Row
from daysheet.importers.systems.profile import Condition
from daysheet.patterns import compiled


class PracticeRow:
    """One row's cells by the profile's names of the columns."""

    __slots__ = ("_cells", "_index", "line", "path")

    def __init__(self, path: Path, row: Row, index: Mapping[str, int]) -> None:
        """`index` is from names to places; a column that this export leaves out is not in it, and reads as blank."""
        self.path = path
        self.line = row.line
        self._cells = row.cells
        self._index = index

    def __getitem__(self, column: str) -> str:
        place = self._index.get(column)
        return "" if place is None else self._cells[place]

    def error(self, column: str, what: str, remedy: str | None = None) -> DaysheetError:
        """The error for a cell of this row; it names the column and never quotes the cell."""
        return DaysheetError(f'column "{column}" {what}', filename=self.path, line=self.line, remedy=remedy)

    def holds(self, conditions: Iterable[Condition]) -> bool:
        """Whether all conditions hold."""
        for condition in conditions:
            cell = self[condition.column].casefold()
            if condition.among and cell not in (word.casefold() for word in condition.among):
                return False
            if cell in (word.casefold() for word in condition.none_of):
                return False
            if condition.like and not compiled(condition.like).fullmatch(self[condition.column]):
                return False
        return True
