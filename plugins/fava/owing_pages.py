"""Who owes: patients by their tokens, what is open of each, and the statement that a patient is sent."""

from __future__ import annotations

from daysheet.patients import TOKEN
from daysheet.plugins.fava.base import Pages, answer, asked_texts, endpoint
from daysheet.reports import command
from daysheet.reports.request import Request
from flask import Response, request


class Owing(Pages):
    """Receivables by patient, and claims."""

    @property
    def patient(self) -> str:
        """The token that is asked for, where it is one that the books have."""
        asked = request.args.get("token", "")
        return asked if TOKEN.fullmatch(asked) and self.view.has_patient(asked) else ""

    @endpoint("statement", ["POST"])
    def statement(self) -> Response:
        """A patient's account as a PDF, made for the one who asks and kept nowhere."""
        self.guard.act()
        asked = asked_texts("token")
        view = self.view
        if asked is None or not TOKEN.fullmatch(asked["token"]):
            return answer(400, error="the patient is not said")
        token = asked["token"]
        wanted = Request(view.books, view.state.settings, view.account_days, view.basis, patient=token)
        made = command.render("patient-ledger", wanted, "pdf")
        name = f"statement-{token}-{view.as_of}.pdf"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Response(made, mimetype="application/pdf", headers=headers)
