"""Forms of practice systems' exports that differ from the published sample: other columns, dates, and rows."""

from __future__ import annotations

from decimal import Decimal

import pytest
from daysheet import checks
from daysheet.cash.receipts import deposits
from daysheet.importers.systems import source as systems

from tests.importers.books_folder import Folder
from tests.importers.systems.test_undated import PAY, STATUS, paid, receipts, table

SQUARE = next(source for source in systems.shipped() if source.name == "practice-square-2026")
INSURED = (
    "Date of Service,Client,Clinician,Billing Code,Primary Insurance,Secondary Insurance,Rate per Unit,Units,Total Fee,"
    "Progress Note Status,Client Payment Status,Charge,Uninvoiced,Paid,Unpaid,Insurance Payment Status,Charge,Paid,"
    "Write Off,Unpaid"
)


def test_the_appointment_report_with_insurers_and_days_as_iso_writes_them(folder: Folder) -> None:
    rows = "2026-05-01,Client J,A,90834,Payer,,100,1,100,Complete,Paid,20,0,20,0,Paid,80,70,10,0"
    (answer,) = folder.take("status.csv", table(INSURED, rows))
    assert (answer["rows"], answer["booked"]) == (1, 1)
    assert receipts(folder) == {"2026-05-01": Decimal(90)}


def test_a_visit_that_the_practice_does_not_charge_for_was_not_forgotten(folder: Folder) -> None:
    kept = "04/27/2026 12:00,Client One,A,90837,195,1,195,{},0,0,0,0,,0,0,0,0"
    folder.take("status.csv", table(STATUS, kept.format("UNPAID"), kept.format("NO CHARGE").replace("12:00", "13:00")))
    books = folder.books()
    unbilled = [finding for finding in checks.run(books, books.as_of) if finding.kind == "unbilled-visit"]
    assert [finding.amount for finding in unbilled] == [Decimal(195)]


@pytest.mark.parametrize("report_first", [True, False])
def test_a_payment_for_no_appointment_is_on_account(folder: Folder, report_first: bool) -> None:
    report = table(STATUS, "03/02/2026 09:00,Client One,Clinician A,90834,150,1,150,PAID,150,0,150,0,,0,0,0,0")
    if report_first:
        folder.take("status.csv", report)
    rows = paid("03/20/2026", "", "Client One", "10"), paid("03/21/2026", "03/02/2026", "Client One", "150")
    (answer,) = folder.take("pay.csv", table(PAY, *rows))
    assert "error" not in answer
    assert receipts(folder) == {"2026-03-20": Decimal(10), "2026-03-21": Decimal(150)}


STRIPE = (
    "automatic_payout_id,automatic_payout_effective_at_utc,balance_transaction_id,created_utc,currency,gross,fee,net,"
    "reporting_category,source_id,payment_intent_id,charge_id"
)
ROWS = (
    ("po_1", "2026-09-18 00:00:00", "txn_1", "usd", "40.00", "0.80", "39.20", "charge"),
    ("po_1", "2026-09-18 00:00:00", "txn_2", "usd", "-2.00", "0.00", "-2.00", "fee"),
    ("po_1", "2026-09-18 00:00:00", "txn_3", "usd", "-37.20", "0.00", "-37.20", "payout"),
)
STRIPE_BANK = (
    "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #\n"
    "CREDIT,09/18/2026,STRIPE TRANSFER,37.20,ACH_CREDIT,,\n"
)


@pytest.mark.parametrize("order", ["as published", "as the balance report has it"])
def test_a_payout_of_stripe_is_what_its_transactions_come_to(folder: Folder, order: str) -> None:
    """Fees are 2.80 of 40.00: what came off the charge, and what was billed apart; the payout's own row is none."""
    if order == "as published":
        lines = [",".join([*row[:3], "", *row[3:], "", "", ""]) for row in ROWS]
        text = table(STRIPE, *lines)
    else:
        header = (
            "balance_transaction_id,available_on_utc,currency,gross,fee,net,reporting_category,description,"
            "automatic_payout_id,automatic_payout_effective_at"
        )
        text = table(header, *(",".join([row[2], "", *row[3:], "Order", row[0], row[1]]) for row in ROWS))
    (answer,) = folder.take("stripe.csv", text)
    assert [skipped["reason"] for skipped in answer["skipped"]] == ["the payout itself, not what is in it"]
    settings = folder.path / "daysheet.toml"
    rule = '[[category]]\ntext = "STRIPE"\naccount = "Assets:Clearing:Cards"\n'
    settings.write_text(settings.read_text() + "\n" + rule)
    folder.take("bank.csv", STRIPE_BANK)
    books = folder.books()
    (deposit,) = deposits(books, books.as_of)
    assert (deposit.amount, deposit.gross) == (Decimal("37.20"), Decimal(40))


@pytest.mark.parametrize("renamed", [("Other Tender Note", "Tender Note"), ("Fulfillment Note", "Channel")])
def test_square_s_export_is_read_with_columns_renamed_that_nobody_needs(
    folder: Folder, renamed: tuple[str, str]
) -> None:
    text = SQUARE.profile.sample.text.lstrip("\n").replace(*renamed)
    assert renamed[1] in text.split("\n")[0]
    (answer,) = folder.take("square.csv", text)
    assert (answer["profile"], answer["booked"]) == ("practice-square-2026", 3)


@pytest.mark.parametrize("name", ["practice-square-2022", "practice-square-2026"])
def test_each_layout_of_square_is_of_one_profile(folder: Folder, name: str) -> None:
    source = next(each for each in systems.shipped() if each.name == name)
    (answer,) = folder.take("square.csv", source.profile.sample.text.lstrip("\n"))
    assert answer["profile"] == name
