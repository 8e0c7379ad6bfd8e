"""Whether each bank, card and loan account agrees with its statement.

A `balance` directive is what a statement said; Beancount refuses to load books that disagree with one. So what is left
to show is how far the statements reach, and what was booked after the last one or still waits to clear.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from beancount.core.data import Balance
from daysheet.accounting.liabilities import liability_of
from daysheet.accounts import BILLING, CLEARING, RECEIVABLE, is_under
from daysheet.books import Books
from daysheet.reports.accounts.activity import AccountActivity, Activity, activity
from daysheet.reports.accounts.titles import Titles
from daysheet.reports.period import Period
from daysheet.reports.request import Request
from daysheet.reports.schedules.outstanding import outstanding
from daysheet.reports.table import Column, Row, Table

_ZERO: Final = Decimal()
_DAY: Final = datetime.timedelta(days=1)


class Reconciliation(NamedTuple):
    """One account at the end of the period.

    Attributes:
        account: its name.
        stated: the last day a statement vouches for; None when none does.
        statement: the balance on that day by the statement.
        after: what was booked after that day.
        ledger: the balance by the books.
        uncleared: the part of it that is flagged `!` as not yet cleared.
    """

    account: str
    stated: datetime.date | None
    statement: Decimal | None
    after: Decimal
    ledger: Decimal
    uncleared: Decimal

    @property
    def difference(self) -> Decimal | None:
        """What the statement and the books disagree by, after what came later; None without a statement."""
        return None if self.statement is None else self.statement + self.after - self.ledger

    def is_reconciled_in(self, period: Period) -> bool:
        """Whether a statement of the period itself vouches for it."""
        return self.stated is not None and self.stated >= period.first

    def status(self, period: Period) -> str:
        """In words: through which day it is reconciled, if at all."""
        if self.stated is None or not self.is_reconciled_in(period):
            return "not reconciled"
        return "reconciled" if self.stated >= period.last else f"through {self.stated}"


def reconciliation(request: Request) -> Table:
    """The statement accounts at the end of the period, and what was outstanding, item by item."""
    columns = (
        Column("title", "Account"),
        Column("account", "Account name", shown="data"),
        Column("stated", "Statement", "date"),
        Column("statement", "Its balance", "money"),
        Column("after", "Booked since", "money"),
        Column("ledger", "Ledger", "money"),
        Column("difference", "Difference", "money"),
        Column("uncleared", "In doubt", "money", shown="wide"),
        Column("status", "Status"),
    )
    found = reconciliations(request)
    rows = tuple(_rows(request, found))
    notes = _notes(request, found)
    return request.table("reconciliation", "Reconciliations", columns, rows, notes, has_basis=False, at_end=True)


def reconciliations(request: Request) -> list[Reconciliation]:
    """Every statement account that has ever been used, by name."""
    moved = activity(request.books, "cash")
    asserted = _assertions(request.books, request.period.last)
    accounts = [
        account for account in moved.under("Assets", "Liabilities") if _is_stated(request.books, account.name, asserted)
    ]
    return [_reconcile(account, asserted.get(account.name), request.period.last) for account in accounts]


def _is_stated(books: Books, account: str, asserted: dict[str, Balance]) -> bool:
    if any(is_under(account, root) for root in (RECEIVABLE, BILLING, CLEARING)):
        return False
    return account in asserted or is_under(account, "Assets:Bank") or liability_of(books, account) in ("card", "loan")


def _assertions(books: Books, last: datetime.date) -> dict[str, Balance]:
    """The last balance directive of each account that vouches for a day not after `last`."""
    found: dict[str, Balance] = {}
    for entry in books.entries:
        if isinstance(entry, Balance) and entry.date - _DAY <= last and entry.amount.currency == books.currency:
            found[entry.account] = entry
    return found


def _reconcile(account: AccountActivity, assertion: Balance | None, last: datetime.date) -> Reconciliation:
    ledger = account.balance(last)
    everything = Period(datetime.date.min, last)
    uncleared = sum((line.amount for line in account.within(everything) if line.entry.flag == "!"), _ZERO)
    if assertion is None:
        return Reconciliation(account.name, None, None, _ZERO, ledger, uncleared)
    stated = assertion.date - _DAY
    return Reconciliation(
        account.name, stated, assertion.amount.number, ledger - account.balance(stated), ledger, uncleared
    )


def _rows(request: Request, found: list[Reconciliation]) -> Iterator[Row]:
    titles = Titles(request.books)
    for item in found:
        reconciled = item.is_reconciled_in(request.period)
        statement, after = (item.statement, item.after) if item.stated else (None, None)
        difference = item.difference if reconciled else None
        amounts = (statement, after, item.ledger, difference, item.uncleared)
        yield Row(
            "line", (titles.whole(item.account), item.account, item.stated, *amounts, item.status(request.period))
        )
    items = outstanding(request)
    for title, sign in (
        ("Checks written, and not yet through the bank", -1),
        ("Money taken, and not yet in the bank", 1),
    ):
        group = [one for one in items if one.amount * sign > 0]
        if group:
            yield Row("heading", (title, *(None,) * 8))
            for one in group:
                text = f"{titles[one.account]}: {one.text}"
                yield Row("line", (text, one.account, one.date, None, None, one.amount, None, None, None), 1)
            total = sum((one.amount for one in group), _ZERO)
            yield Row("subtotal", (f"Total {title[:1].lower()}{title[1:]}", *(None,) * 4, total, None, None, None))


def in_transit(moved: Activity, day: datetime.date) -> Iterator[tuple[str, Decimal]]:
    """The clearing accounts that stand at something at the end of a day."""
    for account in moved.under(CLEARING):
        balance = account.balance(day)
        if balance:
            yield account.name, balance


def _notes(request: Request, found: list[Reconciliation]) -> Iterator[str]:
    titles, period = Titles(request.books), request.period
    never = [titles.whole(item.account) for item in found if not item.is_reconciled_in(period)]
    behind = [
        titles.whole(item.account)
        for item in found
        if item.stated is not None and period.first <= item.stated < period.last
    ]
    if never:
        yield f"Not reconciled, for no statement balance of the period is in the books: {', '.join(never)}."
    if behind:
        yield f"The last statement ends before the period does: {', '.join(behind)}."
    if found and not never and not behind:
        yield "Every account agrees with its statement on the last day."
    if not found:
        yield "The books have no bank, card or loan account."
