"""Gross, fee and net: three columns of which two say the third, found by their names and proved by their numbers."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations
from typing import NamedTuple

from daysheet.importers.detection import vocabulary as words
from daysheet.importers.detection.amount_columns import AmountColumns, values_of
from daysheet.importers.detection.grid import Column, Grid
from daysheet.importers.rows.values import amount_parser


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
            if any(kept):
                for negative in (False, True):
                    if all(g - f * (-1 if negative else 1) == n for g, f, n in rows):
                        return FeeColumns(gross.place, fee.place, net.place, negative)
            elif _called((gross, net)) == 2 and values[gross.place] == values[net.place]:
                return FeeColumns(gross.place, fee.place, net.place, None)
    return None


def rivals_of(grid: Grid, money: AmountColumns) -> tuple[int, ...]:
    """Gross and net, where no row has a fee: which of them is the amount shows only in a row that has one."""
    fees = find_fees(grid, money.decimal)
    if fees is None or fees.negative is not None or money.chained or money.amount not in (fees.gross, fees.net):
        return ()
    return fees.gross, fees.net


def _called(pair: tuple[Column, Column]) -> int:
    """How many of two columns are called what they would be."""
    gross, net = pair
    return words.says(gross.header, ("gross", "brutto", "brut")) + words.says(net.header, ("net", "netto"))
