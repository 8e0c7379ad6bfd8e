"""What a practice profile will say, worked out from what was detected and what a person said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from daysheet.errors import DaysheetError
from daysheet.importers.detection.exports import concepts as of
from daysheet.importers.detection.exports.column_facts import Facts
from daysheet.importers.detection.exports.detect import DetectedExport, detected_as
from daysheet.importers.detection.exports.kinds import Kind, is_ledger, line_of
from daysheet.importers.detection.exports.known import NOTHING_KNOWN, Known
from daysheet.importers.detection.exports.status_words import is_of_the_trade
from daysheet.importers.privacy.patient_columns import is_of_patient
from daysheet.importers.proposals.answers import Answers
from daysheet.importers.rows.raw_file import RawFile

_BOTH: Final = 2
_PERSONAL: Final = frozenset(
    ("birth", "phone", "mobile", "email", "address", "ssn", "firstname", "surname", "guarantor", "subscriber", "note")
)


@dataclass(frozen=True)
class Plan:
    """A file and what its profile will say.

    Attributes:
        file: the export.
        found: what was detected, with what a person said of columns and kind.
        answers: what a person said.
        refers: columns that hold the ids of another file's records: the role, the column, and why.
        patients: the columns that together say who the patient is.
        paid_elsewhere: another export that is given with it has the payments, so that this one's are not taken.
    """

    file: RawFile
    found: DetectedExport
    answers: Answers
    refers: Mapping[str, tuple[Facts, str]]
    patients: tuple[Facts, ...]
    paid_elsewhere: bool = False

    @property
    def kind(self) -> str:
        """Of its records."""
        return self.found.kind.name

    def column(self, role: str) -> Facts | None:
        """The column of a role, if there is one."""
        if role in self.refers:
            return self.refers[role][0]
        each = self.found.roles.get(role)
        return None if each is None else each.facts

    def named(self, *words: str) -> Facts | None:
        """The first column of amounts whose name says all these words."""
        return next((f for f in self.found.facts if set(words) <= set(f.words) and of.is_money(f)), None)

    @property
    def shares(self) -> tuple[Facts, Facts] | None:
        """The insurer's and the patient's share of a bill, where they add up to it."""
        for each in self.found.sums:
            theirs = [facts for facts in each.parts if set(facts.words) & (of.PAYER | {"covered"})]
            mine = [facts for facts in each.parts if set(facts.words) & (of.PATIENT | {"responsibility"})]
            if len(each.parts) == _BOTH and len(theirs) == len(mine) == 1 and theirs != mine:
                return theirs[0], mine[0]
        return None

    @property
    def ledger(self) -> Facts | None:
        """The column that says of each row whether it is a charge, a payment or an adjustment."""
        return next((facts for facts in self.found.facts if is_ledger(facts)), None)

    def rows_of(self, kind: str) -> list[str]:
        """The words of the ledger's column for rows of a kind."""
        ledger = self.ledger
        words = ledger.distinct if ledger else ()
        return sorted(word for word in words if line_of(word) == kind and is_of_the_trade(word))

    @property
    def private(self) -> tuple[Facts, ...]:
        """Columns with names or numbers of persons that no record uses."""
        used = {facts.place for facts in self.used()}
        return tuple(
            facts
            for facts in self.found.facts
            if facts.place not in used
            and (
                is_of_patient(facts.header) or _PERSONAL & set(facts.words) or of.names(facts, frozenset(("patient",)))
            )
            and not of.is_money(facts)
        )

    def used(self) -> list[Facts]:
        """The columns that records may be made of."""
        roles = [each.facts for each in self.found.roles.values()]
        return [*roles, *self.patients, *(facts for facts, _ in self.refers.values())]


def planned(file: RawFile, found: DetectedExport, answers: Answers, known: Known = NOTHING_KNOWN) -> Plan:
    """The plan of one file, with what a person said of it.

    Raises:
        DaysheetError: a column that a person named is not there.
    """
    kind = Kind(answers.kind, "as a person said") if answers.kind else found.kind
    said = {role: facts for role, name in answers.columns.items() if (facts := _named(found, name)) is not None}
    if said or answers.kind or known != NOTHING_KNOWN:
        found = detected_as(found.encoding, found.grid, found.facts, kind, said, known)
    return Plan(file, found, answers, {}, _patients(found))


def _named(found: DetectedExport, name: str) -> Facts | None:
    return next((facts for facts in found.facts if facts.header.casefold() == name.strip().casefold()), None)


def refuse_unknown(plans: Sequence[Plan], answers: Answers) -> None:
    """Refuse names of columns that no file has.

    Raises:
        DaysheetError: naming the role and the name, with the columns that there are.
    """
    for role, name in answers.columns.items():
        if not any(_named(plan.found, name) for plan in plans):
            names = ", ".join(dict.fromkeys(facts.header for plan in plans for facts in plan.found.facts))
            raise DaysheetError(f'no column is called "{name}" ({role})', remedy=f"say one of {names}")


def _patients(found: DetectedExport) -> tuple[Facts, ...]:
    """One column with the patient's number or name, or the first and last name together."""
    each = found.roles.get("patient")
    if each is None:
        return ()
    if set(each.facts.words) & {"surname", "firstname"} and not set(each.facts.words) & of.ID:
        names = [facts for facts in found.facts if set(facts.words) & {"surname", "firstname"}]
        same = [facts for facts in names if not set(facts.words) & of.PROVIDER]
        return tuple(sorted(same, key=lambda facts: ("surname" not in facts.words, facts.place)))
    return (each.facts,)


def name_of(plan: Plan, system: str, plans: Sequence[Plan]) -> str:
    """The profile's name: the system and the kind, and the file where several are of one kind."""
    alike = [other for other in plans if other.kind == plan.kind]
    behind = f"-{alike.index(plan) + 1}" if len(alike) > 1 and alike.index(plan) else ""
    return f"practice-{system}-{plan.kind}{behind}"


def system_of(paths: Sequence[Path], name: str | None) -> str:
    """What the system is called where nobody says it: what the files' names have in common, else `own`."""
    text = name or ""
    if text:
        given = re.sub(r"[^a-z0-9]+", "-", text.casefold().removeprefix("practice-")).strip("-")
        return given or "own"
    stems = [_words(path.stem.casefold()) for path in paths]
    common = [word for word in stems[0] if all(word in stem for stem in stems)]
    return "-".join(common) or "own"


def _words(text: str) -> list[str]:
    letters = "".join(character if character.isascii() and character.isalpha() else " " for character in text)
    return letters.split()
