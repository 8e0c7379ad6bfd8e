"""Other programs work out the same figures from the same ledger: hledger, beanquery and Fava's own tree."""

import datetime
import shutil
from decimal import Decimal
from pathlib import Path

import beanquery
import pytest
from daysheet.accounts import BILLING, RECEIVABLE, is_under
from daysheet.books import loading
from daysheet.reports import registry
from daysheet.reports.accounts.accrual import accrual_entries
from daysheet.reports.period import parse, year
from daysheet.reports.table import Table
from daysheet.settings import Settings
from fava.core import FavaLedger
from hypothesis import HealthCheck, given, settings

from tests.hledger_journal import balances, compound, write_journal
from tests.reports.cells import amounts, cell_of, rows_of
from tests.reports.generated import ledgers, load

D = Decimal
SAMPLE = Path(__file__).parents[2] / "ledgers" / "two-doctors"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The sample practice's books, in a folder where a cache may be written."""
    path: Path = tmp_path_factory.mktemp("sample") / "books"
    return shutil.copytree(SAMPLE, path, ignore=shutil.ignore_patterns("*.py", "__pycache__", ".*"))


@pytest.fixture(scope="module")
def books(folder):
    return loading.load(folder)


@pytest.fixture(scope="module")
def journal(books, tmp_path_factory):
    return write_journal(books.entries, tmp_path_factory.mktemp("hledger") / "all.journal")


@pytest.fixture(scope="module")
def accrual_journal(books, tmp_path_factory):
    return write_journal(accrual_entries(books.entries), tmp_path_factory.mktemp("hledger") / "accrual.journal")


@pytest.fixture
def build(books, folder):
    def make(name, period="2026", basis="cash"):
        return registry.build(name, books, Settings.of(folder), parse(period), basis)

    return make


def by_account(table: Table, key: str) -> dict[str, Decimal]:
    found = {}
    for row in rows_of(table, "line"):
        amount = cell_of(table, row, key)
        if isinstance(amount, Decimal) and amount:
            found[str(cell_of(table, row, "account"))] = amount
    return found


def without_the_pair(figures: dict[str, Decimal]) -> dict[str, Decimal]:
    return {a: n for a, n in figures.items() if not is_under(a, RECEIVABLE) and not is_under(a, BILLING)}


@pytest.mark.parametrize("period", ["2026", "2025", "2026-Q2"])
def test_hledger_has_the_same_income_statement(build, hledger, journal, period):
    days = parse(period)
    end = days.last + datetime.timedelta(days=1)
    table = build("income", period)
    theirs = balances(hledger, journal, "-b", str(days.first), "-e", str(end), "Income", "Expenses")
    ours = by_account(table, "current")
    assert {a: -n if a.startswith("Income") else n for a, n in ours.items()} == theirs
    net = compound(hledger, journal, "incomestatement", "-b", str(days.first), "-e", str(end))["Net:"]
    assert amounts(table, "current")["Net income"] == net


@pytest.mark.parametrize("period", ["2026", "2025-06"])
def test_hledger_has_the_same_trial_balance(build, hledger, journal, period):
    days = parse(period)
    end = days.last + datetime.timedelta(days=1)
    table = build("trial-balance", period)
    permanent = balances(hledger, journal, "-e", str(end), "Assets", "Liabilities", "Equity")
    temporary = balances(hledger, journal, "-b", str(days.year_start), "-e", str(end), "Income", "Expenses")
    before = balances(hledger, journal, "-e", str(days.year_start), "Income", "Expenses")
    theirs = {**permanent, **temporary, "Equity:Earnings:Previous": sum(before.values(), D())}
    assert by_account(table, "closing") == {account: amount for account, amount in theirs.items() if amount}


def test_hledger_has_the_same_balance_sheet(build, hledger, journal):
    table = build("balance-sheet")
    theirs = without_the_pair(balances(hledger, journal, "-e", "2027-01-01", "Assets", "Liabilities"))
    ours = {a: n for a, n in by_account(table, "current").items() if not a.startswith("Equity")}
    assert {a: -n if a.startswith("Liabilities") else n for a, n in ours.items()} == theirs


def test_hledger_has_the_same_accrual_income_from_the_accrual_view(build, hledger, accrual_journal):
    table = build("income", basis="accrual")
    theirs = balances(hledger, accrual_journal, "-b", "2026-01-01", "-e", "2027-01-01", "Income", "Expenses")
    assert {a: -n if a.startswith("Income") else n for a, n in by_account(table, "current").items()} == theirs


def test_beanquery_has_the_same_income_and_balances(build, books):
    connection = beanquery.connect("beancount:", entries=books.entries, errors=[], options=books.options)
    query = "SELECT account, sum(number) WHERE year = 2026 AND account ~ '^(Income|Expenses)' GROUP BY account"
    theirs = {account: number for account, number in connection.execute(query).fetchall() if number}
    ours = {a: -n if a.startswith("Income") else n for a, n in by_account(build("income"), "current").items()}
    assert ours == theirs
    query = "SELECT account, sum(number) WHERE date < 2027-01-01 AND account ~ '^(Assets|Liab)' GROUP BY account"
    theirs = {account: number for account, number in connection.execute(query).fetchall() if number}
    closing = by_account(build("trial-balance"), "closing")
    assert {a: n for a, n in closing.items() if a.startswith(("Assets", "Liab"))} == theirs


def test_favas_own_tree_has_the_same_income_statement_and_balance_sheet(build, folder):
    ledger = FavaLedger(str(folder / "main.beancount"))
    income = ledger.get_filtered(time="2026").root_tree
    ours = by_account(build("income"), "current")
    theirs = {name: node.balance.get(("USD", None), D()) for name, node in income.items()}
    shown = {a: -n for a, n in theirs.items() if a.startswith("Income") and n}
    shown |= {a: n for a, n in theirs.items() if a.startswith("Expenses") and n}
    assert ours == shown
    closed = ledger.get_filtered(time="2026").root_tree_closed
    sheet = by_account(build("trial-balance"), "closing")
    assets = {a: node.balance.get(("USD", None), D()) for a, node in closed.items() if a.startswith("Assets")}
    assert {a: n for a, n in sheet.items() if a.startswith("Assets")} == {a: n for a, n in assets.items() if n}
    equity = by_account(build("balance-sheet"), "current")
    previous = closed.get("Equity:Earnings:Previous").balance_children.get(("USD", None), D())
    assert equity["Equity:Earnings:Previous"] == -previous
    current = closed.get("Equity:Earnings:Current").balance_children.get(("USD", None), D())
    assert equity["Equity:Earnings:Current"] == -current


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=ledgers(bills=False))
def test_hledger_agrees_on_books_that_nobody_would_think_of(hledger, tmp_path_factory, text):
    books = load(text)
    journal = write_journal(books.entries, tmp_path_factory.mktemp("generated") / "all.journal")
    plain = Settings(Path("daysheet.toml"), {}, "")
    ours = by_account(registry.build("trial-balance", books, plain, year(2026)), "closing")
    temporary = balances(hledger, journal, "-b", "2026-01-01", "-e", "2027-01-01", "Income", "Expenses")
    theirs = temporary | balances(hledger, journal, "-e", "2027-01-01", "Assets", "Liabilities", "Equity")
    before = sum(balances(hledger, journal, "-e", "2026-01-01", "Income", "Expenses").values(), D())
    assert ours == theirs | ({"Equity:Earnings:Previous": before} if before else {})
