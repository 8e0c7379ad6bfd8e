"""What a person says of practice exports, and the questions that are still open: values, whoever asks them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from daysheet.errors import DaysheetError
from daysheet.importers.detection.exports.concepts import is_paid
from daysheet.importers.detection.exports.detect import DetectedExport
from daysheet.importers.detection.exports.kinds import (
    ADJUSTMENTS,
    CLAIMS,
    INVOICES,
    KINDS,
    PAYMENTS,
    VISITS,
    is_ledger,
    line_of,
)
from daysheet.importers.detection.exports.roles import ROLES
from daysheet.importers.proposals.adjustment_types import adjusted, type_column
from daysheet.importers.rows.cell_kinds import is_zero, orders
from daysheet.records import ADJUSTMENT_KINDS, CLAIM_STATUSES, PAYMENT_METHODS, VISIT_STATUSES

ANY: Final = "*"
"""The word that stands for every other one, and for all rows where no column says it."""
SKIP: Final = "skip"
"""The meaning of a word whose rows are no records."""
OF_INSURERS: Final = {"insurer-check": "check", "insurer-eft": "eft"}
"""What a word of a way to pay says where it stands for an insurer's money, with the way in which that came."""
MEANINGS: Final = {
    "status": (*VISIT_STATUSES, SKIP),
    "claim": (*CLAIM_STATUSES, SKIP),
    "method": (*PAYMENT_METHODS, *OF_INSURERS),
    "adjustment": ADJUSTMENT_KINDS,
}
_SHOWN: Final = 12


class Answers(NamedTuple):
    """What a person says.

    Attributes:
        kind: of the records.
        columns: names of columns by their role.
        words: meanings of words; `*completed` is that of every status that is not known, `*card` of every way to pay.
        provider: the id of who saw every patient, where no column says it.
        date_format: in strptime's words.
    """

    kind: str = ""
    columns: Mapping[str, str] = {}
    words: Mapping[str, str] = {}
    provider: str = ""
    date_format: str = ""


class Question(NamedTuple):
    """What is to be known of one file.

    Attributes:
        key: which field of `Answers` holds the answer, `columns`' and `words`' with the role or word behind a colon.
        text: the question; no cell stands in it.
        choices: what may be answered; anything where there is none.
        option: how a script says it.
    """

    key: str
    text: str
    choices: tuple[str, ...]
    option: str


def meanings_of(what: str, words: Mapping[str, str]) -> dict[str, str]:
    """The words whose meaning is one of those of `what`: `status`, `claim`, `method` or `adjustment`.

    The key `*` stands for every other word; in `Answers` its meaning is behind it, so that each of these has its own.
    """
    found = {word: meaning for word, meaning in words.items() if meaning in MEANINGS[what]}
    return {ANY if word.startswith(ANY) else word: meaning for word, meaning in found.items()}


def status_kind(kind: str) -> str:
    """What the status of a kind of record is called in `MEANINGS`."""
    return "claim" if kind == CLAIMS else "status"


def check(answers: Answers) -> None:
    """Refuse an answer that means nothing.

    Raises:
        DaysheetError: naming it.
    """
    if answers.kind and answers.kind not in KINDS:
        raise DaysheetError(f'"{answers.kind}" is no kind of record', remedy=f"say one of {', '.join(KINDS)}")
    for role in answers.columns:
        if role not in ROLES:
            raise DaysheetError(f'"{role}" is no part of a record', remedy=f"say one of {', '.join(ROLES)}")
    known = [meaning for meanings in MEANINGS.values() for meaning in meanings]
    for meaning in answers.words.values():
        if meaning not in known:
            raise DaysheetError(f'"{meaning}" is no meaning of a word', remedy=f"say one of {', '.join(known)}")


def questions(found: DetectedExport, answers: Answers) -> Iterator[Question]:
    """What the file does not settle, the first first: an answer may settle others."""
    if found.kind.rival and not answers.kind:
        choices = (found.kind.name, found.kind.rival)
        yield Question("kind", "Which records does each row hold?", choices, "--kind")
        return
    yield from _columns(found, answers)
    if found.dates.rivals and not answers.date_format:
        pair = _pair(found)
        yield Question("date_format", f"Days as {pair[0]} or {pair[1]}?", pair, "--date-format")
    if found.kind.name == VISITS and "provider" not in found.roles and not answers.provider:
        text = "No column says who saw the patient. Which provider's id is it for all rows?"
        yield Question("provider", text, (), "--provider")
    yield from _words(found, answers)


def _pair(found: DetectedExport) -> tuple[str, str]:
    """Both orders of the first notation that leaves it open."""
    other = found.dates.rivals[0]
    return next(one for one in orders(other) if one != other), other


_NEEDED: Final = {
    VISITS: ("date",),
    INVOICES: ("amount",),
    PAYMENTS: ("date", "amount"),
    ADJUSTMENTS: ("amount",),
    CLAIMS: (),
}
_ASKED: Final = {
    "date": "Which column is the day of {kind}?",
    "amount": "Which column is the amount of {kind}?",
}


def _columns(found: DetectedExport, answers: Answers) -> Iterator[Question]:
    kind = found.kind.name
    for role in dict.fromkeys((*_NEEDED[kind], "date", "amount")):
        each = found.roles.get(role)
        if role in answers.columns or (each is None and role not in _NEEDED[kind]) or (each and not each.rivals):
            continue
        names = [facts.header for facts in ((each.facts, *each.rivals) if each else found.facts)]
        yield Question(f"columns:{role}", _ASKED[role].format(kind=kind), tuple(names), f"--column {role}=NAME")


def _words(found: DetectedExport, answers: Answers) -> Iterator[Question]:
    kind = found.kind.name
    what = status_kind(kind)
    if kind == VISITS and "status" not in found.roles and not _took_place(found):
        text = "No column says whether the patient came. What is each row?"
        yield from _of_all(text, "status", answers)
    if _pays(found) and "method" not in found.roles:
        yield from _of_all("No column says how the money was paid. How was it?", "method", answers)
    if _lets_off(found, answers):
        yield from _of_all("What are the adjustments whose type is not known?", "adjustment", answers)
    if kind in (VISITS, CLAIMS) and "status" in found.roles:
        yield from _of_each(found, "status", what, answers)
    if _pays(found) and "method" in found.roles:
        yield from _of_each(found, "method", "method", answers)


def _pays(found: DetectedExport) -> bool:
    """Whether rows give payments: those of payments, of a ledger, and bills that say what was paid so far."""
    if found.kind.name == PAYMENTS:
        return True
    ledger = next((facts for facts in found.facts if is_ledger(facts)), None)
    if ledger is not None and found.kind.name == INVOICES:
        return any(line_of(word) == PAYMENTS for word in ledger.distinct)
    return any(map(is_paid, found.facts)) and found.kind.name in (VISITS, INVOICES) and "amount" in found.roles


def _lets_off(found: DetectedExport, answers: Answers) -> bool:
    """Whether rows give adjustments of which nobody knows what kind they are."""
    ledger = next((facts for facts in found.facts if is_ledger(facts)), None)
    known = meanings_of("adjustment", answers.words).keys()
    if found.kind.name == INVOICES and ledger is not None:
        words = {word for word in ledger.distinct if line_of(word) == ADJUSTMENTS}
        return bool(words - adjusted(ledger).keys() - known)
    column = type_column(found.facts)
    told = set() if column is None else column.distinct - adjusted(column).keys() - known
    return found.kind.name == ADJUSTMENTS and (column is None or bool(told))


def _took_place(found: DetectedExport) -> bool:
    """Whether the rows are of encounters, which took place; an appointment may have come to nothing."""
    names = {word for role in ("id", "date") if role in found.roles for word in found.roles[role].facts.words}
    return "appointment" not in names and bool(names & {"encounter", "visit", "session", "dos", "admission"})


def _of_all(text: str, what: str, answers: Answers) -> Iterator[Question]:
    if ANY not in meanings_of(what, answers.words):
        yield Question(f"words:{ANY}", text, MEANINGS[what], f'--word "{ANY}=MEANING"')


def _of_each(found: DetectedExport, role: str, what: str, answers: Answers) -> Iterator[Question]:
    """A question for each word that neither the field nor the person knows; the word itself is never shown."""
    given = meanings_of(what, answers.words)
    lines = unknown_lines(found, role, given)
    if ANY in given or not lines:
        return
    header = found.roles[role].facts.header
    for line in lines[:_SHOWN]:
        what_stands = "word" if word_at(found, role, line) else "blank"
        text = f'What does the {what_stands} in line {line} of column "{header}" mean?'
        yield Question(f"line:{role}:{line}", text, MEANINGS[what], '--word "THE WORD=MEANING", or "*=MEANING" for all')


def unknown_lines(found: DetectedExport, role: str, given: Mapping[str, str]) -> list[int]:
    """The first line of each word, blank ones too, of a status or method column whose meaning nobody knows."""
    facts = found.roles[role].facts
    known = found.methods.words if role == "method" else found.status.claims or found.status.words
    known_words = {word.casefold() for word in (*known, *given)}
    first: dict[str, int] = {}
    for row in found.grid.rows:
        if role != "method" or _is_payment(found, row.cells):
            first.setdefault(row.cells[facts.place].strip(), row.line)
    return sorted(line for word, line in first.items() if word.casefold() not in known_words)


def _is_payment(found: DetectedExport, cells: Sequence[str]) -> bool:
    """Whether a row gives a payment, so that its way to pay is to be known."""
    if found.kind.name == PAYMENTS:
        return True
    ledger = next((facts for facts in found.facts if is_ledger(facts)), None)
    if ledger is not None:
        return line_of(cells[ledger.place].strip()) == PAYMENTS
    return any(is_paid(facts) and not is_zero(cells[facts.place]) for facts in found.facts)


def word_at(found: DetectedExport, role: str, line: int) -> str:
    """The word of a column in a line, for a profile whose author has said what it means."""
    place = found.roles[role].facts.place
    return next(row.cells[place].strip() for row in found.grid.rows if row.line == line)
