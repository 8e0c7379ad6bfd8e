"""A year declared finished, by the digest of what the books say of it."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Final

from beancount.core.data import Custom
from beancount.parser.grammar import ValueType
from daysheet import files
from daysheet.books import Books, loading
from daysheet.checks.locked_years import changed_months
from daysheet.errors import DaysheetError
from daysheet.ledger import digest, printer

FILE: Final = "locks.beancount"


def lock_year(folder: Path, year: int) -> bool:
    """Write that a year is finished, and make sure that the main file includes it.

    A year that is locked and unchanged is left as it is. One that changed since is locked anew: the former lock stays
    in the file, so that it can be seen when and how often a finished year was opened. The books are read under the
    lock, so that two who do so at once write one.

    Args:
        folder: the books folder.
        year: the calendar year.

    Returns:
        Whether a lock was written.

    Raises:
        DaysheetError: the books hold nothing of that year, or do not reach its end.
    """
    with files.locked(folder):
        directive = to_lock(loading.load(folder), year)
        if directive is None:
            return False
        loading.append(folder, FILE, printer.render([directive]))
    return True


def to_lock(books: Books, year: int) -> Custom | None:
    """The directive that locks a year; None where it is locked and unchanged.

    Raises:
        DaysheetError: the books hold nothing of that year.
    """
    entries = digest.entries_of_year(books.entries, year)
    if not entries:
        raise DaysheetError(f"the books hold nothing of {year}", remedy="name a year that they cover")
    lock = books.locks.get(year)
    if lock is not None and not changed_months(books, lock):
        return None
    return Custom(
        {"months": " ".join(digest.months(entries, year))},
        datetime.date(year, 12, 31),
        "locked",
        [ValueType(digest.of(entries), str)],
    )
