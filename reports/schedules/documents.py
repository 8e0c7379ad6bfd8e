"""The files that the books were made of, each with the digest that proves it."""

from __future__ import annotations

from collections.abc import Iterator

from daysheet.facts import Imported
from daysheet.reports.request import Request
from daysheet.reports.table import Column, Row, Table
from daysheet.wording import many


def documents(request: Request) -> Table:
    """Every imported file that covers a day of the period, with its SHA-256."""
    period = request.period
    found = [item for item in request.books.imported if item.first <= period.last and item.last >= period.first]
    columns = (
        Column("kind", "Kind"),
        Column("first", "From", "date"),
        Column("last", "Through", "date"),
        Column("file", "File"),
        Column("rows", "Rows", "count", shown="wide"),
        Column("sha256", "SHA-256", shown="wide"),
    )
    notes = () if found else ("No imported file covers the period.",)
    return request.table("documents", "Supporting documents", columns, _rows(found), notes, has_basis=False)


def _rows(found: list[Imported]) -> Iterator[Row]:
    for item in sorted(found, key=lambda fact: (fact.first, fact.kind, fact.last)):
        rows = item.meta.get("rows")
        count = int(rows) if rows is not None else None
        yield Row("line", (item.kind, item.first, item.last, item.meta.get("file"), count, item.meta.get("sha256")))
    if found:
        yield Row("total", (many(len(found), "file"), None, None, None, None, None))
