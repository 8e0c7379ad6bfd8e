"""Another program's trial balance and open items as the beginning of these books."""

from __future__ import annotations

from decimal import Decimal

import pytest
from daysheet.books.openings import openings
from daysheet.checks import find
from daysheet.importers.takeover import accounts, layouts
from daysheet.measures import measure

from tests.importers.books_folder import CHASE, INVOICES, PAYMENTS, Folder

TRIAL = (
    'Quail Run Dental\nTrial Balance\n"As of June 30, 2026"\n\n,Debit,Credit\n"Checking, First Fed","9,150.25",\n'
    'Accounts Receivable,"{owed}",\nDental equipment,"20,000.00",\nAccumulated depreciation,,"5,000.00"\n'
    'First Fed equipment loan,,"12,000.00"\nOwner\'s draw,"4,000.00",\nOpening Balance Equity,,"{equity}"\n'
    'Patient fees,,"31,000.00"\nRent,"6,000.00",\nDental supplies,"2,849.75",\nTOTAL,,\n'
)
ITEMS = (
    "invoice_id,date,patient_id,payer,amount,due,provider\nB-10,2026-01-20,P-1,,80.00,,reed\n"
    "B-55,2026-05-04,P-2,delta,420.00,2026-06-03,reed\n"
)
STAFF = (
    '2026-07-01 custom "provider" "reed" "Dr. Reed"\n2026-07-01 custom "payer" "delta" "Delta"\n'
    "  receivable: Assets:Receivable:Insurance:Delta\n"
)


@pytest.fixture
def taken(folder: Folder) -> Folder:
    """Books that begin on July 1 with a trial balance of 500.00 receivable, and the two bills that it is made of."""
    folder.write_by_hand(STAFF)
    adopt(folder, TRIAL.format(owed="500.00", equity="-5,500.00"), ITEMS)
    return folder


def adopt(folder: Folder, *texts: str) -> None:
    paths = [folder.give(f"former-{n}.csv", text) for n, text in enumerate(texts)]
    result = folder.run("adopt", *paths, "--former", "QuickBooks")
    if result.exception is not None:
        raise result.exception


def refusal(folder: Folder, *texts: str, begin: str = "") -> str:
    before = folder.snapshot()
    paths = [folder.give(f"refused-{n}.csv", text) for n, text in enumerate(texts)]
    result = folder.run("adopt", *paths, *(("--begin", begin) if begin else ()))
    assert folder.snapshot() == before
    return str(result.exception)


def begins(folder: Folder) -> str:
    fact = folder.books().begins
    assert fact is not None
    return str(fact.date)


def balances(folder: Folder) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for entry in folder.books().entries:
        for posting in getattr(entry, "postings", ()):
            sums[posting.account] = sums.get(posting.account, Decimal()) + posting.units.number
    return sums


def test_every_balance_stands_on_an_account_of_ours_on_the_day_before(taken: Folder) -> None:
    stood = balances(taken)
    assert stood["Assets:Bank:Checking"] == Decimal("9150.25")
    assert stood["Assets:Fixed:Equipment"] == 20000
    assert stood["Assets:Fixed:Depreciation"] == -5000
    assert stood["Liabilities:Loans:Equipment"] == -12000
    assert stood["Equity:Owner:Draws"] == 4000
    assert stood["Expenses:Rent"] == 6000
    assert (stood["Assets:Receivable:Patients"], stood["Assets:Receivable:Insurance:Delta"]) == (
        Decimal(80),
        Decimal(420),
    )
    assert stood["Equity:Billing:Opening"] == -500
    assert sum(stood.values()) == 0
    assert begins(taken) == "2026-07-01"


def test_the_same_files_again_change_nothing(taken: Folder) -> None:
    before = taken.snapshot()
    adopt(taken, TRIAL.format(owed="500.00", equity="-5,500.00"), ITEMS)
    assert taken.snapshot() == before


def test_a_dry_run_shows_the_entries_and_writes_nothing(folder: Folder) -> None:
    folder.write_by_hand(STAFF)
    before = folder.snapshot()
    result = folder.run("adopt", folder.give("items.csv", ITEMS), "--dry-run")
    assert '+2026-05-04 * "Receivable taken over" ^inv-B-55' in result.stdout
    assert folder.snapshot() == before


def test_what_was_taken_over_ages_is_collected_and_is_overdue(taken: Folder) -> None:
    taken.take("p.csv", PAYMENTS + "R1,2026-07-09,B-55,delta,check,420.00,8801\nR2,2026-07-20,B-10,,card,30.00,\n")
    books = taken.books()
    assert set(openings(books)) == {"B-10", "B-55"}
    day = books.as_of
    (late,) = find(books, day, ["overdue-invoice"])
    assert (late.key, late.amount) == ("B-10", Decimal("50.00"))
    assert balances(taken)["Income:Visits:Reed"] == -450
    measured = measure(books, day.replace(month=1, day=1), day)
    assert (measured.receivable, measured.over_90) == (Decimal(50), Decimal(100))


def test_what_was_taken_over_is_no_charge_no_claim_and_no_number_of_a_series(taken: Folder) -> None:
    rows = "".join(f"B-{n},,2026-07-{n % 28 + 1:02},reed,P-{n},,100.00,\n" for n in range(60, 82))
    taken.take("i.csv", INVOICES + rows)
    books = taken.books()
    found = {finding.kind for finding in find(books, books.as_of)}
    assert not found & {"claim-unsent", "late-charge", "invoice-number-gap", "orphan-invoice", "billing-lapse"}
    measured = measure(books, books.as_of.replace(month=1, day=1), books.as_of)
    assert measured.charges == 22 * 100
    assert "B-55" not in books.invoices


def test_a_bill_of_before_the_books_begin_in_a_later_export_is_taken_over_too(taken: Folder) -> None:
    taken.take(
        "i.csv", INVOICES + "B-20,,2026-03-03,reed,P-9,,25.00,\nB-55,,2026-05-04,reed,P-2,delta,420.00,2026-06-03\n"
    )
    books = taken.books()
    assert not books.bills
    assert set(openings(books)) == {"B-10", "B-20", "B-55"}
    assert balances(taken)["Equity:Billing:Opening"] == -525


def test_names_of_customers_become_tokens(folder: Folder) -> None:
    report = (
        "Quail Run Dental\nOpen Invoices\n\n,Date,Transaction Type,Num,Terms,Due Date,Open Balance\n"
        "Zyx Wvutsrq,,,,,,\n,03/14/2026,Invoice,1041,,04/13/2026,60.00\n,06/02/2026,Invoice,1077,,07/02/2026,15.50\n"
        "Total for Zyx Wvutsrq,,,,,,75.50\nTOTAL,,,,,,75.50\n"
    )
    adopt(folder, report)
    (patient,) = {one.patient for one in openings(folder.books()).values()}
    assert patient.startswith("pt-")
    assert begins(folder) == "2026-07-01"
    ledger = "".join(path.read_text() for path in folder.path.rglob("*.beancount"))
    assert "Zyx" not in ledger


def test_a_bill_of_which_patient_and_insurer_owe_a_part_each_is_two_lines(folder: Folder) -> None:
    folder.write_by_hand(STAFF)
    adopt(folder, ITEMS + "B-55,2026-05-04,P-2,,35.00,2026-06-03,reed\n")
    stood = balances(folder)
    assert stood["Assets:Receivable:Patients"] == Decimal(115)
    assert stood["Assets:Receivable:Insurance:Delta"] == Decimal(420)
    assert folder.books().open_balance("B-55", folder.books().as_of) == 455


def test_a_family_s_money_pays_the_bills_of_before_of_a_member_who_never_came_again(folder: Folder) -> None:
    folder.write_by_hand(STAFF)
    header = ITEMS.splitlines()[0].replace("payer", "guarantor_id,payer")
    adopt(folder, f"{header}\nB-1,2026-05-04,P-2,P-1,,35.00,,reed\nB-2,2026-05-06,P-1,P-1,,20.00,,reed\n")
    folder.take("p.csv", PAYMENTS.replace("\n", ",patient_id\n") + "PMT-1,2026-07-09,,,check,50.00,,P-1\n")
    books = folder.books()
    assert [books.open_balance(name, books.as_of) for name in ("B-2", "B-1")] == [Decimal(0), Decimal(5)]


XERO_AGED = (
    "Aged Receivables Detail\nQuail Run\nAs at 30 June 2026\nInvoice Date,Due Date,Invoice Number,Current,Older,Total\n"
    "C-9 Qwfp,,,,,\n01 Jun 2026,01 Jul 2026,INV-3,12.00,0.00,12.00\n20 Jan 2026,19 Feb 2026,INV-1,0.00,30.00,30.00\n"
    "Total C-9 Qwfp,,,12.00,30.00,42.00\nTotal,,,12.00,30.00,42.00\n"
)
XERO_ITEMS = (
    "*ContactName,EmailAddress,*InvoiceNumber,Reference,*InvoiceDate,*DueDate,Total,InvoiceAmountPaid,InvoiceAmountDue\n"
    "C-1,,INV-7,,2026-04-30,2026-05-30,100.00,40.00,60.00\n"
)
XERO_TRIAL = (
    "Trial Balance\nQuail Run\nAs at 30 June 2026\nAccount Code,Account,Account Type,Debit - Year to date,"
    "Credit - Year to date\n200,Sales,Revenue,,500.00\n090,Business Account,Bank,500.00,\nTotal,,,500.00,500.00\n"
)
IIF = (
    "!ACCNT\tNAME\tACCNTTYPE\tDESC\tACCNUM\tOBAMOUNT\nACCNT\tFirst Fed\tBANK\t\t1000\t500.00\n"
    "ACCNT\tTruck note\tLTLIAB\t\t2500\t-500.00\n"
)


def read(folder: Folder, name: str, text: str) -> layouts.Former:
    from daysheet.importers.rows.raw_file import RawFile  # noqa: PLC0415

    return layouts.read(RawFile(folder.give(name, text)))


def test_xero_s_and_quickbooks_layouts_are_read(folder: Folder) -> None:
    (item,) = read(folder, "x.csv", XERO_ITEMS).items
    assert (item.id, str(item.date), str(item.due), item.amount) == (
        "INV-7",
        "2026-04-30",
        "2026-05-30",
        Decimal("60.00"),
    )
    aged = read(folder, "a.csv", XERO_AGED)
    assert [(str(one.date), one.owner, one.amount) for one in aged.items] == [
        ("2026-06-01", "C-9 Qwfp", Decimal("12.00")), ("2026-01-20", "C-9 Qwfp", Decimal("30.00")),
    ]  # fmt: skip
    assert str(aged.as_of) == "2026-06-30"
    trial = read(folder, "t.csv", XERO_TRIAL)
    assert (str(trial.as_of), [account.balance for account in trial.accounts]) == (
        "2026-06-30",
        [Decimal(-500), Decimal(500)],
    )
    found = read(folder, "q.iif", IIF)
    ours = accounts.mapped(found.accounts, (), (), (), folder.path)
    assert ours == {"First Fed": "Assets:Bank:First-Fed", "Truck note": "Liabilities:Loans:Truck-Note"}


@pytest.mark.parametrize(
    ("texts", "begin", "said"),
    [
        ((TRIAL.format(owed="500.00", equity="0.00"), ITEMS), "", "debits of 42,500.00 and credits of 48,000.00"),
        (
            (TRIAL.format(owed="510.00", equity="-5,490.00"), ITEMS),
            "",
            "510.00 USD are receivable, and the open items come to 500.00",
        ),
        (
            ("account,debit,credit\nChecking,1200,\nOwner's equity,,1100\n",),
            "2026-07-01",
            "debits of 1,200 and credits of 1,100",
        ),
        ((ITEMS,), "2026-05-01", "is of 2026-05-04, and the books begin on 2026-05-01"),
        (
            ("account,debit,credit\nMystery,5.00,\nChecking,,5.00\n",),
            "2026-07-01",
            "1 accounts are of no type that their names tell (lines 2)",
        ),
        (("a,b\n1,2\n",), "2026-07-01", "is no trial balance, chart of accounts or list of open items"),
        ((ITEMS.replace("420.00", "4x20"),), "", "the amount is no amount"),
        (
            ("Payment ID,Date,Invoice ID,Method,Amount\nP1,2026-06-01,I1,card,50.00\n",),
            "",
            ".csv:1: lists payments, not",
        ),
    ],
)
def test_what_contradicts_or_cannot_be_known_is_refused_and_nothing_is_written(
    folder: Folder, texts: tuple[str, ...], begin: str, said: str
) -> None:
    folder.write_by_hand(STAFF)
    assert said in refusal(folder, *texts, begin=begin)


def test_the_settings_say_which_account_one_is(folder: Folder) -> None:
    path = folder.path / "daysheet.toml"
    path.write_text(path.read_text() + '\n[[adopt]]\nname = "Mystery"\naccount = "Expenses:Dues"\n')
    folder.run(
        "adopt", folder.give("t.csv", "account,debit,credit\nMystery,5.00,\nChecking,,5.00\n"), "--begin", "2026-07-01"
    )
    assert balances(folder) == {"Expenses:Dues": 5, "Assets:Bank:Checking": -5}


def test_a_bank_that_holds_other_than_the_trial_balance_says_is_told_and_not_padded(taken: Folder) -> None:
    rows = "CREDIT,07/03/2026,SALE,10.00,ACH,9400.25,,\nDEBIT,07/10/2026,RENT,-100.00,ACH,9300.25,,\n"
    (answer,) = taken.take("chase.csv", CHASE + rows)
    assert "the bank has 9,300.25 USD and Assets:Bank:Checking 9,060.25" in answer["notes"][-1]
    assert balances(taken)["Assets:Bank:Checking"] == Decimal("9060.25")


def test_a_bank_that_holds_what_the_trial_balance_says_is_proved(taken: Folder) -> None:
    rows = "CREDIT,07/03/2026,SALE,10.00,ACH,9160.25,,\nDEBIT,07/10/2026,RENT,-100.00,ACH,9060.25,,\n"
    (answer,) = taken.take("chase.csv", CHASE + rows)
    assert (answer["asserted"], answer["notes"]) == (2, [])


def test_what_was_taken_over_can_be_taken_back_until_something_stands_on_it(taken: Folder) -> None:
    (file,) = [one.meta["file"] for one in taken.books().imported if one.kind == "open-items"]
    taken.take("p.csv", PAYMENTS + "R2,2026-07-20,B-10,,card,30.00,\n")
    assert taken.run("undo", file, "--yes").exception is not None
    (paid,) = [one.meta["file"] for one in taken.books().imported if one.kind == "payments"]
    assert taken.run("undo", paid, "--yes").exception is None
    assert taken.run("undo", file, "--yes").exception is None
    assert not [key for key in openings(taken.books()) if key.startswith("B-")]
    assert balances(taken)["Assets:Fixed:Equipment"] == 20000
