"""What moved in each account, from one pass over the books; every statement reads balances from here.

Amounts are signed as Beancount signs them (a debit is positive) and are in the operating currency: a posting's weight,
so that 100 EUR bought at 1.10 USD counts 110 USD, and the sum over all accounts is zero. What is in another currency
and was never exchanged is counted in no sum and said in a note.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from typing import Any, Final, NamedTuple

from beancount.core.convert import get_weight
from beancount.core.data import Directive, Transaction
from daysheet.accounting.cash_basis import cash_entries
from daysheet.accounting.liabilities import liability_of
from daysheet.accounts import BILLING, RECEIVABLE, is_under
from daysheet.books import Books
from daysheet.reports.accounts.accrual import accrual_entries
from daysheet.reports.period import Period
from daysheet.reports.table import Basis

_ZERO: Final = Decimal()
_ROOTS: Final = ("Assets", "Liabilities", "Equity", "Income", "Expenses")
MEMORANDUM: Final = (RECEIVABLE, BILLING)


class Line(NamedTuple):
    """One posting: its amount in the operating currency, and the transaction it stands in."""

    date: datetime.date
    amount: Decimal
    entry: Transaction


class AccountActivity:
    """The postings of one account in date order, with the balance after each."""

    def __init__(self, name: str, lines: list[Line]) -> None:
        """The postings, sorted by date."""
        self.name = name
        self.lines = lines

    @cached_property
    def _dates(self) -> list[datetime.date]:
        return [line.date for line in self.lines]

    @cached_property
    def _running(self) -> list[Decimal]:
        return list(accumulate(line.amount for line in self.lines))

    def balance(self, day: datetime.date) -> Decimal:
        """The balance at the end of a day."""
        at = bisect_right(self._dates, day)
        return self._running[at - 1] if at else _ZERO

    def before(self, day: datetime.date) -> Decimal:
        """The balance before the first posting of a day."""
        at = bisect_left(self._dates, day)
        return self._running[at - 1] if at else _ZERO

    def change(self, period: Period) -> Decimal:
        """What the balance moved by in a period."""
        return self.balance(period.last) - self.before(period.first)

    def within(self, period: Period) -> list[Line]:
        """The postings of a period."""
        return self.lines[bisect_left(self._dates, period.first) : bisect_right(self._dates, period.last)]


class Activity:
    """All accounts of the books on one basis, in the order of a trial balance.

    Attributes:
        basis: `cash` as the ledger is kept, or `accrual`.
        currency: of all amounts.
        accounts: by name; Assets, Liabilities, Equity, Income, Expenses, and by name within each.
        foreign: the accounts with postings in another currency that are in no sum, with that currency.
        earnings: the account to which the income of earlier years is closed, computed and never written.
    """

    def __init__(self, entries: Iterable[Directive], currency: str, basis: Basis, earnings: str) -> None:
        """One pass over `entries`, which are sorted by date."""
        self.basis = basis
        self.currency = currency
        self.earnings = earnings
        lines: dict[str, list[Line]] = defaultdict(list)
        foreign: set[tuple[str, str]] = set()
        for entry in entries:
            if not isinstance(entry, Transaction):
                continue
            day = entry.date
            for posting in entry.postings:
                weight: Any = posting.units
                if posting.cost is not None or posting.price is not None:
                    weight = get_weight(posting)  # type: ignore[no-untyped-call]
                if weight.currency == currency:
                    lines[posting.account].append(Line(day, weight.number, entry))
                else:
                    foreign.add((posting.account, weight.currency))
        self.foreign = tuple(sorted(foreign))
        self.accounts: Mapping[str, AccountActivity] = {
            name: AccountActivity(name, lines[name]) for name in sorted(lines, key=account_order)
        }

    def under(self, *roots: str) -> Iterator[AccountActivity]:
        """The accounts that are one of `roots` or below it."""
        return (account for name, account in self.accounts.items() if any(is_under(name, root) for root in roots))

    def balance(self, day: datetime.date, *roots: str) -> Decimal:
        """The sum of the balances of accounts at the end of a day."""
        return sum((account.balance(day) for account in self.under(*roots)), _ZERO)

    def change(self, period: Period, *roots: str) -> Decimal:
        """The sum of what accounts moved by in a period."""
        return sum((account.change(period) for account in self.under(*roots)), _ZERO)

    def earned_before(self, day: datetime.date) -> Decimal:
        """The income less expenses of all time before a day, signed as equity is (a profit is negative)."""
        return sum((account.before(day) for account in self.under("Income", "Expenses")), _ZERO)

    def is_memorandum(self, account: str) -> bool:
        """Whether an account is of the receivable pair, which a cash-basis statement leaves out."""
        return self.basis == "cash" and any(is_under(account, root) for root in MEMORANDUM)

    def notes(self) -> tuple[str, ...]:
        """What a statement has to say of amounts that it leaves out."""
        if not self.foreign:
            return ()
        named = ", ".join(f"{account} ({currency})" for account, currency in self.foreign)
        return (f"Amounts in {self.currency} only. Not included, because never exchanged: {named}.",)


def account_order(name: str) -> tuple[int, str]:
    """Sorts accounts as a trial balance lists them."""
    root = name.partition(":")[0]
    return (_ROOTS.index(root) if root in _ROOTS else len(_ROOTS), name)


def activity(books: Books, basis: Basis) -> Activity:
    """The activity of these books on a basis, made once."""

    def work() -> Activity:
        entries = accrual_entries(books.entries) if basis == "accrual" else cash_entries(books)
        return Activity(entries, books.currency, basis, previous_earnings(books))

    return books.once(("activity", basis), work)


def previous_earnings(books: Books) -> str:
    """The account of the income of earlier years, computed and never written."""
    return f"Equity:{books.options.get('account_previous_earnings') or 'Earnings:Previous'}"


def unpaid_bills(books: Books, day: datetime.date) -> Decimal:
    """What is on vendors' bills that were not paid by the end of a day, and so in no expense of the cash basis."""
    if cash_entries(books) is books.entries:
        return _ZERO
    booked, seen = activity(books, "accrual"), activity(books, "cash")
    payables = [name for name in booked.accounts if liability_of(books, name) == "payable"]
    held = (moved.accounts[name].balance(day) for name in payables for moved in (seen,) if name in moved.accounts)
    return sum(held, _ZERO) - sum((booked.accounts[name].balance(day) for name in payables), _ZERO)
