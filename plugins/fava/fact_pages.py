"""Facts written on a page: days on which nobody is seen, and a year that is finished."""

from __future__ import annotations

import datetime
from pathlib import Path

from daysheet.books import Books
from daysheet.plugins.fava.base import Pages, answer, asked_texts, endpoint
from daysheet.plugins.fava.taking_back import take_back
from daysheet.records import Meta
from daysheet.worklist import closures, year_locks
from flask import Response


class Facts(Pages):
    """Closures and locks."""

    @endpoint("close", ["POST"])
    def close(self) -> Response:
        """Declare days on which nobody is seen."""
        self.guard.act()
        asked = asked_texts("first", "last", "reason", "provider")
        if asked is None:
            return answer(400, error="the days are not said")
        try:
            first, last = (datetime.date.fromisoformat(asked[name] or asked["first"]) for name in ("first", "last"))
        except ValueError:
            return answer(409, error="write the days as 2026-12-24")
        closures.close(self.folder, first, last, asked["reason"], asked["provider"])
        self.reload(closures.FILE)
        undo = {"name": "reopen", "first": str(first), "last": str(last), "provider": asked["provider"]}
        return answer(200, said=f"Closed from {first} to {last}, in {closures.FILE}.", undo=undo)

    @endpoint("reopen", ["POST"])
    def reopen(self) -> Response:
        """Take a closure back."""
        self.guard.act()
        asked = asked_texts("first", "last", "provider")
        if asked is None:
            return answer(400, error="the days are not said")
        days = asked["first"], asked["last"], asked["provider"]

        def find(books: Books) -> Meta | None:
            those = (one.meta for one in books.closures if (str(one.first), str(one.last), one.provider or "") == days)
            return next(those, None)

        name = take_back(self.folder, find, "no closure of these days is declared any more")
        self.reload(name)
        return answer(200, said=f"Open again from {asked['first']} to {asked['last']}, in {Path(name).name}.")

    @endpoint("lock", ["POST"])
    def lock(self) -> Response:
        """Declare a year finished."""
        self.guard.act()
        asked = asked_texts("year")
        if asked is None or not asked["year"].isdecimal() or len(asked["year"]) != 4:
            return answer(409, error="the year is not said")
        year = int(asked["year"])
        written = year_locks.lock_year(self.folder, year)
        self.reload(year_locks.FILE)
        how = f"is locked, in {year_locks.FILE}; a later edit becomes a finding" if written else "is locked already"
        return answer(200, said=f"{year} {how}.")
