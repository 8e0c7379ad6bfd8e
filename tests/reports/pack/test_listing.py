"""Pages that the program sets itself: each line of a text, heads on each page, figures in line, a structure to read."""

from __future__ import annotations

import datetime
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from daysheet.reports import one_page
from daysheet.reports.pdf import fonts, pages, shaping
from daysheet.reports.pdf.listing import Listing
from daysheet.reports.pdf.tagged import About
from daysheet.reports.table import Column, Row, Table
from pypdf import PdfReader

from tests.reports.pack.conftest import ROOT

D = Decimal
DAY = datetime.date(2026, 12, 31)
COLUMNS = (
    Column("date", "Date", "date"), Column("text", "Payee and narration"), Column("debit", "Debit", "money"),
    Column("balance", "Balance", "money"),
)  # fmt: skip


def account(name: str, *texts: str, balance: str = "1234.50") -> list[Row]:
    lines = [Row("line", (DAY, text, D(10), D(balance)), 1) for text in texts]
    return [Row("heading", (None, name, None, None)), *lines, Row("subtotal", (None, "Total", D(10), D(balance)))]


def listing(*rows: Row, notes: tuple[str, ...] = ()) -> Listing:
    table = Table("general-ledger", "General ledger", "cash", DAY, DAY, DAY, "USD", COLUMNS, rows, notes)
    block = pages.block_of(table, "letter", "landscape", 8.0)
    about = About("Willow – ledger", "Harbor", "A ledger", DAY)
    return Listing(about, "Willow", "General ledger", "2026", "2026 · USD", "Foot", "letter", block.sheet, block.notes)


def written(tmp_path: Path, made: Listing) -> Path:
    path = tmp_path / "listing.pdf"
    path.write_bytes(made.render())
    return path


def words(path: Path) -> Iterator[tuple[str, float, float, float]]:
    """Each word on the pages with its left and right edges and its top, as poppler finds them."""
    run = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, text=True, check=True)
    for found in re.finditer(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="[\d.]+">(.*?)<', run.stdout):
        yield found[4], float(found[1]), float(found[3]), float(found[2])


def elements(path: Path) -> list[tuple[str, Any]]:
    """The structure's elements in reading order, by kind."""
    found: list[tuple[str, Any]] = []
    with pikepdf.open(path) as pdf:

        def walk(element: Any) -> None:
            found.append((str(element.S), element.get("/A", {}).get("/Scope")))
            for kid in element.get("/K", []):
                if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                    walk(kid)

        walk(pdf.Root.StructTreeRoot.K)
    return found


def test_a_text_longer_than_a_page_goes_on_under_heads_said_again(tmp_path, verapdf):
    told = " ".join(f"word{number:04}" for number in range(3000))
    path = written(tmp_path, listing(*account("Assets:Bank", "before", told, "after")))
    text = " ".join(page.extract_text() for page in PdfReader(path).pages)
    assert re.findall(r"word\d{4}", text) == told.split()
    assert text.index("before") < text.index("word0000") < text.index("word2999") < text.index("after")
    for page in PdfReader(path).pages[1:]:
        assert "Assets:Bank (continued)" in page.extract_text()
        assert "Balance" in page.extract_text()
    assert verapdf(path) == []


def test_nothing_stands_beyond_the_margins(tmp_path):
    rows = account("Assets:" + "LongName" * 40, "x" * 400, "a-b/c " * 90, *("short",) * 150, balance="-98765432.10")
    path = written(tmp_path, replace(listing(*rows, notes=("A note. " * 60,)), entity="Willow Creek " * 12))
    found = list(words(path))
    assert len(found) > 500
    assert min(left for _, left, _, _ in found) >= 36 - 0.1
    assert max(right for _, _, right, _ in found) <= 792 - 36 + 0.1
    assert max(top for *_, top in found) < 612 - 20


def test_the_decimals_of_amounts_stand_under_each_other(tmp_path):
    rows = [*account("A", "one", balance="-1234.50"), *account("B", "two", balance="7.25")]
    found = [
        (word, right) for word, _, right, _ in words(written(tmp_path, listing(*rows))) if word.endswith(("5", "0)"))
    ]
    closing = fonts.width(")", 8.0)
    ends = {
        round(right - closing if word.endswith(")") else right, 1)
        for word, right in found
        if word in ("(1,234.50)", "7.25")
    }
    assert len(ends) <= 2
    assert max(ends) - min(ends) <= 0.3


def test_a_total_never_stands_alone_at_the_top_of_a_page(tmp_path):
    for lines in range(30, 44):
        path = written(tmp_path, listing(*account("Assets:Bank", *("line",) * lines)))
        for page in PdfReader(path).pages:
            text = page.extract_text()
            assert "Total" not in text or "line" in text


def test_a_reader_of_the_structure_finds_headings_and_tables_of_one_width(tmp_path):
    path = written(tmp_path, listing(*account("Assets:Bank", *("line",) * 60), *account("Income:Visits", "line")))
    found = elements(path)
    kinds = [kind for kind, _ in found]
    assert kinds[:4] == ["/Document", "/P", "/H1", "/P"]
    assert kinds.count("/H2") == kinds.count("/Table") == kinds.count("/THead") == 2
    assert [scope for kind, scope in found if kind == "/TH"] == ["/Column"] * 2 * len(COLUMNS)
    assert kinds.count("/TR") == 2 + 60 + 1 + 2
    assert kinds.count("/TD") == (60 + 1 + 2) * len(COLUMNS)


def test_the_outline_names_each_account(tmp_path):
    path = written(tmp_path, listing(*account("Assets:Bank", *("line",) * 60), *account("Income:Visits", "line")))
    reader = PdfReader(path)
    items = [item for item in reader.outline if not isinstance(item, list)]
    outline = [(item.title, reader.get_destination_page_number(item)) for item in items]
    assert outline == [("General ledger", 0), ("Assets:Bank", 0), ("Income:Visits", 1)]


@pytest.mark.parametrize("text", ["To AVA – Ty", "Łódź, é † → ✓", "a" * 40, ""])
def test_a_kerned_line_is_about_as_wide_as_its_letters(text):
    run = shaping.run(text, "Regular")
    plain = fonts.width(text, 1000)
    assert plain * 0.9 - 1 <= run.width <= plain + 30
    assert len(re.findall(r"[0-9a-f]{4}", "".join(re.findall(r"<([0-9a-f]*)>", run.shown.decode())))) == len(text)


def test_letters_that_fit_into_each_other_are_set_closer():
    # by 41 and by 24 thousandths, which is what HarfBuzz makes of the font
    assert shaping.run("Ye", "Regular").width == pytest.approx(fonts.width("Ye", 1000) - 41, abs=1)
    assert shaping.run("nc", "Semibold").width == fonts.width("nc", 1000, "Semibold")
    assert shaping.run("ce", "Semibold").width == pytest.approx(fonts.width("ce", 1000, "Semibold") - 24, abs=1)
    assert shaping.run("2026", "Regular").width == fonts.width("2026", 1000)


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("one two three", 1000, ["one two three"]),
        ("one two three", 22, ["one ", "two ", "three"]),
        ("Sons-and-daughters", 38, ["Sons-and-", "daughters"]),
        ("", 10, [""]),
    ],
)
def test_lines_break_where_a_reader_expects_it(text, room, lines):
    assert shaping.wrapped(text, 8, "Regular", room) == lines


@pytest.mark.parametrize("text", ["x" * 300, "word " * 80, "a-b " * 50 + "c" * 99, "2026-12-31 " * 20])
def test_no_line_is_wider_than_its_room_and_nothing_is_lost(text):
    lines = shaping.wrapped(text, 8, "Regular", 60)
    assert "".join(lines) == text
    assert all(fonts.width(line.rstrip(), 8) <= 60 for line in lines)


def test_a_ledger_alone_is_set_as_its_volumes_are(verapdf, tmp_path):
    table = Table(
        "general-ledger", "General ledger", "cash", DAY, DAY, DAY, "USD", COLUMNS, tuple(account("A", "x")), ()
    )
    path = tmp_path / "one.pdf"
    path.write_bytes(one_page.to_pdf(table, "Willow", "a4"))
    assert verapdf(path) == []
    reader = PdfReader(path)
    assert "general-ledger.csv" in reader.attachments
    assert "Books through 2026-12-31 · Unaudited" in reader.pages[0].extract_text()
    assert [round(float(edge)) for edge in reader.pages[0].mediabox[2:]] == [842, 595]


def test_any_text_that_can_be_printed_can_be_set(tmp_path, verapdf):
    shown = sorted(fonts.face("Regular").advances)
    text = fonts.printable("".join(map(chr, shown)))
    made = replace(listing(*account("ʼN ß ŉ", text, "two\u00a0spaces and one")), entity="ŉ ß ǰ")
    path = written(tmp_path, made)
    assert verapdf(path) == []
    assert "spaces and one" in PdfReader(path).pages[-1].extract_text()


ELSEWHERE = """
import hashlib
from tests.reports.pack.test_listing import account, listing
print(hashlib.sha256(listing(*account("Assets:Bank", *("Łódź – rent",) * 60), notes=("A note.",)).render()).hexdigest())
"""


@pytest.mark.parametrize(
    ("zone", "seed", "typefaces"), [("Asia/Tokyo", "1", "/dev/null"), ("America/New_York", "2", "")]
)
def test_the_bytes_are_the_same_in_every_environment(zone, seed, typefaces):
    environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": "C", "FONTCONFIG_FILE": typefaces}
    run = subprocess.run(
        [sys.executable, "-c", ELSEWHERE], capture_output=True, text=True, check=True, env=environment, cwd=ROOT
    )
    here = listing(*account("Assets:Bank", *("Łódź – rent",) * 60), notes=("A note.",)).render()
    assert run.stdout.strip() == hashlib.sha256(here).hexdigest()
