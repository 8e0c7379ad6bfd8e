"""Charts as Fava's own component draws them: a scale, and the value under the pointer.

Fava draws amounts by currency; a line is named where it takes a currency.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from daysheet import checks
from daysheet.books import Books
from daysheet.findings import gap
from daysheet.plugins.fava.shown.trends import Trend
from daysheet.reports.schedules.receivables import BUCKETS, OLDEST, aged
from daysheet.reports.table import Table

Chart = dict[str, Any]
Points = Sequence[tuple[datetime.date, Mapping[str, Decimal | None]]]
NEVER_BILLED = ("unbilled-visit", "billing-lapse")


def lines(label: str, points: Points) -> Chart:
    """A chart of lines; a point whose value is not known is left out."""
    data = [
        {"date": day, "balance": {name: value for name, value in values.items() if value is not None}}
        for day, values in points
    ]
    return {"type": "balances", "label": label, "data": data}


def bars(label: str, points: Points) -> Chart:
    """A chart of bars."""
    data = [{"date": day, "balance": dict(values), "account_balances": {}, "budgets": {}} for day, values in points]
    return {"type": "bar", "label": label, "data": data}


def forecast(table: Table) -> list[Chart]:
    """The weeks to come: the cash at the end of each, and what is collected in each with its range."""
    keys = [column.key for column in table.columns]
    rows: list[dict[str, Any]] = [dict(zip(keys, row.cells, strict=True)) for row in table.rows]
    weeks = [row for row in rows if isinstance(row["week"], datetime.date)]
    cash: list[tuple[datetime.date, dict[str, Decimal | None]]] = []
    collected: list[tuple[datetime.date, dict[str, Decimal | None]]] = []
    more = Decimal()
    for row in weeks:
        end = row["week"] + datetime.timedelta(days=6)
        more += row["if_billed"]
        cash.append((end, {"Cash": row["cash"], "If the gap were billed": row["cash"] + more if more else None}))
        expected = row["open_bills"] + row["coming_visits"]
        collected.append((end, {"Expected": expected, "Low": row["low"], "High": row["high"]}))
    if not any(value for _, values in (*cash, *collected) for value in values.values()):
        return []
    return [lines("Cash at the end of each week", cash), lines("Collected in each week, low to high", collected)]


def over_time(books: Books, days: Sequence[datetime.date]) -> list[Chart]:
    """What was never billed, and what was owed by age, at the end of each month as it was known then."""
    missed = [(day, {books.currency: gap(checks.find(books, day, NEVER_BILLED)).gross}) for day in days]
    owed = [(day, _ages(books, day)) for day in days]
    charts = []
    if any(values[books.currency] for _, values in missed):
        charts.append(bars("Never billed", missed))
    if any(value for _, values in owed for value in values.values()):
        charts.append(lines("Receivables by age in days", owed))
    return charts


def measures(trends: Iterable[Trend], days: Sequence[datetime.date]) -> list[Chart]:
    """Each measure month by month, beside its benchmark."""
    return [
        lines(
            trend.name,
            [
                (day, {trend.unit: value, "benchmark": trend.limit})
                for day, value in zip(days, trend.history, strict=True)
            ],
        )
        for trend in trends
        if any(value is not None for value in trend.history)
    ]


def _ages(books: Books, day: datetime.date) -> dict[str, Decimal]:
    titles = (*(title for _, title in BUCKETS), OLDEST)
    rows = list(aged(books, day).values())
    return {title: sum((amounts[at] for amounts in rows), Decimal()) for at, title in enumerate(titles)}
