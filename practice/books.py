"""The books of a practice, indexed: one pass over Beancount's entries, dictionaries by id.

Checks and statements read these indexes and never walk the entries again. The pass is linear and keeps no copies:
ten years of a two-doctor practice (140,000 directives) are indexed in a few percent of the time that Beancount takes
to load them. Payments and receivable postings are noted in that pass, and made into records when first asked for.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from beancount.core.data import Close, Custom, Directive, Open, Transaction
from daysheet.facts import (
    Closure,
    Contract,
    Fact,
    FactError,
    Imported,
    Lock,
    Payer,
    Provider,
    Threshold,
    Waiver,
    parse_fact,
)
from daysheet.indexing import BookError, Indexes, Receivables, index_entries, owed, payment_of
from daysheet.records import CLAIM_STATUSES, Adjustment, Claim, Invoice, Meta, Payment, Visit
from daysheet.remittances import Remittance, RemittedClaim, parse_remittance, parse_remitted
from daysheet.taxfacts import TaxFact, parse_tax_fact
from daysheet.thresholds import DEFAULTS

_ZERO = Decimal()

T = TypeVar("T")


class Books:
    """A practice's books as dictionaries; read-only once made by `Books.of`.

    Attributes:
        entries: all entries, as Beancount gave them.
        options: Beancount's options map.
        currency: the operating currency, in which all amounts are.
        providers: each provider's facts in date order, by id.
        payers: each payer's facts in date order, by id.
        closures: days without visits.
        imported: every imported file, in date order.
        waivers: findings set aside, by kind and key.
        locks: the last lock of each locked year.
        thresholds: numbers that checks compare with, in date order, by name.
        state: the two-letter state whose public holidays count, or empty.
        visits: by visit id.
        took_place: how many visits were completed, by provider, service and day.
        bills: every invoice, reversals included, in date order.
        apart: those of the bills that are not known to be for a single visit of their own day.
        invoices: by invoice id; several entries when an id was used more than once.
        repeated: those of the invoices whose id was used more than once.
        invoices_of_visit: invoices by the id of a visit they bill.
        rebilled: those of these visits that are billed more than once.
        adjustments_of_invoice: adjustments by invoice id.
        claims: a claim's states in date order, by claim id.
        claim_days: the day from which each of these states holds.
        contracts: what insurers have agreed to allow, in date order, by payer and service.
        remittances: what insurers said they paid, by remittance id.
        clearing: every transaction that moves money on its way to the bank, in date order.
        receivable: receivable postings by invoice id; None for those of no invoice.
        opened: the `open` directive of each account.
        closed: the `close` directive of each account that has one.
        tax_facts: assets, vendors and filed forms, in date order.
        errors: practice entries that could not be understood.
        known: what `once` has worked out.
    """

    __slots__ = (
        "_owed", "_paying", "adjustments_of_invoice", "apart", "bills", "claim_days", "claims", "clearing",
        "closed", "closures", "contracts", "currency", "entries", "errors", "imported", "invoices",
        "invoices_of_visit", "known", "locks", "opened", "options", "payers", "providers", "rebilled",
        "receivable", "remittances", "repeated", "state", "tax_facts", "thresholds", "took_place", "visits",
        "waivers",
    )  # fmt: skip

    def __init__(self, entries: list[Directive], options: Mapping[str, Any]) -> None:
        """Empty indexes; `Books.of` fills them."""
        self.entries = entries
        self.options = options
        currencies = options.get("operating_currency") or ["USD"]
        self.currency: str = currencies[0]
        self.providers: dict[str, list[Provider]] = defaultdict(list)
        self.payers: dict[str, list[Payer]] = defaultdict(list)
        self.closures: list[Closure] = []
        self.imported: list[Imported] = []
        self.waivers: dict[tuple[str, str], Waiver] = {}
        self.locks: dict[int, Lock] = {}
        self.thresholds: dict[str, list[Threshold]] = defaultdict(list)
        self.state = ""
        self.known: dict[Hashable, Any] = {}
        self.visits: dict[str, Visit] = {}
        self.took_place: dict[tuple[str, str | None, datetime.date], int] = {}
        self.bills: list[Invoice] = []
        self.apart: list[Invoice] = []
        self.invoices: dict[str, list[Invoice]] = {}
        self.repeated: dict[str, list[Invoice]] = {}
        self.invoices_of_visit: dict[str, list[Invoice]] = {}
        self.rebilled: dict[str, list[Invoice]] = {}
        self.adjustments_of_invoice: dict[str, list[Adjustment]] = {}
        self.claims: dict[str, list[Claim]] = {}
        self.claim_days: dict[str, list[datetime.date]] = {}
        self.contracts: dict[tuple[str, str], list[Contract]] = {}
        self.remittances: dict[str, Remittance] = {}
        self.clearing: list[Transaction] = []
        self.receivable = Receivables((), ())
        self.opened: dict[str, Open] = {}
        self.closed: dict[str, Close] = {}
        self.tax_facts: list[TaxFact] = []
        self.errors: list[FactError | BookError] = []
        self._paying: list[Transaction] = []
        self._owed: dict[str | None, Decimal] = {}

    @classmethod
    def of(cls, entries: list[Directive], options: Mapping[str, Any]) -> Books:
        """The books of these entries, which are sorted as Beancount sorts them."""
        books = cls(entries, options)
        index = index_entries(entries)
        books._take(index)
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
        books._join_claims(decided)
        return books

    @property
    def payments(self) -> dict[str, Payment]:
        """Payments by payment id."""
        return self.once("payments", lambda: {payment.id: payment for payment in self._payments()})

    @property
    def payments_of_invoice(self) -> dict[str | None, list[Payment]]:
        """Payments by the id of the invoice they pay; None for money on account."""

        def work() -> dict[str | None, list[Payment]]:
            found: dict[str | None, list[Payment]] = {}
            for payment in self._payments():
                found.setdefault(payment.invoice, []).append(payment)
            return found

        return self.once("payments of invoices", work)

    def _payments(self) -> list[Payment]:
        return self.once("all payments", lambda: [payment_of(entry) for entry in self._paying])

    @property
    def as_of(self) -> datetime.date:
        """The last day that imported visits cover, else that of the last practice entry, else of any entry.

        Never the clock: the same books always give the same answer.
        """
        covered = [imported.last for imported in self.imported if imported.kind == "visits"]
        if covered:
            return max(covered)
        practice = [visit.date for visit in self.visits.values()]
        practice += [bill.date for bill in self.bills[-1:]]
        practice += [payment.date for payment in self._paying]
        if practice:
            return max(practice)
        return max((entry.date for entry in self.entries), default=datetime.date.min)

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
        """What is owed at the end of a day on each invoice that is not settled; None is money on no invoice."""
        return self.once(("balances", as_of), lambda: self._balances(as_of))

    def _balances(self, as_of: datetime.date) -> dict[str | None, Decimal]:
        sums = dict(self._owed)
        for entry in reversed(self.entries):
            if entry.date <= as_of:
                break
            if isinstance(entry, Transaction):
                sums.update((invoice, self.open_balance(invoice, as_of)) for invoice, _ in owed(entry))
        return {invoice: amount for invoice, amount in sums.items() if amount}

    def open_balance(self, invoice: str | None, as_of: datetime.date) -> Decimal:
        """What is still owed on an invoice at the end of a day; negative for a credit balance."""
        return sum((posting.amount for posting in self.receivable.get(invoice, ()) if posting.date <= as_of), _ZERO)

    def _take(self, index: Indexes) -> None:
        self.visits = index.visits
        self.took_place = index.took_place
        self.bills = index.bills
        self.apart = index.apart
        self.invoices = index.invoices
        self.repeated = index.repeated
        self.invoices_of_visit = index.invoices_of_visit
        self.rebilled = index.rebilled
        self.adjustments_of_invoice = index.adjustments_of_invoice
        self.receivable = Receivables(index.touched, index.touching)
        self._owed = index.owed
        self._paying = index.paying
        self.clearing = index.clearing
        self.errors += index.errors

    def _add_custom(self, entry: Custom) -> None:
        kind = entry.type
        if kind == "claim":
            self._add_claim(entry)
        elif kind == "remittance":
            self._add_remittance(entry)
        else:
            try:
                fact = parse_fact(entry) or parse_tax_fact(entry)
            except ValueError as problem:
                self.errors.append(FactError(entry.meta, str(problem), entry))
                return
            if fact is not None:
                self._add_fact(fact)

    def _add_fact(self, fact: Fact | TaxFact) -> None:
        if isinstance(fact, Provider):
            self.providers[fact.id].append(fact)
        elif isinstance(fact, Payer):
            self.payers[fact.id].append(fact)
        elif isinstance(fact, Closure):
            self.closures.append(fact)
        elif isinstance(fact, Imported):
            self.imported.append(fact)
        elif isinstance(fact, Waiver):
            self.waivers[fact.kind, fact.key] = fact
        elif isinstance(fact, Lock):
            self.locks[fact.last.year] = fact
        elif isinstance(fact, Threshold):
            self.thresholds[fact.name].append(fact)
        elif isinstance(fact, Contract):
            self.contracts.setdefault((fact.payer, fact.service), []).append(fact)
        else:
            self.tax_facts.append(fact)

    def _add_claim(self, entry: Custom) -> None:
        values = [value.value for value in entry.values]
        if len(values) != 4 or values[3] not in CLAIM_STATUSES:
            known = ", ".join(CLAIM_STATUSES)
            message = f'claim: write custom "claim" "ID" "INVOICE" "PAYER" "STATUS", the status one of {known}'
            self.errors.append(BookError(entry.meta, message, entry))
            return
        identifier, invoice, payer, status = values
        meta = entry.meta
        claim = Claim(identifier, invoice, payer, meta.get("submitted"), status, meta.get("reason"), meta)
        self.claims.setdefault(identifier, []).append(claim)
        self.claim_days.setdefault(identifier, []).append(entry.date)

    def _add_remittance(self, entry: Custom) -> None:
        try:
            remittance = parse_remittance(entry)
        except ValueError as problem:
            self.errors.append(BookError(entry.meta, str(problem), entry))
            return
        self.remittances[remittance.id] = remittance

    def _join_claims(self, entries: list[Custom]) -> None:
        """Put each decided claim into its remittance."""
        joined: dict[str, list[RemittedClaim]] = {}
        for entry in entries:
            identifier = entry.meta["remittance"]
            if identifier not in self.remittances:
                message = f'claim: there is no remittance "{identifier}" in these books'
                self.errors.append(BookError(entry.meta, message, entry))
                continue
            try:
                joined.setdefault(identifier, []).append(parse_remitted(entry))
            except ValueError as problem:
                self.errors.append(BookError(entry.meta, str(problem), entry))
        for identifier, claims in joined.items():
            remittance = self.remittances[identifier]
            self.remittances[identifier] = remittance._replace(claims=tuple(sorted(claims, key=lambda c: c.line)))


def lines_of(metas: Iterable[Meta]) -> list[str]:
    """Evidence as `file:line`, in the order given."""
    return [f"{meta['filename']}:{meta['lineno']}" for meta in metas]
