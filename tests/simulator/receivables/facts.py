"""What happens in a practice whose system keeps patients' ledgers, as that system writes it down."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field, replace
from decimal import Decimal

DAY = datetime.timedelta(days=1)
CENT = Decimal("0.01")
ZERO = Decimal()


@dataclass(frozen=True)
class Patient:
    """`guarantor` is the number of who answers for the family's account; `payers` insure him, the first one first."""

    number: int
    name: str
    guarantor: int
    payers: tuple[str, ...]


@dataclass(frozen=True)
class Visit:
    apt: int
    day: datetime.date
    hour: int
    provider: str
    patient: int
    status: str  # Complete, Broken, UnschedList
    codes: tuple[str, ...]
    fee: Decimal


@dataclass(frozen=True)
class Line:
    """One procedure charged."""

    proc: int
    apt: int
    day: datetime.date
    patient: int
    provider: str
    code: str
    tooth: str
    fee: Decimal


@dataclass(frozen=True)
class Payment:
    """Money of a patient (negative: given back), or of the insurer `payer`, for the bill `apt` where it is known.

    `splits` are the procedures it is for, 0 for none, as staff split it.
    """

    pay: int
    day: datetime.date
    patient: int
    kind: str  # Check, Cash, Visa, Ins Check, Ins EFT
    amount: Decimal
    check: str = ""
    apt: int | None = None
    payer: str | None = None
    splits: tuple[tuple[int, str, Decimal], ...] = ()
    at_bank: str = "with its kind"  # alone: a line of its own; nothing: it never was money


@dataclass(frozen=True)
class Adjustment:
    adj: int
    day: datetime.date
    patient: int
    proc: int
    apt: int
    kind: str  # Courtesy Discount, Bad Debt, Insurance Write-off
    amount: Decimal


@dataclass(frozen=True)
class Share:
    """What an insurer answered to one procedure: paid, written off by contract, left to the patient."""

    proc: int
    fee: Decimal
    paid: Decimal
    off: Decimal
    code: str = ""

    @property
    def left(self) -> Decimal:
        return self.fee - self.paid - self.off


@dataclass(frozen=True)
class Answer:
    """A claim as an insurer settled it in one payment; `trace` is the number of its transfer or check."""

    day: datetime.date
    apt: int
    claim: int
    patient: int
    payer: str
    shares: tuple[Share, ...]
    trace: str
    method: str  # EFT or Check
    rank: int  # 1 the first insurer, 2 the second
    before: Decimal = ZERO  # what the first insurer paid and wrote off, to the second

    @property
    def paid(self) -> Decimal:
        return sum((share.paid for share in self.shares), ZERO)

    @property
    def off(self) -> Decimal:
        return sum((share.off for share in self.shares), ZERO)


@dataclass(frozen=True)
class Claim:
    claim: int
    apt: int
    patient: int
    payer: str
    sent: datetime.date
    fee: Decimal
    status: str = "Sent"


@dataclass(frozen=True)
class Opening:
    """What was open in the former system when the books began: the patient's, or the insurer's `payer`."""

    apt: int
    day: datetime.date
    patient: int
    provider: str
    payer: str | None
    amount: Decimal


@dataclass(frozen=True)
class BankLine:
    day: datetime.date
    text: str
    amount: Decimal
    check: str = ""


@dataclass
class History:
    """All that happened, in the order in which it was written down."""

    visits: list[Visit] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    adjustments: list[Adjustment] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    bank: list[BankLine] = field(default_factory=list)

    def received(self, claim: int) -> None:
        """Note that a claim was answered."""
        self.claims = [replace(one, status="Received") if one.claim == claim else one for one in self.claims]
