"""A long list shares its rows out, so that no page of it is left almost white."""

import datetime
import io
import re
from collections.abc import Sequence

import pytest
from daysheet.reports.pdf import flow, html_to_pdf, pages
from daysheet.reports.table import Column, Row, Table
from pypdf import PdfReader

DAY = datetime.date(2026, 12, 31)
COLUMNS = (Column("file", "File"), Column("what", "What it holds"), Column("bytes", "Bytes", "count"))


def table_of(name: str, title: str, count: int) -> Table:
    rows = tuple(Row("line", (f"row-{number:03}.csv", "A table", 1000 + number)) for number in range(count))
    return Table(name, title, "", None, DAY, DAY, "", COLUMNS, rows, ("How they can be proved.",))


def texts(tables: Sequence[Table]) -> list[str]:
    """The text of each page of a section of these tables, as it is set."""
    (placed,) = flow.flowing([pages.part_of("files", "Files", tables, "letter")], "letter")
    values = {
        "title": "T", "author": "A", "description": "D", "left": "L", "right": "R", "foot": "F", "entity": "E",
        "cover": {"subtitle": "S", "facts": [], "disclaimer": "X"}, "groups": (), "parts": (placed,),
    }  # fmt: skip
    made = html_to_pdf.render(html_to_pdf.Document(pages.html("pack.html", "letter", values), pages.style(), DAY))
    return [page.extract_text() for page in PdfReader(io.BytesIO(made)).pages]


def rows_by_page(count: int) -> list[list[str]]:
    """The rows of a list of so many files, page by page."""
    found = [re.findall(r"row-\d{3}", text) for text in texts([table_of("files", "Files", count)])]
    return [page for page in found if page]


@pytest.mark.parametrize("count", [12, 34, 37, 40, 43, 75, 80])
def test_the_last_page_has_its_share_of_the_rows_and_every_row_stands_once(count):
    found = rows_by_page(count)
    assert [row for page in found for row in page] == [f"row-{number:03}" for number in range(count)]
    assert len(found) == 1 or len(found[-1]) >= 16


@pytest.mark.parametrize("count", [24, 26, 28, 30])
def test_a_tables_title_stands_on_the_page_of_its_first_rows(count):
    found = texts([table_of("files", "First list", count), table_of("files", "Second list", 12)])
    (text,) = [text for text in found if "Second list" in text]
    assert "row-000" in text.partition("Second list")[2]
