"""The money columns of a table: what an answer about them is, and what can be asked of a column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Final, NamedTuple

from daysheet.importers.detection import vocabulary as words
from daysheet.importers.detection.grid import Column, Grid
from daysheet.importers.rows.cell_kinds import decimal_votes, is_zero, kind_of, number_parts
from daysheet.importers.rows.text import Exact
from daysheet.importers.rows.values import AmountParser

Values = list[Decimal | None]
_NOTE: Final = re.compile(r"(?<=[\w.)])\s*\([^()]*\)\s*\Z")


@dataclass(frozen=True)
class AmountColumns:
    """The answer.

    Attributes:
        mode: as in a profile's `[amount]`.
        decimal: the decimal mark.
        amount: the place of the single amount column.
        debit: of money out, where there are two.
        credit: of money in.
        direction: of the column that says in or out.
        balance: of the balance.
        order: `ascending` or `descending` where the balance chain says it.
        chained: how many links of the balance chain closed.
        out: the words of the direction column that mean out.
        into: those that mean in.
        sure: False when nothing in the file settles the direction.
        decimal_sure: False when nothing in the file settles the decimal mark.
        decimal_why: what shows it.
        rivals: places of columns of which each may as well be the amount's, itself among them.
        evidence: why, in words.
    """

    mode: str
    decimal: str
    amount: int | None = None
    debit: int | None = None
    credit: int | None = None
    direction: int | None = None
    balance: int | None = None
    order: str = ""
    chained: int = 0
    out: tuple[str, ...] = ()
    into: tuple[str, ...] = ()
    sure: bool = True
    decimal_sure: bool = True
    decimal_why: str = ""
    rivals: tuple[int, ...] = ()
    evidence: tuple[str, ...] = field(default=())


class DecimalMark(NamedTuple):
    """A decimal mark, whether the file settles it, and by what."""

    mark: str
    sure: bool
    why: str


def decimal_mark(grid: Grid) -> DecimalMark:
    """The decimal mark, by majority of the cells that show one.

    Those of columns called amounts and balances are asked first: rates, quantities and identifiers beside them may be
    written otherwise. Then all number columns, then the lines above the table.
    """
    numbers = [column for column in grid.columns if column.kind == "number"]
    shown = [cell for column in numbers for cell in column.filled]
    named = [cell for column in numbers if is_called_money(column) for cell in column.filled]
    around = [cell.strip(" :;'\"") for row in grid.above for cell in row.cells]
    for cells in (named, shown, [cell for cell in around if kind_of(cell) == "number"]):
        votes = [decimal_votes(cell) for cell in cells]
        points, commas = sum(vote[0] for vote in votes), sum(vote[1] for vote in votes)
        if points != commas:
            more, fewer = max(points, commas), min(points, commas)
            why = f"{more} numbers show it" + (f", {fewer} the other" if fewer else "")
            return DecimalMark("," if commas > points else ".", True, why)
    marked = [cell for cell in named or shown if re.search(r"[.,]", cell) and type(cell) is not Exact]
    if not marked:
        return DecimalMark(".", True, "no number has decimals or thousands")
    # 1.000 alone: three digits behind a mark are likelier thousands, for money has two decimals
    thousands = any(re.fullmatch(r"-?\d{1,3}(\.\d{3})+", cell.strip()) for cell in shown)
    return DecimalMark("," if thousands else ".", False, "every mark has three digits behind it: thousands or decimals")


def is_called_money(column: Column) -> bool:
    """Whether a header speaks of the account's own amounts or of its balance."""
    called = words.says(column.header, (*words.AMOUNT, *words.DEBIT, *words.CREDIT, *words.BALANCE))
    return called and not words.says(column.header, words.SIDE_AMOUNT)


def holds_money(column: Column) -> bool:
    """Whether a column may hold amounts: numbers under a header that speaks of no number, card or date."""
    named = words.says(column.header, (*words.AMOUNT, *words.DEBIT, *words.CREDIT, *words.BALANCE))
    if column.kind == "blank":
        return bool(column.header) and words.says(column.header, (*words.DEBIT, *words.CREDIT))
    if column.kind != "number":
        return False
    return named or not words.says(column.header, words.NO_AMOUNT)


def values_of(column: Column, parse: AmountParser) -> Values:
    """The amounts of a column, None where a cell is blank or no amount."""
    values: Values = []
    for cell in column.cells:
        parts = number_parts(cell)
        text = cell if parts is None or not parts["suffix"] else cell[: cell.rstrip(". ").rfind(parts["suffix"])]
        try:
            values.append(parse(_NOTE.sub("", text).strip(" '\"=") if kind_of(cell) == "number" else ""))
        except ValueError:
            values.append(None)
    return values


def shows_money(column: Column) -> bool:
    """Whether a number column shows decimals, signs or a currency: identifiers do not."""
    return any(re.search(r"[.,]\d{2}\b|[-+(€$£¥]", cell) for cell in column.filled)


def is_used(column: Column) -> bool:
    """Whether any cell is not zero."""
    return not all(map(is_zero, column.filled))


def is_debit(column: Column) -> bool:
    """Whether the header speaks of money out."""
    return words.says(column.header, words.DEBIT) and not words.says(column.header, (*words.BALANCE, "tax"))


def is_credit(column: Column) -> bool:
    """Whether the header speaks of money in."""
    return words.says(column.header, words.CREDIT) and not words.says(column.header, (*words.BALANCE, "tax"))


def in_turn(one: Column, two: Column, *, always: bool = False) -> bool:
    """Whether rows fill (other than with zero) at most one of two columns; `always`: exactly one."""
    both = none = 0
    for a, b in zip(one.cells, two.cells, strict=True):
        filled = (not is_zero(a)) + (not is_zero(b))
        both += filled == 2
        none += filled == 0
    return both == 0 and (not always or none == 0)


def links(amounts: Sequence[Decimal | None], balances: Sequence[Decimal | None], order: str) -> tuple[int, int]:
    """How many links of the chain close, and how many there are; rows without a balance are bridged."""
    rows = list(zip(amounts, balances, strict=True))
    if order == "descending":
        rows.reverse()
    closed = links = 0
    before: Decimal | None = None
    moved, nonzero = Decimal(0), False
    for amount, balance in rows:
        moved += amount or 0
        nonzero = nonzero or bool(amount)
        if balance is None:
            continue
        if before is not None and (nonzero or balance != before):
            links += 1
            closed += before + moved == balance
        before, moved, nonzero = balance, Decimal(0), False
    return closed, links


def days_turned(days: Sequence[str]) -> list[int]:
    """The places of rows with those of each day the other way round, the days as they were."""
    groups = (list(group) for _, group in groupby(range(len(days)), lambda place: days[place].strip()))
    return [place for group in groups for place in reversed(group)]


def heads(texts: Sequence[str]) -> tuple[str, ...]:
    """The words by which direction texts begin, each once, in order."""
    found = [
        match[0]
        for text in texts
        if (match := words.OUT_TYPES.match(text.strip()) or words.IN_TYPES.match(text.strip()))
    ]
    return tuple(dict.fromkeys(word.strip() for word in found))


def suffix_of(cell: str) -> str:
    """The letters behind a number, small."""
    parts = number_parts(cell)
    return parts["suffix"].casefold() if parts else ""


def signed_by_suffix(column: Column, values: Values) -> Values:
    """The amounts, negative where the letters behind them say out."""
    return [
        None if value is None else -value if suffix_of(cell) in words.OUT_WORDS else value
        for cell, value in zip(column.cells, values, strict=True)
    ]
