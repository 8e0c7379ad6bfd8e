"""A statement as a value, and the one engine that evaluates it.

A `Statement` says which accounts stand in which section, which way their amounts print, and how the sections add up.
`evaluate` makes a `Table` of it for some books, a period and a basis; no statement has arithmetic of its own.

Sign rule: a section with sign 1 prints debits as positive (assets, expenses), with sign -1 credits (liabilities,
equity, income). So every amount of a healthy practice prints positive, and one in parentheses asks for a look.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal, NamedTuple

from daysheet.reports.accounts.activity import AccountActivity, Activity, activity, unpaid_bills
from daysheet.reports.accounts.titles import Titles, is_contra
from daysheet.reports.formats.figures import money
from daysheet.reports.period import Period
from daysheet.reports.request import Request
from daysheet.reports.table import Cell, Column, Row, RowKind, Table
from daysheet.reports.tax.lines import printed_line

_ZERO: Final = Decimal()
_TENTH: Final = Decimal("0.1")

NET_INCOME: Final = "Equity:Earnings:Current"  # as Beancount and Fava name what is computed here

Figures = tuple[Decimal, ...]


class Section(NamedTuple):
    """Accounts under one heading: `roots` are account names, `sign` as in the module's rule.

    With `earnings` the income that no account holds is added: that of earlier years and of this one.
    """

    title: str
    total: str
    roots: tuple[str, ...]
    sign: Literal[1, -1]
    earnings: bool = False


class Sum(NamedTuple):
    """A line under the sections before it: the sum of some of them, by title, each with its weight."""

    title: str
    parts: tuple[tuple[str, Literal[1, -1]], ...]


@dataclass(frozen=True)
class Statement:
    """What a statement is.

    Attributes:
        name: on the command line.
        title: the heading.
        measure: `change` for what moved in the period, `balance` for what stands at its end.
        parts: sections and sums, in print order.
        share_of: the title of the section of which every amount is shown as a percentage, if any.
    """

    name: str
    title: str
    measure: Literal["change", "balance"]
    parts: tuple[Section | Sum, ...]
    share_of: str = ""


INCOME: Final = Statement(
    "income",
    "Profit and loss",
    "change",
    (
        Section("Income", "Total income", ("Income",), -1),
        Section("Expenses", "Total expenses", ("Expenses",), 1),
        Sum("Net income", (("Income", 1), ("Expenses", -1))),
    ),
    share_of="Income",
)
BALANCE_SHEET: Final = Statement(
    "balance-sheet",
    "Balance sheet",
    "balance",
    (
        Section("Assets", "Total assets", ("Assets",), 1),
        Section("Liabilities", "Total liabilities", ("Liabilities",), -1),
        Section("Equity", "Total equity", ("Equity",), -1, earnings=True),
        Sum("Total liabilities and equity", (("Liabilities", 1), ("Equity", 1))),
    ),
)


@dataclass
class _Node:
    """An account or a group of accounts, in the tree that their names make."""

    account: str
    figures: Figures | None = None
    children: dict[str, _Node] = field(default_factory=dict)


def evaluate(statement: Statement, request: Request) -> Table:
    """The statement for the request's period, with the same days of the year before beside it."""
    period = request.period
    printer = _Printer(statement, request)
    rows = tuple(printer.rows())
    this, prior = _heads(statement, period)
    columns = [
        Column("title", "Account"),
        Column("account", "Account name", shown="data"),
        Column("tax_line", "Tax line", shown="wide"),
        Column("current", this, "money"),
        Column("prior", prior, "money"),
        Column("change", "Change", "money"),
        Column("change_percent", "%", "percent"),
    ]
    if statement.share_of:
        columns.append(Column("share", f"% of {statement.share_of.lower()}", "percent", shown="wide"))
    left_out = request.basis == "cash" and statement.measure == "balance" and printer.left_out
    note = ("Receivables and their equity contra are not part of a cash-basis statement.",) if left_out else ()
    at_end = statement.measure == "balance"
    notes = (*note, *_unpaid(request), *printer.moved.notes())
    return request.table(statement.name, statement.title, columns, rows, notes, at_end=at_end)


def _unpaid(request: Request) -> Iterator[str]:
    """What a statement of the cash basis says of vendors' bills."""
    unpaid = unpaid_bills(request.books, request.period.last) if request.basis == "cash" else _ZERO
    if unpaid:
        amount = f"{money(unpaid, ',')} {request.books.currency}"
        yield f"Vendors' bills of {amount} were not paid by {request.period.last}: they are no expense yet."


def totals(statement: Statement, request: Request) -> dict[str, Decimal]:
    """The current figure of each section and sum, by title."""
    printer = _Printer(statement, request)
    for _ in printer.rows():
        pass
    return {title: figures[0] for title, figures in printer.totals.items()}


def share(part: Decimal, whole: Decimal) -> Decimal | None:
    """A part of a whole in percent, to one decimal; None when the whole is zero."""
    return None if not whole else (part * 100 / abs(whole)).quantize(_TENTH, ROUND_HALF_UP)


def _heads(statement: Statement, period: Period) -> tuple[str, str]:
    if statement.measure == "balance":
        return period.last.isoformat(), period.prior.last.isoformat()
    return period.label, period.prior.label


class _Printer:
    """The rows of one statement, and the totals met on the way."""

    def __init__(self, statement: Statement, request: Request) -> None:
        self.statement = statement
        self.request = request
        self.moved: Activity = activity(request.books, request.basis)
        self.totals: dict[str, Figures] = {}
        self.left_out = False
        self._periods = (request.period, request.period.prior)
        self._titles = Titles(request.books)

    def rows(self) -> Iterator[Row]:
        trees = {part.title: self._tree(part) for part in self.statement.parts if isinstance(part, Section)}
        self.totals = {title: _total(tree) for title, tree in trees.items()}
        for part in self.statement.parts:
            if isinstance(part, Section):
                yield self._row("heading", part.title, None, 0)
                yield from self._inside(trees[part.title], 1)
                yield self._row("subtotal", part.total, self.totals[part.title], 0)
            else:
                figures = tuple(
                    sum((self.totals[title][at] * weight for title, weight in part.parts), _ZERO)
                    for at in range(len(self._periods))
                )
                self.totals[part.title] = figures
                last = part is self.statement.parts[-1]
                yield self._row("total" if last else "subtotal", part.title, figures, 0)

    def _tree(self, section: Section) -> _Node:
        root = _Node("")
        for account, figures in self._figures(section):
            node = root
            components = account.split(":")
            for at in range(1, len(components)):
                node = node.children.setdefault(components[at], _Node(":".join(components[: at + 1])))
            node.figures = tuple(number * section.sign for number in figures)
        if section.earnings:
            self._add_equity(root, section.sign)
        return root

    def _add_equity(self, root: _Node, sign: int) -> None:
        """The income of earlier years, with what the account of that name holds, and the income of this one."""
        held = self.moved.accounts.get(self.moved.earnings)
        starts = [_year_start(period.last) for period in self._periods]
        before = [self.moved.earned_before(start) for start in starts]
        own = [held.balance(period.last) if held else _ZERO for period in self._periods]
        this = [self._earned(start, period.last) for start, period in zip(starts, self._periods, strict=True)]
        past = [a + b for a, b in zip(before, own, strict=True)]
        for account, figures in ((self.moved.earnings, past), (NET_INCOME, this)):
            if any(figures):
                root.children[account] = _Node(account, tuple(figure * sign for figure in figures))

    def _earned(self, first: datetime.date, last: datetime.date) -> Decimal:
        return self.moved.change(Period(first, last), "Income", "Expenses")

    def _figures(self, section: Section) -> Iterator[tuple[str, Figures]]:
        for account in self.moved.under(*section.roots):
            if self.moved.is_memorandum(account.name):
                self.left_out = True
                continue
            if section.earnings and account.name == self.moved.earnings:
                continue
            figures = tuple(self._measure(account, period) for period in self._periods)
            if any(figures):
                yield account.name, figures

    def _measure(self, account: AccountActivity, period: Period) -> Decimal:
        return account.balance(period.last) if self.statement.measure == "balance" else account.change(period)

    def _inside(self, node: _Node, depth: int) -> Iterator[Row]:
        for name, child in sorted(node.children.items(), key=lambda item: is_contra(item[1].account)):
            title = self._title(child, whole=":" in name)
            while child.figures is None and len(child.children) == 1:
                child = next(iter(child.children.values()))  # noqa: PLW2901 - a group of one prints as that one
                title = f"{title} – {self._title(child)}"
            if not child.children:
                yield self._row("line", title, child.figures, depth, child.account)
                continue
            yield self._row("heading", title, None, depth)
            if child.figures is not None:
                yield self._row("line", f"{title}, other", child.figures, depth + 1, child.account)
            yield from self._inside(child, depth + 1)
            yield self._row("subtotal", f"Total {_lowered(title)}", _total(child), depth)

    def _title(self, node: _Node, *, whole: bool = False) -> str:
        """The title of a node, with those of the groups that it is in if `whole`."""
        if node.account == self.moved.earnings:
            return "Retained earnings, prior years"
        if node.account == NET_INCOME:
            year = self.request.period.last.year
            return "Net income" if self.statement.measure == "change" else f"Net income, {year} to date"
        return self._titles.whole(node.account) if whole else self._titles[node.account]

    def _row(self, kind: RowKind, title: str, figures: Figures | None, depth: int, account: str = "") -> Row:
        if figures is None:
            empty = 7 + bool(self.statement.share_of)
            return Row(kind, (title, *(None,) * (empty - 1)), depth)
        current, prior = figures
        tax_line = printed_line(self.request, account) if account and self.request.is_returns else None
        cells: tuple[Cell, ...] = (
            title, account or None, tax_line, current, prior, current - prior, share(current - prior, prior),
        )  # fmt: skip
        if self.statement.share_of:
            cells += (share(current, self.totals[self.statement.share_of][0]),)
        return Row(kind, cells, depth)


def _total(node: _Node) -> Figures:
    parts = [_total(child) for child in node.children.values()]
    if node.figures is not None:
        parts.append(node.figures)
    return tuple(sum(column, _ZERO) for column in zip(*parts, strict=True)) if parts else (_ZERO, _ZERO)


def _year_start(day: datetime.date) -> datetime.date:
    return day.replace(month=1, day=1)


def _lowered(title: str) -> str:
    first = title.partition(" ")[0]
    return title if first.isupper() and len(first) > 1 else title[:1].lower() + title[1:]
