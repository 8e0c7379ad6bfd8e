"""The statement of cash flows, by the indirect method, with the year before beside it.

What each entry moved is worked out by `accounts.cash_moves`; here its sums become lines. The cash at the end is what
the flows lead to, and the tie-outs hold it against the balance sheet.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from daysheet.accounting.liabilities import liability_of
from daysheet.reports.accounts.activity import account_order, activity
from daysheet.reports.accounts.cash_flow import activity_of
from daysheet.reports.accounts.cash_moves import Move, Moves, cash_moves
from daysheet.reports.accounts.titles import Titles
from daysheet.reports.period import Period
from daysheet.reports.request import Request, kept
from daysheet.reports.statements.statement import NET_INCOME, share
from daysheet.reports.table import Column, Row, RowKind, Table

_ZERO: Final = Decimal()
_Figures = tuple[Decimal, ...]
END: Final = "Cash at the end"


@kept
def cash_flow(request: Request) -> Table:
    """The cash flows of a period; money received is positive."""
    columns = (
        Column("title", "Account"),
        Column("account", "Account name", shown="data"),
        Column("current", request.period.label, "money"),
        Column("prior", request.period.prior.label, "money"),
        Column("change", "Change", "money"),
        Column("change_percent", "%", "percent"),
    )
    moved = activity(request.books, request.basis)
    periods = (request.period, request.period.prior)
    moves = tuple(cash_moves(request.books, moved, period) for period in periods)
    rows = _rows(request, moves, tuple(_cash_before(request, period) for period in periods))
    return request.table("cash-flow", "Statement of cash flows", columns, rows, moved.notes())


def _cash_before(request: Request, period: Period) -> Decimal:
    accounts = activity(request.books, request.basis).under("Assets", "Liabilities")
    return sum((a.before(period.first) for a in accounts if activity_of(request.books, a.name) == "cash"), _ZERO)


def _rows(request: Request, moves: tuple[Moves, ...], before: _Figures) -> Iterator[Row]:
    brought = tuple(each.brought for each in moves)
    begins = tuple(held or new for held, new in zip(before, brought, strict=True))
    later = tuple(new if held else _ZERO for held, new in zip(before, brought, strict=True))
    net = tuple(each.earned for each in moves)
    operating = [_row("line", "Net income", net, 1, NET_INCOME)] if any(net) else []
    operating += _lines(request, moves, "gain", "no-cash", "operating")
    total = [_ZERO] * len(moves)
    for heading, lines in (
        ("operating", operating),
        ("investing", _lines(request, moves, "investing")),
        ("financing", _lines(request, moves, "financing")),
    ):
        sums = tuple(sum((_number(row.cells[2 + at]) for row in lines), _ZERO) for at in range(len(moves)))
        total = [a + b for a, b in zip(total, sums, strict=True)]
        yield _row("heading", f"{heading.capitalize()} activities", None)
        yield from lines
        yield _row("subtotal", f"Net cash from {heading} activities", sums)
    yield _row("subtotal", "Net change in cash", tuple(total))
    yield _row("line", "Cash at the beginning", begins)
    if any(later):
        yield _row("line", "Cash brought into the books", later)
    yield _row("total", END, tuple(a + b + c for a, b, c in zip(total, begins, later, strict=True)))
    apart = _lines(request, moves, "apart")
    if apart:
        yield _row("heading", "What moved no cash", None)
        yield from apart


def _lines(request: Request, moves: tuple[Moves, ...], *kinds: str) -> list[Row]:
    """The lines of some kinds of moves, in their order, then by account, money in before money out."""
    titles = Titles(request.books)
    keys = {key for each in moves for key in each.sums if key.kind in kinds}
    order = sorted(keys, key=lambda key: (kinds.index(key.kind), account_order(key.account), not key.into, key.other))
    found = []
    for key in order:
        figures = tuple(each.sums.get(key, _ZERO) for each in moves)
        if any(figures):
            found.append(_row("line", _title(request, titles, key, keys), figures, 1, key.account))
    return found


def _title(request: Request, titles: Titles, key: Move, keys: set[Move]) -> str:
    if key.kind in ("gain", "no-cash"):
        return "Gain or loss on disposals" if key.kind == "gain" else "Income and expenses that moved no cash"
    name = titles.whole(key.account) if key.account else "Other"
    if key.kind == "apart" and key.other == key.account != "":
        return f"{name} – from what was traded in"
    if key.kind == "apart":
        return f"{name} – from {titles.whole(key.other)}" if key.other else name
    if key.kind == "investing":
        return f"Proceeds: {name}" if key.into else f"Bought: {name}"
    if key.kind == "financing" and liability_of(request.books, key.account) == "loan":
        return f"Borrowed: {name}" if key.into else f"Paid back: {name}"
    if key.kind == "financing" and key._replace(into=not key.into) in keys:
        return f"{name}, put in" if key.into else f"{name}, taken out"
    return name


def _row(kind: RowKind, title: str, figures: _Figures | None, depth: int = 0, account: str = "") -> Row:
    if figures is None:
        return Row(kind, (title, *(None,) * 5), depth)
    current, prior = figures
    change = current - prior
    return Row(kind, (title, account or None, current, prior, change, share(change, prior)), depth)


def _number(cell: object) -> Decimal:
    return cell if isinstance(cell, Decimal) else _ZERO
