"""`profile new` for exports of a practice system: asked, written, tested, and shown as they would be booked."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import click
from daysheet import files
from daysheet.errors import DaysheetError
from daysheet.importers import import_report, importing, source_facts
from daysheet.importers.detection.exports.detect import DetectedExport
from daysheet.importers.detection.exports.kinds import KINDS
from daysheet.importers.detection.exports.known import NOTHING_KNOWN, Known
from daysheet.importers.proposals import sample
from daysheet.importers.proposals.answers import Answers, Question, check, questions, word_at
from daysheet.importers.proposals.between import related
from daysheet.importers.proposals.plan import Plan, name_of, planned, refuse_unknown, system_of
from daysheet.importers.reading import Reading
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.systems import profile_file, selftest
from daysheet.importers.systems.marks import KIND_OF
from daysheet.importers.systems.source import SystemSource
from daysheet.wording import many

_SHOWN: Final = 2
_BY_FILE: Final = "Nothing was written."
_ASKED: Final = 60


Ask = Callable[[RawFile, Question], str]
"""Who answers a question about a file."""


def on_terminal(file: RawFile, question: Question) -> str:
    """Ask whoever sits at the terminal.

    Raises:
        DaysheetError: nobody does; it names the option.
    """
    if not sys.stdin.isatty():
        choices = f": {', '.join(question.choices)}" if question.choices else ""
        raise DaysheetError(
            f"does not settle it: {question.text}", filename=file.path, remedy=f"say {question.option}{choices}"
        )
    kind = click.Choice(question.choices) if question.choices else None
    answer: str = click.prompt(f"{file.path.name}: {question.text}", type=kind, err=True)
    return answer


class Asked(NamedTuple):
    """What the command was given.

    Attributes:
        paths: the exports.
        folder: the books, if there are any.
        name: of the system.
        target: where the one profile is to be written.
        answers: what was said of them.
        bearers: ids of providers and payers by what the export calls them.
    """

    paths: Sequence[Path]
    folder: Path | None
    name: str | None
    target: Path | None
    answers: Answers
    bearers: source_facts.Bearers


class Written(NamedTuple):
    """One profile."""

    plan: Plan
    name: str
    place: Path
    text: str
    reading: Reading


def new(
    given: Asked,
    exports: Sequence[tuple[RawFile, DetectedExport]],
    known: Known = NOTHING_KNOWN,
    ask: Ask = on_terminal,
) -> Iterator[Any]:
    """Write the profiles of exports; first the answer for programs is given, then the one for people.

    Raises:
        DaysheetError: something is not settled and nobody can be asked, or an export cannot be read; then nothing is
            written.
    """
    check(given.answers)
    plans = related([settled(file, found, given.answers, known, ask) for file, found in exports])
    refuse_unknown(plans, given.answers)
    system = system_of(given.paths, given.name)
    written = [_proposed(plan, system, name_of(plan, system, plans), given) for plan in plans]
    for each in written:
        if each.place.exists():
            raise DaysheetError(
                "is there already", filename=each.place, remedy="choose another --name, or remove it first"
            )
    for each in written:
        files.write(each.place, each.text.encode())
    if given.folder is not None:
        first = min((each.reading.first for each in written), default=None)
        source_facts.note(given.folder, f"practice-{system}", given.bearers, first)
    yield [_as_json(each) for each in written]
    yield "\n".join(_told(written, given))


def settled(
    file: RawFile, found: DetectedExport, answers: Answers, known: Known = NOTHING_KNOWN, ask: Ask = on_terminal
) -> Plan:
    """The plan of a file, what it does not settle asked for one by one."""
    plan = planned(file, found, answers, known)
    for _ in range(_ASKED):
        question = next(questions(plan.found, plan.answers), None)
        if question is None:
            return plan
        plan = planned(file, found, _with(plan, question, ask(file, question)), known)
    raise DaysheetError("asks for more words than a status has", filename=file.path, remedy="say --column status=NAME")


def _with(plan: Plan, question: Question, answer: str) -> Answers:
    answers = plan.answers
    field, _, what = question.key.partition(":")
    if field == "line":
        role, _, line = what.partition(":")
        return answers._replace(words={**answers.words, word_at(plan.found, role, int(line)): answer})
    if field == "words":
        return answers._replace(words={**answers.words, f"{what}{answer}": answer})
    if field == "columns":
        return answers._replace(columns={**answers.columns, what: answer})
    if field == "kind":
        return answers._replace(kind=answer)
    return answers._replace(provider=answer) if field == "provider" else answers._replace(date_format=answer)


def _proposed(plan: Plan, system: str, name: str, given: Asked) -> Written:
    """The profile of one file, which has read the file and its own sample."""
    text = sample.whole(plan, f"{system}, {plan.kind}: written from a file", system, name)
    place = given.target or (given.folder / "profiles" if given.folder else Path()) / f"{name}.toml"
    source = SystemSource(name, profile_file.parse(text, place))
    reading = selftest.records_of(source, plan.file)
    wrong = selftest.problems(source)
    if wrong:
        raise DaysheetError(
            f"the profile made of it does not give its own sample: {wrong[0]}",
            filename=plan.file.path,
            remedy="write one by docs/practice-systems.md",
        )
    return Written(plan, name, place, text, reading)


def _counts(reading: Reading) -> dict[str, int]:
    return dict(Counter(KIND_OF[type(record)] for record in reading.records))


def _unread(each: Written) -> list[str]:
    """Columns of which nothing is read."""
    source = profile_file.parse(each.text, each.place)
    used = each.text.partition("[match]")[2].partition("[sample]")[0].partition("[left-out]")[0].partition("\n\n")[2]
    named = (*source.patient, *source.private)
    return [f.header for f in each.plan.found.facts if f'"{f.header}"' not in used and f.header not in named]


def _as_json(each: Written) -> dict[str, Any]:
    return {
        "profile": each.name,
        "written": str(each.place),
        "file": str(each.plan.file.path),
        "kind": each.plan.kind,
        "rows": each.reading.rows,
        "records": _counts(each.reading),
        "skipped": dict(Counter(item.reason for item in each.reading.skipped)),
        "patient": [facts.header for facts in each.plan.patients],
        "private": [facts.header for facts in each.plan.private],
        "not_read": _unread(each),
        "refers": {role: why for role, (_, why) in each.plan.refers.items()},
    }


def _told(written: Sequence[Written], given: Asked) -> Iterator[str]:
    for each in written:
        yield f"Wrote {each.place}."
        counts = ", ".join(f"{count} {kind}" for kind, count in _counts(each.reading).items())
        yield f"  {each.plan.file.path.name}: {many(each.reading.rows, 'row')} give {counts or 'nothing'}"
        for reason, count in Counter(item.reason for item in each.reading.skipped).items():
            yield f"  {many(count, 'row')} skipped: {reason}"
        for role, (facts, why) in each.plan.refers.items():
            yield f'  {role}: column "{facts.header}", {why}'
        yield from _privacy(each)
    if given.folder is not None:
        yield from _preview(given.folder, given.paths)
    yield "Look them over: each has an anonymous sample, and daysheet profile test runs it."


def _privacy(each: Written) -> Iterator[str]:
    named = [facts.header for facts in each.plan.patients]
    if named:
        yield f"  a token stands for the patient in: {', '.join(named)}"
    dropped = [facts.header for facts in each.plan.private]
    if dropped:
        yield f"  names or numbers of persons, dropped: {', '.join(dropped)}"
    left = _unread(each)
    if left:
        yield f"  not read: {', '.join(left)}"


def _preview(folder: Path, paths: Sequence[Path]) -> Iterator[str]:
    """What an import would book: its totals, and the first entries of each kind."""
    try:
        outcome = importing.import_files(folder, paths, dry_run=True)
    except DaysheetError as trouble:  # the books' own; the profiles stand
        yield f"What an import would book cannot be shown: {trouble}"
        return
    yield "An import would book:"
    told = import_report.as_text(outcome, folder, whole=False, dry_run=True).partition(_BY_FILE)[0]
    yield from (f"  {line}" if line else "" for line in told.rstrip().splitlines())
    for entry in first_entries(outcome.diff):
        yield ""
        yield from (f"  {line}" for line in entry)
    for problem in outcome.refused.values():
        yield f"  refused: {problem}"
    yield ""


def first_entries(diff: Sequence[str]) -> Iterator[list[str]]:
    """The first entries that each kind of file would get, of the ledger's text in a diff."""
    kind = ""
    entries: dict[str, list[list[str]]] = {}
    for line in diff:
        if line.startswith("+++ "):
            kind = line.rpartition("/")[2].removesuffix(".beancount").rpartition("-")[2]
        elif line.startswith("+") and kind in KINDS:
            text = line[1:]
            if text[:1].isdigit():
                entries.setdefault(kind, []).append([text])
            elif text.startswith(" ") and entries.get(kind):
                entries[kind][-1].append(text)
    for each in KINDS:
        yield from entries.get(each, [])[:_SHOWN]
