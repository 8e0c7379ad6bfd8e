"""What speaks against a profile's claim to a file, beyond a header that many banks may write.

The header says which columns there are. What is in them may still contradict: money out has the other sign, debits
stand under credits, amounts are in another currency. Then whose file it is, is a question.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final
from weakref import WeakKeyDictionary

from daysheet.importers.banks.profile import Amounts
from daysheet.importers.banks.source import BankSource
from daysheet.importers.detection import vocabulary as words
from daysheet.importers.detection.amount_columns import AmountColumns, Values, links, values_of
from daysheet.importers.detection.detect import Detected, detect
from daysheet.importers.detection.grid import Grid, is_code
from daysheet.importers.rows.cell_kinds import is_negative, is_zero
from daysheet.importers.rows.cells import Column
from daysheet.importers.rows.header import norm
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.rows.tables import tables
from daysheet.importers.rows.values import amount_parser

_EVERYDAY: Final = """
date description details amount debit credit balance memo payee name transaction category type withdrawals deposits
withdrawal deposit reference title
"""
_GENERIC: Final = frozenset(_EVERYDAY.split())
_MOST_GENERIC: Final = 5
_SYMBOLS: Final = {"€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "zł": "PLN", "Kč": "CZK", "CHF": "CHF"}
_RECEIVED: Final = re.compile(
    r"(?i)payment (received|recv|- ?thank|thank)|thank you|autopay|auto-?pay|\bpymt\b|e-?payment"
)
_DOLLARS: Final = frozenset(("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "TWD"))
_PLAIN_MODES: Final = ("signed", "inverted")

_known: WeakKeyDictionary[RawFile, Detected] = WeakKeyDictionary()


def is_generic(source: BankSource) -> bool:
    """Whether a profile's header is one that any bank may write: few columns, all with everyday names."""
    header = source.profile.match.header
    names = [norm(cell if isinstance(cell, str) else cell[0]) for cell in header]
    optional = {norm(name) for name in source.profile.match.optional}
    needed = [name for name in names if name not in optional]
    return bool(needed) and len(needed) <= _MOST_GENERIC and set(needed) <= _GENERIC


def against(source: BankSource, file: RawFile, currency: str) -> str | None:
    """What speaks against it that a file is of this profile, in words; None if nothing does.

    Args:
        source: the profile, whose header the file has.
        file: the file.
        currency: of the books, which a profile means that names none.
    """
    place = source.place(file, tables(file))
    detected = _detected(file)
    grid, money = detected.grid, detected.money
    if place is None or grid is None or money is None or grid.sheet != place.sheet:
        return None
    if (grid.header.line if grid.header else 0) != place.line:
        return None
    index = place.index
    days = grid.columns[detected.date].cells if detected.date is not None else []
    balances = grid.columns[money.balance].cells if money.balance is not None else []
    one_day = len({day.strip() for day, held in zip(days, balances, strict=False) if held.strip()}) == 1
    return _signs(source, grid, money, index, one_day=one_day) or _currency(source, grid, index, currency)


def _signs(
    source: BankSource, grid: Grid, money: AmountColumns, index: dict[Column, int], *, one_day: bool
) -> str | None:
    amount = source.profile.amount
    why = "; ".join(money.evidence)
    if money.balance is not None and one_day and _balances_allow(amount, grid, money, index):
        return None
    if amount.mode in _PLAIN_MODES and money.mode in _PLAIN_MODES and index.get(amount.column) == money.amount:
        weak = amount.mode == "inverted" and is_generic(source) and _mostly_negative(grid, money)
        if amount.mode != money.mode and (money.sure or weak):
            is_out = "negative" if money.mode == "signed" else "positive"
            reads = "positive" if money.mode == "signed" else "negative"
            return f"the profile reads {reads} amounts as money out, but here money out is {is_out}: {why}"
    if amount.mode.startswith("split") and money.mode.startswith("split") and money.sure:
        swapped = index.get(amount.debit) == money.credit and index.get(amount.credit) == money.debit
        if swapped:
            return f"the profile reads money out and money in from each other's column: {why}"
    if amount.mode == "split" and words.says(source.profile.title, words.CARD):
        return _payments(grid, index.get(amount.debit), index.get(amount.credit))
    return None


def _balances_allow(amount: Amounts, grid: Grid, money: AmountColumns, index: dict[Column, int]) -> bool:
    """Whether the balances of a single day follow as the profile reads the amounts too, from either end."""
    parse = amount_parser(money.decimal)

    def values(place: int | None) -> Values:
        return [None] * len(grid.rows) if place is None else values_of(grid.columns[place], parse)

    if amount.mode in _PLAIN_MODES:
        sign = 1 if amount.mode == "signed" else -1
        amounts: Values = [None if value is None else sign * value for value in values(index.get(amount.column))]
    elif amount.mode == "split":
        pairs = zip(values(index.get(amount.debit)), values(index.get(amount.credit)), strict=True)
        amounts = [(into or Decimal()) - (out or Decimal()) for out, into in pairs]
    else:
        return False
    chains = (links(amounts, values(money.balance), order) for order in ("ascending", "descending"))
    return any(every and closed == every for closed, every in chains)


def _payments(grid: Grid, debit: int | None, credit: int | None) -> str | None:
    """What a card's payments say that stand in the column of charges, if none stands in the other."""
    if debit is None or credit is None:
        return None
    texts = [column for column in grid.columns if column.kind == "text"]
    received = [
        number
        for number in range(len(grid.rows))
        if _RECEIVED.search(" ".join(column.cells[number] for column in texts))
    ]
    charged = [number for number in received if not is_zero(grid.columns[debit].cells[number])]
    if charged and charged == received:
        rows = ", ".join(str(grid.rows[number].line) for number in charged[:3])
        return (
            f'"{grid.columns[debit].header}" holds payments received (row {rows}), and the profile reads charges there'
        )
    return None


def _mostly_negative(grid: Grid, money: AmountColumns) -> bool:
    cells = grid.columns[money.amount].filled if money.amount is not None else ()
    return 2 * sum(map(is_negative, cells)) > len(cells)


def _currency(source: BankSource, grid: Grid, index: dict[Column, int], currency: str) -> str | None:
    named = source.profile.currency
    if named is not None and not named.fixed:
        return None
    expected = named.fixed if named is not None else currency
    for column in grid.columns if named is None else ():
        if is_code(column) and words.says(column.header, words.CURRENCY) and not words.says(column.header, words.OTHER):
            other = next((cell.strip() for cell in column.filled if cell.strip() != expected), None)
            if other is not None:
                return f'column "{column.header}" has {other}, and the profile means {expected}'
    amount = source.profile.amount
    places = {index.get(each) for each in (amount.column, amount.debit, amount.credit)} - {None}
    for column in grid.columns:
        if column.place in places:
            for cell in column.filled:
                other = next((code for mark, code in _SYMBOLS.items() if mark in cell), None)
                if other is None and "$" in cell and expected not in _DOLLARS:
                    other = "dollars"
                if other is not None and other != expected:
                    return f'column "{column.header}" is in {other}, and the profile means {expected}'
    return None


def _detected(file: RawFile) -> Detected:
    found = _known.get(file)
    if found is None:
        found = _known[file] = detect(file)
    return found
