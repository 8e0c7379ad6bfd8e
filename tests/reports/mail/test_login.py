"""Access tokens for XOAUTH2, asked of a real token server over TLS on loopback."""

from __future__ import annotations

import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from daysheet.errors import DaysheetError
from daysheet.reports.mail.login import login

from . import room

REFRESH = "0.refresh-token"


class Tokens(BaseHTTPRequestHandler):
    """An OAuth 2 authority: discovery for Microsoft's library, and the token endpoint of RFC 6749 §6."""

    server: Any

    def do_GET(self):
        base = f"https://localhost:{self.server.server_port}/common"
        self._answer(
            200,
            {
                "authorization_endpoint": base + "/authorize",
                "token_endpoint": base + "/token",
                "issuer": base + "/v2.0",
                "device_authorization_endpoint": base + "/device",
            },
        )

    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.asked.append(form)
        if form["refresh_token"] == [REFRESH]:
            self._answer(200, {"access_token": "an-access-token", "token_type": "Bearer", "expires_in": 3600})
        else:
            self._answer(400, {"error": "invalid_grant", "error_description": "for user dana"})

    def _answer(self, code, content):
        data = json.dumps(content).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@pytest.fixture
def tokens(authority, ca_file, monkeypatch):
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Tokens)
    server.asked = []
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca_file))
    monkeypatch.setenv("MAIL_SECRET", REFRESH)
    monkeypatch.setenv("CLIENT_SECRET", "client-secret")
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def settings(tokens, auth, path):
    return room.settings(
        1,
        "tls",
        "",
        auth=auth,
        client_id="a-client",
        client_secret="env:CLIENT_SECRET",
        token_url=f"https://localhost:{tokens.server_port}{path}",
    )


PROVIDERS = [("microsoft", "/common"), ("google", "/token")]


@pytest.mark.parametrize(("auth", "path"), PROVIDERS)
def test_a_refresh_token_is_exchanged_for_an_access_token(tokens, auth, path, tmp_path):
    who = login(settings(tokens, auth, path), tmp_path)
    assert (who.user, who.password, who.access_token) == (room.USER, None, "an-access-token")
    assert tokens.asked[-1]["grant_type"] == ["refresh_token"]
    assert tokens.asked[-1]["client_id"] == ["a-client"]


@pytest.mark.parametrize(("auth", "path"), PROVIDERS)
def test_a_refused_refresh_token_is_a_clear_error_without_the_servers_words(tokens, monkeypatch, auth, path, tmp_path):
    monkeypatch.setenv("MAIL_SECRET", "revoked")
    with pytest.raises(DaysheetError, match="refuses an access token") as refused:
        login(settings(tokens, auth, path), tmp_path)
    assert "dana" not in str(refused.value)
    assert "revoked" not in str(refused.value)


def test_a_plain_access_token_is_used_as_it_is(monkeypatch, tmp_path):
    monkeypatch.setenv("MAIL_SECRET", "token")
    assert login(room.settings(1, "tls", "", auth="xoauth2"), tmp_path).access_token == "token"


def test_a_password_is_used_with_the_name_given(monkeypatch, tmp_path):
    monkeypatch.setenv("MAIL_SECRET", "password")
    who = login(room.settings(1, "tls", "", user="other"), tmp_path)
    assert (who.user, who.password, who.access_token) == ("other", "password", None)
