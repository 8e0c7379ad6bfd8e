"""The numbers by which a tax program knows the accounts: given once, kept, and stable when accounts are added."""

import csv
import io
from decimal import Decimal

import pytest
from click.testing import CliRunner
from daysheet.books import loading
from daysheet.errors import DaysheetError
from daysheet.ledger import digest
from daysheet.reports.pack.commands import pack_year
from daysheet.reports.period import parse
from daysheet.reports.request import Request
from daysheet.reports.statements import account_numbers
from daysheet.reports.statements.exports import export
from daysheet.settings import Settings

LEDGER = """\
option "operating_currency" "USD"
2026-01-01 open Assets:Bank
2026-01-01 open Equity:Owner
2026-01-01 open Income:Visits
2026-01-01 open Expenses:Rent
2026-01-02 * "In"
  Assets:Bank   1000.60 USD
  Income:Visits -1000.60 USD
2026-01-03 * "Rent"
  Expenses:Rent  300.45 USD
  Assets:Bank   -300.45 USD
2026-01-04 * "Draw"
  Equity:Owner   100.45 USD
  Assets:Bank   -100.45 USD
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "main.beancount").write_text(LEDGER)
    return tmp_path


def numbers(folder):
    request = Request(loading.load(folder), Settings(folder / "daysheet.toml", {}, ""), parse("2026"), "cash")
    rows = csv.DictReader(io.StringIO(export("caseware", request).decode()))
    return {row["Account Name"]: row["Account Number"] for row in rows}


def keep(folder, taken=()):
    return account_numbers.keep(folder, loading.load(folder), taken)


def test_an_account_keeps_its_number_whatever_is_opened_before_it(folder):
    before = numbers(folder)
    assert before == {"Bank": "1001", "Owner": "3001", "Visits": "4001", "Rent": "5001"}
    assert keep(folder)
    assert not keep(folder)
    more = LEDGER.replace(
        "2026-01-01 open Expenses:Rent", "2025-01-01 open Expenses:Ads\n2026-01-01 open Expenses:Rent"
    )
    more = more.replace("Expenses:Rent  300.45", "Expenses:Ads     1.00 USD\n  Expenses:Rent  299.45")
    include = 'include "account-numbers.beancount"\n'
    (folder / "main.beancount").write_text(more + include)
    assert numbers(folder) == {**before, "Ads": "5002"}
    assert keep(folder)
    assert numbers(folder) == {**before, "Ads": "5002"}


def test_without_kept_numbers_they_would_move(folder):
    """What the file is for."""
    more = LEDGER.replace(
        "2026-01-01 open Expenses:Rent", "2025-01-01 open Expenses:Ads\n2026-01-01 open Expenses:Rent"
    )
    (folder / "main.beancount").write_text(more)
    assert numbers(folder)["Rent"] == "5002"


def test_the_numbers_change_neither_the_books_digest_nor_a_lock(folder):
    books = loading.load(folder)
    last = parse("2026").last
    before = digest.through(books.entries, last), digest.months(books.entries, 2026)
    keep(folder)
    after = loading.load(folder)
    assert (digest.through(after.entries, last), digest.months(after.entries, 2026)) == before


def test_the_users_own_numbers_go_first_and_are_nobody_elses(folder):
    (folder / "tax-codes.csv").write_text("account,number\nExpenses:Rent,1001\n")
    assert keep(folder, {"1001"})
    found = numbers(folder)
    assert (found["Rent"], found["Bank"]) == ("1001", "1002")


def test_one_number_of_two_accounts_is_refused_with_its_line(folder):
    keep(folder)
    path = folder / "account-numbers.beancount"
    path.write_text(path.read_text().replace('"3001"', '"1001"'))
    with pytest.raises(DaysheetError, match="has the number 1001, which is that of"):
        keep(folder)


def test_rounding_to_dollars_never_touches_receipts(folder):
    """699.70 - 1,000.60 + 300.45 + 100.45: 600 - 1,001 + 300 + 100 leaves 1, which equity takes."""
    request = Request(loading.load(folder), Settings(folder / "daysheet.toml", {}, ""), parse("2026"), "cash")
    lines = export("proseries", request).decode("ascii").splitlines()
    found = {line[2:14].strip(): int(line.split()[-1]) for line in lines}
    assert found == {"1001": 600, "3001": 101, "4001": -1001, "5001": 300}
    assert sum(found.values()) == 0
    assert Decimal("1000.60") + found["4001"] == Decimal("-0.40")


def test_a_pack_that_is_refused_numbers_nothing(folder):
    refused = CliRunner().invoke(pack_year, ["2025", "--books", str(folder)], standalone_mode=False)
    assert "hold nothing of 2025" in str(refused.exception)
    assert not (folder / "account-numbers.beancount").exists()
    assert (folder / "main.beancount").read_text() == LEDGER
