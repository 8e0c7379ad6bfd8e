"""Gross, fee and net: three columns of which two say the third, found by their names and proved by their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import permutations
from typing import Final, NamedTuple

from daysheet.importers.detection import vocabulary as words
from daysheet.importers.detection.amount_columns import AmountColumns, values_of
from daysheet.importers.detection.grid import Column, Grid
from daysheet.importers.rows.values import amount_parser

_GROSS: Final = ("gross", "brutto", "brut")
_NET: Final = ("net", "netto")


class FeeColumns(NamedTuple):
    """What a processor's statement says of its fees.

    Attributes:
        gross: the place of the column of what was paid.
        fee: of what was kept.
        net: of what is left.
        negative: whether a fee is written as a negative number; None where every fee is zero, which proves nothing.
    """

    gross: int
    fee: int
    net: int
    negative: bool | None


def find_fees(grid: Grid, decimal: str) -> FeeColumns | None:
    """The columns of gross, fee and net, None where there are none.

    They are so called, or one of them is called a fee and the numbers of the three add up in every row.
    """
    parse = amount_parser(decimal)
    numbers = [column for column in grid.columns if column.kind == "number" and column.filled]
    values = {column.place: [value or Decimal() for value in values_of(column, parse)] for column in numbers}
    fees = [column for column in numbers if words.says(column.header, words.FEE)]
    for fee in fees:
        kept = values[fee.place]
        others = [column for column in numbers if column is not fee]
        for gross, net in sorted(permutations(others, 2), key=_called, reverse=True):
            rows = list(zip(values[gross.place], kept, values[net.place], strict=True))
            if any(g > 0 and n > g for g, _, n in rows):
                continue  # what is kept makes nothing larger
            if any(kept):
                for negative in (False, True):
                    if all(g - f * (-1 if negative else 1) == n for g, f, n in rows):
                        return FeeColumns(gross.place, fee.place, net.place, negative)
            elif _called((gross, net)) == 2 and values[gross.place] == values[net.place]:
                return FeeColumns(gross.place, fee.place, net.place, None)
    return None


def by_fees(grid: Grid, column: Column, worded: Sequence[AmountColumns], decimal: str) -> AmountColumns | None:
    """Which way the money of an unsigned column of gross or net amounts went; None where no fees prove it.

    A processor keeps its fee from what comes in. So a row with a fee is money in, whatever its words say elsewhere: a
    sale is money out on a card's statement, and money in on a shop's.

    Args:
        grid: the table.
        column: the amounts.
        worded: what columns of directions would make of it.
        decimal: the decimal mark.
    """
    fees = find_fees(grid, decimal)
    if fees is None or fees.negative is None or column.place not in (fees.gross, fees.net):
        return None
    kept = [bool(value) for value in values_of(grid.columns[fees.fee], amount_parser(decimal))]
    why = "what has a fee beside it came in"
    for money in worded:
        cells = [cell.strip() for cell in grid.columns[money.direction or 0].cells]
        sides = [
            {bool(words_) and cell.startswith(words_) for cell, fee in zip(cells, kept, strict=True) if fee}
            for words_ in (money.out, money.into)
        ]
        other = any(cell.startswith(money.into) for cell in cells)
        if sides[0] == {False}:
            return replace(money, evidence=(*money.evidence, why))
        if sides[0] == {True} and other:
            return replace(money, out=money.into, into=money.out, evidence=(*money.evidence, why))
    return AmountColumns("signed", decimal, amount=column.place, evidence=(why,))


def rivals_of(grid: Grid, money: AmountColumns) -> tuple[int, ...]:
    """Columns of which each may be the amount that reaches the account: only a person knows which.

    Gross and net, where no row has a fee: which of them is the amount shows only in a row that has one. And an amount
    beside a gross or a net with other figures, where no column of fees explains the difference.
    """
    if money.chained or money.amount is None:
        return ()
    fees = find_fees(grid, money.decimal)
    if fees is not None:
        pair = fees.gross, fees.net
        # where neither says what it is, the larger may as well be what was paid with the fee on top
        unnamed = _called((grid.columns[fees.gross], grid.columns[fees.net])) == 0
        return pair if (unnamed or fees.negative is None) and money.amount in pair else ()
    parse = amount_parser(money.decimal)
    mine = [abs(value or 0) for value in values_of(grid.columns[money.amount], parse)]
    others = [
        column.place
        for column in grid.columns
        if column.kind == "number" and column.filled and column.place != money.amount and _may_be_amount(column)
    ]
    differing = [
        place for place in others if [abs(value or 0) for value in values_of(grid.columns[place], parse)] != mine
    ]
    called = words.says(grid.columns[money.amount].header, (*_GROSS, *_NET))
    alike = [place for place in differing if called or words.says(grid.columns[place].header, (*_GROSS, *_NET))]
    return (money.amount, *alike) if alike else ()


def _may_be_amount(column: Column) -> bool:
    """Whether a column is called a gross, a net or an amount, and not one of another kind."""
    kinds = {*words.FEE, *words.SIDE_AMOUNT, *words.BALANCE, "vat"} - {*_GROSS, *_NET}
    called = words.says(column.header, (*_GROSS, *_NET, "amount", "total"))
    return called and not words.says(column.header, tuple(sorted(kinds)))


def _called(pair: tuple[Column, Column]) -> int:
    """How many of two columns are called what they would be."""
    gross, net = pair
    return words.says(gross.header, _GROSS) + words.says(net.header, _NET)
