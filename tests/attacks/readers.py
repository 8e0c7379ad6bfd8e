"""Everything that reads what somebody else has made, as one function of bytes each, and what it may answer.

A reader takes its bytes or refuses them in one line that holds nothing of them: that is the whole law.
"""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from daysheet.errors import DaysheetError
from daysheet.importers.amending.answers import AnswersSource
from daysheet.importers.banks import profile_file as bank_profiles
from daysheet.importers.banks.ofx import OfxSource
from daysheet.importers.detection.detect import detect
from daysheet.importers.detection.identify import as_text, describe
from daysheet.importers.edi.answer_source import AnswerSource
from daysheet.importers.edi.claim_source import ClaimSource
from daysheet.importers.edi.source import RemittanceSource
from daysheet.importers.fhir.source import FhirSource
from daysheet.importers.payroll import profile_file as payroll_profiles
from daysheet.importers.payroll import source as payroll
from daysheet.importers.reading import Context, Reading, Source
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.settings import BankSettings
from daysheet.importers.sources import all_sources, source_of
from daysheet.importers.systems import profile_file as practice_profiles
from daysheet.importers.systems import source as systems
from daysheet.importers.systems import standard_csv
from daysheet.importers.takeover import layouts
from daysheet.ledger import cache as ledger
from daysheet.patients import token
from daysheet.reports.mail import note
from daysheet.reports.pack.verify import claim_of
from daysheet.settings import Settings
from daysheet.trust.git import programs
from daysheet.trust.ledger import Guard
from jinja2 import TemplateError
from jinja2.sandbox import SandboxedEnvironment

from tests.attacks import seeds

CANARY: Final = "Quillfeather"
"""The patient of every seed: no error may say it."""
CONTEXT: Final = Context(lambda text: token(text, b"0123456789abcdef"))
LONGEST: Final = 3_000
BANKS: Final = (
    "us-chase-checking",
    "us-chase-card",
    "de-sparkasse-camt",
    "uk-monzo-2018",
    "us-wellsfargo",
    "us-capitalone-360",
)
"""A few banks of each way to say an amount; what reads all of them is tried with `import`."""


COMMANDS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What ends a line, moves a cursor or turns the direction of writing."""


class WrongAnswerError(Exception):
    """A reader that broke its law."""


def once(call: Callable[[Path], object], data: bytes, name: str) -> bool:
    """Whether a reader took some bytes.

    Raises:
        WrongAnswerError: it refused them in more than one line, or in one that quotes or is endless.
    """
    place = scratch()
    path = place / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            call(path)
    except DaysheetError as problem:
        said = str(problem).replace(str(path), "").replace(str(place), "")
        if COMMANDS.search(said):
            raise WrongAnswerError("it is no line of text") from None
        if len(said) > LONGEST:
            raise WrongAnswerError("it has no end") from None
        if CANARY.casefold() in said.casefold():
            raise WrongAnswerError("it quotes a patient") from None
        return False
    return True


@cache
def scratch() -> Path:
    """A folder in memory where there is one: a fuzzer writes thousands of files a second."""
    memory = Path("/dev/shm")  # noqa: S108 - the system's own, and the folder in it is ours alone
    return Path(tempfile.mkdtemp(prefix="daysheet-", dir=memory if memory.is_dir() else None))


def _of(candidates: Iterable[Source]) -> Callable[[Path], object]:
    """The reading by each of some sources that knows the file; by the first of them if none does."""
    known = list(candidates)

    def read(path: Path) -> list[Reading]:
        file, found = RawFile(path), []
        for source in known:
            with suppress(DaysheetError):
                if source.matches(file):
                    found.append(source)
        return [source.read(file, CONTEXT) for source in found or known[:1]]

    return read


def _named(*names: str) -> list[Source]:
    return [source for source in all_sources() if source.name in names]


def _profile(path: Path) -> None:
    """A profile of one kind or another."""
    refused: list[DaysheetError] = []
    kinds = (bank_profiles.load, practice_profiles.load, payroll_profiles.load)
    for load in kinds:
        try:
            load(path)
        except DaysheetError as problem:
            refused.append(problem)
    if len(refused) == len(kinds):
        raise refused[-1]


def _settings(path: Path) -> None:
    settings = Settings.of(path.parent)
    _ = settings.practice
    settings.tables("bank", BankSettings)
    settings.tables("source", systems.SourceSettings)


def _ledger(path: Path) -> None:
    """What books bring, and then the ledger itself; the errors that it finds are its answer."""
    guard = Guard(path.parent, listing=True)
    ledger.look_over(path, guard)
    guard.with_modules()
    ledger.load_file(path, Guard(path.parent))


def _identified(path: Path) -> None:
    file = RawFile(path)
    as_text(*describe(file, all_sources()))


def _any(path: Path) -> None:
    file = RawFile(path)
    source_of(file, all_sources()).read(file, CONTEXT)


def _git(path: Path) -> None:
    """The configuration of what git takes for a repository: of nothing else it reads one."""
    for folder in ("objects", "refs"):
        (path.parent / folder).mkdir(exist_ok=True)
    (path.parent / "HEAD").write_bytes(b"ref: refs/heads/main\n")
    programs(path.parents[1])


def _note(path: Path) -> None:
    """A note; its template is parsed here as well, where the fuzzer sees what it reaches."""
    text = note.template(path.parent)
    with suppress(TemplateError, RecursionError):
        SandboxedEnvironment().parse(text)
    note.rendered(text)


class Reader(NamedTuple):
    """A reader.

    Attributes:
        read: reads a file.
        name: what the file is called; some readers go by it.
        seeds: files that it takes, or nearly.
        runs_apart: whether it reads in a process of its own, so that few files a second can be tried.
    """

    read: Callable[[Path], object]
    name: str
    seeds: Callable[[], Mapping[str, bytes]]
    runs_apart: bool = False


def _lazily(make: Callable[[], Callable[[Path], object]]) -> Callable[[Path], object]:
    """A reader whose sources are loaded when it first reads."""
    made = cache(make)

    def read(path: Path) -> object:
        return made()(path)

    return read


READERS: Final[Mapping[str, Reader]] = {
    "ofx": Reader(_of([OfxSource()]), "a.ofx", seeds.ofx),
    "bank-csv": Reader(_lazily(lambda: _of(_named(*BANKS))), "Chase1234_Activity.csv", seeds.bank_csv),
    "html": Reader(_lazily(lambda: _of(_named("us-chase-checking"))), "a.xls", seeds.html),
    "workbook": Reader(_lazily(lambda: _of(_named("us-chase-checking"))), "a.xlsx", seeds.workbooks, runs_apart=True),
    "practice-csv": Reader(_of(standard_csv.sources()), "a.csv", seeds.practice_csv),
    "practice-systems": Reader(_lazily(lambda: _of(systems.shipped())), "a.csv", seeds.practice_systems),
    "detection": Reader(lambda path: detect(RawFile(path)), "a.csv", seeds.bank_csv),
    "identify": Reader(_identified, "a.csv", seeds.anything),
    "import": Reader(_any, "a.csv", seeds.anything),
    "835": Reader(_of([RemittanceSource()]), "a.835", seeds.remittances),
    "837": Reader(_of([ClaimSource(bills=True)]), "a.837", seeds.claims),
    "999-277": Reader(_of([AnswerSource()]), "a.999", seeds.answers),
    "fhir": Reader(_of([FhirSource()]), "a.ndjson", seeds.fhir),
    "payroll": Reader(_lazily(lambda: _of(payroll.shipped())), "a.csv", seeds.payroll),
    "adopt": Reader(lambda path: layouts.read(RawFile(path)), "a.iif", seeds.adopt),
    "answers-workbook": Reader(_of([AnswersSource()]), "a.xlsx", seeds.answers_workbook, runs_apart=True),
    "profile": Reader(_profile, "own.toml", seeds.profiles),
    "settings": Reader(_settings, "daysheet.toml", seeds.settings),
    "ledger": Reader(_ledger, "main.beancount", seeds.ledgers),
    "git-configuration": Reader(_git, ".git/config", seeds.git, runs_apart=True),
    "mail-note": Reader(_note, note.NOTE, seeds.notes, runs_apart=True),
    "verify-pdf": Reader(lambda path: claim_of(path, ""), "a.pdf", seeds.pdfs, runs_apart=True),
}
