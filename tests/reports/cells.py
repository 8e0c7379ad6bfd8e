"""Reading a table in a test."""

from __future__ import annotations

from decimal import Decimal

from daysheet.reports.table import Cell, Row, Table


def amounts(table: Table, key: str, name: str = "") -> dict[str, Decimal]:
    """The amounts of a column by the row's first column (or the one called `name`), without zeros and headings."""
    by = name or table.columns[0].key
    found = {}
    for row in table.rows:
        cell = cell_of(table, row, key)
        if row.kind not in ("heading", "note") and isinstance(cell, Decimal) and cell:
            found[str(cell_of(table, row, by))] = cell
    return found


def cell_of(table: Table, row: Row, key: str) -> Cell:
    """One cell, by its column's key."""
    return row.cells[next(at for at, column in enumerate(table.columns) if column.key == key)]


def rows_of(table: Table, kind: str) -> list[Row]:
    """The rows of one kind."""
    return [row for row in table.rows if row.kind == kind]
