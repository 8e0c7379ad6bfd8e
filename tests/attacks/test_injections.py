"""Text that is code elsewhere, in every place of the books that a text has, stays text in everything that we write."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pikepdf
import pytest
from beancount.parser import parser
from click.testing import CliRunner
from daysheet.books import loading
from daysheet.cli import cli
from daysheet.errors import DaysheetError
from daysheet.ledger import printer
from daysheet.reports.mail.message import File, build
from daysheet.reports.mail.note import rendered
from daysheet.reports.mail.recipients import mailbox

from tests.attacks.counts import Counted
from tests.importers.books_folder import CHASE, Folder
from tests.reports.pack.conftest import SETTINGS

MARK = "pwned"
PAYLOADS: Mapping[str, tuple[str, ...]] = {
    "html": (
        f"<script>{MARK}()</script>",
        f"<img src=x onerror={MARK}()>",
        f"</td></table><svg onload={MARK}()>",
        f"<!-- {MARK}",
        f'" onmouseover="{MARK}()',
        f"' style='background:url(//{MARK}.example)",
        f"<a href=javascript:{MARK}()>x</a>",
        f"&lt;script&gt;{MARK}&lt;/script&gt;",
        f"<iframe srcdoc='<script>{MARK}()</script>'>",
        f"]]><script>{MARK}</script>",
        f"<link rel=stylesheet href=//{MARK}.example>",
        f"<style>@import '//{MARK}.example';</style>",
    ),
    "spreadsheet": (
        f"=cmd|'/c {MARK}'!A1",
        f"+cmd|'/c {MARK}'!A1",
        f"-2+3+cmd|'/c {MARK}'!A1",
        f"@SUM(1+1)*{MARK}",
        f'=HYPERLINK("http://{MARK}.example","x")',
        f"\t=1+1+{MARK}",
        f' =1+1&"{MARK}"',
        f"＝1+1+{MARK}",
        f"=1+1;{MARK}",
        f'=WEBSERVICE("http://{MARK}.example")',
        f'"=1+1","{MARK}"',
        f"{{=1+1+{MARK}}}",
        f"http://{MARK}.example",
    ),
    "terminal": (
        f"\x1b[31m{MARK}\x1b[0m",
        f"\x1b]0;{MARK}\x07",
        f"\x1b]8;;http://{MARK}.example\x07x\x1b]8;;\x07",
        f"\x9b2J{MARK}",
        f"\x07{MARK}\x08\x08",
        f"{MARK}\u202egnp.exe",
        f"\x1b]52;c;{MARK}\x07",
        f"\x1bP+q{MARK}\x1b\\",
        f"{MARK}\x7f\x00x"[:-2],
        f"\u2066{MARK}\u2069",
        f"{MARK}\x0c\x0b",
        f"{MARK}\x85next",
    ),
    "template": (
        f"{{{{ '{MARK}' ~ 1117 * 3 }}}}",
        f"{{% set x = 1117 * 3 %}}{{{{ x }}}}{MARK}",
        f"{{# {MARK} #}}",
        f"${{1117*3}}{MARK}",
        f"#{{1117*3}}{MARK}",
        f"<%= 1117*3 %>{MARK}",
        f"%s%n%x{MARK}",
        f"{{0.__class__}}{MARK}",
    ),
    "print": (
        f") Tj ET /{MARK} << /S /JavaScript >>",
        f"endstream endobj 1 0 obj << /{MARK} /OpenAction >>",
        f"\\) (x{MARK}) Tj (",
        f"%PDF-1.7 {MARK}",
        f"<</URI(http://{MARK}.example)>>",
        f"<xml:x xmlns:xml='{MARK}'>",
        f"&{MARK};",
        f"<?{MARK} x?>",
    ),
    "ledger": (
        f'" #{MARK} ^{MARK} "',
        f"\n2026-01-01 open Assets:{MARK.title()}\n",
        f'plugin "{MARK}"',
        f'include "/etc/{MARK}"',
        f"\\{MARK}\\",
        f"; {MARK}",
        f'"{MARK}" "x"\n  Assets:X  1 USD',
        f"{MARK}\r\n2026-01-01 open Assets:Y",
    ),
    "lines": (
        f"{MARK}\r\nBcc: {MARK}@{MARK}.example",
        f"{MARK}\n\n<html>",
        f"!TRNS\t{MARK}",
        f"x\nTRNS\t{MARK}\t1",
        f"ENDTRNS\n!{MARK}",
        f'","{MARK}","',
        f'\\","{MARK}":"',
        f"\u2028{MARK}\u2029",
        f"../../../{MARK}",
        f"x{MARK}\\..\\..\\y",
        f"--{MARK}=1",
    ),
}
EVERY = tuple(text for texts in PAYLOADS.values() for text in texts)
COMMANDS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
FORMULA = re.compile(r"\s*[=+@\uff1d\uff0b\uff20-]|[\t\r]")
NUMBER = re.compile(r"[+-]?[\d,]+(\.\d+)?%?\Z")
COMPUTED = "3351"
PLACES = 6
HEAD = """\
option "title" "Oak"
option "operating_currency" "USD"
2025-01-01 open Assets:Bank:Checking
2025-01-01 open Assets:Receivable:Patients
2025-01-01 open Equity:Opening-Balances
2025-01-01 open Equity:Billing:Charges
2025-01-01 open Equity:Billing:Collected
2025-01-01 open Income:Visits:Adams
  tax-line: "gross-receipts"
2025-01-01 open Expenses:Supplies
  tax-line: "supplies"
"""


def quoted(text: str) -> str:
    """A string of the ledger's grammar, with whatever is in it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def ledger() -> str:
    """Each text as payee, narration, provider, payer, service of a visit and reference of a payment."""
    parts = [HEAD]
    for number, text in enumerate(EVERY):
        day = datetime.date(2026, 1, 5) + datetime.timedelta(number)
        parts.append(f"""\
2025-01-01 custom "provider" "p{number}" {quoted(text)}
  fee: 50.00 USD
2025-01-01 custom "payer" "i{number}" {quoted(text)}
  receivable: Assets:Receivable:Insurance:P{number}
2025-01-01 open Assets:Receivable:Insurance:P{number}
{day} * {quoted(text)} {quoted(text)}
  Expenses:Supplies        {number + 1}.00 USD
  Assets:Bank:Checking    -{number + 1}.00 USD
{day} custom "visit" "V{number}" "p{number}" "completed"
  patient: "pt-0123456789ab"
  service: {quoted(text)}
{day} * "Invoice" "of {number}" ^inv-I{number}
  provider: "p{number}"
  patient: "pt-0123456789ab"
  payer: "i{number}"
  memo: {quoted(text)}
  Assets:Receivable:Insurance:P{number}     50.00 USD
  Equity:Billing:Charges                   -50.00 USD
""")
    return "\n".join(parts)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books that hold every text in every place, and their pack with a practice of such a name."""
    folder = tmp_path_factory.mktemp("injected") / "books"
    folder.mkdir()
    (folder / "main.beancount").write_text(ledger(), encoding="utf-8", newline="")
    name = json.dumps(f"Oak <b>{MARK}</b> {{{{ 1117*3 }}}} =1+1")
    (folder / "daysheet.toml").write_text(
        SETTINGS.replace('"Willow Creek Physical Therapy PLLC"', name), encoding="utf-8"
    )
    return folder


@pytest.fixture(scope="module")
def pack(books: Path) -> Path:
    assert run(books, "pack", "2026").exit_code == 0
    return books / "packs" / "2026"


def run(folder: Path, *arguments: str):
    return CliRunner().invoke(cli, ["--books", str(folder), *arguments], standalone_mode=False)


def printed(text: str) -> list[str]:
    """What of a text for a terminal would act on it."""
    return [repr(found[0]) for found in COMMANDS.finditer(text)] + computed(text)


def computed(text: str) -> list[str]:
    """Whether a template in a text was worked out; each has a number of its own, which no sum here is."""
    return [COMPUTED] if COMPUTED in text else []


def cells(text: str) -> list[str]:
    """The cells that a spreadsheet would compute."""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len({len(row) for row in rows if row}) == 1
    return [cell for row in rows for cell in row if FORMULA.match(cell) and not NUMBER.match(cell.strip())] + computed(
        text
    )


class Tags(HTMLParser):
    """The tags and attributes that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name: value or "" for name, value in attrs}
        runs = any(name.startswith("on") or MARK in name for name in names)
        leads = any(MARK in names.get(name, "") for name in ("href", "src", "style", "srcdoc", "action"))
        if runs or leads or MARK in tag or tag in ("script", "iframe", "img", "link", "object", "embed", "form"):
            self.found.append(f"{tag} {attrs}")

    def handle_comment(self, data: str) -> None:
        self.found += [f"comment {data}"] if MARK in data else []


def markup(text: str) -> list[str]:
    """The markup of a page that comes from a text."""
    tags = Tags()
    tags.feed(text)
    return tags.found + computed(text)


def workbook(data: bytes) -> list[str]:
    """The formulas, links and parts of a workbook that come from a text; every part of it is XML."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    texts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith((".xml", ".rels"))}
    for text in texts.values():
        ElementTree.fromstring(text)  # noqa: S314 - we wrote it just now
    found = [
        f"{name} leads out" for name, text in texts.items() if 'TargetMode="External"' in text or "externalLink" in text
    ]
    for sheet in openpyxl.load_workbook(io.BytesIO(data)).worksheets:
        for row in sheet.iter_rows():
            found += [str(cell.value) for cell in row if cell.data_type == "f" and MARK in str(cell.value)]
            found += [str(cell.value) for cell in row if cell.data_type != "f" and COMPUTED in str(cell.value)]
    return found


def document(data: bytes) -> list[str]:
    """The actions in a PDF, and its names and dictionaries that come from a text."""
    found = []
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
                keys = [str(key) for key in item.keys()]  # noqa: SIM118 - a PDF's dictionary is none of Python's
                found += [key for key in keys if key in ("/JS", "/OpenAction", "/AA", "/URI", "/Launch") or MARK in key]
                kind = str(item.get("/S", ""))
                found += [kind] if kind in ("/JavaScript", "/Launch", "/URI", "/SubmitForm", "/ImportData") else []
        for page in pdf.pages:
            found += [str(one.operator) for one in pikepdf.parse_content_stream(page) if MARK in str(one.operator)]
    return found


def journal(text: str) -> list[str]:
    """The lines of an IIF that are none of its kinds, and those that have other fields than their head."""
    found, heads = [], {}
    for line in text.splitlines():
        kind, *fields = line.split("\t")
        if kind.startswith("!"):
            heads[kind[1:]] = len(fields)
            found += [line] if kind[1:] not in ("TRNS", "SPL", "ENDTRNS", "ACCNT", "HDR") or MARK in kind else []
        elif heads.get(kind) != len(fields):
            found.append(line)
    return found + computed(text)


JUDGES: Mapping[str, Callable[[bytes], list[str]]] = {
    "txt": lambda data: printed(data.decode()),
    "json": lambda data: printed(json.dumps(json.loads(data)) and data.decode()),
    "csv": lambda data: cells(data.decode("utf-8-sig")),
    "html": lambda data: markup(data.decode()),
    "xlsx": workbook,
    "pdf": document,
    "iif": lambda data: journal(data.decode("cp1252", errors="replace")),
    "prn": lambda data: computed(data.decode()),
}
REPORTS = ("journal", "general-ledger", "payables", "receivables", "deposits", "kpis", "contractors", "documents")


def outputs(books: Path, pack: Path) -> Iterator[tuple[str, str, bytes]]:
    """Everything that the commands print, and the files of the pack: name, kind, bytes."""
    from daysheet.reports import registry  # noqa: PLC0415

    for report in sorted(set(REPORTS) & set(registry.REPORTS)):
        for form in ("text", "json", "csv", "html", "xlsx"):
            done = run(
                books, "report", report, "--period", "2026", *(("--json",) if form == "json" else ("--format", form))
            )
            assert done.exception is None, (report, form, done.exception)
            yield f"report {report} {form}", "txt" if form == "text" else form, done.stdout_bytes
    for name, arguments in {
        "check": ("check",),
        "check --json": ("--json", "check"),
        "check --csv": ("check", "--csv"),
        "waive": ("waive", "V0", "--reason", EVERY[0]),
        "verify": ("verify", str(pack / "accountants-pack-2026.pdf")),
    }.items():
        yield name, {"check --json": "json", "check --csv": "csv"}.get(name, "txt"), run(books, *arguments).stdout_bytes
    for path in sorted(pack.iterdir()):
        yield f"pack: {path.name}", path.suffix[1:], path.read_bytes()


@pytest.mark.long
@pytest.mark.attack
def test_nothing_that_we_write_runs_what_the_books_say(books: Path, pack: Path, counted: Counted) -> None:
    through, kinds = [], set()
    for name, kind, data in outputs(books, pack):
        kinds.add(kind)
        through += [f"{name}: {what}" for what in JUDGES[kind](data)]
    assert kinds >= {"txt", "json", "csv", "html", "xlsx", "pdf", "iif"}
    counted(
        len(EVERY) * PLACES * len(kinds),
        "injections",
        len(through),
        "through",
        f"{len(EVERY)} texts in {PLACES} places of the books, in {len(kinds)} forms of output",
    )
    assert through == []


@pytest.mark.parametrize("number", range(len(EVERY)), ids=lambda number: f"text-{number}")
def test_what_the_ledger_says_is_said_again_in_full_or_refused(number: int) -> None:
    text = EVERY[number]
    (entry,), errors, _ = parser.parse_string(f"2026-01-01 open Assets:Bank\n  note: {quoted(printer.clean(text))}\n")
    assert not errors
    (again,), errors, _ = parser.parse_string(printer.render([entry]))
    assert not errors
    assert printer.same(again, entry)


@pytest.mark.attack
def test_a_mail_has_the_headers_that_we_write_and_no_others(counted: Counted) -> None:
    sender, recipient = mailbox("a@practice.example"), mailbox("b@accountant.example")
    at = datetime.datetime(2027, 1, 20, tzinfo=datetime.UTC)
    usual, through, tried = None, [], 0
    for place in ("subject", "note", "pack", "file", "template"):
        for text in ("plain", *EVERY):
            tried += 1
            given = {
                "subject": "Pack",
                "note": "As agreed",
                "pack": "p-2026",
                "file": "pack.pdf",
                "template": "As agreed",
            } | {place: text}
            try:
                note = (
                    rendered("{{ said }}", said=given["note"]) if place == "note" and tried % 9 == 0 else given["note"]
                )
                message = build(
                    sender=sender,
                    recipient=recipient,
                    subject=given["subject"],
                    note=note,
                    files=[File(given["file"], b"x")]
                    if place != "file" or text != "plain"
                    else [File("pack.pdf", b"x")],
                    pack=given["pack"],
                    at=at,
                )
            except DaysheetError:
                continue
            heads = re.findall(rb"(?m)^([A-Za-z-]+):", message.partition(b"\r\n\r\n")[0])
            usual = usual or heads
            through += [f"{place} {text!r}"] if heads != usual or message.count(b"\r\n--=_") != 3 else []
    counted(tried, "texts in a mail", len(through), "became a header or a part")
    assert through == []


@pytest.mark.long
@pytest.mark.attack
def test_a_file_s_name_stays_in_its_place_and_out_of_the_terminal(folder: Folder, counted: Counted) -> None:
    through, tried = [], 0
    for number, text in enumerate(EVERY):
        name = f"{text.replace('/', '-')[:60]}.csv".replace("\0", "")
        path = folder.give(name, CHASE + f"DEBIT,03/18/2026,SHOP {number},-{number + 1}.00,ACH,,\n")
        broken = folder.give(f"x{name}", CHASE + "DEBIT,03/18/2026,SHOP,five,ACH,,\n")
        for arguments in (["identify", path], ["import", broken], ["import", path]):
            done = folder.run(*arguments)
            said = done.stdout + str(done.exception or "")
            tried += 1
            through += [f"{name!r} {what}" for what in printed(said)]
            through += (
                [f"{name!r}: {done.exception}"]
                if done.exception and not isinstance(done.exception, DaysheetError)
                else []
            )
    kept = [path.relative_to(folder.path / "originals").as_posix() for path in (folder.path / "originals").rglob("*")]
    through += [name for name in kept if not re.fullmatch(r"\d{4}(/[a-z0-9.-]+)?", name)]
    assert not list(folder.path.parent.glob(f"*{MARK}*"))
    loading.load(folder.path)
    counted(tried, "names of files", len(through), "through")
    assert through == []
