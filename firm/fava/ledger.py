"""One client's ledger in Fava, in a process of its own that answers the firm's front and nobody else.

It is told a key on standard input, and ends when that input does; on standard output it says in one line of JSON under
which port of the loopback interface it answers, or why it does not.
"""

from __future__ import annotations

import hmac
import json
import os
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import click
from cheroot.wsgi import Server
from daysheet import console
from daysheet.errors import DaysheetError
from daysheet.firm.fava.guarded import ClientLedger, put_in_place
from fava.application import create_app
from fava.context import g
from flask import Flask, Response, request

KEY: Final = "X-Daysheet-Key"
ALL: Final = "-"
"""The address of the page of all clients in Fava's list of ledgers; no client is called so."""
_LOOPBACK: Final = "127.0.0.1"


class OneLedger:
    """What Fava asks for its ledgers: this one, and the way back to all clients."""

    def __init__(self, slug: str, ledger: ClientLedger) -> None:
        """The ledger under its slug."""
        self._slug = slug
        self._ledger = ledger

    def first_slug(self) -> str:
        """The slug."""
        return self._slug

    def items(self) -> list[tuple[str, Any]]:
        """The ledger, and the page of all clients as if it were another."""
        return [(self._slug, self._ledger), (ALL, SimpleNamespace(options={"title": "All clients"}))]

    def __getitem__(self, slug: str) -> ClientLedger:
        """The ledger."""
        if slug != self._slug:
            raise KeyError(slug)
        return self._ledger


def application(folder: Path, slug: str, *, read_only: bool) -> Flask:
    """Fava over one client's books.

    Raises:
        DaysheetError: the books would run or read what this user has not allowed, or Beancount fails on them.
    """
    put_in_place()
    ledger = ClientLedger(folder)
    app = create_app([], read_only=read_only)
    app.config["LEDGERS"] = OneLedger(slug, ledger)

    @app.before_request
    def _refused() -> None:
        if g.beancount_file_slug and ledger.refusal:
            raise DaysheetError(ledger.refusal)

    @app.errorhandler(DaysheetError)
    def _told(problem: DaysheetError) -> Response:
        ledger.look_again()
        if request.blueprint == "json_api":
            return Response(json.dumps({"error": str(problem)}), 409, mimetype="application/json")
        return Response(str(problem), 409, mimetype="text/plain")

    return app


def keyed(app: Any, key: str) -> Any:  # noqa: ANN401 - WSGI
    """The application for whoever knows the key."""
    name = "HTTP_" + KEY.upper().replace("-", "_")

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ANN401 - WSGI
        if hmac.compare_digest(environ.get(name, "").encode(), key.encode()):
            found: Iterable[bytes] = app(environ, start_response)
            return found
        start_response("403 Forbidden", [("Content-Type", "text/plain")])
        return [b"This is a part of daysheet firm fava; open that address.\n"]

    return answer


def main() -> None:
    """Serve; arguments: the books folder, the slug, and `read-only` or nothing."""
    folder, slug, *more = sys.argv[1:]
    key = sys.stdin.readline().strip()
    try:
        app = application(Path(folder), slug, read_only="read-only" in more)
        server = Server((_LOOPBACK, 0), keyed(app, key))
        server.prepare()
    except (DaysheetError, OSError) as problem:
        _tell(error=str(problem))
        sys.exit(console.BROKEN)
    except Exception as problem:  # noqa: BLE001 - what nobody thought of ends in one line as well
        _tell(error=console.unexpected(problem))
        sys.exit(console.BROKEN)
    _tell(port=server.bind_addr[1])
    threading.Thread(target=_end_with_input, daemon=True).start()
    server.serve()


def _tell(**said: object) -> None:
    click.echo(json.dumps(said))


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)  # the front is gone: nobody waits for an answer


if __name__ == "__main__":
    main()
