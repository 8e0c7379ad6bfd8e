"""A vendor's bill is an expense on the day it is paid."""

import datetime
from collections import defaultdict
from decimal import Decimal

import pytest
from beancount.core.data import Transaction
from daysheet.accounting.cash_basis import cash_entries
from daysheet.books.index import number_of
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reports.generated import load as loaded

D = Decimal
ZERO = D()


def moved(books, year):
    """What each account moved by in a year of the cash view."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for entry in cash_entries(books):
        if isinstance(entry, Transaction) and entry.date.year == year:
            for posting in entry.postings:
                sums[posting.account] += number_of(posting)
    return {account: amount for account, amount in sums.items() if amount}


BILL = """
    2026-12-20 * "Jones" "December" ^bill-1
      Expenses:Work      7000.00 USD
      Liabilities:Payable
    """
CASES = {
    "an unpaid bill is no expense": (BILL, {}, {}),
    "a bill paid in the next year is its expense": (
        BILL
        + """
    2027-01-05 * "Jones" "x" ^bill-1
      Liabilities:Payable  7000.00 USD
      Assets:Bank
    """,
        {},
        {"Expenses:Work": D(7000), "Assets:Bank": D(-7000)},
    ),
    "a part paid is a part of the expense": (
        BILL
        + """
    2026-12-30 * "Jones" "x" ^bill-1
      Liabilities:Payable  1000.00 USD
      Assets:Bank
    2027-01-30 * "Jones" "x" ^bill-1
      Liabilities:Payable  6000.00 USD
      Assets:Bank
    """,
        {"Expenses:Work": D(1000), "Assets:Bank": D(-1000)},
        {"Expenses:Work": D(6000), "Assets:Bank": D(-6000)},
    ),
    "cents that do not divide go to the last payment": (
        """
    2026-05-01 * "Jones" "x"
      Expenses:A     0.01 USD
      Expenses:B     0.01 USD
      Expenses:C     0.01 USD
      Liabilities:AccountsPayable
    2026-06-01 * "Jones" "x"
      Liabilities:AccountsPayable  0.02 USD
      Assets:Bank
    2027-06-01 * "Jones" "x"
      Liabilities:AccountsPayable  0.01 USD
      Assets:Bank
    """,
        {"Expenses:A": D("0.01"), "Expenses:B": D("0.01"), "Assets:Bank": D("-0.02")},
        {"Expenses:C": D("0.01"), "Assets:Bank": D("-0.01")},
    ),
    "without a link the payee's oldest bill is paid": (
        """
    2026-05-01 * "Lee" "x"
      Expenses:Other   50.00 USD
      Liabilities:Payable
    2026-05-02 * "Jones" "x"
      Expenses:Work    80.00 USD
      Liabilities:Payable
    2026-06-01 * "JONES" "x"
      Liabilities:Payable  80.00 USD
      Assets:Bank
    """,
        {"Expenses:Work": D(80), "Assets:Bank": D(-80)},
        {},
    ),
    "what is paid ahead waits for its bill": (
        """
    2026-05-01 * "Lee" "x"
      Liabilities:Payable  50.00 USD
      Assets:Bank
    2027-05-02 * "Lee" "x"
      Expenses:Work    80.00 USD
      Liabilities:Payable
    """,
        {"Liabilities:Payable": D(50), "Assets:Bank": D(-50)},
        {"Expenses:Work": D(50), "Liabilities:Payable": D(-50)},
    ),
    "equipment on a bill stays a debt": (
        """
    2026-05-01 * "Sono" "x"
      Assets:Fixed:Equipment   500.00 USD
      Expenses:Freight          20.00 USD
      Liabilities:Payable
    2027-05-01 * "Sono" "x"
      Liabilities:Payable      520.00 USD
      Assets:Bank
    """,
        {"Assets:Fixed:Equipment": D(500), "Liabilities:Payable": D(-500)},
        {"Expenses:Freight": D(20), "Liabilities:Payable": D(500), "Assets:Bank": D(-520)},
    ),
    "a credit note lowers what is paid": (
        """
    2026-05-01 * "Lee" "x" ^bill-9
      Expenses:Work    80.00 USD
      Liabilities:Payable
    2026-05-09 * "Lee" "x" ^bill-9
      Liabilities:Payable  30.00 USD
      Expenses:Work
    2027-05-02 * "Lee" "x" ^bill-9
      Liabilities:Payable  50.00 USD
      Assets:Bank
    """,
        {},
        {"Expenses:Work": D(50), "Assets:Bank": D(-50)},
    ),
    "a card pays on the day of the charge": (
        """
    2026-05-01 * "Lee" "x"
      Expenses:Work    80.00 USD
      Liabilities:Amex
    """,
        {"Expenses:Work": D(80), "Liabilities:Amex": D(-80)},
        {},
    ),
    "an account that says so is one of bills": (
        """
    2026-01-01 open Liabilities:Owed  USD
      liability: "payable"
    2026-05-01 * "Lee" "x"
      Expenses:Work    80.00 USD
      Liabilities:Owed
    """,
        {},
        {},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_cash_view(case, load):
    ledger, this, following = CASES[case]
    books = load(ledger)
    assert (moved(books, 2026), moved(books, 2027)) == (this, following)


def test_books_without_bills_are_the_very_same_entries(load):
    books = load(
        """
        2026-05-01 * "Lee" "x"
          Expenses:Work    80.00 USD
          Assets:Bank
        """
    )
    assert cash_entries(books) is books.entries


STEPS = st.lists(
    st.tuples(st.booleans(), st.integers(1, 9999), st.integers(0, 9999), st.sampled_from(["", " ^bill-1", " ^bill-2"])),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_expenses_of_the_view_are_what_was_paid_and_each_entry_balances(steps):
    """However bills and payments follow each other, the bank moves by as much as expenses and open advances."""
    text = 'option "operating_currency" "USD"\nplugin "beancount.plugins.auto_accounts"\n'
    day = datetime.date(2026, 1, 1)
    for is_bill, cents, more, link in steps:
        day += datetime.timedelta(days=1)
        one, two = D(cents) / 100, D(more) / 100
        legs = (
            f"  Expenses:A  {one} USD\n  Expenses:B  {two} USD\n  Liabilities:Payable  {-one - two} USD\n"
            if is_bill
            else f"  Liabilities:Payable  {one} USD\n  Assets:Bank  {-one} USD\n"
        )
        text += f'{day} * "Lee" "x"{link}\n{legs}'
    books = loaded(text)
    view = [entry for entry in cash_entries(books) if isinstance(entry, Transaction)]
    assert all(sum((number_of(posting) for posting in entry.postings), ZERO) == 0 for entry in view)
    sums = moved(books, 2026)
    billed = sum((D(cents) + more for is_bill, cents, more, _ in steps if is_bill), ZERO) / 100
    paid = sum((D(cents) for is_bill, cents, _, _ in steps if not is_bill), ZERO) / 100
    spent = sums.get("Expenses:A", ZERO) + sums.get("Expenses:B", ZERO)
    assert sums.get("Assets:Bank", ZERO) == -paid
    assert spent == paid - sums.get("Liabilities:Payable", ZERO)
    assert spent <= min(billed, paid)
