"""What a report is asked for."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, wraps

from daysheet.books import Books
from daysheet.books.holding import is_empty
from daysheet.reports.period import Period
from daysheet.reports.table import Basis, Column, Row, Table
from daysheet.settings import Settings


@dataclass(frozen=True)
class Request:
    """The books, and how they are to be shown.

    Attributes:
        books: the indexed books.
        settings: their `daysheet.toml`.
        period: the days that the report covers; a statement of balances stands at the last of them.
        basis: `cash` or `accrual`.
        detail: every posting of a control account, where a printed ledger shows its daily totals.
        patient: the token of the one patient that it is about, where it is about one.
    """

    books: Books
    settings: Settings
    period: Period
    basis: Basis
    detail: bool = False
    patient: str = ""

    @cached_property
    def is_returns(self) -> bool:
        """Whether the basis is the one that the return is filed on: only there do its lines hold."""
        return self.basis == self.settings.practice.method

    def table(
        self,
        name: str,
        title: str,
        columns: Iterable[Column],
        rows: Iterable[Row],
        notes: Iterable[str] = (),
        *,
        has_basis: bool = True,
        at_end: bool = False,
    ) -> Table:
        """A finished table of these books and this period.

        Args:
            name: the report's name.
            title: its heading.
            columns: what each cell of a row is.
            rows: in print order.
            notes: sentences under it.
            has_basis: whether the basis makes a difference to it.
            at_end: whether it stands as of the last day, and not for the whole period.
        """
        return Table(
            name=name,
            title=title,
            basis=self.basis if has_basis else "",
            first=None if at_end else self.period.first,
            last=self.period.last,
            as_of=datetime.date.min if is_empty(self.books) else self.books.as_of,
            currency=self.books.currency,
            columns=tuple(columns),
            rows=tuple(rows),
            notes=tuple(notes),
        )


def kept(report: Callable[[Request], Table]) -> Callable[[Request], Table]:
    """A report that others read as well, worked out once for a request; nothing in it may depend on the settings."""

    @wraps(report)
    def once(request: Request) -> Table:
        key = (report.__qualname__, request.period, request.basis, request.detail, request.patient)
        return request.books.once(key, lambda: report(request))

    return once
