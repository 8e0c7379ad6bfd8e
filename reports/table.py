"""The one value that every statement becomes and every format prints.

A `Table` is complete: headings, totals and notes are rows of it, so that text, CSV, XLSX, JSON and PDF show the same
figures and none of them computes one.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from daysheet.wording import decimals

Basis = Literal["cash", "accrual", ""]
ColumnKind = Literal["text", "date", "money", "count", "percent", "days"]
RowKind = Literal["heading", "line", "subtotal", "total", "note"]
Shown = Literal["always", "wide", "data"]
Cell = str | Decimal | int | datetime.date | None


class Column(NamedTuple):
    """One column: `key` is stable for programs, `title` is printed; `kind` says how a cell is shown and summed.

    `shown` says where: `always`; `wide` on paper and in data but not on a terminal of 80 columns; `data` only in what
    programs read (CSV, XLSX, JSON), such as an account's full name beside its printed one.
    """

    key: str
    title: str
    kind: ColumnKind = "text"
    shown: Shown = "always"


class Row(NamedTuple):
    """One printed row: as many cells as there are columns; `depth` indents its first cell."""

    kind: RowKind
    cells: tuple[Cell, ...]
    depth: int = 0


@dataclass(frozen=True)
class Table:
    """A finished statement.

    Attributes:
        name: the report's name on the command line, such as `income`.
        title: the heading, such as `Balance sheet`.
        basis: `cash`, `accrual`, or empty where it makes no difference.
        first: the first day of the period, None for a statement as of a day.
        last: the last day of the period, or the day.
        as_of: the last day that the books cover; the first of all days where they hold nothing.
        currency: of every money column.
        columns: what each cell of a row is.
        rows: in print order.
        notes: sentences under the statement.
    """

    name: str
    title: str
    basis: Basis
    first: datetime.date | None
    last: datetime.date
    as_of: datetime.date
    currency: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    @property
    def decimals(self) -> int:
        """How many decimals its amounts are written with."""
        return decimals(self.currency)
