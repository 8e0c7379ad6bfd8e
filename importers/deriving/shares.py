"""Who owes what, in the ledger: entries that move what differs between a bill's division and its accounts.

They are derived (`derived`): on each day on which something became known of a bill, the accounts of its parties are
brought to what each owes by then (`daysheet.billing.shares`). What an insurer takes off under contract is an entry of
its own, as an adjustment of that insurer. Days of locked years are left alone.

Example:
    2026-02-27 * "Delta Dental" "Moved to the insurer" ^inv-5278
      share: "5278/2026-02-27"
      Assets:Receivable:Insurance:Delta   147.00 USD
      Assets:Receivable:Patients         -147.00 USD
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from beancount.core.data import Transaction
from daysheet.accounts import (
    BILLING_CONTRACTUAL,
    RECEIVABLE_PATIENTS,
)
from daysheet.billing.bill_facts import SHARE, BillFacts, bills
from daysheet.billing.decided_lines import parts_of
from daysheet.billing.shares import Shares
from daysheet.books import Books
from daysheet.importers.booking.directives import by_line, invoice_link, posting
from daysheet.remittances import Remittance, RemittedClaim

_ZERO: Final = Decimal()


def entries(books: Books) -> Iterator[Transaction]:
    """What the books lack for each bill to be owed by whom it is."""
    for bill in bills(books):
        yield from _of_bill(bill, books)


def copays(books: Books) -> Iterator[Transaction]:
    """What patients paid before anybody has decided what they owe: as much is theirs while an insurer's share is open.

    It is taken back on the day on which it is decided.
    """
    for bill in bills(books):
        lent: dict[str, Decimal] = defaultdict(Decimal)
        for day in (day for day in bill.days() if day.year not in books.locks):
            stands, open_ = bill.balances(day), bill.at(day).open
            short = max(_ZERO, -stands.get(RECEIVABLE_PATIENTS, _ZERO))
            legs: dict[str, Decimal] = {}
            for name in sorted({*open_, *lent}):
                part = max(_ZERO, min(short, open_.get(name, _ZERO), stands.get(name, _ZERO)))
                short -= part
                if part != lent[name]:
                    legs[name] = lent[name] - part
                    lent[name] = part
            if legs:
                patients = -sum(legs.values(), _ZERO)
                yield _transfer(bill, day, {**legs, RECEIVABLE_PATIENTS: patients}, books)


def _of_bill(bill: BillFacts, books: Books) -> Iterator[Transaction]:
    yield from _renamed(bill, books)
    moved: Shares = defaultdict(Decimal)
    taken: Shares = defaultdict(Decimal)
    first = bill.bill.date
    days = [day for day in bill.days() if day > first]
    for day in (day for day in (first, *days) if day.year not in books.locks):
        divided, stands = bill.at(day), bill.balances(day)
        accounts = sorted({*divided.shares, *divided.paid, *divided.off, *stands, *moved})
        off = {name: divided.decided.get(name, _ZERO) - taken[name] for name in accounts}
        for name in accounts:
            if off[name]:
                yield _contractual(bill, day, name, off[name], books)
                taken[name] += off[name]
                moved[name] -= off[name]
        legs: dict[str, Decimal] = {}
        for name in accounts:
            change = divided.owed(name) - stands.get(name, _ZERO) - moved[name]
            if change:
                legs[name] = change
                moved[name] += change
        if legs:
            yield _transfer(bill, day, legs, books)


def _renamed(bill: BillFacts, books: Books) -> Iterator[Transaction]:
    """Adjustments that name a line or the visit of a bill, moved to the bill on their day; payments are allocated."""
    for key, line in bill.postings:
        if key != bill.invoice and line.date.year not in books.locks:
            meta = {SHARE: f"{bill.invoice}/{line.meta['adjustment']}", **_patient(bill)}
            legs = [
                posting(line.account, -line.amount, books.currency)._replace(meta={"invoice": key}),
                posting(line.account, line.amount, books.currency)._replace(meta={"invoice": bill.invoice}),
            ]
            links = frozenset({invoice_link(key), invoice_link(bill.invoice)})
            yield Transaction(meta, line.date, "*", None, "Of the bill", frozenset(), links, legs)


def _contractual(bill: BillFacts, day: datetime.date, account: str, amount: Decimal, books: Books) -> Transaction:
    said = _said(bill, day, account)
    identifier = f"{bill.invoice}/{day}/contractual"
    if said is not None:
        identifier = f"{said[0].id}-{said[1].line}-contractual"
    meta: dict[str, Any] = {"adjustment": identifier, "kind": "contractual", **_of(said, bill), **_patient(bill)}
    entry = _entry(bill, day, said, "Contractual adjustment", meta, ((account, -amount),), books)
    parts = [] if said is None else parts_of(said[1], lambda line: line.contractual, bill.invoice, books)
    entry.postings.extend(by_line(BILLING_CONTRACTUAL, amount, parts, books.currency))
    return entry


def _transfer(bill: BillFacts, day: datetime.date, legs: Shares, books: Books) -> Transaction:
    said = _said(bill, day, None)
    meta: dict[str, Any] = {SHARE: f"{bill.invoice}/{day}", **_of(said, bill), **_patient(bill)}
    patients = legs.get(RECEIVABLE_PATIENTS, _ZERO)
    words = "Moved to the patient" if patients > 0 else "Moved to the insurer" if patients else "Moved between insurers"
    return _entry(bill, day, said, words, meta, tuple(legs.items()), books)


def _said(bill: BillFacts, day: datetime.date, account: str | None) -> tuple[Remittance, RemittedClaim] | None:
    """The decision of a day, of an insurer where one is asked for; the last where there are several."""
    found = [
        said
        for decision, said in zip(bill.decisions, bill.said_by, strict=True)
        if decision.date == day and account in (None, decision.account)
    ]
    return found[-1] if found else None


def _of(said: tuple[Remittance, RemittedClaim] | None, bill: BillFacts) -> dict[str, Any]:
    exact = {} if invoice_link(bill.invoice) == f"inv-{bill.invoice}" else {"invoice": bill.invoice}
    if said is None:
        return exact
    remittance, claim = said
    codes = {"codes": claim.codes} if claim.codes else {}
    return {"remittance": remittance.id, "line": Decimal(claim.line), **exact, **codes}


def _patient(bill: BillFacts) -> dict[str, str]:
    patient = bill.bill.patient
    return {"patient": patient} if patient else {}


def _entry(
    bill: BillFacts,
    day: datetime.date,
    said: tuple[Remittance, RemittedClaim] | None,
    words: str,
    meta: dict[str, Any],
    legs: tuple[tuple[str, Decimal], ...],
    books: Books,
) -> Transaction:
    facts = books.payers.get(said[0].payer) if said else None
    payee = None if said is None else facts[-1].name if facts else said[0].payer
    postings = [posting(account, number, books.currency) for account, number in legs]
    links = frozenset({invoice_link(bill.invoice)})
    return Transaction(meta, day, "*", payee, words, frozenset(), links, postings)
