"""Bank lines that nobody has decided on: grouped, with a suggestion and its reason, given accounts, a rule made."""

from __future__ import annotations

import json
import tomllib
from decimal import Decimal

import pytest
from beancount.core.data import Transaction
from daysheet.books import loading
from daysheet.books.index import number_of
from daysheet.errors import DaysheetError
from daysheet.importers.amending.amendment import put_in_place, tried
from daysheet.importers.amending.uncategorized import Choice, Like, categorize, forget, undecided
from daysheet.settings import Settings

from tests.importers.books_folder import CHASE, Folder

BANK = CHASE + (
    'X,01/06/2026,"HENRY SCHEIN 4411",-120.00,ACH,,,\n'
    'X,01/13/2026,"HENRY SCHEIN 4590",-80.00,ACH,,,\n'
    'X,01/20/2026,"GRANITE WATER UTILITY",-35.10,ACH,,,\n'
    'X,01/21/2026,"CHECK 1202",-400.00,CHECK,,,\n'
    'X,01/22/2026,"HENRY SCHEIN 9 REFUND",15.00,ACH,,,\n'
)


@pytest.fixture
def booked(folder: Folder) -> Folder:
    folder.take("bank.csv", BANK)
    return folder


def found(folder: Folder) -> dict[str, Like]:
    return {one.text: one for one in undecided(loading.load(folder.path), Settings.of(folder.path))}


def give(folder: Folder, *choices: Choice) -> str:
    outcome, amendment = tried(folder.path, lambda copy, books: categorize(copy, books, choices))
    put_in_place(amendment)
    return outcome.rule


def balance(folder: Folder, account: str) -> Decimal:
    legs = [leg for entry in folder.books().entries if isinstance(entry, Transaction) for leg in entry.postings]
    return sum((number_of(leg) for leg in legs if leg.account == account), Decimal())


def test_lines_of_one_payee_are_together_money_in_and_out_apart_the_most_money_first(booked: Folder) -> None:
    told = [(one.text, len(one.where), str(one.amount)) for one in found(booked).values()]
    assert told == [
        ("CHECK 1202", 1, "-400.00"), ("HENRY SCHEIN 4411", 2, "-200.00"), ("GRANITE WATER UTILITY", 1, "-35.10"),
        ("HENRY SCHEIN 9 REFUND", 1, "15.00"),
    ]  # fmt: skip


def test_what_names_nobody_has_no_suggestion_and_no_rule(booked: Folder) -> None:
    check = found(booked)["CHECK 1202"]
    assert (check.suggested, check.why, check.rule) == ("", "its words name nobody", None)


def test_several_are_given_their_accounts_at_once_and_a_rule_is_made(booked: Folder) -> None:
    groups = found(booked)
    schein, check = groups["HENRY SCHEIN 4411"], groups["CHECK 1202"]
    rule = give(
        booked,
        Choice(frozenset(schein.ids), "Expenses:Supplies", is_rule=True),
        Choice(frozenset(check.ids), "Expenses:Rent"),
    )
    assert balance(booked, "Expenses:Supplies") == Decimal("200.00")
    assert balance(booked, "Expenses:Rent") == Decimal("400.00")
    assert list(found(booked)) == ["GRANITE WATER UTILITY", "HENRY SCHEIN 9 REFUND"]
    assert tomllib.loads(rule)["category"] == [
        {"text": "^henry schein", "at-most": "-0.01", "account": "Expenses:Supplies"}
    ]
    assert tomllib.loads(booked.text("daysheet.toml"))["category"][0]["text"] == "^henry schein"
    booked.take("more.csv", CHASE + 'X,02/10/2026,"HENRY SCHEIN 5002",-9.00,ACH,,,\n')
    assert balance(booked, "Expenses:Supplies") == Decimal("209.00")


def test_like_lines_suggest_where_they_are_and_say_so(booked: Folder) -> None:
    give(booked, Choice(frozenset(found(booked)["HENRY SCHEIN 4411"].ids), "Expenses:Supplies"))
    booked.take("more.csv", CHASE + 'X,02/10/2026,"HENRY SCHEIN 5002",-9.00,ACH,,,\n')
    like = found(booked)["HENRY SCHEIN 5002"]
    assert (like.suggested, like.why) == ("Expenses:Supplies", "2 lines that begin so are there")


def test_like_lines_on_two_accounts_suggest_nothing_and_say_so(booked: Folder) -> None:
    booked.run("recategorize", "--yes", "--text", "SCHEIN 4411", "--account", "Expenses:Supplies")
    booked.run("recategorize", "--yes", "--text", "SCHEIN 4590", "--account", "Expenses:Lab")
    booked.take("more.csv", CHASE + 'X,02/10/2026,"HENRY SCHEIN 5002",-9.00,ACH,,,\n')
    like = found(booked)["HENRY SCHEIN 5002"]
    assert (like.suggested, like.why) == ("", "lines that begin so are on Expenses:Lab (1), Expenses:Supplies (1)")


def test_a_rule_of_the_settings_that_was_written_later_is_a_suggestion(booked: Folder) -> None:
    path = booked.path / "daysheet.toml"
    path.write_text(f'{path.read_text()}\n[[category]]\ntext = "granite"\naccount = "Expenses:Utilities"\n')
    like = found(booked)["GRANITE WATER UTILITY"]
    assert (like.suggested, like.why) == ("Expenses:Utilities", "a rule in daysheet.toml fits")


def test_the_command_lists_them(booked: Folder) -> None:
    told = json.loads(booked.run("recategorize", "--suggest", "--json").stdout)
    assert [(one["text"], one["lines"], one["amount"]) for one in told][:2] == [
        ("CHECK 1202", 1, "-400.00"), ("HENRY SCHEIN 4411", 2, "-200.00"),
    ]  # fmt: skip
    assert "its words name nobody" in booked.run("recategorize", "--suggest").stdout


@pytest.mark.parametrize(
    ("text", "account", "rule", "why"),
    [
        ("CHECK 1202", "nothing", False, "no account"),
        ("CHECK 1202", "Assets:Bank:Checking", False, "cannot be given"),
        ("CHECK 1202", "Expenses:Uncategorized", False, "cannot be given"),
        ("CHECK 1202", "Equity:Billing:Charges", False, "cannot be given"),
        ("CHECK 1202", "Expenses:Rent", True, "name nobody"),
    ],
)
def test_what_cannot_be_so_is_refused_and_nothing_is_written(
    booked: Folder, text: str, account: str, rule: bool, why: str
) -> None:
    before = {path: path.read_bytes() for path in booked.path.rglob("*") if path.suffix in (".beancount", ".toml")}
    with pytest.raises(DaysheetError, match=why):
        give(booked, Choice(frozenset(found(booked)[text].ids), account, is_rule=rule))
    assert all(path.read_bytes() == content for path, content in before.items())


def test_a_line_that_was_decided_on_meanwhile_is_not_given_another_account(booked: Folder) -> None:
    ids = frozenset(found(booked)["CHECK 1202"].ids)
    give(booked, Choice(ids, "Expenses:Rent"))
    with pytest.raises(DaysheetError, match="decided on by now"):
        give(booked, Choice(ids, "Expenses:Lab"))


def given_by_rule(folder: Folder) -> tuple[frozenset[str], str]:
    """Two lines given an account with a rule: their ids, and the rule."""
    ids = frozenset(found(folder)["HENRY SCHEIN 4411"].ids)
    return ids, give(folder, Choice(ids, "Expenses:Supplies", is_rule=True))


def forgotten(folder: Folder, ids: frozenset[str], rules: str) -> int:
    taken, amendment = tried(folder.path, lambda copy, books: forget(copy, books, ids, rules))
    put_in_place(amendment)
    return taken


def test_a_rule_stays_when_the_import_of_its_lines_is_undone_and_that_is_said(booked: Folder) -> None:
    settings = booked.text("daysheet.toml")
    ids, rule = given_by_rule(booked)
    told = json.loads(booked.run("undo", "--yes", "--json", "2026-01-22").stdout)
    assert told["rules"] == 1
    assert rule in booked.text("daysheet.toml")
    assert forgotten(booked, ids, rule) == 1
    assert booked.text("daysheet.toml") == settings


def test_a_rule_that_fits_lines_of_another_file_is_not_called_without_lines(booked: Folder) -> None:
    given_by_rule(booked)
    booked.take("more.csv", CHASE + 'X,02/10/2026,"HENRY SCHEIN 5002",-9.00,ACH,,,\n')
    assert json.loads(booked.run("undo", "--yes", "--json", "2026-01-22").stdout)["rules"] == 0


def test_a_rule_of_lines_that_are_there_is_not_forgotten(booked: Folder) -> None:
    ids, rule = given_by_rule(booked)
    with pytest.raises(DaysheetError, match="have changed since"):
        forgotten(booked, ids, rule)
    assert rule in booked.text("daysheet.toml")


def test_a_rule_that_was_changed_since_is_left(booked: Folder) -> None:
    ids, rule = given_by_rule(booked)
    booked.run("undo", "--yes", "2026-01-22")
    path = booked.path / "daysheet.toml"
    path.write_text(path.read_text().replace('"Expenses:Supplies"', '"Expenses:Lab"'))
    assert forgotten(booked, ids, rule) == 0
    assert '"Expenses:Lab"' in booked.text("daysheet.toml")
