"""Daysheet in Fava: what the owner and the bookkeeper look at.

One line in the ledger loads it:

    2026-01-01 custom "fava-extension" "daysheet.plugins.fava"

Its pages follow Fava's filters, or say where they do not; nothing is worked out before a page asks for it, so Fava
starts as fast as without it.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from daysheet.errors import DaysheetError
from daysheet.plugins.fava.cash_pages import Cash
from daysheet.plugins.fava.category_pages import Categories
from daysheet.plugins.fava.deposit_pages import Deposits
from daysheet.plugins.fava.fact_pages import Facts
from daysheet.plugins.fava.import_pages import Imports
from daysheet.plugins.fava.lapse_pages import Lapses
from daysheet.plugins.fava.mail_pages import Outbox
from daysheet.plugins.fava.owing_pages import Owing
from daysheet.plugins.fava.pack_pages import Packs
from daysheet.plugins.fava.question_pages import Questions
from daysheet.plugins.fava.worklist import Worklist
from fava.core import FavaLedger

_LOG = logging.getLogger(__name__)


class Daysheet(Worklist, Lapses, Imports, Questions, Categories, Owing, Deposits, Cash, Facts, Packs, Outbox):
    """The pages under "Daysheet" in Fava's sidebar."""

    def __init__(self, ledger: FavaLedger, config: str | None = None) -> None:
        """Nothing was saved on the import page yet."""
        super().__init__(ledger, config)
        self._saved: dict[Path, None] = {}
        self._named: set[str] = set()

    def after_load_file(self) -> None:
        """Forget what was worked out of the books as they were; import what was saved on the import page."""
        self._state = None
        if self._saved:
            paths, accounts = list(self._saved), set(self._named)
            self._saved.clear()
            self._named.clear()
            self._import(paths, accounts)

    def after_insert_entry(self, entry: Any) -> None:  # noqa: ANN401 - Fava's own protocol for entries
        """Remember a file of the inbox of which Fava has saved an entry, and the accounts that are to be open."""
        path = Path(str((entry.meta or {}).get("filename", "")))
        from daysheet.plugins.fava import saved_imports  # noqa: PLC0415 - Fava starts without the importers

        if path.name and saved_imports.is_dropped(path, self.folder):
            self._saved[path] = None
            self._named.update(posting.account for posting in getattr(entry, "postings", ()))

    def _import(self, paths: list[Path], accounts: set[str]) -> None:
        from daysheet.plugins.fava import saved_imports  # noqa: PLC0415 - as above

        try:
            for problem in saved_imports.take(self.folder, paths, accounts):
                _LOG.warning(problem)
        except (DaysheetError, OSError) as problem:
            _LOG.warning(saved_imports.refused(problem))
