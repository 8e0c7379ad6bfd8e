"""The files that the books were made of, each with the digest that proves it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from daysheet.facts import Imported
from daysheet.reports.accounts.titles import Titles, words
from daysheet.reports.request import Request
from daysheet.reports.table import Column, Row, Table
from daysheet.wording import many

_WORDS: Final = {
    "visits": "Visits", "invoices": "Invoices", "payments": "Payments", "adjustments": "Adjustments",
    "claims": "Claims", "remittance": "Remittances (835)", "acknowledgment": "Acknowledgments of claims",
}  # fmt: skip
_DIGITS: Final = 16
"""Of a SHA-256 on paper; all of it is in the table as data."""


def documents(request: Request) -> Table:
    """Every imported file that covers a day of the period, with its SHA-256."""
    period = request.period
    found = [item for item in request.books.imported if item.first <= period.last and item.last >= period.first]
    columns = (
        Column("kind", "Kind", shown="data"),
        Column("what", "What it is"),
        Column("first", "From", "date"),
        Column("last", "Through", "date"),
        Column("file", "File"),
        Column("rows", "Rows", "count", shown="wide"),
        Column("sha256", "SHA-256", shown="data"),
        Column("digits", "SHA-256, first digits", shown="wide"),
    )
    notes = () if found else ("No imported file covers the period.",)
    return request.table("documents", "Supporting documents", columns, _rows(request, found), notes, has_basis=False)


def _rows(request: Request, found: list[Imported]) -> Iterator[Row]:
    titles = Titles(request.books)
    for item in sorted(found, key=lambda fact: (fact.first, fact.kind, fact.last)):
        rows = item.meta.get("rows")
        count = int(rows) if rows is not None else None
        cells = (item.kind, _what(item, titles), item.first, item.last, item.meta.get("file"), count)
        digest = item.meta.get("sha256")
        yield Row("line", (*cells, digest, digest[:_DIGITS] if isinstance(digest, str) else None))
    if found:
        total = many(len(found), "file")
        yield Row("total", (total, total, *(None,) * 6))


def _what(item: Imported, titles: Titles) -> str:
    """A bank's file by the account that it is of, any other by what it tells."""
    if item.account:
        return f"Statement, {titles.whole(item.account)}"
    return _WORDS.get(item.kind) or words(item.kind.title().replace("-", ""))
