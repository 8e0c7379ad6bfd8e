"""The last step of every change: what follows from the books as a whole is posted and derived."""

from __future__ import annotations

from pathlib import Path

from daysheet.books import loading
from daysheet.importers.deriving import derived, payment_posting
from daysheet.importers.settings import ImportSettings
from daysheet.settings import Settings


def write(folder: Path, settings: Settings) -> tuple[str, ...]:
    """Write what follows from the books of a folder, which is locked; the files that changed.

    Raises:
        DaysheetError: the books do not load, or an entry cannot be written.
        OSError: the disk refuses; the next import writes the rest.
    """
    books = loading.load(folder)
    prepared = payment_posting.prepared(folder, books)
    if prepared:
        books = loading.load(folder)
    return (*prepared, *derived.derive_all(folder, books, settings.table("import", ImportSettings)).written)
