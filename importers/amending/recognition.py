"""Which entries of the books a filed original gave: it is read again, and its rows are looked up as an import does."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple, TypeGuard

from daysheet.books import Books
from daysheet.books.openings import TAKEN_FROM, TAKEOVER_KINDS
from daysheet.errors import DaysheetError
from daysheet.facts import Imported
from daysheet.importers.booking import bill_lines, dedupe, payouts, remittances
from daysheet.importers.booking.bank_state import BankState
from daysheet.importers.booking.session import ImportSession
from daysheet.importers.importing import ImportRun
from daysheet.importers.originals import patients as people
from daysheet.importers.payroll.booking import PayrollState, judged
from daysheet.importers.reading import Reading, Record, rows_of_record
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.settings import bank_account
from daysheet.importers.sources import source_of
from daysheet.importers.systems.marks import SO_FAR
from daysheet.importers.systems.resolve import resolve
from daysheet.records import AdjustingEntry, Adjustment, BankLine, Invoice, Meta, Paycheck, Payment
from daysheet.remittances import Remittance
from daysheet.trust.paths import is_inner

Place = tuple[str, int]
"""Where an entry stands: file and line."""

_SHORT: Final = 8
_LATER: Final = re.compile(r"\.[0-9]+\Z")
_DAY_AND_PROFILE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}-(?P<profile>.+)-[0-9a-f]{8}\.[a-z0-9]+\Z")


class Import(NamedTuple):
    """An imported file on record: its filed name, its SHA-256, and the facts that record it."""

    file: str
    sha256: str
    facts: tuple[Imported, ...]

    @property
    def kinds(self) -> set[str]:
        """The kinds of record that it gave."""
        return {fact.kind for fact in self.facts}


@dataclass
class Found:
    """What the books have of a file's rows.

    Attributes:
        reading: the file.
        same: places of entries that say what a row says.
        other: places of entries that the books have otherwise: changed by hand, or as another file has them.
        missing: rows that the books do not have.
        lines: of bills with lines, which the file gave, by the place of the bill.
        withdrawn: its lines that the bank has taken back since, as they would be in the books.
    """

    reading: Reading
    same: set[Place] = field(default_factory=set)
    other: set[Place] = field(default_factory=set)
    missing: set[int] = field(default_factory=set)
    lines: dict[Place, set[str]] = field(default_factory=lambda: defaultdict(set))
    withdrawn: list[tuple[dedupe.Account, dedupe.Line]] = field(default_factory=list)


def imports(books: Books) -> dict[str, Import]:
    """Every imported file on record by its SHA-256, in the order of their days."""
    facts: dict[str, list[Imported]] = defaultdict(list)
    for fact in books.imported:
        facts[str(fact.meta.get("sha256", ""))].append(fact)
    return {sha256: Import(_file_of(group[0]), sha256, tuple(group)) for sha256, group in facts.items() if sha256}


def _file_of(fact: Imported) -> str:
    """Where a file was filed, named from the books folder.

    Raises:
        DaysheetError: the name would lead elsewhere.
    """
    name = str(fact.meta.get("file", ""))
    if name and not is_inner(name):
        raise DaysheetError(
            "the file of this import is not named as one of these books",
            filename=fact.meta["filename"],
            line=fact.meta["lineno"],
            remedy="write the name under which it lies in originals/",
        )
    return name


def place_of(meta: Meta) -> Place:
    """Where an entry stands."""
    return str(meta["filename"]), int(meta["lineno"])


class Originals:
    """The filed originals of some books, read as they were imported."""

    def __init__(self, run: ImportRun, books: Books) -> None:
        """`run` knows the sources, the settings and the secret."""
        self.run = run
        self.books = books
        self._readings: dict[str, tuple[RawFile, Reading]] = {}
        self._found: dict[str, Found] = {}

    def over(self, books: Books) -> Originals:
        """The same originals, to be looked up in other books."""
        other = Originals(self.run, books)
        other._readings = self._readings
        return other

    def has(self, one: Import) -> bool:
        """Whether a file's original is on this machine."""
        return (self.run.folder / one.file).is_file()

    def read(self, wanted: Iterable[Import]) -> None:
        """Read these, patients taken out of bank lines as by an import.

        Raises:
            DaysheetError: one is not on this machine, or is no longer what was imported.
        """
        fresh: dict[RawFile, Reading] = {}
        digests: dict[RawFile, str] = {}
        for one in wanted:
            if one.sha256 in self._readings:
                continue
            file = self._file(one)
            fresh[file] = self._read(file, one)
            digests[file] = one.sha256
        for file, reading in people.scrubbed(fresh, self.run.folder, self.run.settings, list(fresh)).items():
            self._readings[digests[file]] = file, reading

    def reading(self, one: Import) -> tuple[RawFile, Reading]:
        """A file that has been read."""
        return self._readings[one.sha256]

    def found(self, one: Import) -> Found:
        """What the books have of a file that has been read.

        Raises:
            DaysheetError: the settings do not say any more which account it is of.
        """
        if one.sha256 not in self._found:
            self._found[one.sha256] = self._look_up(one)
        return self._found[one.sha256]

    @cached_property
    def _session(self) -> ImportSession:
        return self.run.session(self.books)

    def _look_up(self, one: Import) -> Found:
        file, raw = self.reading(one)
        session = self._session
        reading = resolve(raw, session.known)
        outcome = Found(reading)
        lines = [record for record in reading.records if isinstance(record, BankLine)]
        remitted = [record for record in reading.records if isinstance(record, Remittance)]
        paid = [record for record in reading.records if isinstance(record, Paycheck)]
        apart = BankLine | Remittance | Paycheck | AdjustingEntry
        practice: list[Record] = [record for record in reading.records if not isinstance(record, apart)]
        practice = list(bill_lines.apart(practice, session.known))
        verdicts = [*zip(practice, bill_lines.judged(practice, session.known), strict=True)]
        if lines and payouts.is_payouts(reading):
            _find_payouts(lines, reading.profile, self.books, outcome)
        elif lines:
            verdicts += _judged_lines(lines, reading, session, file.path, outcome)
        if paid:
            state = session.part(PayrollState)
            verdicts += zip(paid, judged(paid, state.known, reading.currency, state.settings), strict=True)
        beyond = _beyond(raw, practice)
        for record, verdict in verdicts:
            if verdict.what in ("known", "changed") and verdict.where is not None:
                same = verdict.what == "known" and id(record) not in beyond
                (outcome.same if same else outcome.other).add(place_of(verdict.where))
                if isinstance(record, Invoice) and record.lines:
                    outcome.lines[place_of(verdict.where)].update(line.id for line in record.lines)
            elif verdict.what in ("new", "later"):
                outcome.missing.update(rows_of_record(record))
        for remittance in remitted:
            _find_remittance(remittance, self.books, outcome)
        taken_over = (e for e in self.books.entries if e.meta.get(TAKEN_FROM) == one.sha256[:_SHORT])
        outcome.same.update(place_of(entry.meta) for entry in taken_over)
        return outcome

    def _file(self, one: Import) -> RawFile:
        path = self.run.folder / one.file
        if not path.is_file():
            raise DaysheetError(
                "the original is not on this machine",
                filename=path,
                remedy="take it back where it was imported, or revert that commit",
            )
        file = RawFile(path)
        if file.sha256 != one.sha256:
            raise DaysheetError("is not the file any more that was imported", filename=path, remedy="put it back")
        return file

    def _read(self, file: RawFile, one: Import) -> Reading:
        match = _DAY_AND_PROFILE.search(one.file)
        profile = match["profile"] if match else ""
        if profile in TAKEOVER_KINDS:  # its entries say themselves which file they are from
            (fact, *_) = one.facts
            return Reading(profile, profile, 0, (), (), fact.first, fact.last)
        named = (each for each in self.run.sources if re.sub(r"[^A-Za-z0-9-]", "-", each.name) == profile)
        source = next(named, None) or source_of(file, self.run.sources)
        return source.read(file, self._session.context)


def less(reading: Reading, rows: set[int]) -> Reading:
    """A reading without the records of some of its rows."""
    kept = tuple(record for record in reading.records if not rows.intersection(rows_of_record(record)))
    return replace(reading, records=kept)


def _judged_lines(
    rows: Sequence[BankLine], reading: Reading, session: ImportSession, path: Path, outcome: Found
) -> Iterator[tuple[Record, dedupe.Verdict]]:
    groups: dict[dedupe.Account, list[BankLine]] = defaultdict(list)
    for row in rows:
        name = bank_account(session.banks, reading.profile, row.account or reading.account, path)
        groups[name, row.currency].append(row)
    bank = session.part(BankState)
    for account, group in groups.items():
        withdrawn = bank.withdrawn.get(account[0], ())
        verdicts = dedupe.judge_bank(group, bank.lines_of(account), reading.profile, withdrawn=withdrawn)
        for row, verdict in zip(group, verdicts, strict=True):
            if verdict.what == "withdrawn":
                outcome.withdrawn.append((account, dedupe.planned(row, reading.profile)))
            yield row, verdict


def _find_payouts(rows: Sequence[BankLine], profile: str, books: Books, outcome: Found) -> None:
    earlier = payouts.booked(books, profile)
    outcome.same |= {place_of(earlier[row.source_id]) for row in rows if row.source_id in earlier}


def _find_remittance(record: Remittance, books: Books, outcome: Found) -> None:
    found = remittances.part(record, books, remittances.traced(record, books))
    if found.fresh is not None:
        outcome.missing.update(claim.meta["lineno"] for claim in found.fresh.claims if claim.status)
    held = {place_of(theirs.meta) for _, theirs in found.known}
    outcome.same |= held
    for sibling in found.siblings:
        if all(place_of(claim.meta) in held for claim in sibling.claims):
            outcome.same.add(place_of(sibling.meta))


def _beyond(raw: Reading, records: Sequence[Record]) -> set[int]:
    """Of amounts so far, the parts that later exports have added: what a file says it had is all that it gave."""
    said = {record.id: record.amount for record in raw.records if _is_so_far(record)}
    sums: dict[str, Decimal] = defaultdict(Decimal)
    found: set[int] = set()
    for record in records:
        if _is_so_far(record):
            first = record.id if record.id in said else _LATER.sub("", record.id)
            sums[first] += record.amount
            if abs(sums[first]) > abs(said.get(first, Decimal())):
                found.add(id(record))
    return found


def _is_so_far(record: Record) -> TypeGuard[Payment | Adjustment]:
    return isinstance(record, Payment | Adjustment) and SO_FAR in record.meta
