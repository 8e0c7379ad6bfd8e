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

from daysheet.reports.activity import AccountActivity, Activity, account_order, activity
from daysheet.reports.period import Period
from daysheet.reports.request import Request
from daysheet.reports.table import Cell, Column, Row, RowKind, Table
from daysheet.reports.taxlines import printed_line
from daysheet.reports.titles import Titles

_ZERO: Final = Decimal()
_TENTH: Final = Decimal("0.1")

NET_INCOME: Final = "Equity:Earnings:Current"  # as Beancount and Fava name what is computed here

Figures = tuple[Decimal, ...]


class Section(NamedTuple):
    """Accounts under one heading: `roots` are account names, `sign` as in the module's rule.

    `earnings` adds the income that no account holds: that of earlier years, and of this one.
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
    "Income statement",
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
    books, period = request.books, request.period
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
    basis_notes = ("Receivables and their equity contra are not part of a cash-basis statement.",)
    left_out = request.basis == "cash" and statement.measure == "balance" and printer.left_out
    return Table(
        name=statement.name,
        title=statement.title,
        basis=request.basis,
        first=period.first if statement.measure == "change" else None,
        last=period.last,
        as_of=books.as_of,
        currency=books.currency,
        columns=tuple(columns),
        rows=rows,
        notes=(basis_notes if left_out else ()) + printer.moved.notes(),
    )


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
                yield self._row("total", part.title, figures, 0)

    def _tree(self, section: Section) -> _Node:
        root = _Node(section.roots[0])
        for account, figures in sorted(self._figures(section), key=lambda pair: account_order(pair[0])):
            node = root
            for at, component in enumerate(account.split(":")[1:], 2):
                name = ":".join(account.split(":")[:at])
                node = node.children.setdefault(component, _Node(name))
            node.figures = tuple(number * section.sign for number in figures)
        if section.earnings:
            self._add_earnings(root, section.sign)
        return root

    def _add_earnings(self, root: _Node, sign: int) -> None:
        """What no account holds: the income of earlier years, and of this one."""
        held = self.moved.accounts.get(self.moved.earnings)
        for account, year_of in ((self.moved.earnings, False), (NET_INCOME, True)):
            figures = []
            for period in self._periods:
                start = _year_start(period.last)
                if year_of:
                    figures.append(self.moved.change(Period(start, period.last), "Income", "Expenses"))
                else:
                    own = held.balance(period.last) if held else _ZERO
                    figures.append(own + self.moved.earned_before(start))
            if any(figures):
                root.children[account] = _Node(account, tuple(figure * sign for figure in figures))

    def _figures(self, section: Section) -> Iterator[tuple[str, Figures]]:
        found: dict[str, Figures] = {}
        for account in self.moved.under(*section.roots):
            if self.moved.is_memorandum(account.name):
                self.left_out = True
                continue
            if section.earnings and account.name == self.moved.earnings:
                continue
            found[account.name] = tuple(self._measure(account, period) for period in self._periods)
        return ((name, figures) for name, figures in found.items() if any(figures))

    def _measure(self, account: AccountActivity, period: Period) -> Decimal:
        return account.balance(period.last) if self.statement.measure == "balance" else account.change(period)

    def _inside(self, node: _Node, depth: int) -> Iterator[Row]:
        for child in node.children.values():
            title = self._title(child)
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

    def _title(self, node: _Node) -> str:
        if node.account == self.moved.earnings:
            return "Retained earnings, prior years"
        if node.account == NET_INCOME:
            return f"Net income, {_year_start(self.request.period.last).year} to date"
        return self._titles[node.account]

    def _row(self, kind: RowKind, title: str, figures: Figures | None, depth: int, account: str = "") -> Row:
        if figures is None:
            empty = 7 + bool(self.statement.share_of)
            return Row(kind, (title, *(None,) * (empty - 1)), depth)
        current, prior = figures
        tax_line = printed_line(self.request, account) if account else None
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
