"""The journal for an accountant who keeps the practice's file in QuickBooks: CSV for the Online one, IIF for Desktop.

A year of visits is thousands of entries and no accountant's business: each month is one entry, with what each account
moved by, and each adjusting entry stands by itself, so that QuickBooks comes to the same trial balance. With `detail`
every entry of the period is one.

Sources: Intuit, "Import journal entries in QuickBooks Online" (Journal No., Journal Date, Account Name, Description,
Debits, Credits; a sub-account after its parent and a colon; dates MM/DD/YYYY as the import's own setting says); Intuit,
"IIF import kit" (tab-delimited; ACCNT with NAME and ACCNTTYPE; TRNS, SPL and ENDTRNS with TRNSTYPE `GENERAL JOURNAL`;
debits positive).
"""

from __future__ import annotations

import calendar
import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Final, NamedTuple

from daysheet.accounting.liabilities import liability_of
from daysheet.accounts import is_under
from daysheet.errors import DaysheetError
from daysheet.patients import TOKEN
from daysheet.reports.accounts.activity import account_order, activity
from daysheet.reports.accounts.cash_flow import activity_of
from daysheet.reports.accounts.titles import Titles
from daysheet.reports.formats.figures import money
from daysheet.reports.request import Request
from daysheet.reports.statements.ledger import narration, reference
from daysheet.reports.statements.trial_balance import ADJUSTING
from daysheet.worklist.worklist import harmless

_ZERO: Final = Decimal()
_HEADS: Final = ("Journal No.", "Journal Date", "Account Name", "Description", "Debits", "Credits")
_TYPES: Final = {"Equity": "EQUITY", "Income": "INC", "Expenses": "EXP"}
_NOT_IN_IIF: Final = str.maketrans({"\t": " ", "\n": " ", "\r": " ", '"': "'", "–": "-"})


class OneCurrencyError(DaysheetError):
    """Entries that balance only with amounts of another currency, which QuickBooks does not take."""


class Leg(NamedTuple):
    """What an account moved by: debits are positive."""

    account: str
    amount: Decimal


class Entry(NamedTuple):
    """One journal entry; its legs sum to zero."""

    number: str
    day: date
    text: str
    legs: tuple[Leg, ...]


def to_csv(request: Request) -> bytes:
    """The journal as QuickBooks Online imports it.

    Raises:
        DaysheetError: entries do not balance in the books' currency alone.
    """
    names = _names(request)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEADS)
    for entry in entries(request):
        for leg in entry.legs:
            said = (entry.number, _day(entry.day), harmless(names[leg.account]), harmless(entry.text))
            debit, credit = (money(leg.amount), "") if leg.amount > 0 else ("", money(-leg.amount))
            writer.writerow([*said, debit, credit])
    return out.getvalue().encode()


def to_iif(request: Request) -> bytes:
    """The journal, with the accounts that it names, as QuickBooks Desktop imports it; in Windows' code page 1252.

    Raises:
        DaysheetError: entries do not balance in the books' currency alone.
    """
    names = _names(request)
    made = entries(request)
    used = sorted({leg.account for entry in made for leg in entry.legs}, key=account_order)
    lines = [("!ACCNT", "NAME", "ACCNTTYPE")]
    lines += [("ACCNT", names[account], _kind(request, account)) for account in used]
    heads = ("TRNSTYPE", "DATE", "ACCNT", "AMOUNT", "DOCNUM", "MEMO")
    rows: list[tuple[str, ...]] = [*lines, ("!TRNS", *heads), ("!SPL", *heads), ("!ENDTRNS",)]
    for entry in made:
        for at, leg in enumerate(entry.legs):
            said = ("GENERAL JOURNAL", _day(entry.day), names[leg.account], money(leg.amount), entry.number, entry.text)
            rows.append(("SPL" if at else "TRNS", *said))
        rows.append(("ENDTRNS",))
    text = "".join("\t".join(cell.translate(_NOT_IN_IIF) for cell in row) + "\r\n" for row in rows)
    return text.encode("cp1252", "replace")


def entries(request: Request) -> tuple[Entry, ...]:
    """The journal's entries: the months' sums and each adjusting entry, or with `detail` each entry; debits first.

    On the cash basis the receivable pair is left out, as it is from the statements.

    Raises:
        DaysheetError: an entry does not balance in the books' currency.
    """
    key = ("journal for QuickBooks", request.period, request.basis, request.detail)
    return request.books.once(key, lambda: tuple(_entries(request)))


def _entries(request: Request) -> Iterator[Entry]:
    moved = activity(request.books, request.basis)
    legs: dict[tuple[date, int], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    about: dict[tuple[date, int], Entry] = {}
    order = {id(entry.meta): at for at, entry in enumerate(request.books.entries, 1)}
    for account in moved.accounts.values():
        if moved.is_memorandum(account.name):
            continue
        for line in account.within(request.period):
            alone = request.detail or ADJUSTING in line.entry.tags
            last = _month_end(line.date)
            key = (line.date, order[id(line.entry.meta)]) if alone else (min(last, request.period.last), 0)
            legs[key][account.name] += line.amount
            if key not in about:
                text = TOKEN.sub("patient", narration(line.entry)) if alone else f"{last:%B %Y}, all entries"
                about[key] = Entry(reference(line.entry) if alone else f"{last:%Y-%m}", key[0], text, ())
    for number, key in enumerate(sorted(legs), 1):
        made = tuple(Leg(name, amount) for name, amount in legs[key].items() if amount)
        if not made:
            continue
        if sum((leg.amount for leg in made), _ZERO):
            raise OneCurrencyError(
                f"the entries of {key[0]} do not balance in {request.books.currency} alone",
                remedy="QuickBooks takes one currency: exchange the others in the books first",
            )
        ordered = sorted(made, key=lambda leg: (leg.amount < 0, account_order(leg.account)))
        said = about[key]
        yield said._replace(number=said.number or f"JE-{number}", legs=tuple(ordered))


@cache
def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _names(request: Request) -> dict[str, str]:
    """Each account as QuickBooks names it: a colon between a parent and its sub-account, and no other."""
    titles = Titles(request.books)
    accounts = activity(request.books, request.basis).accounts
    return {name: titles.whole(name).replace(":", " ").replace(" – ", ":") for name in accounts}


def _kind(request: Request, account: str) -> str:
    """QuickBooks' type of an account; receivables and payables, which need a name on each line, are plain ones."""
    root = account.partition(":")[0]
    if root in _TYPES:
        return _TYPES[root]
    if root == "Assets":
        if activity_of(request.books, account) == "cash":
            return "BANK"
        return "FIXASSET" if is_under(account, "Assets:Fixed") else "OCASSET"
    kind = liability_of(request.books, account)
    return {"card": "CCARD", "loan": "LTLIAB"}.get(kind or "", "OCLIAB")


def _day(day: date) -> str:
    return f"{day:%m/%d/%Y}"
