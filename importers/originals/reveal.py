"""The patient behind a token, found again in the filed originals on this machine, and kept nowhere.

A token cannot be turned back. But every filed original holds its patients in clear, and whoever has the secret can make
the token of each cell and compare. The answer is printed for the person who asked; it is written to no file.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from daysheet import patients
from daysheet.books import Books, loading
from daysheet.books.secret import secret_of
from daysheet.errors import DaysheetError
from daysheet.importers.edi.claim_source import ClaimSource
from daysheet.importers.fhir.source import FhirSource
from daysheet.importers.payroll import source as payroll
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.systems import source as systems
from daysheet.importers.systems import standard_csv
from daysheet.importers.writing import archive
from daysheet.settings import Settings

RECORDS: Final = FhirSource()
"""What reads a record system's export, whatever the settings say of it."""


class Found(NamedTuple):
    """A cell that gives the token, and the filed original it stands in."""

    patient: str
    file: Path


def is_possible(folder: Path, books: Books) -> bool:
    """Whether this machine has what tells who a token is: originals, and the secret."""
    if not (folder / archive.FOLDER).is_dir():
        return False
    try:
        secret_of(books, Settings.of(folder).practice.id)
    except DaysheetError:
        return False
    return True


def reveal(folder: Path, token: str) -> list[Found]:
    """Every spelling of a patient in the filed originals that gives a token, in the order of their files.

    Args:
        folder: the books folder.
        token: such as `pt-7f3a9c2b41d0`, with or without `pt-`; or an employee's word in a paycheck, `x-…`.

    Raises:
        DaysheetError: this is no token (it is not repeated, since it may be a name), the secret or the originals are
            not on this machine, or no original has the patient.
    """
    employee = token.strip().lower().startswith(patients.OPAQUE_PREFIX)
    wanted = (
        token.strip().lower() if employee else patients.PREFIX + token.strip().lower().removeprefix(patients.PREFIX)
    )
    if not (patients.OPAQUE if employee else patients.TOKEN).fullmatch(wanted):
        raise DaysheetError("a token is pt- and twelve of 0 to 9 and a to f", remedy="copy it from the ledger")
    place = folder / archive.FOLDER
    if not place.is_dir():
        raise DaysheetError("no originals are filed on this machine", filename=place, remedy="ask where they are kept")
    settings = Settings.of(folder)
    secret = secret_of(loading.load(folder), settings.practice.id).secret
    token_of = cache(lambda cell: patients.token(cell, secret))
    sources = systems.sources(folder, settings)
    journals = payroll.sources(folder) if employee else []
    found: dict[str, Found] = {}
    for path in sorted(path for path in place.rglob("*") if path.is_file()):
        given = _employees_in(RawFile(path), journals) if employee else patients_in(RawFile(path), sources)
        for cell in given:
            made = payroll.word_of(cell, token_of) if employee else token_of(cell)
            if cell not in found and made == wanted:
                found[cell] = Found(cell, path)
    if not found:
        raise DaysheetError(
            f"no filed original has {'an employee' if employee else 'a patient'} with the token {wanted}",
            filename=place,
        )
    return list(found.values())


def patients_in(file: RawFile, sources: list[systems.SystemSource]) -> Iterator[str]:
    """The cells of a file that may have become tokens; none for a file of another kind."""
    try:
        for standard in (RECORDS, ClaimSource()):
            if standard.matches(file):
                yield from standard.patients(file)
                return
        own = next((source for source in standard_csv.sources() if source.matches(file)), None)
        if own is not None:
            yield from own.patients(file)
            return
        for source in sources:
            if source.matches(file):
                yield from source.patients(file)
    except DaysheetError:
        return  # an original that is no table any more has nothing to say


def _employees_in(file: RawFile, journals: list[payroll.PayrollSource]) -> Iterator[str]:
    """The employees of a payroll journal; none of a file of another kind."""
    try:
        for journal in journals:
            if journal.matches(file):
                yield from journal.employees(file)
    except DaysheetError:
        return  # as above
