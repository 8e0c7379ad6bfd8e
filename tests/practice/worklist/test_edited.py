"""After an edit `check` says what it says with nothing kept, and after most edits of payments it need load nothing."""

import random
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from daysheet.books import loading
from daysheet.cli import cli
from daysheet.worklist import deposits_before

LEDGERS = Path(__file__).parents[3] / "ledgers"
PADDING = "; this line makes the books large enough to be kept\n" * 6_000
MAIN = """option "title" "Practice"
option "operating_currency" "USD"
plugin "daysheet.plugins.billing_gaps"
include "*s.beancount"
include "months/*.beancount"
"""
ACCOUNTS = """2026-01-01 open Assets:Bank
2026-01-01 open Assets:Bank:Checking
2026-01-01 open Assets:Bank:Savings
2026-01-01 open Assets:Clearing:Cards
2026-01-01 open Assets:Receivable:Patients
2026-01-01 open Liabilities:Card
2026-01-01 open Liabilities:Payable
2026-01-01 open Equity:Billing:Charges
2026-01-01 open Equity:Billing:Collected
2026-01-01 open Equity:Owner
2026-01-01 open Income:Visits:Adams
2026-01-01 open Income:Visits:Unassigned
2026-01-01 open Expenses:Rent
2026-01-01 open Expenses:Office
2026-01-01 open Expenses:Euros EUR
2026-01-01 open Expenses:Old
2026-01-01 open Expenses:Wages
  payroll: "wages"
2026-01-01 close Expenses:Old
2026-01-01 custom "provider" "adams" "Dr. Adams"
  days: "mon tue wed thu fri"
  fee: 50.00 USD
2026-03-31 custom "imported" "visits" 2026-03-01 2026-03-31
  file: "visits.csv"
"""
VISIT = '2026-03-0{0} custom "visit" "V{0}" "adams" "completed"\n  fee: 50.00 USD\n\n'
BILL = """2026-03-02 * "Invoice INV-{0}" ^inv-INV-{0}
  visit: "V{0}"
  provider: "adams"
  Assets:Receivable:Patients  50.00 USD
  Equity:Billing:Charges  -50.00 USD

"""
PAID = """2026-03-03 * "Card payment" ^inv-INV-1
  payment: "P1"
  method: "card"
  Assets:Clearing:Cards  50.00 USD
  Income:Visits:Adams  -50.00 USD
  Assets:Receivable:Patients  -50.00 USD
  Equity:Billing:Collected  50.00 USD
"""
BANK = """2026-03-05 * "Deposit" ""
  bank-id: "1"
  Assets:Bank:Checking  50.00 USD
  Assets:Clearing:Cards  -50.00 USD

2026-03-06 * "Landlord" "March"
  source: "bank"
  row: "2"
  memo: "RENT"
  Assets:Bank:Checking  -900.00 USD
  Expenses:Rent  900.00 USD

2026-03-09 * "Stationer" "Paper" #office
  bank-id: "3"
  Assets:Bank:Checking  -20.00 USD
  Expenses:Office  20.00 USD

2026-03-20 balance Assets:Bank  -870.00 USD

2026-03-21 * "" "CHECK 101"
  bank-id: "4"
  Assets:Bank:Checking  -700.00 USD
  Expenses:Office  700.00 USD

2026-03-30 * "Landlord" "April"
  bank-id: "5"
  Assets:Bank:Checking  -900.00 USD
  Expenses:Rent
"""


LATER = """2026-04-01 * "Stationer" "Pens"
  Assets:Bank:Checking  -7.00 USD
  Expenses:Office  7.00 USD
"""


@pytest.fixture
def books(tmp_path):
    folder = tmp_path / "books"
    (folder / "months").mkdir(parents=True)
    files = {
        "main": MAIN,
        "accounts": ACCOUNTS,
        "paddings": PADDING,
        "months/visits": "".join(map(VISIT.format, range(1, 7))),
        "months/invoices": "".join(map(BILL.format, (1, 2))),
        "months/payments": PAID,
        "months/bank": BANK,
    }
    for name, text in files.items():
        (folder / f"{name}.beancount").write_text(text)
    (folder / "daysheet.toml").write_text('[practice]\nid = "edited"\nname = "Practice"\n')
    return folder


@pytest.fixture
def check(tmp_path, monkeypatch):
    """A function that runs `check` on a folder; gives what it says, and whether it had to load the books."""
    loaded = []
    really = loading.load
    monkeypatch.setattr(deposits_before, "_MANY", 1)

    def load(*given):
        loaded.append(1)
        return really(*given)

    monkeypatch.setattr(loading, "load", load)

    def run(folder, *options, cache="cache"):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / cache))
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
        loaded.clear()
        made = CliRunner().invoke(cli, ["check", "--books", str(folder), *options])
        error = made.exception and repr(made.exception)
        return (made.exit_code, made.stdout, error), bool(loaded)

    def both(folder, *options):
        said, was_loaded = run(folder, *options)
        shutil.rmtree(tmp_path / "fresh", ignore_errors=True)
        assert said == run(folder, *options, cache="fresh")[0]
        return said, was_loaded

    return both


def edits():
    """By name: what is replaced in the bank's file, by what, and whether the books must then be loaded."""
    yield "another payee", '"Stationer"', '"Paper shop"', False
    yield "another narration", '"Paper"', '"Pens"', False
    yield "a new entry at the end", "  Expenses:Rent\n", f"  Expenses:Rent\n\n{LATER}", False
    yield "an amount that a balance sees", "20.00", "30.00", True
    yield (
        "an amount that a balance does not see",
        "-900.00 USD\n  Expenses:Rent\n",
        "-905.00 USD\n  Expenses:Rent\n",
        False,
    )
    yield "another expense", "Expenses:Office  20", "Expenses:Rent  20", False
    yield "moved within the bank", "Expenses:Office  20", "Assets:Bank:Savings  20", True
    yield "another day on this side of the balance", "2026-03-09", "2026-03-10", False
    yield "another day on the other side of it", "2026-03-09", "2026-03-25", True
    yield "before the first visit", "2026-03-09", "2026-02-10", True
    yield "a comment at the end of a line", '"Paper"', '"Paper" ; no glue', False
    yield "a comment that moves what follows", '2026-03-06 * "Landlord"', '; rent\n2026-03-06 * "Landlord"', True
    yield "a card", "Expenses:Office  20", "Liabilities:Card  20", False
    yield "a vendor's bill", "Expenses:Office  20", "Liabilities:Payable  20", True
    yield "wages", "Expenses:Office  20", "Expenses:Wages  20", True
    yield "a receipt", "Expenses:Office  20", "Assets:Clearing:Cards  20", True
    yield "a receivable", "Expenses:Office  20", "Assets:Receivable:Patients  20", True
    yield "income of nobody", "Expenses:Office  20", "Income:Visits:Unassigned  20", True
    yield "an account that is not open", "Expenses:Office  20", "Expenses:Nothing  20", True
    yield "an account that is closed", "Expenses:Office  20", "Expenses:Old  20", True
    yield "an account of another currency", "Expenses:Office  20", "Expenses:Euros  20", True
    yield "no payee", '"Stationer"', '""', True
    yield "a payment to nobody", '"CHECK 101"', '"CHECK 102"', True
    yield "metadata of a payment", 'bank-id: "3"', 'payment: "P3"', True
    yield "metadata of a patient", 'bank-id: "3"', 'patient: "pt-1"', True
    yield "metadata of a leg", "  20.00 USD\n", '  20.00 USD\n    invoice: "INV-2"\n', True
    yield "a link to a bill", "#office", "^inv-INV-2", True
    yield "another tag", "#office", "#paper", False
    yield "a flag", '09 * "Stat', '09 ! "Stat', False
    yield "out of balance", "Office  20.00", "Office  21.00", True
    yield "another currency", "20.00 USD", "20.00 EUR", True
    yield "no entry any more", "2026-03-21 *", "2026-03-21 x", True
    yield "more digits in a deposit", "Cards  -50.00", "Cards  -50.000", True
    yield "the balance itself", "-870.00", "-871.00", True
    yield "a pad", "2026-03-20 balance", "2026-03-19 pad Assets:Bank:Checking Equity:Owner\n2026-03-20 balance", True
    yield "an option", '2026-03-05 * "Dep', 'option "inferred_tolerance_default" "USD:1"\n2026-03-05 * "Dep', True


@pytest.mark.parametrize(("before", "after", "loads"), [pytest.param(*row[1:], id=row[0]) for row in edits()])
def test_an_edit_is_looked_at_as_far_as_it_matters(check, books, before, after, loads):
    first, was_loaded = check(books)
    assert was_loaded
    assert "V3" in first[1]
    bank = books / "months" / "bank.beancount"
    assert before in BANK
    bank.write_text(BANK.replace(before, after))
    said, was_loaded = check(books)
    assert was_loaded == loads
    assert loads or said == first
    again, was_loaded = check(books)
    assert again == said
    assert was_loaded == bool(said[2])  # what is in error is never kept


def test_an_entry_of_a_locked_year_is_looked_at(check, books):
    lock = f'2026-12-31 custom "locked" "{"0" * 64}"\n  months: "{"0 " * 12}"\n'
    (books / "accounts.beancount").write_text(ACCOUNTS + lock)
    said, _ = check(books, "--as-of", "2027-01-31")
    assert "2026 is locked" in said[1]
    bank = books / "months" / "bank.beancount"
    bank.write_text(BANK.replace("Stationer", "Paper shop"))
    assert check(books, "--as-of", "2027-01-31")[1]


def test_edits_follow_one_another_and_each_question_keeps_its_own(check, books):
    bank = books / "months" / "bank.beancount"
    check(books), check(books, "--json")
    for number in range(3):
        bank.write_text(BANK.replace("Stationer", f"Shop {number}"))
        assert not check(books)[1]
        assert not check(books, "--json")[1]
    (books / "months" / "visits.beancount").write_text("".join(map(VISIT.format, range(1, 6))))
    said, was_loaded = check(books)
    assert was_loaded
    assert "V6" not in said[1]


def test_what_files_said_long_ago_is_not_kept(check, books, tmp_path):
    bank = books / "months" / "bank.beancount"
    check(books)
    for number in range(12):
        bank.write_text(BANK.replace("Stationer", f"Shop {number}"))
        assert not check(books)[1]
    assert len(list((tmp_path / "cache" / "daysheet" / "books").glob("*/*"))) <= 2 * 7


def test_deposits_are_looked_at_again_where_one_of_theirs_has_changed(check, books, tmp_path):
    def edit(name, before, after):
        path = books / f"{name}.beancount"
        path.write_text(path.read_text().replace(before, after))
        check(books)
        return len(list((tmp_path / "cache" / "daysheet" / "findings").glob("*/*")))

    check(books)
    assert edit("months/invoices", "50.00", "60.00") == 1
    assert edit("months/visits", 'V5" "adams" "completed', 'V5" "adams" "no-show') == 1
    assert edit("accounts", "Dr. Adams", "Dr. A. Adams") == 2
    assert edit("months/payments", "Cards  50.00", "Cards  49.00") == 2  # in error: nothing is looked at
    assert edit("months/payments", "Cards  49.00", "Cards  50.00") == 2
    assert edit("months/bank", '"Deposit"', '"Terminal"') == 3
    assert edit("months/bank", "Stationer", "Paper shop") == 3
    assert edit("months/invoices", "60.00", "50.00") == 3
    assert edit("months/invoices", "50.00", "70.00") == 3
    assert edit("months/bank", '"Terminal"', '"Desk"') == 4


def changes(text, chance):
    """A file's text with an edit as somebody may make it, for better or worse."""
    blocks = text.split("\n\n")
    at = chance.randrange(len(blocks))
    block = blocks[at]
    accounts = sorted(set(re.findall(r"[A-Z]\w+(?::[\w-]+)+", text))) or ["Expenses:Rent"]
    days = re.findall(r"\d{4}-\d\d-\d\d", text)
    some = chance.choice
    edited = some(
        (
            lambda: re.sub(r'\* "[^"]*"', f'* "{some(("Shop", "Landlord", ""))}"', block, count=1),
            lambda: re.sub(r"\d+\.\d\d USD", f"{chance.randrange(90)}.00 USD", block, count=chance.randrange(2)),
            lambda: re.sub(r"\d+\.\d\d USD", f"{chance.randrange(1, 90)}.00 USD", block),
            lambda: re.sub(r"(  \w+:[\w:-]+  +-?)\d+\.\d\d", rf"\g<1>{chance.randrange(1, 90)}.50", block),
            lambda: block.replace(some(re.findall(r"[A-Z]\w+(?::[\w-]+)+", block) or ["-"]), some(accounts), 1),
            lambda: re.sub(r"^\d{4}-\d\d-\d\d", some(days), block, flags=re.MULTILINE) if days else block,
            lambda: f"; a note\n{block}",
            lambda: f"{block}\n\n{some(blocks)}",
            lambda: "",
            lambda: re.sub(r" USD\n  (\S+) .*", r" USD\n  \1", block, count=1),
        )
    )()
    if chance.random() < 0.1:
        chance.shuffle(blocks)
    return "\n\n".join([*blocks[:at], edited, *blocks[at + 1 :]])


def follow(check, folder, files, chance, rounds):
    """Edit, check with what is kept and with nothing kept, and take back what does not load; how often none was."""
    unloaded = 0
    for _ in range(rounds):
        path = chance.choice(files)
        before = path.read_text()
        path.write_text(changes(before, chance))
        said, was_loaded = check(folder)
        unloaded += not was_loaded
        if said[2]:
            path.write_text(before)
    return unloaded


def test_whatever_is_edited_what_is_kept_says_what_the_books_say(check, books):
    files = [books / "months" / f"{name}.beancount" for name in ("bank", "bank", "bank", "payments", "invoices")]
    check(books)
    assert follow(check, books, files, random.Random(7), 25)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_edited_in_longer_runs(check, books, seed):
    files = [books / "months" / f"{name}.beancount" for name in ("bank", "bank", "payments", "invoices", "visits")]
    check(books)
    assert follow(check, books, files, random.Random(seed), 150)


@pytest.mark.long
@pytest.mark.parametrize("sample", ["two-doctors", "dental-group"])
def test_whatever_is_edited_in_a_sample(check, tmp_path, sample):
    folder = shutil.copytree(LEDGERS / sample, tmp_path / "books")
    check(folder)
    every = sorted(folder.glob("2026/*.beancount"))
    banks = [path for path in every if "checking" in path.name or "card" in path.name]
    assert follow(check, folder, [*banks, *every], random.Random(3), 12)
