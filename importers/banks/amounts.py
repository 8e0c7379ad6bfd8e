"""How a profile's `[amount]` and `[fee]` become functions from a row's cells to money."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from daysheet.importers.banks.profile import PERSON_SAID, Amounts, Fee, Profile
from daysheet.importers.rows.cells import CellError, Cells, Column
from daysheet.importers.rows.values import AmountParser
from daysheet.patterns import compiled

ZERO: Final = Decimal(0)
_CENTS: Final = 2
_FLOAT: Final = Decimal("1e-6")
_WITH_CENTS: Final = frozenset(
    [
        "AUD",
        "BRL",
        "CAD",
        "CHF",
        "CNY",
        "CZK",
        "DKK",
        "EUR",
        "GBP",
        "HKD",
        "HUF",
        "ILS",
        "INR",
        "MXN",
        "NOK",
        "NZD",
        "PLN",
        "RON",
        "SEK",
        "SGD",
        "USD",
        "ZAR",
    ]
)
_SIGNS: Final = {"split": (-1, 1), "split-signed": (1, 1), "split-inverted": (-1, -1)}


def whole_cents(amount: Decimal, currency: str, profile: Profile) -> Decimal:
    """An amount of a currency that has cents, in cents: a spreadsheet's 84.199999999999989 is 84.20.

    Raises:
        CellError: it holds a part of a cent, or three digits behind its mark, which may part thousands; but not where
            a person has said what the mark is.
    """
    decimals = amount.as_tuple().exponent
    if not isinstance(decimals, int) or decimals >= -_CENTS or currency not in _WITH_CENTS:
        return amount
    if profile.evidence.get("decimal", "").endswith(PERSON_SAID):
        return amount
    column = profile.amount.column
    rounded = round(amount, _CENTS)
    if abs(rounded - amount) > _FLOAT:
        raise CellError(column, f"holds a part of a cent of {currency}")
    if decimals == -_CENTS - 1:
        raise CellError(
            column,
            "has three digits behind its mark, which may part thousands (if they are decimals, the profile needs "
            f'[evidence] decimal = "point or comma, {PERSON_SAID}")',
        )
    return amount if rounded == amount else rounded


class AmountReader:
    """One profile's amounts on one file's columns."""

    def __init__(self, amount: Amounts, index: Mapping[Column, int], parse: AmountParser) -> None:
        """`parse` reads one cell."""
        self._index = index
        self._parse = parse
        self._strip = compiled(amount.strip) if amount.strip else None
        self.of = self._amount_function(amount)

    def _at(self, column: Column) -> int | None:
        return self._index.get(column) if column != "" else None

    def fee(self, fee: Fee) -> Callable[[Cells], Decimal]:
        """What a processor kept, as a positive number."""
        place, sign = self._at(fee.column), -1 if fee.negative else 1

        def charged(cells: Cells) -> Decimal:
            value = self._number(cells, place, fee.column)
            return ZERO if value is None else value * sign

        return charged

    def _number(self, cells: Cells, place: int | None, column: Column) -> Decimal | None:
        if place is None:
            return None
        cell = cells[place]
        if self._strip is not None:
            cell = self._strip.sub("", cell)
        try:
            return self._parse(cell)
        except ValueError as problem:
            raise CellError(column, str(problem)) from None

    def _first(self, cells: Cells, places: tuple[int, ...], column: Column) -> Decimal | None:
        """The number in the first of some cells that is not blank."""
        for place in places:
            value = self._number(cells, place, column)
            if value is not None:
                return value
        return None

    def _amount_function(self, amount: Amounts) -> Callable[[Cells], Decimal]:
        if amount.mode.startswith("split"):
            return self._split_function(amount)
        places = tuple(place for place in (self._at(amount.column), self._at(amount.fallback)) if place is not None)
        less = tuple(place for each in amount.less if (place := self._at(each)) is not None)
        column = amount.column
        if amount.mode == "suffix":
            return self._suffix_function(amount)

        def single(cells: Cells) -> Decimal:
            value = self._first(cells, places, column)
            if value is None:
                raise CellError(column, "is blank")
            return value - (self._first(cells, less, column) or ZERO) if less else value

        if amount.mode == "signed":
            return single
        if amount.mode == "inverted":
            return lambda cells: -single(cells)
        sign = self._direction_function(amount)
        return lambda cells: single(cells) * sign(cells)

    def _split_function(self, amount: Amounts) -> Callable[[Cells], Decimal]:
        debit, credit = self._at(amount.debit), self._at(amount.credit)
        signs = _SIGNS[amount.mode]

        def split(cells: Cells) -> Decimal:
            out = self._number(cells, debit, amount.debit)
            into = self._number(cells, credit, amount.credit)
            if out is None and into is None:
                raise CellError(amount.debit, f'and "{amount.credit}" are both blank')
            if out and into:
                raise CellError(amount.debit, f'and "{amount.credit}" both hold an amount')
            return (out or ZERO) * signs[0] if out else (into or ZERO) * signs[1]

        return split

    def _suffix_function(self, amount: Amounts) -> Callable[[Cells], Decimal]:
        place = self._at(amount.column)
        words = {word.casefold(): sign for sign, group in ((-1, amount.out), (1, amount.into)) for word in group}
        pattern = re.compile(
            r"\s*(" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + r")\.?\s*\Z", re.I
        )

        def suffixed(cells: Cells) -> Decimal:
            cell = cells[place] if place is not None else ""
            found = pattern.search(cell)
            if found is None:
                raise CellError(amount.column, "does not say whether money went in or out")
            value = self._number([cell[: found.start()]], 0, amount.column)
            if value is None:
                raise CellError(amount.column, "is blank")
            return value * words[found[1].casefold()]

        return suffixed

    def _direction_function(self, amount: Amounts) -> Callable[[Cells], int]:
        place, column = self._at(amount.direction), amount.direction
        if amount.mode == "indicator":
            words = {word.casefold(): sign for sign, group in ((-1, amount.out), (1, amount.into)) for word in group}
            find: Callable[[str], int | None] = lambda cell: words.get(cell.casefold())  # noqa: E731
        else:
            out, into = (compiled("|".join(f"(?:{p})" for p in group)) for group in (amount.out, amount.into))
            find = lambda cell: -1 if out.search(cell) else 1 if into.search(cell) else None  # noqa: E731

        def sign(cells: Cells) -> int:
            found = find(cells[place]) if place is not None else None
            if found is None:
                raise CellError(column, "does not say whether money went in or out: its word is not in the profile")
            return found

        return sign
