"""Schedule L: the balance sheet by the lines of the entity's return, at the beginning and the end of the year.

An account says its line by a word of `schedules.toml` on its `open` directive, which sub-accounts inherit:

    2026-01-01 open Equity:Founders
      schedule-l: "stock"

and otherwise by what it is: cash, receivables, fixed assets and what was written off; vendors' bills, loans by their
due date, loans from owners, other debts; stock and paid-in capital by name, all other equity retained earnings.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from daysheet.accounting.cash_accounts import is_near_cash
from daysheet.accounting.liabilities import liability_of
from daysheet.accounting.metadata import inherited
from daysheet.accounts import CLEARING_SUSPENSE, RECEIVABLE, is_under
from daysheet.books import Books
from daysheet.errors import DaysheetError
from daysheet.reports.accounts.activity import AccountActivity, activity
from daysheet.reports.accounts.cash_flow import is_accumulated
from daysheet.reports.accounts.cash_moves import is_opening
from daysheet.reports.request import Request
from daysheet.reports.schedules.tax_return.owners import first_year
from daysheet.reports.table import Column, Row, Table
from daysheet.reports.tax.schedules import balance_titles, said_of, schedules
from daysheet.tax_facts import loan_on

KEY: Final = "schedule-l"
_ZERO: Final = Decimal()
_YEAR: Final = datetime.timedelta(days=365)
_ASSETS: Final = (
    "cash", "receivables", "inventories", "other-current", "owner-receivable", "investments", "fixed", "accumulated",
    "land", "intangible", "amortization", "other-assets",
)  # fmt: skip
_OWNERS: Final = "shareholder|stockholder|owner|officer|member|partner"
# the first that is found in an account's name decides
_ASSET_NAMES: Final = (
    (rf"(?i)({_OWNERS})", "owner-receivable"),
    (r"(?i)inventor", "inventories"),
    (r"(?i)prepaid|deposit|advance|deferred|suspense", "other-current"),
    (r"(?i)goodwill|intangible|patent|organi[sz]ation|startup|start-up|software", "intangible"),
    (r"(?i)invest|securities|brokerage", "investments"),
)
_EQUITY_NAMES: Final = ((r"(?i)stock|shares", "stock"), (r"(?i)paid-?in|apic|contribution|surplus", "paid-in"))
_LINE_OF_CREDIT: Final = re.compile(r"(?i)line.?of.?credit|creditline|heloc|:loc\b")


def line_word(books: Books, account: str, day: datetime.date, *, corporation: bool) -> str:
    """The word of `schedules.toml` by which an account stands on Schedule L on a day.

    Raises:
        DaysheetError: the account's metadata names no such word.
    """
    said = inherited(books, account, KEY)
    if said is not None:
        if said not in balance_titles():
            meta = books.opened[account].meta if account in books.opened else {}
            raise DaysheetError(
                f'{KEY} of {account} must be one of {", ".join(balance_titles())}, not "{said}"',
                filename=meta.get("filename"),
                line=meta.get("lineno"),
            )
        return said
    if account.startswith("Assets"):
        return _asset(books, account)
    if account.startswith("Liabilities"):
        return _liability(books, account, day)
    if not corporation:
        return "capital"
    return next((word for pattern, word in _EQUITY_NAMES if re.search(pattern, account)), "retained")


def _asset(books: Books, account: str) -> str:
    if account.startswith("Assets:Fixed"):
        return "accumulated" if is_accumulated(account) else "land" if re.search(r"Land\b", account) else "fixed"
    if is_under(account, RECEIVABLE):
        return "receivables"
    if is_near_cash(books, account) and not is_under(account, CLEARING_SUSPENSE):
        return "cash"
    if is_accumulated(account):
        return "amortization"
    return next((word for pattern, word in _ASSET_NAMES if re.search(pattern, account)), "other-assets")


def _liability(books: Books, account: str, day: datetime.date) -> str:
    kind = liability_of(books, account)
    if kind == "payable":
        return "payable"
    if kind != "loan":
        return "current-debts"
    if re.search(rf"(?i)({_OWNERS})", account):
        return "owner-loans"
    terms = loan_on(books.tax_facts, account, day)
    soon = terms is not None and terms.maturity is not None and terms.maturity <= day + _YEAR
    return "notes-short" if soon or _LINE_OF_CREDIT.search(account) else "notes-long"


def schedule_l(request: Request) -> Table:
    """The balance sheet by line; assets print debits as positive, the rest credits."""
    columns = (
        Column("line", "Line"),
        Column("title", "Description"),
        Column("begin", "Beginning of year", "money"),
        Column("end", "End of year", "money"),
    )
    lines = schedules(request.settings.practice.returns, request.period.last.year)
    rows = tuple(_rows(request, lines.l, lines.l_totals)) if lines is not None else ()
    notes = ("This return has no Schedule L.",)
    if rows and lines is not None:
        notes = (
            f"{said_of(lines, request.period.last.year)} Loans are by their own due dates, all of a loan on one line;"
            " those without one stand as due in a year or more.",
        )
    return request.table("schedule-l", "Schedule L, balance sheets", columns, rows, notes)


def balances(request: Request) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """The sums of Schedule L by word at the beginning and the end, debits positive."""
    moved, period = activity(request.books, request.basis), request.period
    corporation = request.settings.practice.returns == "1120-s"
    capital = "retained" if corporation else "capital"
    begin, end = (dict.fromkeys(balance_titles(), _ZERO) for _ in range(2))
    for account in moved.under("Assets", "Liabilities", "Equity"):
        if moved.is_memorandum(account.name):
            continue
        for sums, day, amount in (
            (begin, period.before, account.before(period.first) + _brought(request, account)),
            (end, period.last, account.balance(period.last)),
        ):
            sums[line_word(request.books, account.name, day, corporation=corporation)] += amount
    earned = moved.earned_before(period.first)
    begin[capital] += earned
    end[capital] += earned + moved.change(period, "Income", "Expenses")
    return begin, end


def _brought(request: Request, account: AccountActivity) -> Decimal:
    """What opening entries brought into the books in their first year."""
    if first_year(request.books) != request.period.first.year:
        return _ZERO
    lines = account.within(request.period)
    return sum((line.amount for line in lines if is_opening(request.books, line.entry)), _ZERO)


def _rows(request: Request, lines: Mapping[str, str], totals: Mapping[str, str]) -> Iterator[Row]:
    begin, end = balances(request)
    titles = balance_titles()
    for words, sign, total, name in (
        ([word for word in lines if word in _ASSETS], 1, "assets", "Total assets"),
        ([word for word in lines if word not in _ASSETS], -1, "claims", "Total liabilities and equity"),
    ):
        for word in words:
            if begin[word] or end[word]:
                yield Row("line", (lines[word], titles[word], begin[word] * sign, end[word] * sign))
        sums = [sum((each[word] for word in words), _ZERO) * sign for each in (begin, end)]
        yield Row("total", (totals[total], name, *sums))
