"""What a browser asks: the page of all clients, and under each client's slug what that client's own process answers.

Everything is asked under this machine's own names and from these pages alone, Fava's own addresses too: Fava has no
login, and whoever reaches it can change books.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from http import client as client_errors
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

import fava
from daysheet.errors import DaysheetError
from daysheet.firm import table, web
from daysheet.firm.calls import Outcome
from daysheet.firm.clients import Client, Firm
from daysheet.firm.fava import ledger
from daysheet.firm.fava.looks import Look, Looks
from daysheet.firm.fava.opened import Opened
from daysheet.plugins.fava.guard import Guard
from flask import Flask, Response, abort, redirect, request
from werkzeug.middleware.http_proxy import ProxyMiddleware
from werkzeug.test import run_wsgi_app

_OURS: Final = ("static", "jump", "favicon.ico")
"""Addresses that are no client's."""
_WAIT: Final = 2.0
"""Seconds that the page waits for a look: where nothing has changed it takes less."""
_AGAIN: Final = 3
"""Seconds after which a page that shows a look that goes on asks anew."""
_LONGEST: Final = 900
"""Seconds that an answer of Fava may take: a pack that is verified, ten years that are loaded."""
_NOT_YET: Final = "its books have not been looked at yet"


def slugs(firm: Firm) -> dict[str, Client]:
    """Each client by its address: its id, or with a number behind it where these pages have that address themselves."""
    taken = {client.id for client in firm.clients} | set(_OURS)
    found = {}
    for client in firm.clients:
        number, slug = 2, client.id
        while slug in _OURS or (slug != client.id and slug in taken):
            slug = f"{client.id}-{number}"
            number += 1
        taken.add(slug)
        found[slug] = client
    return found


def application(looks: Looks, opened: Opened) -> Flask:
    """The front over a firm's clients."""
    app = Flask("daysheet.firm.fava", static_folder=Path(fava.__file__).parent / "static", static_url_path="/static")
    guard = Guard()

    @app.before_request
    def _asked_from_here() -> None:
        guard.look()
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return
        origin = request.headers.get("Origin")
        if origin is None or urlsplit(origin).netloc != request.host:
            abort(403, "the request does not come from this page")

    @app.errorhandler(DaysheetError)
    def _told(problem: DaysheetError) -> Response:
        return _refused(looks.firm.name, "This cannot be shown", str(problem))

    @app.get("/")
    def _clients() -> Response:
        number = request.args.get("look", "")
        look = looks.latest(int(number) if number.isdecimal() and len(number) < 9 else 0, _WAIT)
        return _page(look, request.args.get("sort", "client"))

    @app.get("/-/")
    def _back() -> Any:  # noqa: ANN401 - Flask's own
        return redirect("/")

    @app.get("/favicon.ico")
    def _icon() -> Any:  # noqa: ANN401 - as above
        return redirect("/static/favicon.ico")

    @app.get("/jump")
    def _jump() -> Response:
        """Fava's own way back with another filter: it is the client's whose page asks."""
        return _of_client(looks, opened, urlsplit(request.referrer or "").path.strip("/").split("/")[0])

    methods = ["GET", "POST", "PUT", "DELETE"]

    @app.route("/<slug>/", methods=methods)
    @app.route("/<slug>/<path:_>", methods=methods)
    def _client(slug: str, _: str = "") -> Response:
        return _of_client(looks, opened, slug)

    return app


def _of_client(looks: Looks, opened: Opened, slug: str) -> Response:
    """What the client's own process answers.

    Raises:
        DaysheetError: the client's books cannot be shown.
    """
    client = slugs(looks.firm).get(slug)
    if client is None:
        abort(404)
    if request.path == f"/{slug}/api/changed" and not opened.is_open(client):
        # a page that was left open asks every few seconds: that opens no books
        return Response('{"data": false, "mtime": "0"}', mimetype="application/json")
    answer = _asked(looks.firm, opened, client, slug)
    if answer is None and request.method == "GET":  # asked once more; a change may have been made, and is not
        answer = _asked(looks.firm, opened, client, slug)
    if answer is None:
        return _refused(looks.firm.name, client.id, "its process ended while it was asked: load the page again")
    if answer.status_code == 409 and answer.mimetype == "text/plain":
        return _refused(looks.firm.name, client.id, answer.get_data(as_text=True))
    return answer


def _asked(firm: Firm, opened: Opened, client: Client, slug: str) -> Response | None:
    """What the process answers; None where it ended meanwhile.

    Raises:
        DaysheetError: the client's books cannot be shown.
    """
    with opened.use(firm, client, slug) as one:
        there = ProxyMiddleware(_nothing, {}, timeout=_LONGEST).proxy_to(
            {
                "target": f"http://127.0.0.1:{one.port}", "host": None, "headers": {ledger.KEY: one.key},
                "remove_prefix": False,
            },
            quote(request.path), "",
        )  # fmt: skip
        try:
            answer = Response(*run_wsgi_app(there, request.environ, buffered=True))
        except client_errors.HTTPException:  # it broke off within an answer
            return None
        return None if answer.status_code == HTTPStatus.BAD_GATEWAY and one.has_ended() else answer


def _nothing(_: Mapping[str, Any], __: Any) -> Iterable[bytes]:  # noqa: ANN401 - WSGI
    return ()


def _page(look: Look, sort: str) -> Response:
    """The table of all clients, each with the way to its ledger."""
    firm = look.firm
    known = [look.outcomes.get(client.id) or _not_yet(client) for client in firm.clients]
    shown = table.status(table.standings(known), sort)
    links = {client.id: f"/{slug}/" for slug, client in slugs(firm).items()}
    again = f"/?look={look.number + 1}&sort={quote(sort)}" if look.is_on else ""
    underway = f"{look.done} of {len(firm.clients)} clients looked at" if look.is_on else ""
    text = web.page(shown, firm.name, web.Live(links, underway, again, _AGAIN))
    return _html(text, 200, f"'sha256-{_hash(web.script())}'")


def _not_yet(client: Client) -> Outcome:
    return Outcome(client.id, -1, "", _NOT_YET, 0, 0, 0, 0)


def _refused(firm: str, title: str, why: str) -> Response:
    return _html(web.refusal(firm, title, why), 409, "'none'")


def _html(text: str, code: int, scripts: str) -> Response:
    answer = Response(text, code, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; script-src {scripts}; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )
    return answer


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
