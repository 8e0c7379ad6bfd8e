"""How pages are set: the same bytes everywhere, each row once, the tables' own figures, nothing from outside."""

from __future__ import annotations

import datetime
import json
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn
from xml.etree import ElementTree

import pytest
from daysheet.books import loading
from daysheet.reports.formats.workbook import Workbook
from daysheet.reports.pack import build, contents, volumes
from daysheet.reports.pack.contents import Options, Subject
from daysheet.reports.pdf import html_to_pdf, layout, rendering
from daysheet.reports.pdf.joined import Joined
from daysheet.reports.period import year
from daysheet.reports.statements import account_numbers
from daysheet.reports.table import Column, Row, Table
from daysheet.settings import Settings
from pypdf import PdfReader

from tests.reports.pack.conftest import SMALL, daysheet, make_books

MONEY = re.compile(r"\(?\d[\d,]*\.\d\d(?![\d%])\)?")
PACK = "packs/2026/accountants-pack-2026.pdf"


def text_of(pdf_file: Path, *pages: int) -> str:
    span = ["-f", str(pages[0]), "-l", str(pages[1])] if pages else []
    command = ["pdftotext", "-layout", *span, str(pdf_file), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("zone", "locale", "seed", "fonts"),
    [("Asia/Tokyo", "C", "1", "none"), ("America/New_York", "tr_TR.UTF-8", "2", "system")],
)
def test_the_bytes_are_the_same_in_every_environment(small, tmp_path, zone, locale, seed, fonts):
    settings = (small / "daysheet.toml").read_text(encoding="utf-8")
    books = make_books(tmp_path / "elsewhere", (small / "main.beancount").read_text(encoding="utf-8"))
    shutil.copy(small / account_numbers.FILE, books)
    assert (books / "daysheet.toml").read_text(encoding="utf-8") == settings
    environment = {**os.environ, "TZ": zone, "LC_ALL": locale, "PYTHONHASHSEED": seed}
    if fonts == "none":
        empty = tmp_path / "fonts.conf"
        empty.write_text('<?xml version="1.0"?><fontconfig></fontconfig>', encoding="utf-8")
        environment["FONTCONFIG_FILE"] = str(empty)
    run = daysheet("pack", "2026", "--books", str(books), "--no-cache", environment=environment)
    assert run.returncode == 0, run.stderr
    for path in (small / "packs/2026").iterdir():
        assert path.read_bytes() == (books / "packs/2026" / path.name).read_bytes(), path.name


def test_a_document_is_the_same_whatever_was_set_before_it(small):
    books, settings = loading.load(small), Settings.of(small)
    subject = contents.subject_of(books, settings, 2026, Options())
    part = volumes.volumes(subject, settings, contents.table_of(books, settings, subject, "general-ledger"))[0]
    first = part.listing.render()
    assert replace(part.listing, heading="Žižkov").render() != first
    assert part.listing.render() == first
    document = html_to_pdf.Document(f"<html lang=en><title>t</title><p>{part.first}", "", datetime.date(2026, 12, 31))
    first = html_to_pdf.render(document)
    assert html_to_pdf.render(replace(document, html=document.html.replace("Bank", "Žižkov"))) != first
    assert html_to_pdf.render(document) == first


def between(text: str, *titles: Any) -> str:
    """What stands under one heading, up to the next: sections follow each other on a page."""
    start, end = (rf"^ *{re.escape(str(item.title))} *$" for item in titles)
    return re.split(end, re.split(start, text, maxsplit=1, flags=re.MULTILINE)[1], maxsplit=1, flags=re.MULTILINE)[0]


SECTIONS = (
    "open-questions", "income", "balance-sheet", "working-trial-balance", "tax-lines", "fixed-assets", "capital",
    "contractors", "loans", "payroll", "general-ledger", "cash-flow", "income-accrual", "receivables", "billing-gaps",
)  # fmt: skip


@pytest.mark.parametrize("name", SECTIONS)
def test_the_figures_on_paper_are_those_of_the_table(full, name):
    """Each amount of a table stands on its pages once for each time that it stands in the table."""
    reader = PdfReader(full / PACK)
    books, settings = loading.load(full), Settings.of(full)
    subject = contents.subject_of(books, settings, 2026, Options())
    table = contents.table_of(books, settings, subject, name)
    outline = [item for item in reader.outline if not isinstance(item, list)]
    at = next(place for place, item in enumerate(outline) if item.title == table.title)
    here, after = (reader.get_destination_page_number(item) or 0 for item in outline[at : at + 2])
    printed = Counter(MONEY.findall(between(text_of(full / PACK, here + 1, after + 1), outline[at], outline[at + 1])))
    expected = Counter(found for note in table.notes for found in MONEY.findall(note))
    for row in table.rows:
        for cell, column in zip(row.cells, table.columns, strict=True):
            if isinstance(cell, Decimal) and column.kind == "money" and column.shown != "data" and cell:
                expected[f"({-cell:,.2f})" if cell < 0 else f"{cell:,.2f}"] += 1
            elif isinstance(cell, str) and column.shown != "data":
                expected.update(MONEY.findall(cell))
    assert printed == expected


def long_ledger(accounts: int = 3, rows: int = 130) -> Table:
    columns = (
        Column("date", "Date", "date"), Column("account", "Account", shown="data"), Column("text", "Text"),
        Column("debit", "Debit", "money"), Column("balance", "Balance", "money"),
    )  # fmt: skip
    made = []
    for account in range(accounts):
        name = f"Assets:Bank:A{account}"
        made.append(Row("heading", (None, name, name, None, None)))
        for number in range(rows):
            day = datetime.date(2026, 1, 1) + datetime.timedelta(days=number * 365 // rows)
            wide = " with a text that is long enough to need two lines of its column" * (number % 7 == 0)
            key = f"K{account}x{number:03}"
            made.append(Row("line", (day, name, f"{key}{wide}", Decimal(number), Decimal(number)), 1))
        made.append(Row("subtotal", (None, name, f"S{account}", Decimal(1), Decimal(1))))
    first, last = year(2026)
    return Table("general-ledger", "General ledger", "cash", first, last, last, "USD", columns, tuple(made), ("N.",))


@pytest.fixture
def short_volumes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(volumes, "ROWS_OF_VOLUME", 160)


def subject(paper: layout.Paper = "letter") -> Subject:
    return Subject("willow", year(2026), datetime.date(2026, 12, 31), "cash", Options(paper))


def settings_of(folder: Path) -> Settings:
    return Settings.of(folder)


@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_volumes_are_valid_and_print_each_row_once(tmp_path, short_volumes, verapdf, paper):
    table = long_ledger()
    parts = volumes.volumes(subject(paper), settings_of(tmp_path), table)
    assert len(parts) == 3
    text = ""
    for number, part in enumerate(parts, 1):
        path = tmp_path / part.name
        path.write_bytes(part.listing.render())
        assert verapdf(path) == []
        text += text_of(path)
        count = len(PdfReader(path).pages)
        assert f"Page {count} of {count}" in text_of(path)
        assert f"volume {number} of 3" in text_of(path)
    printed = Counter(re.findall(r"K\dx\d{3}|S\d\b", text))
    assert printed == Counter(str(row.cells[2]).split()[0] for row in table.rows if row.kind != "heading")


def test_each_page_of_a_volume_names_the_account_and_the_columns(tmp_path, short_volumes):
    part = volumes.volumes(subject(), settings_of(tmp_path), long_ledger())[0]
    path = tmp_path / part.name
    path.write_bytes(part.listing.render())
    for page in PdfReader(path).pages:
        text = page.extract_text()
        assert re.search(r"Assets:Bank:A\d", text)
        assert "Balance" in text


def test_cutting_keeps_every_row_in_order(short_volumes):
    table = long_ledger(5, 400)
    cut = list(volumes.cut(table))
    again = [row for part in cut for row in part if "(continued)" not in str(row.cells)]
    assert again == list(table.rows)
    assert max(map(len, cut)) <= 160 + 40


class Recorder(rendering.Renderer):
    """Sets nothing, and keeps what it was given."""

    def __init__(self) -> None:
        self.given: list[rendering.Work] = []

    def start(self, document: rendering.Work) -> str:
        self.given.append(document)
        return ""

    def made(self, key: str) -> bytes:
        return b""

    def finish(self, keys: Sequence[str], progress: rendering.Progress) -> list[bytes]:
        progress(0, 0)
        return [b""] * len(keys)


def markup_of(recorder: Recorder) -> list[str]:
    """All that a pack is set from, its cover first."""
    (whole,) = (document for document in recorder.given if isinstance(document, Joined))
    return [whole.cover.html, whole.contents.html, *(leaf.html for leaf in whole.leaves)]


@pytest.mark.parametrize(("rows_within", "volumes_expected"), [(10_000, 0), (10, 1)])
def test_a_long_ledger_stands_in_volumes_that_the_pack_names(small, monkeypatch, rows_within, volumes_expected):
    monkeypatch.setattr(volumes, "ROWS_WITHIN", rows_within)
    recorder = Recorder()
    books, settings = loading.load(small), Settings.of(small)
    built = build.build(books, settings, 2026, Options(), None, recorder, lambda *_: None)
    names = [name for name in built.files if name.startswith("general-ledger-2026")]
    assert len(names) == volumes_expected
    main = "".join(markup_of(recorder))
    assert all(name in main for name in names)
    assert ("Total and closing balance" in main) == (volumes_expected == 0)


def test_the_markup_of_the_pages_is_xml_whatever_stands_in_the_books(tmp_path):
    """Then WeasyPrint need not read it as HTML, which takes longer."""
    folder = make_books(tmp_path / "books", SMALL.replace("Main Street", "\x0b\ufffe]]> &nbsp; Main Street"))
    settings = (folder / "daysheet.toml").read_text(encoding="utf-8")
    strange = settings.replace("Willow Creek", r"<Willow> & \f\uFFFF \"Creek\"").replace("Dana", r"\u0001Dana <!--")
    (folder / "daysheet.toml").write_text(strange, encoding="utf-8")
    recorder = Recorder()
    build.build(loading.load(folder), Settings.of(folder), 2026, Options(), None, recorder, lambda *_: None)
    roots = [ElementTree.fromstring(markup) for markup in markup_of(recorder)]  # noqa: S314 - made here
    assert "Dana <!--" in "".join(roots[0].itertext())


class Refusing(ProcessPoolExecutor):
    """An executor that nothing may be given to."""

    def submit(self, *_: object, **__: object) -> NoReturn:
        raise AssertionError("a document was set that lay in the cache")


def test_an_unchanged_document_comes_from_the_cache(tmp_path):
    document = html_to_pdf.Document("<html lang=en><title>t</title><p>one", "", datetime.date(2026, 12, 31))
    with rendering.renderer(tmp_path / "cache") as renderer:
        made = renderer.finish([renderer.start(document)], lambda *_: None)
    again = rendering.Renderer(Refusing(), tmp_path / "cache")
    keys = [again.start(document)]
    assert again.finish(keys, lambda *_: None) == made
    assert (tmp_path / "cache").stat().st_mode & 0o077 == 0


def test_an_unchanged_workbook_comes_from_the_cache(tmp_path):
    made_of = Workbook((long_ledger(1, 5),), "Willow", "letter")
    with rendering.renderer(tmp_path / "cache") as renderer:
        key = renderer.start(made_of)
        assert renderer.made(key) == made_of.render()
    again = rendering.Renderer(Refusing(), tmp_path / "cache")
    assert again.made(again.start(made_of)) == made_of.render()
    assert rendering.key_of(replace(made_of, practice="Oak")) != key


class Busy(ProcessPoolExecutor):
    """An executor whose processes seem to be at what they were given until all else is made."""

    def __init__(self, processes: int) -> None:
        super().__init__(processes)
        self.given: list[rendering.Part] = []
        self._held: list[tuple[Future[Any], Future[Any]]] = []

    def submit(self, *work: Any, **named: Any) -> Future[Any]:
        self.given.append(work[1])
        shown: Future[Any] = Future()
        self._held.append((super().submit(*work, **named), shown))
        return shown

    def progress(self, done: int, whole: int) -> None:
        """What a renderer tells of its work."""
        if done == whole - sum(document.size for document in self.given):
            for made, shown in self._held:
                shown.set_result(made.result())


@pytest.mark.parametrize(("processes", "given_away"), [(1, 0), (2, 1), (3, 2)])
def test_volumes_are_set_here_too_while_another_process_sets_the_pack(tmp_path, short_volumes, processes, given_away):
    """Of three volumes: the process that sets the pack is given none, and the others share them with this one."""
    listings = [part.listing for part in volumes.volumes(subject(), settings_of(tmp_path), long_ledger())]
    document = html_to_pdf.Document("<html lang=en><title>t</title><p>one", "", datetime.date(2026, 12, 31))
    with Busy(processes) as executor:
        renderer = rendering.Renderer(executor, None, processes)
        keys = [renderer.start(document), *map(renderer.start, listings)]
        assert len(executor.given) == 1
        made = renderer.finish(keys, executor.progress)
        assert len(executor.given) == 1 + given_away
    assert made == [html_to_pdf.render(document), *(listing.render() for listing in listings)]


DOCUMENT = html_to_pdf.Document("<p>one", "p {}", datetime.date(2026, 12, 31))


@pytest.mark.parametrize(
    "other",
    [
        replace(DOCUMENT, html="<p>two"),
        replace(DOCUMENT, style="p { color: red }"),
        replace(DOCUMENT, dated=datetime.date(2026, 12, 30)),
        replace(DOCUMENT, embedded=(html_to_pdf.Embedded("a.csv", b"1", "text/csv", "A"),)),
    ],
)
def test_whatever_a_document_depends_on_is_part_of_its_key(other):
    assert rendering.key_of(other) != rendering.key_of(DOCUMENT)


@pytest.mark.parametrize(
    "html",
    [
        '<img src="file:///etc/passwd" alt="x">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<style>@import "http://localhost:1/x.css";</style>',
        '<object data="file:///etc/passwd"></object>',
    ],
)
def test_a_document_cannot_reach_outside_itself(html):
    with pytest.raises(ValueError, match="may not refer to"):
        html_to_pdf.render(
            html_to_pdf.Document(f"<html lang=en><title>t</title>{html}", "", datetime.date(2026, 12, 31))
        )


def test_the_manifest_says_how_the_pack_was_made(full):
    manifest = json.loads((full / "packs/2026/manifest.json").read_text(encoding="utf-8"))
    assert manifest["options"] == {"paper": "letter", "tokens": False}
    assert manifest["as_of"] == "2026-12-31"
    assert len(manifest["books"]) == 64
