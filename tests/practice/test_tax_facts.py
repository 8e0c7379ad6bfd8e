import datetime
from decimal import Decimal

import pytest
from daysheet.tax_facts import loan_on


def test_what_the_tax_return_asks_for_is_read_from_the_books(books):
    """
    2026-03-10 custom "asset" "ultrasound" "Ultrasound unit"
      cost: 12000.00 USD
      account: Assets:Fixed:Equipment
      method: "macrs"
      life: 5
    2026-01-01 custom "vendor" "harbor" "Harbor Radiology PC"
      entity: "corporation"
      services: "medical"
      w9: TRUE
    2026-03-31 custom "filed" "941"
      wages: 24000.00 USD
    2028-05-02 custom "disposed" "ultrasound"
      proceeds: 1500.00 USD
    """
    assert books.errors == []
    assert [type(fact).__name__ for fact in books.tax_facts] == ["Vendor", "Asset", "Filed", "Disposal"]
    vendor, asset, filed, disposal = books.tax_facts
    assert (vendor.payee, vendor.entity, vendor.services, vendor.w9) == (vendor.name, "corporation", "medical", True)
    assert (asset.cost, asset.method, asset.life, asset.salvage) == (12000, "macrs", 5, 0)
    assert (filed.form, filed.wages) == ("941", 24000)
    assert (disposal.asset, disposal.proceeds) == ("ultrasound", 1500)


def test_amounts_of_a_year_are_values_of_their_facts(books):
    """
    2026-01-01 open Assets:Bank
    2026-01-01 custom "accumulated-adjustments" 15000.00 USD
    2026-01-01 custom "owner-earnings" -6000.00 USD
      section-179-carried: 400.00 USD
    2027-01-01 custom "accumulated-adjustments" "as filed"
      balance: 100.00 USD
    """
    assert books.errors == []
    adjustments, earnings, later = books.tax_facts
    assert (adjustments.balance, earnings.amount, earnings.carried, later.balance) == (15000, -6000, 400, 100)


@pytest.mark.parametrize(
    ("ledger", "remedy"),
    [
        ('2026-02-01 custom "owner-earnings" 5.00 USD', '2026-01-01 custom "owner-earnings" 15000.00 USD'),
        ('2026-01-01 custom "accumulated-adjustments" "5"', '2026-01-01 custom "accumulated-adjustments" 15000.00 USD'),
        ('2026-01-01 custom "asset" "x"', "cost: 1200.00 USD"),
        ('2026-01-01 custom "asset" "x"\n  cost: 5.00 USD\n  account: Assets:F', "life: 5"),
        ('2026-01-01 custom "asset" "x"\n  cost: 5.00 USD\n  account: Assets:F\n  life: 2.5', "life: 5"),
        ('2026-01-01 custom "asset" "x"\n  cost: 5.00 USD\n  account: Assets:F\n  method: "declining"', "macrs"),
        ('2026-01-01 custom "vendor" "x"\n  entity: "llc"', "individual"),
        ('2026-01-01 custom "vendor" "x"\n  w9: "yes"', "TRUE"),
        ('2026-01-01 custom "filed" "1040"\n  wages: 1.00 USD', "941"),
        ('2026-01-01 custom "disposed" 5', "ASSET"),
        ('2026-01-01 custom "loan" "x"', "LENDER"),
        ('2026-01-01 custom "loan" "x" "Bank"\n  account: Assets:Bank', "Liabilities:Loans"),
        ('2026-01-01 custom "loan" "x" "Bank"\n  account: Liabilities:X\n  rate: "6%"', "must be a number"),
    ],
)
def test_a_malformed_one_is_an_error_that_says_what_to_write(load, ledger, remedy):
    (error,) = load(ledger).errors
    assert remedy in error.message
    assert error.source["lineno"] == 1


def test_the_terms_of_a_loan_hold_until_the_next_ones(load):
    books = load(
        """
        2026-01-01 custom "loan" "sba" "First Bank"
          account: Liabilities:Notes:SBA
          rate: 6.5
          payment: 1000.00 USD
          maturity: 2031-06-05
          interest: Expenses:Interest
        2027-01-01 custom "loan" "sba" "First Bank"
          account: Liabilities:Notes:SBA
          rate: 7
        """
    )
    first, then = (loan_on(books.tax_facts, "Liabilities:Notes:SBA", datetime.date(y, 6, 1)) for y in (2026, 2027))
    assert first is not None
    assert then is not None
    assert first[:8] == (
        "sba", "First Bank", datetime.date(2026, 1, 1), "Liabilities:Notes:SBA", Decimal("6.5"), Decimal(1000),
        datetime.date(2031, 6, 5), "Expenses:Interest",
    )  # fmt: skip
    assert then.rate == 7
    assert loan_on(books.tax_facts, "Liabilities:Notes:SBA", datetime.date(2020, 1, 1)) == first
    assert loan_on(books.tax_facts, "Liabilities:Other", datetime.date(2026, 1, 1)) is None
