"""The practice's true accounts, kept while things happen: who owes what, and whose income each payment is.

This is the truth that Daysheet is measured by, so nothing of Daysheet is used in it. The rules are those of a patient's
ledger: a payment goes to what it names, else, as a copay, to the insurer's bill of that day's visit, else to the
patient's oldest open bill, else to the family's, else it stays on the patient's account until a charge comes; what is
taken back undoes what it did.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from tests.simulator.receivables.facts import ZERO, Answer, Line, Opening, Payment
from tests.simulator.receivables.shape import Shape

ON_ACCOUNT = "unassigned"


@dataclass
class Bill:
    """One visit's bill: `waits` is what insurers have not answered yet, `theirs` what is the patient's to pay."""

    apt: int
    day: datetime.date
    patient: int
    provider: str
    theirs: Decimal = ZERO
    waits: Decimal = ZERO
    paid: Decimal = ZERO
    off: Decimal = ZERO
    payer: str | None = None
    lines: list[Line] = field(default_factory=list)

    @property
    def owed(self) -> Decimal:
        """What the patient owes of it; negative while a copay waits for its insurer's answer."""
        return self.theirs - self.paid - self.off


@dataclass(frozen=True)
class Use:
    """What a payment did: `bill` is None for money on account."""

    bill: Bill | None
    provider: str
    amount: Decimal


class Book:
    """The accounts up to now."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.bills: dict[int, Bill] = {}
        self.by_patient: dict[int, list[Bill]] = defaultdict(list)
        self.payers: dict[str, Decimal] = defaultdict(Decimal)
        self.income: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        self.credit: dict[int, dict[int, Decimal]] = defaultdict(dict)
        self.uses: dict[int, list[Use]] = defaultdict(list)

    def owed(self, patient: int) -> Decimal:
        """What a patient owes of answered bills."""
        return sum((bill.owed for bill in self.by_patient[patient] if bill.owed > 0), ZERO)

    def pending(self, patient: int) -> bool:
        """Whether an insurer has still to answer for this patient."""
        return any(bill.waits for bill in self.by_patient[patient])

    def on_account(self, patient: int) -> Decimal:
        """A patient's money that pays nothing yet."""
        return sum(self.credit[patient].values(), ZERO)

    def open(self, opening: Opening) -> None:
        """Take over what was open."""
        bill = Bill(opening.apt, opening.day, opening.patient, opening.provider, payer=opening.payer)
        self._add(bill)
        if opening.payer:
            bill.waits = opening.amount
            self.payers[opening.payer] += opening.amount
        else:
            bill.theirs = opening.amount

    def charge(self, lines: list[Line], payer: str | None) -> Bill:
        """Bill a visit, to the insurer until it answers, or to the patient; `apply_credit` when the bill stands."""
        first = lines[0]
        bill = Bill(first.apt, first.day, first.patient, first.provider, payer=payer, lines=lines)
        total = sum((line.fee for line in lines), ZERO)
        self._add(bill)
        if payer:
            bill.waits = total
            self.payers[payer] += total
        else:
            bill.theirs = total
        return bill

    def answer(self, answer: Answer) -> None:
        """An insurer's decision: what it will pay it still owes, the rest is written off or the patient's."""
        bill = self.bills[answer.apt]
        left = sum((share.left for share in answer.shares), ZERO)
        if answer.rank == 1:
            billed = sum((share.fee for share in answer.shares), ZERO)
            bill.waits -= billed
            bill.theirs += left
            self.payers[answer.payer] -= billed - answer.paid
        else:
            bill.theirs -= answer.paid
            self.payers[answer.payer] += answer.paid
        self.apply_credit(bill, answer.day)

    def insurer_money(self, answer: Answer, day: datetime.date) -> None:
        """The insurer's money comes in."""
        self.payers[answer.payer] -= answer.paid
        bill = self.bills[answer.apt]
        providers = {line.proc: line.provider for line in bill.lines}
        for share in answer.shares:
            self._earn(day, providers.get(share.proc, bill.provider), share.paid)

    def adjust(self, apt: int, amount: Decimal) -> None:
        """Write off so much of what a patient owes."""
        self.bills[apt].off += amount

    def pay(self, payment: Payment) -> None:
        """Take a patient's money."""
        rest = payment.amount
        if payment.splits:
            for proc, provider, amount in payment.splits:
                bill = next((b for b in self.bills.values() if any(line.proc == proc for line in b.lines)), None)
                self._use(payment, bill, provider if bill else ON_ACCOUNT, amount)
            return
        if payment.apt is not None:
            bill = self.bills[payment.apt]
            self._use(payment, bill, bill.provider, rest)
            return
        for bill, room in self._order(payment):
            part = min(room, rest)
            if part > 0:
                self._use(payment, bill, bill.provider, part)
                rest -= part
        if rest:
            self._use(payment, None, ON_ACCOUNT, rest)

    def _order(self, payment: Payment) -> list[tuple[Bill, Decimal]]:
        """The bills that a payment goes to when it names none, with what each can take."""
        own = self.by_patient[payment.patient]
        today = [bill for bill in own if bill.day == payment.day and bill.waits]
        found = [(bill, bill.waits + bill.owed) for bill in today]
        found += [(bill, bill.owed) for bill in own if bill not in today and bill.owed > 0]
        if self.shape.families:
            others = [b for n in self.shape.family(payment.patient) if n != payment.patient for b in self.by_patient[n]]
            others.sort(key=lambda bill: (bill.day, bill.apt))
            found += [(bill, bill.owed) for bill in others if bill.owed > 0]
        return found

    def take_back(self, payment: Payment, day: datetime.date) -> None:
        """Undo what a payment did: returned or charged back. Money on account pays what is open again."""
        for use in self.uses.pop(payment.pay):
            if use.bill is not None:
                use.bill.paid -= use.amount
            self._earn(day, use.provider, -use.amount)
        self.credit[payment.patient].pop(payment.pay, None)
        for bill in self.by_patient[payment.patient]:
            self.apply_credit(bill, day)

    def refund(self, patient: int, amount: Decimal, day: datetime.date) -> None:
        """Give back money on account, the oldest first."""
        self._earn(day, ON_ACCOUNT, -amount)
        for pay, left in sorted(self.credit[patient].items()):
            part = min(left, amount)
            amount -= part
            if part:
                self._spend(patient, pay, part)
        assert not amount

    def _add(self, bill: Bill) -> None:
        self.bills[bill.apt] = bill
        self.by_patient[bill.patient].append(bill)
        self.by_patient[bill.patient].sort(key=lambda one: (one.day, one.apt))

    def _earn(self, day: datetime.date, provider: str, amount: Decimal) -> None:
        self.income[f"{day:%Y-%m}", provider] += amount

    def _spend(self, patient: int, pay: int, amount: Decimal) -> None:
        self.credit[patient][pay] -= amount
        if not self.credit[patient][pay]:
            del self.credit[patient][pay]

    def _use(self, payment: Payment, bill: Bill | None, provider: str, amount: Decimal) -> None:
        if bill is None:
            self.credit[payment.patient][payment.pay] = self.credit[payment.patient].get(payment.pay, ZERO) + amount
        else:
            bill.paid += amount
        self.uses[payment.pay].append(Use(bill, provider, amount))
        self._earn(payment.day, provider, amount)

    def apply_credit(self, bill: Bill, day: datetime.date) -> None:
        """Money on account pays what is owed of a bill."""
        for pay, left in sorted(self.credit[bill.patient].items()):
            part = min(left, bill.owed)
            if part > 0:
                bill.paid += part
                self._spend(bill.patient, pay, part)
                self.uses[pay].append(Use(bill, bill.provider, part))
                self.uses[pay].append(Use(None, ON_ACCOUNT, -part))
                self._earn(day, ON_ACCOUNT, -part)
                self._earn(day, bill.provider, part)
