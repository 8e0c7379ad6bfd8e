"""Who was paid, when and how, whatever it was booked to."""

import datetime
from decimal import Decimal

import pytest
from daysheet import checks
from daysheet.accounting.payees import payments

D = Decimal
FIRST, LAST = datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)
ONE = '\n    2026-04-02 * "Smith" "x"\n'


@pytest.mark.parametrize(
    ("legs", "direct", "card"),
    [
        ("Assets:Prepaid:Rent  24000 USD\n      Assets:Bank", 24000, 0),
        ("Expenses:Ads  2500 USD\n      Liabilities:Amex", 0, 2500),
        ("Expenses:Ads  2500 USD\n      Liabilities:CreditCard:Visa", 0, 2500),
        ("Expenses:Rent  900 USD\n      Assets:Clearing:Checks", 900, 0),
        ("Expenses:Rent  900 USD\n      Equity:Owner:Contributions", 900, 0),
        ("Expenses:Rent  900 USD\n      Assets:Bank  -300 USD\n      Liabilities:Card", 300, 600),
        ("Assets:Bank  50 USD\n      Expenses:Rent", -50, 0),
        ("Assets:Fixed:Car  30000 USD\n      Liabilities:Vehicle  -25000 USD\n      Assets:Bank", 5000, 0),
        ("Expenses:Rent  900 USD\n      Liabilities:Payable", None, None),
        ("Assets:Fixed:Car  30000 USD\n      Liabilities:Vehicle", None, None),
        ("Assets:Bank  900 USD\n      Assets:Fixed:Car  100 USD\n      Equity:Opening-Balances", None, None),
        ("Liabilities:Payroll  900 USD\n      Assets:Bank", None, None),
        ("Liabilities:SalesTax  900 USD\n      Assets:Bank", None, None),
        ("Liabilities:Loan  900 USD\n      Assets:Bank", None, None),
        ("Equity:Draws  900 USD\n      Assets:Bank", None, None),
        ("Assets:Bank:Savings  900 USD\n      Assets:Bank", None, None),
        ("Liabilities:Card  900 USD\n      Assets:Bank", None, None),
        ("Expenses:Rent  900 USD\n      Assets:Prepaid:Rent", None, None),
        ("Income:Visits  900 USD\n      Assets:Bank", None, None),
    ],
)
def test_what_an_entry_paid(legs, direct, card, load):
    found = [(payment.direct, payment.card) for payment in payments(load(f"{ONE}      {legs}\n"), FIRST, LAST)]
    assert found == ([] if direct is None else [(D(direct), D(card))])


def test_wages_and_a_loans_interest_are_paid_to_no_vendor(load):
    books = load(
        """
        2026-01-01 open Expenses:Wages
          payroll: "wages"
        2026-01-01 open Expenses:Interest
          tax-line: "interest-other"
        2026-02-01 * "Payroll"
          Expenses:Wages  900 USD
          Assets:Bank
        2026-02-02 * "First Bank"
          Liabilities:Loan    90 USD
          Expenses:Interest   10 USD
          Assets:Bank
        """
    )
    assert payments(books, FIRST, LAST) == []


def nameless(amount, day="2026-03-01", account="Expenses:Work", payee=""):
    return f'\n    {day} * "{payee}" "Check"\n      {account}  {amount} USD\n      Assets:Bank\n'


def test_payments_to_nobody_are_found_once_they_reach_the_years_threshold(load):
    """$2,000 for payments made after 2025, $600 before (Pub. L. 119-21, section 70433)."""
    text = nameless(1999) + nameless(599, "2025-03-01") + nameless(5000, payee="Smith")
    assert checks.find(load(text), LAST, ["unidentified-payee"]) == []
    text += nameless(1, account="Assets:Prepaid:Rent") + nameless(1, "2025-03-02")
    found = checks.find(load(text), LAST, ["unidentified-payee"])
    assert {finding.key: finding.amount for finding in found} == {
        "2025/Expenses:Work": D(600), "2026/Expenses:Work": D(1999), "2026/Assets:Prepaid:Rent": D(1),
    }  # fmt: skip
