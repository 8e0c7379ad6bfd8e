"""What a table becomes on paper: how cells read, what the typeface shows, what a chart says."""

from __future__ import annotations

import datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from daysheet.reports.formats import charts
from daysheet.reports.formats.charts import Series
from daysheet.reports.pdf import fonts, layout
from daysheet.reports.table import Column, Row, Table

D = Decimal
DAY = datetime.date(2026, 12, 31)


@pytest.mark.parametrize(
    ("cell", "kind", "text"),
    [
        (D("1234.5"), "money", "1,234.50"),
        (D("-1234.5"), "money", "(1,234.50)"),
        (D(0), "money", "–"),
        (None, "money", ""),
        (D("-43.0"), "percent", "(43.0%)"),
        (1200, "count", "1,200"),
        (DAY, "date", "2026-12-31"),
        ("a\x00b\tc", "text", "a b c"),
        ("e\u0301", "text", "é"),
        ("漢\u202eא", "text", "□□□"),
    ],
)
def test_a_cell_reads_as_an_accountant_writes_it(cell, kind, text):
    assert layout.shown(cell, kind) == text


def test_what_the_typeface_lacks_is_counted_by_name():
    note = fonts.lacking_note(["漢漢", "plain", "\ue000"])
    assert note is not None
    assert "U+6F22 (cjk unified ideograph-6f22, 2×)" in note
    assert "U+E000 (no name, 1×)" in note
    assert fonts.lacking_note(["Łódź – ✓ † → é"]) is None


def table(columns: int, words: str = "Rent") -> Table:
    heads = (Column("a", "Account"), *(Column(f"m{n}", "2026", "money") for n in range(columns)))
    rows = (Row("line", (words, *(D("123456.78"),) * columns)),)
    return Table("x", "X", "cash", None, DAY, DAY, "USD", heads, rows)


@pytest.mark.parametrize("paper", ["letter", "a4"])
@pytest.mark.parametrize("columns", [1, 4, 8, 12, 16])
def test_a_table_never_runs_over_the_margin(paper, columns):
    sheet = layout.sheet(table(columns, "A long account name " * 5), paper)
    assert sheet.width <= layout.room_of(paper, sheet.orientation) + 0.01


def test_a_narrow_table_stands_upright_and_a_wide_one_lies():
    assert layout.sheet(table(4), "letter").orientation == "portrait"
    assert layout.sheet(table(12), "letter").orientation == "landscape"


def test_amounts_stand_in_columns_of_one_width():
    widths = layout.sheet(table(4), "letter").widths[1:]
    assert len(set(widths)) == 1


def test_a_column_in_which_nothing_stands_is_not_printed():
    heads = (Column("a", "Account"), Column("b", "Tax line"), Column("c", "For programs", shown="data"))
    made = Table("x", "X", "", None, DAY, DAY, "USD", heads, (Row("line", ("Rent", None, "Expenses:Rent")),))
    assert [column.title for column in layout.sheet(made, "letter").columns] == ["Account"]


def test_a_chart_says_in_words_what_it_shows():
    chart = charts.bars(
        "Owed <by> age", ["0–30", "31–60"], [Series("2025", (D(5), D(0))), Series("2026", (D(-7), D(8)))]
    )
    root = ElementTree.fromstring(str(chart.svg))  # noqa: S314
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text == "Owed <by> age. 2025: 0–30 5.00, 31–60 0.00; 2026: 0–30 -7.00, 31–60 8.00."


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        ("1.6", "0.0 0.5 1.0 1.5 2.0"),
        ("9", "0.0 2.5 5.0 7.5 10.0"),
        ("4", "0 1 2 3 4"),
        ("5750", "0 2,000 4,000 6,000"),
    ],
)
def test_the_axis_of_a_chart_says_its_steps_as_they_are(highest, ticks):
    chart = charts.bars("T", ["a"], [Series("s", (D(highest),))])
    root = ElementTree.fromstring(str(chart.svg))  # noqa: S314
    words = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert words == [*ticks.split(), "a"]


def test_the_bars_of_a_chart_are_as_high_as_their_figures():
    chart = charts.bars("T", ["a", "b"], [Series("s", (D(100), D(50)))])
    root = ElementTree.fromstring(str(chart.svg))  # noqa: S314
    heights = [float(rect.get("height", "0")) for rect in root.iter("{http://www.w3.org/2000/svg}rect")]
    assert heights[0] == pytest.approx(2 * heights[1], rel=0.01)
