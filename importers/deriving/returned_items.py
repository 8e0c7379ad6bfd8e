"""Payments that only the bank says were taken back, as entries: the payment's own legs, undone on the bank's day.

Example:
    2026-03-09 * "Returned check" ^inv-INV-2
      payment: "PMT-2-returned"
      patient: "pt-7f3a9c2b1d04"
      method: "check"
      reference: "4002"
      reversal: "returned-check"
      reverses: "PMT-2"
      Assets:Clearing:Deposits        -54.00 USD
      Income:Visits:Adams              54.00 USD
      Assets:Receivable:Patients       54.00 USD
      Equity:Billing:Collected        -54.00 USD
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from beancount.core.amount import Amount
from beancount.core.data import EMPTY_SET, Posting, Transaction
from daysheet.books import Books
from daysheet.books.index import number_of
from daysheet.cash.returned_items import Returned, returned_items

_KEPT: Final = ("patient", "invoice", "method", "payer", "reference")


def entries(books: Books) -> Iterator[Transaction]:
    """What `returned_items` gives, as entries of the ledger."""
    for returned in returned_items(books):
        yield _entry(returned, books)


def _entry(returned: Returned, books: Books) -> Transaction:
    payment, line = returned
    card = payment.meta.get("method") == "card"
    meta: dict[str, Any] = {"filename": "<derived>", "lineno": 0, "payment": f"{payment.meta['payment']}-returned"}
    meta |= {key: payment.meta[key] for key in _KEPT if key in payment.meta}
    meta |= {"reversal": "chargeback" if card else "returned-check", "reverses": str(payment.meta["payment"])}
    postings = [
        Posting(one.account, Amount(-number_of(one), books.currency), None, None, None, None)
        for one in payment.postings
    ]
    words = "Chargeback" if card else "Returned check"
    return Transaction(meta, line.date, "*", None, words, EMPTY_SET, payment.links, postings)
