"""How one cell is written, for people and for programs."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Final

from daysheet.reports.table import Cell, ColumnKind

ZERO_SIGN: Final = "–"
_CENTS: Final = 2


def for_people(cell: Cell, kind: ColumnKind) -> str:
    """A cell as an accountant writes it: thousands, two decimals, parentheses for negative, a dash for zero.

    A positive amount ends in a space where a negative one has its parenthesis, so that decimals align.
    """
    if cell is None or cell == "":
        return ""
    if isinstance(cell, Decimal):
        if kind == "percent":
            return f"({-cell:,f}%)" if cell < 0 else f"{cell:,f}% "
        if kind in ("count", "days"):
            return f"{cell:,f}"
        if not cell:
            return f"{ZERO_SIGN} "
        return f"({money(-cell, ','):s})" if cell < 0 else f"{money(cell, ',')} "
    if isinstance(cell, int):
        return f"{cell:,d}"
    return str(cell)


def for_programs(cell: Cell, kind: ColumnKind) -> str | None:
    """A cell without ornament: ISO dates, plain decimals with a point, None for nothing."""
    if isinstance(cell, Decimal):
        return money(cell) if kind == "money" else f"{cell:f}"
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return None if cell is None else str(cell)


def money(amount: Decimal, thousands: str = "") -> str:
    """An amount with at least two decimals; more only where the books have more. Minus zero is zero."""
    if not thousands:
        plain = str(amount)
        if plain[-3:-2] == ".":  # in cents, as nearly all are
            return plain.removeprefix("-") if not amount else plain
    exponent = amount.as_tuple().exponent
    places = _CENTS
    if isinstance(exponent, int) and exponent < -_CENTS:
        exponent = amount.normalize().as_tuple().exponent
        places = max(_CENTS, -exponent) if isinstance(exponent, int) else _CENTS
    text = f"{amount:{thousands}.{places}f}"
    return text.removeprefix("-") if not amount else text
