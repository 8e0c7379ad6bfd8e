"""The owners' capital: where it stood, what was put in, earned and drawn, and where it stands."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from daysheet.reports.activity import activity
from daysheet.reports.period import Period
from daysheet.reports.request import Request
from daysheet.reports.statement import NET_INCOME
from daysheet.reports.table import Column, Row, Table
from daysheet.reports.titles import Titles
from daysheet.reports.trialbalance import RETAINED_TITLE, sides

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
    return request.table("capital", "Owner draws, contributions and capital", columns, rows)


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
    start = period.year_start
    before = -moved.earned_before(start) - (held.before(period.first) if held else _ZERO)
    drawn, added = sides(held.within(period)) if held else (_ZERO, _ZERO)
    to_date = -moved.change(Period(start, period.first - datetime.timedelta(days=1)), "Income", "Expenses")
    earned = -moved.change(period, "Income", "Expenses")
    for title, name, amounts in (
        (RETAINED_TITLE, moved.earnings, [before, added, _ZERO, -drawn, before + added - drawn]),
        ("Net income of the year", NET_INCOME, [to_date, _ZERO, earned, _ZERO, to_date + earned]),
    ):
        if any(amounts):
            sums = [total + part for total, part in zip(sums, amounts, strict=True)]
            yield Row("line", (title, name, *amounts))
    yield Row("total", ("Total equity", None, *sums))
