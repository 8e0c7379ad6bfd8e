"""The general ledger and the journal: every posting exactly once, with the balance after it.

Control accounts (receivables, billing equity, clearing, visit income) move with every visit; on paper a day of theirs
is one line, its debits and its credits. With `detail` each posting is a line; that is what the embedded CSV holds.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import groupby
from typing import Final, NamedTuple

from beancount.core.data import Transaction
from daysheet.accounts import BILLING, CLEARING, INCOME_VISITS, RECEIVABLE, is_under
from daysheet.books.index import INVOICE_LINK
from daysheet.reports.accounts.accrual import ADJUSTMENTS, CHARGES
from daysheet.reports.accounts.activity import Activity, Line, activity
from daysheet.reports.accounts.titles import Titles
from daysheet.reports.request import Request, kept
from daysheet.reports.statements.trial_balance import ADJUSTING, IN_CREDIT, RETAINED_TITLE, Balance, balances, sides
from daysheet.reports.table import Column, Row, Table

CONTROL: Final = (RECEIVABLE, BILLING, CLEARING, INCOME_VISITS, CHARGES, ADJUSTMENTS)
JOURNAL_COLUMNS: Final = (
    Column("date", "Date", "date"),
    Column("number", "No."),
    Column("reference", "Ref", shown="wide"),
    Column("check", "Check", shown="wide"),
    Column("text", "Narration and accounts"),
    Column("account", "Account name", shown="data"),
    Column("debit", "Debit", "money"),
    Column("credit", "Credit", "money"),
)
_ZERO: Final = Decimal()
_REFERENCES: Final = ("entry-number", "payment", "adjustment", "reference", "invoice")
_SPLIT: Final = "Split"


class _Said(NamedTuple):
    """A transaction's number in the journal, counted from 1 in the ledger's order, and what it says of itself."""

    number: int
    reference: str
    check: str
    text: str


class _Printed(NamedTuple):
    """One line of an account, before its running balance."""

    date: datetime.date
    number: int | None
    reference: str
    check: str
    text: str
    contra: str
    debit: Decimal
    credit: Decimal
    postings: int


@kept
def general_ledger(request: Request) -> Table:
    """Each account of the period with its opening balance, postings and closing balance.

    `number` is the transaction's place in the journal of the period, so that both its legs can be found.
    """
    moved = activity(request.books, request.basis)
    columns = (
        Column("date", "Date", "date"),
        Column("account", "Account name", shown="data"),
        Column("number", "No.", shown="wide"),
        Column("reference", "Ref", shown="wide"),
        Column("check", "Check", shown="wide"),
        Column("text", "Payee and narration"),
        Column("contra", "Contra account", shown="wide"),
        Column("debit", "Debit", "money"),
        Column("credit", "Credit", "money"),
        Column("balance", "Balance", "money"),
        Column("postings", "Postings", "count", shown="data"),
    )
    rows = _ledger_rows(moved, request)
    return request.table("general-ledger", "General ledger", columns, rows, (IN_CREDIT, *moved.notes()))


def _ledger_rows(moved: Activity, request: Request) -> Iterator[Row]:
    said = _said(request)
    titles = Titles(request.books)
    contra = _Contra(moved, titles)
    for balance in balances(moved, request):
        name = balance.account
        title = RETAINED_TITLE if name == moved.earnings and name not in moved.accounts else titles.whole(name)
        account = moved.accounts.get(name)
        lines = account.within(request.period) if account else []
        daily = not request.detail and any(is_under(name, root) for root in CONTROL)
        printed = _daily(lines) if daily else (_posting(name, line, said, contra) for line in lines)
        yield Row("heading", (None, name, None, None, None, title, *(None,) * 5))
        opening = ("Opening balance", None, None, None, balance.opening, 0)
        yield Row("line", (request.period.first, name, None, None, None, *opening), 1)
        running = balance.opening
        for item in printed:
            running += item.debit - item.credit
            debit, credit = item.debit or None, item.credit or None
            yield Row(
                "line",
                (
                    item.date,
                    name,
                    item.number,
                    item.reference or None,
                    item.check or None,
                    item.text,
                    item.contra or None,
                    debit,
                    credit,
                    running,
                    item.postings,
                ),
                1,
            )
        yield _closing(balance, len(lines))


def _closing(balance: Balance, postings: int) -> Row:
    amounts = (balance.debit, balance.credit, balance.closing)
    text = ("Total and closing balance", None)
    return Row("subtotal", (None, balance.account, None, None, None, *text, *amounts, postings))


def _posting(account: str, line: Line, said: dict[int, _Said], contra: _Contra) -> _Printed:
    number, own, check, text = said[id(line.entry.meta)]
    # its reference stands in the column beside it
    text = text.removesuffix(f" {own}")
    return _Printed(line.date, number, own, check, text, contra.of(account, line), *_side(line), 1)


class _Contra:
    """The account on an entry's other side, by its title; `Split` where there are several.

    Receivables and their contra in equity name none: they stand against each other alone, and are most of a ledger.
    """

    def __init__(self, moved: Activity, titles: Titles) -> None:
        self._memorandum = {name for name in moved.accounts if moved.is_memorandum(name)}
        self._titles = {name: titles.whole(name) for name in moved.accounts}

    def of(self, account: str, line: Line) -> str:
        """What stands against a posting: legs of the other sign that are no memorandum."""
        if account in self._memorandum:
            return ""
        credit = line.amount < 0
        others: set[str] = set()
        for posting in line.entry.postings:
            name = posting.account
            number = posting.units.number if posting.units else None
            if name != account and number and (number < 0) is not credit and name not in self._memorandum:
                others.add(name)
        if len(others) != 1:
            return _SPLIT if others else ""
        return self._titles.get(next(iter(others)), "")


def _side(line: Line) -> tuple[Decimal, Decimal]:
    """`sides` of one posting; there are tens of thousands."""
    amount = line.amount
    return (amount, _ZERO) if amount > 0 else (_ZERO, -amount)


def _daily(lines: list[Line]) -> Iterator[_Printed]:
    """Each day's debits and credits as one line; a day with a single posting says what it is."""
    for day, group in groupby(lines, key=lambda line: line.date):
        members = list(group)
        text = "1 posting" if len(members) == 1 else f"{len(members)} postings"
        yield _Printed(day, None, "", "", text, "", *sides(members), len(members))


def journal(request: Request) -> Table:
    """Every transaction of the period in date order, each posting a line: the book of original entry."""
    moved = activity(request.books, request.basis)
    rows = _journal_rows(moved, request, lambda _: True)
    return request.table("journal", "Journal", JOURNAL_COLUMNS, rows, moved.notes())


def adjusting_entries(request: Request) -> Table:
    """The entries that adjust the books at the end of the year: those tagged `#adjusting`."""
    moved = activity(request.books, request.basis)
    rows = tuple(_journal_rows(moved, request, lambda entry: ADJUSTING in entry.tags))
    none = () if rows else (f"No entry of the period has the tag #{ADJUSTING}.",)
    return request.table("adjusting-entries", "Adjusting entries", JOURNAL_COLUMNS, rows, (*none, *moved.notes()))


def _journal_rows(moved: Activity, request: Request, wanted: Callable[[Transaction], bool]) -> Iterator[Row]:
    said = _said(request)
    titles = Titles(request.books)
    whole = {name: titles.whole(name) for name in moved.accounts}
    legs: dict[int, list[tuple[str, Line]]] = {}
    for account in moved.accounts.values():
        for line in account.within(request.period):
            if wanted(line.entry):
                legs.setdefault(said[id(line.entry.meta)].number, []).append((account.name, line))
    for number in sorted(legs):
        entry = legs[number][0][1].entry
        its = said[id(entry.meta)]
        heads = (its.reference or None, its.check or None, its.text)
        yield Row("heading", (entry.date, number, *heads, None, None, None))
        # debits first, as a journal is written; each side in the order of the accounts
        debits = [leg for leg in legs[number] if not leg[1].amount < 0]
        for name, line in (*debits, *[leg for leg in legs[number] if leg[1].amount < 0]):
            amount = line.amount
            amounts = (amount, None) if amount > 0 else (None, -amount or None)
            yield Row("line", (entry.date, number, None, None, whole[name], name, *amounts), 1)
    if not legs:
        return
    total = sides([line for lines in legs.values() for _, line in lines])
    yield Row("total", (None, None, None, None, "Total", None, *total))


def _said(request: Request) -> dict[int, _Said]:
    """What is said of each transaction of the period, by the id of its metadata.

    The accrual view of a transaction shares the metadata of the one it is made of, and so its number.
    """
    first, last = request.period

    def work() -> dict[int, _Said]:
        inside = (e for e in request.books.entries if isinstance(e, Transaction) and first <= e.date <= last)
        return {id(e.meta): _Said(n, reference(e), _check(e), narration(e)) for n, e in enumerate(inside, 1)}

    return request.books.once(("said of transactions", request.period), work)


def narration(entry: Transaction) -> str:
    """Payee and narration as one text."""
    return " – ".join(part for part in (entry.payee, entry.narration) if part)


def reference(entry: Transaction) -> str:
    """The entry's own number, where it has one: of the adjusting entry, the payment, the invoice."""
    for key in _REFERENCES:
        value = entry.meta.get(key)
        if isinstance(value, str) and value:
            return value
    return min((link[len(INVOICE_LINK) :] for link in entry.links if link.startswith(INVOICE_LINK)), default="")


def _check(entry: Transaction) -> str:
    value = entry.meta.get("check")
    return value if isinstance(value, str) else ""
