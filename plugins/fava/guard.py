"""Who may ask: Fava's server is on loopback and has no login, so that any page in the same browser could reach it.

What changes something, or costs much, needs the token that only a page of ours carries, and an origin that is the host
it was sent to. No page of ours is shown under a host name that is not this machine's: a name that is bound to this
address for a moment (DNS rebinding) is refused, and so never sees the token.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlsplit

from flask import abort, after_this_request, current_app, request
from werkzeug.exceptions import HTTPException

HEADER: Final = "X-Daysheet-Token"
LONGEST: Final = 64 * 1024
"""Bytes of a request that says what to do."""

_HEADERS: Final = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Fava's editor compiles its parser
    "Content-Security-Policy": (
        "script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
}


class Guard:
    """The token of one Fava, and the host names under which it may be asked."""

    def __init__(self, hosts: Iterable[str] = ()) -> None:
        """With other names than this machine's own, which the books' owner has named."""
        self.token = secrets.token_urlsafe(32)
        self._hosts = {host.casefold() for host in hosts}

    def look(self) -> None:
        """Before anything is shown: the host is ours, no other site asks, and nothing frames or scripts the answer."""
        after_this_request(_protected)
        if not self._is_ours(request.host) or request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
            if request.headers.get("Sec-Fetch-Mode") == "navigate" and self._is_ours(request.host):
                return  # a link that somebody followed: the other site sees nothing of the answer
            _refuse(403, "these books are not shown under this address")

    def act(self, longest: int = LONGEST) -> None:
        """Before anything is changed or made: `look`, and the page's own token, from the page's own origin."""
        self.look()
        origin = request.headers.get("Origin")
        if request.method != "GET" and (origin is None or urlsplit(origin).netloc != request.host):
            _refuse(403, "the request does not come from this page")
        if not hmac.compare_digest(request.headers.get(HEADER, "").encode(), self.token.encode()):
            _refuse(403, "the page is older than the server: load it again")
        if request.content_length is None and request.method != "GET":
            _refuse(411, "the request does not say how long it is")
        if (request.content_length or 0) > longest:
            _refuse(413, f"the request is longer than {longest:,} bytes")

    def _is_ours(self, host: str) -> bool:
        name = (urlsplit(f"//{host}").hostname or "").casefold()
        if name in self._hosts or name == "localhost" or name.endswith(".localhost"):
            return True
        try:
            ipaddress.ip_address(name)  # an address is bound to nothing
        except ValueError:
            return False
        return True


def is_read_only() -> bool:
    """Whether Fava was started with `--read-only`: it then refuses whatever is no GET before we are asked."""
    hooks: Iterable[Any] = current_app.before_request_funcs.get(None, ())
    return any(hook.__name__ == "_read_only" for hook in hooks)


def _protected(response: Any) -> Any:  # noqa: ANN401 - whatever Flask answers
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _refuse(code: int, why: str) -> None:
    try:
        abort(code)
    except HTTPException as problem:
        problem.description = why
        raise
