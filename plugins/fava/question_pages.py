"""The questions of a file that nobody knows yet, answered on a page: what `daysheet profile new` asks and writes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from daysheet import files
from daysheet.books import loading
from daysheet.errors import DaysheetError
from daysheet.plugins.fava.base import answer, asked_texts, endpoint
from daysheet.plugins.fava.shown.writing import plain
from daysheet.plugins.fava.taking_back import Changing
from flask import Response, request

if TYPE_CHECKING:
    from daysheet.importers.interview import Interview

_SETTINGS = ("daysheet.toml", "practice.beancount")
"""What a profile's answers may add to, beside its own file."""


class Questions(Changing):
    """Files of the inbox: what each is, and what is to be answered of it."""

    @property
    def asked_file(self) -> str:
        """The file whose questions are asked for."""
        return request.args.get("name", "")[:200]

    @endpoint("what")
    def what(self) -> Response:
        """What a file of the inbox is."""
        from daysheet.plugins.fava import inbox  # noqa: PLC0415 - Fava starts without the importers

        self.guard.look()
        name, digest = request.args.get("file", ""), request.args.get("sha256", "")
        found = inbox.what(self.folder, self.view.books, name, digest)
        return answer(200, said=plain(found.said), is_unknown=found.is_unknown)

    @endpoint("questions", ["POST"])
    def questions(self) -> Response:
        """What a file shows, and what it leaves open."""
        from daysheet.importers import interview  # noqa: PLC0415 - as above
        from daysheet.plugins.fava import inbox  # noqa: PLC0415 - as above

        self.guard.act()
        asked = asked_texts("name", "sha256")
        if asked is None:
            return answer(400, error="the file is not said")
        path = inbox.path_of(self.folder, asked["name"], asked["sha256"])
        return _shown(interview.look(self.folder, self.view.books, path, _given(request.get_json(silent=True))))

    @endpoint("profile", ["POST"])
    def profile(self) -> Response:
        """Write the profile of a file, or say what is still open."""
        from daysheet.importers import interview  # noqa: PLC0415 - as above
        from daysheet.importers.amending.amendment import Amendment  # noqa: PLC0415 - as above
        from daysheet.importers.writing.dry_run import Changed  # noqa: PLC0415 - as above
        from daysheet.plugins.fava import inbox  # noqa: PLC0415 - as above

        self.guard.act()
        asked = asked_texts("name", "sha256")
        if asked is None:
            return answer(400, error="the file is not said")
        path, given = inbox.path_of(self.folder, asked["name"], asked["sha256"]), _given(request.get_json(silent=True))
        with files.locked(self.folder):
            books = loading.load(self.folder)
            seen = interview.look(self.folder, books, path, given)
            if seen.is_open:
                return _shown(seen)
            kept = {name: _bytes(self.folder / name) for name in _SETTINGS}
            made = interview.write(self.folder, books, path, given)
            place = made.place.relative_to(self.folder).as_posix()
            changes = [Changed(name, kept.get(name), _bytes(self.folder / name)) for name in {place: None, **kept}]
        done = Amendment(self.folder.resolve(), tuple(one for one in changes if one.before != one.after))
        self.reload(*_SETTINGS)
        undo = {"name": "forget-profile", "profile": made.name, "change": self.to_undo(done)}
        return answer(200, said=f"Written: {place}; {made.words}.", undo=undo)

    @endpoint("forget-profile", ["POST"])
    def forget_profile(self) -> Response:
        """Take back a profile that was written on this page since Fava was started, and what it added to settings."""
        self.guard.act()
        asked = asked_texts("profile", "change")
        if asked is None or not self.undone(asked["change"]):
            return answer(409, error="this profile was not written on this page; delete its file in profiles/")
        return answer(200, said=f"Taken back: the profile {asked['profile']}.")


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _given(asked: Any) -> dict[str, str]:  # noqa: ANN401 - whatever the page sends
    """The answers that a page sends.

    Raises:
        DaysheetError: they are none.
    """
    given = asked.get("answers") if isinstance(asked, dict) else None
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise DaysheetError("the answers are not said as this page says them", remedy="load the page again")
    return {str(key): value for key, value in given.items() if value.strip()}


def _shown(seen: Interview) -> Response:
    columns = [
        {"name": plain(one.name), "samples": [plain(cell) for cell in one.samples], "meaning": one.meaning}
        for one in seen.columns
    ]
    return answer(200, kind=seen.kind, columns=columns, fields=[field._asdict() for field in seen.fields])
