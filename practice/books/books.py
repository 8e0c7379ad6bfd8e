"""The books of a practice, indexed: one pass over Beancount's entries, dictionaries by id.

Checks and statements read these indexes. The pass is linear and keeps no copies: ten years of a two-doctor practice
(140,000 directives) are indexed in a few percent of the time that Beancount takes to load them. Entries are noted in
it, and made into records when they are first asked for; what only a few statements want is gathered then, and once.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence, Set
from decimal import Decimal
from itertools import islice, takewhile
from operator import attrgetter
from typing import Any, TypeGuard, TypeVar

from beancount.core.data import Close, Custom, Directive, Open, Transaction
from daysheet.books.claims import ADD, join_claims
from daysheet.books.currencies import Foreign, currency_of, in_one, require
from daysheet.books.deposited import Deposited, parse_deposited
from daysheet.books.index import ALLOCATED, BookError, Indexes, Receivable, invoice_of, number_of, owed
from daysheet.books.index_pass import index_entries
from daysheet.books.lazy import MadeDict, MadeList, Maker
from daysheet.books.made import bill_of, payment_of, visit_of
from daysheet.books.money_pass import Money, money_of
from daysheet.books.reach import in_reach
from daysheet.books.token_secrets import TokenSecret, parse_secret
from daysheet.facts import (
    Begin,
    Closure,
    Contract,
    Coverage,
    Fact,
    FactError,
    Imported,
    Lock,
    Payer,
    PaymentPlan,
    Provider,
    Threshold,
    Waiver,
    parse_fact,
)
from daysheet.records import Allotment, Claim, Invoice, Meta, Payment
from daysheet.remittances import Remittance
from daysheet.submissions import Answer
from daysheet.tax_facts import TaxFact, parse_tax_fact
from daysheet.thresholds import DEFAULTS

_ZERO = Decimal()
_DATE = attrgetter("date")

T = TypeVar("T")


class Books:
    """A practice's books as dictionaries; read-only once made by `Books.of`.

    Attributes:
        entries: all entries, as Beancount gave them.
        counted: the same with what the practice exchanged as its weight in `currency`, and without `foreign`.
        foreign: the entries of the practice in another currency, which are in no figure.
        options: Beancount's options map.
        currency: the operating currency, in which all amounts are.
        providers: each provider's facts in date order, by id.
        payers: each payer's facts in date order, by id.
        begins: the day on which these books begin, where they were taken over from others; None where nothing says so.
        closures: days without visits.
        imported: every imported file, in date order.
        waivers: findings set aside, by kind and key.
        locks: the last lock of each locked year.
        thresholds: numbers that checks compare with, in date order, by name.
        state: the two-letter state whose public holidays count, or empty.
        visits: by visit id.
        took_place: how many visits were completed, by provider and day.
        not_kept: the ids of the visits that were not completed.
        never_billed: those of the completed visits that no bill names.
        bills: every invoice, reversals included, in date order.
        apart: those of the bills that are not known to be for a single visit of their own day.
        insured: those of the bills that name a payer.
        lined: those of the bills whose lines are known.
        invoices: by invoice id; several entries when an id was used more than once.
        charges: what the first bill of each of these ids charges, in their order.
        numbered: the places of these ids among them by the number they end in, by what stands before it.
        repeated: those of the invoices whose id was used more than once.
        invoices_of_visit: invoices by the id of a visit they bill.
        rebilled: those of these visits that are billed more than once.
        adjustments_of_invoice: adjustments by invoice id; empty for those that name only the patient.
        on_account: the payments and adjustments that name no invoice, and payments whose income is nobody's yet.
        allocations: what was derived of payments, in date order.
        plans: what patients have agreed to pay by instalments, in date order.
        allotted: what a person or a pay-split export has said of payments.
        answers: what was answered to claims and files of claims, in date order.
        deposited: what a person has said that bank lines brought, in date order.
        claims: a claim's states in date order, by claim id.
        claim_days: the day from which each of these states holds.
        contracts: what insurers have agreed to allow, in date order, by payer and service.
        coverages: what insurers' plans cover, in date order.
        remittances: what insurers said they paid, by remittance id.
        opened: the `open` directive of each account.
        closed: the `close` directive of each account that has one.
        tax_facts: assets, vendors and filed forms, in date order.
        secrets: what the tokens are made with.
        errors: practice entries that could not be understood.
        known: what `once` has worked out.
    """

    __slots__ = (
        "_beyond", "_first", "_owed", "_payment", "_repeated", "_visits", "adjustments_of_invoice", "allocations",
        "allotted", "answers", "apart", "begins", "bills", "charges", "claim_days", "claims", "closed", "closures",
        "contracts", "counted", "coverages", "currency", "deposited", "entries", "errors", "foreign", "imported",
        "insured", "invoices", "invoices_of_visit", "known", "lined", "locks", "never_billed", "not_kept", "numbered",
        "on_account", "opened", "options", "payers", "plans", "providers", "rebilled", "remittances", "repeated",
        "secrets", "state", "tax_facts", "thresholds", "took_place", "visits", "waivers",
    )  # fmt: skip

    def __init__(self, entries: list[Directive], options: Mapping[str, Any], index: Indexes, state: str) -> None:
        """With what the index of the entries says; `Books.of` adds the rest."""
        self.entries = self.counted = entries
        self.state, self.options, self.currency = state, options, currency_of(options)
        self.foreign: tuple[Foreign, ...] = ()
        self.providers: dict[str, list[Provider]] = defaultdict(list)
        self.payers: dict[str, list[Payer]] = defaultdict(list)
        self.begins: Begin | None = None
        self.closures: list[Closure] = []
        self.imported: list[Imported] = []
        self.waivers: dict[tuple[str, str], Waiver] = {}
        self.locks: dict[int, Lock] = {}
        self.thresholds: dict[str, list[Threshold]] = defaultdict(list)
        self.known: dict[Hashable, Any] = {}
        self.claims: dict[str, list[Claim]] = {}
        self.claim_days: dict[str, list[datetime.date]] = {}
        self.answers: list[Answer] = []
        self.contracts: dict[tuple[str, str], list[Contract]] = {}
        self.remittances: dict[str, Remittance] = {}
        self.opened: dict[str, Open] = {}
        self.closed: dict[str, Close] = {}
        self.tax_facts: list[TaxFact] = []
        self.secrets: list[TokenSecret] = []
        self.errors: list[FactError | BookError] = [*index.errors]

        bill = Maker(bill_of)

        def bills_of(entries: Iterable[Transaction]) -> list[Invoice]:
            return [bill(entry) for entry in entries]

        # no function below names the books: they would keep themselves alive until the collector comes
        visits, first, repeated, billed, rebilled = (
            index.visits, index.invoices, index.repeated, index.billed, index.rebilled,
        )  # fmt: skip
        self._visits, self._payment = visits, Maker(payment_of)
        self.visits = MadeDict(visits, lambda key: visit_of(visits[key]))
        self.took_place = index.took_place
        self.not_kept = index.not_kept
        self.never_billed: Set[str] = index.never_billed.keys()
        self.bills = MadeList(index.bills, bill)
        self.apart = MadeList(index.apart, bill)
        self.insured = MadeList(index.insured, bill)
        self.lined = MadeList(index.lined, bill)
        self.invoices = MadeDict(first, lambda key: bills_of(repeated.get(key) or [first[key]]))
        self.charges = index.charges
        self.numbered = index.numbered
        self.repeated = MadeDict(repeated, self.invoices.__getitem__)
        self.invoices_of_visit = MadeDict(billed, lambda key: bills_of(rebilled.get(key) or [billed[key]]))
        self.rebilled = MadeDict(rebilled, self.invoices_of_visit.__getitem__)
        self.adjustments_of_invoice = index.adjustments_of_invoice
        self.on_account = index.on_account
        self.allocations = index.allocations
        self.allotted: list[Allotment] = []
        self.plans: list[PaymentPlan] = []
        self.coverages: list[Coverage] = []
        self.deposited: list[Deposited] = []
        self._first, self._repeated, self._owed, self._beyond = first, repeated, index.owed, index.beyond

    @classmethod
    def of(cls, entries: list[Directive], options: Mapping[str, Any], *, state: str) -> Books:
        """The books of these entries, which are sorted as Beancount sorts them.

        Args:
            entries: of the whole ledger.
            options: Beancount's options map.
            state: the two-letter state whose public holidays count (`state` of `[practice]`), or empty.
        """
        entries, far = in_reach(entries)
        counted, foreign = in_one(entries, options, currency_of(options))
        index = index_entries(counted)
        books = cls(entries, options, index, state)
        books.counted, books.foreign, books.errors = counted, foreign, [*books.errors, *far]
        decided: list[Custom] = []
        for entry in index.others:
            if isinstance(entry, Custom):
                books._add_custom(entry)
                if entry.type == "claim" and "remittance" in entry.meta:
                    decided.append(entry)
            elif isinstance(entry, Open):
                books.opened[entry.account] = entry
            elif isinstance(entry, Close):
                books.closed[entry.account] = entry
        join_claims(books, decided)
        return books

    @property
    def money(self) -> Money:
        """Where the money of the `counted` entries is."""
        return self.once("money", lambda: money_of(self.counted))

    @property
    def payments(self) -> dict[str, Payment]:
        """Payments by payment id."""
        return {payment.id: payment for payment in self.received}

    @property
    def payments_of_invoice(self) -> Mapping[str | None, list[Payment]]:
        """Payments by the id of the invoice they name; None for those that name none."""

        def work() -> Mapping[str | None, list[Payment]]:
            found: dict[str | None, list[Transaction]] = {}
            for entry in self.money.paid:
                found.setdefault(invoice_of(entry), []).append(entry)
            payment = self._payment
            return MadeDict(found, lambda invoice: [payment(entry) for entry in found[invoice]])

        return self.once("payments of invoices", work)

    @property
    def received(self) -> Sequence[Payment]:
        """Every payment, in date order; parts of one payment bear one id."""
        return self.once("all payments", lambda: MadeList(self.money.paid, self._payment))

    def received_between(self, first: datetime.date, last: datetime.date) -> Sequence[Payment]:
        """The payments of some days, both included, in date order."""
        paid = self.money.paid
        return self.received[bisect_left(paid, first, key=_DATE) : bisect_right(paid, last, key=_DATE)]

    @property
    def clearing(self) -> list[Transaction]:
        """Every transaction that moves money on its way to the bank, in date order."""
        return self.money.clearing

    @property
    def receivable(self) -> dict[str | None, list[Receivable]]:
        """Receivable postings in date order by the id of the invoice, as in `Money`."""
        return self.money.receivable

    @property
    def as_of(self) -> datetime.date:
        """The last day that imported visits cover, else that of the last practice entry, else of any entry.

        Never the clock: the same books always give the same answer.
        """
        covered = [imported.last for imported in self.imported if imported.kind == "visits"]
        if covered:
            return max(covered)
        practice = [self.visits[last].date for last in islice(reversed(self.visits), 1)]
        practice += [bill.date for bill in islice(reversed(self.bills), 1)]
        practice += islice((entry.date for entry in reversed(self.entries) if _is_payment(entry)), 1)
        return max(practice or (entry.date for entry in self.entries), default=datetime.date.min)

    def provider_on(self, provider: str, day: datetime.date) -> Provider | None:
        """The fact that holds for a provider on a day, or None when it was not there yet or no more."""
        current = None
        for fact in self.providers.get(provider, ()):
            if fact.since > day:
                break
            current = fact
        return None if current is not None and current.until is not None and day > current.until else current

    def payer_on(self, payer: str, day: datetime.date) -> Payer | None:
        """The fact that holds for a payer on a day; the first one for days before any."""
        facts = self.payers.get(payer)
        if not facts:
            return None
        return next((fact for fact in reversed(facts) if fact.since <= day), facts[0])

    def day_of(self, visit: str) -> datetime.date | None:
        """The day of a visit; None where the books do not have it."""
        entry = self._visits.get(visit)
        return None if entry is None else entry.date

    def service_of(self, visit: str) -> str | None:
        """The service of a visit; None where it names none, or the books do not have it."""
        entry = self._visits.get(visit)
        return None if entry is None else entry.meta.get("service")

    def charge_entries(self, invoice: str) -> list[Transaction]:
        """The entries that charge an invoice, in date order; none where the books do not have it."""
        first = self._first.get(invoice)
        return [] if first is None else self._repeated.get(invoice) or [first]

    def bills_after(self, day: datetime.date) -> Iterator[Invoice]:
        """The bills written after a day, the last one first."""
        return takewhile(lambda bill: bill.date > day, reversed(self.bills))

    def is_closed(self, day: datetime.date, provider: str) -> bool:
        """Whether the practice, or this provider, is declared closed on a day."""
        return any(
            closure.first <= day <= closure.last and closure.provider in (None, provider) for closure in self.closures
        )

    def threshold(self, name: str, day: datetime.date, provider: str | None = None) -> Decimal | None:
        """The number that holds for a check on a day; a provider's own goes before the practice's.

        None only where the default is to learn it from the books.
        """
        facts = [fact for fact in self.thresholds.get(name, ()) if fact.since <= day]
        own = [fact for fact in facts if fact.provider is not None and fact.provider == provider]
        of_all = [fact for fact in facts if fact.provider is None]
        return (own or of_all)[-1].value if own or of_all else DEFAULTS[name].value

    def days_of(self, name: str, day: datetime.date, provider: str | None = None) -> int:
        """A threshold that is a whole number of days."""
        return int(self.threshold(name, day, provider) or 0)

    def once(self, key: Hashable, work: Callable[[], T]) -> T:
        """What `work` gives, worked out the first time only: several checks and statements ask for the same."""
        if key not in self.known:
            self.known[key] = work()
        value: T = self.known[key]
        return value

    def balances(self, as_of: datetime.date) -> dict[str | None, Decimal]:
        """What is owed at the end of a day on each invoice that is not settled, and on account, as in `receivable`."""
        return self.once(("balances", as_of), lambda: self._balances(as_of))

    def _balances(self, as_of: datetime.date) -> dict[str | None, Decimal]:
        sums = dict(self._owed)
        for entry in reversed(self.counted):
            if entry.date <= as_of:
                break
            for invoice, posting in owed(entry) if isinstance(entry, Transaction) else ():
                sums[invoice] = sums.get(invoice, _ZERO) - number_of(posting)
        return {invoice: amount for invoice, amount in sums.items() if amount}

    def last_touch(self, invoice: str | None, as_of: datetime.date) -> tuple[datetime.date, Meta]:
        """When and where, up to a day, an invoice's receivable was last touched.

        Raises:
            KeyError: by then it was not.
        """
        if self._owed.get(invoice, _ZERO) < 0 and self._beyond[invoice].date <= as_of:
            return self._beyond[invoice].date, self._beyond[invoice].meta
        for posting in reversed(self.receivable[invoice]):
            if posting.date <= as_of:
                return posting.date, posting.meta
        raise KeyError(invoice)

    def open_balance(self, invoice: str | None, as_of: datetime.date) -> Decimal:
        """What is still owed on an invoice at the end of a day; negative for a credit balance."""
        return sum((posting.amount for posting in self.receivable.get(invoice, ()) if posting.date <= as_of), _ZERO)

    def refuse(self, error: FactError | BookError) -> None:
        """Note an entry that cannot be understood."""
        self.errors.append(error)

    def _add_custom(self, entry: Custom) -> None:
        if entry.type in ADD:
            ADD[entry.type](self, entry)
            return
        try:
            require(entry, self.currency)
            fact = parse_fact(entry) or parse_tax_fact(entry) or parse_secret(entry) or parse_deposited(entry)
        except ValueError as problem:
            self.errors.append(FactError(entry.meta, str(problem), entry))
            return
        if isinstance(fact, Begin):
            self.begins = fact
        elif fact is not None:
            self._add_fact(fact)

    def _add_fact(self, fact: Fact | TaxFact | TokenSecret | Deposited) -> None:
        lists: dict[type, list[Any]] = {
            Closure: self.closures, Imported: self.imported, Allotment: self.allotted, PaymentPlan: self.plans,
            Coverage: self.coverages, TokenSecret: self.secrets, Deposited: self.deposited,
        }  # fmt: skip
        if isinstance(fact, Provider):
            self.providers[fact.id].append(fact)
        elif isinstance(fact, Payer):
            self.payers[fact.id].append(fact)
        elif isinstance(fact, Waiver):
            self.waivers[fact.kind, fact.key] = fact
        elif isinstance(fact, Lock):
            self.locks[fact.last.year] = fact
        elif isinstance(fact, Threshold):
            self.thresholds[fact.name].append(fact)
        elif isinstance(fact, Contract):
            self.contracts.setdefault((fact.payer, fact.service), []).append(fact)
        else:
            lists.get(type(fact), self.tax_facts).append(fact)


def _is_payment(entry: Directive) -> TypeGuard[Transaction]:
    return isinstance(entry, Transaction) and "payment" in entry.meta and ALLOCATED not in entry.meta


def lines_of(metas: Iterable[Meta]) -> list[str]:
    """Evidence as `file:line`, in the order given."""
    return [f"{meta['filename']}:{meta['lineno']}" for meta in metas]
