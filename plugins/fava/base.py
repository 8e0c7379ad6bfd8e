"""What every page of ours in Fava has: the books under the filters, addresses, and who may ask."""

from __future__ import annotations

import datetime
import json
import re
import threading
from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import Any, Final, TypeVar, cast
from urllib.parse import urlencode

from daysheet.books import loading
from daysheet.errors import DaysheetError
from daysheet.plugins.fava import guard
from daysheet.plugins.fava.shown import writing
from daysheet.plugins.fava.shown.scope import Span
from daysheet.plugins.fava.shown.state import State
from daysheet.plugins.fava.views import SHOWN, View
from daysheet.records import Meta
from daysheet.reports.formats.figures import for_people
from daysheet.reports.table import Cell, ColumnKind
from daysheet.wording import decimals
from daysheet.worklist.waivers import LONGEST_REASON
from fava.context import g
from fava.core import FavaLedger
from fava.core.filters import FilterError, Match
from fava.ext import FavaExtensionBase, extension_endpoint
from flask import Response, request, url_for
from markupsafe import Markup

HIDDEN: Final = {
    "lapse": "Lapse",
    "day": "Day sheet",
    "patient": "Patient's account",
    "claims": "Claims",
    "deposit": "Deposit",
    "message": "Message",
    "profile": "Questions of a file",
}
"""Pages that others lead to."""
PAGES: Final = {
    "overview": "Overview",
    "calendar": "Billing calendar",
    "worklist": "Worklist",
    "waived": "Waived",
    "import": "Import",
    "categorize": "Categorize",
    "receivables": "Receivables",
    "deposits": "Deposits",
    "cash": "Cash",
    "packs": "Packs",
    "outbox": "Outbox",
}

_IN_QUERIES: Final = "!$'()*,/:;?@"
"""What URLs leave as it is in a query, as Flask does."""
_NO_ACCOUNTS: Final = "The account filter is neither the name of an account nor a regular expression."

Method = TypeVar("Method", bound=Callable[..., Response])


def endpoint(name: str, methods: list[str] | None = None) -> Callable[[Method], Method]:
    """Fava's own decorator; what a method refuses, or the disk does, is answered in one line."""
    mark: Any = extension_endpoint(name, methods)

    def marked(method: Method) -> Method:
        @wraps(method)
        def answered(*given: Any, **named: Any) -> Response:  # noqa: ANN401 - a method's own
            try:
                return method(*given, **named)
            except (DaysheetError, OSError) as problem:
                return answer(409, error=writing.plain(str(problem)))

        return cast("Method", mark(answered))

    return marked


class Pages(FavaExtensionBase):
    """The pages, without what they do."""

    report_title = "Daysheet"
    has_js_module = True

    shown = SHOWN
    longest_reason = LONGEST_REASON
    at_once = 100
    recent = 50
    few = 5

    _state: State | None = None

    def __init__(self, ledger: FavaLedger, config: str | None = None) -> None:
        """One lock and one token for each ledger that Fava serves.

        The configuration may name hosts besides this machine's own: `"{'hosts': ['books.example.org']}"`.
        """
        super().__init__(ledger, config)
        named: Any = (self.config or {}).get("hosts", ()) if isinstance(self.config, dict) else ()
        self.guard = guard.Guard(str(host) for host in named)
        self._lock = threading.Lock()

    @property
    def page(self) -> str:
        """The page asked for; the overview when it is none of ours."""
        wanted = request.args.get("page", "")
        return wanted if wanted in PAGES or wanted in HIDDEN else "overview"

    @property
    def title(self) -> str:
        """The title of the page asked for."""
        return (PAGES | HIDDEN)[self.page]

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
                state = self._state = State(entries, self.ledger.options, self.folder, self.ledger.load_errors)
        try:
            span = g.filtered.date_range
        except (re.error, RecursionError):  # Fava itself says nothing of it
            raise FilterError("account", _NO_ACCOUNTS) from None
        account = request.args.get("account", "")
        return View(
            state,
            Span(
                span.begin if span else None,
                span.end_inclusive if span else None,
                Match(account) if account else None,
                request.args.get("filter", ""),
            ),
        )

    @property
    def token(self) -> str:
        """The page's own token, once it is sure who asks."""
        self.guard.look()
        return self.guard.token

    @property
    def read_only(self) -> bool:
        """Whether nothing can be written."""
        return guard.is_read_only()

    @property
    def asked_day(self) -> datetime.date | None:
        """The day whose sheet is asked for."""
        try:
            day = datetime.date.fromisoformat(request.args.get("day", ""))
        except ValueError:
            return None
        return day if 1900 <= day.year <= 2199 else None

    @property
    def start(self) -> int:
        """From which of many rows on the page shows them."""
        asked = request.args.get("start", "")
        return int(asked) if asked.isdecimal() and len(asked) < 7 else 0

    @property
    def folder(self) -> Path:
        """The books folder."""
        return Path(self.ledger.beancount_file_path).parent

    def reload(self, *names: str) -> None:
        """Let Fava load the books again, of which these files were written, before it answers the next time."""
        for name in (loading.MAIN, *names):
            self.ledger.watcher.notify(self.folder / name)

    @property
    def day_before(self) -> str:
        """The day before the one asked for."""
        return str((self.asked_day or datetime.date(2000, 1, 1)) - datetime.timedelta(days=1))

    @property
    def day_after(self) -> str:
        """The day after the one asked for."""
        return str((self.asked_day or datetime.date(2000, 1, 1)) + datetime.timedelta(days=1))

    def link(self, **values: str) -> str:
        """An address within these pages; Fava's filters stay."""
        return _address("extension_report", {"extension_name": self.name}, values)

    def editor(self, meta: Meta) -> str:
        """Where Fava's editor shows the line of an entry."""
        return _address("report", {"report_name": "editor"}, {"file_path": meta["filename"], "line": meta["lineno"]})

    def journal(self, invoice: str) -> str:
        """Where Fava's journal shows all entries of an invoice."""
        return _address("report", {"report_name": "journal"}, {"filter": f"^inv-{invoice}"})

    def endpoint_link(self, endpoint: str, /, **values: str) -> str:
        """The address of one of our endpoints; Fava's filters stay."""
        here = self.link(**values)
        path, _, query = here.partition("?")
        return f"{path}{endpoint}?{query}" if query else path + endpoint

    def written(self, cell: Cell, kind: ColumnKind) -> Markup:
        """A cell of a report as an accountant writes it."""
        return writing.text(for_people(cell, kind, decimals(self.view.currency)).strip())

    @staticmethod
    def figure_of(amount: Decimal, currency: str) -> str:
        """An amount in a currency that need not be the books'."""
        return writing.figure(amount, currency)

    @staticmethod
    def text(words: object) -> Markup:
        """Text of others, harmless to what stands around it."""
        return writing.text(words)

    @staticmethod
    def dated(words: object) -> Markup:
        """The same, in which no day is broken over two lines."""
        return writing.dated(words)


def _address(endpoint: str, places: dict[str, str], values: dict[str, Any]) -> str:
    """As Flask's `url_for`, whose part that all links of a kind on a page share is worked out once.

    Args:
        endpoint: as `url_for` takes it.
        places: what stands in the path.
        values: the query, before what Fava adds to it; what is None is left out.
    """
    known: dict[tuple[str, ...], str] = request.environ.setdefault("daysheet.addresses", {})
    kind = endpoint, *places.values(), "", *values
    if kind not in known:
        fixed: dict[str, Any] = {**dict.fromkeys(values), **places}
        known[kind] = url_for(endpoint, **fixed)
    path, _, filters = known[kind].partition("?")
    query = urlencode([(name, value) for name, value in values.items() if value is not None], safe=_IN_QUERIES)
    return "?".join(filter(None, (path, "&".join(filter(None, (query, filters))))))


def asked_texts(*names: str) -> dict[str, str] | None:
    """The texts under these names in what the page sends; None where one is missing or none."""
    asked: Any = request.get_json(silent=True)
    if not isinstance(asked, dict) or not all(isinstance(asked.get(name), str) for name in names):
        return None
    return {name: asked[name] for name in names}


def answer(code: int, **values: object) -> Response:
    """An answer for our script."""
    return Response(json.dumps(values, default=str), status=code, mimetype="application/json")
