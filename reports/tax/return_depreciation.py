"""What the return deducts for an asset, year by year: Section 179, bonus depreciation, then MACRS on what is left.

Bonus depreciation is automatic unless elected out (IRC 168(k)(7)). Where a fact does not say `bonus`, it is taken for
what came into service since the books begin, and not for older property, of which the books cannot know what was filed.
Percentages and limits are in `elections.toml`, with their sources.
"""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

from beancount.core.data import Transaction
from daysheet.books import Books
from daysheet.errors import DaysheetError
from daysheet.reports.tax import macrs
from daysheet.reports.tax.depreciation import depreciation, is_mid_quarter, recovery, straight_line
from daysheet.tax_facts import Asset, Disposal

_ZERO: Final = Decimal()
_CENT: Final = Decimal("0.01")
_HUNDRED: Final = Decimal(100)
_LONGEST_BONUS: Final = 20
_LISTED: Final = 50
_FULL_LIMIT: Final = 2


class Deduction(NamedTuple):
    """What the return deducts for an asset in a year."""

    section_179: Decimal
    bonus: Decimal
    regular: Decimal

    @property
    def total(self) -> Decimal:
        """All of it."""
        return self.section_179 + self.bonus + self.regular


class Elections(NamedTuple):
    """What holds for all assets of some books: the years with the mid-quarter convention, and when the books begin."""

    mid_quarter: frozenset[int]
    begins: datetime.date


def elections(books: Books) -> Elections:
    """What holds for the assets of these books."""

    def work() -> Elections:
        assets = [fact for fact in books.tax_facts if isinstance(fact, Asset)]
        gone = {fact.asset: fact.date for fact in books.tax_facts if isinstance(fact, Disposal)}
        begins = next((entry.date for entry in books.entries if isinstance(entry, Transaction)), datetime.date.max)
        return Elections(mid_quarter_years(assets, gone), begins)

    return books.once("elections", work)


def mid_quarter_years(assets: Iterable[Asset], gone: Mapping[str, datetime.date]) -> frozenset[int]:
    """The years in which the mid-quarter convention holds for the return: by basis, Section 179 taken off."""
    bases: dict[int, list[tuple[datetime.date, Decimal]]] = {}
    for asset in assets:
        left = gone.get(asset.id)
        if asset.tax_life is None or macrs.is_real(asset.tax_life) or (left and left.year == asset.since.year):
            continue
        basis = asset.cost * asset.business_use / _HUNDRED - asset.section_179
        bases.setdefault(asset.since.year, []).append((asset.since, basis))
    return frozenset(year for year, held in bases.items() if is_mid_quarter(held))


def deduction(asset: Asset, disposed: datetime.date | None, year: int, rules: Elections) -> Deduction:
    """What the return deducts for an asset in a calendar year.

    Raises:
        DaysheetError: its recovery period, or a limit of that year, is not known; the message says which.
    """
    if asset.tax_life is None:
        raise _missing(asset, "its recovery period for the return is not said: write tax-life: 5")
    if asset.business_use <= _LISTED:
        _require_ads(asset)
    _require_sport_utility(asset)
    if year < asset.since.year or (disposed is not None and year > disposed.year):
        return Deduction(_ZERO, _ZERO, _ZERO)
    basis = (asset.cost * asset.business_use / _HUNDRED).quantize(_CENT, ROUND_HALF_UP)
    bonus = ((basis - asset.section_179) * bonus_percent(asset, rules.begins) / _HUNDRED).quantize(_CENT, ROUND_HALF_UP)
    if disposed is not None and disposed.year == asset.since.year:
        return Deduction(_ZERO, _ZERO, _ZERO)  # Treas. Reg. 1.168(k)-2(g)(1), 1.179-1(c)(1)
    if asset.vehicle == "passenger":
        return _automobile(asset, disposed, year, rules, basis, bonus)
    regular = _regular(asset, basis - asset.section_179 - bonus, disposed, year, rules)
    first = year == asset.since.year
    return Deduction(asset.section_179 if first else _ZERO, bonus if first else _ZERO, regular)


def booked(asset: Asset, disposed: datetime.date | None, year: int, *, mid_quarter: bool) -> Decimal:
    """The depreciation of a calendar year in the books; that of a passenger automobile by MACRS is within its limits.

    Raises:
        DaysheetError: MACRS has no table for its life, or the limits of its year are not known.
    """
    limited = asset.method == "macrs" and asset.vehicle == "passenger"
    if not limited or year < asset.since.year or (disposed is not None and year > disposed.year):
        return depreciation(asset, disposed, year, mid_quarter=mid_quarter)
    whole = asset._replace(tax_life=asset.life, business_use=_HUNDRED, section_179=_ZERO, bonus=False)
    rules = Elections(frozenset({asset.since.year} if mid_quarter else ()), datetime.date.max)
    return _automobile(whole, disposed, year, rules, asset.cost, _ZERO).regular


def through(asset: Asset, disposed: datetime.date | None, year: int, rules: Elections) -> Decimal:
    """What the return has deducted to the end of a calendar year."""
    return sum((deduction(asset, disposed, each, rules).total for each in range(asset.since.year, year + 1)), _ZERO)


def bonus_percent(asset: Asset, begins: datetime.date) -> Decimal:
    """The part of an asset's cost that is deducted in its first year.

    Raises:
        DaysheetError: the percentage of its year is not known.
    """
    wanted = asset.since >= begins if asset.bonus is None else asset.bonus
    if not wanted or asset.business_use <= _LISTED or asset.tax_life is None or asset.tax_life > _LONGEST_BONUS:
        return _ZERO
    rules = _rules()["bonus"]
    if (asset.acquired or asset.since) > datetime.date.fromisoformat(rules["full_after"]):
        return _HUNDRED
    said = rules.get(str(asset.since.year))
    if said is None:
        raise _missing(asset, f"the bonus percentage of {asset.since.year} is not known to this program")
    return Decimal(said)


def section_179_limit(year: int, bought: Decimal) -> Decimal | None:
    """What may be expensed under Section 179 in a year, after purchases of so much; None for a year not known."""
    said = _rules()["section_179"].get(str(year))
    if said is None:
        return None
    limit, above = Decimal(said[0]), Decimal(said[1])
    return max(_ZERO, limit - max(_ZERO, bought - above))


def de_minimis() -> Decimal:
    """What may be expensed for each item under the de minimis safe harbor."""
    return Decimal(_rules()["de_minimis"])


def _regular(asset: Asset, basis: Decimal, disposed: datetime.date | None, year: int, rules: Elections) -> Decimal:
    life = asset.tax_life or _ZERO
    mid_quarter = asset.since.year in rules.mid_quarter and not macrs.is_real(life)
    if asset.business_use <= _LISTED:
        return straight_line(asset.since, basis, asset.ads_life or life, disposed, year, mid_quarter=mid_quarter)
    return recovery(asset, basis, life, disposed, year, mid_quarter=mid_quarter)


def _automobile(
    asset: Asset, disposed: datetime.date | None, year: int, rules: Elections, basis: Decimal, bonus: Decimal
) -> Deduction:
    """A passenger automobile, each year within its limit; what the limits leave follows when the recovery is over.

    With bonus depreciation of all of it the later years follow the table on what the first year's limit left, as long
    as the safe harbor holds (`has_safe_harbor`).
    """
    said = _rules()["automobile"].get(str(asset.since.year))
    if said is None:
        raise _missing(asset, f"the limits for automobiles of {asset.since.year} are not known to this program")
    limits = [(Decimal(limit) * asset.business_use / _HUNDRED).quantize(_CENT, ROUND_HALF_UP) for limit in said]
    first = limits[0] if bonus else limits[1]
    at_once = min(asset.section_179 + bonus, first)
    left = basis - asset.section_179 - bonus
    table = left if left or not has_safe_harbor(asset) else basis - at_once
    taken = _ZERO
    for each in range(asset.since.year, year + 1):
        at = each - asset.since.year
        cap = first - at_once if at == 0 else limits[min(at, len(limits) - _FULL_LIMIT) + 1]
        due = _ZERO if at == 0 and not left else _regular(asset, table, disposed, each, rules)
        over = at > ((asset.ads_life if asset.business_use <= _LISTED else asset.tax_life) or _ZERO)
        amount = min(cap, basis - at_once - taken if over and disposed is None else due)
        taken += amount
    if year == asset.since.year:
        expensed = min(asset.section_179, at_once)
        return Deduction(expensed, at_once - expensed, amount)
    return Deduction(_ZERO, _ZERO, amount)


def has_safe_harbor(asset: Asset) -> bool:
    """Whether an automobile with all of its cost as bonus goes on by the table (Rev. Proc. 2019-13, section 4)."""
    return asset.since.year <= _rules()["automobile_safe_harbor"]["through"] and not asset.section_179


def waits(asset: Asset, begins: datetime.date) -> bool:
    """Whether an automobile is one of which the first year deducts all it may, and the next ones nothing."""
    return asset.vehicle == "passenger" and bonus_percent(asset, begins) == _HUNDRED and not has_safe_harbor(asset)


def _require_sport_utility(asset: Asset) -> None:
    """Of a sport utility vehicle over 6,000 pounds a part may be expensed under Section 179 (IRC 179(b)(5))."""
    if asset.vehicle != "suv" or not asset.section_179:
        return
    limit = _rules()["sport_utility"].get(str(asset.since.year))
    if limit is None:
        raise _missing(
            asset, f"the Section 179 limit of sport utility vehicles of {asset.since.year} is not known here"
        )
    if asset.section_179 > Decimal(limit):
        raise _missing(asset, f"of a sport utility vehicle no more than {limit} may be expensed under Section 179")


def _require_ads(asset: Asset) -> None:
    """Listed property used half or less for business: straight line under ADS, and nothing at once (IRC 280F(b))."""
    if asset.ads_life is None:
        raise _missing(
            asset, "used 50% or less for business, and its ADS recovery period is not said: write ads-life: 6"
        )
    if asset.section_179:
        raise _missing(asset, "used 50% or less for business, it may not be expensed under Section 179")


def _missing(asset: Asset, why: str) -> DaysheetError:
    return DaysheetError(
        f'asset "{asset.id}": {why}', filename=asset.meta.get("filename"), line=asset.meta.get("lineno")
    )


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads((files("daysheet.reports.tax") / "elections.toml").read_text(encoding="utf-8"))
