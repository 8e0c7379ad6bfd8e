"""Proof of cash: what the practice received, what reached the bank, and what is in income, month by month.

Receipts are those of the practice's own records (its payments), deposits are the bank's lines, what was under way
stands on the clearing accounts, and income is that of the income statement on the cash basis. Each comes from another
place, so a receipt that never reached the bank, a deposit that no receipt explains, or income that nobody received
shows here.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from beancount.core.data import Transaction
from daysheet.accounting.cash_accounts import is_cash
from daysheet.accounting.cash_basis import cash_entries
from daysheet.accounts import (
    BILLING_COLLECTED,
    CLEARING,
    CLEARING_CARDS,
    CLEARING_DEPOSITS,
    MERCHANT_FEES,
    is_under,
)
from daysheet.books import Books
from daysheet.reports.accounts.activity import activity
from daysheet.reports.accounts.cash_moves import is_opening
from daysheet.reports.management.monthly import months
from daysheet.reports.period import Period
from daysheet.reports.request import Request, kept
from daysheet.reports.statements.trial_balance import ADJUSTING
from daysheet.reports.table import Column, Row, Table

_ZERO: Final = Decimal()


class Month(NamedTuple):
    """A month's money.

    Attributes:
        receipts: payments by the practice's records, refunds taken off.
        transit: by how much more of them is under way at the end than at the beginning.
        deposited: what of the clearing accounts reached the bank, the processor's fees included.
        other: what came to the bank and was no payment of the practice's records.
        not_income: what of all receipts is no income: loans, capital, tax collected, prepayments.
        income: by the income statement, cash basis.
    """

    receipts: Decimal
    transit: Decimal
    deposited: Decimal
    other: Decimal
    not_income: Decimal
    income: Decimal

    @property
    def undeposited(self) -> Decimal:
        """What was received, is not under way, and did not reach the bank."""
        return self.receipts - self.transit - self.deposited

    @property
    def unexplained(self) -> Decimal:
        """What was received for income and is in no income, or the other way."""
        return self.receipts + self.other - self.not_income - self.income


@kept
def proof_of_cash(request: Request) -> Table:
    """One row for each month of the period."""
    columns = (
        Column("month", "Month"),
        Column("receipts", "Receipts", "money"),
        Column("transit", "More under way", "money"),
        Column("deposited", "Deposited", "money"),
        Column("undeposited", "Difference", "money"),
        Column("other", "Other receipts", "money", shown="wide"),
        Column("not_income", "Not income", "money", shown="wide"),
        Column("income", "Income", "money"),
        Column("unexplained", "Difference", "money"),
    )
    rows = []
    sums = [_ZERO] * (len(columns) - 1)
    for period in months(request.period):
        month = month_of(request, period)
        amounts = [
            month.receipts, month.transit, month.deposited, month.undeposited, month.other, month.not_income,
            month.income, month.unexplained,
        ]  # fmt: skip
        sums = [total + part for total, part in zip(sums, amounts, strict=True)]
        rows.append(Row("line", (f"{period.first:%Y-%m}", *amounts)))
    rows.append(Row("total", ("Total", *sums)))
    notes = (
        "Receipts less what is more under way are what should be deposited; receipts with others, less what is no"
        " income, should be the income of the month.",
    )
    return request.table("proof-of-cash", "Proof of cash", columns, rows, notes, has_basis=False)


def month_of(request: Request, period: Period) -> Month:
    """The money of a month, each figure from its own place."""
    books, moved = request.books, activity(request.books, "cash")
    receipts = deposited = other = not_income = adjusted = _ZERO
    known: dict[str, str] = books.once("accounts in the proof of cash", dict)
    for entry in _entries(books, period):
        cash, waiting, income, fees = _sums(books, known, entry)
        if ADJUSTING in entry.tags:
            adjusted += income
        elif _is_receipt(entry):
            receipts += cash + waiting
            deposited += cash
            not_income += cash + waiting - income
        elif waiting < 0 and (cash or fees):
            deposited -= waiting
        elif (cash > 0 or (cash and income)) and not is_opening(books, entry):
            other += cash
            not_income += cash - income
    transit = sum((account.change(period) for account in moved.under(CLEARING) if _waits(books, account.name)), _ZERO)
    return Month(
        receipts, transit, deposited, other, not_income, -moved.change(period, "Income") - adjusted
    )  # fmt: skip


def _entries(books: Books, period: Period) -> Iterator[Transaction]:
    """The transactions of a period, in the cash view; found once for all months."""

    def work() -> dict[tuple[int, int], list[Transaction]]:
        found: dict[tuple[int, int], list[Transaction]] = {}
        for entry in cash_entries(books):
            if isinstance(entry, Transaction):
                found.setdefault((entry.date.year, entry.date.month), []).append(entry)
        return found

    of_month = books.once("transactions by month", work).get((period.first.year, period.first.month), ())
    return (entry for entry in of_month if period.first <= entry.date <= period.last)


def _is_receipt(entry: Transaction) -> bool:
    """Whether the practice's records say that this was received, or given back."""
    return "payment" in entry.meta or any(is_under(posting.account, BILLING_COLLECTED) for posting in entry.postings)


def _waits(books: Books, account: str) -> bool:
    """Whether receipts wait on an account for the bank."""

    def work() -> frozenset[str]:
        receipts = (entry for entry in books.entries if isinstance(entry, Transaction) and _is_receipt(entry))
        named = {posting.account for entry in receipts for posting in entry.postings}
        return frozenset({CLEARING_CARDS, CLEARING_DEPOSITS} | {name for name in named if is_under(name, CLEARING)})

    return account in books.once("accounts of receipts", work)


def _sums(books: Books, known: dict[str, str], entry: Transaction) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """What an entry moved on cash, on accounts where receipts wait, in income (a credit is positive), in fees."""
    sums = {"cash": _ZERO, "waiting": _ZERO, "income": _ZERO, "fees": _ZERO}
    currency = books.currency
    for posting in entry.postings:
        name, units = posting.account, posting.units
        if units is None or units.number is None or units.currency != currency:
            continue
        kind = known.get(name)
        if kind is None:
            kind = known[name] = _kind(books, name)
        if kind:
            sums[kind] += units.number
    return sums["cash"], sums["waiting"], -sums["income"], sums["fees"]


def _kind(books: Books, account: str) -> str:
    """Which sum of an entry an account counts in; empty for none."""
    if is_cash(books, account):
        return "cash"
    if _waits(books, account):
        return "waiting"
    if account.startswith("Income:"):
        return "income"
    return "fees" if is_under(account, MERCHANT_FEES) else ""
