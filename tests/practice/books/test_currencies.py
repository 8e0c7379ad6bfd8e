"""Money of another currency is in no figure, and amounts print with the decimals of their currency."""

from __future__ import annotations

import json
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from daysheet import checks
from daysheet.books import loading
from daysheet.findings import gap
from daysheet.wording import money

from tests import forked

HEAD = 'option "operating_currency" "USD"\nplugin "beancount.plugins.auto_accounts"\n'
BILL = """
2026-03-0{day} * "Invoice" ^inv-{key}
  provider: "adams"
  Assets:Receivable:Patients  {amount}
  Equity:Billing:Charges     {charge}
"""
RECEIVED = """
2026-03-09 * "Card payment" ^inv-{key}
  payment: "P-{key}"
  Assets:Clearing:Cards           {amount} {currency}
  Income:Visits:Adams            -{amount} {currency}
  Assets:Receivable:Patients     -{amount} {currency}
  Equity:Billing:Collected        {amount} {currency}
2026-03-10 * "Deposit"
  Assets:Bank:Checking            {amount} {currency}
  Assets:Clearing:Cards          -{amount} {currency}
"""
TWO = (
    HEAD
    + BILL.format(day=2, key="A", amount="100.00 USD", charge="-100.00 USD")
    + BILL.format(day=3, key="B", amount="70.00 EUR", charge="-70.00 EUR")
    + BILL.format(day=4, key="C", amount="10.00 EUR @ 1.10 USD", charge="-11.00 USD")
    + RECEIVED.format(key="B", amount="70.00", currency="EUR")
    + '2026-03-05 custom "visit" "V1" "adams" "completed"\n  fee: 70.00 EUR\n'
    + '2026-03-05 custom "visit" "V2" "adams" "completed"\n  fee: 50.00 USD\n'
)


def daysheet(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [forked.program(), *arguments, "--books", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def two(tmp_path: Path) -> Path:
    (tmp_path / "main.beancount").write_text(TWO)
    return tmp_path


def test_two_currencies_are_never_added(two):
    """100.00 and 11.00, which 10.00 EUR were exchanged for, are owed; one visit of 50.00 was not billed."""
    books = loading.load(two)
    assert sum(books.balances(books.as_of).values()) == Decimal("111.00")
    assert (gap(checks.run(books)).gross, [*books.received], books.clearing) == (Decimal("50.00"), [], [])
    assert [one.currency for one in books.foreign] == ["EUR"] * 4


def test_what_is_in_another_currency_is_named(two):
    said = "Amounts are in USD only: 4 entries are in no figure, because never exchanged (EUR)."
    assert said in " ".join(daysheet(two, "check").stdout.split())
    for report in ("receivables", "deposits", "patient-ledger"):
        assert said in " ".join(daysheet(two, "report", report, "--period", "2026-03").stdout.split())


def test_a_fee_of_another_currency_is_refused_at_its_line(tmp_path):
    (tmp_path / "main.beancount").write_text(HEAD + '2026-01-01 custom "provider" "adams"\n  fee: 50.00 EUR\n')
    run = daysheet(tmp_path, "check")
    assert run.returncode == 2
    assert "main.beancount:3: provider: fee is in EUR, and these books count in USD" in run.stderr


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [("1234.5", "USD", "1,234.50 USD"), ("1234", "JPY", "1,234 JPY"), ("1.5", "KWD", "1.500 KWD")],
)
def test_an_amount_has_the_decimals_of_its_currency(amount, currency, text):
    assert money(Decimal(amount), currency) == text


def test_yen_have_no_decimals_in_any_format(tmp_path):
    yen = TWO.split("2026-03-03")[0] + '2026-03-05 custom "visit" "V2" "adams" "completed"\n  fee: 5000 USD\n'
    (tmp_path / "main.beancount").write_text(yen.replace("100.00", "12000").replace("USD", "JPY"))
    assert "5,000 JPY" in daysheet(tmp_path, "check").stdout
    data = json.loads(daysheet(tmp_path, "check", "--json").stdout)
    assert (data["gap"]["gross"], data["findings"][0]["amount"]) == ("5000", "5000")
    for form, written in (("text", "12,000"), ("csv", ",12000,"), ("json", '"12000"'), ("html", "12,000")):
        made = daysheet(tmp_path, "report", "receivables", "--period", "2026-03", "--format", form).stdout
        assert written in made
        assert "12,000.00" not in made
        assert "12000.00" not in made


def test_empty_books_and_days_say_so(tmp_path):
    (tmp_path / "main.beancount").write_text(HEAD + "1900-01-01 open Assets:Bank:Checking\n")
    said = daysheet(tmp_path, "check").stdout
    assert said.startswith("The books hold nothing yet")
    assert json.loads(daysheet(tmp_path, "check", "--json").stdout)["as_of"] is None
    assert "the books hold nothing yet" in daysheet(tmp_path, "report", "income").stderr
    made = daysheet(tmp_path, "report", "income", "--period", "2026").stdout
    assert "The books hold nothing of these days." in made
    assert "1900" not in said + made


def test_days_before_the_books_are_not_called_settled(two):
    assert daysheet(two, "check", "--as-of", "2020-01-31").stdout == (
        "The books hold nothing up to 2020-01-31: nothing was looked at.\n"
    )
