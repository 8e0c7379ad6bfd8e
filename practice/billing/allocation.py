"""Which bill each payment pays that does not say so, and whose income it is.

The days of a patient (or of a family) are gone through one after the other, so that what is allocated on a day follows
from what had happened by then: later facts change no earlier month. On each day, in this order:

1. what was posted to the bills happens;
2. what was allocated to a bill beyond what anybody still owes of it is taken off it again, the last first;
3. money that was given or taken back undoes what it takes back: the payment that it names or repeats, else money on
   account, else what was paid beyond a bill, else the last that was allocated;
4. money goes to what it names: a person's or a pay-split's word, else its claim, line, visit or day of service;
5. a patient's payment on the day of a visit that an insurer is billed for is a copay of that visit;
6. money on account goes to the patient's own open shares, the oldest bill first, then to those of their family;
7. what is left of the day's money is on account.

A payment never goes to a bill that is dated more than `prepayment-days` after it, unless it names it.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.accounts import RECEIVABLE_PATIENTS, is_under
from daysheet.billing.money_on_account import Applied, Earned, Money, allocated_by, money_of, unassigned
from daysheet.billing.open_bills import Bills, Decided, Income, OpenBill, bills_of, natural
from daysheet.books import Books
from daysheet.books.index import ALLOCATED, Receivable, invoice_of
from daysheet.records import Payment

NAMED: Final = "named"
COPAY: Final = "copay"
OLDEST: Final = "oldest-first"
ON_ACCOUNT: Final = "on-account"
HOWS: Final = (NAMED, COPAY, OLDEST, ON_ACCOUNT)
"""How money is allocated, the surest first."""

_ZERO: Final = Decimal()


class Allocation(NamedTuple):
    """A part of a payment that goes to a bill on a day, or (negative) comes off it; without a bill it is on account.

    `account` holds the money, `of` is the bill's receivable account; `reverses` is the payment that is taken back.
    """

    date: datetime.date
    money: Money
    invoice: str | None
    amount: Decimal
    how: str
    of: str = ""
    income: Income = ()
    reverses: str = ""


class Rules(NamedTuple):
    """What a practice says about allocation: whether a family pays for each other."""

    families: bool = True


def allocations(books: Books, rules: Rules, *, insurers: bool) -> Iterator[Allocation]:
    """Where the money goes that names no bill, and whose income is what nobody has earned yet.

    Args:
        books: the facts, what earlier derivations gave, and the allocations of locked years, which stand.
        rules: the practice's.
        insurers: the insurers' payments, but for income of bills of several providers; else the patients', and that.
    """
    if not any(not insurers or entry.meta.get("payer") is not None for entry in books.on_account):
        return
    bills = bills_of(books)
    money = money_of(books, bills, insurers=insurers)
    earned = {} if insurers else unassigned(books, bills)
    grouped = guarantors(books) if rules.families and not insurers else {}
    for family in _families({*money, *earned}, grouped):
        account = _Account(
            books,
            bills,
            [bill for patient in family for bill in bills.of_patient.get(patient, ())],
            [one for patient in family for one in money.get(patient, ())],
            [one for patient in family for one in earned.get(patient, ())],
            final=not insurers,
        )
        yield from account.run()


def guarantors(books: Books) -> dict[str, str]:
    """Who answers for each patient's account, where the source says so."""
    found: dict[str, str] = {}
    for entry in books.entries:
        head, patient = entry.meta.get("guarantor"), entry.meta.get("patient")
        if isinstance(head, str) and isinstance(patient, str) and head and patient:
            found[patient] = head
    return found


def _families(patients: Iterable[str], heads: Mapping[str, str]) -> Iterator[list[str]]:
    """The patients whose accounts are one, each group once; all of its members, if one of them has paid."""
    members: dict[str, set[str]] = defaultdict(set)
    for patient, head in heads.items():
        members[head] |= {patient, head}
    for head in sorted({heads.get(patient, patient) for patient in patients}):
        yield sorted({head, *members[head]})


@dataclass
class _Account:
    """One patient's or family's account.

    Attributes:
        books: the books.
        bills: all bills, for what names those of others.
        own: the family's bills.
        money: what they have paid without a bill.
        earned: payments of their bills whose income is nobody's yet.
        final: whether income of bills of several providers is told as well.
    """

    books: Books
    bills: Bills
    own: Sequence[OpenBill]
    money: Sequence[Money]
    earned: Sequence[Earned]
    final: bool
    credits: list[Money] = field(default_factory=list)
    seen: dict[str, OpenBill] = field(default_factory=dict)
    today: datetime.date = datetime.date.min
    made: list[Allocation] = field(default_factory=list)
    named: dict[tuple[str, datetime.date, str, Decimal], Money] = field(default_factory=dict)

    def run(self) -> Iterator[Allocation]:
        """Go through the days."""
        self.own = sorted(self.own, key=lambda bill: (bill.date, natural(bill.id)))
        postings: dict[datetime.date, list[tuple[OpenBill, Receivable]]] = defaultdict(list)
        for bill in self._bills():
            for posting in self.bills.postings[bill.id]:
                postings[posting.date].append((bill, posting))
        arriving: dict[datetime.date, list[Money]] = defaultdict(list)
        for money in sorted(self.money, key=lambda money: money.order):
            arriving[money.date].append(money)
        earning: dict[datetime.date, list[Earned]] = defaultdict(list)
        for earned in self.earned:
            earning[max(earned.date, self.bills.by_id[earned.invoice].date)].append(earned)
        deciding = self.bills.decided_by_day(self._bills()) if self.final else {}
        locked = self.books.locks
        days = {*postings, *arriving, *earning, *deciding}
        days |= {datetime.date(day.year + 1, 1, 1) for day in days if day.year in locked}
        for day in sorted(days):
            self.today = day
            for bill, posting in postings.get(day, ()):
                self.seen[bill.id] = bill
                bill.post(posting)
            self._earn(deciding.get(day, ()), earning.get(day, ()))
            if day.year in locked:
                self._stand(arriving.get(day, []))
            else:
                self._allocate(arriving.get(day, []), [bill for bill, _ in postings.get(day, ())])
            yield from self.made
            self.made.clear()

    def _earn(self, decided: Iterable[Decided], earned: Iterable[Earned]) -> None:
        """Give the income of payments that name their bill to who has earned it, by what insurers decide of lines."""
        for decision in decided:
            decision.bill.decide(decision.lines)
        for one in earned:
            bill = self.bills.by_id[one.invoice]
            for line, amount in one.parts if one.promised else ():
                bill.keep_promise(line, amount)
            income = bill.earn_parts(one.parts)
            if not one.stands and self.today.year not in self.books.locks and any(provider for provider, _ in income):
                self.made.append(Allocation(self.today, one.money, bill.id, one.amount, NAMED, "", income))

    def _bills(self) -> Iterator[OpenBill]:
        """The family's own, and those of others that their money names."""
        named = dict.fromkeys(
            name for money in self.money for name in (*money.names, *(exact.invoice for exact in money.exact))
        )
        others = (self.bills.by_id[name] for name in named if name in self.bills.by_id)
        yield from {bill.id: bill for bill in (*self.own, *others)}.values()

    def _stand(self, arrived: Iterable[Money]) -> None:
        """A day of a locked year: what the books say of it stands."""
        self.credits += arrived
        for money in self.credits:
            key = (money.id, str(money.meta.get("patient", "")), self.today)
            for invoice, amount, how in _standing(self.books).get(key, ()):
                bill = self.seen.get(invoice)
                money.left -= amount
                if bill is not None and amount > 0:
                    bill.earn(amount, money.line)
                    money.applied.append(Applied(money, bill, amount, how))

    def _allocate(self, arrived: Sequence[Money], touched: Iterable[OpenBill]) -> None:
        for bill in dict.fromkeys(touched):
            self._release(bill)
        for money in arrived:
            if money.amount < 0:
                self._take_back(money)
        self.credits = sorted((one for one in (*self.credits, *arrived) if one.left > 0), key=lambda one: one.order)
        for money in self.credits:
            self._named(money)
        for money in arrived:
            self._copay(money)
        for near in (True, False):
            for money in self.credits:
                self._oldest(money, near=near)
        for money in arrived:
            if money.left:
                self.made.append(Allocation(self.today, money, None, money.left, ON_ACCOUNT))
        self.credits = [one for one in self.credits if one.left]

    def _release(self, bill: OpenBill) -> None:
        """Take off a bill what was allocated to it and nobody owes any more."""
        beyond = -(bill.patients_share + max(_ZERO, bill.insurers_share))
        if beyond <= 0:
            return
        parts = [part for money in self.money for part in money.applied if part.bill is bill and part.how != "said"]
        for part in sorted(parts, key=lambda part: part.money.order, reverse=True):
            undone = min(beyond, part.amount)
            if undone > 0 and part.money.left >= 0:
                self._undo(part, undone, part.money, part.how)
                part.money.left += undone
                if part.money not in self.credits:
                    self.credits.append(part.money)
                beyond -= undone

    def _undo(self, part: Applied, amount: Decimal, by: Money, how: str) -> None:
        """Take a part of what was applied off its bill again, by the payment itself or by the one that reverses it."""
        part.amount -= amount
        income = self._income(part.money, part.bill, -amount)
        of = self._account_of(part.bill, part.money)
        part.bill.move(of, amount)
        reverses = part.money.id if by is not part.money else ""
        self.made.append(Allocation(self.today, by, part.bill.id, -amount, how, of, income, reverses))

    def _take_back(self, money: Money) -> None:
        """Undo what a refund, a returned check, a chargeback or a void takes back."""
        if money.is_adjustment:
            return  # something added to what the patient owes, and nothing given back
        earlier = sorted(self._received_before(money), key=lambda one: one.order, reverse=True)
        spoken = [one for one in earlier if money.takes_back(one)]
        alike = [one for one in earlier if one.amount == -money.amount and self._paid_alike(one, money)]
        said = bool(spoken) or money.meta.get("reversal") is not None
        for one in (spoken or alike)[:1] if said else ():
            self._reverse(one, money)
        # what comes later on that day, a copay as it may be, is what it takes back only where nothing else is
        later = [one for one in earlier if one.order > money.order]
        earlier = [one for one in earlier if one.order <= money.order]
        alike = [one for one in alike if one in earlier]
        for one in reversed(earlier):
            self._from_account(one, money)
        for bill in self.own:
            beyond = -bill.patients_share if bill.open < 0 else _ZERO
            if bill.id in self.seen and min(beyond, -bill.open) > 0:
                self._apply(money, bill, -min(beyond, -bill.open, -money.left), OLDEST)
        for one in (*alike, *earlier, *later):
            self._reverse(one, money)

    def _received_before(self, money: Money) -> Iterator[Money]:
        """The patient's money up to a payment, that which named its bill included."""
        yield from (
            one
            for one in self.money
            if one.amount > 0 and not one.is_adjustment and one.patient == money.patient and one.date <= money.date
        )
        for bill in self.own:
            if bill.patient == money.patient and bill.id in self.seen:
                for paid in self.books.payments_of_invoice.get(bill.id, ()):
                    if paid.amount > 0 and paid.date <= money.date and (paid.payer is None) == (money.payer is None):
                        yield self._of_payment(paid, bill, money)

    def _of_payment(self, paid: Payment, bill: OpenBill, money: Money) -> Money:
        """A payment that named its bill, as it stands after what was taken back of it."""
        key = (paid.id, paid.date, bill.id, paid.amount)
        if key not in self.named:
            of = self._account_of(bill, money)
            named = Money(paid.id, paid.date, money.patient, paid.payer, of, paid.amount, paid.meta)
            named.applied = [Applied(named, bill, paid.amount, "said")]
            self.named[key] = named
        return self.named[key]

    @staticmethod
    def _paid_alike(one: Money, other: Money) -> bool:
        return one.meta.get("method") == other.meta.get("method")

    @staticmethod
    def _from_account(one: Money, money: Money) -> None:
        """Give back what is on account of an earlier payment: it moves between two lots of one patient's credit."""
        part = min(one.left, -money.left)
        if part > 0:
            one.left -= part
            money.left += part

    def _reverse(self, one: Money, money: Money) -> None:
        """Take an earlier payment back, as far as there is something to take back: what is on account first."""
        self._from_account(one, money)
        for part in reversed(one.applied):
            amount = min(part.amount, -money.left)
            if amount > 0:
                self._undo(part, amount, money, NAMED)
                money.left += amount

    def _named(self, money: Money) -> None:
        for part in list(money.exact):
            bill = self.seen.get(part.invoice)
            if bill is not None and money.left > 0:
                money.exact.remove(part)
                self._apply(money, bill, min(part.amount, money.left), "said", part.line)
        for name in money.names:
            bill = self.seen.get(name)
            if bill is not None and money.left:
                # what is linked to a number of the bill's is the bill's, whatever it owes
                most = money.left if money.source else max(bill.open, _ZERO)
                self._apply(money, bill, min(money.left, most), NAMED, money.line)

    def _copay(self, money: Money) -> None:
        """A patient's payment on the day of a visit that an insurer is billed for."""
        if money.payer is None and money.left > 0 and not money.is_adjustment:
            for bill in self.own:
                today = bill.id in self.seen and bill.patient == money.patient and money.date in bill.days
                if today and bill.insurers_share > 0:
                    self._apply(money, bill, min(money.left, max(bill.open, _ZERO)), COPAY)

    def _oldest(self, money: Money, *, near: bool) -> None:
        """The oldest open shares: the patient's own, then those of the family (or of what no insurer is known of)."""
        if self._waits(money):
            return
        days = self.books.once(
            ("prepayment days", money.date),
            lambda: datetime.timedelta(days=self.books.days_of("prepayment-days", money.date)),
        )
        for bill in self.own:
            if money.left <= 0:
                return
            if bill.id not in self.seen or bill.date > money.date + days:
                continue
            share = self._share(bill, money, near=near)
            if share > 0:
                self._apply(money, bill, min(money.left, share), OLDEST)

    def _waits(self, money: Money) -> bool:
        """Whether a bill that the money names, and that is not there yet, will come."""
        return any(name in self.bills.by_id and name not in self.seen for name in money.names)

    def _share(self, bill: OpenBill, money: Money, *, near: bool) -> Decimal:
        """What some money may pay of a bill in the first round and in the second."""
        if money.payer is None:
            mine = bill.patient == money.patient
            return min(bill.patients_share, bill.open) if mine == near else _ZERO
        if near:
            return bill.owed.get(money.account, _ZERO)
        return bill.open if bill.payer is None or bill.insurers_share > 0 else _ZERO

    def _account_of(self, bill: OpenBill, money: Money) -> str:
        """The receivable account that some money pays a bill on: another insurer's only where that alone is owed."""
        if money.payer is None:
            return RECEIVABLE_PATIENTS if money.is_deposit else money.account
        if bill.owed.get(money.account, _ZERO) > 0:
            return money.account
        others = (name for name, amount in sorted(bill.owed.items()) if amount > 0)
        return next((name for name in others if not is_under(name, RECEIVABLE_PATIENTS)), money.account)

    def _income(self, money: Money, bill: OpenBill, amount: Decimal, line: str = "") -> Income:
        """Whose income it is; nobody's yet where only a later derivation knows what the lines have been paid."""
        if money.is_adjustment:
            return ()
        return bill.earn(amount, line) if self.final or len(bill.providers) < 2 else ()

    def _apply(self, money: Money, bill: OpenBill, amount: Decimal, how: str, line: str = "") -> None:
        if not amount:
            return
        of = self._account_of(bill, money)
        income = self._income(money, bill, amount, line)
        bill.move(of, -amount)
        money.left -= amount
        if amount > 0:
            money.applied.append(Applied(money, bill, amount, how))
        self.made.append(Allocation(self.today, money, bill.id, amount, NAMED if how == "said" else how, of, income))


def _standing(books: Books) -> dict[tuple[str, str, datetime.date], list[tuple[str, Decimal, str]]]:
    """What the books say of payments by id, patient and day: invoice, amount and how it was allocated."""

    def work() -> dict[tuple[str, str, datetime.date], list[tuple[str, Decimal, str]]]:
        found: dict[tuple[str, str, datetime.date], list[tuple[str, Decimal, str]]] = defaultdict(list)
        for entry in books.allocations:
            identity = entry.meta.get("payment") or entry.meta.get("adjustment")
            key = (str(identity), str(entry.meta.get("patient", "")), entry.date)
            found[key].append((invoice_of(entry) or "", allocated_by(entry), str(entry.meta[ALLOCATED])))
        return found

    return books.once("standing allocations", work)
