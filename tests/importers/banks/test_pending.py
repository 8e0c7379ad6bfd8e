"""Entries that a bank shows before it has booked them are never booked, however the bank marks them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from beancount.core.data import Balance, Transaction

from tests.importers.books_folder import CHASE, Folder

PROFILE = """
title = "A bank with states and two dates"
institution = "Test"
country = "US"
source = "made up for tests"

[match]
header = ["Posting Date", "Transaction Date", "Payee", "Amount", "{column}", "Balance"]

[date]
column = "Posting Date"
format = ["%Y-%m-%d"]

[amount]
column = "Amount"

[balance]
column = "Balance"

[text]
payee = ["Payee"]

[sample]
text = '''
Posting Date,Transaction Date,Payee,Amount,{column},Balance
2026-03-01,2026-03-01,COFFEE,-5.00,,100.00
'''
entries = [{{ date = "2026-03-01", amount = "-5.00 USD", payee = "COFFEE" }}]
"""


def bank(folder: Folder, column: str) -> None:
    (folder.path / "profiles").mkdir()
    (folder.path / "profiles" / "test-states.toml").write_text(PROFILE.format(column=column))
    folder.write_by_hand('\n[[bank]]\nprofile = "test-states"\naccount = "Assets:Bank:Checking"\n', "daysheet.toml")


def booked(folder: Folder) -> list[tuple[str, str]]:
    return [
        (str(entry.date), str(entry.postings[0].units.number))  # type: ignore[union-attr]
        for entry in folder.books().entries
        if isinstance(entry, Transaction) and "source" in entry.meta
    ]


def asserted(folder: Folder) -> list[tuple[str, Decimal | None]]:
    return [(str(e.date), e.amount.number) for e in folder.books().entries if isinstance(e, Balance)]


@pytest.mark.parametrize(
    ("column", "row"),
    [
        ("Status", "2026-03-09,2026-03-09,BOOTS,-9.00,Pending,91.00"),
        ("Status", "2026-03-09,2026-03-09,BOOTS,-9.00,Authorized,"),
        ("Pending", "2026-03-09,2026-03-09,BOOTS,-9.00,yes,91.00"),
        ("Posted", "2026-03-09,2026-03-09,BOOTS,-9.00,No,91.00"),
        ("Note", ",2026-03-09,BOOTS,-9.00,,"),
        ("Note", "Pending,2026-03-09,BOOTS,-9.00,,91.00"),
        ("Note", "2026-03-09,2026-03-09,PENDING: BOOTS,-9.00,,"),
        ("Note", "2026-03-09,2026-03-09,BOOTS,-9.00,,"),
    ],
)
def test_a_pending_row_is_skipped_and_said(folder: Folder, column: str, row: str) -> None:
    bank(folder, column)
    head = f"Posting Date,Transaction Date,Payee,Amount,{column},Balance\n"
    rest = "2026-03-08,2026-03-07,TEA,-4.00,,96.00\n2026-03-07,2026-03-07,RENT,-50.00,,100.00\n"
    (answer,) = folder.take("a.csv", f"{head}{row}\n{rest}")
    assert answer["skipped"] == [{"row": 2, "reason": "pending"}]
    assert booked(folder) == [("2026-03-07", "-50.00"), ("2026-03-08", "-4.00")]
    assert asserted(folder) == [("2026-03-08", Decimal("100.00")), ("2026-03-09", Decimal("96.00"))]
    folder.take("b.csv", f"{head}2026-03-10,2026-03-09,BOOTS 12,-9.00,,87.00\n{rest}")
    assert booked(folder)[2:] == [("2026-03-10", "-9.00")]


@pytest.mark.parametrize("order", [1, -1])
def test_a_bank_that_states_one_balance_a_day_leaves_the_other_rows_booked(folder: Folder, order: int) -> None:
    rows = [
        "X,03/01/2026,COFFEE,-5.00,ACH,,,\n",
        "X,03/01/2026,TEA,-4.00,ACH,91.00,,\n",
        "X,03/02/2026,RENT,-50.00,ACH,,,\n",
        "X,03/02/2026,LINEN,-1.00,ACH,40.00,,\n",
    ]
    folder.take("a.csv", CHASE + "".join(rows[::order]))
    assert len(booked(folder)) == 4
    assert asserted(folder) == [("2026-03-02", Decimal("91.00")), ("2026-03-03", Decimal("40.00"))]


def test_only_what_the_file_states_is_asserted(folder: Folder) -> None:
    """The last row of the 2nd has no balance, so that its end is not stated; the row stands between balances."""
    rows = [
        "X,03/03/2026,LINEN,-1.00,ACH,40.00,,\n",
        "X,03/02/2026,RENT,-50.00,ACH,,,\n",
        "X,03/01/2026,TEA,-4,ACH,91,,\n",
    ]
    folder.take("a.csv", CHASE + "".join(rows))
    assert len(booked(folder)) == 3
    assert asserted(folder) == [("2026-03-02", Decimal(91)), ("2026-03-04", Decimal("40.00"))]


@pytest.mark.parametrize("newest_first", [True, False])
def test_days_that_run_one_way_and_their_rows_the_other_prove(folder: Folder, newest_first: bool) -> None:
    day_one = ["X,03/01/2026,A,10.00,ACH,110.00,,\n", "X,03/01/2026,B,20.00,ACH,130.00,,\n"]
    day_two = ["X,03/02/2026,C,30.00,ACH,160.00,,\n", "X,03/02/2026,D,-5.00,ACH,155.00,,\n"]
    day_three = ["X,03/05/2026,E,2.00,ACH,157.00,,\n", "X,03/05/2026,F,1.00,ACH,158.00,,\n"]
    days = [day_three, day_two, day_one] if newest_first else [day[::-1] for day in (day_one, day_two, day_three)]
    (answer,) = folder.take("a.csv", CHASE + "".join(row for day in days for row in day))
    assert answer["booked"] == 6
    assert asserted(folder) == [("2026-03-02", Decimal("130.00")), ("2026-03-06", Decimal("158.00"))]


NEWEST_FIRST = "X,04/16/2026,LINEN,-84.20,ACH,1915.80,,\nX,04/15/2026,RENT,-10.00,ACH,2000.00,,\n"


@pytest.mark.parametrize(
    "rows",
    [
        "X,04/17/2026,HOLD,-2.00,ACH,N/A,,\n" + NEWEST_FIRST,
        "X,04/17/2026,HOLD,-2.00,ACH,0.00,,\n" + NEWEST_FIRST + "X,04/14/2026,TEA,-5.00,ACH,2010.00,,\n",
        "X,04/17/2026,HOLD,-2.00,ACH,1915.80,,\n" + NEWEST_FIRST + "X,04/14/2026,TEA,-5.00,ACH,2010.00,,\n",
        NEWEST_FIRST.replace("\nX,04/15", "\nX,04/16/2026,HOLD,-2.00,ACH,,,\nX,04/15"),
    ],
)
def test_a_row_whose_balance_is_none_of_its_own_is_pending(folder: Folder, rows: str) -> None:
    (answer,) = folder.take("a.csv", CHASE + rows)
    assert [each["reason"] for each in answer["skipped"]] == ["pending"]
    assert "HOLD" not in {getattr(entry, "payee", "") for entry in folder.books().entries}


@pytest.mark.parametrize("first", ["X,04/16/2026,A,-1.00,ACH,,,\n", ""])
def test_a_file_of_one_day_with_one_balance_is_asked_about(folder: Folder, first: str) -> None:
    rows = first + "X,04/16/2026,LINEN,-84.20,ACH,1915.80,,\nX,04/16/2026,B,-3.00,ACH,,,\n"
    (answer,) = folder.take("a.csv", CHASE + rows)
    assert "a.csv:2" in answer["error"] if first else "a.csv:3" in answer["error"]
    assert "it may be pending, or stand before that row" in answer["error"]


def test_a_balance_that_cannot_be_read_is_named_with_its_own_row(folder: Folder) -> None:
    (answer,) = folder.take("a.csv", CHASE + "X,04/17/2026,HOLD,-2.00,ACH,12x,,\n" + NEWEST_FIRST)
    assert 'a.csv:2: column "Balance"' in answer["error"]


@pytest.mark.parametrize(
    ("amount", "booked"),
    [
        ("-84.199999999999989", "-84.20"),
        ("-84.2000", "-84.20"),
        ("-1.125", "a part of a cent"),
        ("1.250", "three digits behind"),
    ],
)
def test_money_is_whole_cents(folder: Folder, amount: str, booked: str) -> None:
    (answer,) = folder.take("a.csv", CHASE + f"X,04/16/2026,LINEN,{amount},ACH,,,\n")
    assert booked in answer["error"] if "error" in answer else Decimal(answer["amount"]) == Decimal(booked)


def test_a_blank_balance_before_the_days_last_row_is_none_of_a_pending_row(folder: Folder) -> None:
    rows = "X,04/16/2026,C,-5.00,ACH,4985.00,,\nX,04/15/2026,A,-5.00,ACH,,,\nX,04/15/2026,B,-5.00,ACH,4990.00,,\n"
    (answer,) = folder.take("a.csv", CHASE + rows)
    assert (answer["booked"], answer["skipped"]) == (3, [])
