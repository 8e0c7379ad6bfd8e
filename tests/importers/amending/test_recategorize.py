"""Bank lines that are booked are given another account: by words, by id, by the settings' rules, a diff first."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from typing import Any

import pytest
from beancount.core.data import Transaction
from daysheet.books.index import number_of
from daysheet.errors import DaysheetError

from tests.importers.books_folder import CHASE, Folder

BANK = CHASE + (
    'X,01/05/2026,"COUNTER CREDIT",210.00,ACH,,,\n'
    'X,01/06/2026,"MAPLE HOLDINGS RENT",-900.00,ACH,,,\n'
    'X,01/07/2026,"PATTERSON SUPPLY 11",-42.50,ACH,,,\n'
    'X,01/08/2026,"PATTERSON SUPPLY 12",-17.50,ACH,,,\n'
)
RULES = """
[[category]]
payee = "^maple holdings"
at-most = "-0.01"
account = "Expenses:Rent"
name = "Maple Holdings"

[[category]]
text = 'patterson supply \\d+'
account = "Expenses:Supplies"
"""


@pytest.fixture
def booked(folder: Folder) -> Folder:
    folder.take("bank.csv", BANK)
    return folder


def move(folder: Folder, *arguments: object) -> dict[str, Any]:
    answer: dict[str, Any] = folder.answer("recategorize", *arguments)
    return answer


def accounts(folder: Folder) -> dict[str, str]:
    """Each line's other account, by the bank's words, with its flag."""
    found = {}
    for entry in folder.books().entries:
        if isinstance(entry, Transaction) and "source" in entry.meta:
            words = str(entry.meta.get("memo") or entry.payee or entry.narration)
            found[words] = f"{entry.flag} {entry.postings[1].account}"
    return found


def test_the_settings_rules_reach_what_was_booked_before_they_were_written(booked: Folder) -> None:
    booked.write_by_hand(RULES, "daysheet.toml")
    answer = move(booked)
    assert (answer["moved"], answer["left"]) == (3, 1)
    assert accounts(booked) == {
        "COUNTER CREDIT": "! Income:Uncategorized",
        "MAPLE HOLDINGS RENT": "* Expenses:Rent",
        "PATTERSON SUPPLY 11": "* Expenses:Supplies",
        "PATTERSON SUPPLY 12": "* Expenses:Supplies",
    }
    assert '"Maple Holdings"' in booked.text("2026/2026-01-chase-checking.beancount")
    assert move(booked)["moved"] == 0


def test_the_books_are_those_of_an_import_under_these_rules(booked: Folder) -> None:
    booked.write_by_hand(RULES, "daysheet.toml")
    move(booked)
    later = Folder(booked.path.parent / "later")
    later.write_by_hand(RULES, "daysheet.toml")
    later.take("bank.csv", BANK)
    name = "2026/2026-01-chase-checking.beancount"
    assert booked.text(name) == later.text(name)


def test_lines_are_moved_by_their_words_and_the_rule_is_written_before_all_others(booked: Folder) -> None:
    first = tomllib.loads(booked.text("daysheet.toml"))["category"]
    answer = move(booked, "--text", r"patterson supply \d+", "--account", "Expenses:Supplies", "--rule")
    assert answer["moved"] == 2
    rules = tomllib.loads(booked.text("daysheet.toml"))["category"]
    assert rules == [{"text": r"patterson supply \d+", "account": "Expenses:Supplies"}, *first]
    booked.take("more.csv", CHASE + 'X,02/08/2026,"PATTERSON SUPPLY 13",-8.00,ACH,,,\n')
    assert accounts(booked)["PATTERSON SUPPLY 13"] == "* Expenses:Supplies"


def test_a_rule_is_offered_and_not_written_unasked(booked: Folder) -> None:
    before = booked.text("daysheet.toml")
    result = booked.run("recategorize", "--text", "maple", "--at-most", "-1", "--account", "Expenses:Rent")
    assert 'text = "maple"\nat-most = "-1"\naccount = "Expenses:Rent"' in result.stdout
    assert booked.text("daysheet.toml") == before


def test_one_line_is_moved_by_its_row(booked: Folder) -> None:
    entry = next(e for e in booked.books().entries if isinstance(e, Transaction) and e.payee == "PATTERSON SUPPLY 11")
    move(booked, "--id", entry.meta["row"], "--account", "Expenses:Repairs")
    assert accounts(booked)["PATTERSON SUPPLY 11"] == "* Expenses:Repairs"
    assert accounts(booked)["PATTERSON SUPPLY 12"] == "! Expenses:Uncategorized"


def test_what_a_person_decided_stays_unless_all_is_said(booked: Folder) -> None:
    move(booked, "--text", "maple", "--account", "Expenses:Office")
    booked.write_by_hand(RULES, "daysheet.toml")
    assert move(booked)["moved"] == 2
    assert accounts(booked)["MAPLE HOLDINGS RENT"] == "* Expenses:Office"
    assert move(booked, "--all")["moved"] == 1
    assert accounts(booked)["MAPLE HOLDINGS RENT"] == "* Expenses:Rent"


def test_what_a_person_added_to_a_line_stays(booked: Folder) -> None:
    name = "2026/2026-01-chase-checking.beancount"
    text = booked.text(name).replace('  row: "', '  seen: "by Kim" ; asked the landlord\n  row: "', 2)
    (booked.path / name).write_text(text)
    move(booked, "--text", "maple", "--account", "Expenses:Rent")
    assert booked.text(name).count('seen: "by Kim" ; asked the landlord') == 2
    assert accounts(booked)["MAPLE HOLDINGS RENT"] == "* Expenses:Rent"


def test_a_split_line_stays(booked: Folder) -> None:
    name = "2026/2026-01-chase-checking.beancount"
    text = booked.text(name)
    at = text.index("Expenses:Uncategorized", text.index("MAPLE"))
    line = text[text.rindex("\n", 0, at) + 1 : text.index("\n", at)]
    split = (
        line.replace("900.00", "800.00") + "\n" + line.replace("900.00", "100.00").replace("Uncategorized", "Repairs")
    )
    (booked.path / name).write_text(text.replace(line, split, 1))
    with pytest.raises(DaysheetError, match="no bank line in the books fits"):
        move(booked, "--text", "maple", "--account", "Expenses:Rent")


def test_a_locked_year_stays_and_is_said(folder: Folder) -> None:
    folder.take("bank.csv", BANK.replace("/2026", "/2025"))
    folder.take("next.csv", BANK)
    folder.run("lock", "2025")
    before = folder.text("2025/2025-01-chase-checking.beancount")
    answer = move(folder, "--text", "maple", "--account", "Expenses:Rent")
    assert (answer["moved"], answer["locked"]) == (1, 1)
    assert folder.text("2025/2025-01-chase-checking.beancount") == before


def test_a_dry_run_and_an_own_account_change_nothing(booked: Folder) -> None:
    before = booked.snapshot()
    assert move(booked, "--text", "maple", "--account", "Expenses:Rent", "--dry-run")["written"] == []
    with pytest.raises(DaysheetError, match="own file brings the same money again"):
        move(booked, "--text", "maple", "--account", "Liabilities:Card")
    for half in (("--text", "maple"), ("--account", "Expenses:Rent")):
        with pytest.raises(DaysheetError, match="say which lines"):
            move(booked, *half)
    assert booked.snapshot() == before


def test_the_sums_at_the_bank_do_not_move(booked: Folder) -> None:
    def held() -> Decimal:
        entries = [e for e in booked.books().entries if isinstance(e, Transaction)]
        legs = [leg for e in entries for leg in e.postings if leg.account == "Assets:Bank:Checking"]
        return sum((number_of(leg) for leg in legs), Decimal())

    before = held()
    booked.write_by_hand(RULES, "daysheet.toml")
    move(booked)
    assert held() == before == Decimal("-750.00")
