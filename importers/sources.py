"""All kinds of files that Daysheet knows, and which one a file is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Final, overload

from daysheet.errors import DaysheetError
from daysheet.importers.amending.answers import AnswersSource
from daysheet.importers.banks import source as bank
from daysheet.importers.banks.ofx import OfxSource
from daysheet.importers.banks.source import OTHER_DATES, BankSource
from daysheet.importers.detection.claims import NOTHING_CLAIMED, NOTHING_TOLD, Claims, Told, claims
from daysheet.importers.edi.answer_source import AnswerSource
from daysheet.importers.edi.claim_source import PROFILE as CLAIMS
from daysheet.importers.edi.claim_source import ClaimSource
from daysheet.importers.edi.source import RemittanceSource
from daysheet.importers.fhir.settings import fhir_source
from daysheet.importers.payroll import source as payroll
from daysheet.importers.reading import Source
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.settings import BankSettings
from daysheet.importers.systems import source as systems
from daysheet.importers.systems import standard_csv
from daysheet.settings import Settings


def all_sources(folder: Path | None = None, settings: Settings | None = None) -> list[Source]:
    """Every source: the practice's own files, practice systems, banks and insurers.

    Args:
        folder: the books folder, whose own profiles go before the shipped ones.
        settings: what the practice says about its systems' exports.

    Raises:
        DaysheetError: one of the practice's own profiles is wrong.
    """
    return _all(folder, settings, _by_content(settings))


class Sources(Sequence[Source]):
    """Every source, as `all_sources`; the shipped profiles are read only once a file is not told by what is in it."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        """Those of the books of a folder.

        Raises:
            DaysheetError: one of the practice's own profiles is wrong, or what the settings say of one.
        """
        self.by_content: Final = _by_content(settings)
        self._folder, self._settings = folder, settings
        tables = settings.tables("source", systems.SourceSettings)
        if (folder / "profiles").is_dir() or any(table.profile not in systems.BESIDE for table in tables):
            _ = self._every

    @cached_property
    def _every(self) -> list[Source]:
        return _all(self._folder, self._settings, self.by_content)

    @overload
    def __getitem__(self, index: int) -> Source: ...
    @overload
    def __getitem__(self, index: slice) -> list[Source]: ...
    def __getitem__(self, index: int | slice) -> Source | list[Source]:
        """One, or several."""
        return self._every[index]

    def __len__(self) -> int:
        """How many there are."""
        return len(self._every)


def _by_content(settings: Settings | None) -> list[Source]:
    """What files of are told by what is in them: answers, insurers' and clearinghouses' files, record systems' data."""
    claimed = ClaimSource(bills="invoices" in _taken(settings, CLAIMS))
    return [AnswersSource(), claimed, AnswerSource(), RemittanceSource(), fhir_source(settings)]


def _all(folder: Path | None, settings: Settings | None, by_content: Sequence[Source]) -> list[Source]:
    answers, *insurers, fhir = by_content
    return [
        answers,
        *standard_csv.sources(),
        *systems.sources(folder, settings),
        *bank.sources(folder),
        OfxSource(),
        *insurers,
        fhir,
        *payroll.sources(folder),
    ]


def _taken(settings: Settings | None, profile: str) -> tuple[str, ...]:
    """What the settings say is taken of files of a profile; nothing where they say nothing."""
    tables = settings.tables("source", systems.SourceSettings) if settings is not None else ()
    return next((table.take for table in tables if table.profile == profile), ())


def told(settings: Settings, currency: str = "USD") -> Told:
    """What the settings of some books say.

    Raises:
        DaysheetError: the settings are wrong.
    """
    return Told(frozenset(table.profile for table in settings.tables("bank", BankSettings)), currency)


def source_of(
    file: RawFile, candidates: Sequence[Source], profile: str | None = None, told: Told = NOTHING_TOLD
) -> Source:
    """The one source that a file is of.

    Args:
        file: the file.
        candidates: what it may be.
        profile: the name of the source to take, where the user has said so.
        told: what the settings say.

    Raises:
        DaysheetError: none matches, or several do, or what is in the file speaks against the one that does; the file is
            empty, a folder or neither text nor workbook.
    """
    if profile is not None:
        named = next((source for source in candidates if source.name == profile), None)
        if named is None:
            raise DaysheetError(f"there is no profile {profile}", remedy="daysheet profile list names them all")
        return named
    found = NOTHING_CLAIMED
    if isinstance(candidates, Sources):
        found = claims(file, candidates.by_content, told)
    if not found.sources:
        found = claims(file, candidates, told)
    if len(found.sources) == 1:
        return found.sources[0]
    if found.sources:
        names = ", ".join(source.name for source in found.sources)
        raise DaysheetError(
            f"may be of several kinds: {names}",
            filename=file.path,
            remedy="say which with --profile NAME, or name one of them in [[bank]]",
        )
    if found.against:
        raise doubtful(file, found)
    raise _nearest(file, candidates)


def doubtful(file: RawFile, found: Claims) -> DaysheetError:
    """The question that a file is, whose header is a profile's and whose rows are not."""
    (source, why), *_ = found.against
    names = ", ".join(source.name for source, _ in found.against)
    return DaysheetError(
        f"has the header of {names}, but may be another bank's: {why}",
        filename=file.path,
        remedy=f"if it is, import it with --profile {source.name}; if not, daysheet profile new makes one",
    )


def _nearest(file: RawFile, candidates: Sequence[Source]) -> DaysheetError:
    """What is said of a file that no profile reads."""
    banks = [source for source in candidates if isinstance(source, BankSource)]
    exports = [source for source in candidates if isinstance(source, systems.SystemSource)]
    redated = next((source for source in banks if source.claim(file) == OTHER_DATES), None)
    return (
        (redated.other_dates(file) if redated else None)
        or standard_csv.nearest(file)
        or systems.nearest(file, exports)
        or bank.nearest(file, banks)
        or DaysheetError(
            "is of no kind that Daysheet knows",
            filename=file.path,
            remedy="daysheet identify shows what it holds, and daysheet profile new writes a profile for it",
        )
    )
