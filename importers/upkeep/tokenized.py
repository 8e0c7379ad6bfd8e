"""Everything in the filed originals that became a token, read again; kept in memory only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from daysheet import patients
from daysheet.books import Books
from daysheet.errors import DaysheetError
from daysheet.importers.booking.session import context_of
from daysheet.importers.privacy import identifiers
from daysheet.importers.reading import Context
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.sources import all_sources
from daysheet.importers.takeover import layouts
from daysheet.importers.takeover.layouts import ITEMS
from daysheet.importers.writing import archive
from daysheet.settings import Settings

_OF_BANKS: Final = ("bank", "payout")


def texts(folder: Path, settings: Settings, books: Books) -> set[str]:
    """What was given to make tokens of, in all filed originals: more than the books hold, never less of a file.

    A file is read by every source that could have taken it, both as the books know providers and payers now and as if
    they knew none: who has a fact today may have been a stranger on the day of the import.
    """
    heard: set[str] = set()

    def token(text: str) -> str:
        heard.add(text)
        return patients.token(text, b"")  # only what was asked for counts

    files = [RawFile(path) for path in originals(folder)]
    contexts = (context_of(books, token), Context(token, books.currency))
    sources = [source for source in all_sources(folder, settings) if source.kind not in _OF_BANKS]
    for file in files:
        with suppress(DaysheetError):  # one that nothing reads any more gives no token
            for source in (source for source in sources if source.matches(file)):
                for context in contexts:
                    with suppress(DaysheetError):
                        source.read(file, context)
        with suppress(DaysheetError):
            _taken_over(file, token)
    return heard


def originals(folder: Path) -> Iterator[Path]:
    """The filed originals on this machine."""
    return (path for path in sorted((folder / archive.FOLDER).rglob("*")) if path.is_file())


def _taken_over(file: RawFile, token: Callable[[str], str]) -> None:
    """The people in a list of bills that were open in another program."""
    former = layouts.read(file)
    for item in former.items if former.kind == ITEMS else ():
        for text in filter(None, (item.owner, item.guarantor)):
            token(text)
        for text in filter(None, (item.payer, item.provider)):
            identifiers.own_word(text, {"": ""}, token)
        if item.id:
            identifiers.own_identifier(item.id, token)
