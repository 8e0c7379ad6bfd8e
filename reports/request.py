"""What a report is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from daysheet.books import Books
from daysheet.reports.period import Period
from daysheet.reports.table import Basis
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
    """

    books: Books
    settings: Settings
    period: Period
    basis: Basis
    detail: bool = False
