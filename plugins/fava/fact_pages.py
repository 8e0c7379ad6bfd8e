"""Facts written on a page: when patients are seen, days on which nobody is, and a year that is finished."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Final

from daysheet.books import Books
from daysheet.errors import DaysheetError
from daysheet.facts import WEEKDAYS, Provider
from daysheet.plugins.fava.base import Pages, answer, asked_texts, endpoint
from daysheet.plugins.fava.taking_back import take_back
from daysheet.records import Meta
from daysheet.worklist import closures, schedules, year_locks
from flask import Response

_LONGEST_FORM: Final = 120
"""Characters of the numbers and weekdays of a schedule."""


class Facts(Pages):
    """Schedules, closures and locks."""

    weekdays = WEEKDAYS

    @property
    def known_providers(self) -> dict[str, str]:
        """Whoever sees patients, declared or not: the names by id."""
        state = self.view.state
        return state.kept("known providers", lambda: schedules.known(state.books))

    @staticmethod
    def says_more(fact: Provider) -> bool:
        """Whether a fact says more than a form could write again."""
        return schedules.says_more(fact)

    @endpoint("schedule", ["POST"])
    def schedule(self) -> Response:
        """Declare when a provider sees patients from a day on."""
        self.guard.act()
        asked = asked_texts("provider", "since", "until", "days", "visits", "fee", "called")
        if asked is None or len(asked["visits"] + asked["fee"] + asked["days"]) > _LONGEST_FORM:
            return answer(400, error="the schedule is not said")
        try:
            since, until = datetime.date.fromisoformat(asked["since"]), asked["until"]
            last = datetime.date.fromisoformat(until) if until else None
        except ValueError:
            return answer(409, error="write the days as 2026-12-24")
        days = asked["days"].split()
        typed = schedules.Schedule(asked["provider"], since, last, days, asked["visits"], asked["fee"], asked["called"])
        schedules.declare(self.folder, typed)
        self.reload(schedules.FILE)
        undo = {"name": "unschedule", "provider": typed.provider, "since": str(since)}
        said = f"Patients are seen on {' '.join(days)} from {since} on, in {schedules.FILE}."
        return answer(200, said=said, undo=undo)

    @endpoint("unschedule", ["POST"])
    def unschedule(self) -> Response:
        """Take a schedule back."""
        self.guard.act()
        asked = asked_texts("provider", "since")
        if asked is None:
            return answer(400, error="the schedule is not said")
        taken: list[Provider] = []

        def find(books: Books) -> Meta | None:
            facts = books.providers.get(asked["provider"], ())
            taken.extend(fact for fact in facts if str(fact.since) == asked["since"])
            if len(taken) > 1 or (taken and schedules.says_more(taken[0])):
                raise DaysheetError("it says more than a schedule", remedy="change it in Fava's editor")
            return taken[0].meta if taken else None

        name = take_back(self.folder, find, "no schedule from that day is declared any more")
        self.reload(name)
        said = f"The schedule from {asked['since']} is taken back, out of {Path(name).name}."
        return answer(200, said=said, undo={"name": "schedule", **_as_typed(taken[0])})

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


def _as_typed(fact: Provider) -> dict[str, str]:
    """A schedule as the form would send it."""
    return {
        "provider": fact.id,
        "since": str(fact.since),
        "until": str(fact.until or ""),
        "days": " ".join(day for number, day in enumerate(WEEKDAYS) if number in fact.days),
        "visits": "" if fact.visits_per_day is None else f"{fact.visits_per_day:f}",
        "fee": "" if fact.fee is None else f"{fact.fee:f}",
        "called": fact.name,
    }
