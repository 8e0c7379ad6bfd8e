"""Depreciation of one asset, year by year.

Straight line counts the month of service as a whole one and the month of disposal as none. MACRS takes the half-year
table of IRS Publication 946 (`macrs.toml`); in the year of disposal half of that year's amount is allowed, but all of
the recovery period's last year, which is a half already. Neither Section 179 nor bonus depreciation is taken here:
they are elections that the accountant makes.
"""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from typing import Final

from daysheet.errors import DaysheetError
from daysheet.tax_facts import Asset

_ZERO: Final = Decimal()
_CENT: Final = Decimal("0.01")


def depreciation(asset: Asset, disposed: datetime.date | None, year: int) -> Decimal:
    """The depreciation of a calendar year, to the cent; the amounts of all years sum to the depreciable cost.

    Raises:
        DaysheetError: MACRS has no table for the asset's life.
    """
    if asset.method == "none" or year < asset.since.year or (disposed is not None and year > disposed.year):
        return _ZERO
    if asset.method == "macrs":
        return _macrs(asset, disposed, year)
    return _through(asset, disposed, year) - _through(asset, disposed, year - 1)


def accumulated(asset: Asset, disposed: datetime.date | None, year: int) -> Decimal:
    """The depreciation of all years to the end of a calendar year."""
    years = range(asset.since.year, year + 1)
    return sum((depreciation(asset, disposed, each) for each in years), _ZERO)


def _through(asset: Asset, disposed: datetime.date | None, year: int) -> Decimal:
    """Straight-line depreciation from the month of service to the end of a year."""
    months = _months(asset.since, datetime.date(year, 12, 31)) + 1
    if disposed is not None:
        months = min(months, _months(asset.since, disposed))
    months = max(0, min(months, asset.life * 12))
    return ((asset.cost - asset.salvage) * months / (asset.life * 12)).quantize(_CENT, ROUND_HALF_UP)


def _months(first: datetime.date, last: datetime.date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _macrs(asset: Asset, disposed: datetime.date | None, year: int) -> Decimal:
    table = _tables().get(str(asset.life))
    if table is None:
        raise DaysheetError(
            f'MACRS has no half-year table for a life of {asset.life} years (asset "{asset.id}")',
            filename=asset.meta.get("filename"),
            line=asset.meta.get("lineno"),
            remedy=f"its recovery periods are {', '.join(_tables())}",
        )
    at = year - asset.since.year
    if at >= len(table):
        return _ZERO
    amounts: list[Decimal] = []
    for percent in table[: at + 1]:
        amounts.append(min(_of(asset.cost, percent), asset.cost - sum(amounts, _ZERO)))
    if at == len(table) - 1:
        return asset.cost - sum(amounts[:-1], _ZERO)
    if disposed is not None and disposed.year == year:
        return _ZERO if at == 0 else (amounts[-1] / 2).quantize(_CENT, ROUND_HALF_UP)
    return amounts[-1]


def _of(cost: Decimal, percent: Decimal) -> Decimal:
    return (cost * percent / 100).quantize(_CENT, ROUND_HALF_UP)


@cache
def _tables() -> Mapping[str, tuple[Decimal, ...]]:
    text = (files("daysheet.reports.tax") / "macrs.toml").read_text(encoding="utf-8")
    return {life: tuple(map(Decimal, percents)) for life, percents in tomllib.loads(text).items()}
