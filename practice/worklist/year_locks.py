"""A year declared finished, by the digest of what the books say of it."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Final

from beancount.core.data import Custom
from beancount.parser.grammar import ValueType
from daysheet import files
from daysheet.books import Books
from daysheet.books.loading import append
from daysheet.checks.locked_years import changed_months
from daysheet.errors import DaysheetError
from daysheet.ledger import digest, printer

FILE: Final = "locks.beancount"


def lock_year(folder: Path, books: Books, year: int) -> bool:
    """Write that a year is finished, and make sure that the main file includes it.

    A year that is locked and unchanged is left as it is. One that changed since is locked anew: the former lock stays
    in the file, so that it can be seen when and how often a finished year was opened.

    Args:
        folder: the books folder.
        books: its books, as loaded.
        year: the calendar year.

    Returns:
        Whether a lock was written.

    Raises:
        DaysheetError: the books hold nothing of that year, or do not reach its end.
    """
    entries = digest.entries_of_year(books.entries, year)
    if not entries:
        raise DaysheetError(f"the books hold nothing of {year}", remedy="name a year that they cover")
    lock = books.locks.get(year)
    if lock is not None and not changed_months(books, lock):
        return False
    directive = Custom(
        {"months": " ".join(digest.months(entries, year))},
        datetime.date(year, 12, 31),
        "locked",
        [ValueType(digest.of(entries), str)],
    )
    with files.locked(folder):
        append(folder, FILE, printer.render([directive]))
    return True
