"""The numbers by which the accountant's program knows the accounts: given once, and kept in the books.

    2026-01-01 custom "account-number" "Assets:Bank:Checking" "1001"

An account without one gets the next of its kind: assets from 1001, liabilities 2001, equity 3001, income 4001,
expenses 5001, in the order of opening. `daysheet pack` writes those that are new into `account-numbers.beancount`, so
that an account keeps its number whatever is opened after it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

from beancount.core.data import Custom
from beancount.parser.grammar import ValueType
from daysheet import files
from daysheet.books import Books
from daysheet.books.loading import append
from daysheet.errors import DaysheetError
from daysheet.ledger import printer
from daysheet.reports.accounts.activity import account_order, previous_earnings
from daysheet.tax_facts import AccountNumber

FILE: Final = "account-numbers.beancount"
_FIRST: Final = {"Assets": 1000, "Liabilities": 2000, "Equity": 3000, "Income": 4000, "Expenses": 5000}
_OTHER: Final = 9000


def kept(books: Books) -> dict[str, str]:
    """The numbers in the books, by account.

    Raises:
        DaysheetError: two accounts have one number.
    """
    found: dict[str, str] = {}
    owners: dict[str, AccountNumber] = {}
    for fact in books.tax_facts:
        if not isinstance(fact, AccountNumber):
            continue
        before = owners.get(fact.number)
        if before is not None and before.account != fact.account:
            raise DaysheetError(
                f"{fact.account} has the number {fact.number}, which is that of {before.account}",
                filename=fact.meta.get("filename"),
                line=fact.meta.get("lineno"),
                remedy="give one of them another",
            )
        owners[fact.number] = fact
        found[fact.account] = fact.number
    return found


def numbers(books: Books, names: Iterable[str], taken: Collection[str]) -> dict[str, str]:
    """A number for each account, the kept ones first; no other takes one in `taken`.

    Raises:
        DaysheetError: as `kept`.
    """
    found = kept(books)
    used = {*found.values(), *taken}
    order = {account: at for at, account in enumerate(books.opened)}
    last = dict(_FIRST)
    for account, number in found.items():
        root = account.partition(":")[0]
        if number.isdigit() and _FIRST.get(root, _OTHER) < int(number) <= _FIRST.get(root, _OTHER) + 999:
            last[root] = max(last.get(root, _OTHER), int(number))
    everything = {*books.opened, previous_earnings(books), *names}
    for name in sorted(everything, key=lambda name: (order.get(name, len(order)), account_order(name))):
        if name in found:
            continue
        root = name.partition(":")[0]
        last[root] = last.get(root, _OTHER) + 1
        while str(last[root]) in used:
            last[root] += 1
        found[name] = str(last[root])
    return found


def keep(folder: Path, books: Books, taken: Collection[str] = ()) -> bool:
    """Write the numbers that are not in the books yet; whether there were any.

    Raises:
        DaysheetError: as `kept`.
        OSError: the disk refuses; the books are as they were.
    """
    before = kept(books)
    given = numbers(books, (), taken)
    fresh = [name for name in given if name not in before]
    if not fresh:
        return False
    begin = min((entry.date for entry in books.opened.values()), default=None)
    if begin is None:
        return False
    directives = [
        Custom(
            {},
            books.opened[name].date if name in books.opened else begin,
            "account-number",
            [ValueType(name, str), ValueType(given[name], str)],
        )
        for name in sorted(fresh, key=lambda name: (account_order(name)[0], int(given[name])))
    ]
    with files.locked(folder):
        append(folder, FILE, printer.render(directives), apart=False)
    return True
