"""Closures and finished years, written by a form: each a dated fact, said once, and closures taken back."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from daysheet.books import loading
from fava.application import create_app

from .conftest import sample_books


class Answer(NamedTuple):
    code: int
    told: dict[str, Any]


Post = Callable[..., Answer]


@pytest.fixture
def folder(tmp_path) -> Path:
    return sample_books(tmp_path / "books")


@pytest.fixture
def post(folder) -> Post:
    """What the page's script sends, with the page's own token."""
    client = create_app([folder / "main.beancount"]).test_client()
    slug = client.get("/").location.strip("/").split("/")[0]
    base = f"/{slug}/extension/Daysheet/"
    found = re.search(r'data-token="([^"]+)"', client.get(f"{base}?page=packs").text)
    assert found
    headers = {"X-Daysheet-Token": found[1], "Origin": "http://localhost"}

    def send(name: str, **values: str) -> Answer:
        answer = client.post(base + name, json=values, headers=headers)
        return Answer(answer.status_code, answer.get_json())

    return send


CLOSURE = {"first": "2026-11-27", "last": "2026-11-28", "reason": 'Long "weekend"', "provider": "adams"}


def test_a_closure_is_a_fact_of_the_books_and_is_taken_back(folder, post):
    before = (folder / "practice.beancount").read_bytes()
    made = post("close", **CLOSURE)
    assert made.code == 200
    books = loading.load(folder)
    found = [one for one in books.closures if one.first == datetime.date(2026, 11, 27) and one.provider == "adams"]
    assert [(one.last, one.reason) for one in found] == [(datetime.date(2026, 11, 28), 'Long "weekend"')]
    undo = made.told["undo"]
    assert post(undo.pop("name"), **undo).code == 200
    assert (folder / "practice.beancount").read_bytes() == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"first": "99999-01-01"}, "write the days as"),
        ({"first": "0001-01-01", "last": "0001-01-02"}, "from 1900 to 2199"),
        ({"last": "2026-11-01"}, "the last day is before the first"),
        ({"last": "2028-11-01"}, "more than a year"),
        ({"reason": "  "}, "say what it is called"),
        ({"reason": "x" * 121}, "say what it is called"),
        ({"provider": "nobody"}, "no provider of that name"),
    ],
)
def test_a_closure_that_cannot_be_is_refused_in_a_line(folder, post, change, said):
    before = (folder / "practice.beancount").read_bytes()
    refused = post("close", **{**CLOSURE, **change})
    assert (refused.code, said in refused.told["error"]) == (409, True)
    assert (folder / "practice.beancount").read_bytes() == before


def test_the_same_closure_is_declared_once(folder, post):
    assert [post("close", **CLOSURE).code for _ in range(2)] == [200, 409]
    assert (folder / "practice.beancount").read_text().count("Long") == 1


def test_a_year_is_locked_once(folder, post):
    assert [post("lock", year="2025").told["said"][:17] for _ in range(2)] == ["2025 is locked, i", "2025 is locked al"]
    assert list(loading.load(folder).locks) == [2025]
    assert [post("lock", year=year).code for year in ("99999", "1901", "")] == [409] * 3
