"""Bills as money meets them: what each party owes of one at a moment, and whose income a payment of it is.

A bill's lines stand in its entry: each posting to `Equity:Billing:Charges` may name a `line` and a `provider`. Money
for a bill of several providers is of the line that it names, or that the insurer's remittance pays by it. Other money
fills the lines in their order, each up to what it charges less what is adjusted on it and what an insurer has decided
to pay of it; it gives way where money that is surely a line's comes later.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from beancount.core.data import Transaction
from daysheet.accounts import BILLING_CHARGES, RECEIVABLE_PATIENTS, is_under
from daysheet.billing.decided_lines import DecidedLine, decided_lines, decisions_by_line
from daysheet.books import Books
from daysheet.books.index import DIGITS, Receivable, number_of
from daysheet.records import Meta

_PARTS: Final = re.compile(r"[0-9]+|[^0-9]+")
_CONTRACTUAL: Final = "contractual"
_ZERO: Final = Decimal()

Income = tuple[tuple[str, Decimal], ...]
"""Amounts by the id of the provider who earned them; an empty id is income of nobody known."""


class Line(NamedTuple):
    """A line of a bill: its id where the source has one, who did it, what it charges, and for which procedure."""

    id: str
    provider: str
    amount: Decimal
    service: str = ""


@dataclass(eq=False)
class OpenBill:
    """A bill as it stands while its days go by.

    Attributes:
        id: the invoice's.
        patient: their token.
        date: of the bill, or of its first posting.
        days: of service, and of the bill.
        visits: ids of the visits that it bills.
        payer: the insurer that it is to, where it says so.
        lines: what it charges, in order.
        owed: what is open of it, by receivable account.
        patients_share: what the patient owes of it; negative when they have paid more.
        insurers_share: what all insurers owe of it.
        filled: what the lines have been paid, by their place; only where they are of several providers.
        guessed: what of it nobody has said to be that line's.
        promised: what insurers have decided to pay of a line, and the bank has not brought yet.
        off: what the practice's rows take off a line under contract, what insurers do, and what else is taken off it.
    """

    id: str
    patient: str
    date: datetime.date
    days: frozenset[datetime.date]
    visits: tuple[str, ...]
    payer: str | None
    lines: tuple[Line, ...]
    owed: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    patients_share: Decimal = _ZERO
    insurers_share: Decimal = _ZERO
    filled: dict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    guessed: dict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    promised: dict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    off: dict[int, list[Decimal]] = field(default_factory=lambda: defaultdict(lambda: [_ZERO, _ZERO, _ZERO]))

    @property
    def open(self) -> Decimal:
        """What anybody owes of it."""
        return self.patients_share + self.insurers_share

    def move(self, account: str, amount: Decimal) -> None:
        """Add to what is owed on a receivable account."""
        self.owed[account] += amount
        if is_under(account, RECEIVABLE_PATIENTS):
            self.patients_share += amount
        else:
            self.insurers_share += amount

    @cached_property
    def providers(self) -> frozenset[str]:
        """Who earns what is paid of it."""
        return frozenset(line.provider for line in self.lines)

    def post(self, posting: Receivable) -> None:
        """Let a posting happen: what is owed moves, and what is adjusted of a line is not to be paid of it."""
        self.move(posting.account, posting.amount)
        line = posting.meta.get("line")
        if line and "adjustment" in posting.meta and posting.meta.get("kind") != "transfer":
            for at in self._places(line):
                self.off[at][0 if posting.meta.get("kind") == _CONTRACTUAL else 2] -= posting.amount

    def decide(self, lines: Iterable[DecidedLine]) -> None:
        """Let an insurer decide: of each line what it will pay, and what it takes off."""
        for line, told in lines:
            for at in self._places(line):
                self.promised[at] += told.paid
                self.off[at][1] += told.contractual

    def earn(self, amount: Decimal, line: str = "") -> Income:
        """Whose income money for this bill is; a negative amount takes income back, from the line paid last."""
        return self.earn_parts(((line, amount),))

    def earn_parts(self, parts: Iterable[tuple[str, Decimal]]) -> Income:
        """Whose income the parts of some money are, each with the line that it is surely of, if any."""
        shares: dict[str, Decimal] = defaultdict(Decimal)
        if len(self.providers) < 2:
            whole = sum((amount for _, amount in parts), _ZERO)
            return (((self.lines[0].provider if self.lines else ""), whole),)
        for line, amount in parts:
            places = self._places(line) if line else []
            left = self._earn_surely(places[0], amount, shares) if places else amount
            if left:
                self._earn_in_order(left, shares)
        return tuple((provider, part) for provider, part in shares.items() if part)

    def keep_promise(self, line: str, amount: Decimal) -> None:
        """Let money come that an insurer has decided to pay of a line."""
        for at in self._places(line):
            self.promised[at] -= amount

    def _room(self, at: int) -> Decimal:
        """What of a line may still be paid; what practice and insurer both take off under contract is the same."""
        own, theirs, other = self.off[at]
        return self.lines[at].amount - self.filled[at] - max(own, theirs) - other

    def _places(self, line: object) -> list[int]:
        return [at for at, own in enumerate(self.lines) if own.id == line]

    def _earn_surely(self, at: int, amount: Decimal, shares: dict[str, Decimal]) -> Decimal:
        """Let a line earn; the rest is money that was thought to be this line's and has to give way to it."""
        beyond = max(_ZERO, min(amount, amount - self._room(at)))
        gives_way = min(beyond, self.guessed[at]) if amount > 0 else _ZERO
        self.guessed[at] -= gives_way
        self.filled[at] += amount - gives_way
        shares[self.lines[at].provider] += amount - gives_way
        return gives_way

    def _earn_in_order(self, amount: Decimal, shares: dict[str, Decimal]) -> None:
        left, order = amount, range(len(self.lines))
        for at in order if amount > 0 else reversed(order):
            room = self._room(at) - max(_ZERO, self.promised[at])
            part = min(abs(left), max(_ZERO, room if amount > 0 else self.filled[at])).copy_sign(amount)
            self._guess(at, part, shares)
            left -= part
        if left:
            self._guess(len(self.lines) - 1, left, shares)

    def _guess(self, at: int, part: Decimal, shares: dict[str, Decimal]) -> None:
        self.filled[at] += part
        self.guessed[at] = max(_ZERO, self.guessed[at] + part)
        shares[self.lines[at].provider] += part


class Decided(NamedTuple):
    """What a remittance says of a bill's lines, and when."""

    date: datetime.date
    bill: OpenBill
    lines: Sequence[DecidedLine]


class Bills(NamedTuple):
    """The bills of some books by what finds them, and what was posted to each.

    Attributes:
        by_id: by invoice id.
        of_patient: by the patient's token, in order of day and id.
        postings: what moved on each bill's receivables, in date order, by invoice id.
        of_line: the invoice ids of each line's id.
        of_visit: the invoice ids of each visit's id.
        decided: what insurers decide of the lines of bills of several providers, by invoice id.
    """

    by_id: dict[str, OpenBill]
    of_patient: dict[str, list[OpenBill]]
    postings: Mapping[str | None, list[Receivable]]
    of_line: dict[str, list[str]]
    of_visit: dict[str, list[str]]
    decided: dict[str, list[Decided]]

    def decided_by_day(self, bills: Iterable[OpenBill]) -> dict[datetime.date, list[Decided]]:
        """What insurers decide of these bills."""
        found: dict[datetime.date, list[Decided]] = defaultdict(list)
        for bill in bills:
            for decided in self.decided.get(bill.id, ()):
                found[decided.date].append(decided)
        return found


def bills_of(books: Books) -> Bills:
    """Every bill with receivable postings, nothing owed on it yet: its days are to be gone through in turn."""
    found = Bills({}, defaultdict(list), books.receivable, defaultdict(list), defaultdict(list), defaultdict(list))
    for key, postings in books.receivable.items():
        if key is None or not postings:
            continue
        charges = books.invoices.get(key, [])
        if not charges and not any(posting.meta.get("opening") for posting in postings):
            continue  # money on account stands under the patient's token, or under a number that is no bill's
        patient = next((bill.patient for bill in charges if bill.patient), "") or _patient(postings)
        if not patient:
            continue
        visits = tuple(dict.fromkeys(visit for bill in charges for visit in bill.visits))
        days = {bill.date for bill in charges} | {day for day in map(books.day_of, visits) if day is not None}
        begun = min((bill.date for bill in charges), default=postings[0].date)
        lines = tuple(_lines(books, key)) or (_only_line(postings),)
        payer = next((bill.payer for bill in charges if bill.payer), None)
        bill = OpenBill(key, patient, begun, frozenset(days or {begun}), visits, payer, lines)
        found.by_id[key] = bill
        found.of_patient[patient].append(bill)
        for visit in visits:
            found.of_visit[visit].append(key)
        for line in lines:
            if line.id:
                found.of_line[line.id].append(key)
    for same in found.of_patient.values():
        same.sort(key=lambda bill: (bill.date, natural(bill.id)))
    _decide(found, books)
    return found


def _decide(bills: Bills, books: Books) -> None:
    for invoice, day, claim in decisions_by_line(books):
        bill = bills.by_id.get(invoice)
        if bill is not None and len(bill.providers) > 1:
            bills.decided[invoice].append(Decided(max(day, bill.date), bill, decided_lines(claim, bill.lines)))


def _patient(postings: Iterable[Receivable]) -> str:
    return next((str(posting.meta["patient"]) for posting in postings if posting.meta.get("patient")), "")


def _only_line(postings: Iterable[Receivable]) -> Line:
    """What was taken over from a former system has no charge: its whole is one line."""
    provider = next((str(posting.meta["provider"]) for posting in postings if posting.meta.get("provider")), "")
    return Line("", provider, _ZERO)


def _lines(books: Books, invoice: str) -> Iterator[Line]:
    """The lines of all charges of an invoice."""
    entries = sorted(books.charge_entries(invoice), key=lambda entry: entry.date)
    for entry in entries:
        otherwise = provider_of(books, entry)
        for posting in entry.postings:
            if is_under(posting.account, BILLING_CHARGES):
                meta: Meta = posting.meta or {}
                provider = str(meta.get("provider") or otherwise)
                yield Line(str(meta.get("line", "")), provider, -number_of(posting), str(meta.get("service", "")))


def provider_of(books: Books, entry: Transaction) -> str:
    """Who a charge is of: its own provider, else that of the first visit that it bills; empty where neither says."""
    own = entry.meta.get("provider")
    named = str(entry.meta.get("visit", "")).split()
    return str(own or next((books.visits[visit].provider for visit in named if visit in books.visits), ""))


@lru_cache(maxsize=65536)
def natural(identifier: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts ids as people do: 9 before 10."""
    keys: list[tuple[int, int, str]] = []
    for part in _PARTS.findall(identifier):
        digits = part.lstrip("0")
        keys.append((0, len(digits), digits) if part[0] in DIGITS else (1, 0, part))
    return (*keys, (2, 0, identifier))
