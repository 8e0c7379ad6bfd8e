"""Payroll journals become the entries of their paychecks, to the cent, once, and name nobody."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from beancount.core.data import Transaction
from daysheet import checks as worklist
from daysheet.errors import DaysheetError
from daysheet.importers.clones.merge import merged
from daysheet.importers.payroll import selftest
from daysheet.importers.payroll.profile_file import load
from daysheet.importers.payroll.source import shipped, sources
from daysheet.reports import registry
from daysheet.reports.period import parse
from daysheet.settings import Settings

from tests.importers.books_folder import CHASE, Folder
from tests.importers.payroll.journals import NAMES, Check, checks, gusto

D = Decimal
DAYS = [datetime.date(2026, 1, 23) + datetime.timedelta(days=14 * n) for n in range(6)]
RULE = """
[[category]]
payee = "PAYROLL"
account = "Liabilities:Payroll:NetPay"
"""


def entries(folder: Folder) -> list[Transaction]:
    return [e for e in folder.books().entries if isinstance(e, Transaction) and "paycheck" in e.meta]


def sums(folder: Folder) -> dict[str, D]:
    found: dict[str, D] = {}
    for entry in entries(folder):
        for leg in entry.postings:
            assert leg.units is not None
            found[leg.account] = found.get(leg.account, D(0)) + (leg.units.number or D(0))
    return found


def truth(found: list[Check]) -> dict[str, D]:
    """What the accounts must move by, from the generator's own record."""

    def whole(*names: str) -> D:
        return sum((getattr(check, name) for check in found for name in names), D(0))

    made = {
        "Expenses:Payroll:Wages": whole("gross"),
        "Expenses:Payroll:Taxes": whole("fica"),
        "Expenses:Payroll:Taxes:FUTA": whole("futa"),
        "Expenses:Payroll:Taxes:State": whole("state"),
        "Expenses:Payroll:Benefits": whole("medical"),
        "Expenses:Payroll:Reimbursements": whole("reimbursed"),
        "Liabilities:Payroll:Taxes": -whole("income_tax", "fica", "fica", "futa", "state"),
        "Liabilities:Payroll:Deductions": -whole("health", "medical"),
        "Liabilities:Payroll:NetPay": -whole("net"),
    }
    return {account: amount for account, amount in made.items() if amount}


@pytest.mark.parametrize("tips", [False, True])
def test_each_paycheck_is_its_entry_and_the_file_is_accounted_for(folder: Folder, tips: bool) -> None:
    found = checks(DAYS)
    (answer,) = folder.take("journal.csv", gusto(found, tips=tips))
    assert (answer["profile"], answer["kind"]) == ("payroll-gusto", "payroll")
    assert (answer["rows"], answer["booked"], answer["known"]) == (24, 18, 0)
    assert len(answer["skipped"]) == 6  # the rows of totals
    assert D(answer["amount"]) == sum(check.gross for check in found)
    assert sums(folder) == truth(found)
    assert len({entry.meta["employee"] for entry in entries(folder)}) == len(NAMES)


def test_overlapping_journals_book_each_paycheck_once_in_any_order(folder: Folder, tmp_path: Path) -> None:
    found = checks(DAYS)
    early, late = ([c for c in found if c.day in days] for days in (DAYS[:4], DAYS[2:]))
    folder.take("a.csv", gusto(early))
    (answer,) = folder.take("b.csv", gusto(late))
    assert (answer["booked"], answer["known"]) == (6, 6)
    other = Folder(tmp_path / "other")
    other.take("b.csv", gusto(late))
    other.take("a.csv", gusto(early))
    assert sums(folder) == sums(other) == truth(found)
    before = folder.snapshot()
    folder.take("b.csv", gusto(late))
    assert folder.snapshot() == before


def test_two_paychecks_of_an_employee_on_one_day_are_two(folder: Folder) -> None:
    found = checks(DAYS[:1])
    found.append(found[0]._replace(income_tax=D(0), health=D(0), medical=D(0)))
    (answer,) = folder.take("journal.csv", gusto(found))
    assert answer["booked"] == 4
    assert sums(folder) == truth(found)
    (answer,) = folder.take("journal-again.csv", gusto(found) + "\n")
    assert (answer["booked"], answer["known"]) == (0, 4)


def test_a_paycheck_that_was_corrected_is_named_and_the_books_stay(folder: Folder) -> None:
    found = checks(DAYS[:1])
    folder.take("journal.csv", gusto(found))
    changed = [found[0]._replace(income_tax=found[0].income_tax + 1), *found[1:]]
    (answer,) = folder.take("later.csv", gusto(changed))
    assert [each["what"] for each in answer["changed"]] == ["its amounts are others"]
    assert sums(folder) == truth(found)


def test_a_dry_run_changes_nothing_and_an_import_taken_back_leaves_nothing(folder: Folder) -> None:
    path = folder.give("journal.csv", gusto(checks(DAYS)))
    before = folder.snapshot()
    assert "18 rows to book" in folder.run("import", "--dry-run", path).stdout
    assert folder.snapshot() == before
    ledger = {name: digest for name, digest in before.items() if name.endswith(".beancount")}
    folder.take_paths(path)
    folder.run("undo", "--yes", path)
    assert {n: d for n, d in folder.snapshot().items() if n.endswith(".beancount")} == ledger


def test_no_employee_is_named_outside_the_filed_original(folder: Folder) -> None:
    result = folder.run("import", folder.give("Quillfeather.csv", gusto(checks(DAYS))))
    said = result.stdout.replace("Quillfeather.csv", "")
    texts = [p.read_text() for p in folder.path.rglob("*") if p.is_file() and "originals" not in p.parts]
    for name in (part for full in NAMES for part in full.split(",")):
        assert name not in said
        assert all(name not in text for text in texts)
    found = folder.run("scan", folder.give("note.md", "Maren Quillfeather asked for a raise"))
    assert "note.md" in found.stdout


def test_whose_a_paycheck_is_can_be_seen_on_the_machine_with_the_original(folder: Folder) -> None:
    folder.take("journal.csv", gusto(checks(DAYS[:1])))
    word = entries(folder)[0].meta["employee"]
    assert folder.run("reveal", word).stdout.startswith("Quillfeather Maren  (originals/2026/")
    assert "no filed original has an employee" in str(folder.run("reveal", "x-000000000000").exception)


def test_a_bank_line_does_not_name_an_employee(folder: Folder) -> None:
    folder.write_by_hand(
        '\n[[bank]]\nprofile = "us-chase-checking"\naccount = "Assets:Bank:Checking"\n', "daysheet.toml"
    )
    folder.take("journal.csv", gusto(checks(DAYS[:1])))
    folder.take("bank.csv", CHASE + "X,01/23/2026,PAY QUILLFEATHER MAREN,-900.00,ACH,100.00,,\n")
    assert "QUILLFEATHER" not in folder.text("2026/2026-01-chase-checking.beancount")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text, rows: text.replace(rows[0] + "\n", "", 1), "the rows add up to"),
        (lambda text, rows: text.replace("01/23/2026", "23/23/2026"), "is no date"),
        (lambda text, rows: text.replace("Pay day", "Payment"), "no row above says the pay day"),
        (lambda text, rows: text.replace("Maren,Office,Hourly,", "Maren,", 1), "cells where the header has"),
        (lambda text, rows: text.replace(rows[0], rows[0][:-1] + "x"), 'column "Employer Cost" is not an amount'),
        (lambda text, rows: text.replace(rows[0], rows[0] + "0", 1).replace("0\n", "1\n", 1), "the other columns give"),
        (lambda text, rows: text.replace("Quillfeather,Maren", ",", 1), "names nobody"),
    ],
)  # fmt: skip
def test_a_damaged_journal_is_refused_whole_with_row_and_column(folder: Folder, change, said: str) -> None:
    text = gusto(checks(DAYS[:1]))
    rows = [line for line in text.splitlines() if line.startswith("Quillfeather")]
    before = folder.snapshot()
    (answer,) = folder.take("journal.csv", change(text, rows))
    assert said in answer["error"]
    assert not any(part in answer["error"] for name in NAMES for part in name.split(","))
    assert folder.snapshot() == before


OWN = """
title = "Our payroll office"
source = "our own export"
employee = ["Who"]
date = "Paid"
id = "No"
gross = ["Pay"]
withheld = ["Tax *"]
fica = ["Employer part"]
net = ["To bank"]
[match]
header = ["No", "Who", "Paid", "Pay", "Employer part", "To bank"]
[dates]
format = ["%d.%m.%Y"]
[sample]
text = "No;Who;Paid;Pay;Tax wage;Tax city;Employer part;To bank\\n1;A;05.01.2026;100;20;5;7,65;75"
paychecks = [{ id = "1", date = "2026-01-05", gross = "100", withheld = "25", fica = "7.65", net = "75" }]
[file]
delimiter = ";"
"""


def test_any_other_journal_is_read_by_a_column_map(folder: Folder) -> None:
    (folder.path / "profiles").mkdir(exist_ok=True)
    text = OWN.replace('title = "Our', 'decimal = ","\ntitle = "Our')
    (folder.path / "profiles" / "payroll-office.toml").write_text(text)
    (own,) = (source for source in sources(folder.path) if source.name == "payroll-office")
    assert selftest.problems(own) == []
    rows = "No;Who;Paid;Pay;Tax wage;Tax city;Employer part;To bank\n"
    rows += "7;Maren Quillfeather;30.01.2026;1.000,00;200,00;;76,50;800,00\n8;Tobin Oakhollow;30.01.2026;;;;;\n"
    (answer,) = folder.take("office.csv", rows)
    assert (answer["booked"], [each["reason"] for each in answer["skipped"]]) == (1, ["no pay"])
    assert sums(folder)["Liabilities:Payroll:NetPay"] == D("-800.00")
    assert entries(folder)[0].meta["paycheck"] == "7"


def test_the_shipped_profiles_pass_their_own_tests() -> None:
    assert {source.name: selftest.problems(source) for source in shipped()} == {
        "payroll-gusto": [],
        "payroll-hours": [],
    }


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('employee = ["Who"]', 'employee = ["Whom"]', 'no column "Whom"'),
        ('net = ["To bank"]', 'net = ["To the bank"]', 'no column "To the bank"'),
        ('date = "Paid"\n', "", "say where the pay day stands"),
        ("[dates]", '[checks]\nsum = "Pay"\n[dates]', 'no sum is called "sum"'),
        ("%d.%m.%Y", "%d.%m.%Q", "no strptime notation"),
    ],
)
def test_a_profile_that_makes_no_sense_is_refused_with_its_line(before, after, said, tmp_path: Path) -> None:
    path = tmp_path / "payroll-x.toml"
    path.write_text(OWN.replace(before, after, 1))
    with pytest.raises(DaysheetError, match=said):
        load(path)


def test_officers_wages_have_an_account_of_their_own(folder: Folder) -> None:
    found = checks(DAYS[:2])
    folder.take("journal.csv", gusto(found[:3]))
    officer = entries(folder)[0].meta["employee"]
    folder.write_by_hand(f'\n[payroll]\nofficers = ["{officer}"]\n', "daysheet.toml")
    folder.take("next.csv", gusto(found[3:]))
    paid = [c.gross for c in found[3:]]
    assert sums(folder)["Expenses:Payroll:Officers"] in paid


def test_a_journal_that_says_only_what_was_earned_leaves_it_undivided(folder: Folder) -> None:
    names = "payroll_id,employee_id,department_id,pay_date,regular_hours,overtime_hours,hourly_rate"
    row = "5,11,1,2026-01-04,40,4,20,800,120.0,920.0\n"
    (answer,) = folder.take("hours.csv", f"{names},regular_pay,overtime_pay,total_pay\n{row}{row}")
    assert sums(folder) == {"Expenses:Payroll:Wages": D("920.0"), "Liabilities:Payroll:Undivided": D("-920.0")}
    assert [each["reason"] for each in answer["skipped"]] == ["repeats row 2"]
    assert "do not say what was withheld" in answer["notes"][0]


def test_a_paycheck_that_two_clones_have_otherwise_is_a_question_and_never_twice() -> None:
    ours = (
        '2026-01-23 * "Paycheck"\n  paycheck: "7"\n  Expenses:Payroll:Wages     10.00 USD\n  Assets:Bank  -10.00 USD\n'
    )
    theirs = ours.replace("Wages   ", "Officers")
    assert merged("", ours, ours) == ours
    assert merged("", ours, theirs) is None


def test_the_weeks_between_two_pay_days_are_no_missing_export(folder: Folder) -> None:
    days = [datetime.date(2026, month, 28) for month in (1, 2, 3, 4, 5, 9)]
    found = checks(days)
    for day in days:
        folder.take(f"{day}.csv", gusto([check for check in found if check.day == day]))
    missing = list(worklist.find(folder.books(), datetime.date(2026, 5, 30), ["missing-export"]))
    assert missing == []


# what was paid by the bank


def paid_books(folder: Folder, found: list[Check], short: str = "0") -> None:
    bank = '\n[[bank]]\nprofile = "us-chase-checking"\naccount = "Assets:Bank:Checking"\n'
    folder.write_by_hand(bank + RULE, "daysheet.toml")
    folder.take("journal.csv", gusto(found))
    rows, balance = [], D("90000.00")
    for day in sorted({check.day for check in found}):
        net = sum((check.net for check in found if check.day == day), D(0))
        net -= D(short) if day == found[0].day else D(0)
        balance -= net
        rows.append(f"X,{day:%m/%d/%Y},GUSTO PAYROLL NET,{-net},ACH,{balance},,")
    folder.take(
        "bank.csv", CHASE + "\n".join([*rows, "X,12/31/2026,END,0.01,ACH," + str(balance + D("0.01")) + ",,"]) + "\n"
    )


def mismatches(folder: Folder) -> dict[str, D]:
    found = worklist.find(folder.books(), datetime.date(2026, 12, 31), ["payroll-mismatch"])
    return {finding.key.partition("/")[2]: finding.amount for finding in found}


def verdict(folder: Folder, words: str) -> str:
    settings = Settings(Path("x"), {}, "")
    table = registry.build("tie-outs", folder.books(), settings, parse("2026"), "cash")
    return next(str(row.cells[-1]) for row in table.rows if words in str(row.cells[0]))


NET = "Wages less withholding, all paychecks; paid and under way"
FUTA = "FUTA; 0.6% of each employee's first 7,000"
STATE = "State unemployment tax; the state's four returns"


def test_what_the_paychecks_leave_is_what_the_bank_paid(folder: Folder) -> None:
    paid_books(folder, checks(DAYS))
    assert mismatches(folder) == {}
    assert verdict(folder, NET) == "agrees"
    assert verdict(folder, FUTA) == "agrees"


def test_a_cent_that_the_bank_did_not_pay_is_seen(folder: Folder) -> None:
    paid_books(folder, checks(DAYS), short="0.01")
    assert mismatches(folder) == {"net-pay": D("0.01")}
    assert verdict(folder, NET) == "DIFFERS"


def test_paychecks_of_the_last_days_may_be_on_their_way(folder: Folder) -> None:
    found = checks(DAYS)
    paid_books(folder, found)
    late = checks([datetime.date(2026, 12, 30)], "late")
    folder.take("december.csv", gusto([check._replace(futa=D(0)) for check in late]))
    assert verdict(folder, NET) == "agrees"
    assert "net-pay" not in mismatches(folder)


def test_unemployment_tax_that_does_not_fit_is_seen(folder: Folder) -> None:
    found = [check._replace(futa=D(0)) if check.day != DAYS[0] else check for check in checks(DAYS)]
    paid_books(folder, found)
    due = sum(min(sum((c.gross for c in found if c.name == name), D(0)), D(7000)) for name in NAMES) * D("0.006")
    booked = sum((check.futa for check in found), D(0))
    assert mismatches(folder) == {"FUTA": due.quantize(D("0.01")) - booked}
    assert verdict(folder, FUTA) == "DIFFERS"


@pytest.mark.parametrize(("more", "expected"), [(D(0), {}), (D("0.01"), {"state": D("0.01")})])
def test_state_unemployment_tax_is_tied_to_the_states_returns(folder: Folder, more: D, expected: dict[str, D]) -> None:
    found = checks(DAYS)
    paid_books(folder, found)
    due = sum((check.state for check in found), D(0)) + more
    for day, amount in (("03-31", due), ("06-30", D(0)), ("09-30", D(0)), ("12-31", D(0))):
        folder.write_by_hand(f'\n2026-{day} custom "filed" "state"\n  wages: 1.00 USD\n  tax: {amount} USD\n')
    assert mismatches(folder) == expected
    assert verdict(folder, STATE) == ("DIFFERS" if expected else "agrees")
