"""The questions of a file that nobody knows, as a form: what is open, what was said, and the profile made of it."""

from __future__ import annotations

import pytest
from daysheet.books import loading
from daysheet.errors import DaysheetError
from daysheet.importers import interview
from daysheet.importers.interview import Interview

from tests.importers.books_folder import Folder
from tests.importers.test_whose_file import CARD_ROWS

BANK = (
    "Booked,Details,Money,Left\n"
    "03/04/2026,COFFEE SHOP,-4.50,95.50\n05/04/2026,RENT,-50.00,45.50\n06/04/2026,DEPOSIT,100.00,145.50\n"
)
"""April or day-first: nothing in it says so."""
VISITS = "Appt Date,Client Name,Clinician,State,Code,Rate\n" + "".join(
    f"2026-03-{day:02},Mila Kowalczyk {day},Dr. Alder,{state},97110,80.00\n"
    for day, state in ((2, "Seen"), (3, "Seen"), (4, "Gone fishing"), (5, "Seen"), (6, "Cancelled"))
)


def look(folder: Folder, name: str, text: str, given: dict[str, str]) -> Interview:
    return interview.look(folder.path, loading.load(folder.path), folder.give(name, text), given)


def written(folder: Folder, name: str, text: str, given: dict[str, str]) -> interview.Written:
    return interview.write(folder.path, loading.load(folder.path), folder.give(name, text), given)


def open_of(seen: Interview) -> list[str]:
    return [field.key for field in seen.fields if field.is_open]


def test_what_a_banks_file_leaves_open_is_asked_and_what_it_shows_is_shown(folder: Folder) -> None:
    seen = look(folder, "harbor.csv", BANK, {})
    assert seen.kind == "bank"
    assert open_of(seen) == ["date_format", "account"]
    assert [(one.name, one.meaning) for one in seen.columns] == [
        ("Booked", "date"), ("Details", ""), ("Money", "amount"), ("Left", "balance"),
    ]  # fmt: skip
    assert seen.columns[0].samples[0] == "03/04/2026"
    assert seen.columns[1].samples == ("xxxxxx xxxx", "xxxx", "xxxxxxx")


def test_the_answers_become_a_profile_by_which_the_file_is_imported(folder: Folder) -> None:
    given = {"date_format": "%d/%m/%Y", "account": "Assets:Bank:Checking"}
    assert open_of(look(folder, "harbor.csv", BANK, given)) == []
    made = written(folder, "harbor.csv", BANK, given)
    assert (made.name, made.words) == ("harbor", "it reads 3 entries and skips 0 rows")
    (taken,) = folder.take("harbor.csv", BANK)
    assert (taken["profile"], taken["booked"]) == ("harbor", 3)
    assert [str(entry.date) for entry in folder.books().entries if "source" in (entry.meta or {})] == [
        "2026-04-03", "2026-04-05", "2026-04-06",
    ]  # fmt: skip


def test_of_a_header_that_many_write_it_is_asked_whose_it_is(folder: Folder) -> None:
    seen = look(folder, "card.csv", CARD_ROWS, {})
    whose = seen.fields[0]
    assert (whose.key, whose.is_open, whose.choices[-1]) == ("profile", True, "another bank's")
    assert "us-amex" in whose.choices
    given = {"profile": "us-amex", "account": "Liabilities:Card"}
    assert [field.key for field in look(folder, "card.csv", CARD_ROWS, given).fields] == ["profile", "account"]
    assert written(folder, "card.csv", CARD_ROWS, given).name == "us-amex"
    (taken,) = folder.take("card.csv", CARD_ROWS)
    assert (taken["profile"], taken["booked"]) == ("us-amex", 2)


def test_it_may_be_another_banks(folder: Folder) -> None:
    given = {"profile": "another bank's"}
    seen = look(folder, "card.csv", CARD_ROWS, given)
    assert "account" in open_of(seen)
    more = {field.key: field.choices[0] for field in seen.fields if field.is_open and field.choices}
    made = written(folder, "card.csv", CARD_ROWS, {**given, **more, "account": "Liabilities:Card"})
    (taken,) = folder.take("card.csv", CARD_ROWS)
    assert (taken["profile"], taken["booked"]) == (made.name, 2)


def test_words_and_providers_that_nobody_knows_are_asked_by_their_lines(folder: Folder) -> None:
    seen = look(folder, "sched.csv", VISITS, {})
    assert open_of(seen) == ["line:status:4", "who:2"]
    shown = str(seen)
    assert not [word for word in ("Mila", "Kowalczyk", "Alder", "fishing") if word in shown]
    made = written(folder, "sched.csv", VISITS, {"line:status:4": "no-show", "who:2": "alder"})
    assert made.name == "practice-sched-visits"
    (taken,) = folder.take("sched.csv", VISITS)
    assert taken["booked"] == 5
    assert sorted(visit.status for visit in folder.books().visits.values()) == [
        "cancelled", "completed", "completed", "completed", "no-show",
    ]  # fmt: skip
    assert {visit.provider for visit in folder.books().visits.values()} == {"alder"}


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "does not settle it"),
        ({"date_format": "%d/%m/%Y"}, "does not settle it: It is of the account"),
        ({"date_format": "%d/%m/%Y", "account": "Expenses:Rent"}, "no account of a bank"),
        ({"date_format": "%d/%m/%Y", "account": "../x"}, "no account of a bank"),
        ({"name": "../../x"}, "the name of its file"),
        ({"amount_column": "Nothing"}, 'no column is called "Nothing"'),
        ({"account": "x" * 201}, "longer than any can be"),
        ({"kind": "sonnets"}, "no kind of record"),
    ],
)
def test_what_is_no_answer_is_refused_and_nothing_is_written(folder: Folder, given: dict[str, str], why: str) -> None:
    settings = folder.text("daysheet.toml")
    with pytest.raises(DaysheetError, match=why):
        written(folder, "harbor.csv", BANK, given)
    assert not list((folder.path / "profiles").glob("*.toml"))
    assert folder.text("daysheet.toml") == settings
