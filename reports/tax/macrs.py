"""MACRS: the percentages of a property's recovery years, by life, day of service and convention (`macrs.toml`)."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final

_HUNDRED: Final = Decimal(100)
_ZERO: Final = Decimal()
_HALF: Final = Decimal("0.5")
_ALTERNATES: Final = 9  # from the tenth year on
_SECOND_HALF: Final = 6


def percentages(life: Decimal, placed: datetime.date, *, mid_quarter: bool) -> tuple[Decimal, ...] | None:
    """The percent of each recovery year, the first one first; they sum to 100. None where there is no table."""
    real = _tables()["mid_month"].get(_key(life))
    if real is not None:
        return _real(life, placed, real)
    convention = f"quarter_{quarter(placed)}" if mid_quarter else "half_year"
    found = _tables()[convention].get(_key(life))
    return None if found is None else tuple(map(Decimal, found))


def is_real(life: Decimal) -> bool:
    """Whether a life is that of real property, which has the mid-month convention."""
    return _key(life) in _tables()["mid_month"]


def of_last_year(life: Decimal, disposed: datetime.date, *, mid_quarter: bool) -> Decimal:
    """The part of the year's amount that is allowed in the year of disposal (Publication 946, chapter 4)."""
    if is_real(life):
        return (disposed.month - _HALF) / 12
    return Decimal(2 * quarter(disposed) - 1) / 8 if mid_quarter else _HALF


def quarter(day: datetime.date) -> int:
    """The quarter of a day, from 1."""
    return (day.month + 2) // 3


def _real(life: Decimal, placed: datetime.date, table: Mapping[str, Any]) -> tuple[Decimal, ...]:
    """Real property's years: the first by its month, then alike, then what is left."""
    found = [Decimal(table["first"][placed.month - 1])]
    turn = 0 if placed.month <= _SECOND_HALF else 1
    while sum(found) < _HUNDRED:
        at = len(found)
        percent = Decimal(table["then"][0 if at < _ALTERNATES else (at + turn) % 2])
        found.append(min(percent, _HUNDRED - sum(found, _ZERO)))
    # rounding may leave less than a thousandth for one year more than the life has
    if len(found) > int(life) + (life != int(life)) + 1:
        found[-2:] = [found[-2] + found[-1]]
    return tuple(found)


def _key(life: Decimal) -> str:
    return f"{Decimal(life).normalize():f}"


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((files("daysheet.reports.tax") / "macrs.toml").read_text(encoding="utf-8"))
