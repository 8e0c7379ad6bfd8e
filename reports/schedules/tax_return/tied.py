"""The tie-outs of the return's schedules, each between finished tables."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from daysheet.reports.request import Request
from daysheet.reports.schedules.tax_return.capital import timing
from daysheet.reports.schedules.tax_return.owners import owners
from daysheet.reports.schedules.tax_return.schedule_k import schedule_k
from daysheet.reports.schedules.tax_return.schedule_k1 import schedule_k1
from daysheet.reports.schedules.tax_return.schedule_l import schedule_l
from daysheet.reports.schedules.tax_return.schedule_m import M1, M2, schedule_m
from daysheet.reports.table import Table
from daysheet.reports.tax.lines import ENTITIES

_ZERO: Final = Decimal()
_PARTNERSHIP: Final = "1065"
_ITEM_L: Final = "Item L"


def tied(request: Request, assets: Decimal, equity: Decimal) -> Iterator[tuple[str, Decimal, Decimal]]:
    """What is compared, and both figures; nothing for a return of an individual, or a period that is no year.

    Args:
        request: the year.
        assets: total assets of the balance sheet.
        equity: total equity of the balance sheet.
    """
    returns = request.settings.practice.returns
    if returns not in ENTITIES or not request.period.is_year:
        return
    k, sheet, accounts = schedule_k(request), schedule_l(request), schedule_m(request)
    if not k.rows:
        return
    totals = [row for row in sheet.rows if row.kind == "total"]
    ends = [_number(row.cells[-1]) for row in totals]
    yield "Schedule L, assets; balance sheet", ends[0], assets
    yield "Schedule L, assets; liabilities and equity", ends[0], ends[1]
    last = [_number(row.cells[2]) for row in accounts.rows if row.kind == "total"]
    yield f"{M1}; income of Schedule K", last[0], _number(k.rows[-1].cells[2])
    if owners(request):
        k1 = schedule_k1(request)
        yield "Schedules K-1; Schedule K", _sum(k1), _lines(k)
    if returns == _PARTNERSHIP:
        by_tax = equity - timing(request, request.period.last.year, at_end=True)
        yield f"{M2}; equity, depreciation by the return", last[1], by_tax
        if owners(request):
            held = [row for row in schedule_k1(request).rows if row.kind == "subtotal"]
            yield f"Schedules K-1, item L; {M2}", sum((_number(row.cells[2]) for row in held), _ZERO), last[1]


def _lines(table: Table) -> Decimal:
    return sum((_number(row.cells[2]) for row in table.rows if row.kind == "line"), _ZERO)


def _sum(table: Table) -> Decimal:
    lines = (row for row in table.rows if row.kind == "line" and row.cells[0] != _ITEM_L)
    return sum((_number(row.cells[2]) for row in lines), _ZERO)


def _number(cell: object) -> Decimal:
    return cell if isinstance(cell, Decimal) else _ZERO
