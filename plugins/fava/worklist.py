"""What is done with the worklist: as a spreadsheet, and what is set aside or taken back."""

from __future__ import annotations

from pathlib import Path

from daysheet.books import Books
from daysheet.plugins.fava.base import Pages, answer, asked_texts, endpoint
from daysheet.plugins.fava.taking_back import take_back
from daysheet.records import Meta
from daysheet.worklist.waivers import FILE, waive_finding
from daysheet.worklist.worklist import as_csv
from flask import Response, request


class Worklist(Pages):
    """The worklist and what was waived."""

    @endpoint("worklist.csv")
    def worklist_csv(self) -> Response:
        """What the page shows, for a spreadsheet: all of it, each visit counted once."""
        self.guard.look()
        view = self.view
        found = view.found(request.args.get("kind", ""), request.args.get("q", ""))
        return Response(
            as_csv(found, view.state.folder, view.currency),
            mimetype="text/csv",
            headers={"Content-Disposition": f'attachment; filename="worklist-{view.as_of}.csv"'},
        )

    @endpoint("effect")
    def effect(self) -> Response:
        """What waiving a finding would set aside, and what that changes."""
        self.guard.look()
        view = self.view
        made = view.set_aside(request.args.get("kind", ""), request.args.get("key", ""))
        return (
            answer(404, error="this is no finding any more")
            if made is None
            else answer(200, said=made.words(view.currency), day=view.as_of)
        )

    @endpoint("waive", ["POST"])
    def waive(self) -> Response:
        """Set a finding aside, as of the day that the page shows."""
        self.guard.act()
        asked = asked_texts("kind", "key", "reason")
        if asked is None:
            return answer(400, error="what is to be waived is not said")
        waiver, words = waive_finding(self.folder, asked["key"], asked["reason"], asked["kind"], self.view.as_of)
        self.reload(FILE)
        said = f"Set aside as of {waiver.date}, in {FILE}: {waiver.kind} {waiver.key}. {words}"
        return answer(200, said=said, undo={"name": "take-back", "kind": waiver.kind, "key": waiver.key})

    @endpoint("take-back", ["POST"])
    def take_back(self) -> Response:
        """Take a waiver back."""
        self.guard.act()
        asked = asked_texts("kind", "key")
        if asked is None:
            return answer(400, error="what is to be taken back is not said")
        waived = asked["kind"], asked["key"]

        def find(books: Books) -> Meta | None:
            waiver = books.waivers.get(waived)
            return waiver.meta if waiver else None

        name = take_back(self.folder, find, "this is not set aside any more")
        self.reload(name)
        return answer(
            200, said=f"Taken back, out of {Path(name).name}: {asked['kind']} {asked['key']} is on the worklist again."
        )
