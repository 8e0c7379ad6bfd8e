"""The first page of each section looks as it did: pictures, compared by pixels.

`python -m tests.reports.pack.test_pictures` draws them anew after an intended change of the look; look at each of them.
Renderers smooth letters differently from version to version, so a few pixels may differ a little; a column that
moved, a rule that is gone or another size of type makes many pixels differ a lot.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from daysheet.books import loading
from daysheet.reports.pack import build, contents, sections
from daysheet.reports.pdf import html_to_pdf
from daysheet.settings import Settings
from PIL import Image, ImageChops
from pypdf import PdfReader

from tests import forked
from tests.reports.pack.conftest import make_books
from tests.reports.pack.practice import ledger

GOLDEN = Path(__file__).parent / "golden"
SAMPLES = Path(__file__).parents[3] / "ledgers"
PACK = "packs/2026/accountants-pack-2026.pdf"
DOTS = 42  # an inch
DARKER = 80  # of 255: more than smoothing does
ALLOWED = 0.004  # of all pixels
SECTIONS = (
    "cover", "contents", "summary", "open-questions",
    "profit-and-loss", "balance-sheet", "statement-of-cash-flows", "profit-and-loss-accrual-basis",
    "cash-to-accrual-bridge", "adjusting-entries", "working-trial-balance", "tax-line-summary-schedule-c-form-1040",
    "reconciliations", "fixed-assets-and-depreciation", "depreciation-for-the-return",
    "owner-draws-contributions-and-capital", "loan-schedule", "1099-nec-and-1099-misc-candidates", "payroll-summary",
    "receivables-aging", "receipts-and-deposits", "monthly-summary", "key-performance-indicators",
    "visits-never-billed", "general-ledger", "supporting-documents", "embedded-files",
)  # fmt: skip


class Place(NamedTuple):
    """A section and the page that it begins on, counted from 1."""

    name: str
    page: int


def places(pack_file: Path) -> Iterator[Place]:
    reader = PdfReader(pack_file)
    for item in reader.outline:
        if not isinstance(item, list):
            name = re.sub(r"[^a-z0-9]+", "-", str(item.title).lower()).strip("-")
            yield Place(name, (reader.get_destination_page_number(item) or 0) + 1)


def picture(pack_file: Path, page: int, folder: Path) -> Image.Image:
    target = folder / f"page{page}"
    command = ["pdftoppm", "-r", str(DOTS), "-gray", "-png", "-f", str(page), "-l", str(page), "-singlefile"]
    subprocess.run([*command, str(pack_file), str(target)], check=True)
    with Image.open(target.with_suffix(".png")) as image:
        return image.convert("L")


def difference(one: Image.Image, other: Image.Image) -> float:
    """The share of pixels that differ by more than smoothing does."""
    if one.size != other.size:
        return 1.0
    histogram = ImageChops.difference(one, other).histogram()
    return sum(histogram[DARKER:]) / (one.width * one.height)


def golden(name: str) -> Image.Image:
    with Image.open(GOLDEN / f"{name}.png") as image:
        return image.convert("L")


def test_every_section_of_the_pack_has_its_picture(full):
    assert tuple(place.name for place in places(full / PACK)) == SECTIONS


@pytest.mark.parametrize("name", SECTIONS)
def test_the_page_looks_as_it_did(full, tmp_path, name):
    page = next(place.page for place in places(full / PACK) if place.name == name)
    assert difference(picture(full / PACK, page, tmp_path), golden(name)) <= ALLOWED


def white(image: Image.Image) -> float:
    """The share of a page's room, between its head and its foot, that is white below what stands on it."""
    top, bottom = image.height * 0.12, image.height * 0.9
    rows = range(int(top), int(bottom))
    inked = [y for y in rows if min(image.crop((0, y, image.width, y + 1)).tobytes()) < 200]
    return (bottom - max(inked, default=int(top))) / (bottom - top)


def half_white(pack_file: Path, folder: Path) -> dict[int, float]:
    """The pages after the cover that are half white or more, and how white."""
    pages = range(2, len(PdfReader(pack_file).pages) + 1)
    found = {page: round(white(picture(pack_file, page, folder)), 2) for page in pages}
    return {page: share for page, share in found.items() if share > 0.5}


def test_no_page_is_half_white(full, tmp_path):
    assert half_white(full / PACK, tmp_path) == {}


@pytest.mark.long
@pytest.mark.parametrize("sample", ["two-doctors", "dental-group"])
def test_no_page_of_a_samples_pack_is_half_white(sample, tmp_path):
    shutil.copytree(SAMPLES / sample, tmp_path / "books")
    command = [forked.program(), "pack", "2026", "--books", str(tmp_path / "books")]
    subprocess.run(command, check=True)
    assert half_white(tmp_path / "books" / PACK, tmp_path) == {}


def test_a_column_that_moves_is_seen(full, tmp_path):
    books, settings = loading.load(full), Settings.of(full)
    subject = contents.subject_of(books, settings, 2026, contents.Options())
    figures = contents.figures_of(books, settings, subject)
    groups = sections.groups_of(figures, settings, ())
    made = build.joined(contents.gather(books, settings, figures), settings, None, groups, {})
    (document,) = (leaf for leaf in made.leaves if '<section id="income"' in leaf.html)
    head, section = document.html[: document.html.index("<section")], document.html.partition("<section")[2]
    section = "<section" + section.partition("</section>")[0] + "</section>"
    assert "width:" in section
    for moved in (False, True):
        html = head + (re.sub(r"<col style=\"width:([\d.]+)pt\"/>", narrower, section, count=1) if moved else section)
        path = tmp_path / f"{moved}.pdf"
        path.write_bytes(
            html_to_pdf.render(html_to_pdf.Document(html + "</body></html>", document.style, document.dated))
        )
    unmoved, shifted = (picture(tmp_path / f"{moved}.pdf", 1, tmp_path) for moved in (False, True))
    assert difference(unmoved, shifted) > 2 * ALLOWED


def narrower(match: re.Match[str]) -> str:
    return f'<col style="width:{float(match[1]) - 6:.2f}pt"/>'


def draw() -> None:
    """Draw all pictures anew."""
    with tempfile.TemporaryDirectory() as name:
        folder = make_books(Path(name) / "books", ledger())
        command = [forked.program(), "pack", "2026", "--books", str(folder)]
        subprocess.run(command, check=True)
        GOLDEN.mkdir(exist_ok=True)
        for old in GOLDEN.glob("*.png"):
            old.unlink()
        for place in places(folder / PACK):
            drawn = picture(folder / PACK, place.page, Path(name)).quantize(16)
            drawn.save(GOLDEN / f"{place.name}.png", optimize=True)


if __name__ == "__main__":
    draw()
