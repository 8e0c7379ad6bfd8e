"""What kind of debt an account is: by its fact, its word, its name."""

import pytest
from daysheet.accounting.liabilities import liability_of, named_kind
from daysheet.errors import DaysheetError


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Loans:Equipment", "loan"), ("Loan", "loan"), ("Mortgage:Office", "loan"), ("Notes:SBA", "loan"),
        ("NotesPayable", "loan"), ("LineOfCredit", "loan"), ("CreditLine:Chase", "loan"), ("LOC", "loan"),
        ("Shareholder", "loan"), ("DueToOwner", "loan"), ("Vehicle", "loan"), ("EquipmentFinancing", "loan"),
        ("LongTerm:VanLoan", "loan"), ("Card", "card"), ("CreditCard", "card"), ("Amex", "card"),
        ("AmericanExpress", "card"), ("Visa:1234", "card"), ("Payable", "payable"), ("AccountsPayable", "payable"),
        ("AP", "payable"), ("AccruedRent", "payable"), ("Payroll:Withheld", "payroll"), ("PayrollLoans", "payroll"),
        ("SalesTax:Colorado", "sales-tax"), ("SalesTaxPayable", "sales-tax"), ("Prepayments", "other"),
        ("PatientRefunds", "other"), ("BlueSky", None), ("FirstBank", None),
    ],
)  # fmt: skip
def test_a_plain_name_tells_the_kind(name, kind):
    assert named_kind(f"Liabilities:{name}") == kind


def test_a_fact_goes_before_a_word_and_a_word_before_the_name(books):
    """
    2026-01-01 open Liabilities:Card
      liability: "loan"
    2026-01-01 open Liabilities:Card:Sub
    2026-01-01 open Liabilities:BlueSky
      liability: "card"
    2026-01-01 open Liabilities:Odd
      cash-flow: "financing"
    2026-01-01 open Liabilities:FirstBank
    2026-01-01 custom "loan" "x" "First Bank"
      account: Liabilities:FirstBank
    """
    kinds = [liability_of(books, f"Liabilities:{name}") for name in ("Card", "Card:Sub", "BlueSky", "Odd", "FirstBank")]
    assert kinds == ["loan", "loan", "card", "loan", "loan"]
    assert liability_of(books, "Assets:Bank") is None


def test_an_unknown_word_is_refused(books):
    """
    2026-01-01 open Liabilities:X
      liability: "debt"
    """
    with pytest.raises(DaysheetError, match='not "debt"'):
        liability_of(books, "Liabilities:X")
