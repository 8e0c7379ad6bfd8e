"""What a practice did: the records that files give and that the ledger keeps.

A record is the same value whether it was read from an export or from the ledger. `meta` says where it stands, in
Beancount's own shape: `filename` and `lineno` (for an export, the physical line, counted from 1). Money is
`Decimal` in the books' operating currency unless a record names its own. A patient is a token (`patients`), never a
name.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, get_args

if TYPE_CHECKING:
    from daysheet.submissions import Submission

Meta = Mapping[str, Any]

VisitStatus = Literal["completed", "scheduled", "no-show", "cancelled"]
PaymentMethod = Literal["card", "cash", "check", "eft"]
AdjustmentKind = Literal["contractual", "write-off", "courtesy", "transfer"]
Reversal = Literal["returned-check", "chargeback", "void"]
ClaimStatus = Literal["submitted", "accepted", "denied", "appealed", "paid"]

COMPLETED: Final = "completed"
VISIT_STATUSES: Final[tuple[str, ...]] = get_args(VisitStatus)
PAYMENT_METHODS: Final[tuple[str, ...]] = get_args(PaymentMethod)
ADJUSTMENT_KINDS: Final[tuple[str, ...]] = get_args(AdjustmentKind)
REVERSALS: Final[tuple[str, ...]] = get_args(Reversal)
CLAIM_STATUSES: Final[tuple[str, ...]] = get_args(ClaimStatus)


class Visit(NamedTuple):
    """An appointment of one patient with one provider, kept or not."""

    id: str
    date: datetime.date
    provider: str
    status: str
    patient: str
    service: str | None
    fee: Decimal | None
    meta: Meta


PATIENT_SHARE: Final = "patient-share"
"""Metadata of a charge: what of it the patient is expected to owe, until an insurer has decided."""


class Line(NamedTuple):
    """A procedure on a bill.

    Attributes:
        id: the row's own id in the practice system.
        provider: who did it; empty where the bill's provider is meant.
        service: its code or name.
        amount: the charge.
        tooth: which, or which range.
        site: the surface, quadrant or part of the body.
        modifier: of the code; several with a space between.
        quantity: how often, where that is said.
        patient_share: what of the charge the patient is expected to owe, where the source has an estimate.
    """

    id: str
    provider: str
    service: str | None
    amount: Decimal
    tooth: str | None = None
    site: str | None = None
    modifier: str | None = None
    quantity: Decimal | None = None
    patient_share: Decimal | None = None


class Invoice(NamedTuple):
    """A charge for one or several visits (or for none: a product, a form fee); `lines` where its source has them."""

    id: str
    date: datetime.date
    visits: tuple[str, ...]
    provider: str
    patient: str
    payer: str | None
    amount: Decimal
    due: datetime.date | None
    meta: Meta
    lines: tuple[Line, ...] = ()


class Payment(NamedTuple):
    """Money received for an invoice, or on account when `invoice` is None; a refund is negative.

    `patient` is whose account it is on; empty where nothing says so.
    """

    id: str
    date: datetime.date
    invoice: str | None
    payer: str | None
    method: str
    amount: Decimal
    reference: str | None
    meta: Meta
    patient: str = ""


class Adjustment(NamedTuple):
    """What will not be collected of an invoice (positive), or is moved from insurer to patient (`transfer`).

    The invoice is empty where only the patient is known, whose token then stands in `meta`.
    """

    id: str
    date: datetime.date
    invoice: str
    kind: str
    amount: Decimal
    meta: Meta


class Allotment(NamedTuple):
    """A part of a payment and what it pays, as a person or a pay-split export says: an invoice, or a line of one."""

    id: str
    date: datetime.date
    payment: str
    invoice: str
    amount: Decimal
    meta: Meta


class AdjustingEntry(NamedTuple):
    """An entry that an accountant asks for: the amount, above zero, from one account to another, and why.

    `id` is the key of the question that it answers, or of a free line of the workbook.
    """

    id: str
    date: datetime.date
    debit: str
    credit: str
    amount: Decimal
    currency: str
    text: str
    meta: Meta


class Claim(NamedTuple):
    """An invoice sent to an insurer, and what became of it; `sent` is what was asked for, where its file says that."""

    id: str
    invoice: str
    payer: str
    submitted: datetime.date | None
    status: str
    reason: str | None
    meta: Meta
    sent: Submission | None = None


class BankLine(NamedTuple):
    """One line of a bank or card statement, from the account holder's side: money in is positive."""

    date: datetime.date
    amount: Decimal
    currency: str
    payee: str
    narration: str
    source_id: str | None
    balance: Decimal | None
    fee: Decimal | None
    account: str | None
    fingerprint: str
    meta: Meta


class Paycheck(NamedTuple):
    """What an employee earned and got on a pay day, and what the employer owes beside it.

    Attributes:
        id: the payroll program's number, or the day and the employee.
        date: the pay day.
        employee: an opaque word, never a name.
        gross: wages before anything is withheld.
        withheld: taxes withheld.
        deductions: what else was kept from the employee.
        fica: the employer's social security and Medicare.
        futa: the employer's federal unemployment tax.
        state: the employer's state taxes.
        contributions: what the employer pays beside wages, such as insurance.
        reimbursed: expenses paid back with it.
        net: what the employee got; None where the file does not tell.
        meta: where it stands.
    """

    id: str
    date: datetime.date
    employee: str
    gross: Decimal
    withheld: Decimal
    deductions: Decimal
    fica: Decimal
    futa: Decimal
    state: Decimal
    contributions: Decimal
    reimbursed: Decimal
    net: Decimal | None
    meta: Meta
