"""What the pages in Fava show, as values: nothing here knows of Fava."""

from __future__ import annotations

import datetime
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from beancount.core.data import Directive, Transaction
from daysheet.accounts import INCOME_VISITS, account_part
from daysheet.billing.ageing import open_parts
from daysheet.billing.working_days import ONE_DAY
from daysheet.books import Books
from daysheet.cash.receipts import BankDeposit, Receipt
from daysheet.cash.reconciliation import Match, OpenDeposit, Reconciliation, reconcile
from daysheet.facts import Imported
from daysheet.findings import Finding, Gap, gap
from daysheet.ledger import collector
from daysheet.measures import Benchmarks
from daysheet.plugins.fava.calendar import ProviderCalendar, calendars
from daysheet.plugins.fava.trends import Trend, months_until, trends
from daysheet.records import Meta
from daysheet.reports.accounts.titles import Titles
from daysheet.reports.period import Period
from daysheet.reports.registry import build
from daysheet.reports.schedules.receivables import BUCKETS, OLDEST, aged
from daysheet.reports.table import Table
from daysheet.settings import Settings
from daysheet.worklist.worklist import findings_of

T = TypeVar("T")
Matches = Callable[[str], bool]
YEAR = datetime.timedelta(weeks=52)
SHOWN = 500


class Span(NamedTuple):
    """The days that a page is about, and the accounts, as the filters in Fava say."""

    first: datetime.date | None
    last: datetime.date | None
    matches: Matches | None = None


class Total(NamedTuple):
    """All findings of a kind: how many, the money at risk, and the largest of them, to begin with."""

    kind: str
    number: int
    amount: Decimal
    largest: Finding


class Source(NamedTuple):
    """The files of one kind and account: the last one, the last day that they cover, and what the checks miss."""

    kind: str
    account: str
    file: str
    last: datetime.date
    overdue: str | None
    where: Meta


class Aged(NamedTuple):
    """What one payer owes by age, credits last; `account` is its receivable account."""

    title: str
    account: str
    amounts: tuple[Decimal, ...]
    total: Decimal


class Open(NamedTuple):
    """An invoice that is not settled; credit balances are negative.

    `days` is the age of its oldest part, as the receivables aging counts it; `due` is its own day, or under a payment
    plan that of the first open instalment.
    """

    invoice: str
    date: datetime.date
    days: int
    due: datetime.date | None
    amount: Decimal
    where: Meta | None


class State:
    """The books as Fava loaded them, and what has been worked out of them for one day; dropped at the next load."""

    def __init__(self, entries: Sequence[Directive], options: Mapping[str, Any], folder: Path) -> None:
        """Index the books once."""
        self.folder = folder
        self.settings = Settings.of(folder)
        with collector.paused():
            self.books = Books.of(list(entries), options, state=self.settings.practice.state)
        self._kept: dict[object, Any] = {}
        self._lock = threading.RLock()

    def kept(self, key: object, make: Callable[[], T]) -> T:
        """What `make` gives, made once for this key, also when two pages ask for it at once."""
        with self._lock:
            if key not in self._kept:
                with collector.paused():
                    self._kept[key] = make()
            found: T = self._kept[key]
            return found


class View:
    """One page's data: the books, as of the end of the filter, or the last day that they cover if that is earlier."""

    def __init__(self, state: State, span: Span) -> None:
        """Nothing is worked out yet."""
        self.state = state
        self.books = state.books
        self.span = span
        self.currency = state.books.currency
        as_of = state.kept("as of", lambda: state.books.as_of)
        self.as_of = as_of if span.last is None else min(as_of, span.last)

    @property
    def findings(self) -> list[Finding]:
        """What is to be done, the most money first; only what the filters let through."""
        found = self._all_findings
        first, matches = self.span.first, self.span.matches
        if first is not None:
            found = [finding for finding in found if finding.through >= first]
        if matches is not None:
            found = [finding for finding in found if any(map(matches, self._accounts(finding)))]
        return found

    @property
    def worklist(self) -> list[Finding]:
        """`findings` without the visits that a lapse counts: the lapse stands for them."""
        found = self.findings
        covered = frozenset[str]().union(*(finding.covers for finding in found))
        return [finding for finding in found if finding.kind != "unbilled-visit" or finding.key not in covered]

    @property
    def gap(self) -> Gap:
        """What was never billed, each visit counted once."""
        return gap(self.findings)

    @property
    def totals(self) -> list[Total]:
        """Each kind of finding with its number and money, the most money first."""
        kinds: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.worklist:
            kinds[finding.kind].append(finding)
        found = [
            Total(kind, len(same), sum((one.amount for one in same), Decimal()), same[0])
            for kind, same in kinds.items()
        ]
        return sorted(found, key=lambda total: (-total.amount, total.kind))

    @property
    def ages(self) -> tuple[str, ...]:
        """The titles of the columns of `receivables`."""
        return (*(title for _, title in BUCKETS), OLDEST, "Credits")

    @property
    def receivables(self) -> list[Aged]:
        """What each payer owes by age; accounts that the filter lets through."""
        found = self.state.kept(("aged", self.as_of), lambda: aged(self.books, self.as_of))
        titles = self.state.kept("titles", lambda: Titles(self.books))
        matches = self.span.matches or (lambda _: True)
        return [
            Aged(titles[account], account, tuple(amounts), sum(amounts, Decimal()))
            for account, amounts in sorted(found.items())
            if matches(account)
        ]

    @property
    def owed(self) -> list[Decimal]:
        """What all of them owe by age, and together."""
        rows = [(*row.amounts, row.total) for row in self.receivables]
        return [sum(column, Decimal()) for column in zip(*rows, strict=True)]

    @property
    def owed_long(self) -> Decimal:
        """What is owed for more than 90 days."""
        beyond = [at for at, (days, _) in enumerate(BUCKETS) if days > 90]
        return sum((row.amounts[at] for row in self.receivables for at in (*beyond, len(BUCKETS))), Decimal())

    def open_invoices(self, account: str) -> list[Open]:
        """The unsettled invoices of one receivable account, the oldest first."""
        return self.state.kept(("open", account, self.as_of), lambda: sorted(self._open(account), key=_by_age))

    @property
    def reconciliation(self) -> Reconciliation:
        """The clearing accounts against the bank."""
        return self.state.kept(("deposits", self.as_of), lambda: reconcile(self.books, self.as_of))

    @property
    def open_deposits(self) -> list[OpenDeposit]:
        """Bank lines that no receipts explain, in the days and accounts of the filters."""
        return [
            item for item in self.reconciliation.open_deposits if self._shown(item.deposit.date, item.deposit.account)
        ]

    @property
    def overdue_receipts(self) -> list[Receipt]:
        """Receipts that should have reached the bank, in the days and accounts of the filters."""
        return [item for item in self.reconciliation.overdue if self._shown(item.date, item.account)]

    @property
    def matches(self) -> list[Match]:
        """Deposits that are explained, and how, the latest first."""
        found = self.reconciliation.matches
        return [item for item in reversed(found) if self._shown(item.deposit.date, item.deposit.account)]

    def bank_text(self, deposit: BankDeposit) -> str:
        """What the bank's line says."""
        texts = self.state.kept("bank text", lambda: {id(entry.meta): _text(entry) for entry in self.books.clearing})
        return texts.get(id(deposit.meta), "")

    @property
    def sources(self) -> list[Source]:
        """Every kind of file that was ever imported, and whether one is missing by now."""
        latest: dict[tuple[str, str], Imported] = {}
        for imported in self.books.imported:
            key = imported.kind, imported.account or ""
            if key not in latest or imported.last >= latest[key].last:
                latest[key] = imported
        missing = [finding for finding in self._all_findings if finding.kind == "missing-export"]
        return [
            Source(kind, account, str(one.meta.get("file", "")), one.last, _overdue(missing, account or kind), one.meta)
            for (kind, account), one in sorted(latest.items())
        ]

    @property
    def calendars(self) -> list[ProviderCalendar]:
        """The billing calendar over the filter's days, or the 52 weeks up to the as-of date."""
        first, last = self.span.first, self.span.last
        if first is None or last is None:
            last = self.as_of
            first = last - YEAR + ONE_DAY
        key = "calendar", first, last, self.as_of
        return self.state.kept(key, lambda: calendars(self.books, first, last, self.as_of, self._all_findings))

    @property
    def collections(self) -> list[tuple[datetime.date, Decimal]]:
        """Money received in each of the twelve months up to the as-of date, by the month's last day."""
        return self.state.kept(("collections", self.as_of), lambda: list(self._collections()))

    @property
    def trends(self) -> list[Trend]:
        """The practice's measures over the last twelve months."""
        benchmarks = self.state.settings.table("check", Benchmarks)
        return self.state.kept(("trends", self.as_of), lambda: trends(self.books, self.as_of, benchmarks))

    @property
    def years(self) -> list[int]:
        """The years that the books have entries of, the latest first."""
        return self.state.kept("years", lambda: sorted(self._years(), reverse=True))

    def report(self, name: str, first: datetime.date, last: datetime.date) -> Table:
        """One of the reports, over these days, on the basis that the practice files on."""
        basis = "accrual" if self.state.settings.practice.method == "accrual" else "cash"
        return build(name, self.books, self.state.settings, Period(first, last), basis)  # type: ignore[arg-type]

    @property
    def _all_findings(self) -> list[Finding]:
        return self.state.kept(("findings", self.as_of), lambda: findings_of(self.books, self.as_of))

    def _shown(self, date: datetime.date, account: str) -> bool:
        in_time = self.span.first is None or date >= self.span.first
        return in_time and (self.span.matches is None or bool(self.span.matches(account)))

    def _accounts(self, finding: Finding) -> Iterator[str]:
        if finding.provider:
            yield f"{INCOME_VISITS}:{account_part(finding.provider)}"
        places = self.state.kept("places", self._places)
        for meta in finding.where:
            yield from places.get((meta.get("filename"), meta.get("lineno")), ())

    def _places(self) -> dict[tuple[Any, Any], tuple[str, ...]]:
        return {
            (entry.meta["filename"], entry.meta["lineno"]): tuple(posting.account for posting in entry.postings)
            for entry in self.books.entries
            if isinstance(entry, Transaction)
        }

    def _open(self, account: str) -> Iterator[Open]:
        for invoice, all_parts in open_parts(self.books, self.as_of).items():
            parts = [part for part in all_parts if part.account == account]
            amount = sum((part.amount for part in parts), Decimal())
            if not amount or invoice is None:
                continue
            known = self.books.invoices.get(invoice)
            bill = known[0] if known else None
            date = bill.date if bill else self.books.receivable[invoice][0].date
            due = min((part.due for part in parts if part.due), default=bill.due if bill else None)
            age = max(part.age(self.as_of) for part in parts)
            yield Open(invoice, date, age, due, amount, bill.meta if bill else None)

    def _years(self) -> set[int]:
        return {entry.date.year for entry in self.books.entries if isinstance(entry, Transaction)}

    def _collections(self) -> Iterator[tuple[datetime.date, Decimal]]:
        months: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
        for payment in self.books.received:
            if payment.date <= self.as_of:
                months[payment.date.year, payment.date.month] += payment.amount
        for first, _ in months_until(self.as_of):
            end = (first + datetime.timedelta(days=31)).replace(day=1) - ONE_DAY
            yield end, months[first.year, first.month]


def _text(entry: Transaction) -> str:
    return " · ".join(part for part in (entry.payee, entry.narration) if part)


def _by_age(item: Open) -> tuple[int, str]:
    return -item.days, item.invoice


def _overdue(missing: list[Finding], source: str) -> str | None:
    return next((finding.message for finding in missing if finding.key.startswith(f"{source}/")), None)
