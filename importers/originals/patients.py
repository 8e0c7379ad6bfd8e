"""The patients that exports on this machine name, and whether a text that is to be kept names one of them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import click
from daysheet import console
from daysheet.errors import DaysheetError
from daysheet.importers.edi.answer_source import AnswerSource
from daysheet.importers.edi.claim_source import ClaimSource
from daysheet.importers.fhir.source import FhirSource
from daysheet.importers.payroll import source as payroll
from daysheet.importers.privacy import scrub
from daysheet.importers.privacy.scrub import Names
from daysheet.importers.reading import Reading, Record
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.settings import ImportSettings
from daysheet.importers.systems import source as systems
from daysheet.importers.systems import standard_csv
from daysheet.importers.writing.archive import FOLDER
from daysheet.records import AdjustingEntry, BankLine
from daysheet.settings import FILE as SETTINGS
from daysheet.settings import Settings
from daysheet.trust import git, reading

_OF_THE_PRACTICE: Final = ("practice", "mail", "pack")
_CONTACT: Final = re.compile(r'^[0-9-]{10} custom "contact".*(?:\n[ \t]+.*)*', re.MULTILINE)
_KNOWN: Final = re.compile(
    r'^[0-9-]{10} custom "(?:payer|provider|vendor|contact)" "[^"\n]*" "([^"\n]*)"', re.MULTILINE
)
_WORDS: Final = re.compile(r"[^\W\d_]{2,}")
_HUNK: Final = re.compile(r"^@@ -\S+ \+([0-9]+)(?:,([0-9]+))? @@", re.MULTILINE)
TEXTS: Final = (".beancount", ".toml", ".csv", ".md", ".txt", ".json", ".eml", ".html")


def names_on_this_machine(folder: Path, settings: Settings, given: Sequence[RawFile] = ()) -> Names:
    """Names and numbers of patients in the filed originals and the inbox of some books, and in files given."""
    return Names(_cells(folder, settings, given))


def scrubbed(
    readings: Mapping[RawFile, Reading], folder: Path, settings: Settings, given: Sequence[RawFile]
) -> dict[RawFile, Reading]:
    """What files hold, patients' names taken out of the texts of bank lines unless the settings want them kept.

    Args:
        readings: by file.
        folder: the books folder, whose originals and inbox say who the patients are.
        settings: of the books.
        given: all files that are imported together; they say so too.
    """
    with_lines = {file for file, reading in readings.items() if reading.kind in ("bank", "answers")}
    if not with_lines or not settings.table("import", ImportSettings).scrub:
        return dict(readings)
    names = names_on_this_machine(folder, settings, given)
    known = _known_words(folder)
    return {
        file: _without_persons(reading, names, known) if file in with_lines else reading
        for file, reading in readings.items()
    }


def _known_words(folder: Path) -> frozenset[str]:
    """The words in the names of those whom the facts of some books know: payers, providers, vendors, contacts."""
    texts = map(reading.text, folder.glob("*.beancount"))
    return frozenset(
        word.casefold() for text in texts for name in _KNOWN.findall(text) for word in _WORDS.findall(name)
    )


def _without_persons(reading: Reading, names: Names, known: frozenset[str]) -> Reading:
    # a shop's text comes again and again
    @lru_cache(maxsize=65536)
    def memo(text: str, whole: str, incoming: bool) -> str:
        return scrub.memo(text, names, incoming=incoming, whole=whole, keep=known)

    def of(record: Record) -> Record:
        if isinstance(record, AdjustingEntry):
            return record._replace(text=memo(record.text, record.text, False))
        if not isinstance(record, BankLine):
            return record
        whole, incoming = f"{record.payee} {record.narration}", record.amount > 0
        payee, narration = (memo(text, whole, incoming) for text in (record.payee, record.narration))
        same = (payee, narration) == (record.payee, record.narration)
        return record if same else record._replace(payee=payee, narration=narration)

    return replace(reading, records=tuple(map(of, reading.records)))


def _cells(folder: Path, settings: Settings, given: Sequence[RawFile]) -> Iterator[str]:
    known = systems.sources(folder, settings)
    for file in given:
        yield from _cells_of(file, folder, known)
    for place in (folder / FOLDER, folder / settings.table("import", ImportSettings).inbox):
        for path in sorted(place.rglob("*")):
            if path.is_file():
                yield from _cells_of(RawFile(path), folder, known)


def _cells_of(file: RawFile, folder: Path, known: Sequence[systems.SystemSource]) -> Iterator[str]:
    try:
        for standard in (FhirSource(), ClaimSource(), AnswerSource()):
            if standard.matches(file):
                yield from standard.private_cells(file)
                return
        source = next((source for source in known if source.matches(file)), None)
        if source is not None:
            yield from source.private_cells(file)
        journal = next((journal for journal in payroll.sources(folder) if journal.matches(file)), None)
        if journal is not None:
            yield from journal.private_cells(file)
        own = next((own for own in standard_csv.sources() if own.matches(file)), None)
        if own is not None:  # its ids of patients are numbers, where they are not names
            yield from (cell for cell in own.patients(file) if not any(map(str.isdigit, cell)))
    except DaysheetError:  # a damaged file in the inbox is the import's to name
        return


@click.command("scan", cls=console.Verb)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="[FILE]...")
@click.option("--staged", is_flag=True, help="Look at what is about to be committed.")
@console.pass_console
def scan(shell: console.Console, paths: tuple[Path, ...], staged: bool) -> int:
    """Look for patients in files of the books: numbers by their shape, names by the exports on this machine."""
    folder = shell.folder
    names = names_on_this_machine(folder, shell.settings())
    own = own_addresses(folder)
    texts = [_Text(str(path), reading.text(path), None) for path in paths]
    texts += _staged(folder) if staged else []
    found = [
        {"file": each.name, "line": line, "what": what}
        for each in texts
        for line, what in scrub.scan(each.text, names, own)
        if each.lines is None or line in each.lines
    ]
    shell.emit(found, lambda: "\n".join(f"{hit['file']}:{hit['line']}: {hit['what']}" for hit in found))
    return console.FINDINGS if found else console.OK


class _Text(NamedTuple):
    """A file of the books as it is or will be committed; `lines` are those that are new, None for all."""

    name: str
    text: str
    lines: frozenset[int] | None


def own_addresses(folder: Path) -> frozenset[str]:
    """Where the practice, its accountant and whoever else the settings and the facts name as a contact are reached."""
    try:
        tables = tomllib.loads((folder / SETTINGS).read_text("utf-8"))
    except (OSError, ValueError):
        tables = {}
    texts = [str(tables.get(name, "")) for name in _OF_THE_PRACTICE]
    for path in folder.glob("*.beancount"):
        texts += _CONTACT.findall(reading.text(path))
    return scrub.addresses("\n".join(texts))


def _staged(folder: Path) -> list[_Text]:
    """The texts that git is about to commit, with the lines that are new in them."""

    def asked(*arguments: str) -> str:
        answer = git.run(folder, *arguments)
        if answer is None:
            raise DaysheetError("git cannot say what is staged", filename=folder)
        return answer

    changed = asked("diff", "--cached", "--name-only", "-z", "--diff-filter=ACMR").split("\0")
    return [
        _Text(
            name,
            asked("show", f":{name}"),
            _new_lines(asked("diff", "--cached", "--unified=0", "--no-ext-diff", "--no-textconv", "--", name)),
        )
        for name in changed
        if name.endswith(TEXTS)
    ]


def _new_lines(diff: str) -> frozenset[int]:
    found: set[int] = set()
    for start, count in _HUNK.findall(diff):
        found.update(range(int(start), int(start) + int(count or 1)))
    return frozenset(found)
