"""What is done with the worklist: as a spreadsheet, and what is set aside or taken back."""

from __future__ import annotations

from pathlib import Path

from daysheet import files
from daysheet.books import loading
from daysheet.errors import DaysheetError
from daysheet.importers.writing.blocks import take_out
from daysheet.plugins.fava.base import Pages, answer, asked_texts, endpoint, refused
from daysheet.worklist.waivers import FILE, waive_finding
from daysheet.worklist.worklist import as_csv
from flask import Response, request


def take_back(folder: Path, kind: str, key: str) -> str:
    """Take the waiver of a finding out of the ledger; the file that it stood in, in words.

    Raises:
        DaysheetError: there is none, or it stands outside of the books, or the books have errors.
    """
    with files.locked(folder):
        waiver = loading.load(folder).waivers.get((kind, key))
        if waiver is None:
            raise DaysheetError("this is not set aside any more", remedy="load the page again")
        name = str(waiver.meta["filename"])
        take_out(folder, [(name, int(waiver.meta["lineno"]))])
    return name


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
        try:
            waiver, words = waive_finding(self.folder, asked["key"], asked["reason"], asked["kind"], self.view.as_of)
        except (DaysheetError, OSError) as problem:
            return refused(problem)
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
        try:
            name = take_back(self.folder, asked["kind"], asked["key"])
        except (DaysheetError, OSError) as problem:
            return refused(problem)
        self.reload(name)
        return answer(
            200, said=f"Taken back, out of {Path(name).name}: {asked['kind']} {asked['key']} is on the worklist again."
        )
