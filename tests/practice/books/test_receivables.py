"""What is owed on an invoice: postings of one transaction, of another invoice, and of a later day."""

from __future__ import annotations

import datetime
from decimal import Decimal

from daysheet.books import Books


def test_a_transfer_and_a_leg_of_another_invoice_are_each_counted_once(books: Books):
    """
    2026-03-02 * "Invoice" ^inv-A
      Assets:Receivable:Insurance    150.00 USD
      Equity:Billing:Charges        -150.00 USD
    2026-03-09 * "Transfer, and the copay of B" ^inv-A ^inv-B
      Assets:Receivable:Insurance    -20.00 USD
      Assets:Receivable:Patients      20.00 USD
      Assets:Receivable:Patients       5.00 USD
        invoice: "B"
      Equity:Billing:Charges          -5.00 USD
    """
    assert [posting.amount for posting in books.receivable["A"]] == [Decimal(150), Decimal(-20), Decimal(20)]
    assert [posting.amount for posting in books.receivable["B"]] == [Decimal(5)]
    assert list(books.receivable) == ["A", "B"]
    assert len(books.receivable) == 2


def test_a_balance_of_an_earlier_day_leaves_out_what_came_later(books: Books):
    """
    2026-03-02 * "Invoice" ^inv-A
      Assets:Receivable:Patients      50.00 USD
      Equity:Billing:Charges         -50.00 USD
    2026-03-03 * "Invoice" ^inv-B
      Assets:Receivable:Patients      70.00 USD
      Equity:Billing:Charges         -70.00 USD
    2026-03-20 * "Payment" ^inv-A
      payment: "P1"
      Assets:Clearing:Cards           50.00 USD
      Income:Visits                  -50.00 USD
      Assets:Receivable:Patients     -50.00 USD
      Equity:Billing:Collected        50.00 USD
    """
    assert books.balances(datetime.date(2026, 3, 2)) == {"A": Decimal(50)}
    assert books.balances(datetime.date(2026, 3, 19)) == {"A": Decimal(50), "B": Decimal(70)}
    assert books.balances(datetime.date(2026, 3, 20)) == {"B": Decimal(70)}
