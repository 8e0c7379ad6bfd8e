"""A change to the books as a whole: made on a copy, shown as a diff, then put in place as one.

The copy is loaded again before anything is shown, so that no change is offered that would leave broken books.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

from beancount import loader
from daysheet import files
from daysheet.books import Books, loading
from daysheet.books.loading import MAIN
from daysheet.errors import DaysheetError
from daysheet.importers.writing import dry_run
from daysheet.importers.writing.dry_run import Changed, Copy
from daysheet.importers.writing.writer import years
from daysheet.ledger import collector, digest

T = TypeVar("T")


class Amendment(NamedTuple):
    """What a change makes of the files of some books; empty if it changes nothing."""

    folder: Path
    changes: tuple[Changed, ...]

    def diff(self) -> Iterator[str]:
        """Every line that changes."""
        for changed in self.changes:
            yield from changed.diff()

    def names(self) -> list[str]:
        """The files that change, named from the books folder."""
        return [changed.name for changed in self.changes]

    def reverse(self) -> Amendment:
        """What takes the change back."""
        back = tuple(one._replace(before=one.after, after=one.before) for one in self.changes)
        return self._replace(changes=back)


def tried(folder: Path, change: Callable[[Copy, Books], T]) -> tuple[T, Amendment]:
    """Make a change on a copy of some books.

    Args:
        folder: the books folder.
        change: takes the copy and its books, changes the files of the copy, and gives an answer.

    Returns:
        The answer, and what would change in the books.

    Raises:
        DaysheetError: the books are broken, or would be, or a locked year would change.
        OSError: the disk refuses; the books are as they were.
    """
    folder = folder.resolve()
    with files.locked(folder), collector.paused(), dry_run.copied(folder) as copy:
        try:
            before = loading.load(copy.at)
            answer = change(copy, before)
            changes = tuple(copy.changes())
            if changes:
                _refuse_locked(before, loading.load(copy.at))
        except DaysheetError as problem:
            raise copy.error(problem) from None
    return answer, Amendment(folder, changes)


def put_in_place(amendment: Amendment) -> None:
    """Change the books as was shown, all of it or nothing.

    Raises:
        DaysheetError: the books have changed since.
        OSError: the disk refuses; the books are as they were, or the next command completes the change.
    """
    folder = amendment.folder
    with files.locked(folder):
        for place in (folder, *years(folder)):
            files.sweep(place)
        for changed in amendment.changes:
            path = folder / changed.name
            if (path.read_bytes() if path.exists() else None) != changed.before:
                raise DaysheetError("has changed since this was shown", filename=path, remedy="run this again")
        # Beancount's own cache does not see that a file is new or gone which a pattern includes
        cache = folder / loader.PICKLE_CACHE_FILENAME.format(filename=MAIN)
        cache.unlink(missing_ok=True)
        files.replace_all(folder, ((changed.name, changed.after) for changed in amendment.changes))
        cache.unlink(missing_ok=True)


def _refuse_locked(before: Books, after: Books) -> None:
    for year, lock in sorted(before.locks.items()):
        was, now = (digest.of(digest.entries_of_year(books.entries, year)) for books in (before, after))
        if was != now:
            raise DaysheetError(
                f"it would change {year}, which is locked",
                filename=lock.meta["filename"],
                line=lock.meta["lineno"],
                remedy="take out that lock first, if the year may be opened again; the accountant has its figures",
            )
