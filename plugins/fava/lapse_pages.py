"""What is done with a lapse: the file that bills it, and who its patients are."""

from __future__ import annotations

from daysheet.findings import Finding
from daysheet.plugins.fava.base import Pages, answer, asked_texts, endpoint
from daysheet.plugins.fava.shown.writing import plain
from flask import Response, request


class Lapses(Pages):
    """A lapse, opened."""

    @property
    def lapse(self) -> Finding | None:
        """The lapse that is asked for, as of the day that the page shows."""
        return self.view.finding("billing-lapse", request.args.get("key", ""))

    @property
    def can_reveal(self) -> bool:
        """Whether this machine has the originals and the secret that tell who a token is."""
        from daysheet.importers.originals import reveal  # noqa: PLC0415 - Fava starts without the importers

        return reveal.is_possible(self.folder, self.view.books)

    @endpoint("catch-up", ["POST"])
    def catch_up(self) -> Response:
        """The file that bills the visits of a lapse, for the front desk; it is written to no disk of ours."""
        from daysheet.importers.originals import catch_up  # noqa: PLC0415 - as above

        self.guard.act()
        asked = asked_texts("key")
        view = self.view
        lapse = view.finding("billing-lapse", asked["key"]) if asked else None
        if lapse is None:
            return answer(404, error="this is no lapse any more; load the page again")
        made = catch_up.bills_of(self.folder, view.state.settings, view.books, view.as_of, lapse.covers)
        if made is None:
            return answer(409, error="no visit is recorded that a file could bill: enter them in the practice's system")
        missing = f" {made.unknown} patients are in no original here: the token stands instead." if made.unknown else ""
        said = (
            f"{made.visits} visits to bill. The file names patients: give it to the front desk and delete it.{missing}"
        )
        return _unkept(answer(200, said=said, file=catch_up.name_of(view.as_of), text=made.text))

    @endpoint("reveal", ["POST"])
    def reveal(self) -> Response:
        """The patient behind a token, for the one who asks; kept nowhere."""
        from daysheet.importers.originals import reveal  # noqa: PLC0415 - as above

        self.guard.act()
        asked = asked_texts("token")
        if asked is None or len(asked["token"]) > 40:
            return answer(400, error="the token is not said")
        found = reveal.reveal(self.folder, asked["token"])
        return _unkept(answer(200, said=", ".join(plain(one.patient) for one in found)))


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
