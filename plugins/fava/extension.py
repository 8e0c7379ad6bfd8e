"""Daysheet in Fava: what the owner and the bookkeeper look at. The only module that knows Fava.

One line in the ledger loads it:

    2026-01-01 custom "fava-extension" "daysheet.plugins.fava"

Its pages follow Fava's time and account filters; nothing is worked out before a page asks for it, so Fava starts as
fast as without it.
"""

from __future__ import annotations

import datetime
import json
import logging
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from daysheet.errors import DaysheetError
from daysheet.ledger import printer
from daysheet.plugins.fava import packs
from daysheet.plugins.fava.views import SHOWN, Span, State, View
from daysheet.records import Meta
from daysheet.reports.formats.figures import for_people
from daysheet.reports.table import Cell, ColumnKind
from daysheet.worklist.waivers import waiver_entry
from daysheet.worklist.worklist import as_csv
from fava.context import g
from fava.core import FavaLedger
from fava.core.filters import Match
from fava.ext import FavaExtensionBase, extension_endpoint
from fava.helpers import FavaAPIError
from flask import Response, abort, request, send_file, url_for

PAGES: Final = {
    "overview": "Overview",
    "calendar": "Billing calendar",
    "worklist": "Worklist",
    "receivables": "Receivables",
    "deposits": "Deposits",
    "packs": "Packs",
}


_LOG = logging.getLogger(__name__)

Method = TypeVar("Method", bound=Callable[..., Response])


def _endpoint(name: str, methods: list[str] | None = None) -> Callable[[Method], Method]:
    """Fava's own decorator, with the types that its annotations leave out."""
    mark: Any = extension_endpoint(name, methods)
    return cast("Callable[[Method], Method]", mark)


class Daysheet(FavaExtensionBase):
    """The pages under "Daysheet" in Fava's sidebar."""

    report_title = "Daysheet"
    has_js_module = True

    shown = SHOWN
    recent = 50
    few = 5

    _state: State | None = None

    def __init__(self, ledger: FavaLedger, config: str | None = None) -> None:
        """One workshop for each ledger that Fava serves."""
        super().__init__(ledger, config)
        self._workshop = packs.Workshop()
        self._lock = threading.Lock()
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

        if path.name and saved_imports.is_dropped(path, self._folder):
            self._saved[path] = None
            self._named.update(posting.account for posting in getattr(entry, "postings", ()))

    def _import(self, paths: list[Path], accounts: set[str]) -> None:
        from daysheet.plugins.fava import saved_imports  # noqa: PLC0415 - as above

        try:
            for problem in saved_imports.take(self._folder, paths, accounts):
                _LOG.warning(problem)
        except (DaysheetError, OSError) as problem:
            _LOG.warning(saved_imports.refused(problem))

    @property
    def page(self) -> str:
        """The page asked for; the overview when it is none of ours."""
        wanted = request.args.get("page", "")
        return wanted if wanted in PAGES else "overview"

    @property
    def pages(self) -> list[tuple[str, str, str]]:
        """Name, title and address of each page."""
        return [(name, title, self.link(page=name)) for name, title in PAGES.items()]

    @property
    def view(self) -> View:
        """What the page shows, under the filters of this request."""
        with self._lock:  # Fava answers several requests at once
            state = self._state
            if state is None:
                # Fava's own protocols for entries; they are Beancount's directives
                entries: Any = self.ledger.all_entries
                state = self._state = State(entries, self.ledger.options, self._folder)
        span = g.filtered.date_range
        account = request.args.get("account", "")
        return View(
            state,
            Span(
                span.begin if span else None,
                span.end_inclusive if span else None,
                Match(account) if account else None,
            ),
        )

    @property
    def asked_day(self) -> datetime.date | None:
        """The day whose sheet is asked for."""
        try:
            return datetime.date.fromisoformat(request.args.get("day", ""))
        except ValueError:
            return None

    @property
    def shelf(self) -> list[packs.Shelved]:
        """The packs on file."""
        return packs.shelf(self._folder)

    @property
    def _folder(self) -> Path:
        return Path(self.ledger.beancount_file_path).parent

    def link(self, **values: str) -> str:
        """An address within these pages; Fava's filters stay."""
        arguments: dict[str, Any] = {"extension_name": self.name, **values}
        return url_for("extension_report", **arguments)

    def editor(self, meta: Meta) -> str:
        """Where Fava's editor shows the line of an entry."""
        return url_for("report", report_name="editor", file_path=meta["filename"], line=meta["lineno"])

    def journal(self, invoice: str) -> str:
        """Where Fava's journal shows all entries of an invoice."""
        return url_for("report", report_name="journal", filter=f"^inv-{invoice}")

    def endpoint_link(self, endpoint: str, **values: str) -> str:
        """The address of one of our endpoints; Fava's filters stay."""
        here = self.link(**values)
        path, _, query = here.partition("?")
        return f"{path}{endpoint}?{query}" if query else path + endpoint

    @staticmethod
    def written(cell: Cell, kind: ColumnKind) -> str:
        """A cell of a report as an accountant writes it."""
        return for_people(cell, kind).strip()

    def collections_chart(self) -> list[dict[str, Any]]:
        """Twelve months of money received, as Fava's own bar chart takes it."""
        currency = self.view.currency
        bars = [
            {"date": day, "balance": {currency: amount}, "account_balances": {}, "budgets": {}}
            for day, amount in self.view.collections
        ]
        return [{"type": "bar", "label": "Money received", "data": bars}]

    @_endpoint("worklist.csv")
    def worklist_csv(self) -> Response:
        """The worklist under the filters, for a spreadsheet."""
        view = self.view
        return Response(
            as_csv(view.findings, view.state.folder),
            mimetype="text/csv",
            headers={"Content-Disposition": f'attachment; filename="worklist-{view.as_of}.csv"'},
        )

    @_endpoint("waive", ["POST"])
    def waive(self) -> Response:
        """Set a finding aside: Fava inserts the directive where it inserts any other entry."""
        asked: Any = request.get_json(silent=True)
        if not isinstance(asked, dict) or not all(isinstance(asked.get(key), str) for key in ("kind", "key", "reason")):
            return _answer(400, "what is to be waived is not said")
        view = self.view
        try:
            entry = waiver_entry(view.books, asked["key"], asked["reason"], asked["kind"])
            # Fava prints with Beancount's printer, which leaves the quotes in a custom directive as they are
            directive: Any = printer.escaped(entry)
            self.ledger.file.insert_entries([directive])
        except (DaysheetError, FavaAPIError) as problem:
            return _answer(409, str(problem))
        return _answer(200, "")

    @_endpoint("build", ["POST"])
    def build(self) -> Response:
        """Begin to build the pack of a year."""
        asked: Any = request.get_json(silent=True)
        if not isinstance(asked, dict) or not isinstance(asked.get("year"), int):
            return _answer(400, "the year is not said")
        view = self.view
        try:
            self._workshop.start(self._folder, asked["year"], view.books, view.state.settings)
        except DaysheetError as problem:
            return _answer(409, str(problem))
        return _answer(202, "")

    @_endpoint("building")
    def building(self) -> Response:
        """How far the pack is that is being built."""
        current = self._workshop.current
        return (
            _answer(200, "") if current is None else Response(json.dumps(asdict(current)), mimetype="application/json")
        )

    @_endpoint("pack")
    def pack(self) -> Response:
        """A file of a pack."""
        try:
            path = packs.file_of(self._folder, int(request.args.get("year", "0")), request.args.get("name", ""))
        except (DaysheetError, ValueError):
            abort(404)
        return send_file(path, as_attachment=True, download_name=path.name)

    @_endpoint("verify")
    def verify(self) -> Response:
        """Whether a pack on file comes from these books."""
        view = self.view
        try:
            year = int(request.args.get("year", "0"))
            found = packs.verdict(self._folder, year, view.books, view.state.settings)
        except (DaysheetError, ValueError) as problem:
            return _answer(409, str(problem))
        return Response(json.dumps(found._asdict()), mimetype="application/json")


def _answer(code: int, error: str) -> Response:
    return Response(json.dumps({"error": error}), status=code, mimetype="application/json")
