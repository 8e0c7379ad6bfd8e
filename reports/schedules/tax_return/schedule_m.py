"""Schedules M-1 and M-2: from the books' income to the return's, and the accounts that it goes into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from daysheet.reports.period import Period
from daysheet.reports.request import Request
from daysheet.reports.schedules.tax_return.capital import accumulated_adjustments, whole_capital
from daysheet.reports.schedules.tax_return.figures import DEPRECIATION, MEALS, returned, total
from daysheet.reports.schedules.tax_return.schedule_k import EXEMPT, GUARANTEED
from daysheet.reports.statements.statement import INCOME, evaluate
from daysheet.reports.table import Column, Row, Table
from daysheet.reports.tax.schedules import said_of, schedules, title_of

_ZERO: Final = Decimal()
M1: Final = "Schedule M-1"
M2: Final = "Schedule M-2"
_ADDED: Final = ("income-added", "guaranteed-payments", "depreciation-added", "meals", "other-added")
_TAKEN: Final = ("exempt", "income-taken", "depreciation-taken", "other-taken")


def schedule_m(request: Request) -> Table:
    """Schedules M-1 and M-2 of the entity's return."""
    columns = (
        Column("line", "Line"),
        Column("title", "Description"),
        Column("current", request.period.label, "money"),
        Column("prior", request.period.prior.label, "money"),
    )
    lines = schedules(request.settings.practice.returns, request.period.last.year)
    rows: list[Row] = []
    notes: list[str] = ["This return has no Schedules M-1 and M-2."]
    if lines is not None:
        found = [_reconciled(request, period) for period in (request.period, request.period.prior)]
        rows += [Row("heading", (None, f"{M1}, income by the books and by the return", None, None))]
        rows += _lines(lines.m1, found)
        rows += [Row("heading", (None, f"{M2}, {_account(request)}", None, None))]
        years = [replace(request, period=period) for period in (request.period, request.period.prior)]
        held = [_capital(each) if each.period.is_year else {} for each in years]
        rows += _lines(lines.m2, held)
        notes = [said_of(lines, request.period.last.year), *_notes(request)]
    return request.table("schedule-m", "Schedules M-1 and M-2", columns, rows, notes)


def _lines(lines: Mapping[str, str], years: list[dict[str, Decimal | None]]) -> Iterator[Row]:
    last = list(lines)[-1]
    for word, line in lines.items():
        amounts = [found.get(word, _ZERO) if found else None for found in years]
        if word == last:
            yield Row("total", (line, title_of(word), *amounts))
        elif word.startswith(("sum", "combined", "taken")):
            yield Row("subtotal", (line, title_of(word), *amounts))
        elif any(amounts) or word in ("books", "begin"):
            yield Row("line", (line, title_of(word), *amounts))


def _reconciled(request: Request, period: Period) -> dict[str, Decimal | None]:
    """Schedule M-1 by word."""
    found = returned(request, period)
    said: dict[str, Decimal] = {}
    table = evaluate(INCOME, replace(request, period=period))
    at = next(at for at, column in enumerate(table.columns) if column.key == "current")
    net = table.rows[-1].cells[at]
    said["books"] = net if isinstance(net, Decimal) else _ZERO
    for word, parts in found.timing.items():
        more = total(parts)  # the books deduct so much more, or show so much less income
        added, taken = (
            ("depreciation-added", "depreciation-taken") if word == DEPRECIATION else ("income-added", "income-taken")
        )
        said[added if more > 0 else taken] = abs(more)
    said[MEALS] = total(found.off.get(MEALS, ()))
    for kept_off, parts in found.off.items():
        if kept_off not in (None, MEALS):
            amount = total(parts)
            key = "other-added" if amount > 0 else "income-taken"
            said[key] = said.get(key, _ZERO) + abs(amount)
    said["exempt"] = -found.sum_of([EXEMPT])
    if request.settings.practice.returns == "1065":
        said["guaranteed-payments"] = found.sum_of([GUARANTEED])
    said["sum-added"] = said["books"] + sum((said.get(word, _ZERO) for word in _ADDED), _ZERO)
    said["sum-taken"] = sum((said.get(word, _ZERO) for word in _TAKEN), _ZERO)
    said["result"] = said["sum-added"] - said["sum-taken"]
    return dict(said)


def _account(request: Request) -> str:
    if request.settings.practice.returns == "1065":
        return "partners' capital accounts by the tax basis method"
    return "accumulated adjustments account"


def _capital(request: Request) -> dict[str, Decimal | None]:
    """Schedule M-2 by word."""
    if request.settings.practice.returns == "1065":
        held = whole_capital(request)
        return {
            "begin": held.begin,
            "contributed": held.contributed,
            "income": held.income,
            "increases": held.increases,
            "sum": held.begin + held.contributed + held.income + held.increases,
            "distributions": held.withdrawn,
            "decreases": held.decreases,
            "taken": held.withdrawn + held.decreases,
            "end": held.end,
        }
    account = accumulated_adjustments(request)
    return {
        "begin": account.begin,
        "ordinary": max(account.ordinary, _ZERO),
        "additions": account.additions,
        "loss": max(-account.ordinary, _ZERO),
        "reductions": account.reductions,
        "combined": account.combined,
        "distributions": account.taken if account.begin is not None else account.distributed,
        "end": account.end,
    }


def _notes(request: Request) -> Iterator[str]:
    if request.settings.practice.returns == "1065" or not request.period.is_year:
        return
    account = accumulated_adjustments(request)
    if account.begin is None:
        yield "What the accumulated adjustments account began with is not known."
    elif account.taken < account.distributed:
        over = account.distributed - account.taken
        yield f"Distributions of {over:,.2f} are more than the account holds, and not from it."
    yield "Tax-exempt interest and its expenses are of the other adjustments account."
