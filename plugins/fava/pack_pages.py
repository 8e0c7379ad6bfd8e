"""What is done with packs: built, downloaded and verified."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from daysheet.errors import DaysheetError
from daysheet.ledger import digest
from daysheet.plugins.fava import packs
from daysheet.plugins.fava.base import Pages, answer, endpoint
from fava.core import FavaLedger
from flask import Response, abort, request, send_file


class Packs(Pages):
    """The packs on file, and the one that is being built."""

    def __init__(self, ledger: FavaLedger, config: str | None = None) -> None:
        """One workshop for each ledger that Fava serves."""
        super().__init__(ledger, config)
        self.workshop = packs.Workshop()

    @property
    def shelf(self) -> list[packs.Shelved]:
        """The packs on file, and whether the books have changed since."""
        state = self.view.state

        def is_stale(year: int, made_from: str) -> bool:
            return made_from != state.kept(("digest", year), lambda: digest.through_year(state.books.entries, year))

        return packs.shelf(self.folder, is_stale)

    @endpoint("build", ["POST"])
    def build(self) -> Response:
        """Begin to build the pack of a year."""
        self.guard.act()
        asked: Any = request.get_json(silent=True)
        year = asked.get("year") if isinstance(asked, dict) else None
        if not isinstance(year, int) or isinstance(year, bool):
            return answer(400, error="the year is not said")
        if year not in self.view.years:
            return answer(409, error=f"the books hold nothing of {year}; choose a year that they cover")
        self.workshop.start(self.folder, year)
        return answer(202)

    @endpoint("building")
    def building(self) -> Response:
        """How far the pack is that is being built."""
        self.guard.look()
        current = self.workshop.current
        return answer(200) if current is None else answer(200, **asdict(current))

    @endpoint("pack")
    def pack(self) -> Response:
        """A file of a pack."""
        self.guard.look()
        try:
            path = packs.file_of(self.folder, int(request.args.get("year", "0")), request.args.get("name", ""))
        except (DaysheetError, ValueError):
            abort(404)
        return send_file(path, as_attachment=True, download_name=path.name)

    @endpoint("verify")
    def verify(self) -> Response:
        """Whether a pack on file comes from the books as they are."""
        self.guard.act()
        try:
            found = packs.verdict(self.folder, int(request.args.get("year", "0")))
        except (DaysheetError, ValueError, OSError) as problem:
            return answer(409, error=str(problem))
        return answer(200, **found._asdict())
