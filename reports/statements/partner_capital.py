"""Each partner's capital by the books, as item L has its columns, and the worksheet by which a year is divided.

An account is a partner's by `partner: "adams"` on its `open` directive, which sub-accounts inherit, else by its last
component: `Equity:Capital:Adams` and `Equity:Draws:Adams` are of the partner `adams`. Earnings of earlier years that no
account holds are divided by the shares of their time. What is of no partner stands in a line of its own.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from beancount.core.data import Transaction
from daysheet.accounting.metadata import inherited
from daysheet.accounts import account_part
from daysheet.reports.accounts.activity import Activity, activity
from daysheet.reports.accounts.cash_moves import is_opening
from daysheet.reports.period import Period
from daysheet.reports.request import Request
from daysheet.reports.statements.partners import method_on, partners, segments, split
from daysheet.reports.table import Column, Row, Table

_ZERO: Final = Decimal()
_PARTNERSHIP: Final = "1065"
NOBODY: Final = "Of no partner"
_WIDTH: Final = 6


def partner_capital(request: Request) -> Table:
    """Each partner's account; the total is the equity of the balance sheet. Credits are positive."""
    columns = (
        Column("partner", "Partner"),
        Column("opening", "Beginning", "money"),
        Column("contributed", "Contributed", "money"),
        Column("income", "Share of income", "money"),
        Column("withdrawn", "Withdrawn", "money"),
        Column("closing", "Ending", "money"),
    )
    names = _partners(request)
    rows = tuple(_rows(request, names)) if names else ()
    notes: tuple[str, ...] = ("The books name no partner.",)
    if names:
        unsettled = any(row.cells[0] == NOBODY for row in rows)
        left = (f"{NOBODY} is what stands on accounts of no partner, or was earned when shares were not declared.",)
        said = "Item L of Schedules K-1 is by the tax basis method: the return's depreciation, not that of the books."
        notes = (*(left if unsettled else ()), said)
    return request.table("partner-capital", "Partners' capital by the books", columns, rows, notes)


def partner_allocation(request: Request) -> Table:
    """The year's income by segment, where shares change within it, and each partner's part."""
    columns = (
        Column("segment", "Segment"),
        Column("days", "Days", "count"),
        Column("share", "Share", "percent"),
        Column("closed", "Books closed", "money"),
        Column("by_day", "By day", "money"),
        Column("amount", "Income", "money"),
    )
    names = _partners(request)
    found = segments(request.books, activity(request.books, request.basis), request.period) if names else []
    rows: list[Row] = []
    sums = dict.fromkeys([*names, ""], _ZERO)
    for segment in found if len(found) > 1 else ():
        days = (segment.period.last - segment.period.first).days + 1
        whole = segment.closed + segment.by_day
        title = f"{segment.period.first} to {segment.period.last}"
        rows.append(Row("subtotal", (title, Decimal(days), None, segment.closed, segment.by_day, whole)))
        for partner, amount in segment.amounts.items():
            if amount:
                share = segment.shares.get(partner)
                rows.append(Row("line", (names.get(partner, NOBODY), None, share, None, None, amount), 1))
                sums[partner] += amount
    if rows:
        rows.append(Row("heading", ("The year", *(None,) * (_WIDTH - 1))))
        rows += [
            Row("line", (names.get(partner, NOBODY), None, None, None, None, amount), 1)
            for partner, amount in sums.items()
            if amount
        ]
        rows.append(Row("total", ("Total", None, None, None, None, sum(sums.values(), _ZERO))))
    said = {
        "closing": "Interim closing of the books (26 CFR 1.706-4); on the cash basis interest paid and received, taxes,"
        " services and rent paid are taken as of each day of the year alike (IRC 706(d)(2)), depreciation always.",
        "rateable": "Proration over the days of the year (26 CFR 1.706-4(d)).",
    }
    notes = (said[method_on(request.books, request.period.last)],) if rows else ("No share changes within the year.",)
    return request.table("partner-allocation", "Division of income, section 706", columns, rows, notes)


def _partners(request: Request) -> dict[str, str]:
    return partners(request.books) if request.settings.practice.returns == _PARTNERSHIP else {}


def _rows(request: Request, names: dict[str, str]) -> Iterator[Row]:
    moved, period = activity(request.books, request.basis), request.period
    accounts = _by_partner(request, moved, names)
    year_to_date = Period(period.year_start, period.before)
    earned = split(request.books, moved, period)
    earlier = _earlier(request, moved)
    if year_to_date.last >= year_to_date.first:
        before = split(request.books, moved, year_to_date)
        for partner, amount in before.items():
            earlier[partner] = earlier.get(partner, _ZERO) + amount
    sums = [_ZERO] * 5
    for partner, name in {**names, "": NOBODY}.items():
        opening, contributed, withdrawn = _moved(request, moved, accounts.get(partner, []))
        opening += earlier.get(partner, _ZERO)
        income = earned.get(partner, _ZERO)
        amounts = [opening, contributed, income, -withdrawn, opening + contributed + income - withdrawn]
        sums = [total + part for total, part in zip(sums, amounts, strict=True)]
        if partner or any(amounts):
            yield Row("line", (name, *amounts))
    yield Row("total", ("Total", *sums))


def _by_partner(request: Request, moved: Activity, names: dict[str, str]) -> dict[str, list[str]]:
    """The equity accounts of each partner; those of none under an empty id."""
    found: dict[str, list[str]] = {}
    by_part = {account_part(partner).casefold(): partner for partner in names}
    for account in moved.under("Equity"):
        if not moved.is_memorandum(account.name):
            said = inherited(request.books, account.name, "partner")
            last = by_part.get(account.name.rpartition(":")[2].casefold(), "")
            found.setdefault(said if said in names else last, []).append(account.name)
    return found


def _moved(request: Request, moved: Activity, accounts: list[str]) -> tuple[Decimal, Decimal, Decimal]:
    """What some accounts stood at before, opening entries included, what was put in and what was taken out.

    An entry that only moves between a partner's own accounts is neither.
    """
    opening = contributed = withdrawn = _ZERO
    nets: dict[int, Decimal] = {}
    entries: dict[int, Transaction] = {}
    for name in accounts:
        account = moved.accounts[name]
        opening -= account.before(request.period.first)
        for line in account.within(request.period):
            nets[id(line.entry)] = nets.get(id(line.entry), _ZERO) - line.amount
            entries[id(line.entry)] = line.entry
    for key, net in nets.items():
        if is_opening(request.books, entries[key]):
            opening += net
        elif net > 0:
            contributed += net
        else:
            withdrawn -= net
    return opening, contributed, withdrawn


def _earlier(request: Request, moved: Activity) -> dict[str, Decimal]:
    """The earnings of all years before that of the period, by partner."""
    found: dict[str, Decimal] = {}
    days = [lines[0].date for a in moved.under("Income", "Expenses") if (lines := a.lines)]
    first = min(days, default=request.period.first)
    for year in range(first.year, request.period.year_start.year):
        whole = Period(datetime.date(year, 1, 1), datetime.date(year, 12, 31))
        for partner, amount in split(request.books, moved, whole).items():
            found[partner] = found.get(partner, _ZERO) + amount
    return found
