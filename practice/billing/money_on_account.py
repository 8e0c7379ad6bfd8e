"""Money that is to be allocated: what was received of a patient or an insurer, and what is left of it.

Two kinds of payments are: those that name no bill, so that they stand on account, and those that name one but whose
income is nobody's yet, because the bill is of several providers or came later.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final, NamedTuple

from beancount.core.data import Transaction
from daysheet.accounts import INCOME_UNASSIGNED, RECEIVABLE, is_under
from daysheet.billing.decided_lines import claim_of, decided_lines
from daysheet.billing.lines import bill_named
from daysheet.billing.open_bills import Bills, OpenBill, natural
from daysheet.billing.payers import known_claim
from daysheet.books import Books
from daysheet.books.index import ALLOCATED, invoice_of, number_of
from daysheet.records import Meta

REVERSES: Final = "reverses"
"""Metadata of a payment that takes another back: its id."""

_LIABILITIES: Final = "Liabilities"
_ZERO: Final = Decimal()


@dataclass(eq=False)
class Applied:
    """A part of some money on a bill: what is left of it after what was taken back."""

    money: Money
    bill: OpenBill
    amount: Decimal
    how: str


class Exact(NamedTuple):
    """A part of a payment whose bill a person or a pay-split export has said."""

    invoice: str
    line: str
    amount: Decimal


@dataclass(eq=False)
class Money:
    """A receipt that is on account.

    Attributes:
        id: of the payment.
        date: received.
        patient: their token.
        payer: the insurer that paid; None for the patient.
        account: the receivable account that holds it; of a true deposit the liability.
        amount: received; negative for what was given or taken back.
        left: what is on account of it at the moment.
        exact: its parts that somebody has said.
        source: the number that its entry is linked by, where that is no bill's but a line's or a visit's.
        names: the invoices that it names.
        line: the line that it names.
        applied: where it went.
        meta: of its entry.
    """

    id: str
    date: datetime.date
    patient: str
    payer: str | None
    account: str
    amount: Decimal
    meta: Meta
    left: Decimal = _ZERO
    exact: list[Exact] = field(default_factory=list)
    source: str = ""
    names: tuple[str, ...] = ()
    line: str = ""
    applied: list[Applied] = field(default_factory=list)

    @property
    def order(self) -> tuple[datetime.date, object, Decimal]:
        """The first received goes first."""
        return self.date, natural(self.id), self.amount

    @property
    def is_adjustment(self) -> bool:
        """Whether it is no money, but what the practice lets the patient off."""
        return "payment" not in self.meta

    @property
    def is_deposit(self) -> bool:
        """Whether it is a true deposit, nobody's income until a bill takes it."""
        return not is_under(self.account, RECEIVABLE)

    def takes_back(self, other: Money) -> bool:
        """Whether this says, by its own words, that it takes another payment back."""
        if other.amount <= 0 or other.is_adjustment or other.date > self.date or other.patient != self.patient:
            return False
        if self.meta.get(REVERSES):
            return bool(self.meta[REVERSES] == other.id)
        if self.id == other.id:
            return True
        reference = self.meta.get("reference")
        return bool(reference) and reference == other.meta.get("reference") and self.amount == -other.amount


def money_of(books: Books, bills: Bills, *, insurers: bool) -> dict[str, list[Money]]:
    """What insurers, or patients, have paid without a bill, by patient, the first received first."""
    said: dict[str, list[Exact]] = defaultdict(list)
    for fact in books.allotted:
        bill = bill_named(fact.invoice, books) or fact.invoice
        said[fact.payment].append(Exact(bill, fact.invoice, fact.amount))
    found: dict[str, list[Money]] = defaultdict(list)
    for entry in books.on_account:
        payer = entry.meta.get("payer")
        identity = entry.meta.get("payment") or entry.meta.get("adjustment")
        if not identity or (payer is not None) != insurers:
            continue
        account, amount = _held(entry, bills)
        said_patient = str(entry.meta.get("patient") or "")
        names = tuple(dict.fromkeys(_named(entry, said_patient, books, bills))) if amount else ()
        patient = said_patient or next((bills.by_id[name].patient for name in names if name in bills.by_id), "")
        if amount and not patient and payer is not None:
            for money in _over_bills(
                Money(str(identity), entry.date, "", payer, account, amount, entry.meta), said, bills
            ):
                found[money.patient].append(money)
        elif amount and patient:
            money = Money(str(identity), entry.date, patient, payer, account, amount, entry.meta, amount)
            money.names, money.line = names, str(entry.meta.get("line") or invoice_of(entry) or "")
            money.source = invoice_of(entry) or ""
            found[patient].append(money)
    for same in found.values():
        same.sort(key=lambda money: money.order)
        for money in same:
            # the parts of several entries of one id are told once
            money.exact = money.exact or said.pop(money.id, [])
    return found


def _over_bills(money: Money, said: dict[str, list[Exact]], bills: Bills) -> Iterator[Money]:
    """An insurer's payment of which somebody has said what bills it is for, by their patients."""
    of_patient: dict[str, list[Exact]] = defaultdict(list)
    for exact in said.pop(money.id, []):
        if exact.invoice in bills.by_id:
            of_patient[bills.by_id[exact.invoice].patient].append(exact)
    for patient, parts in of_patient.items():
        amount = sum((part.amount for part in parts), _ZERO)
        yield replace(money, patient=patient, amount=amount, left=amount, exact=parts)


def _held(entry: Transaction, bills: Bills) -> tuple[str, Decimal]:
    """The account that holds a payment which names no invoice of the books, and how much."""
    if invoice_of(entry) in bills.by_id:
        return "", _ZERO
    legs = {posting.account: -number_of(posting) for posting in entry.postings}
    held = [name for name in legs if is_under(name, RECEIVABLE)] or [
        name for name in legs if is_under(name, _LIABILITIES)
    ]
    return (held[0], legs[held[0]]) if held else ("", _ZERO)


def _named(entry: Transaction, patient: str, books: Books, bills: Bills) -> Iterator[str]:
    """The invoices that a payment names by a claim, a visit, a line or the day of service."""
    meta = entry.meta
    linked = invoice_of(entry)
    if linked is not None:
        yield known_claim(linked, meta.get("payer") or "", books)[1]
    if meta.get("claim"):
        yield known_claim(str(meta["claim"]), meta.get("payer") or "", books)[1]
    if meta.get("line"):
        yield from bills.of_line.get(str(meta["line"]), ())
        yield str(meta["line"])  # where each line is a bill of its own
    for visit in str(meta.get("visit") or "").split():
        yield from bills.of_visit.get(visit, ())
    day = meta.get("service-date")
    if day is not None:
        yield from (bill.id for bill in bills.of_patient.get(patient, ()) if day in bill.days)


class Earned(NamedTuple):
    """A payment of a known bill whose income is nobody's yet, or a part of one that was allocated to it.

    `stands`: a locked year says by now whose it is. `parts` are of the lines that the payment names, or that the
    remittance which it is of pays; `promised`: whether the latter.
    """

    date: datetime.date
    money: Money
    invoice: str
    amount: Decimal
    stands: bool
    parts: tuple[tuple[str, Decimal], ...]
    promised: bool = False


def unassigned(books: Books, bills: Bills) -> dict[str, list[Earned]]:
    """The payments of bills whose income is nobody's yet, by the bill's patient, the first received first.

    What earlier derivations have put on bills of several providers is among them: only here is it known what the bill's
    lines have been paid by then.
    """
    parts: dict[tuple[str, str], list[tuple[Transaction, Decimal]]] = defaultdict(list)
    for entry in (*books.on_account, *books.allocations):
        invoice = invoice_of(entry)
        amount = _waiting(entry) if invoice in bills.by_id and "payment" in entry.meta else _ZERO
        if amount:
            parts[str(invoice), str(entry.meta["payment"])].append((entry, amount))
    found: dict[str, list[Earned]] = defaultdict(list)
    for (invoice, payment), same in parts.items():
        patient = bills.by_id[invoice].patient
        stands = not sum((amount for _, amount in same), _ZERO)
        for entry, amount in same:
            if not stands or amount > 0:
                meta = entry.meta
                money = Money(payment, entry.date, patient, meta.get("payer"), "", amount, meta)
                line = meta.get("line")
                money.line = line if isinstance(line, str) else ""
                paid = _paid_by_line(entry, amount, bills.by_id[invoice], books)
                of_lines = paid or ((money.line, amount),)
                found[patient].append(Earned(entry.date, money, invoice, amount, stands, of_lines, bool(paid)))
    for earned in found.values():
        earned.sort(key=lambda one: (one.money.order, one.invoice))
    return found


def _paid_by_line(entry: Transaction, amount: Decimal, bill: OpenBill, books: Books) -> tuple[tuple[str, Decimal], ...]:
    """What a remittance's payment is for by line, and the rest; empty where it says nothing of lines."""
    claim = claim_of(entry.meta, books)
    if claim is None or claim.paid != amount:
        return ()
    told = [(line, told.paid) for line, told in decided_lines(claim, bill.lines) if told.paid]
    rest = amount - sum((paid for _, paid in told), _ZERO)
    return (*told, *((("", rest),) if rest else ())) if told else ()


def _waiting(entry: Transaction) -> Decimal:
    """What of a payment of a bill is nobody's income: its own leg; of an allocation what it did not move."""
    moved = -sum((number_of(one) for one in entry.postings if one.account == INCOME_UNASSIGNED), _ZERO)
    if ALLOCATED not in entry.meta:
        return moved
    return allocated_by(entry) + moved


def allocated_by(entry: Transaction) -> Decimal:
    """What a derived entry puts on its bill; zero where it only says whose income a payment is."""
    bill = invoice_of(entry)
    legs = (number_of(one) for one in entry.postings if bill is not None and (one.meta or {}).get("invoice") == bill)
    return -sum(legs, _ZERO)
