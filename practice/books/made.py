"""Entries as records: what the pass over the books has noted, made when it is asked for."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from beancount.core.amount import Amount
from beancount.core.data import Custom, Posting, Transaction
from daysheet.books.index import CHARGED, invoice_of, number_of, role_of
from daysheet.records import PATIENT_SHARE, Invoice, Line, Meta, Payment, Visit

_ZERO: Final = Decimal()


def visit_of(entry: Custom) -> Visit:
    """The visit that an entry states, which the pass has taken as one."""
    (identifier, _), (provider, _), (status, _) = entry.values
    meta = entry.meta
    fee = meta.get("fee")
    return Visit(
        identifier,
        entry.date,
        provider,
        status,
        meta.get("patient", ""),
        meta.get("service"),
        None if fee is None else fee.number,
        meta,
    )


def bill_of(entry: Transaction) -> Invoice:
    """The invoice that an entry charges."""
    meta = entry.meta
    provider = meta.get("provider", "")
    amount = _ZERO
    lines: tuple[Line, ...] = ()
    for posting in entry.postings:
        if role_of(posting.account) == CHARGED:
            amount -= number_of(posting)
            if posting.meta and "line" in posting.meta:
                lines += _lines(posting, provider)
    return Invoice(
        invoice_of(entry) or "",
        entry.date,
        tuple(meta.get("visit", "").split()),
        provider or (lines[0].provider if lines else ""),
        meta.get("patient", ""),
        meta.get("payer"),
        amount,
        meta.get("due"),
        meta,
        lines,
    )


def _lines(posting: Posting, provider: str) -> tuple[Line, ...]:
    """The procedure that a leg charges; none where it names none."""
    meta = posting.meta or {}
    identity = meta.get("line")
    if not isinstance(identity, str):
        return ()
    line = Line(
        identity,
        meta.get("provider") or provider,
        meta.get("service"),
        -number_of(posting),
        meta.get("tooth"),
        meta.get("site"),
        meta.get("modifier"),
        meta.get("quantity"),
        share_of(meta),
    )
    return (line,)


def share_of(meta: Meta) -> Decimal | None:
    """What of a charge the patient is expected to owe, where its metadata says so."""
    told = meta.get(PATIENT_SHARE)
    return told.number if isinstance(told, Amount) else None


def payment_of(entry: Transaction) -> Payment:
    """The payment that an entry books: what it adds to income, or to what is owed to a patient on account."""
    meta = entry.meta
    earned = [
        number_of(posting) for posting in entry.postings if posting.account.startswith(("Income:", "Liabilities:"))
    ]
    amount = -sum(earned, _ZERO)
    invoice, method = invoice_of(entry), meta.get("method", "")
    return Payment(
        meta["payment"], entry.date, invoice, meta.get("payer"), method, amount, meta.get("reference"), meta,
        meta.get("patient", ""),
    )  # fmt: skip
