"""Payments by what they pay in the end: those that name an invoice, and the parts of others allocated to it."""

from __future__ import annotations

from daysheet.books import Books
from daysheet.books.index import invoice_of, number_of
from daysheet.records import Payment


def applied(books: Books) -> dict[str | None, list[Payment]]:
    """What has paid each invoice, by invoice id.

    Under None are the payments that name none and, with the opposite sign, the parts that were taken of them.
    """
    return books.once("applied payments", lambda: _applied(books))


def _applied(books: Books) -> dict[str | None, list[Payment]]:
    found = {invoice: [*same] for invoice, same in books.payments_of_invoice.items()}
    for entry in books.allocations:
        meta, bill = entry.meta, invoice_of(entry)
        named = {leg.meta["invoice"]: number_of(leg) for leg in entry.postings if leg.meta and "invoice" in leg.meta}
        if bill not in named or "payment" not in meta:
            continue
        source = next((invoice for invoice in named if invoice != bill), None)
        amount, patient = -named[bill], meta.get("patient", "")
        part = Payment(meta["payment"], entry.date, bill, meta.get("payer"), "", amount, None, meta, patient)
        found.setdefault(bill, []).append(part)
        found.setdefault(source, []).append(part._replace(invoice=source, amount=-amount))
    return found
