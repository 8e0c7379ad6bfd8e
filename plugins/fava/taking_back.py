"""A fact that a page has written, taken out of the ledger again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from daysheet import files
from daysheet.books import Books, loading
from daysheet.errors import DaysheetError
from daysheet.importers.writing.blocks import take_out
from daysheet.records import Meta


def take_back(folder: Path, find: Callable[[Books], Meta | None], gone: str) -> str:
    """Take a directive out of the ledger; the file that it stood in.

    Args:
        folder: the books folder.
        find: where it stands in the books as they are by now; None where it does not any more.
        gone: what is said then.

    Raises:
        DaysheetError: it is gone, or stands outside of the books, or the books have errors.
    """
    with files.locked(folder):
        meta = find(loading.load(folder))
        if meta is None:
            raise DaysheetError(gone, remedy="load the page again")
        name = str(meta["filename"])
        take_out(folder, [(name, int(meta["lineno"]))])
    return name
