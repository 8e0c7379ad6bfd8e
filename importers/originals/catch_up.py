"""The file that bills what was not billed: unbilled visits in the shape of `invoices.csv`, for the front desk.

The ledger knows patients as tokens only. Who they are is read again from the filed originals, with the secret of this
machine, and goes into a folder that git is told to ignore before anything is put there, readable by the user alone.
"""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final, NamedTuple

import click
from daysheet import checks, console, files, patients
from daysheet.billing.pricing import fee_of, payer_of
from daysheet.books import Books
from daysheet.books.secret import secret_of
from daysheet.cash.forecast import weeks_to_come
from daysheet.findings import Finding, Gap, gap
from daysheet.following.followed import rejected_visits
from daysheet.importers.reading import Context
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.sources import all_sources, source_of, told
from daysheet.importers.systems.standard_csv import KINDS
from daysheet.records import Visit
from daysheet.settings import Settings
from daysheet.trust.paths import within
from daysheet.wording import many, money, plain
from daysheet.worklist.worklist import harmless

FOLDER: Final = "catch-up"
_DAY: Final = click.DateTime(["%Y-%m-%d"])


class Bills(NamedTuple):
    """What is to be billed, as the file's text: its visits, what they are worth, how many patients were not found."""

    text: str
    visits: int
    worth: Gap
    unknown: int
    weeks: int


class CatchUp(NamedTuple):
    """What was written: the file, its visits, what they are worth, and how many patients were not found."""

    path: Path
    visits: int
    worth: Gap
    unknown: int
    weeks: int


@click.command("catch-up", cls=console.Verb)
@click.option("--as-of", type=_DAY, help="As the books stood on this day (default: the last day they cover).")
@console.pass_console
def catch_up(shell: console.Console, as_of: datetime.datetime | None) -> None:
    """The file that bills what was not billed."""
    books = shell.books()
    made = write(shell.folder, shell.settings(), books, books.as_of if as_of is None else as_of.date())
    data = None
    if made is not None:
        data = {
            "file": made.path.relative_to(shell.folder).as_posix(),
            "visits": made.visits,
            "amount": plain(made.worth.gross, books.currency),
            "expected_cash": None
            if made.worth.expected_cash is None
            else plain(made.worth.expected_cash, books.currency),
            "unknown_patients": made.unknown,
        }
    shell.emit(data, lambda: _said(made, shell.folder, books.currency))


def write(folder: Path, settings: Settings, books: Books, as_of: datetime.date) -> CatchUp | None:
    """Write the unbilled visits of a day to `catch-up/`; None when there are none.

    Raises:
        DaysheetError: the secret that tokens are made with is not on this machine.
        OSError: the disk refuses.
    """
    made = bills_of(folder, settings, books, as_of)
    if made is None:
        return None
    path = folder / FOLDER / name_of(as_of)
    files.write(folder / FOLDER / ".gitignore", b"*\n")
    files.write(path, made.text.encode())
    path.chmod(0o600)
    return CatchUp(path, *made[1:])


def name_of(as_of: datetime.date) -> str:
    """The file's name."""
    return f"{as_of}-to-bill.csv"


def bills_of(
    folder: Path, settings: Settings, books: Books, as_of: datetime.date, only: Collection[str] | None = None
) -> Bills | None:
    """The unbilled visits of a day, or those of them with these ids; None when there are none.

    Raises:
        DaysheetError: the secret that tokens are made with is not on this machine.
        OSError: an original cannot be read.
    """
    claimed = {visit.id for visit, _ in rejected_visits(books, as_of)}  # they have a bill: its claim is to be corrected
    found = [finding for finding in checks.run(books, as_of) if finding.kind == "unbilled-visit"]
    unbilled = [one for one in found if one.key not in claimed and (only is None or one.key in only)]
    if not unbilled:
        return None
    visits = [_visit_of(finding, books, as_of) for finding in unbilled]
    known = _patients(folder, settings, books, {visit.patient for visit in visits if visit.patient})
    unknown = {visit.patient for visit in visits if visit.patient} - set(known)
    text = _rows(books, as_of, visits, known)
    return Bills(text, len(visits), gap(unbilled), len(unknown), weeks_to_come(books, as_of, gap(unbilled)))


def _visit_of(finding: Finding, books: Books, as_of: datetime.date) -> Visit:
    """The visit to bill, its fee what is to be billed: of a procedure left out that alone."""
    visit = books.visits.get(finding.key)
    if visit is not None:
        return visit._replace(fee=fee_of(books, as_of, visit))
    identifier, _, service = finding.key.rpartition("/")
    return books.visits[identifier]._replace(fee=finding.amount, service=service)


def _patients(folder: Path, settings: Settings, books: Books, wanted: set[str]) -> dict[str, str]:
    """The practice system's own name for each of these tokens, from the newest original that has it."""
    if not wanted:
        return {}
    secret = secret_of(books, settings.practice.id).secret
    seen: dict[str, str] = {}

    def remember(identifier: str) -> str:
        token = patients.token(identifier, secret)
        seen.setdefault(token, identifier)
        return token

    sources = all_sources(folder, settings)
    of_visits = [imported.meta for imported in books.imported if imported.kind == "visits" and "file" in imported.meta]
    for meta in reversed(of_visits):
        if wanted <= set(seen):
            break
        place = {"source": Path(meta["filename"]), "line": meta["lineno"]}
        path = within(folder, str(meta["file"]), called="the file of this import", **place)
        if path.is_file():
            file = RawFile(path)
            source_of(file, sources, told=told(settings)).read(file, Context(remember, books.currency))
    return {token: seen[token] for token in wanted if token in seen}


def _rows(books: Books, as_of: datetime.date, visits: Iterable[Visit], known: dict[str, str]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(KINDS["invoices"])
    for visit in sorted(visits, key=lambda visit: (visit.date, visit.provider, visit.id)):
        cells = {
            "visit_id": visit.id,
            "date": visit.date.isoformat(),
            "provider": visit.provider,
            "patient_id": known.get(visit.patient, visit.patient),
            "payer": payer_of(books, visit) or "",
            "amount": plain(fee_of(books, as_of, visit), books.currency),
        }
        writer.writerow([harmless(cells.get(column, "")) for column in KINDS["invoices"]])
    return buffer.getvalue()


def _said(made: CatchUp | None, folder: Path, currency: str) -> str:
    if made is None:
        return "Every kept visit is billed: there is nothing to catch up."
    lines = [
        f"{made.path.relative_to(folder)}: {many(made.visits, 'visit')} to bill, "
        f"{money(made.worth.gross, currency)} at the practice's fees.",
    ]
    if made.worth.expected_cash is not None:
        when = f", nine tenths of it within {many(made.weeks, 'week')}" if made.weeks else ""
        lines.append(f"Billed now, that brings about {money(made.worth.expected_cash, currency)}{when}.")
    if made.unknown:
        lines.append(
            f"{many(made.unknown, 'patient is', 'patients are')} in no filed original on this machine: "
            "the token stands instead."
        )
    lines.append("The file names patients. It is ignored by git: give it to the front desk and delete it.")
    return "\n".join(lines)
