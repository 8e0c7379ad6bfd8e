"""The questions of `profile new` as a form: what an unknown file shows, what it leaves open, and what was said of it.

The engine is that of the command: it is asked with what was answered so far, and whatever it asks beyond that is open.
No cell stands in a question; samples of columns are masked, but of those that are read as days and amounts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from beancount.core.account import is_valid
from daysheet.books import Books
from daysheet.errors import DaysheetError
from daysheet.importers import bank_profiles, practice_profiles, source_facts, sources
from daysheet.importers.banks.source import BankSource
from daysheet.importers.detection import patterns
from daysheet.importers.detection import questions as of_bank
from daysheet.importers.detection.claims import claims
from daysheet.importers.detection.detect import Detected
from daysheet.importers.detection.exports.detect import DetectedExport, detect_export
from daysheet.importers.detection.exports.kinds import KINDS
from daysheet.importers.detection.exports.known import of_books
from daysheet.importers.privacy import identifiers
from daysheet.importers.proposals import answers as of_practice
from daysheet.importers.proposals.plan import Plan, system_of
from daysheet.importers.rows.raw_file import RawFile
from daysheet.settings import FILE, Settings
from daysheet.trust.paths import is_plain_name
from daysheet.wording import many

MOST: Final = 120
"""Answers to one file."""
LONGEST: Final = 200
"""Characters of an answer."""
ANOTHER: Final = "another bank's"
"""What is answered where a file is of none of the profiles that know its header."""
_SAMPLES: Final = 3
_SAMPLE: Final = 24
_PROVIDERS: Final = 30
_BANKS: Final = ("Assets:Bank", "Liabilities:Card")

Given = Mapping[str, str]
"""Answers by the key of their field."""


class Field(NamedTuple):
    """One thing to be known of a file.

    Attributes:
        key: under which it is answered.
        text: the question.
        choices: what may be answered; suggestions where `free`.
        value: what the file shows or a person has said; empty while it is open.
        free: whether anything may be answered.
        is_open: whether a person has to answer.
    """

    key: str
    text: str
    choices: tuple[str, ...]
    value: str = ""
    free: bool = False
    is_open: bool = False


class Seen(NamedTuple):
    """A column: its name, some of its cells, masked, and what it is read as; empty where nothing is read of it."""

    name: str
    samples: tuple[str, ...]
    meaning: str


class Interview(NamedTuple):
    """What is known of a file, and what is open."""

    kind: str
    columns: tuple[Seen, ...]
    fields: tuple[Field, ...]

    @property
    def is_open(self) -> bool:
        """Whether anything has to be answered yet."""
        return any(field.is_open for field in self.fields)


class Written(NamedTuple):
    """A profile that was written: its name, the file, and what it reads, in words."""

    name: str
    place: Path
    words: str


def look(folder: Path, books: Books, path: Path, given: Given) -> Interview:
    """What a file shows, with what was answered so far.

    Raises:
        DaysheetError: it cannot be read, or an answer means nothing.
    """
    _check(given)
    file = RawFile(path)
    whose = _whose(folder, books, file, given)
    if whose is not None and whose.value not in ("", ANOTHER):
        return Interview("bank", (), (whose, *_about_bank(books, file, given)[:1]))
    export = detect_export(file, given.get("kind", ""))
    seen = _of_bank(books, file, given) if export is None else _of_practice(books, file, export, given)
    return seen if whose is None else seen._replace(fields=(whose, *seen.fields))


def write(folder: Path, books: Books, path: Path, given: Given) -> Written:
    """Write the profile of a file of which nothing is open any more.

    Args:
        folder: the books folder, locked.
        books: its books.
        path: the file.
        given: the answers.

    Raises:
        DaysheetError: something is open, or no simple profile reads the file; nothing is written then.
    """
    seen = look(folder, books, path, given)
    for field in seen.fields:
        if field.is_open:
            raise DaysheetError(f"does not settle it: {field.text}", filename=path, remedy="answer it")
    file = RawFile(path)
    whose = next((field.value for field in seen.fields if field.key == "profile"), "")
    if whose not in ("", ANOTHER):
        bank_profiles.note_account(folder, whose, _account(given, seen), None)
        return Written(whose, folder / FILE, "it is named in [[bank]] as this account's")
    export = detect_export(file, given.get("kind", ""))
    name = given.get("name") or None
    if export is None:
        asked = bank_profiles.Asked(
            folder, name, None, _answers_of_bank(given, books, file), given.get("institution", ""), "US",
            _account(given, seen),
        )  # fmt: skip
        made = bank_profiles.new(file, asked, _Recorder({}).of_bank)
        words = f"it reads {made.entries:,} entries and skips {many(made.skipped, 'row')}"
        return Written(made.name, made.place, words)
    recorder = _Recorder(given)
    bearers = source_facts.bearers(list(_bearers(export, recorder, given, books, file)), [])
    wanted = practice_profiles.Asked([path], folder, name, None, _answers_of_practice(given), bearers)
    (told,) = next(practice_profiles.new(wanted, [(file, export)], of_books(books), recorder.of_practice))
    counts = ", ".join(f"{count:,} {kind}" for kind, count in told["records"].items()) or "nothing"
    return Written(str(told["profile"]), Path(told["written"]), f"its {many(told['rows'], 'row')} give {counts}")


def masked(cell: str) -> str:
    """A cell by its shape: letters and digits are all alike, and it is cut."""
    shape = re.sub(r"[^\W\d_]", "x", re.sub(r"\d", "9", cell.strip()))
    return shape if len(shape) <= _SAMPLE else f"{shape[:_SAMPLE]}…"


def _account(given: Given, seen: Interview) -> str:
    """The ledger account of a bank's file.

    Raises:
        DaysheetError: it is none at a bank or of a card.
    """
    account = given.get("account", "").strip() or next(one.value for one in seen.fields if one.key == "account")
    if not is_valid(account) or account.split(":")[0] not in ("Assets", "Liabilities"):
        raise DaysheetError("this is no account of a bank or a card", remedy="write it as Assets:Bank:Checking")
    return account


class _Recorder:
    """Answers the engine's questions with what was given, and with the first choice what was not; notes each."""

    def __init__(self, given: Given) -> None:
        """Nothing was asked yet."""
        self.given = given
        self.fields: list[Field] = []

    def of_bank(self, _: RawFile, option: str, question: str, choices: tuple[str, ...]) -> str:
        """A question about a bank's file."""
        return self._answered(option.removeprefix("--").replace("-", "_"), question, choices)

    def of_practice(self, _: RawFile, question: of_practice.Question) -> str:
        """A question about a practice's export; one key may stand for the words of several columns."""
        kind = question.choices[0] if question.key.startswith("words:") and question.choices else ""
        return self._answered(f"{question.key}|{kind}" if kind else question.key, question.text, question.choices)

    def _answered(self, key: str, text: str, choices: tuple[str, ...]) -> str:
        answer = self.given.get(key, "").strip()
        if answer and choices and answer not in choices:
            raise DaysheetError("this is none of the answers to choose from", remedy="load the page again")
        self.fields.append(Field(key, text, choices, answer, not choices, is_open=not answer))
        return answer or (choices[0] if choices else "nobody")


def _check(given: Given) -> None:
    if len(given) > MOST or any(len(key) > LONGEST or len(value) > LONGEST for key, value in given.items()):
        raise DaysheetError("the answers are longer than any can be", remedy="load the page again")
    of_practice.check(of_practice.Answers(kind=given.get("kind", "")))
    name = given.get("name", "")
    if name and not is_plain_name(name):
        raise DaysheetError("the name of a profile is the name of its file", remedy="say letters, digits and dashes")


def _whose(folder: Path, books: Books, file: RawFile, given: Given) -> Field | None:
    """Of a bank's file that profiles claim, and none surely: which it is, or another bank's.

    Raises:
        DaysheetError: the one that was said cannot be it.
    """
    settings = Settings.of(folder)
    told = sources.told(settings, books.currency)
    candidates = sources.all_sources(folder, settings)
    found = claims(file, candidates, told)
    names = [one.name for one in (*found.sources, *(each for each, _ in found.against)) if isinstance(one, BankSource)]
    if not names or len(found.sources) == 1:
        return None
    answer = given.get("profile", "").strip()
    if answer not in ("", ANOTHER, *names):
        raise DaysheetError("this is none of the answers to choose from", remedy="load the page again")
    if answer in names:
        sure = claims(file, candidates, told._replace(profiles=told.profiles | {answer}))
        if [one.name for one in sure.sources] != [answer]:
            why = next((why for one, why in sure.against if one.name == answer), "another that [[bank]] names fits too")
            raise DaysheetError(f"it is not surely a file of {answer}: {why}", remedy=f"say {ANOTHER}")
    choices = (*names, ANOTHER)
    return Field("profile", "Several know its header. Whose file is it?", choices, answer, is_open=not answer)


def _of_bank(books: Books, file: RawFile, given: Given) -> Interview:
    recorder = _Recorder(given)
    answers = _answers_of_bank(given, books, file)
    detected, _ = bank_profiles.settled(file, answers, recorder.of_bank)
    if detected.grid is None or detected.money is None or detected.date is None:
        raise DaysheetError(
            "holds no table with dates and amounts that could be read", filename=file.path, remedy="look at it yourself"
        )
    open_ = {field.key: field for field in recorder.fields}
    fields = [open_.get(field.key, field) for field in _settled_of_bank(detected, answers)]
    fields += [field for field in recorder.fields if field.key not in {each.key for each in fields}]
    fields += _about_bank(books, file, given)
    return Interview("bank", tuple(_seen_of_bank(detected)), tuple(fields))


def _answers_of_bank(given: Given, books: Books, file: RawFile) -> of_bank.Answers:
    """What was said of a bank's file; its currency is that of the books where no column says it."""
    said = {key: given[key].strip() for key in of_bank.Answers._fields if given.get(key, "").strip()}
    if "currency" not in said and "currency_column" not in said:
        detected, _ = bank_profiles.settled(file, of_bank.Answers(**said), _Recorder({}).of_bank)
        if not detected.currencies:
            said["currency"] = books.currency
    return of_bank.Answers(**said)


def _settled_of_bank(detected: Detected, answers: of_bank.Answers) -> Iterator[Field]:
    """What the file settles of itself, to be looked over and corrected."""
    grid, money = detected.grid, detected.money
    if grid is None or money is None or detected.date is None:
        return
    names = tuple(of_bank.name_of(column) for column in grid.columns)
    yield Field("date_column", "The day is in", names, of_bank.name_of(grid.columns[detected.date]))
    yield Field("date_format", "and is written as", detected.date_formats, detected.date_format)
    if money.amount is not None:
        yield Field("amount_column", "The amount is in", names, of_bank.name_of(grid.columns[money.amount]))
    if money.mode in ("signed", "inverted"):
        yield Field(
            "amount_mode", "Money out is (signed: negative; inverted: positive)", ("signed", "inverted"), money.mode
        )
    elif answers.amount_mode:
        yield Field("amount_mode", "Money out and in", ("split", "swapped"), answers.amount_mode)
    mark = "comma" if money.decimal == "," else "point"
    yield Field("decimal", "Decimals are written with a", tuple(of_bank.MARKS), answers.decimal or mark)


def _about_bank(books: Books, file: RawFile, given: Given) -> tuple[Field, Field]:
    """What no file says: which account it is of, and what the profile is called."""
    accounts = tuple(name for name in sorted(books.opened) if name.startswith(_BANKS))
    account = given.get("account", "").strip() or (accounts[0] if len(accounts) == 1 else "")
    name = given.get("name", "").strip() or patterns.slug(file.path.stem)
    return (
        Field("account", "It is of the account", accounts, account, free=True, is_open=not account),
        Field("name", "Such files are called", (), name, free=True),
    )


def _seen_of_bank(detected: Detected) -> Iterator[Seen]:
    roles = {place - 1: role for role, place in detected.columns.items()}
    for column in detected.grid.columns if detected.grid else ():
        role = roles.get(column.place, "")
        samples = tuple(_samples(column.filled, as_it_is=role not in ("", "direction")))
        yield Seen(of_bank.name_of(column), samples, role)


def _of_practice(books: Books, file: RawFile, export: DetectedExport, given: Given) -> Interview:
    recorder = _Recorder(given)
    plan = practice_profiles.settled(file, export, _answers_of_practice(given), of_books(books), recorder.of_practice)
    asked = {field.key for field in recorder.fields}
    fields = [*recorder.fields]
    if "kind" not in asked:
        fields.insert(0, Field("kind", "Each row holds one of the", KINDS, plan.kind))
    names = tuple(facts.header for facts in plan.found.facts)
    for role, each in plan.found.roles.items():
        key = f"columns:{role}"
        if key not in asked:
            fields.append(Field(key, f"The {role} is in", names, each.facts.header))
    fields += _unknown_providers(plan, given, books)
    name = given.get("name", "").strip() or system_of([file.path], None)
    fields.append(Field("name", "The practice system is called", (), name, free=True))
    return Interview(plan.kind, tuple(_seen_of_practice(plan)), tuple(fields))


def _answers_of_practice(given: Given) -> of_practice.Answers:
    columns = {key.removeprefix("columns:"): value for key, value in given.items() if key.startswith("columns:")}
    answers = of_practice.Answers(
        given.get("kind", ""), columns, {}, given.get("provider", "").strip(), given.get("date_format", "")
    )
    of_practice.check(answers)
    return answers


def _seen_of_practice(plan: Plan) -> Iterator[Seen]:
    roles = {each.facts.place: role for role, each in plan.found.roles.items()}
    roles |= {facts.place: role for role, (facts, _) in plan.refers.items()}
    roles |= {facts.place: "patient" for facts in plan.patients}
    for facts in plan.found.facts:
        role = roles.get(facts.place, "")
        yield Seen(facts.header, tuple(_samples(facts.filled, as_it_is=role in ("date", "amount"))), role)


def _unknown_providers(plan: Plan, given: Given, books: Books) -> Iterator[Field]:
    """A question for each provider that the books do not know; the name itself is not shown."""
    for line, _ in _providers(plan, books):
        key = f"who:{line}"
        column = plan.found.roles["provider"].facts.header
        text = f'Who is the provider in line {line} of column "{column}"? (an id, such as adams)'
        answer = given.get(key, "").strip()
        yield Field(key, text, tuple(sorted(books.providers)), answer, free=True, is_open=not answer)


def _bearers(export: DetectedExport, recorder: _Recorder, given: Given, books: Books, file: RawFile) -> Iterator[str]:
    plan = practice_profiles.settled(file, export, _answers_of_practice(given), of_books(books), recorder.of_practice)
    for line, name in _providers(plan, books):
        yield f"{name}={given[f'who:{line}'].strip()}"


def _providers(plan: Plan, books: Books) -> list[tuple[int, str]]:
    """The first line of each provider that the books do not know, and the name."""
    each = plan.found.roles.get("provider")
    if each is None:
        return []
    known = identifiers.providers_of(books)
    first: dict[str, int] = {}
    for row in plan.found.grid.rows:
        cell = row.cells[each.facts.place].strip()
        if cell and identifiers.normal(cell) not in known and identifiers.untitled(cell) not in known:
            first.setdefault(cell, row.line)
    return [(line, name) for name, line in first.items()][:_PROVIDERS]


def _samples(cells: Iterable[str], *, as_it_is: bool) -> list[str]:
    found: Sequence[Any] = list(dict.fromkeys(cell.strip() if as_it_is else masked(cell) for cell in cells))
    return [str(cell)[:_SAMPLE] for cell in found[:_SAMPLES]]
