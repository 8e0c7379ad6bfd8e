"""How one cell is written, for people and for programs."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Final

from daysheet.reports.table import Cell, ColumnKind

ZERO_SIGN: Final = "–"
CENTS: Final = 2


def for_people(cell: Cell, kind: ColumnKind, places: int = CENTS) -> str:
    """A cell as an accountant writes it: thousands, decimals, parentheses for negative, a dash for zero.

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
        return f"({money(-cell, ',', places)})" if cell < 0 else f"{money(cell, ',', places)} "
    if isinstance(cell, int):
        return f"{cell:,d}"
    return str(cell)


def for_programs(cell: Cell, kind: ColumnKind, places: int = CENTS) -> str | None:
    """A cell without ornament: ISO dates, plain decimals with a point, None for nothing."""
    if isinstance(cell, Decimal):
        return money(cell, "", places) if kind == "money" else f"{cell:f}"
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return None if cell is None else str(cell)


def money(amount: Decimal, thousands: str = "", least: int = CENTS) -> str:
    """An amount with the decimals of its currency; more only where the books have more. Minus zero is zero.

    Args:
        amount: in any currency.
        thousands: what stands between thousands.
        least: how many decimals the currency has; one that has none gets none.
    """
    if not least:
        text = f"{amount:{thousands}.0f}"
        return text if amount.to_integral_value() else text.removeprefix("-")
    if not thousands and least == CENTS:
        plain = str(amount)
        if plain[-3:-2] == ".":  # in cents, as nearly all are
            return plain.removeprefix("-") if not amount else plain
    exponent = amount.as_tuple().exponent
    places = least
    if isinstance(exponent, int) and exponent < -least:
        exponent = amount.normalize().as_tuple().exponent
        places = max(least, -exponent) if isinstance(exponent, int) else least
    text = f"{amount:{thousands}.{places}f}"
    return text.removeprefix("-") if not amount else text
