"""A table for programs: CSV and JSON, with every column and no ornament."""

from __future__ import annotations

import csv
import datetime
import io
import json
from decimal import Decimal
from typing import Any, Final

from daysheet.reports.formats.figures import for_programs
from daysheet.reports.period import Period
from daysheet.reports.table import Cell, ColumnKind, Table
from daysheet.worklist.worklist import harmless

_AS_IT_IS: Final = frozenset({type(None), int, datetime.date})
"""What `_written` leaves alone: most of a ledger's cells, of which there are hundreds of thousands."""


def to_csv(table: Table) -> str:
    """The columns' keys, then the rows; the first column, `row`, says of each what it is (line, subtotal, …).

    Text that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, "CSV injection"); a number
    never does.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["row", *(column.key for column in table.columns)])
    kinds = [column.kind for column in table.columns]
    places = table.decimals
    writer.writerows(
        [
            row.kind,
            *[
                cell if type(cell) in _AS_IT_IS else _written(cell, kind, places)
                for cell, kind in zip(row.cells, kinds, strict=True)
            ],
        ]
        for row in table.rows
    )
    return out.getvalue()


def to_json(table: Table) -> dict[str, Any]:
    """The table as JSON's types; amounts, percentages and dates are strings, counts are numbers."""
    period = str(Period(table.first, table.last)) if table.first else table.last.isoformat()
    return {
        "title": table.title,
        "basis": table.basis,
        "period": period,
        "as_of": table.as_of.isoformat() if table.as_of > datetime.date.min else None,
        "currency": table.currency,
        "columns": [{"key": column.key, "title": column.title, "kind": column.kind} for column in table.columns],
        "rows": [
            {
                "row": row.kind,
                "depth": row.depth,
                **{
                    column.key: cell if isinstance(cell, int) else for_programs(cell, column.kind, table.decimals)
                    for cell, column in zip(row.cells, table.columns, strict=True)
                },
            }
            for row in table.rows
        ],
        "notes": list(table.notes),
    }


def to_json_text(table: Table) -> str:
    """`to_json` as text."""
    return json.dumps(to_json(table), indent=2, ensure_ascii=False) + "\n"


def _written(cell: Cell, kind: ColumnKind, places: int) -> Cell:
    """A cell as `csv` is given it, which writes a date as ISO 8601 has it, a count as digits, and nothing for None."""
    if isinstance(cell, str):
        return harmless(cell)
    return for_programs(cell, kind, places) if isinstance(cell, Decimal) else cell
