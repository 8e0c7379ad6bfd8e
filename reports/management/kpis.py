"""The measures of a practice as a table: the whole against its benchmarks, then by provider, payer and month."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from daysheet import measures
from daysheet.books.openings import begin_of
from daysheet.measures import DEFINITIONS, Benchmarks, Measures
from daysheet.reports.formats.charts import Chart, Series, across, bars
from daysheet.reports.management.monthly import begun
from daysheet.reports.period import Period
from daysheet.reports.request import Request
from daysheet.reports.table import Cell, Column, ColumnKind, Row, Shown, Table

BENCHMARK: Final = "Benchmark"
_NARROW: Final = ("days_in_ar", "over_90", "lag_median", "net_collection", "denial", "first_pass")
_DAYS: Final = ("days_in_ar", "lag_median", "lag_p90")
_WIDTH: Final = 506.0
_GAP: Final = 7.0
_HEIGHT: Final = 70.0
_MADE_OF: Final = (("charges", "Charges"), ("payments", "Payments"), ("receivable", "Receivables"))


def kpis(request: Request) -> Table:
    """Each measure of the period: this year, the prior one, the benchmark; then one row a provider, payer and month."""
    columns = [Column("of", "Of")]
    for key, definition in DEFINITIONS.items():
        kind: ColumnKind = "days" if key in _DAYS else "money" if key == "credits" else "percent"
        shown: Shown = "always" if key in _NARROW else "wide"
        columns.append(Column(key, definition.name, kind, shown))
    columns += [Column(key, title, "money", "data") for key, title in _MADE_OF]
    return request.table(
        "kpis", "Key performance indicators", columns, _rows(request), _notes(request), has_basis=False
    )


def charts_of(table: Table) -> tuple[Chart, ...]:
    """One chart for each measure that the practice has, month by month."""
    start = next((n for n, row in enumerate(table.rows) if row.cells[0] == "By month"), len(table.rows))
    months = [row for row in table.rows[start + 1 :] if row.kind == "line"]
    labels = [str(row.cells[0])[:3] for row in months]
    drawn = {
        column: Series(column.title, tuple(_figure(row.cells[place]) for row in months))
        for place, column in enumerate(table.columns)
        if column.key in DEFINITIONS and any(_figure(row.cells[place]) for row in months)
    }
    units = {"days": "days", "percent": "%", "money": table.currency}
    width = (_WIDTH - _GAP * (across(len(drawn)) - 1)) / max(across(len(drawn)), 1)
    return tuple(
        bars(f"{column.title} by month, {units[column.kind]}", labels, [series], width, _HEIGHT)
        for column, series in drawn.items()
    )


def _figure(cell: Cell) -> Decimal:
    return cell if isinstance(cell, Decimal) else Decimal()


def _rows(request: Request) -> Iterator[Row]:
    books, period = request.books, request.period
    yield _row("Practice", measures.measure(books, *period), depth=0)
    yield _row("Prior year", measures.measure(books, *period.prior), depth=0)
    yield _benchmarks(request.settings.table("check", Benchmarks))
    names = {provider: facts[-1].name for provider, facts in books.providers.items()}
    payers = {payer: facts[-1].name for payer, facts in books.payers.items()}
    yield _heading("By provider")
    for provider, invoices in measures.by_provider(books).items():
        yield _row(names.get(provider, provider), measures.measure(books, *period, invoices))
    yield _heading("By payer")
    for payer, invoices in measures.by_payer(books).items():
        yield _row(payers.get(payer, payer) or "Patients", measures.measure(books, *period, invoices))
    yield _heading("By month")
    for month in _months(period):
        if month.last < begin_of(books):
            yield Row("line", (_month(month), *(None,) * (len(DEFINITIONS) + len(_MADE_OF))), 1)
            continue
        yield _row(_month(month), measures.measure(books, *month))


def _month(month: Period) -> str:
    return f"{calendar.month_abbr[month.first.month]} {month.first.year}"


def _months(period: Period) -> Iterator[Period]:
    first = period.first
    while first <= period.last:
        end = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        yield Period(first, min(end, period.last))
        first = end + datetime.timedelta(days=1)


def _row(title: str, measured: Measures, depth: int = 1) -> Row:
    values = measured._asdict()
    cells = [values[key] for key in (*DEFINITIONS, *(key for key, _ in _MADE_OF))]
    return Row("line", (title, *cells), depth)


def _benchmarks(benchmarks: Benchmarks) -> Row:
    goals = [
        Decimal(getattr(benchmarks, definition.benchmark)) if definition.benchmark else None
        for definition in DEFINITIONS.values()
    ]
    return Row("note", (BENCHMARK, *goals, *(None for _ in _MADE_OF)))


def _heading(title: str) -> Row:
    return Row("heading", (title, *(None for _ in range(len(DEFINITIONS) + len(_MADE_OF)))))


def _notes(request: Request) -> Iterator[str]:
    yield from begun(request.books, request.period)
    for definition in DEFINITIONS.values():
        better = "less is better" if definition.less_is_better else "more is better"
        yield f"{definition.name}: {definition.formula} ({definition.source}; {better})."
