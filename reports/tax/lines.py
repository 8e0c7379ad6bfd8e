"""Which line of the tax return an account goes on.

An account says it by a word on its `open` directive, which outlives every year's form; sub-accounts inherit it:

    2026-01-01 open Expenses:Rent  USD
      tax-line: "rent-property"

The words and each year's lines are in `tax_lines.toml`, with their sources.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final

from daysheet.accounting.metadata import inherited
from daysheet.accounts import is_under
from daysheet.books import Books
from daysheet.reports.accounts.accrual import ADJUSTMENTS, CHARGES
from daysheet.reports.request import Request

KEY: Final = "tax-line"
_OF_ACCRUAL: Final = {CHARGES: "gross-receipts", ADJUSTMENTS: "returns"}  # accounts that no ledger opens


@dataclass(frozen=True)
class Edition:
    """One year's lines of a return: `lines` gives the line of each word, `short` is printed before it.

    `totals` gives the lines of its own sums: total `income`, total `deductions`, and the `result` of both.
    """

    form: str
    short: str
    since: int
    source: str
    lines: Mapping[str, str]
    totals: Mapping[str, str]


def words() -> Mapping[str, str]:
    """Every word that `tax-line` may be, with its title."""
    titles: dict[str, str] = _data()["words"]
    return titles


def edition(returns: str, year: int) -> Edition | None:
    """The edition of a return that holds in a tax year; None for a year or a return without one."""
    held = [item for item in _editions(returns) if item.since <= year]
    return held[-1] if held else None


def is_newest(found: Edition, returns: str) -> bool:
    """Whether no later edition is known, so that a later year's form may differ."""
    return _editions(returns)[-1] == found


def deductible_meals(year: int) -> Decimal | None:
    """The part of meals that is deductible in a year, in percent; None for a year of which it is not one part."""
    said = _data()["meals"].get(str(year))
    return None if said is None else Decimal(said)


def word_of(books: Books, account: str) -> str | None:
    """The word of an account, its own or that of the nearest account above it."""
    said = inherited(books, account, KEY)
    if said is None:
        return next((word for root, word in _OF_ACCRUAL.items() if is_under(account, root)), None)
    return said


def printed_line(request: Request, account: str) -> str | None:
    """The line as printed beside an account, such as `Sch C 20b`; None when the account names none."""
    word = word_of(request.books, account)
    if word is None:
        return None
    found = edition(request.settings.practice.returns, request.period.last.year)
    if found is None or word not in found.lines:
        return words().get(word, word)
    return f"{found.short} {found.lines[word]}"


@cache
def _editions(returns: str) -> tuple[Edition, ...]:
    made = [
        Edition(item["form"], item["short"], item["since"], item["source"], item["lines"], item["totals"])
        for item in _data()["edition"]
        if item["return"] == returns
    ]
    return tuple(sorted(made, key=lambda item: item.since))


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("daysheet.reports.tax") / "tax_lines.toml").read_text(encoding="utf-8"))
