"""The summary: the year in a few figures, the proof that the statements agree, and three charts.

Each figure is read from a finished table and stands there too.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from daysheet.reports.formats import charts
from daysheet.reports.formats.charts import Chart, Series
from daysheet.reports.management import kpis
from daysheet.reports.pack.contents import Figures
from daysheet.reports.pdf import pages
from daysheet.reports.pdf.layout import shown
from daysheet.reports.pdf.pages import KeyFigure, Part
from daysheet.reports.schedules.tie_outs import AGREES, DIFFERS
from daysheet.reports.table import Row, Table

TIE_OUTS: Final = "tie-outs"
PROOF: Final = "proof-of-cash"
_WHY_EMPTY: Final = {
    "kpis": ("Nothing was billed.",), "receivables": ("Nothing is owed.",),
    "adjusting-entries": ("The books have none in the period.",), "fixed-assets": ("No asset is declared.",),
    "payroll": ("No account is declared as payroll.",),
}  # fmt: skip
"""For tables whose notes say how they are counted, or what a bookkeeper is to write, and not why they are empty."""
_MARKS: Final = {AGREES: f"✓ {AGREES}", DIFFERS: f"✗ {DIFFERS}"}
_MONTHS: Final = tuple(calendar.month_abbr[month] for month in range(1, 13))


def part(figures: Figures) -> Part:
    """The summary's page."""
    ties = figures.tables[TIE_OUTS]
    left_out = _left_out(figures)
    rows = tuple(row._replace(cells=tuple(_MARKS.get(str(cell), cell) for cell in row.cells)) for row in ties.rows)
    marked = replace(ties, rows=rows, notes=(*ties.notes, *figures.tables["monthly"].notes[1:], *left_out))
    made = pages.part_of(
        "summary",
        "Summary",
        [marked, figures.tables[PROOF]],
        figures.subject.options.paper,
        _collections(figures),
        tuple(_figures(figures)),
    )
    return replace(made, subtitle=pages.subtitle_of(ties))


def charts_of(name: str, figures: Figures) -> tuple[Chart, ...]:
    """The charts that stand under a table."""
    if name == "receivables":
        return _by_age(figures.tables[name])
    if name == "billing-gaps":
        return _gaps(figures)
    if name == "kpis":
        return kpis.charts_of(figures.tables[name])
    return ()


def is_empty(table: Table) -> bool:
    """Whether a table has nothing to show but its notes."""
    lines = [row for row in table.rows if row.kind == "line"]
    if table.name == "kpis":
        return not any(any(row.cells[1:]) for row in lines if row.cells[0] != kpis.BENCHMARK)
    return not lines


def tie_out_line(figures: Figures) -> str:
    """How many tie-outs agree and how much is open, for the cover."""
    ties, questions = figures.tables[TIE_OUTS], figures.tables["open-questions"]
    verdicts = [row.cells[-1] for row in ties.rows if row.kind == "line"]
    agreed = verdicts.count(AGREES)
    count = sum(row.kind == "line" for row in questions.rows)
    open_ones = "no open question" if not count else "1 open question" if count == 1 else f"{count} open questions"
    return f"{agreed} of {len(verdicts)} tie-outs agree; {open_ones}"


def is_settled(figures: Figures) -> bool:
    """Whether every tie-out agrees and no question is open."""
    ties, questions = figures.tables[TIE_OUTS], figures.tables["open-questions"]
    agreed = all(row.cells[-1] == AGREES for row in ties.rows if row.kind == "line")
    return agreed and not any(row.kind == "line" for row in questions.rows)


def _left_out(figures: Figures) -> tuple[str, ...]:
    """A sentence for each section without anything to show, with what it says of itself."""
    empty = [table for table in figures.tables.values() if is_empty(table)]
    return tuple(
        " ".join((f"{table.title} is left out.", *(_WHY_EMPTY.get(table.name) or table.notes[:1]))) for table in empty
    )


def _figures(figures: Figures) -> Iterator[KeyFigure]:
    """Income, its remainder, the money at the bank's side of the balance sheet, and what was never billed."""
    income, balance = figures.tables["income"], figures.tables["balance-sheet"]
    for table, title, label in (
        (income, "Total income", f"Income, {income.basis} basis"),
        (income, "Net income", f"Net income, {income.basis} basis"),
        (balance, "Total assets", "Assets at year end"),
    ):
        amount = _amount(table, title)
        if amount is not None:
            yield KeyFigure(shown(amount, "money", table.decimals), label)
    gaps = figures.tables["billing-gaps"]
    total = _total(gaps)
    if total is not None:
        yield KeyFigure(
            shown(total.cells[place_of(gaps, "amount")], "money", gaps.decimals), "Visits never billed, at fees"
        )


def _collections(figures: Figures) -> tuple[Chart, ...]:
    """The year's collections beside those of the year before, where there were any."""
    year = figures.subject.period.first.year
    series = [Series(str(year), _column(figures.tables["monthly"], "collected"))]
    before = _column(figures.prior_months, "collected")
    if any(before):
        series.insert(0, Series(str(year - 1), before))
    if not any(any(one.values) for one in series):
        return ()
    return (charts.bars(f"Collections by month, {_currency(figures)}", _MONTHS, series),)


def _by_age(table: Table) -> tuple[Chart, ...]:
    total = _total(table)
    if total is None:
        return ()
    ages = [place for place, column in enumerate(table.columns) if column.key.startswith("days_")]
    values = tuple(_decimal(total.cells[place]) for place in ages)
    if not any(values):
        return ()
    labels = [f"{table.columns[place].title} days" for place in ages]
    return (charts.bars(f"Receivables by age, {table.currency}", labels, [Series("Owed", values)]),)


def _gaps(figures: Figures) -> tuple[Chart, ...]:
    """What was never billed, by the month that each gap begins in."""
    table = figures.tables["billing-gaps"]
    date, amount = place_of(table, "date"), place_of(table, "amount")
    values = [Decimal()] * 12
    for row in table.rows:
        if row.kind == "line":
            values[int(str(row.cells[date])[5:7]) - 1] += _decimal(row.cells[amount])
    if not any(values):
        return ()
    return (charts.bars(f"Never billed, by month, {table.currency}", _MONTHS, [Series("At fees", tuple(values))]),)


def _amount(table: Table, title: str) -> Decimal | None:
    place = place_of(table, "current")
    return next((_decimal(row.cells[place]) for row in table.rows if row.cells[0] == title), None)


def _total(table: Table) -> Row | None:
    return next((row for row in reversed(table.rows) if row.kind == "total"), None)


def _column(table: Table, key: str) -> tuple[Decimal, ...]:
    place = place_of(table, key)
    return tuple(_decimal(row.cells[place]) for row in table.rows if row.kind == "line")


def place_of(table: Table, key: str) -> int:
    """Where a column stands in a table's rows."""
    return next(place for place, column in enumerate(table.columns) if column.key == key)


def _decimal(cell: object) -> Decimal:
    return cell if isinstance(cell, Decimal) else Decimal()


def _currency(figures: Figures) -> str:
    return figures.tables["income"].currency
