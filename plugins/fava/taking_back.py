"""What a page has changed in the books, and how that is taken back."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from daysheet import files
from daysheet.books import Books, loading
from daysheet.errors import DaysheetError
from daysheet.importers.writing.blocks import take_out
from daysheet.plugins.fava.base import Pages
from daysheet.records import Meta
from fava.core import FavaLedger

if TYPE_CHECKING:
    from daysheet.importers.amending.amendment import Amendment
    from daysheet.importers.writing.dry_run import Copy

T = TypeVar("T")
_KEPT: Final = 20
"""Changes that can be taken back as long as Fava runs."""


class Changing(Pages):
    """Pages that change the books as `daysheet` does: on a copy, all of it or nothing."""

    def __init__(self, ledger: FavaLedger, config: str | None = None) -> None:
        """Nothing to take back yet."""
        super().__init__(ledger, config)
        self._undoing: dict[str, Amendment] = {}

    def amended(self, change: Callable[[Copy, Books], T]) -> tuple[T, Amendment]:
        """Make a change of the books: what it answers, and what it has changed."""
        from daysheet.importers.amending.amendment import put_in_place, tried  # noqa: PLC0415 - Fava starts without it

        told, amendment = tried(self.folder, change)
        put_in_place(amendment)
        self.reload(*amendment.names())
        return told, amendment

    def to_undo(self, done: Amendment) -> str:
        """A name by which a change can be taken back."""
        name = secrets.token_urlsafe(12)
        self._undoing = {**dict(list(self._undoing.items())[-_KEPT + 1 :]), name: done.reverse()}
        return name

    def undone(self, name: str) -> bool:
        """Take a change back by its name; false where there is none of that name.

        Raises:
            DaysheetError: one of its files was changed since.
        """
        from daysheet.importers.amending.amendment import put_in_place  # noqa: PLC0415 - as above

        back = self._undoing.get(name)
        if back is None:
            return False
        put_in_place(back)
        del self._undoing[name]
        self.reload(*back.names())
        return True


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
