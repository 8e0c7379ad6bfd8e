"""The sample books add up to the same cent by programs that nobody here wrote: hledger, and Beancount's own queries."""

import json
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import beanquery
import pytest
from daysheet import checks
from daysheet.accounts import BILLING, CLEARING, RECEIVABLE
from daysheet.books import loading
from daysheet.reports import period, registry
from daysheet.settings import Settings
from fava.application import create_app

from tests.hledger_journal import balances, compound, write_journal

SAMPLE = Path(__file__).parent.parent.parent / "ledgers" / "two-doctors"
YEAR = period.year(2026)
NO_PAIR = (f"not:{RECEIVABLE}", f"not:{BILLING}")
ZERO = Decimal()


@pytest.fixture(scope="module")
def books():
    return loading.load(SAMPLE)


@pytest.fixture(scope="module")
def journal(books, tmp_path_factory):
    return write_journal(books.entries, tmp_path_factory.mktemp("hledger") / "sample.journal")


@pytest.fixture(scope="module")
def query(books):
    connection = beanquery.connect("beancount:", entries=books.entries, errors=[], options=books.options)

    def run(sql):
        return {
            account: position.get_only_position().units.number
            for account, position in connection.execute(sql).fetchall()
            if not position.is_empty()
        }

    return run


def _table(books, name):
    return registry.build(name, books, Settings.of(SAMPLE), YEAR, "cash")


def _by_account(table, column):
    """A column of a statement by account name, zero lines left out."""
    at = {column.key: place for place, column in enumerate(table.columns)}
    return {
        row.cells[at["account"]]: row.cells[at[column]]
        for row in table.rows
        if row.kind == "line" and row.cells[at["account"]] and row.cells[at[column]]
    }


def _accounts(figures):
    """The figures of accounts among those of a statement, zeros left out."""
    return {name: amount for name, amount in figures.items() if ":" in name.rstrip(":") and amount}


def _last_total(table, column):
    at = next(place for place, one in enumerate(table.columns) if one.key == column)
    return [row.cells[at] for row in table.rows if row.kind == "total"][-1]


def test_trial_balance_equals_hledger_account_by_account(books, journal, hledger):
    closing = _by_account(_table(books, "trial-balance"), "closing")
    stands = balances(hledger, journal, "-e", "2027-01-01", "Assets", "Liabilities", "Equity")
    moved = balances(hledger, journal, "-b", "2026-01-01", "-e", "2027-01-01", "Income", "Expenses")
    earned = balances(hledger, journal, "-e", "2026-01-01", "Income", "Expenses")
    retained = {account: amount for account, amount in closing.items() if account not in {**stands, **moved}}
    assert {account: amount for account, amount in closing.items() if account not in retained} == {**stands, **moved}
    assert sum(retained.values()) == sum(earned.values())


def test_trial_balance_equals_beanquery_account_by_account(books, query):
    closing = _by_account(_table(books, "trial-balance"), "closing")
    balance = query("SELECT account, sum(position) FROM OPEN ON 2026-01-01 CLOSE ON 2027-01-01 GROUP BY account")
    for account, amount in closing.items():
        if account.startswith(("Assets", "Liabilities", "Income", "Expenses")):
            assert balance[account] == amount, account


def test_income_statement_equals_hledger(books, journal, hledger):
    income = _table(books, "income")
    theirs = compound(hledger, journal, "incomestatement", "-b", "2026-01-01", "-e", "2027-01-01")
    ours = _by_account(income, "current")
    assert ours == _accounts(theirs)
    assert _last_total(income, "current") == theirs["Net:"]


def test_income_of_the_year_before_equals_hledger(books, journal, hledger):
    income = _table(books, "income")
    theirs = compound(hledger, journal, "incomestatement", "-b", "2025-01-01", "-e", "2026-01-01")
    assert _last_total(income, "prior") == theirs["Net:"]
    assert theirs["Net:"] > 0


def test_income_statement_equals_beanquery(books, query):
    theirs = query(
        "SELECT account, neg(sum(position)) WHERE account ~ '^Income' AND year = 2026 GROUP BY account"
    ) | query("SELECT account, sum(position) WHERE account ~ '^Expenses' AND year = 2026 GROUP BY account")
    assert _by_account(_table(books, "income"), "current") == {
        name: amount for name, amount in theirs.items() if amount
    }


def test_balance_sheet_equals_hledger(books, journal, hledger):
    sheet = _table(books, "balance-sheet")
    theirs = compound(hledger, journal, "balancesheet", "-e", "2027-01-01", *NO_PAIR)
    ours = _by_account(sheet, "current")
    assert ours | _accounts(theirs) == ours
    assert theirs["Net:"] == -sum(
        balances(hledger, journal, "-e", "2027-01-01", "Equity", "Income", "Expenses", *NO_PAIR[1:]).values()
    )


def test_balance_sheet_equals_beanquery(books, query):
    theirs = query("SELECT account, sum(position) FROM CLOSE ON 2027-01-01 WHERE account ~ '^Assets' GROUP BY account")
    ours = _by_account(_table(books, "balance-sheet"), "current")
    kept = {name: amount for name, amount in theirs.items() if not name.startswith(RECEIVABLE) and amount}
    assert {name: amount for name, amount in ours.items() if name.startswith("Assets")} == kept


def test_receivables_and_their_contra_cancel_out(journal, hledger):
    pair = balances(hledger, journal, RECEIVABLE, BILLING)
    assert sum(pair.values()) == ZERO
    assert pair[f"{RECEIVABLE}:Patients"] > 0


def test_checking_ends_with_the_balance_that_the_bank_states(journal, hledger):
    from daysheet.ledgers.two_doctors import generate  # noqa: PLC0415 - the files, not the books

    newest = generate.files()["chase-2026-12.csv"].decode().splitlines()[1]
    assert balances(hledger, journal, "Assets:Bank:Checking") == {"Assets:Bank:Checking": Decimal(newest.split(",")[5])}


def test_transfers_between_bank_and_card_clear(journal, hledger):
    assert balances(hledger, journal, f"{CLEARING}:Transfers") == {}


@pytest.fixture(scope="module")
def shown():
    """What bean-check says of the books: they load the plugin, so it shows each finding, and nothing else."""
    command = [str(Path(sys.executable).with_name("bean-check")), "--json", str(SAMPLE / "main.beancount")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return json.loads(done.stdout)["errors"]


def test_bean_check_finds_nothing_wrong_but_the_findings(shown, books):
    assert {problem["message"] for problem in shown} <= {
        f"{finding.kind}: {finding.message}" for finding in checks.run(books)
    }


@pytest.mark.parametrize("doctor", ["adams", "baker"])
def test_bean_check_points_at_the_first_visit_of_the_lapse(shown, doctor):
    (lapse,) = [problem for problem in shown if f"Dr. {doctor.title()}, 2026-09-14" in problem["message"]]
    path = Path(lapse["filename"])
    line = path.read_text(encoding="utf-8").splitlines()[lapse["lineno"] - 1]
    assert path == SAMPLE / "2026" / "2026-09-visits.beancount"
    assert re.fullmatch(rf'2026-09-14 custom "visit" "V\d+" "{doctor}" "completed"', line)


@pytest.fixture(scope="module")
def in_fava():
    """A function of the name of a page that asks Fava, over these books, for it."""
    client = create_app([str(SAMPLE / "main.beancount")]).test_client()
    slug = client.get("/").headers["Location"].strip("/").split("/")[0]
    return lambda page: client.get(f"/{slug}/{page}/")


@pytest.mark.parametrize("page", ["income_statement", "balance_sheet", "trial_balance", "journal", "errors"])
def test_fava_shows_the_books(in_fava, page):
    assert in_fava(page).status_code == 200


def test_the_practice_pays_its_employee_rightly(books):
    """Publication 15: the employer's FICA is 7.65% of gross wages; gross less what is withheld is what was paid."""
    posted: dict[tuple[str, str, bool], list[Decimal]] = {}
    for entry in books.entries:
        for posting in getattr(entry, "postings", ()):
            if "Payroll" in posting.account and entry.date.year == YEAR.first.year:
                posted.setdefault((posting.account, entry.payee, posting.units.number > 0), []).append(
                    posting.units.number
                )
    gross = posted["Expenses:Payroll:Wages", "Quayside Payroll", True]
    employer = posted["Expenses:Payroll:Taxes", "Quayside Payroll", True]
    held = sorted(-amount for amount in posted["Liabilities:Payroll:Taxes", "Quayside Payroll", False])
    net = posted["Liabilities:Payroll:NetPay", "Quayside Payroll", True]
    withheld = held[len(held) // 2 :]
    assert len(gross) == len(employer) == len(net) == len(withheld) == 24
    assert all(round(wage * Decimal("0.0765"), 2) == tax for wage, tax in zip(gross, employer, strict=True))
    assert [wage - kept for wage, kept in zip(gross, withheld, strict=True)] == net
    paid_to_irs = posted["Liabilities:Payroll:Taxes", "IRS", True]
    assert sum(paid_to_irs) == sum(withheld) + sum(employer)
