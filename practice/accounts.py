"""The account names that the books of a practice are built on.

Receivables are kept with an equity contra, so that the ledger's own income statement is the cash-basis one:
the sum of `Assets:Receivable` and `Equity:Billing` is always zero.
"""

from __future__ import annotations

from typing import Final

BANK = "Assets:Bank"
RECEIVABLE = "Assets:Receivable"
RECEIVABLE_PATIENTS = "Assets:Receivable:Patients"
RECEIVABLE_INSURANCE = "Assets:Receivable:Insurance"
BILLING = "Equity:Billing"
BILLING_CHARGES = "Equity:Billing:Charges"
BILLING_CONTRACTUAL = "Equity:Billing:Contractual"
BILLING_WRITE_OFFS = "Equity:Billing:WriteOffs"
BILLING_COURTESY = "Equity:Billing:Courtesy"
BILLING_COLLECTED = "Equity:Billing:Collected"
BILLING_OPENING = "Equity:Billing:Opening"
CLEARING = "Assets:Clearing"
CLEARING_CARDS = "Assets:Clearing:Cards"
CLEARING_DEPOSITS = "Assets:Clearing:Deposits"
CLEARING_SUSPENSE = "Assets:Clearing:Suspense"
INCOME_VISITS = "Income:Visits"
INCOME_UNASSIGNED = "Income:Visits:Unassigned"
MERCHANT_FEES = "Expenses:MerchantFees"
UNCATEGORIZED_INCOME = "Income:Uncategorized"
UNCATEGORIZED_EXPENSE = "Expenses:Uncategorized"


def account_part(identifier: str) -> str:
    """One component of an account name for an identifier: `dr-adams` gives `Dr-Adams`.

    A component starts with a capital letter or a digit and holds letters, digits and dashes
    (Beancount's grammar). An identifier without any such character gives `X`.
    """
    kept = "".join(c if c.isalnum() and c.isascii() else "-" for c in identifier)
    parts = [part for part in kept.split("-") if part]
    return "-".join(part[0].upper() + part[1:] for part in parts) or "X"


def is_under(account: str, root: str) -> bool:
    """Whether `account` is `root` or one of its sub-accounts."""
    return account == root or account.startswith(root + ":")


PREPAYMENTS: Final = "Liabilities:Prepayments"
