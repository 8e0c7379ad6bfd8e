"""Deposits that were matched before are matched alike, whatever was edited since."""

import os
import shutil

import pytest
from daysheet.books import loading
from daysheet.cash import matched_before
from daysheet.cash.reconciliation import reconcile

MAIN = """option "operating_currency" "USD"
include "payments.beancount"
include "bank.beancount"
2026-01-01 open Assets:Bank
2026-01-01 open Assets:Clearing:Cards
2026-01-01 open Assets:Clearing:Deposits
2026-01-01 open Equity:Opening
2026-01-01 open Expenses:Office
2026-01-01 * "Opening" ""
  Assets:Bank  10.00 USD
  Equity:Opening  -10.00 USD
"""
PAYMENT = """2026-{month:02}-{day:02} * "Payment" ""
  payment: "P{number}"
  patient: "pt-{number:012x}"
  method: "{method}"
  Assets:Clearing:{account}  {amount} USD
  Equity:Opening  -{amount} USD
"""
LINE = """2026-{month:02}-{day:02} * "Deposit" ""
  bank-id: "B{month}-{day}-{account}"
  Assets:Bank  {amount} USD
  Assets:Clearing:{account}  -{amount} USD
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Books of a month, few as the receipts are: most days are one deposit, some have several explanations or none."""
    monkeypatch.setattr(matched_before, "_MANY", 1)
    payments, bank, number = [], [], 0
    for month in range(1, 2):
        for day in range(1, 15):
            for account, method in (("Cards", "card"), ("Deposits", "check"), ("Deposits", "cash")):
                number += 1
                amount = 50 if day % 5 else 40 + number % 7
                payments.append(
                    PAYMENT.format(month=month, day=day, number=number, account=account, method=method, amount=amount)
                )
            bank.append(LINE.format(month=month, day=day + 1, account="Cards", amount=amount if day % 9 else 77))
            if day % 3:
                bank.append(LINE.format(month=month, day=day + 1, account="Deposits", amount=100 if day % 5 else 89))
    place = tmp_path / "books"
    place.mkdir()
    for name, text in (("main", MAIN), ("payments", "".join(payments)), ("bank", "".join(bank))):
        (place / f"{name}.beancount").write_text(text)
    (place / "daysheet.toml").write_text('[practice]\nid = "matched"\nname = "Practice"\n')
    return place


@pytest.fixture
def look(folder, tmp_path, monkeypatch):
    """A function that matches with what is kept, and with nothing kept; gives what both say, and whether it was."""

    def said(cache):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / cache))
        books = loading.load(folder)
        return repr(reconcile(books, books.as_of))

    def both():
        kept = lambda: list((tmp_path / "cache" / "daysheet" / "deposits").glob("*/*"))  # noqa: E731
        for path in kept():
            os.utime(path, (1, 1))
        count = len(kept())
        once = said("cache")
        was = len(kept()) == count and any(path.stat().st_mtime > 1 for path in kept())
        shutil.rmtree(tmp_path / "fresh", ignore_errors=True)
        assert once == said("fresh")
        return once, was

    return both


def test_the_books_of_these_tests_have_of_everything(look):
    said, was = look()
    assert not was
    for word in ("Match(", "OpenDeposit(", "candidates=((Receipt(", "overdue=(Receipt("):
        assert word in said


def test_what_no_receipt_says_is_not_matched_again(look, folder):
    before, _ = look()
    assert look() == (before, True)
    main = folder / "main.beancount"
    main.write_text(main.read_text().replace('"Opening" ""', '"Opened" ""'))
    assert look() == (before, True)
    (folder / "bank.beancount").write_text("\n\n" + (folder / "bank.beancount").read_text())
    moved, was = look()
    assert was
    assert moved != before  # the lines of the file have other numbers


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("payments", '"P14"', '"P14a"'),
        ("payments", "2026-01-05 *", "2026-01-04 *"),
        ("payments", '  method: "cash"', '  method: "check"'),
        ("payments", "50 USD", "50.00 USD"),
        ("payments", '  patient: "pt-00000000000e"\n', '  patient: "pt-00000000000d"\n'),
        ("bank", '"B1-6-Cards"', '"B1-6"'),
        ("bank", "77 USD\n  Assets:Clearing:Cards  -77", "50 USD\n  Assets:Clearing:Cards  -50"),
        ("bank", '"Deposit" ""', '"Deposit" "P1400"'),
    ],
)  # fmt: skip
def test_what_the_matching_looks_at_is_matched_again(look, folder, file, old, new):
    look()
    path = folder / f"{file}.beancount"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    assert look()[1] is False


def test_what_is_kept_names_places_alone_and_is_this_user_s(look, tmp_path):
    look()
    (path,) = (tmp_path / "cache" / "daysheet" / "deposits").glob("*/*")
    assert path.stat().st_mode & 0o077 == path.parent.stat().st_mode & 0o077 == 0
    kept = path.read_bytes()
    assert not any(word in kept for word in (b"pt-", b"P14", b"B1-6"))


def test_a_damaged_answer_is_worked_out_again(look, tmp_path):
    before, _ = look()
    (path,) = (tmp_path / "cache" / "daysheet" / "deposits").glob("*/*")
    path.write_bytes(path.read_bytes()[:-3])
    assert look()[0] == before
