"""Where the money of the books is: gathered in one pass, records made for the days that are asked for alone."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from daysheet.books import Books

BILLS = "".join(
    f"""
    2026-0{month}-02 * "Invoice" ^inv-{name}
      visit: "V{name}"
      provider: "adams"
      Assets:Receivable:Patients      50.00 USD
      Equity:Billing:Charges         -50.00 USD
    2026-0{month}-20 * "Payment" ^inv-{name}
      payment: "P{name}"
      Assets:Clearing:Cards           50.00 USD
      Income:Visits                  -50.00 USD
      Assets:Receivable:Patients     -50.00 USD
      Equity:Billing:Collected        50.00 USD
    2026-0{month}-22 * "Deposit"
      Assets:Bank:Checking            50.00 USD
      Assets:Clearing:Cards          -50.00 USD
    2026-0{month}-28 * "Rent"
      Expenses:Rent                   20.00 USD
      Assets:Bank:Checking           -20.00 USD
    """
    for month, name in ((3, "A"), (4, "B"), (5, "C"))
)


@pytest.fixture
def billed(load):
    return load(BILLS)


def test_each_entry_is_where_its_money_is(billed: Books):
    money = billed.money
    assert {invoice: [one.amount for one in same] for invoice, same in money.receivable.items()} == {
        name: [Decimal(50), Decimal(-50)] for name in "ABC"
    }
    assert [entry.narration for entry in money.clearing] == ["Payment", "Deposit"] * 3
    assert [entry.meta["payment"] for entry in money.paid] == ["PA", "PB", "PC"]
    assert [entry.narration for entry in money.other] == ["Deposit", "Rent"] * 3
    assert "Assets:Bank:Checking" in money.accounts


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ((3, 20), (4, 20), ["PA", "PB"]),
        ((3, 21), (4, 19), []),
        ((1, 1), (12, 31), ["PA", "PB", "PC"]),
        ((6, 1), (6, 30), []),
    ],
)
def test_payments_of_some_days_are_those_of_both_ends_too(billed: Books, first, last, found):
    days = datetime.date(2026, *first), datetime.date(2026, *last)
    assert [payment.id for payment in billed.received_between(*days)] == found


def test_a_payment_is_the_same_record_however_it_is_asked_for(billed: Books):
    (late,) = billed.received_between(datetime.date(2026, 5, 1), datetime.date(2026, 5, 31))
    assert billed.payments_of_invoice["C"][0] is late
    assert list(billed.received)[2] is late
    assert billed.payments["PC"] is late


def test_the_service_of_a_visit_is_known_without_the_visit(load):
    books = load(
        """
    2026-03-02 custom "visit" "V1" "adams" "completed"
      service: "cleaning"
    2026-03-02 custom "visit" "V2" "adams" "completed"
    """
    )
    assert [books.service_of(visit) for visit in ("V1", "V2", "V3")] == ["cleaning", None, None]
