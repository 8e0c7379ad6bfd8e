"""The columns beside date, amount and text that a profile must know: currency, check number, money that is not read."""

from __future__ import annotations

from collections.abc import Iterable

from daysheet.importers.detection import vocabulary as words
from daysheet.importers.detection.amount_columns import is_used, shows_money
from daysheet.importers.detection.grid import Column, Grid, is_code

_MONEY = (*words.AMOUNT, *words.DEBIT, *words.CREDIT, *words.BALANCE, *words.SIDE_AMOUNT, *words.FEE)


def currency_columns(grid: Grid) -> list[Column]:
    """The columns that may say the account's currency; more than one only where the file does not settle which.

    A column so called, of ISO codes, that is not of the foreign amount; in a table without a header one of ISO codes.
    A time zone has three capital letters as well.
    """
    codes = [column for column in grid.columns if is_code(column) and not words.says(column.header, words.ZONE)]
    named = [column for column in codes if words.says(column.header, words.CURRENCY)]
    own = [column for column in named or codes if not words.says(column.header, words.OTHER)] or named or codes
    told = {column.cells for column in own}
    return own[:1] if len(told) == 1 else own


def check_column(grid: Grid) -> Column | None:
    """The column of check numbers: so called, and holding numbers where it holds anything."""
    for column in grid.columns:
        if words.says(column.header, words.CHECK_NUMBER) and all(cell.strip("# ").isdigit() for cell in column.filled):
            return column
    return None


def unread_money(grid: Grid, read: Iterable[int]) -> list[Column]:
    """The columns of money, used or not, that are none of those read."""
    taken = set(read)
    return [
        column
        for column in grid.columns
        if column.place not in taken
        and column.header
        and (column.kind == "number" or (column.kind == "blank" and words.says(column.header, _MONEY)))
        and (words.says(column.header, _MONEY) or (is_used(column) and shows_money(column)))
        and not words.says(column.header, words.NO_AMOUNT)
    ]
