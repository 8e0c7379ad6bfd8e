"""Thirteen weeks of cash as a table: collections with their range, what is paid out, and the cash that remains."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from daysheet.accounts import BANK, is_under
from daysheet.billing.working_days import ONE_DAY
from daysheet.books import Books
from daysheet.cash.forecast import Forecast, forecast
from daysheet.facts import Imported
from daysheet.findings import gap
from daysheet.reports.formats.charts import Chart, Series, bars
from daysheet.reports.management.billing_gaps import billing_findings
from daysheet.reports.request import Request
from daysheet.reports.table import Column, Row, Table
from daysheet.wording import figure

_COLUMNS: Final = (
    Column("week", "Week from", "date"),
    Column("open_bills", "From open bills", "money"),
    Column("coming_visits", "From visits to come", "money"),
    Column("low", "Low", "money", "wide"),
    Column("high", "High", "money", "wide"),
    Column("paid_out", "Known bills", "money"),
    Column("cash", "Cash at the end", "money"),
    Column("if_billed", "If the gap were billed", "money"),
)


def cash_forecast(request: Request) -> Table:
    """The thirteen weeks after the period, or after the last day that the books cover."""
    books = request.books
    day = min(request.period.last, books.as_of)
    unbilled = [f for f in billing_findings(books, day) if f.kind in ("unbilled-visit", "billing-lapse")]
    made = forecast(books, day, gap(unbilled))
    rows, notes = _rows(made), (*_missing(books, day), *_notes(made, request.books.currency))
    return request.table("cash-forecast", "Cash forecast", _COLUMNS, rows, notes, has_basis=False, at_end=True)


def charts_of(table: Table) -> tuple[Chart, ...]:
    """What is collected in each week, and what billing the gap now would add."""
    weeks = [row for row in table.rows if row.kind == "line" and row.cells[0] is not None]
    collected = tuple(_amount(row, 1) + _amount(row, 2) for row in weeks)
    if not any(collected):
        return ()
    series = [Series("Expected collections", collected)]
    added = tuple(_amount(row, 7) for row in weeks)
    if any(added):
        series.append(Series("If the gap were billed now, in addition", added))
    labels = [str(row.cells[0])[5:] for row in weeks]
    return (bars(f"Collections by week, {table.currency}", labels, series),)


def _amount(row: Row, place: int) -> Decimal:
    cell = row.cells[place]
    return cell if isinstance(cell, Decimal) else Decimal()


def _rows(made: Forecast) -> Iterator[Row]:
    cash = made.at_hand
    for week in made.weeks:
        cash += week.collected + week.paid_out
        cells = (week.first, week.open_bills, week.coming_visits, week.low, week.high, week.paid_out, cash)
        yield Row("line", (*cells, week.if_billed))
    sums = [
        sum((getattr(week, name) for week in made.weeks), Decimal())
        for name in ("open_bills", "coming_visits", "paid_out", "if_billed")
    ]
    yield Row("total", ("Total", sums[0], sums[1], None, None, sums[2], cash, sums[3]))


def _missing(books: Books, day: datetime.date) -> Iterator[str]:
    """What is not known of the cash at hand: days of bank accounts that no file covers."""
    files: dict[str, list[Imported]] = {}
    for imported in books.imported:
        if is_under(imported.account or "", BANK) and imported.first <= day:
            files.setdefault(imported.account or "", []).append(imported)
    least = books.days_of("export-gap-days", day)
    for account, same in sorted(files.items()):
        reached = same[0].first
        for file in (*sorted(same, key=lambda file: file.first), None):
            until = day if file is None else file.first - ONE_DAY
            if (until - reached).days >= least:
                first = reached + ONE_DAY
                yield f"No file of {account} covers {first} to {until}: the cash is not known until it is imported."
            reached = reached if file is None else max(reached, file.last)


def _notes(made: Forecast, currency: str) -> Iterator[str]:
    at_hand = figure(made.at_hand, currency)
    yield f"Cash in the bank on {made.as_of}: {at_hand}. Known bills are those that recur; no other spending."
    yield "Collections follow each payer's own pay-lag; a week without bills shows as the dip that it will make."
    past = made.hindsight
    if past is None:
        yield "There is no history yet to tell a range, or how the last forecast did."
    else:
        share = past.came * 100 / past.said if past.said else Decimal()
        yield (
            f"The same forecast made for {past.first} to {past.last} said {figure(past.said, currency)}; "
            f"{figure(past.came, currency)} came "
            f"({share:.0f} %). Low and high are the tenth and ninetieth percentile of such weeks."
        )
