"""The day sheet: the practice's day, rolled forward and proved."""

from __future__ import annotations

import datetime
from decimal import Decimal

from daysheet.books import Books
from daysheet.cash.day_sheet import Count, day_sheet

DAY = datetime.date(2026, 3, 2)
LEDGER = """
2026-01-01 custom "provider" "adams" "Dr. Adams"
2026-02-27 * "Invoice INV-1" ^inv-INV-1
  visit: "V1"
  provider: "adams"
  Assets:Receivable:Patients      80.00 USD
  Equity:Billing:Charges         -80.00 USD
2026-03-02 custom "visit" "V2" "adams" "completed"
2026-03-02 custom "visit" "V3" "adams" "no-show"
2026-03-02 custom "visit" "V4" "baker" "completed"
2026-03-02 * "Invoice INV-2" ^inv-INV-2
  visit: "V2"
  provider: "adams"
  Assets:Receivable:Insurance    150.00 USD
  Equity:Billing:Charges        -150.00 USD
2026-03-02 * "Card payment" ^inv-INV-1
  payment: "P1"
  method: "card"
  Assets:Clearing:Cards           50.00 USD
  Income:Visits:Adams            -50.00 USD
  Assets:Receivable:Patients     -50.00 USD
  Equity:Billing:Collected        50.00 USD
2026-03-02 * "Check payment on account"
  payment: "P2"
  method: "check"
  Assets:Clearing:Deposits        25.00 USD
  Liabilities:Prepayments        -25.00 USD
2026-03-02 * "Contractual adjustment" ^inv-INV-2
  adjustment: "A1"
  kind: "contractual"
  Assets:Receivable:Insurance    -40.00 USD
  Equity:Billing:Contractual      40.00 USD
2026-03-02 * "Card payout"
  Assets:Bank:Checking            48.50 USD
  Expenses:MerchantFees            1.50 USD
  Assets:Clearing:Cards          -50.00 USD
2026-03-03 * "Invoice INV-3" ^inv-INV-3
  provider: "adams"
  Assets:Receivable:Patients      99.00 USD
  Equity:Billing:Charges         -99.00 USD
"""


def test_a_day_rolls_the_receivables_forward_and_is_in_balance(load) -> None:
    sheet = day_sheet(load(LEDGER), DAY, DAY)
    rolled = [sheet.opening, sheet.charged, sheet.payments, sheet.adjusted, sheet.closing]
    assert rolled == list(map(Decimal, (80, 150, 50, 40, 140)))
    assert sheet.expected_closing == Decimal("140.00")
    assert sheet.differences == {}


def test_visits_are_counted_by_provider_and_status(load) -> None:
    sheet = day_sheet(load(LEDGER), DAY, DAY)
    assert dict(sheet.visits["adams"]) == {"completed": 1, "no-show": 1}
    assert dict(sheet.visits["baker"]) == {"completed": 1}


def test_receipts_are_by_method_and_money_on_account_is_among_them(load) -> None:
    sheet = day_sheet(load(LEDGER), DAY, DAY)
    assert sheet.receipts == {"card": (1, Decimal("50.00")), "check": (1, Decimal("25.00"))}
    assert sheet.on_account == Decimal("25.00")


def test_a_deposit_less_its_fee_leaves_what_is_not_deposited(load) -> None:
    sheet = day_sheet(load(LEDGER), DAY, DAY)
    assert (sheet.cleared, sheet.fees) == (Decimal(75), Decimal("1.50"))
    assert sheet.deposits == Count(1, Decimal("48.50"))
    assert sheet.undeposited == Decimal("25.00")


ASIDE = (
    LEDGER
    + """
2026-03-02 * "To savings"
  Assets:Bank:Checking          -500.00 USD
  Assets:Clearing:Transfers      500.00 USD
2026-03-02 * "Insurer's payment less what it takes back"
  Assets:Bank:Checking            90.00 USD
  Assets:Clearing:Recoupments     10.00 USD
  Assets:Clearing:Deposits      -100.00 USD
2026-03-02 * "Adjustments beside the claims"
  Assets:Clearing:Deposits        -7.00 USD
  Assets:Clearing:Recoupments      7.00 USD
"""
)


def test_transfers_and_recoupments_are_no_deposits_and_do_not_wait_for_the_bank(load) -> None:
    """Deposited: the payout of 48.50, and 100. Of 75 received less 7 taken back, 50 and 100 are gone: -82 waits."""
    sheet = day_sheet(load(ASIDE), DAY, DAY)
    assert sheet.deposits == Count(2, Decimal("148.50"))
    assert (sheet.cleared, sheet.undeposited) == (Decimal(68), Decimal(-82))
    assert sheet.differences == {}


def test_the_closing_of_a_day_is_the_opening_of_the_next(load) -> None:
    books = load(LEDGER)
    following = day_sheet(books, DAY + datetime.timedelta(days=1), DAY + datetime.timedelta(days=1))
    assert (following.opening, following.closing) == (Decimal(140), Decimal(239))
    assert following.undeposited_before == Decimal("25.00")


def test_a_payment_applied_in_part_puts_the_sheet_out_of_balance_by_the_rest(books: Books) -> None:
    """
    2026-03-02 * "Card payment" ^inv-INV-1
      payment: "P1"
      method: "card"
      Assets:Clearing:Cards           50.00 USD
      Income:Visits:Adams            -50.00 USD
      Assets:Receivable:Patients     -45.00 USD
      Equity:Billing:Collected        45.00 USD
    """
    assert list(day_sheet(books, DAY, DAY).differences.values()) == [Decimal("5.00")]


def test_a_charge_that_is_no_invoice_puts_the_sheet_out_of_balance(books: Books) -> None:
    """
    2026-03-02 * "Charge without an invoice"
      Assets:Receivable:Patients      60.00 USD
      Equity:Billing:Charges         -60.00 USD
    """
    assert list(day_sheet(books, DAY, DAY).differences.values()) == [Decimal("60.00")]
