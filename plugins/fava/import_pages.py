"""Importing on a page: files are dropped, looked at, taken, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daysheet.errors import DaysheetError
from daysheet.plugins.fava.base import Pages, answer, endpoint
from flask import Response, request

if TYPE_CHECKING:
    from daysheet.plugins.fava.inbox import Before, Lying

_FILES = "imports.beancount"
_RECENT = 20


class Imports(Pages):
    """The inbox, and what was imported; what reads files is loaded when the page is asked for."""

    @property
    def inbox(self) -> list[Lying]:
        """What lies in the inbox."""
        from daysheet.plugins.fava import inbox  # noqa: PLC0415 - Fava starts without the importers

        try:
            return inbox.lying(self.folder)
        except (DaysheetError, OSError):
            return []

    @property
    def imported_before(self) -> list[Before]:
        """What was imported last."""
        from daysheet.plugins.fava import inbox  # noqa: PLC0415 - as above

        return inbox.before(self.view.books, _RECENT)

    @endpoint("drop", ["POST"])
    def drop(self) -> Response:
        """A file into the inbox."""
        from daysheet.plugins.fava import inbox  # noqa: PLC0415 - as above

        self.guard.act(inbox.LARGEST)
        inbox.drop(self.folder, request.args.get("name", ""), request.get_data(cache=False))
        return answer(200)

    @endpoint("preview", ["POST"])
    def preview(self) -> Response:
        """What taking files would do."""
        from daysheet.plugins.fava import inbox  # noqa: PLC0415 - as above

        self.guard.act()
        wanted = _wanted(request.get_json(silent=True))
        if not wanted:
            return answer(400, error="choose the files")
        made = inbox.preview(self.folder, wanted)
        return answer(200, said=made.said, files=[one._asdict() for one in made.files], notes=made.notes)

    @endpoint("take", ["POST"])
    def take(self) -> Response:
        """Take files into the books."""
        from daysheet.plugins.fava import inbox  # noqa: PLC0415 - as above

        self.guard.act()
        wanted = _wanted(request.get_json(silent=True))
        if not wanted:
            return answer(400, error="choose the files")
        done, digests = inbox.take(self.folder, wanted)
        self.reload(_FILES)
        problems = [f"{one.name}: {one.lines[0]}" for one in done.files if one.is_refused]
        if not digests and problems:
            return answer(409, error=f"Nothing was taken. {'; '.join(problems)}")
        said = "; ".join([f"Imported, in {_FILES} and the months' files: {done.said}", *problems])
        return answer(200, said=said, undo={"name": "undo-import", "names": digests} if digests else None)

    @endpoint("undo-import", ["POST"])
    def undo_import(self) -> Response:
        """Take imports back."""
        from daysheet.plugins.fava import inbox  # noqa: PLC0415 - as above

        self.guard.act()
        asked: Any = request.get_json(silent=True)
        names = asked.get("names") if isinstance(asked, dict) else None
        names = [names] if isinstance(names, str) else names
        if not isinstance(names, list) or not names or not all(isinstance(one, str) for one in names):
            return answer(400, error="the file is not said")
        said = inbox.undo(self.folder, names)
        self.reload(_FILES)
        return answer(200, said=said)


def _wanted(asked: Any) -> list[Lying]:  # noqa: ANN401 - whatever the page sends
    from daysheet.plugins.fava.inbox import Lying  # noqa: PLC0415 - as above

    files = asked.get("files") if isinstance(asked, dict) else None
    return [
        Lying(one["name"], 0, one["sha256"])
        for one in (files if isinstance(files, list) else ())
        if isinstance(one, dict) and isinstance(one.get("name"), str) and isinstance(one.get("sha256"), str)
    ]
