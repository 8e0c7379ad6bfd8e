"""Records to directives: how visits, invoices, payments, adjustments and claims stand in the ledger.

Both legs are always written, and every receivable leg has its equity leg, so that the receivables and `Equity:Billing`
add up to zero and the ledger's own income statement is the cash-basis one.

Example:
    2026-03-20 * "Card payment" ^inv-INV-1001
      payment: "PMT-551"
      method: "card"
      Assets:Clearing:Cards            50.00 USD
      Income:Visits:Adams             -50.00 USD
      Assets:Receivable:Patients      -50.00 USD
      Equity:Billing:Collected         50.00 USD
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from beancount.core.amount import Amount
from beancount.core.data import EMPTY_SET, Custom, Directive, Posting, Transaction
from beancount.parser.grammar import ValueType
from daysheet.accounts import (
    BILLING_CHARGES,
    BILLING_COLLECTED,
    BILLING_CONTRACTUAL,
    BILLING_COURTESY,
    BILLING_OPENING,
    BILLING_WRITE_OFFS,
    CLEARING_CARDS,
    CLEARING_DEPOSITS,
    INCOME_UNASSIGNED,
    INCOME_VISITS,
    RECEIVABLE_INSURANCE,
    RECEIVABLE_PATIENTS,
    account_part,
)
from daysheet.books.index import INVOICE_LINK, PREPAID
from daysheet.books.openings import OPENING, begin_of
from daysheet.importers.booking.known import Known
from daysheet.importers.reading import Reading, Record
from daysheet.importers.settings import DEPOSIT, ImportSettings
from daysheet.ledger.printer import link
from daysheet.records import PATIENT_SHARE, Adjustment, Allotment, Claim, Invoice, Line, Payment, Visit
from daysheet.submissions import Answer, answer_meta, submission_meta

UNASSIGNED: Final = INCOME_UNASSIGNED
"""Income of a payment whose invoice the books do not know yet, or that names none."""

_CLEARING: Final = {
    "card": CLEARING_CARDS,
    "cash": CLEARING_DEPOSITS,
    "check": CLEARING_DEPOSITS,
    "eft": CLEARING_DEPOSITS,
}
_BESIDE: Final = ("line", "reverses", "reversal", "guarantor")
NAMING: Final = ("claim", "visit", "service-date", *_BESIDE)
"""What a payment may say of what it is for, in a record's `meta` and in the ledger."""

_PAID_BY: Final = {"card": "Card", "cash": "Cash", "check": "Check", "eft": "Electronic"}
_ADJUSTED: Final = {
    "contractual": (BILLING_CONTRACTUAL, "Contractual adjustment"),
    "write-off": (BILLING_WRITE_OFFS, "Write-off"),
    "courtesy": (BILLING_COURTESY, "Courtesy adjustment"),
}
_SLUG_DIGITS: Final = 8
TAKEN_OVER: Final = "Receivable taken over"
"""What an entry says whose bill is of before the day on which the books begin."""


@dataclass(frozen=True)
class Terms:
    """How a file's records are booked.

    Attributes:
        currency: of every amount.
        prepayments: the account of true deposits.
        deposits: whether all money without an invoice is a deposit; else it is income of the day.
        last: the last day of the file: that of a claim's state that has no day of its own.
    """

    currency: str
    prepayments: str
    last: datetime.date
    deposits: bool = False

    @classmethod
    def of(cls, reading: Reading, settings: ImportSettings) -> Terms:
        """What a file and the practice's settings say."""
        return cls(reading.currency, settings.prepayments, reading.last, settings.on_account == DEPOSIT)


def book(record: Record, known: Known, terms: Terms) -> Directive:
    """The directive of one practice record.

    Args:
        record: a visit, invoice, payment, adjustment or claim.
        known: the books so far, for the provider and the payer behind an invoice.
        terms: the currency and the account for money on account.
    """
    return _BOOKERS[type(record)](record, known, terms)


def invoice_link(identifier: str) -> str:
    """The link of an invoice's entries: `inv-` and its id.

    An id with characters that a link cannot hold gets them as dashes and eight digits of its SHA-256 behind, so that
    two ids never share a link; its exact form stands in the metadata `invoice`.
    """
    slug = link(identifier)
    if slug != identifier:
        slug = f"{slug}-{hashlib.sha256(identifier.encode()).hexdigest()[:_SLUG_DIGITS]}"
    return INVOICE_LINK + slug


def income_account(invoice: Invoice | None, known: Known) -> str:
    """Where the income of an invoice's payments goes: the provider's account.

    Nobody's yet where its lines are of several: which line a payment pays is derived.
    """
    if invoice is None or len({line.provider for line in invoice.lines}) > 1:
        return UNASSIGNED
    provider = invoice.provider or next((known.visits[v].provider for v in invoice.visits if v in known.visits), "")
    return f"{INCOME_VISITS}:{account_part(provider)}" if provider else UNASSIGNED


def _visit(visit: Visit, known: Known, terms: Terms) -> Directive:
    del known
    fee = None if visit.fee is None else Amount(visit.fee, terms.currency)
    meta = _meta(patient=visit.patient or None, guarantor=visit.meta.get("guarantor"), service=visit.service, fee=fee)
    return custom(visit.date, "visit", meta, visit.id, visit.provider, visit.status)


def _claim(claim: Claim, known: Known, terms: Terms) -> Directive:
    meta = _meta(submitted=claim.submitted, reason=claim.reason)
    day = claim.submitted
    if claim.sent is not None and day is not None:
        meta |= submission_meta(claim.sent, terms.currency)
        return custom(day, "claim", meta, claim.id, claim.invoice, claim.payer, claim.status)
    # a later state is known as of the file; what a remittance said of the claim is not the practice's earlier word
    if day is None or any("remittance" not in state.meta for state in known.claims.get(claim.id, ())):
        day = terms.last
    return custom(day, "claim", meta, claim.id, claim.invoice, claim.payer, claim.status)


def _answer(answer: Answer, known: Known, terms: Terms) -> Directive:
    del known
    meta = answer_meta(answer, terms.currency)
    return custom(answer.date, "answer", meta, answer.kind, answer.id, answer.status)


def _invoice(invoice: Invoice, known: Known, terms: Terms) -> Directive:
    meta = _meta(
        invoice=_exact(invoice.id),
        visit=" ".join(invoice.visits) or None,
        provider=_of_all(invoice),
        patient=invoice.patient or None,
        guarantor=invoice.meta.get("guarantor"),
        payer=invoice.payer,
        due=invoice.due,
        **{PATIENT_SHARE: _money(invoice.meta.get(PATIENT_SHARE), terms)},
    )
    account = known.receivable(invoice.payer, invoice.date) if invoice.payer else RECEIVABLE_PATIENTS
    owed = ((account, invoice.amount),)
    if invoice.date < begin_of(known.books):
        legs = (*owed, (BILLING_OPENING, -invoice.amount))
        return _transaction(invoice.date, TAKEN_OVER, invoice.id, {OPENING: True, **meta}, legs, terms)
    charged = () if invoice.lines else ((BILLING_CHARGES, -invoice.amount),)
    entry = _transaction(invoice.date, f"Invoice {invoice.id}", invoice.id, meta, (*owed, *charged), terms)
    lines = [_line(line, invoice, terms) for line in invoice.lines]
    return entry._replace(postings=[*entry.postings, *lines])


def _of_all(invoice: Invoice) -> str | None:
    """The provider of a bill; none where its lines are of several, each of which then says its own."""
    alone = all(line.provider == invoice.provider for line in invoice.lines)
    return invoice.provider or None if alone else None


def _line(line: Line, invoice: Invoice, terms: Terms) -> Posting:
    """The leg of a procedure."""
    meta = _meta(
        line=line.id,
        provider=line.provider or invoice.provider or None,
        service=line.service,
        tooth=line.tooth,
        site=line.site,
        modifier=line.modifier,
        quantity=line.quantity,
    )
    if line.patient_share is not None:
        meta[PATIENT_SHARE] = _money(line.patient_share, terms)
    return posting(BILLING_CHARGES, -line.amount, terms.currency)._replace(meta=meta)


def _money(amount: Decimal | None, terms: Terms) -> Amount | None:
    return None if amount is None else Amount(amount, terms.currency)


def _payment(payment: Payment, known: Known, terms: Terms) -> Directive:
    invoice = None if payment.invoice is None else _invoice_of(payment.invoice, known)
    deposit = payment.invoice is None and (terms.deposits or bool(payment.meta.get(PREPAID)))
    meta = _meta(
        payment=payment.id,
        patient=payment.patient or (invoice.patient if invoice is not None else "") or None,
        invoice=None if payment.invoice is None else _exact(payment.invoice),
        method=payment.method,
        payer=payment.payer,
        reference=payment.reference,
        dated=payment.meta.get("dated"),
        prepaid=True if deposit else None,
        **{key: payment.meta.get(key) for key in (NAMING if payment.invoice is None else _BESIDE)},
    )
    words = f"{_PAID_BY[payment.method]} {'refund' if payment.amount < 0 else 'payment'}"
    amount = payment.amount
    cash = (_CLEARING[payment.method], amount)
    if deposit:
        legs: tuple[tuple[str, Decimal], ...] = (cash, (terms.prepayments, -amount))
        return _transaction(payment.date, f"{words}, a deposit", None, meta, legs, terms)
    legs = (
        cash,
        (income_account(invoice, known), -amount),
        (_owed_by(payment.payer, invoice, payment.date, known), -amount),
        (BILLING_COLLECTED, amount),
    )
    return _transaction(payment.date, words, payment.invoice, meta, legs, terms)


def _adjustment(adjustment: Adjustment, known: Known, terms: Terms) -> Directive:
    patient = None if adjustment.invoice else adjustment.meta.get("patient")
    meta = _meta(adjustment=adjustment.id, patient=patient, invoice=_exact(adjustment.invoice), kind=adjustment.kind)
    invoice = _invoice_of(adjustment.invoice, known)
    payer = None if invoice is None else invoice.payer
    amount = adjustment.amount
    if adjustment.kind == "transfer":
        words = "Moved to the patient"
        insurer = RECEIVABLE_INSURANCE if payer is None else _owed_by(payer, invoice, adjustment.date, known)
        legs = ((insurer, -amount), (RECEIVABLE_PATIENTS, amount))
    else:
        equity, words = _ADJUSTED[adjustment.kind]
        if adjustment.kind != "contractual" and adjustment.invoice in known.transferred:
            payer = None  # what the insurer left to the patient is the patient's to be let off
        legs = ((_owed_by(payer, invoice, adjustment.date, known), -amount), (equity, amount))
    return _transaction(adjustment.date, words, adjustment.invoice or None, meta, legs, terms)


def _allotment(allotment: Allotment, known: Known, terms: Terms) -> Directive:
    del known
    meta = _meta(split=allotment.id or None)
    amount = Amount(allotment.amount, terms.currency)
    return custom(allotment.date, "allocated", meta, allotment.payment, allotment.invoice, amount)


_BOOKERS: Final[Mapping[type, Callable[[Any, Known, Terms], Directive]]] = {
    Visit: _visit,
    Claim: _claim,
    Answer: _answer,
    Invoice: _invoice,
    Payment: _payment,
    Adjustment: _adjustment,
    Allotment: _allotment,
}


def _invoice_of(identifier: str, known: Known) -> Invoice | None:
    charges = known.invoices.get(identifier)
    return charges[0] if charges else None


def _owed_by(payer: str | None, invoice: Invoice | None, day: datetime.date, known: Known) -> str:
    """The receivable account: a payer's as of the day of the invoice, where the charge was booked."""
    if payer is None:
        return RECEIVABLE_PATIENTS
    return known.receivable(payer, day if invoice is None else invoice.date)


def _exact(identifier: str) -> str | None:
    return identifier if invoice_link(identifier) != INVOICE_LINK + identifier else None


def _meta(**values: Any) -> dict[str, Any]:  # noqa: ANN401 - metadata holds values of many types
    return {key: value for key, value in values.items() if value is not None}


def custom(day: datetime.date, kind: str, meta: Mapping[str, Any], *values: object) -> Custom:
    """A `custom` directive of text, dates and numbers."""
    return Custom(dict(meta), day, kind, [ValueType(value, type(value)) for value in values])


def _transaction(
    day: datetime.date,
    words: str,
    invoice: str | None,
    meta: dict[str, Any],
    legs: tuple[tuple[str, Decimal], ...],
    terms: Terms,
) -> Transaction:
    links = EMPTY_SET if invoice is None else frozenset({invoice_link(invoice)})
    postings = [posting(account, number, terms.currency) for account, number in legs]
    return Transaction(meta, day, "*", None, words, EMPTY_SET, links, postings)


def posting(account: str, number: Decimal, currency: str, meta: dict[str, Any] | None = None) -> Posting:
    """One leg."""
    return Posting(account, Amount(number, currency), None, None, None, meta)


def by_line(account: str, amount: Decimal, parts: Sequence[tuple[str, Decimal]], currency: str) -> list[Posting]:
    """A leg for each line of a bill that a part of an amount is of; one leg where the parts are not the whole of it."""
    if not parts or sum(part for _, part in parts) != amount:
        return [posting(account, amount, currency)]
    return [posting(account, part, currency)._replace(meta={"line": line}) for line, part in parts]
