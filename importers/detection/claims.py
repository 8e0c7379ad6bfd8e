"""Whose file it is: the header, what the settings say, and what is in the rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from daysheet.importers.banks.source import AS_WRITTEN, BankSource
from daysheet.importers.detection import evidence
from daysheet.importers.reading import Source
from daysheet.importers.rows.raw_file import RawFile

X12: Final = "x12-"
"""How the names begin of sources of what insurers and clearinghouses send; their files are told by what is in them."""


class Told(NamedTuple):
    """What a practice's settings say of its banks' files.

    Attributes:
        profiles: the profiles that `[[bank]]` tables name.
        currency: of the books, which a profile means that names none.
    """

    profiles: frozenset[str] = frozenset()
    currency: str = "USD"


NOTHING_TOLD: Final = Told()


class Claims(NamedTuple):
    """The sources that a file may be of, and what speaks against the others that its header allows."""

    sources: Sequence[Source]
    against: Sequence[tuple[Source, str]] = ()


NOTHING_CLAIMED: Final = Claims(())


def claims(file: RawFile, candidates: Sequence[Source], told: Told = NOTHING_TOLD) -> Claims:
    """What a file may be of: one source, or several, or none; each that could only be it with what speaks against it.

    A remittance, FHIR and a workbook with answers are told by what is in them. Of bank profiles with one header that
    count which the settings name, else the practice's own, else those whose dates are as the bank writes them. A header
    of everyday words is nobody's alone: a shipped profile has it only where the settings name that profile. What is in
    the rows may speak against any.

    Raises:
        DaysheetError: the file cannot be read at all.
    """
    matching = [source for source in candidates if source.kind == "fhir" and source.matches(file)]
    # only then what reads a file as a table: an archive of resources is none
    matching = matching or [source for source in candidates if source.kind == "answers" and source.matches(file)]
    matching = matching or [source for source in candidates if source.name.startswith(X12) and source.matches(file)]
    matching = matching or [source for source in candidates if source.matches(file)]
    banks = [source for source in matching if isinstance(source, BankSource)]
    if not banks:
        return Claims(matching)
    others = [source for source in matching if not isinstance(source, BankSource)]
    if others:
        return Claims(matching)
    named = [source for source in banks if source.name in told.profiles]
    own = [source for source in banks if source.own]
    written = [source for source in banks if source.claim(file) == AS_WRITTEN]
    left = named or own or written or banks
    doubts = []
    for source in left:
        if source.own and len(banks) == 1:
            continue  # nobody else lays claim to it
        why = evidence.against(source, file, told.currency)
        if why is None and evidence.is_generic(source) and not source.own and source.name not in told.profiles:
            why = "its header is one that many banks write, and no [[bank]] table names the profile"
        if why is not None:
            doubts.append((source, why))
    doubted = [source for source, _ in doubts]
    return Claims([source for source in left if source not in doubted], doubts)
