"""The interest in a loan's payments: a bank line brings one sum, and the loan's terms say what of it is interest.

A `[[category]]` rule books the whole payment to the loan. Interest for the month is what was owed before it, at the
rate of the loan's fact, to the cent; it is added to the loan on the day of the payment, so that the rest of the
payment is principal. One payment a month bears it: the first that is as large as the agreed one. A loan whose fact says
`interest-by-hand: TRUE` is left alone, and so is a year whose interest somebody has moved to the loan by hand already.

Example:
    2026-08-03 * "First Fed" "Interest in the loan payment"
      loan: "first-fed"
      Expenses:Interest               65.00 USD
      Liabilities:Loans:Equipment    -65.00 USD
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from beancount.core.data import EMPTY_SET, Transaction
from daysheet.accounts import BANK, is_under
from daysheet.books import Books
from daysheet.books.index import number_of
from daysheet.importers.booking.directives import posting
from daysheet.tax_facts import Loan, loan_on

_CENT: Final = Decimal("0.01")
_MONTHLY: Final = Decimal(1200)
"""Percent a year to a share a month."""

_INTEREST: Final = ("interest-other", "interest-mortgage")


def entries(books: Books) -> Iterator[Transaction]:
    """The interest of every loan whose rate the facts say."""
    accounts = dict.fromkeys(fact.account for fact in books.tax_facts if isinstance(fact, Loan))
    for account in accounts:
        yield from _of_account(books, account)


def has_loans(books: Books) -> bool:
    """Whether interest may follow from these books."""
    return any(isinstance(fact, Loan) and fact.rate for fact in books.tax_facts)


def _of_account(books: Books, account: str) -> Iterator[Transaction]:
    owed = Decimal()
    by_hand = set(_years_by_hand(books, account))
    borne: set[datetime.date] = set()
    for entry in books.entries:
        if not isinstance(entry, Transaction):
            continue
        paid = sum((number_of(one) for one in entry.postings if one.account == account), Decimal())
        if not paid:
            continue
        loan = loan_on(books.tax_facts, account, entry.date)
        month = entry.date.replace(day=1)
        bears = (
            loan is not None
            and not loan.meta.get("interest-by-hand")
            and month not in borne
            and owed > 0
            and month.year not in by_hand
        )
        if bears and loan is not None and loan.rate and _is_whole_payment(entry, paid, loan):
            interest_account = loan.interest or _interest_account(books)
            interest = min((owed * loan.rate / _MONTHLY).quantize(_CENT, ROUND_HALF_UP), paid)
            if interest_account is not None and interest:
                borne.add(month)
                owed += interest
                yield _entry(loan, entry.date, interest_account, interest, books.currency)
        owed -= paid


def _years_by_hand(books: Books, account: str) -> Iterator[int]:
    """The years in which an entry of no money adds interest to the loan."""
    for entry in books.entries:
        if isinstance(entry, Transaction) and any(one.account == account for one in entry.postings):
            opened = (books.opened.get(one.account) for one in entry.postings)
            tax_lines = {account.meta.get("tax-line") for account in opened if account is not None}
            paid = any(is_under(one.account, BANK) for one in entry.postings)
            if not paid and tax_lines & {*_INTEREST}:
                yield entry.date.year


def _is_whole_payment(entry: Transaction, paid: Decimal, loan: Loan) -> bool:
    """Whether an entry is a payment from the bank that stands on the loan as a whole."""
    others = [one for one in entry.postings if one.account != loan.account]
    from_bank = len(others) == 1 and is_under(others[0].account, BANK)
    return from_bank and paid > 0 and paid >= (loan.payment or 0)


def _entry(loan: Loan, day: datetime.date, account: str, interest: Decimal, currency: str) -> Transaction:
    legs = [posting(account, interest, currency), posting(loan.account, -interest, currency)]
    meta = {"filename": loan.meta["filename"], "lineno": 0, "loan": loan.id}
    return Transaction(meta, day, "*", loan.lender, "Interest in the loan payment", EMPTY_SET, EMPTY_SET, legs)


def _interest_account(books: Books) -> str | None:
    """The one account whose tax line is interest; None where there is none, or several."""
    found = [name for name, opened in books.opened.items() if opened.meta.get("tax-line") in _INTEREST]
    return found[0] if len(found) == 1 else None
