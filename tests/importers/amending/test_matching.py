"""A person says what a bank line brought: it is taken at that word while the sums agree, and taken back again."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from beancount.core.data import Transaction
from daysheet.books import loading
from daysheet.books.index import number_of
from daysheet.cash.day_sheet import day_sheet
from daysheet.cash.reconciliation import Reconciliation, reconcile
from daysheet.errors import DaysheetError

from tests.importers.books_folder import CHASE, Folder
from tests.importers.deriving.test_payment_posting import PAID, era_text

HEAD = "payment_id,date,invoice_id,payer,method,amount,reference\n"
CHECKS = HEAD + (
    "C1,2026-04-06,I1,,check,70.00,\n"
    "C2,2026-04-06,I2,,check,54.00,\n"
    "C3,2026-04-06,I3,,cash,35.50,\n"
    "C4,2026-04-08,I4,,check,60.00,\n"
    "C5,2026-04-08,I5,,check,60.00,\n"
)
BANK = CHASE + (
    "DSLIP,04/09/2026,DEPOSIT ID NUMBER 12,60.00,DEPOSIT,,,\nDSLIP,04/07/2026,DEPOSIT ID NUMBER 11,150.50,DEPOSIT,,,\n"
)
"""The first slip is 9.00 short of the day's 159.50; the second can be either of two checks."""


@pytest.fixture
def banked(folder: Folder) -> Folder:
    folder.take("payments.csv", CHECKS)
    folder.take("bank.csv", BANK)
    return folder


def result(folder: Folder) -> Reconciliation:
    books = folder.books()
    return reconcile(books, books.entries[-1].date)


def line(folder: Folder, amount: str) -> str:
    (found,) = [one.deposit.id for one in result(folder).open_deposits if one.deposit.amount == Decimal(amount)]
    return found


def match(folder: Folder, *arguments: str) -> dict[str, Any]:
    answer: dict[str, Any] = folder.answer("match", *arguments)
    return answer


def balance(folder: Folder, account: str) -> Decimal:
    legs = [leg for entry in folder.books().entries if isinstance(entry, Transaction) for leg in entry.postings]
    return sum((number_of(leg) for leg in legs if leg.account == account), Decimal())


PAYER = """
2026-01-01 custom "provider" "adams" "Dr. Adams"
2026-01-01 custom "payer" "aetna" "Aetna"
  receivable: Assets:Receivable:Insurance:Aetna
"""
BILLED = "INV-1001,V1,2026-12-01,adams,Q-17,aetna,150.00,\n"
SHORT = ("--account", "Expenses:CashShort", "--reason", "the teller counted 45 for 54")


def test_one_of_two_that_would_do_is_the_one_that_a_person_names(banked: Folder) -> None:
    match(banked, line(banked, "60.00"), "C5")
    found = result(banked)
    assert [([r.id for r in one.receipts], one.basis) for one in found.matches] == [(["C5"], "what a person has said")]
    assert [one.id for one in (*found.overdue, *found.in_transit)] == ["C4"]


def test_a_short_line_is_settled_and_what_is_missing_is_where_it_was_said_to_be(banked: Folder) -> None:
    answer = match(banked, line(banked, "150.50"), "C1", "C2", "C3", *SHORT)
    assert (answer["receipts"], answer["short"]) == (3, "9.00")
    match(banked, line(banked, "60.00"), "C4")
    found = result(banked)
    assert not found.open_deposits
    assert not found.contradicted
    assert balance(banked, "Expenses:CashShort") == Decimal("9.00")
    assert balance(banked, "Assets:Clearing:Deposits") == Decimal("60.00")  # C5
    books = banked.books()
    april = day_sheet(books, books.entries[0].date, books.entries[-1].date)
    assert april.differences == {}


def test_the_rest_of_a_line_is_something_else(banked: Folder) -> None:
    answer = match(
        banked, line(banked, "150.50"), "C1", "C2", "--account", "Income:Other", "--reason", "rent of a room"
    )
    assert answer["short"] == "-26.50"
    assert balance(banked, "Income:Other") == Decimal("-26.50")
    assert balance(banked, "Assets:Clearing:Deposits") == Decimal("155.50") - Decimal("60.00")  # C3, C4, C5


def test_a_receipt_comes_in_two_lines(folder: Folder) -> None:
    """120.00 of one EFT in two lines of 80.00 and 40.00."""
    folder.take("payments.csv", HEAD + "E1,2026-04-06,I1,,eft,120.00,\n")
    folder.take(
        "bank.csv", CHASE + "X,04/07/2026,DEPOSIT 1,80.00,DEPOSIT,,,\nX,04/08/2026,DEPOSIT 2,40.00,DEPOSIT,,,\n"
    )
    match(folder, line(folder, "80.00"), "E1=80.00")
    found = result(folder)
    assert [one.deposit.amount for one in found.matches] == [Decimal("80.00"), Decimal("40.00")]
    assert (found.open_deposits, found.overdue, found.in_transit) == ((), (), ())


def test_the_money_of_a_remittance_that_comes_in_two_lines_is_posted_once(folder: Folder) -> None:
    """80.00 of one advice in lines of 50.00 and 30.00: income of 80.00, nothing left on its way."""
    folder.write_by_hand(PAYER, "practice.beancount")
    folder.take("invoices.csv", "invoice_id,visit_id,date,provider,patient_id,payer,amount,due\n" + BILLED)
    folder.take("advice.835", era_text(PAID))
    folder.take(
        "bank.csv", CHASE + "X,01/02/2027,DEPOSIT 1,50.00,DEPOSIT,,,\nX,01/04/2027,DEPOSIT 2,30.00,DEPOSIT,,,\n"
    )
    (advice,) = folder.books().remittances
    match(folder, line(folder, "50.00"), f"{advice}=50.00")
    found = result(folder)
    assert (found.open_deposits, found.overdue, found.in_transit, found.contradicted) == ((), (), (), ())
    assert balance(folder, "Assets:Clearing:Deposits") == 0
    assert balance(folder, "Income:Visits:Adams") == Decimal("-80.00")


def test_what_was_said_is_taken_back_byte_for_byte(banked: Folder) -> None:
    before = {path: path.read_bytes() for path in banked.path.rglob("*.beancount")}
    name = line(banked, "150.50")
    match(banked, name, "C1", "C2", "C3", *SHORT)
    match(banked, name, "--undo")
    after = {path: path.read_bytes() for path in before}
    differs = {path.name for path in before if before[path] != after[path]}
    assert differs <= {"main.beancount", "accounts.beancount"}
    assert len(result(banked).open_deposits) == 2
    assert balance(banked, "Expenses:CashShort") == 0


def test_a_payment_that_is_corrected_afterwards_makes_it_a_finding_again(banked: Folder) -> None:
    name = line(banked, "150.50")
    match(banked, name, "C1", "C2", "C3", *SHORT)
    for path in banked.path.rglob("*payments.beancount"):
        path.write_text(path.read_text().replace("54.00 USD", "45.00 USD"))
    told = json.loads(banked.run("check", "--json", "--kind", "unmatched-deposit").stdout)
    said = [one for one in told["findings"] if one["key"] == f"said/{name}"]
    assert len(said) == 1
    assert "differ by 0.00, not 9.00" in said[0]["message"]


@pytest.mark.parametrize(
    ("amount", "arguments", "why"),
    [
        ("150.50", ["C1", "C2", "C3"], "9.00 USD more than the bank line"),
        ("150.50", ["C1", "C2", "C3", "--account", "Expenses:CashShort"], "say why"),
        ("150.50", ["C1", "C2", "C3", "--account", "Assets:Bank:Checking", "--reason", "x"], "cannot be booked there"),
        ("150.50", ["C1", "C2", "C3", "--account", "nothing", "--reason", "x"], "cannot be booked there"),
        ("60.00", ["C4", *SHORT], "there is no difference"),
        ("60.00", ["C9"], "no receipt has the id C9"),
        ("60.00", ["C4=61.00"], "more than it"),
        ("60.00", ["C4=-1.00"], "more than it"),
        ("60.00", ["C4=Infinity"], "is an amount"),
        ("60.00", [], "say the receipts"),
        ("60.00", ["--undo"], "nothing is said of this bank line"),
        ("60.00", ["C4", "C4", *SHORT], "C4 waits for the bank"),
    ],
)
def test_what_cannot_be_so_is_refused_and_nothing_is_written(
    banked: Folder, amount: str, arguments: list[str], why: str
) -> None:
    before = {path: path.read_bytes() for path in banked.path.rglob("*.beancount")}
    with pytest.raises(DaysheetError, match=why):
        match(banked, line(banked, amount), *arguments)
    assert {path: path.read_bytes() for path in banked.path.rglob("*.beancount")} == before


def test_a_line_is_said_of_once_and_a_line_that_is_none_never(banked: Folder) -> None:
    name = line(banked, "60.00")
    match(banked, name, "C4")
    with pytest.raises(DaysheetError, match="said already"):
        match(banked, name, "C5")
    with pytest.raises(DaysheetError, match="no bank line"):
        match(banked, "nothing", "C5")


def test_payments_on_which_it_stands_are_not_taken_back_under_it(banked: Folder) -> None:
    match(banked, line(banked, "60.00"), "C4")
    (file,) = [one.meta["file"] for one in banked.books().imported if one.kind == "payments"]
    told = banked.run("undo", "--yes", file)
    assert isinstance(told.exception, DaysheetError)
    assert "deposited" in str(told.exception)


def test_a_receipt_of_another_clearing_account_is_refused_with_what_to_do(banked: Folder) -> None:
    banked.take("cards.csv", HEAD + "K1,2026-04-08,I6,,card,60.00,\n")
    with pytest.raises(DaysheetError, match=r"recategorize --id … --account Assets:Clearing:Cards"):
        match(banked, line(banked, "60.00"), "K1")


@pytest.mark.parametrize(
    "text",
    [
        'custom "deposited" "L"',
        'custom "deposited" 5 "C1"',
        'custom "deposited" "L" 5.00 USD "C1"',
        'custom "deposited" "L" "C1" 5.00 USD 6.00 USD',
        'custom "deposited" "L" "C1"\n  short: 9.00 USD',
        'custom "deposited" "L" "C1"\n  account: "Expenses:CashShort"',
        'custom "deposited" "L" "C1"\n  short: 9.00 EUR\n  account: "Expenses:CashShort"',
    ],
)
def test_a_malformed_fact_is_an_error_at_its_line(banked: Folder, text: str) -> None:
    practice = banked.path / "practice.beancount"
    practice.write_text(f"{practice.read_text()}\n2026-04-07 {text}\n")
    with pytest.raises(DaysheetError, match="deposited: "):
        loading.load(banked.path)
