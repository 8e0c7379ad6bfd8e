"""Payments whose export gives no day: said, marked, and never booked twice when another export gives their days."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from beancount.core.data import Transaction
from daysheet.importers.systems import source as systems

from tests.importers.books_folder import Folder
from tests.importers.deriving.test_payment_posting import balance

STATUS = next(
    source.profile.sample.text.strip("\n").split("\n")[0]
    for source in systems.shipped()
    if source.name == "practice-simplepractice-appointments"
)
PAY = (
    "Clinician,ClinicianId,Source,Description,Date Paid,Invoice or Claim #,Invoice or Claim URL,Appointment,Details,"
    "Client,Insurance Payment Type,Insurance Check/Wire Number,Amount Paid"
)
PAYMENTS = "Payment ID,Date Paid,Account,Payment type,Name,Amount,Payment Reference ID"
INSURER = "Date Received,Client,Payer,Amount,Clearinghouse Reference,Payer Claim,Payment Reference,Payment Status"
SALES = (
    "Location,Purchase Date,Invoice Date,Patient Guid,Patient,Item,Staff Member,Payer,Invoice #,Income Category,"
    "Details,Status,Subtotal,Total,Collected,Balance"
)
DAILY = "Date,Payment Method,Total,Number of Transactions"


def visit(day: str, client: str, paid: str, insured: str = "0.0") -> str:
    """A row of the appointment report: what the client paid so far of 150, and the insurer of 90."""
    return f"{day} 09:00,{client},Clinician A,90834,240,1,240,PAID,150,0,{paid},0,PAID,90,{insured},0,0"


def paid(day: str, service: str, client: str, amount: str, source: str = "Client Payment") -> str:
    way = "ACH,REF-1" if source.startswith("Ins") else ","
    return f"Clinician A,101,{source},,{day},N-{amount},url,{service},90834,{client},{way},{amount}"


def table(*lines: str) -> str:
    return "\n".join(lines) + "\n"


def receipts(folder: Folder) -> dict[str, Decimal]:
    """What was received, by day."""
    found: dict[str, Decimal] = {}
    for entry in folder.books().entries:
        if isinstance(entry, Transaction) and "payment" in entry.meta:
            for posting in entry.postings:
                if posting.account.startswith("Assets:Clearing"):
                    assert posting.units is not None
                    amount = posting.units.number or Decimal()
                    found[str(entry.date)] = found.get(str(entry.date), Decimal()) + amount
    return found


def marks(folder: Folder) -> list[tuple[datetime.date, str]]:
    entries = folder.books().entries
    return [(entry.date, entry.meta["dated"]) for entry in entries if "dated" in entry.meta]


REPORT = table(STATUS, visit("03/02/2026", "Client One", "100", "60"), visit("03/09/2026", "Client Two", "150"))
DATED = table(
    PAY,
    paid("03/20/2026", "03/02/2026", "Client One", "100"),
    paid("04/02/2026", "03/02/2026", "Client One", "60", "Insurance Payment"),
    paid("03/09/2026", "03/09/2026", "Client Two", "150"),
)
ON_THEIR_DAYS = {"2026-03-09": Decimal(150), "2026-03-20": Decimal(100), "2026-04-02": Decimal(60)}


def test_payments_without_a_day_are_said_and_marked(folder: Folder) -> None:
    (answer,) = folder.take("status.csv", REPORT)
    said = (
        '3 payments, 310.00 USD, without a day in this export: put on the day of service, and marked dated: "service"'
    )
    assert any(note.startswith(said) for note in answer["notes"])
    assert receipts(folder) == {"2026-03-02": Decimal(160), "2026-03-09": Decimal(150)}
    assert {mark for _, mark in marks(folder)} == {"service"}
    assert len(marks(folder)) == 3


def test_what_a_later_report_adds_is_on_its_last_day_and_marked_so(folder: Folder) -> None:
    folder.take("status.csv", REPORT)
    later = table(REPORT.replace("0,100,0", "0,120,0").strip(), visit("03/30/2026", "Client Three", "0"))
    (answer,) = folder.take("later.csv", later)
    said = "1 payment, 20.00 USD, without a day in this export: put on this export's last day"
    assert any(note.startswith(said) for note in answer["notes"])
    assert (datetime.date(2026, 3, 30), "export") in marks(folder)


def test_the_day_sheet_says_which_receipts_came_without_a_day(folder: Folder) -> None:
    folder.take("status.csv", REPORT)
    sheet = " ".join(folder.run("report", "day-sheet", "--period", "2026-03-02").stdout.split())
    assert "Receipts 2 160.00" in sheet
    assert "2 receipts of these, 160.00 USD, came without a day: on the day of service" in sheet
    folder.take("pay.csv", DATED)
    sheet = folder.run("report", "day-sheet", "--period", "2026-03-20").stdout
    assert "100.00" in sheet
    assert "without a day" not in sheet


@pytest.mark.parametrize("how", ["report first", "days first", "report again", "both at once", "days again"])
def test_an_export_with_the_days_and_the_report_give_each_payment_once(folder: Folder, how: str) -> None:
    report, days = folder.give("status.csv", REPORT), folder.give("pay.csv", DATED)
    again = folder.give("again.csv", REPORT + "\n"), folder.give("more.csv", DATED + "\n")
    orders = {
        "report first": [[report], [days]],
        "days first": [[folder.give("visits.csv", REPORT.replace("0,100,0", "0,0,0").replace(",60,0,0", ",0,0,0")
                                    .replace("0,150,0", "0,0,0"))], [days], [report]],
        "report again": [[report], [days], [again[0]]],
        "both at once": [[days, report]],
        "days again": [[report], [days], [again[1]], [again[0]]],
    }  # fmt: skip
    for paths in orders[how]:
        assert all("error" not in answer for answer in folder.take_paths(*paths))
    assert receipts(folder) == ON_THEIR_DAYS
    assert marks(folder) == []
    books = folder.books()
    assert balance(books, "Assets:Receivable") == 480 - 310
    assert balance(books, "Assets:Receivable") + balance(books, "Equity:Billing") == 0


def test_the_report_says_what_it_leaves_to_the_export_with_the_days(folder: Folder) -> None:
    _, answer = folder.take_paths(folder.give("pay.csv", DATED), folder.give("status.csv", REPORT))
    said = "3 payments, 310.00 USD, left out: practice-simplepractice-pay-period gives payments with their days"
    assert any(note.startswith(said) for note in answer["notes"])


def test_a_part_with_its_day_takes_the_place_of_a_part(folder: Folder) -> None:
    report = table(STATUS, visit("03/02/2026", "Client One", "150"), visit("03/02/2026", "Client Two", "30"))
    folder.take("status.csv", report)
    days = table(
        PAY, paid("03/02/2026", "03/02/2026", "Client Two", "30"), paid("03/20/2026", "03/02/2026", "Client One", "50")
    )
    (answer,) = folder.take("pay.csv", days)
    assert any("80.00 USD that was put on the day of service is now on the day paid" in n for n in answer["notes"])
    assert receipts(folder) == {"2026-03-02": Decimal(130), "2026-03-20": Decimal(50)}
    assert marks(folder) == [(datetime.date(2026, 3, 2), "service")]
    folder.take("again.csv", report + "\n")
    assert receipts(folder) == {"2026-03-02": Decimal(130), "2026-03-20": Decimal(50)}


def test_a_part_of_a_visit_before_the_export_with_the_days_is_not_guessed(folder: Folder) -> None:
    """100 so far; 40 on 20 April may be among them, or come on top."""
    folder.take("status.csv", REPORT)
    before = folder.snapshot()
    (answer,) = folder.take("pay.csv", table(PAY, paid("04/20/2026", "03/02/2026", "Client One", "40")))
    assert "pay.csv:2: gives payments that may be among those of originals/2026/" in answer["error"]
    assert "1 payment, 100.00 USD, marked dated: in the ledger; take those out of the ledger" in answer["error"]
    assert folder.snapshot() == before


@pytest.mark.parametrize(
    "text",
    [
        table(PAYMENTS, "9001,03/20/2026,Cash,Visa,Client One,100.00,"),
        table(INSURER, "04/02/2026,Client One,Payer Alpha,60.00,C-1,PC-1,REF-1,Paid"),
    ],
    ids=["payment export", "insurance payments"],
)
def test_payments_on_account_are_refused_where_the_report_s_are_booked(folder: Folder, text: str) -> None:
    folder.take("status.csv", REPORT)
    before = folder.snapshot()
    (answer,) = folder.take("payments.csv", text)
    assert "payments.csv:2: gives payments that may be among those of originals/2026/" in answer["error"]
    assert folder.snapshot() == before


def test_payments_on_account_and_the_report_at_once_give_each_payment_once(folder: Folder) -> None:
    rows = ["9001,03/20/2026,Cash,Visa,Client One,100.00,", "9002,03/09/2026,Cash,Visa,Client Two,150.00,"]
    insured = "9003,04/02/2026,Accounts Receivable Insurance,ACH,Payer Alpha,60.00,REF-1"
    exports = folder.give("payments.csv", table(PAYMENTS, *rows, insured)), folder.give("status.csv", REPORT)
    assert all("error" not in answer for answer in folder.take_paths(*exports))
    assert receipts(folder) == ON_THEIR_DAYS
    assert balance(folder.books(), "Income:Visits:Unassigned") == -310


def test_an_export_of_insurers_payments_leaves_the_patients_to_the_report(folder: Folder) -> None:
    insured = table(INSURER, "04/02/2026,Client One,Payer Alpha,60.00,C-1,PC-1,REF-1,Paid")
    folder.take_paths(folder.give("insurance.csv", insured), folder.give("status.csv", REPORT))
    assert receipts(folder) == {"2026-03-02": Decimal(100), "2026-03-09": Decimal(150), "2026-04-02": Decimal(60)}


JANE = table(SALES, "Main,2026-07-02,2026-07-02,g-1,Client One,Session,Clinician A,Client One,1,T,,paid,175,175,175,0")
JANE_DAYS = table(DAILY, "2026-07-05,Visa,175.00,1")


def test_janes_sales_and_daily_transactions_at_once_give_each_payment_once(folder: Folder) -> None:
    folder.take_paths(folder.give("sales.csv", JANE), folder.give("daily.csv", JANE_DAYS))
    assert receipts(folder) == {"2026-07-05": Decimal(175)}


def test_janes_daily_transactions_are_refused_where_the_sales_payments_are_booked(folder: Folder) -> None:
    folder.take("sales.csv", JANE)
    (answer,) = folder.take("daily.csv", JANE_DAYS)
    assert "gives payments that may be among those of originals/2026/" in answer["error"]
    assert receipts(folder) == {"2026-07-02": Decimal(175)}


def test_where_the_practice_takes_no_payments_from_the_report_nothing_is_in_the_way(folder: Folder) -> None:
    settings = folder.path / "daysheet.toml"
    take = (
        '[[source]]\nprofile = "practice-simplepractice-appointments"\ntake = ["visits", "invoices", "adjustments"]\n'
    )
    settings.write_text(settings.read_text() + "\n" + take)
    folder.take("status.csv", REPORT)
    folder.take("payments.csv", table(PAYMENTS, "9001,03/20/2026,Cash,Visa,Client One,100.00,"))
    assert receipts(folder) == {"2026-03-20": Decimal(100)}
