"""Insurers' paper checks that only the bank's text tells of.

A bank line that says that a check of one insurer of the books was deposited, and that no receipt explains, is itself
the evidence of that payment: it is income of the day, and the insurer's money, though of which bills is not known. A
person says it (`custom "allocated"`), or the practice's own row or a remittance comes, which takes the place of what
was derived.

Example:
    2026-02-21 * "Delta Dental" "Insurance check"
      payment: "bank-3009289446c2bffc"
      method: "check"
      payer: "delta"
      matched: "the bank's text"
      Assets:Clearing:Deposits            105.00 USD
      Income:Visits:Unassigned           -105.00 USD
      Assets:Receivable:Insurance:Delta  -105.00 USD
      Equity:Billing:Collected            105.00 USD
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from beancount.core.data import EMPTY_SET, Transaction
from daysheet.accounts import BILLING_COLLECTED, CLEARING_DEPOSITS
from daysheet.billing.payers import named_in, receivable_of
from daysheet.books import Books
from daysheet.cash.matched_before import OpenDeposit
from daysheet.cash.receipts import BankDeposit
from daysheet.importers.booking.directives import UNASSIGNED, posting

MATCHED: Final = "the bank's text"

_CHECK: Final = re.compile(r"\b(checks?|chks?|cheques?|lock ?box)\b", re.IGNORECASE)
_ELECTRONIC: Final = re.compile(r"\b(hcclaimpmt|trn|ach|eft|ccd|ctx|wire)\b", re.IGNORECASE)
_RETURNED: Final = re.compile(r"\b(return(ed)?|reversed|reversal|nsf|fee)\b", re.IGNORECASE)


def may_be(books: Books) -> bool:
    """Whether any bank line of these books tells of a check of an insurer."""
    texts = dict.fromkeys(map(_text, books.clearing)) if books.payers else {}
    return any(_is_check(text) and len(named_in(text, books)) == 1 for text in texts)


def entries(open_deposits: Iterable[OpenDeposit], books: Books) -> Iterator[Transaction]:
    """The payments of the bank lines that nothing explains, and whose text tells of an insurer's check."""
    texts = {id(entry.meta): _text(entry) for entry in books.clearing}
    for item in open_deposits:
        deposit = item.deposit
        explained = item.candidates or item.nearest or item.elsewhere
        if explained or deposit.amount <= 0 or deposit.account != CLEARING_DEPOSITS:
            continue
        text = texts.get(id(deposit.meta), "")
        if _is_check(text):
            payers = named_in(text, books)
            if len(payers) == 1:
                yield _payment(deposit, payers[0], books)


def _is_check(text: str) -> bool:
    return bool(_CHECK.search(text)) and not _ELECTRONIC.search(text) and not _RETURNED.search(text)


def _text(entry: Transaction) -> str:
    return f"{entry.payee or ''} {entry.narration or ''} {entry.meta.get('memo', '')}"


def _payment(deposit: BankDeposit, payer: str, books: Books) -> Transaction:
    amount, currency = deposit.amount, books.currency
    number = deposit.meta.get("check")
    meta = {
        "payment": f"bank-{deposit.id}",
        "method": "check",
        "payer": payer,
        **({"reference": number} if isinstance(number, str) else {}),
        "matched": MATCHED,
    }
    legs = (
        (CLEARING_DEPOSITS, amount),
        (UNASSIGNED, -amount),
        (receivable_of(payer, deposit.date, books), -amount),
        (BILLING_COLLECTED, amount),
    )
    fact = books.payer_on(payer, deposit.date)
    return Transaction(
        meta, deposit.date, "*", fact.name if fact else payer, "Insurance check", EMPTY_SET, EMPTY_SET,
        [posting(account, number, currency) for account, number in legs],
    )  # fmt: skip
