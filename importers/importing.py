"""`daysheet import` as a function: files in, books changed, an account of every row.

Each file is taken whole or not at all. One that is refused does not hinder the others: each is complete in itself, and
what the refused one lacks shows in its error and in the checks. All files that are taken are written together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from beancount.core.data import Transaction
from daysheet import files, patients
from daysheet.billing.payers import bill_meant
from daysheet.books import Books, loading, token_secrets
from daysheet.books import secret as token_secret
from daysheet.errors import DaysheetError
from daysheet.importers import import_facts, reading_checks
from daysheet.importers.amending import answers, follow_up
from daysheet.importers.booking import bank_lines, payouts, practice_records, remittances
from daysheet.importers.booking.bank_state import BankState
from daysheet.importers.booking.expected_remittances import RemittanceState
from daysheet.importers.booking.session import ImportSession, OneByOneError, Taken
from daysheet.importers.clones import mending
from daysheet.importers.deriving import allocations, derived, loan_interest, payment_posting
from daysheet.importers.deriving.claim_bills import makes_bills
from daysheet.importers.detection.claims import X12
from daysheet.importers.edi import source, strict
from daysheet.importers.fhir.folder import is_left_over
from daysheet.importers.originals import patients as people
from daysheet.importers.originals import proof
from daysheet.importers.payroll import booking as payroll
from daysheet.importers.reading import Reading
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.settings import ImportSettings, bank_account
from daysheet.importers.sources import Sources, source_of, told
from daysheet.importers.spilled_visits import SpilledVisits
from daysheet.importers.systems import undated
from daysheet.importers.systems.resolve import resolve
from daysheet.importers.writing import archive, writer
from daysheet.importers.writing import dry_run as preview
from daysheet.ledger import collector
from daysheet.records import AdjustingEntry, BankLine, Claim, Paycheck, Visit
from daysheet.remittances import Remittance
from daysheet.settings import Settings
from daysheet.submissions import Answer

_ORDER: Final = (
    "visits",
    "practice",
    "fhir",
    "invoices",
    "claims",
    "acknowledgment",
    "adjustments",
    "payments",
    "allocations",
    "remittance",
)
_ALONE: Final = (Visit, Answer, BankLine, Paycheck, AdjustingEntry)
"""Records from which alone nothing follows: visits, answers to claims, paychecks, bank lines that move no debts."""
_APART: Final = (BankLine, Remittance, Paycheck, AdjustingEntry)
_EXAMPLES: Final = (
    "patients' tokens and what is made of them are examples here: the import makes the secret that they come from"
)

Warn = Callable[[str], None]


@dataclass
class Outcome:
    """What an import did.

    Attributes:
        taken: an account of each file that was taken, in the order given.
        refused: each file that was not, and why.
        diff: what would change in the books, for a dry run.
        settled: what was posted because remittances, invoices and bank lines met, in words.
        notes: sentences about the import as a whole.
    """

    taken: list[Taken] = field(default_factory=list)
    refused: dict[Path, DaysheetError] = field(default_factory=dict)
    diff: list[str] = field(default_factory=list)
    settled: str = ""
    notes: list[str] = field(default_factory=list)


def inbox(folder: Path, name: str) -> list[Path]:
    """The files that were dropped into the inbox, by name; hidden ones are not looked at.

    Raises:
        DaysheetError: one is a link to a file elsewhere.
    """
    place = folder / name
    if not place.is_dir():
        return []
    found = sorted(path for path in place.iterdir() if not path.name.startswith(".") and not is_left_over(path))
    for path in found:
        if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
            remedy = "copy the file into the inbox, or name it: daysheet import FILE"
            raise DaysheetError("is a link that leads out of these books", filename=path, remedy=remedy)
    return found


def import_files(
    folder: Path,
    paths: Sequence[Path],
    *,
    profile: str | None = None,
    dry_run: bool = False,
    suspense: bool = False,
    warn: Warn = lambda _: None,
) -> Outcome:
    """Take files into the books of a folder, and file their originals.

    Args:
        folder: the books folder.
        paths: the files.
        profile: the profile to read them by, where the user has said so.
        dry_run: change nothing, and give the diff.
        suspense: book remittances that do not balance, the difference to a suspense account.
        warn: told in a sentence what a person should know before it is written.

    Raises:
        DaysheetError: the books or the settings are broken, or another program holds the books.
        OSError: the disk refuses; the books are as they were.
    """
    with files.locked(folder), collector.paused():
        if not dry_run:
            return _imported_into(folder, paths, profile, dry_run=False, suspense=suspense, warn=warn)
        with preview.copied(folder) as copy:
            try:
                outcome = _imported_into(copy.at, paths, profile, dry_run=True, suspense=suspense, warn=warn)
            except DaysheetError as problem:
                raise copy.error(problem) from None
            outcome.diff += copy.diff()
            outcome.refused = {path: copy.error(problem) for path, problem in outcome.refused.items()}
            for taken in outcome.taken:
                taken.changed = [replace(changed, where=copy.meta(changed.where)) for changed in taken.changed]
            return outcome


def _imported_into(
    folder: Path, paths: Sequence[Path], profile: str | None, *, dry_run: bool, suspense: bool, warn: Warn
) -> Outcome:
    """The import itself; a dry run is one into a copy, that files no original and makes no secret."""
    settings = Settings.of(folder)
    books = mending.load(folder, settings, warn)
    if writer.mend(folder, books):
        books = loading.load(folder)
    if not paths:
        follow_up.write(folder, settings)
    run = ImportRun(folder, settings, books, profile, dry_run=dry_run, suspense=suspense)
    run.warn = warn
    run.over([RawFile(path) for path in paths])
    return run.outcome


class ImportRun:
    """An import over its files; begins anew where one must be left out after all."""

    def __init__(
        self, folder: Path, settings: Settings, books: Books, profile: str | None, *, dry_run: bool, suspense: bool
    ) -> None:
        """Nothing taken yet."""
        self.folder = folder
        self.settings = settings
        self.books = books
        self.profile = profile
        self.dry_run = dry_run
        self.suspense = suspense
        self.sources = Sources(folder, settings)
        self.told = told(settings, books.currency)
        self.outcome = Outcome()
        self.warn: Warn = lambda _: None
        self.made: dict[str, Transaction] = {}
        """Entries by the fingerprint of a bank's row that shall become what they were made."""
        self.secret: patients.Held | None = None
        self.token = cache(self._token)

    def over(self, given: Sequence[RawFile]) -> None:
        """Take the files in the order in which they build on each other."""
        self.take(people.scrubbed(self._read(given), self.folder, self.settings, given))

    def take(self, readings: dict[RawFile, Reading]) -> None:
        """Take files that have been read."""
        days = undated.days(self.sources, self.books, readings.values())
        waiting = sorted(readings, key=lambda file: _rank(readings[file]))
        moved = False
        while waiting:
            session = self.session(self.books)
            session.part(undated.DaysState).days = days
            session.part(BankState).made = self.made
            taken, waiting_next = self._plan(session, waiting, readings)
            if taken is None:
                waiting = waiting_next
                continue
            changed = [file for file, _ in taken if file.has_changed()]
            if changed:
                self.outcome.refused |= {file.path: file.changed() for file in changed}
                waiting = [file for file in waiting if file not in changed]
                continue
            for warning in (said for _, each in taken for said in each.warnings()):
                self.warn(warning)
            self.finish(session, taken)
            booked = any(each.booked for _, each in taken)
            moved = (
                moved
                or session.clears
                or bool(session.part(RemittanceState).booked)
                or (booked and bool(self.books.remittances))
            )
            waiting = waiting_next
            if waiting:
                self.books = loading.load(self.folder)
        order = [file.path for file in readings]
        self.outcome.taken.sort(key=lambda taken: order.index(taken.file))
        # where nothing was booked, a run that was killed before this step may have left it open
        if self.outcome.taken:
            self._follow_up(moved=moved)

    def _follow_up(self, *, moved: bool) -> None:
        """What follows from the books as a whole, once all files are in them."""
        booked = any(taken.booked for taken in self.outcome.taken)
        practice = any(
            not _stands_alone(record, self.books)
            for taken in self.outcome.taken
            if not isinstance(taken.reading.records, SpilledVisits)
            for record in taken.reading.records
        )
        if booked and not (moved or practice or loan_interest.has_loans(self.books) or makes_bills(self.books)):
            return
        books = loading.load(self.folder) if booked else self.books
        written = payment_posting.prepared(self.folder, books)
        books = loading.load(self.folder) if written else books
        found = derived.derive_all(self.folder, books, self.settings.table("import", ImportSettings))
        self.outcome.settled = payment_posting.counted(found.entries, books.entries)
        self.outcome.taken[-1].written |= dict.fromkeys((*written, *found.written))
        allocations.sum_up(self.outcome.taken, found.entries, books)

    def _read(self, given: Sequence[RawFile]) -> dict[RawFile, Reading]:
        session = self.session(self.books)
        context = replace(session.context, beside=tuple(given))
        bounds = session.settings.bounds()
        readings: dict[RawFile, Reading] = {}
        seen: dict[str, Path] = {}
        for file in given:
            try:
                reading_checks.refuse_twin(file, seen)
                reading = source_of(file, self.sources, self.profile, self.told).read(file, context)
                readings[file] = reading_checks.without_far_visits(reading, *bounds)
                if readings[file].profile.startswith(X12) and session.settings.strict_x12:
                    strict.require(file)
                seen[file.sha256] = file.path
                reading_checks.require_total(file, readings[file])
                reading_checks.require_days(readings[file], file.path, *bounds)
            except DaysheetError as problem:
                readings.pop(file, None)
                self.outcome.refused[file.path] = problem
        return reading_checks.with_days_of_export(readings)

    def _plan(
        self, session: ImportSession, waiting: list[RawFile], readings: dict[RawFile, Reading]
    ) -> tuple[list[tuple[RawFile, Taken]] | None, list[RawFile]]:
        """What is taken in this round, and what is left for another; None to begin anew without a refused file."""
        taken: list[tuple[RawFile, Taken]] = []
        later: list[RawFile] = []
        for place, file in enumerate(waiting):
            reading = readings[file]
            alone = isinstance(reading.records, SpilledVisits)
            if (_is_of_insurers(reading) and self._comes_after(taken, session)) or (alone and taken):
                later = waiting[place:]
                break
            try:
                if reading.kind != "bank":  # whose lines have a day each, and refer to nothing
                    reading = reading if alone else resolve(reading, session.known)
                    reading = reading_checks.refuse_dayless(reading, file.path)
                taken.append((file, _take(session, file, reading, suspense=self.suspense)))
            except OneByOneError:
                later = waiting[place:]
                break
            except DaysheetError as problem:
                self.outcome.refused[file.path] = problem
                return None, [other for other in waiting if other is not file]
            if alone:
                later = waiting[place + 1 :]
                break
        try:
            bank_lines.prove(session, {file.path: each for file, each in taken})
        except DaysheetError as problem:
            culprit = next(file for file in waiting if str(file.path) == problem.filename)
            self.outcome.refused[culprit.path] = problem
            return None, [other for other in waiting if other is not culprit]
        return taken, later

    def _comes_after(self, taken: list[tuple[RawFile, Taken]], session: ImportSession) -> bool:
        """Whether a remittance has to wait for another round: its claims may be of invoices that were just booked."""
        return not session.part(RemittanceState).booked and any(each.booked for _, each in taken)

    def finish(self, session: ImportSession, taken: list[tuple[RawFile, Taken]]) -> None:
        """Write what was taken, and file the originals; a dry run writes alone."""
        self.outcome.taken += [each for _, each in taken]
        if (
            self.secret is not None
            and not session.books.secrets
            and any(each.booked or writer.IMPORTS in each.written for _, each in taken)
        ):
            session.batch.add_text(writer.IMPORTS, token_secrets.line(self.secret.fingerprint))
        if self.dry_run:
            session.batch.write()
            return
        for file, each in taken:
            archive.keep(file, self.folder, archive.filed_name(file, each.reading))
        session.batch.write()
        dropped = (self.folder / session.settings.inbox).resolve()
        for file, _ in taken:
            if dropped in file.path.resolve().parents and not file.has_changed():
                file.path.unlink()

    def session(self, books: Books) -> ImportSession:
        """A session with nothing taken yet."""
        return ImportSession(self.folder, books, self.settings, self.token)

    def _token(self, identifier: str) -> str:
        """A patient's token; the secret is looked for with the first of them, before anything is written."""
        if self.secret is None:
            practice = self.settings.practice.id
            if self.dry_run and token_secret.is_to_be_made(self.books, practice):
                self.secret = patients.Held(patients.new_secret(), None)
                self.outcome.notes.append(_EXAMPLES)
            else:
                secret = token_secret.secret_of(self.books, practice, create=True)
                if not self.books.secrets:
                    proof.require(self.folder, self.settings, self.books, secret)
                self.secret = secret
        return patients.token(identifier, self.secret.secret)


def _take(session: ImportSession, file: RawFile, reading: Reading, *, suspense: bool) -> Taken:
    """Book what is new in a file.

    Raises:
        OneByOneError: it builds on an earlier file of the same import; nothing of it has been taken.
        DaysheetError: it cannot be booked; the session is of no more use then.
    """
    taken = Taken(file.path, reading, file.sha256, skipped=list(reading.skipped), notes=list(reading.notes))
    known_file = any(imported.meta.get("sha256") == file.sha256 for imported in session.books.imported)
    if known_file:
        taken.notes.append("this very file was imported before")
    spilled = reading.records if isinstance(reading.records, SpilledVisits) else None
    records = reading.records if spilled is None else ()
    practice = spilled or [record for record in records if not isinstance(record, _APART)]
    lines = [record for record in records if isinstance(record, BankLine)]
    remitted = [record for record in records if isinstance(record, Remittance)]
    paid = [record for record in records if isinstance(record, Paycheck)]
    accounts: Iterable[str | None] = (None,)
    answered = [record for record in records if isinstance(record, AdjustingEntry)]
    if answered:
        answers.book_answers(session, answered, taken)
    if practice:
        practice_records.book_practice_records(session, practice, reading, taken)
    if paid:
        payroll.book(session, paid, reading, taken)
    if remitted:
        remittances.book_remittances(session, remitted, taken, suspense=suspense)
    if lines and payouts.is_payouts(reading):
        payouts.book_payouts(session, lines, reading, taken)
    elif lines or reading.corrections:
        accounts = bank_lines.book_bank_lines(session, lines, reading, file.sha256, taken)
    elif reading.kind == "bank":  # a quiet account's file: it says which days had nothing
        accounts = [bank_account(session.banks, reading.profile, reading.account, file.path)]
    if not known_file:
        session.batch.add(writer.IMPORTS, import_facts.imported(file, reading, taken, accounts))
        taken.written[writer.IMPORTS] = None
    return taken


def _stands_alone(record: object, books: Books) -> bool:
    """Whether nothing follows from a record: nor from a claim that makes no bill and is of none that the books have."""
    if isinstance(record, Claim) and record.sent is not None and not record.sent.bill:
        return bill_meant(record.invoice, books) is None
    return isinstance(record, _ALONE)


def _is_of_insurers(reading: Reading) -> bool:
    """Whether a file is what insurers have decided: a remittance, or a record system's explanations of benefit."""
    records = reading.records
    return reading.kind == source.KIND or (bool(records) and all(isinstance(record, Remittance) for record in records))


def _rank(reading: Reading) -> tuple[int, Any]:
    kind = source.KIND if _is_of_insurers(reading) else reading.kind
    rank = _ORDER.index(kind) if kind in _ORDER else len(_ORDER)
    if isinstance(reading.records, SpilledVisits):  # taken alone: last, so that the books are not loaded once more
        rank = len(_ORDER) + 1
    return rank, reading.first
