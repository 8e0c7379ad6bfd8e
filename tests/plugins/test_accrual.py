from decimal import Decimal

import pytest
from beancount import loader
from beancount.core.data import Transaction
from daysheet.reports.accounts.accrual import accrual
from fava.core import FavaLedger

from tests.reports.conftest import PRACTICE

OPENS = "".join(
    f"2024-01-01 open {account}\n"
    for account in (
        "Assets:Clearing:Deposits", "Assets:Clearing:Cards", "Assets:Receivable:Patients",
        "Assets:Receivable:Insurance:Aetna", "Liabilities:Card", "Equity:Opening-Balances", "Equity:Owner:Draws",
        "Equity:Billing:Charges", "Equity:Billing:Contractual", "Equity:Billing:Collected",
    )
)  # fmt: skip


@pytest.fixture
def accrual_file(tmp_path):
    (tmp_path / "main.beancount").write_text(
        f"{PRACTICE}\n{OPENS}\n2026-04-01 balance Equity:Billing:Collected 280 USD\n"
    )
    path = tmp_path / "accrual.beancount"
    path.write_text('option "operating_currency" "USD"\ninclude "main.beancount"\nplugin "daysheet.plugins.accrual"\n')
    return path


def totals(entries, root):
    year = (entry for entry in entries if isinstance(entry, Transaction) and entry.date.year == 2026)
    legs = (leg for entry in year for leg in legs_of(entry))
    return sum((number for account, number in legs if account.startswith(root)), Decimal())


def legs_of(entry: Transaction) -> list[tuple[str, Decimal]]:
    return [(p.account, p.units.number) for p in entry.postings if p.units is not None and p.units.number is not None]


def test_the_accrual_view_loads_without_errors_and_balances(accrual_file):
    entries, errors, _ = loader.load_file(str(accrual_file))
    assert errors == []
    assert totals(entries, "") == 0
    assert totals(entries, "Equity:Billing") == 0
    assert -totals(entries, "Income") == Decimal(210 - 50)
    assert totals(entries, "Assets:Receivable") == 65


def test_fava_opens_the_accrual_view(accrual_file):
    ledger = FavaLedger(str(accrual_file))
    assert ledger.errors == []
    tree = ledger.get_filtered(time="2026").root_tree
    assert -tree.get("Income").balance_children.get(("USD", None), 0) == 160


def test_a_transaction_that_bills_nothing_is_left_as_it_is(load):
    rent = next(entry for entry in load(PRACTICE).entries if getattr(entry, "narration", "") == "Rent")
    assert accrual(rent) is rent


@pytest.mark.parametrize(
    ("ledger", "income"),
    [
        (  # sales tax was in the charge and is no income of the practice
            """
            2026-01-02 * "Payment" ^inv-1
              Assets:Bank                 107.00 USD
              Income:Visits              -100.00 USD
              Liabilities:SalesTax         -7.00 USD
              Assets:Receivable:Patients -107.00 USD
              Equity:Billing:Collected    107.00 USD
            """,
            {"Income:Adjustments:Collected": 7},
        ),
        (  # a refund takes back both the income and the collection
            """
            2026-01-02 * "Refund" ^inv-1
              Assets:Bank                 -20.00 USD
              Income:Visits                20.00 USD
              Assets:Receivable:Patients   20.00 USD
              Equity:Billing:Collected    -20.00 USD
            """,
            {},
        ),
        (  # one deposit for two invoices, and interest that settles no receivable
            """
            2026-01-02 * "Deposit"
              Assets:Bank                  33.00 USD
              Income:Visits               -10.00 USD
              Assets:Receivable:Patients  -10.00 USD
              Equity:Billing:Collected     10.00 USD
              Income:Visits               -20.00 USD
              Assets:Receivable:Patients  -20.00 USD
              Equity:Billing:Collected     20.00 USD
              Income:Interest              -3.00 USD
            """,
            {"Income:Interest": -3},
        ),
    ],
)
def test_only_what_was_collected_on_receivables_is_set_off_against_income(load, ledger, income):
    (entry,) = (entry for entry in load(ledger).entries if isinstance(entry, Transaction))
    made = accrual(entry)
    assert {account: number for account, number in legs_of(made) if account.startswith("Income")} == income
    assert sum((number for _, number in legs_of(made)), Decimal()) == 0
