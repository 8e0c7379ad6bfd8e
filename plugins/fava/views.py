"""What the pages in Fava show, as values: nothing here knows of Fava."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple, cast

from beancount.core.data import Balance, Directive, Transaction
from daysheet.accounts import INCOME_VISITS, account_part
from daysheet.billing.ageing import open_parts
from daysheet.billing.working_days import ONE_DAY
from daysheet.books.holding import tells
from daysheet.cash.forecast import weeks_to_come
from daysheet.cash.matched_before import Match, OpenDeposit
from daysheet.cash.receipts import BankDeposit, Receipt
from daysheet.cash.reconciliation import Reconciliation, reconcile
from daysheet.facts import Imported, Provider
from daysheet.findings import Finding, Gap
from daysheet.measures import Benchmarks
from daysheet.plugins.fava.shown.calendar import ProviderCalendar, calendars
from daysheet.plugins.fava.shown.deposit import Offered, Waiting, accounts_of_difference, minor, offered, under_way
from daysheet.plugins.fava.shown.lapse import LapseDay, Limit, days_of, limit_of
from daysheet.plugins.fava.shown.state import Filtered, State
from daysheet.plugins.fava.shown.trends import Trend, months_until, trends
from daysheet.records import Meta
from daysheet.reports.accounts.titles import Titles
from daysheet.reports.period import Period
from daysheet.reports.registry import build, find
from daysheet.reports.request import Request
from daysheet.reports.schedules.receivables import BUCKETS, OLDEST, aged
from daysheet.reports.table import Basis, Row, Table
from daysheet.wording import decimals

__all__ = ("SHOWN", "State", "View")

YEAR = datetime.timedelta(weeks=52)
SHOWN = 500


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


class View(Filtered):
    """One page's data."""

    def lapse_days(self, lapse: Finding) -> list[LapseDay]:
        """The visits of a lapse by day."""
        return days_of(self.books, self.as_of, lapse)

    def lapse_limit(self, lapse: Finding) -> Limit | None:
        """By when the first of its visits has to be billed."""
        return limit_of(self.books, lapse)

    def weeks_to_come(self, lapse: Finding) -> int:
        """The weeks in which nine tenths of what it would bring come, when billed now; 0 where nothing says so."""
        key = "weeks to come", self.as_of, lapse.expected
        return self.state.kept(key, lambda: weeks_to_come(self.books, self.as_of, Gap(lapse.amount, lapse.expected)))

    @property
    def ages(self) -> tuple[str, ...]:
        """The titles of the columns of `receivables`."""
        return (*(title for _, title in BUCKETS), OLDEST, "Credits")

    @property
    def receivables(self) -> list[Aged]:
        """What each payer owes by age; accounts that the filter lets through."""
        return [row for row in self._all_receivables if self._matches(row.account)]

    @property
    def _all_receivables(self) -> list[Aged]:
        found = self.state.kept(("aged", self.as_of), lambda: aged(self.books, self.as_of))
        titles = self.state.kept("titles", lambda: Titles(self.books))
        return [
            Aged(titles[account], account, tuple(amounts), sum(amounts, Decimal()))
            for account, amounts in sorted(found.items())
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
    def unreconciled(self) -> Decimal:
        """What is not explained in the days and accounts of the filters, each thing at its amount."""
        gaps = [abs(item.difference or item.deposit.amount) for item in self.open_deposits]
        gaps += [abs(receipt.amount) for receipt in self.overdue_receipts]
        gaps += [abs(amount) for account, amount in self.reconciliation.left_over.items() if self._matches(account)]
        return sum(gaps, Decimal())

    @property
    def in_transit(self) -> list[Receipt]:
        """Receipts that still have time to reach the bank, in the accounts of the filter."""
        return [item for item in self.reconciliation.in_transit if self._shown(item.date, item.account)]

    @property
    def under_way(self) -> list[Waiting]:
        """The same with its days, that which has the least time first."""
        return under_way(self.in_transit, self.as_of)

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

    def offered(self, item: OpenDeposit) -> list[Offered]:
        """The receipts that a bank line may have brought."""
        return offered(item, self.reconciliation)

    @property
    def accounts_of_difference(self) -> list[str]:
        """Where what is short or over in a bank line may go."""
        return list(accounts_of_difference(self.books))

    @property
    def decimals(self) -> int:
        """How many decimals the currency is written with."""
        return decimals(self.currency)

    def minor(self, amount: Decimal) -> int:
        """An amount in the currency's smallest coin."""
        return minor(amount, decimals(self.currency))

    def bank_text(self, deposit: BankDeposit) -> str:
        """What the bank's line says."""
        texts = self.state.kept("bank text", lambda: {id(entry.meta): _text(entry) for entry in self.books.clearing})
        return texts.get(id(deposit.meta), "")

    @property
    def sources(self) -> list[Source]:
        """Every kind of file that was imported of days up to the as-of date, and whether one is missing by then."""
        latest: dict[tuple[str, str], Imported] = {}
        for imported in self.books.imported:
            if imported.first > self.as_of:
                continue
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
        found = self.state.kept(key, lambda: calendars(self.books, first, last, self.as_of, self._all_findings))
        return [one for one in found if self._matches(f"{INCOME_VISITS}:{account_part(one.provider)}")]

    @property
    def collections(self) -> list[tuple[datetime.date, Decimal]]:
        """Money received in each of the twelve months up to the as-of date, by the month's last day."""
        return self.state.kept(("collections", self.as_of), lambda: list(self._collections()))

    @property
    def has_collections(self) -> bool:
        """Whether any money was received in these months."""
        return any(amount for _, amount in self.collections)

    @property
    def trends(self) -> list[Trend]:
        """The practice's measures over the last twelve months."""
        benchmarks = self.state.settings.table("check", Benchmarks)
        return self.state.kept(("trends", self.as_of), lambda: trends(self.books, self.as_of, benchmarks))

    @property
    def schedules(self) -> list[Provider]:
        """When each provider sees patients, the latest first."""
        facts = [fact for one in self.books.providers.values() for fact in one]
        return sorted(facts, key=lambda fact: (fact.since, fact.id), reverse=True)

    @property
    def years(self) -> list[int]:
        """The years that the books tell of, the latest first; not one of which they say only how it begins."""
        return self.state.kept("years", lambda: sorted(self._years(), reverse=True))

    @property
    def basis(self) -> Basis:
        """What the practice files on."""
        return "accrual" if self.state.settings.practice.method == "accrual" else "cash"

    def report(self, name: str, first: datetime.date, last: datetime.date) -> Table:
        """One of the reports, over these days, on the basis that the practice files on."""
        return build(name, self.books, self.state.settings, Period(first, last), self.basis)

    @property
    def account_days(self) -> Period:
        """The days of a patient's account: those of the filter, else the twelve months up to the as-of date."""
        first = self.span.first or months_until(self.as_of)[0][0]
        return Period(min(first, self.as_of), self.as_of)

    def account(self, patient: str) -> Table:
        """A patient's account in these days."""
        return find("patient-ledger")(
            Request(self.books, self.state.settings, self.account_days, self.basis, patient=patient)
        )

    def has_patient(self, token: str) -> bool:
        """Whether the books know a patient of this token."""
        tokens = self.state.kept("tokens", lambda: {str(entry.meta.get("patient")) for entry in self.books.entries})
        return token in tokens

    @property
    def patients(self) -> list[Row]:
        """Each patient with a balance: what their insurers owe, what they owe, on account, together; the most first."""
        table = self.state.kept(("patients", self.as_of), lambda: self.report("patient-ledger", self.as_of, self.as_of))
        lines = [row for row in table.rows if row.kind == "line"]
        return sorted(lines, key=lambda row: (-cast("Decimal", row.cells[4]), str(row.cells[0])))

    def open_of(self, patient: str) -> list[Open]:
        """The unsettled invoices of one patient, the oldest first."""
        bills = self.books.invoices
        found = [item for row in self._all_receivables for item in self.open_invoices(row.account)]
        return sorted(
            (one for one in found if one.invoice in bills and bills[one.invoice][0].patient == patient), key=_by_age
        )

    @property
    def forecast(self) -> Table:
        """Thirteen weeks of cash after the as-of date."""
        return self.state.kept(("forecast", self.as_of), lambda: self.report("cash-forecast", self.as_of, self.as_of))

    @property
    def claims(self) -> Table:
        """The claims of the filter's days, else of the year up to the as-of date, by payer and age."""
        first = self.span.first or self.as_of.replace(month=1, day=1)
        key = "claims", first, self.as_of
        return self.state.kept(key, lambda: self.report("claims", min(first, self.as_of), self.as_of))

    @property
    def claim_deadlines(self) -> list[Finding]:
        """What has to be done about claims by a day, the nearest first."""
        return sorted((one for one in self.worklist if one.deadline), key=lambda one: (one.deadline, one.key))

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
        return {entry.date.year for entry in self.books.entries if tells(entry) and not _begins_a_year(entry)}

    def _collections(self) -> Iterator[tuple[datetime.date, Decimal]]:
        for first, last in months_until(self.as_of):
            received = self.books.received_between(first, last)
            end = (first + datetime.timedelta(days=31)).replace(day=1) - ONE_DAY
            yield end, sum((payment.amount for payment in received), Decimal())


def _begins_a_year(entry: Directive) -> bool:
    """Whether an entry is a balance before anything happens in a year: it says how the one before ended."""
    return isinstance(entry, Balance) and (entry.date.month, entry.date.day) == (1, 1)


def _text(entry: Transaction) -> str:
    return " · ".join(part for part in (entry.payee, entry.narration) if part)


def _by_age(item: Open) -> tuple[int, str]:
    return -item.days, item.invoice


def _overdue(missing: list[Finding], source: str) -> str | None:
    return next((finding.message for finding in missing if finding.key.startswith(f"{source}/")), None)
