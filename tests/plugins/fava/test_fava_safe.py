"""Fava's server has no login: who may ask our pages, and what no address serves."""

from __future__ import annotations

import http.client
import inspect
import json
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from daysheet.plugins.fava.extension import Daysheet

from .conftest import Site

pytestmark = pytest.mark.browser  # they need a running Fava, as the others do

WAIVER = {"kind": "billing-lapse", "key": "adams/2026-09-14", "reason": "charity week"}


NAMES = (
    "account", "answers", "before", "change", "choices", "days", "fee", "files", "first", "id", "key", "kind", "last",
    "line", "month", "name", "names", "profile", "provider", "reason", "receipts", "sha256", "text", "to", "token",
    "year",
)  # fmt: skip
"""What a page may say to an endpoint."""


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    text: str


def ask(site: Site, path: str, method: str = "GET", body: object = None, **headers: str) -> Answer:
    """One request with exactly these headers, as no browser would let a page send it."""
    where = urlsplit(site.url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port or 0, timeout=120)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is not None:
        sent.setdefault("Content-Type", "application/json")
    connection.request(method, where.path + path, json.dumps(body) if body is not None else None, sent)
    answer = connection.getresponse()
    text = answer.read().decode("utf-8", "replace")
    connection.close()
    return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)


@pytest.fixture
def token(own_site) -> str:
    found = re.search(r'data-token="([^"]+)"', ask(own_site, "?page=worklist").text)
    assert found
    return found[1]


@pytest.fixture
def untouched(own_site) -> Iterator[Site]:
    yield own_site
    assert not (own_site.books / "waivers.beancount").exists()


def origin(site: Site) -> str:
    return "{0.scheme}://{0.netloc}".format(urlsplit(site.url))


def test_a_request_without_the_pages_token_changes_nothing(untouched):
    assert ask(untouched, "waive", "POST", WAIVER, Origin=origin(untouched)).status == 403
    assert ask(untouched, "waive", "POST", WAIVER, Origin=origin(untouched), X_Daysheet_Token="guess").status == 403


@pytest.mark.parametrize("other", ["https://evil.example", "null", "http://127.0.0.1:1", ""])
def test_a_request_from_another_origin_changes_nothing(untouched, token, other):
    headers = {"Origin": other} if other else {}
    assert ask(untouched, "waive", "POST", WAIVER, X_Daysheet_Token=token, **headers).status == 403


def test_a_name_bound_to_this_address_sees_no_page_and_changes_nothing(untouched, token):
    """DNS rebinding: the browser takes evil.example for the origin, and this machine for its server."""
    port = urlsplit(untouched.url).port
    evil = f"evil.example:{port}"
    shown = ask(untouched, "?page=worklist", Host=evil)
    assert (shown.status, "data-token" in shown.text, "Billing lapse" in shown.text) == (403, False, False)
    for path in ("worklist.csv", "effect?kind=billing-lapse&key=adams/2026-09-14", "building", "pack?year=2026"):
        assert ask(untouched, path, Host=evil).status == 403
    sent = {"Host": evil, "Origin": f"http://{evil}", "X-Daysheet-Token": token}
    assert ask(untouched, "waive", "POST", WAIVER, **sent).status == 403


def test_the_pages_own_request_is_taken_under_any_name_of_this_machine(own_site, token):
    port = urlsplit(own_site.url).port
    host = f"localhost:{port}"
    made = ask(own_site, "waive", "POST", WAIVER, Host=host, Origin=f"http://{host}", X_Daysheet_Token=token)
    assert made.status == 200, made.text
    assert (own_site.books / "waivers.beancount").exists()


def test_another_site_that_embeds_an_answer_gets_none(own_site):
    assert ask(own_site, "worklist.csv", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors").status == 403


@pytest.mark.parametrize("body", [{**WAIVER, "reason": "x" * 70_000}, {**WAIVER, "padding": "x" * 70_000}])
def test_a_request_that_is_too_long_is_refused(untouched, token, body):
    sent = ask(untouched, "waive", "POST", body, Origin=origin(untouched), X_Daysheet_Token=token)
    assert sent.status == 413


def test_a_long_reason_is_refused_by_the_server_as_well(untouched, token):
    body = {**WAIVER, "reason": "x" * 301}
    sent = ask(untouched, "waive", "POST", body, Origin=origin(untouched), X_Daysheet_Token=token)
    assert (sent.status, "of at most 300" in sent.text) == (409, True)


def test_no_page_is_framed_and_none_runs_another_sites_script(own_site):
    headers = ask(own_site, "?page=overview").headers
    assert headers["x-frame-options"] == "DENY"
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]


def test_originals_settings_and_the_secret_are_served_by_no_address(own_site):
    (own_site.books / "originals").mkdir(exist_ok=True)
    (own_site.books / "originals" / "visits.csv").write_text("patient\nJane Roe\n")
    for name in ("originals/visits.csv", "daysheet.toml", ".daysheet.lock", "../secret"):
        for path in (f"pack?year=2026&name={name}", f"../../document/?filename={own_site.books / name}", name):
            answer = ask(own_site, path)
            assert answer.status in (403, 404), (path, answer.status)
            assert "Jane Roe" not in answer.text


def endpoints(method: str) -> list[str]:
    """The names of ours that are asked in this way."""
    marked = [getattr(each, "endpoint_key", None) for _, each in inspect.getmembers(Daysheet, inspect.isfunction)]
    return sorted(key[0] for key in marked if key and method in key[1])


def test_whatever_changes_something_needs_the_token_and_the_origin(own_site, token):
    before = {path: path.read_bytes() for path in own_site.books.rglob("*.beancount")}
    names = endpoints("POST")
    assert {"waive", "match", "profile", "categorize", "take", "undo-import"} <= set(names)
    refused = {ask(own_site, name, "POST", {}, Origin=origin(own_site)).status for name in names}
    refused |= {ask(own_site, name, "POST", {}, X_Daysheet_Token=token).status for name in names}
    assert refused == {403}
    assert {path: path.read_bytes() for path in before} == before


def test_under_a_foreign_name_nothing_is_answered(own_site):
    assert {ask(own_site, name, Host="evil.example").status for name in endpoints("GET")} == {403}


NONSENSE = [[], {name: {"a": [1]} for name in NAMES}, dict.fromkeys(NAMES, "x" * 2000)]


@pytest.mark.parametrize("body", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_is_refused_and_never_a_fault(own_site, token, body):
    before = {path: path.read_bytes() for path in own_site.books.rglob("*.beancount")}
    sent = {"Origin": origin(own_site), "X-Daysheet-Token": token}
    names = [name for name in endpoints("POST") if name not in ("drop", "build")]
    answers = {name: ask(own_site, name, "POST", body, **sent).status for name in names}
    assert {name: status for name, status in answers.items() if status not in (400, 404, 409)} == {}
    assert {path: path.read_bytes() for path in before} == before
