"""What was saved on Fava's import page, imported whole: what the page cannot show comes by the import itself.

Fava's page shows and saves transactions. Once some of a file are saved, the file is imported as `daysheet import` does
it: the rows that the page saved are known by then, as a person may have corrected them; the accounts that they name are
opened, visits, claims and balances are added, what follows is posted, and the original is filed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from beancount.core.data import Note
from daysheet import files
from daysheet.books import loading
from daysheet.errors import DaysheetError
from daysheet.importers.gulp import NOTE
from daysheet.importers.importing import import_files
from daysheet.importers.settings import ImportSettings
from daysheet.importers.writing.blocks import take_out
from daysheet.importers.writing.writer import Batch
from daysheet.settings import Settings


def is_dropped(path: Path, folder: Path) -> bool:
    """Whether a file lies in the inbox of some books."""
    inbox = Settings.of(folder).table("import", ImportSettings).inbox
    return path.is_file() and path.resolve().parent == (folder / inbox).resolve()


def take(folder: Path, paths: Sequence[Path], accounts: Iterable[str]) -> list[str]:
    """Import files of which Fava has saved transactions that name these accounts; what was refused, in words.

    Raises:
        DaysheetError: the books have errors of another kind.
        OSError: the disk refuses; the files are still in the inbox.
    """
    with files.locked(folder):
        books, _ = loading.as_they_stand(folder)
        take_out(folder, {(str(e.meta["filename"]), int(e.meta["lineno"])) for e in books.entries if _stands_for(e)})
        batch = Batch(folder, books)
        batch.open(accounts)
        batch.write()
    outcome = import_files(folder, paths)
    return [str(problem) for problem in outcome.refused.values()]


def refused(problem: DaysheetError | OSError) -> str:
    """What is told on Fava's console of a file that stays in the inbox."""
    return f"daysheet: not imported, and still in the inbox: {problem}"


def _stands_for(entry: object) -> bool:
    return isinstance(entry, Note) and entry.comment.startswith(NOTE)
