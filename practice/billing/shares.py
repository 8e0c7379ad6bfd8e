"""Who owes what of a bill: each party's share by the best that is known, whoever has paid so far.

A party is a receivable account: the patients' or an insurer's. What is known, best first: what insurers have decided
(835), the practice's own rows that move a share to the patient, what an insurer has paid (its bill is the patient's for
the rest once the practice calls the claim answered), what is expected of the patient by an estimate or the plan's
coverage, a claim that was sent to it and is not answered, the bill. A decision says what the insurer pays, what nobody
owes (contractual) and what the patient owes (PR); what is denied stays where the bill had it. A second insurer takes
its part out of what the first has left to the patient.

`division` is a function of a bill's facts alone. What differs between it and the accounts is moved by entries that are
derived from it, so that a copay before or after the decision gives the same books: 210 are 63 of the patient and 147 of
the insurer, of which 105 are paid and 42 written off.

All amounts are in the books' currency.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.accounts import RECEIVABLE_INSURANCE, RECEIVABLE_PATIENTS
from daysheet.billing.same_amounts import unsaid

Shares = dict[str, Decimal]
"""Amounts by receivable account."""

CHARGE: Final = "charge"
PAID: Final = "paid"
MOVED: Final = "transfer"
CLAIMED: Final = "claim"
ANSWERED: Final = "answered"
EXPECTED: Final = "expected"
CONTRACTUAL: Final = "contractual"
_ZERO: Final = Decimal()
_ANY: Final = ("insurance", "insurances", "insurer", "insurers")
_RANKS: Final = {"secondary": 1, "tertiary": 2}


class Decision(NamedTuple):
    """What an insurer has decided on a claim.

    Attributes:
        date: the day of the remittance.
        account: the insurer's receivable account.
        claim: the claim's number; a later decision of the insurer on it takes the place of an earlier one.
        remittance: which remittance says it: a number that stands in one several times is that of several claims.
        rank: `secondary` or `tertiary` where the insurer pays after another.
        reversal: whether it takes the earlier decision back.
        charged: what it is about.
        paid: by the insurer.
        contractual: what nobody owes.
        transfer: what the patient owes.
        denied: what is refused, which stays where it was.
    """

    date: datetime.date
    account: str
    claim: str
    remittance: str
    rank: str
    reversal: bool
    charged: Decimal
    paid: Decimal
    contractual: Decimal
    transfer: Decimal
    denied: Decimal


class Row(NamedTuple):
    """A fact of a bill that is no decision.

    Attributes:
        date: its day.
        what: `charge`; `paid`; `transfer`, to the patient; `claim`, sent; `answered`, a claim that the practice calls
            so; `expected`, of the patient until an insurer has decided; else the kind of an adjustment.
        account: the receivable account that the books have it on; of a claim that of its insurer.
        amount: as the practice writes it: charged, paid, moved to the patient, claimed, expected, taken off.
    """

    date: datetime.date
    what: str
    account: str
    amount: Decimal


class Division(NamedTuple):
    """A bill divided; accounts with nothing are left out.

    Attributes:
        shares: what of the charge is each party's; together they are the charge.
        off: what of each share nobody owes.
        paid: what of each share is paid.
        open: what of insurers' shares nobody has decided: it may yet be the patient's.
        decided: what of `off` insurers have decided, and no row of the practice says.
    """

    shares: Shares
    off: Shares
    paid: Shares
    open: Shares
    decided: Shares

    def owed(self, account: str) -> Decimal:
        """What a party owes; negative where more has been paid or taken off than its share."""
        return self.shares.get(account, _ZERO) - self.off.get(account, _ZERO) - self.paid.get(account, _ZERO)


def standing(decisions: Iterable[Decision]) -> list[list[Decision]]:
    """The decisions neither taken back nor replaced: of each claim one of each insurer, in the order of their turns.

    Args:
        decisions: of one bill, by date and place.
    """
    last: dict[tuple[str, str], list[Decision]] = {}
    for decision in decisions:
        known = last.setdefault((decision.claim, decision.account), [])
        if decision.reversal or (known and known[-1].remittance != decision.remittance):
            known.clear()
        if not decision.reversal:
            known.append(decision)
    claims: dict[tuple[str, int], list[Decision]] = defaultdict(list)
    for (claim, _), several in last.items():
        for number, decision in enumerate(several):
            claims[claim, number].append(decision)
    joined = _joined(list(claims.values()))
    ordered = [sorted(each, key=lambda one: (_RANKS.get(one.rank, 0), one.date)) for each in joined]
    return sorted(ordered, key=lambda each: (each[0].date, each[0].remittance))


def _joined(claims: list[list[Decision]]) -> list[list[Decision]]:
    """Each claim with those of later insurers for the same charges, which may have numbers of their own."""
    firsts = [claim for claim in claims if any(one.rank not in _RANKS for one in claim)]
    alone: list[list[Decision]] = []
    for claim in (claim for claim in claims if all(one.rank in _RANKS for one in claim)):
        same = [first for first in firsts if first[0].charged == claim[0].charged]
        before = [first for first in same or firsts if first[0].date <= claim[0].date]
        if before:
            before[-1].extend(claim)
        else:
            alone.append(claim)
    return [*firsts, *alone]


def division(rows: Sequence[Row], decisions: Sequence[Decision]) -> Division:
    """How a bill is divided by what is known of it.

    Args:
        rows: its facts up to a day, by date.
        decisions: insurers' decisions up to that day, by date and place.
    """
    bill = _Bill(rows, standing(decisions))
    for claim in bill.claims:
        bill.decide(claim)
    bill.move()
    bill.take_off()
    bill.pay()
    bill.wait()
    bill.close()
    found = (bill.shares, bill.off, bill.paid, bill.open, bill.decided)
    return Division(*({account: amount for account, amount in each.items() if amount} for each in found))


def is_any(account: str) -> bool:
    """Whether an account is of insurers in general: an export said that one paid, and not which."""
    return account == RECEIVABLE_INSURANCE or is_unnamed(account.rpartition(":")[2])


def is_unnamed(payer: str) -> bool:
    """Whether an export means by this that an insurer paid, and does not say which."""
    return payer.casefold() in _ANY


class _Bill:
    """A bill while it is divided."""

    def __init__(self, rows: Sequence[Row], claims: list[list[Decision]]) -> None:
        self.rows = rows
        self.claims = claims
        self.shares: Shares = defaultdict(Decimal)
        self.off: Shares = defaultdict(Decimal)
        self.paid: Shares = defaultdict(Decimal)
        self.open: Shares = defaultdict(Decimal)
        self.decided: Shares = defaultdict(Decimal)
        self.told: list[tuple[str, Decimal]] = []  # what each decision takes off
        for row in rows:
            if row.what == CHARGE:
                self.shares[row.account] += row.amount
        self.rest: Shares = defaultdict(Decimal, self.shares)  # what no claim is about
        self.billed = [name for name, amount in self.shares.items() if name != RECEIVABLE_PATIENTS and amount > 0]
        for name in self.billed:
            self.open[name] = self.shares[name]
        self.moved = [row for row in rows if row.what == MOVED]
        self.insurer = self._first_insurer()
        expected = [row.amount for row in rows if row.what == EXPECTED]
        self.expected = (
            sum(expected, _ZERO) if expected and not claims and not any(r.amount for r in self.moved) else None
        )

    def _first_insurer(self) -> str | None:
        """Whose turn is first: by the claims, by the bill, by what is paid; None where no insurer is known."""
        decided = [claim[0].account for claim in self.claims if claim[0].rank not in _RANKS]
        paying = [row.account for row in self.rows if row.what == PAID and row.account != RECEIVABLE_PATIENTS]
        claimed = [row.account for row in self.rows if row.what == CLAIMED and row.amount > 0]
        named = [*decided, *self.billed, *claimed, *paying]
        return next((name for name in named if not is_any(name)), named[0] if named else None)

    def decide(self, claim: list[Decision]) -> None:
        """Divide what a claim is about by the decisions on it."""
        first = claim[0]
        by_insurers, by_patient = self._take(first.charged, first.account)
        whole = sum(by_insurers.values(), by_patient)
        if not whole:  # it is about nothing that is charged
            return
        begins = first.rank not in _RANKS  # else an insurer before it has decided what the books do not have
        left, theirs = self._later(claim[1:], first.transfer) if begins else self._later(claim, None)
        own = first.paid + first.contractual if begins else _ZERO
        payer = first.account if begins else max(by_insurers, key=lambda name: by_insurers[name], default=None)
        if by_insurers and payer is not None:  # an insurer's bill: what is denied stays with it
            self._give(payer, whole - left - theirs, first.contractual if begins else _ZERO)
            self._give(RECEIVABLE_PATIENTS, left)
            self.open[payer] += max(_ZERO, whole - left - theirs - own)
        else:
            own = min(own, max(_ZERO, whole - theirs))
            self._give(first.account, own, first.contractual if begins else _ZERO)
            self._give(RECEIVABLE_PATIENTS, whole - own - theirs)

    def _later(self, decisions: Sequence[Decision], left: Decimal | None) -> tuple[Decimal, Decimal]:
        """What later insurers leave to the patient, and what is theirs; `left` is what the first one left, if known.

        They take off only what is still open: what the first insurer has written off is not written off again.
        """
        theirs = _ZERO
        for decision in decisions:
            off = decision.contractual
            if left is not None:
                off = max(_ZERO, min(off, left - decision.paid - decision.transfer))
            after = decision.transfer if left is None else left - decision.paid - off
            left = max(decision.transfer, after) if decision.denied else decision.transfer
            self._give(decision.account, decision.paid + off, off)
            theirs += decision.paid + off
        return left or _ZERO, theirs

    def _take(self, amount: Decimal, account: str) -> tuple[Shares, Decimal]:
        """Take what a claim is about out of the bill: the insurer's own share first, the patient's last."""
        taken: Shares = {}
        for name in dict.fromkeys((account, *self.billed, RECEIVABLE_PATIENTS)):
            part = min(amount, self.rest[name])
            if part > 0:
                amount -= part
                taken[name] = part
                self.rest[name] -= part
                self.shares[name] -= part
                if name != RECEIVABLE_PATIENTS:
                    self.open[name] -= part
        by_patient = taken.pop(RECEIVABLE_PATIENTS, _ZERO)
        return taken, by_patient

    def _give(self, account: str, share: Decimal, off: Decimal = _ZERO) -> None:
        self.shares[account] += share
        self.off[account] += off
        self.decided[account] += off
        if off:
            self.told.append((account, off))

    def _shift(self, account: str, amount: Decimal) -> None:
        """Move a part of an insurer's share to the patient; a negative one, from the patient to the insurer."""
        self.shares[account] -= amount
        self.shares[RECEIVABLE_PATIENTS] += amount
        self.open[account] = max(_ZERO, self.open[account] - max(_ZERO, amount))

    def move(self) -> None:
        """What the practice's own rows move; those that say what an insurer has decided, or were before it, do not."""
        if self.claims:
            told = [decision.transfer for claim in self.claims for decision in claim]
            last = max(decision.date for claim in self.claims for decision in claim)
            for place in unsaid([row.amount for row in self.moved], told):
                row = self.moved[place]
                if row.date > last:
                    self._shift(self.insurer or row.account, row.amount)
            return
        amount = sum((row.amount for row in self.moved), _ZERO)
        if self.expected is not None and self.billed:
            source = self.insurer if self.insurer in self.billed else self.billed[0]
            self._shift(source, self.expected - self.shares[RECEIVABLE_PATIENTS])
        if not amount:
            return
        if self.billed or amount < 0:
            own = self.moved[-1].account
            source = own if own in self.billed or self.insurer is None else self.insurer
            self._shift(source, amount)
            self.open[source] = _ZERO
        else:  # billed to the patient for everything: the rows say how much of it is the patient's
            self._shift(self.insurer or RECEIVABLE_INSURANCE, amount - self.shares[RECEIVABLE_PATIENTS])

    def take_off(self) -> None:
        """What nobody owes by the practice's own rows; a row that says what an insurer has decided is the same."""
        contractual = [row for row in self.rows if row.what == CONTRACTUAL]
        left = list(range(len(contractual)))
        for account, amount in self.told:
            kept = unsaid([contractual[place].amount for place in left], [amount])
            if len(kept) < len(left):
                self.decided[account] -= amount
            left = [left[at] for at in kept]
        for place in left:
            self._let_off(self.insurer or RECEIVABLE_PATIENTS, contractual[place].amount, contractual=True)
        known = bool(self.claims or self.expected is not None or any(row.amount for row in self.moved))
        for row in self.rows:
            if row.what not in (CHARGE, PAID, MOVED, CONTRACTUAL, CLAIMED, ANSWERED, EXPECTED):
                for account, amount in self._whose(row.amount, known=known):
                    self._let_off(account, amount, contractual=False)

    def _let_off(self, account: str, amount: Decimal, *, contractual: bool) -> None:
        self.off[account] += amount
        of_patient = account not in (*self.billed, RECEIVABLE_PATIENTS) and not self.open[account]
        if contractual and of_patient and not self.moved:
            self._shift(account, -amount)  # of a bill to the patient: the insurer's share is what it takes off
        self.open[account] = max(_ZERO, self.open[account] - max(_ZERO, amount))

    def _whose(self, amount: Decimal, *, known: bool) -> list[tuple[str, Decimal]]:
        """Whose debt the practice lets off: what an insurer left to the patient is the patient's to be let off."""
        if not self.billed or self.insurer is None:
            return [(RECEIVABLE_PATIENTS, amount)]
        if not known:
            return [(self.insurer, amount)]
        theirs = self.open[self.insurer]
        patients = self.shares[RECEIVABLE_PATIENTS] - self.off[RECEIVABLE_PATIENTS]
        if amount == theirs or (amount > patients and amount <= theirs):
            return [(self.insurer, amount)]
        if amount <= patients or patients <= 0:
            return [(RECEIVABLE_PATIENTS if amount <= patients else self.insurer, amount)]
        return [(RECEIVABLE_PATIENTS, patients), (self.insurer, amount - patients)]

    def pay(self) -> None:
        """What each has paid; an insurer that pays though nothing says that it owes has a share by that."""
        for row in self.rows:
            if row.what == PAID:
                of_any = is_any(row.account) and self.insurer is not None
                self.paid[self.insurer if of_any and self.insurer else row.account] += row.amount
        decided = {decision.account for claim in self.claims for decision in claim}
        said = {self.insurer} if self.moved and not self.billed else set()
        for account, paid in self.paid.items():
            if account == RECEIVABLE_PATIENTS or account in (*self.billed, *decided, *said):
                continue
            short = paid - (self.shares[account] - self.off[account])
            if short > 0:
                room = max(_ZERO, self.shares[RECEIVABLE_PATIENTS] - self.off[RECEIVABLE_PATIENTS])
                self._shift(account, -min(short, room))
                self._take_over(account, short - min(short, room))

    def wait(self) -> None:
        """A claim that was sent and is not answered says who is to pay what would be the patient's."""
        decided = {decision.account for claim in self.claims for decision in claim}
        claimed: Shares = defaultdict(Decimal)
        for row in self.rows:
            if row.what == CLAIMED and row.account not in (*decided, *self.billed):
                claimed[row.account] += row.amount
        for account, amount in claimed.items():
            answered = self.paid[account] or self.off[account] or self._moved_after(account)
            room = self.shares[RECEIVABLE_PATIENTS] - self.off[RECEIVABLE_PATIENTS] - (self.expected or _ZERO)
            if amount > 0 and room > 0 and not answered:
                self._shift(account, -min(amount, room))
                self.open[account] += min(amount, room)

    def _moved_after(self, account: str) -> bool:
        """Whether a row that moves a share to the patient may be an insurer's answer; of a later one, none is before.

        What was moved on the day on which the first insurer paid or took off, or before the later one was asked, is
        what the first has left.
        """
        if account == self.insurer or not self.moved:
            return bool(self.moved)
        asked = min(row.date for row in self.rows if row.what == CLAIMED and row.account == account)
        paid = [row.date for row in self.rows if row.what == PAID and row.account != RECEIVABLE_PATIENTS]
        told = [*paid, *(row.date for row in self.rows if row.what == CONTRACTUAL)]
        first = max(told, default=min(row.date for row in self.moved))
        return any(row.date > first and row.date >= asked for row in self.moved)

    def close(self) -> None:
        """What an insurer leaves open of a bill to it, once it has paid and the practice calls its claim answered."""
        answered = {row.account for row in self.rows if row.what == ANSWERED}
        for account in answered & {*self.billed} if not self.claims and not self.moved else ():
            left = self.shares[account] - self.off[account] - self.paid[account]
            if left > 0 and (self.paid[account] > 0 or self.off[account] > 0):
                self._shift(account, left)

    def _take_over(self, account: str, amount: Decimal) -> None:
        """Let an insurer's share come out of the first insurer's, as far as that is open."""
        if self.insurer is not None and self.insurer != account:
            part = min(amount, self.open[self.insurer])
            self.shares[account] += part
            self.shares[self.insurer] -= part
            self.open[self.insurer] -= part
