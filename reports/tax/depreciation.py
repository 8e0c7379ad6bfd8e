"""Depreciation of one asset in the books, year by year.

Straight line counts the month of service as a whole one and the month of disposal as none. MACRS, where the books
follow it, takes the tables of IRS Publication 946 (`macrs`), without Section 179 and bonus depreciation, which are
deductions of the return (`return_depreciation`, which also keeps passenger automobiles within their limits).
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from daysheet.errors import DaysheetError
from daysheet.reports.tax import macrs
from daysheet.tax_facts import Asset

_ZERO: Final = Decimal()
_CENT: Final = Decimal("0.01")
_LAST_QUARTER: Final = Decimal("0.40")
_SEPTEMBER: Final = 9


def depreciation(asset: Asset, disposed: datetime.date | None, year: int, *, mid_quarter: bool = False) -> Decimal:
    """The depreciation of a calendar year, to the cent; the amounts of all years sum to the depreciable cost.

    Raises:
        DaysheetError: MACRS has no table for the asset's life.
    """
    if asset.method == "none" or year < asset.since.year or (disposed is not None and year > disposed.year):
        return _ZERO
    if asset.method == "macrs":
        return recovery(asset, asset.cost, asset.life, disposed, year, mid_quarter=mid_quarter)
    return _through(asset, disposed, year) - _through(asset, disposed, year - 1)


def recovery(
    asset: Asset, basis: Decimal, life: Decimal, disposed: datetime.date | None, year: int, *, mid_quarter: bool
) -> Decimal:
    """The MACRS amount of a calendar year on a basis, in the currency of the basis.

    Raises:
        DaysheetError: there is no table for the life, or none with the mid-quarter convention.
    """
    percents = macrs.percentages(life, asset.since, mid_quarter=mid_quarter)
    if percents is None:
        convention = "mid-quarter" if mid_quarter else "half-year"
        raise DaysheetError(
            f'MACRS has no {convention} table for a life of {life} years (asset "{asset.id}")',
            filename=asset.meta.get("filename"),
            line=asset.meta.get("lineno"),
            remedy="its recovery periods are 3, 5, 7, 10, 15, 20, 27.5 and 39 years",
        )
    at = year - asset.since.year
    if at < 0 or at >= len(percents) or (disposed is not None and year > disposed.year):
        return _ZERO
    amounts: list[Decimal] = []
    for percent in percents[: at + 1]:
        amounts.append(min(_of(basis, percent), basis - sum(amounts, _ZERO)))
    if at == len(percents) - 1:
        return basis - sum(amounts[:-1], _ZERO)
    if disposed is not None and disposed.year == year:
        part = macrs.of_last_year(life, disposed, mid_quarter=mid_quarter)
        return _ZERO if at == 0 else (amounts[-1] * part).quantize(_CENT, ROUND_HALF_UP)
    return amounts[-1]


def straight_line(
    placed: datetime.date,
    basis: Decimal,
    life: Decimal,
    disposed: datetime.date | None,
    year: int,
    *,
    mid_quarter: bool,
) -> Decimal:
    """The amount of a calendar year under the alternative depreciation system, in the currency of the basis.

    Straight line over `life` years, half a year in the first or, with the mid-quarter convention, from the middle of
    the quarter (IRS Publication 946, chapter 4, "Figuring the Deduction Without Using the Tables").
    """
    first = Decimal(9 - 2 * macrs.quarter(placed)) / 8 if mid_quarter else Decimal("0.5")
    at = year - placed.year
    if at < 0 or (disposed is not None and (year > disposed.year or at == 0)):
        return _ZERO
    before, through = (max(_ZERO, min(years, life)) for years in (first + at - 1, first + at))
    before = before if at else _ZERO
    amount = (basis * through / life).quantize(_CENT, ROUND_HALF_UP) - (basis * before / life).quantize(
        _CENT, ROUND_HALF_UP
    )
    if disposed is not None and disposed.year == year:
        part = macrs.of_last_year(life, disposed, mid_quarter=mid_quarter)
        return (amount * part).quantize(_CENT, ROUND_HALF_UP)
    return amount


def is_mid_quarter(bases: Collection[tuple[datetime.date, Decimal]]) -> bool:
    """Whether more than 40% of a year's personal property came into service in its last three months (IRC 168(d)(3)).

    Args:
        bases: the day of service and the basis of each, real property and what was disposed of in the year left out.
    """
    late = sum((basis for placed, basis in bases if placed.month > _SEPTEMBER), _ZERO)
    return late > _LAST_QUARTER * sum((basis for _, basis in bases), _ZERO)


def _through(asset: Asset, disposed: datetime.date | None, year: int) -> Decimal:
    """Straight-line depreciation from the month of service to the end of a year."""
    months = _months(asset.since, datetime.date(year, 12, 31)) + 1
    if disposed is not None:
        months = min(months, _months(asset.since, disposed))
    months = max(0, min(months, int(asset.life * 12)))
    return ((asset.cost - asset.salvage) * months / (asset.life * 12)).quantize(_CENT, ROUND_HALF_UP)


def _months(first: datetime.date, last: datetime.date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _of(cost: Decimal, percent: Decimal) -> Decimal:
    return (cost * percent / 100).quantize(_CENT, ROUND_HALF_UP)
