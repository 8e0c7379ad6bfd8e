"""Bills as money meets them: what each party owes of one at a moment, and whose income a payment of it is.

A bill's lines stand in its entry: each posting to `Equity:Billing:Charges` may name a `line` and a `provider`. Money
for a bill of several providers fills its lines in their order, each up to what it charges less what is adjusted on
it, unless the money names a line.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from beancount.core.data import Transaction
from daysheet.accounts import BILLING_CHARGES, RECEIVABLE_PATIENTS, is_under
from daysheet.books import Books
from daysheet.books.index import DIGITS, Receivable, number_of
from daysheet.records import Meta

_PARTS: Final = re.compile(r"[0-9]+|[^0-9]+")
_ZERO: Final = Decimal()

Income = tuple[tuple[str, Decimal], ...]
"""Amounts by the id of the provider who earned them; an empty id is income of nobody known."""


class Line(NamedTuple):
    """A line of a bill: its id where the source has one, who did it, and what it charges."""

    id: str
    provider: str
    amount: Decimal


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
            for at, own in enumerate(self.lines):
                if own.id == line:
                    self.filled[at] -= posting.amount

    def earn(self, amount: Decimal, line: str = "") -> Income:
        """Whose income money for this bill is; a negative amount takes income back, from the line paid last."""
        if len(self.providers) < 2:
            return (((self.lines[0].provider if self.lines else ""), amount),)
        order = range(len(self.lines))
        named = [at for at in order if line and self.lines[at].id == line]
        shares: dict[str, Decimal] = defaultdict(Decimal)
        left = amount
        for at in (*named, *(order if amount > 0 else reversed(order))):
            limit = self.lines[at].amount - self.filled[at] if amount > 0 else self.filled[at]
            part = min(abs(left), max(_ZERO, limit)).copy_sign(amount)
            self.filled[at] += part
            shares[self.lines[at].provider] += part
            left -= part
        if left:
            last = (named or [len(self.lines) - 1])[0]
            self.filled[last] += left
            shares[self.lines[last].provider] += left
        return tuple((provider, part) for provider, part in shares.items() if part)


class Bills(NamedTuple):
    """The bills of some books by what finds them, and what was posted to each.

    Attributes:
        by_id: by invoice id.
        of_patient: by the patient's token, in order of day and id.
        postings: what moved on each bill's receivables, in date order, by invoice id.
        of_line: the invoice ids of each line's id.
        of_visit: the invoice ids of each visit's id.
    """

    by_id: dict[str, OpenBill]
    of_patient: dict[str, list[OpenBill]]
    postings: Mapping[str | None, list[Receivable]]
    of_line: dict[str, list[str]]
    of_visit: dict[str, list[str]]


def bills_of(books: Books) -> Bills:
    """Every bill with receivable postings, nothing owed on it yet: its days are to be gone through in turn."""
    found = Bills({}, defaultdict(list), books.receivable, defaultdict(list), defaultdict(list))
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
    return found


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
                yield Line(str(meta.get("line", "")), provider, -number_of(posting))


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
