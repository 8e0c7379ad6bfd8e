"""Each owner's Schedule K-1."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from daysheet.reports.request import Request
from daysheet.reports.schedules.tax_return.capital import tax_capital
from daysheet.reports.schedules.tax_return.owners import owners
from daysheet.reports.schedules.tax_return.schedule_k import DIVIDENDS, QUALIFIED, UNSAID, items
from daysheet.reports.statements.partners import shares_on
from daysheet.reports.table import Column, Row, Table
from daysheet.reports.tax.schedules import title_of

_ZERO: Final = Decimal()
NOBODY: Final = "Of no owner"


def schedule_k1(request: Request) -> Table:
    """Each owner's part of every line of Schedule K, and of a partner the capital account (item L)."""
    columns = (Column("line", "Line"), Column("title", "Description"), Column("amount", request.period.label, "money"))
    found, names = items(request, request.period), owners(request)
    rows: list[Row] = []
    capital = tax_capital(request)
    shares = shares_on(request.books, request.period.last)
    for owner, name in {**names, "": NOBODY}.items() if names and found else ():
        parts = [(item, item.by_owner.get(owner, _ZERO)) for item in found]
        held = capital.get(owner)
        if not any(amount for _, amount in parts) and (held is None or not any(held)):
            continue
        share = f", {shares[owner].normalize():f}% at the end" if owner in shares else ""
        rows.append(Row("heading", (None, f"{name}{share}", None)))
        rows += [Row("line", (item.line, item.title, amount)) for item, amount in parts if amount]
        if held is not None:
            rows += [Row("line", ("Item L", title, amount), 1) for title, amount in held.lines()]
            rows.append(Row("subtotal", ("Item L", "Ending capital account", held.end)))
    notes = tuple(_notes(request, rows))
    return request.table("schedule-k1", "Schedules K-1", columns, rows, notes)


def _notes(request: Request, rows: list[Row]) -> Iterator[str]:
    if not rows:
        yield "The books name no owner with a share of this return."
        return
    if request.settings.practice.returns == "1120-s":
        yield "Items are divided by day over the year (IRC 1377(a)(1)); distributions are each shareholder's own."
    else:
        yield "Item L is by the tax basis method; guaranteed payments and distributions are each partner's own."
    words = {item.word for item in items(request, request.period)}
    if DIVIDENDS in words and QUALIFIED not in words:
        yield f"{title_of(QUALIFIED)}: {UNSAID}."
    if any(row.cells[1] == NOBODY for row in rows):
        yield f"{NOBODY} is what stands on accounts of no owner, or what the shares declared leave over."
