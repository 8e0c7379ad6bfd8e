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
ENTITIES: Final = ("1065", "1120-s")
"""Returns of an entity whose owners are taxed on their shares."""
_OF_INVESTMENTS: Final = {"interest": "interest-income", "dividend": "dividends"}
_OF_ACCRUAL: Final = {CHARGES: "gross-receipts", ADJUSTMENTS: "returns"}  # accounts that no ledger opens


@dataclass(frozen=True)
class Edition:
    """One year's lines of a return: `lines` gives the line of each word, `short` is printed before it.

    `separate` gives where what is no part of the form's own result goes: a line of Schedule K, or another form.
    `through` is the last tax year whose form was read for it.
    `totals` gives the lines of its own sums: net `receipts`, gross `profit`, total `income`, total `deductions` and
    the `result`, and `names` what the form calls them; `titles` what it calls a line that several words are on.
    """

    form: str
    short: str
    since: int
    through: int
    source: str
    lines: Mapping[str, str]
    separate: Mapping[str, str]
    totals: Mapping[str, str]
    names: Mapping[str, str]
    titles: Mapping[str, str]

    def line_of(self, word: str | None) -> str:
        """The line of a word, on the form or separate; empty where it has none."""
        return self.lines.get(word or "") or self.separate.get(word or "") or ""

    def title_of(self, word: str) -> str:
        """What the line of a word is called."""
        return self.titles.get(self.lines.get(word, ""), words().get(word, word))


def words() -> Mapping[str, str]:
    """Every word that `tax-line` may be, with its title."""
    titles: dict[str, str] = _data()["words"]
    return titles


def edition(returns: str, year: int) -> Edition | None:
    """The edition of a return that holds in a tax year; None for a year or a return without one."""
    held = [item for item in _editions(returns) if item.since <= year]
    return held[-1] if held else None


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


def word_in(books: Books, returns: str, account: str) -> str | None:
    """The word of an account on a return.

    What new books call other income is interest and dividends of an entity by the account's name: they are separately
    stated. Interest that is of the business itself says `tax-line: "finance-charges"`.
    """
    word = word_of(books, account)
    if word == "other-income" and returns in ENTITIES and account.startswith("Income:"):
        return next((meant for name, meant in _OF_INVESTMENTS.items() if name in account.casefold()), word)
    return word


def printed_line(request: Request, account: str) -> str | None:
    """The line as printed beside an account, such as `Sch C 20b`; None when the account names none."""
    word = word_in(request.books, request.settings.practice.returns, account)
    if word is None:
        return None
    found = edition(request.settings.practice.returns, request.period.last.year)
    line = found.line_of(word) if found is not None else ""
    if found is None or not line:
        return words().get(word, word)
    return line if "," in line else f"{found.short} {line}"


@cache
def _editions(returns: str) -> tuple[Edition, ...]:
    held = [item for item in _data()["edition"] if item["return"] == returns]
    made: list[Edition] = []
    found: dict[str, Any] = {}
    for item in sorted(held, key=lambda one: int(one["since"])):
        for key, said in item.items():
            found[key] = {**found.get(key, {}), **said} if isinstance(said, dict) else said
        made.append(Edition(**{key: value for key, value in found.items() if key != "return"}))
    return tuple(made)


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("daysheet.reports.tax") / "tax_lines.toml").read_text(encoding="utf-8"))
