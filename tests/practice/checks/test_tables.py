"""Measures and forecast as reports: the same figures in a table and in a chart that says them in words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from daysheet.reports import period
from daysheet.reports.management import cash_forecast, kpis
from daysheet.reports.registry import build
from daysheet.settings import Settings

from tests.practice.checks.ledgers import ADAMS, BAKER, worked


@pytest.fixture
def books(load):
    adams = worked("2026-01-05", "2026-03-27", unbilled="2026-03-16", a_day=4)
    return load(ADAMS + BAKER + adams + worked("2026-01-05", "2026-03-27", provider="baker", weekdays="024", a_day=2))


def table(books, folder, name, settings=""):
    (folder / "daysheet.toml").write_text(settings)
    return build(name, books, Settings.of(folder), period.parse("2026"))


def test_measures_stand_by_practice_provider_payer_and_month(books, tmp_path):
    rows = [(row.kind, row.cells[0]) for row in table(books, tmp_path, "kpis").rows]
    assert rows[:3] == [("line", "Practice"), ("line", "Prior year"), ("note", "Benchmark")]
    assert rows[3:8] == [
        ("heading", "By provider"), ("line", "Dr. Adams"), ("line", "Dr. Baker"), ("heading", "By payer"),
        ("line", "Patients"),
    ]  # fmt: skip
    assert rows[9:12] == [("line", "Jan 2026"), ("line", "Feb 2026"), ("line", "Mar 2026")]


def test_a_benchmark_is_a_setting(books, tmp_path):
    made = table(books, tmp_path, "kpis", "[check]\ndays-in-receivables = 35\n")
    place = [column.key for column in made.columns].index("days_in_ar")
    assert made.rows[2].cells[place] == Decimal(35)


def test_every_measure_says_its_formula_and_source(books, tmp_path):
    made = table(books, tmp_path, "kpis")
    assert any(note.startswith("Net collection: (payments − refunds) ÷ (charges −") for note in made.notes)
    assert all("(" in note for note in made.notes)


def test_a_measure_has_a_chart_over_the_months(books, tmp_path):
    titles = [chart.title for chart in kpis.charts_of(table(books, tmp_path, "kpis"))]
    assert titles == ["Days in A/R by month, days", "A/R over 90 days by month, %"]


def test_the_forecast_has_thirteen_weeks_and_a_total(books, tmp_path):
    made = table(books, tmp_path, "cash-forecast")
    assert [row.kind for row in made.rows] == ["line"] * 13 + ["total"]
    assert str(made.rows[0].cells[0]) == "2026-03-28"


def test_a_practice_that_was_never_paid_expects_nothing(books, tmp_path):
    made = table(books, tmp_path, "cash-forecast")
    assert made.rows[-1].cells[1:3] == (Decimal("0.00"), Decimal("0.00"))
    assert cash_forecast.charts_of(made) == ()
