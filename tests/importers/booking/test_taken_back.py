"""A bill or payment taken back: a row under its own id with the other sign, in its file or in a later one."""

from __future__ import annotations

from decimal import Decimal

from daysheet.cash.reconciliation import reconcile

from tests.importers.books_folder import CHASE, INVOICES, PAYMENTS, Folder

BILL = "I1,V1,2026-03-02,adams,P-1,,60.00,\n"
TAKEN_BACK = "I1,V1,2026-03-04,adams,P-1,,-60.00,\n"
AGAIN = "I2,V1,2026-03-04,adams,P-1,,90.00,\n"
WRONG = "P1,2026-03-02,I2,,check,99.00,4001\n"
RIGHT = "P1,2026-03-02,I2,,check,-99.00,4001\nP2,2026-03-02,I2,,check,90.00,4001\n"


def owed(folder: Folder) -> dict[str | None, Decimal]:
    return {key: sum((p.amount for p in found), Decimal()) for key, found in folder.books().receivable.items()}


def test_a_bill_is_taken_back_by_a_later_file_and_by_that_file_once(folder: Folder) -> None:
    folder.take("1.csv", INVOICES + BILL)
    (taken,) = folder.take("2.csv", INVOICES + BILL + TAKEN_BACK + AGAIN)
    assert (taken["booked"], taken["known"]) == (2, 1)
    assert owed(folder) == {"I1": 0, "I2": Decimal("90.00")}
    before = folder.text("2026/2026-03-invoices.beancount")
    (taken,) = folder.take("3.csv", INVOICES + TAKEN_BACK + BILL)
    assert (taken["booked"], taken["known"]) == (0, 2)
    assert folder.text("2026/2026-03-invoices.beancount") == before


def test_a_bill_of_another_amount_is_still_reported_and_not_booked(folder: Folder) -> None:
    folder.take("1.csv", INVOICES + BILL)
    (taken,) = folder.take("2.csv", INVOICES + BILL.replace("60.00", "-59.00"))
    assert (taken["booked"], taken["known"]) == (0, 1)


def test_of_a_check_entered_twice_only_what_was_received_is_looked_for_at_the_bank(folder: Folder) -> None:
    folder.take("1.csv", INVOICES + AGAIN)
    folder.take("2.csv", PAYMENTS + WRONG)
    folder.take("3.csv", PAYMENTS + RIGHT)
    folder.take("4.csv", CHASE + "DSLIP,03/03/2026,DEPOSIT ID NUMBER 5,90.00,DEPOSIT,90.00,,\n")
    books = folder.books()
    result = reconcile(books, books.as_of)
    assert [match.deposit.amount for match in result.matches] == [Decimal("90.00")]
    assert (result.overdue, result.in_transit, result.open_deposits) == ((), (), ())


def test_a_reversal_under_an_id_of_its_own_leaves_nothing_for_the_bank(folder: Folder) -> None:
    rows = (WRONG + RIGHT).replace("P1,2026-03-02,I2,,check,-", "P3,2026-03-02,I2,,check,-")
    folder.take("1.csv", INVOICES + AGAIN)
    folder.take("2.csv", PAYMENTS + rows)
    folder.take("3.csv", CHASE + "DSLIP,03/03/2026,DEPOSIT ID NUMBER 5,90.00,DEPOSIT,90.00,,\n")
    books = folder.books()
    assert len(reconcile(books, books.as_of).matches) == 1


def test_a_check_written_back_to_a_patient_the_same_day_is_another_check(folder: Folder) -> None:
    folder.take("1.csv", INVOICES + AGAIN)
    folder.take("2.csv", PAYMENTS + "P1,2026-03-02,I2,,check,90.00,4001\nP2,2026-03-02,I2,,check,-90.00,2041\n")
    result = reconcile(folder.books(), folder.books().as_of)
    assert sorted(receipt.amount for receipt in (*result.overdue, *result.in_transit)) == [-90, 90]
