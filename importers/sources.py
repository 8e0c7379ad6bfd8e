"""All kinds of files that Daysheet knows, and which one a file is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from daysheet.errors import DaysheetError
from daysheet.importers.banks import source as bank
from daysheet.importers.banks.ofx import OfxSource
from daysheet.importers.edi.source import RemittanceSource
from daysheet.importers.reading import Source
from daysheet.importers.rows.raw_file import RawFile
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
    return [
        *standard_csv.sources(),
        *systems.sources(folder, settings),
        *bank.sources(folder),
        OfxSource(),
        RemittanceSource(),
    ]


def source_of(file: RawFile, candidates: Sequence[Source], profile: str | None = None) -> Source:
    """The one source that a file is of.

    Args:
        file: the file.
        candidates: what it may be.
        profile: the name of the source to take, where the user has said so.

    Raises:
        DaysheetError: none matches, or several do; the file is empty, a folder or neither text nor workbook.
    """
    if profile is not None:
        named = next((source for source in candidates if source.name == profile), None)
        if named is None:
            raise DaysheetError(f"there is no profile {profile}", remedy="daysheet profile list names them all")
        return named
    remittances = [source for source in candidates if source.kind == "remittance" and source.matches(file)]
    matching = remittances or [source for source in candidates if source.matches(file)]
    if len(matching) == 1:
        return matching[0]
    if matching:
        names = ", ".join(source.name for source in matching)
        raise DaysheetError(
            f"may be of several kinds: {names}", filename=file.path, remedy="say which with --profile NAME"
        )
    banks = [source for source in candidates if isinstance(source, bank.BankSource)]
    exports = [source for source in candidates if isinstance(source, systems.SystemSource)]
    raise (
        systems.nearest(file, exports)
        or bank.nearest(file, banks)
        or DaysheetError(
            "is of no kind that Daysheet knows",
            filename=file.path,
            remedy="daysheet identify shows what it holds, and daysheet profile new writes a profile for it",
        )
    )
