"""Schedules, closures and finished years, written by a form: each a dated fact, said once, and taken back."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from daysheet.books import loading
from daysheet.errors import DaysheetError
from daysheet.facts import Provider
from daysheet.worklist.schedules import Schedule, to_declare
from fava.application import create_app

from .conftest import sample_books


class Answer(NamedTuple):
    code: int
    told: dict[str, Any]


Post = Callable[..., Answer]


@pytest.fixture
def folder(tmp_path) -> Path:
    """The sample's books as they stood in January: what is declared needs no more of them, and each test reads them."""
    books = sample_books(tmp_path / "books")
    for path in (books / "2026").iterdir():
        if not path.name.startswith("2026-01-"):
            path.unlink()
    assert not loading.load(books).errors
    return books


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


SCHEDULE = {
    "provider": "adams", "since": "2027-02-01", "until": "", "days": "mon thu", "visits": "7.5", "fee": "62",
    "called": "",
}  # fmt: skip


def on(folder: Path, month: int, day: int) -> Provider:
    """Dr. Adams's schedule on a day of 2027."""
    fact = loading.load(folder).provider_on("adams", datetime.date(2027, month, day))
    assert fact
    return fact


def test_a_schedule_is_a_fact_of_the_books_and_is_taken_back(folder, post):
    before = (folder / "practice.beancount").read_bytes()
    made = post("schedule", **SCHEDULE)
    assert made.code == 200
    then, now = on(folder, 1, 31), on(folder, 2, 1)
    assert (then.days, then.fee) == (frozenset(range(5)), Decimal(50))
    assert (now.days, now.visits_per_day, now.fee, now.name) == (
        frozenset({0, 3}), Decimal("7.5"), Decimal(62), "Dr. Adams",
    )  # fmt: skip
    undo = made.told["undo"]
    back = post(undo.pop("name"), **undo)
    assert (back.code, (folder / "practice.beancount").read_bytes()) == (200, before)
    again = back.told["undo"]
    assert post(again.pop("name"), **again).code == 200
    assert on(folder, 2, 1)[1:7] == now[1:7]


def test_a_schedule_with_a_last_day_ends_there(folder, post):
    assert post("schedule", **{**SCHEDULE, "until": "2027-06-30", "called": 'Dr. "A"'}).code == 200
    assert on(folder, 6, 30).name == 'Dr. "A"'
    assert loading.load(folder).provider_on("adams", datetime.date(2027, 7, 1)) is None


def test_what_else_is_said_of_a_provider_stays_said_and_is_not_taken_back_by_a_page(folder, post):
    practice = folder / "practice.beancount"
    practice.write_text(practice.read_text().replace("  visits-per-day: 14", '  npi: "1"\n  visits-per-day: 14', 1))
    assert post("schedule", **SCHEDULE).code == 200
    assert loading.load(folder).providers["adams"][-1].meta["npi"] == "1"
    refused = post("unschedule", provider="adams", since="2026-01-01")
    assert (refused.code, "more than a schedule" in refused.told["error"]) == (409, True)


TYPED = Schedule("adams", datetime.date(2027, 2, 1), None, ("mon", "thu"), "7.5", "62")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"since": datetime.date(1, 1, 1)}, "from 1900 to 2199"),
        ({"until": datetime.date(2200, 1, 1)}, "from 1900 to 2199"),
        ({"until": datetime.date(2027, 1, 31)}, "the last day is before the first"),
        ({"days": ()}, "on which weekdays"),
        ({"days": ("mon", "mon")}, "on which weekdays"),
        ({"days": ("mon", "noday")}, "on which weekdays"),
        ({"visits": "-3"}, "visits a day as a number"),
        ({"visits": "0"}, "visits a day as a number"),
        ({"visits": "201"}, "at most 200"),
        ({"fee": "1e3"}, "the fee as a number"),
        ({"fee": "50.001"}, "the fee as a number"),
        ({"fee": "٥٠"}, "the fee as a number"),
        ({"name": "x" * 121}, "longer than 120"),
        ({"provider": "nobody"}, "no provider of that name"),
        ({"since": datetime.date(2026, 1, 1)}, "declared already"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused_in_a_line(load, change, said):
    books = load('2026-01-01 custom "provider" "adams" "Dr. Adams"')
    with pytest.raises(DaysheetError, match=said):
        to_declare(books, TYPED._replace(**change))


@pytest.mark.parametrize("change", [{"since": "2027-13-01"}, {"until": "99999-01-01"}, {"days": "mon " * 50}])
def test_what_is_no_schedule_at_all_is_refused_by_the_server(post, change):
    assert post("schedule", **{**SCHEDULE, **change}).code in (400, 409)


def test_who_is_seen_in_the_visits_alone_can_be_scheduled(load):
    books = load('2026-03-02 custom "visit" "V1" "feld" "completed"')
    assert to_declare(books, TYPED._replace(provider="feld")).values[1].value == "feld"


def test_a_year_is_locked_once(folder, post):
    assert [post("lock", year="2025").told["said"][:17] for _ in range(2)] == ["2025 is locked, i", "2025 is locked al"]
    assert list(loading.load(folder).locks) == [2025]
    assert [post("lock", year=year).code for year in ("99999", "1901", "")] == [409] * 3
