"""The owners' capital: where it stood, what was put in, earned and drawn, and where it stands."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from daysheet.reports.accounts.activity import Activity, activity
from daysheet.reports.accounts.titles import Titles
from daysheet.reports.period import Period
from daysheet.reports.request import Request
from daysheet.reports.statements.partners import partners, split
from daysheet.reports.statements.statement import NET_INCOME
from daysheet.reports.statements.trial_balance import RETAINED_TITLE, sides
from daysheet.reports.table import Column, Row, Table

_PARTNERSHIP: Final = "1065"
_UNALLOCATED: Final = "Net income of the year, of no partner"
_ZERO: Final = Decimal()


def capital(request: Request) -> Table:
    """The roll-forward of equity over the period; its total is that of the balance sheet. Credits are positive."""
    columns = (
        Column("title", "Account"),
        Column("account", "Account name", shown="data"),
        Column("opening", "Opening", "money"),
        Column("added", "Added", "money"),
        Column("income", "Net income", "money"),
        Column("drawn", "Drawn", "money"),
        Column("closing", "Closing", "money"),
    )
    rows = tuple(_rows(request))
    left = any(row.cells[0] == _UNALLOCATED for row in rows)
    notes = ("The partners' shares do not come to 100% on every day of the year.",) if left else ()
    return request.table("capital", "Owner draws, contributions and capital", columns, rows, notes)


def _rows(request: Request) -> Iterator[Row]:
    moved = activity(request.books, request.basis)
    period = request.period
    titles = Titles(request.books)
    sums = [_ZERO] * 5
    for account in moved.under("Equity"):
        if moved.is_memorandum(account.name) or account.name == moved.earnings:
            continue
        drawn, added = sides(account.within(period))
        opening = -account.before(period.first)
        if opening or drawn or added:
            amounts = [opening, added, _ZERO, -drawn, opening + added - drawn]
            sums = [total + part for total, part in zip(sums, amounts, strict=True)]
            yield Row("line", (titles.whole(account.name), account.name, *amounts))
    held = moved.accounts.get(moved.earnings)
    before = -moved.earned_before(period.year_start) - (held.before(period.first) if held else _ZERO)
    drawn, added = sides(held.within(period)) if held else (_ZERO, _ZERO)
    retained = [before, added, _ZERO, -drawn, before + added - drawn]
    for title, name, amounts in ((RETAINED_TITLE, moved.earnings, retained), *_income(request, moved)):
        if any(amounts):
            sums = [total + part for total, part in zip(sums, amounts, strict=True)]
            yield Row("line", (title, name, *amounts))
    yield Row("total", ("Total equity", None, *sums))


def _income(request: Request, moved: Activity) -> Iterator[tuple[str, str, list[Decimal]]]:
    """The net income of the year before the period, and of the period; a partnership's by partner."""
    books, period = request.books, request.period
    earlier = Period(period.year_start, period.first - datetime.timedelta(days=1))
    names = partners(books) if request.settings.practice.returns == _PARTNERSHIP else {}
    if not names:
        before, earned = (-moved.change(days, "Income", "Expenses") for days in (earlier, period))
        yield "Net income of the year", NET_INCOME, [before, _ZERO, earned, _ZERO, before + earned]
        return
    shares = split(books, moved, earlier), split(books, moved, period)
    for partner, name in {**names, "": ""}.items():
        before, earned = (share[partner] for share in shares)
        title = f"Net income of the year, {name}" if partner else _UNALLOCATED
        yield title, NET_INCOME, [before, _ZERO, earned, _ZERO, before + earned]
