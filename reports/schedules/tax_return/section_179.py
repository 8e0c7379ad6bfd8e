"""How much of the cost elected under Section 179 a year deducts, and what is carried to the next (Form 4562, Part I).

The deduction is no more than the year's dollar limit, and no more than the income of the business before it (IRC
179(b)(3), 26 CFR 1.179-2(c)): ordinary income with gains of Form 4797 and interest of working capital, before what its
owners are paid. A sole proprietor's limit takes all that the owner, and on a joint return the spouse, earns in other
businesses or as an employee, which these books do not hold; a fact says it for a year, and what was carried into it:

    2026-01-01 custom "owner-earnings" 85000.00 USD
      section-179-carried: 4000.00 USD
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.reports.formats.figures import money
from daysheet.reports.request import Request
from daysheet.reports.schedules.fixed_assets import standings
from daysheet.reports.tax.lines import ENTITIES
from daysheet.reports.tax.return_depreciation import section_179_limit
from daysheet.tax_facts import OwnerEarnings

_ZERO: Final = Decimal()


class Limited(NamedTuple):
    """The deduction of a year.

    Attributes:
        elected: of what came into service in the year.
        before: what was carried into the year.
        income: of this business, before the deduction.
        other: what a sole proprietor earns elsewhere; None where nobody has said.
        dollars: the year's dollar limit; None for a year that is not known.
    """

    elected: Decimal
    before: Decimal
    income: Decimal
    other: Decimal | None
    dollars: Decimal | None

    @property
    def most(self) -> Decimal:
        """What may be deducted in the year."""
        earned = max(self.income + (self.other or _ZERO), _ZERO)
        return earned if self.dollars is None else min(earned, self.dollars)

    @property
    def deducted(self) -> Decimal:
        """What is deducted: the year's own election first."""
        return min(self.elected + self.before, self.most)

    @property
    def carried(self) -> Decimal:
        """What is carried to the next year."""
        return self.elected + self.before - self.deducted


def limited(request: Request, elected: Decimal, before: Decimal, income: Decimal) -> Limited:
    """The deduction of the calendar year of the period.

    Args:
        request: the year.
        elected: of what came into service in it.
        before: what the year before carried to it.
        income: of this business in it, before the deduction.
    """
    year, said = request.period.last.year, _said(request)
    if said is not None and said.carried is not None:
        before = said.carried
    bought = (item.asset.cost for item in standings(request.books, year) if item.asset.since.year == year)
    other = _ZERO if request.settings.practice.returns in ENTITIES else None if said is None else said.amount
    return Limited(elected, before, income, other, section_179_limit(year, sum(bought, _ZERO)))


def has_carried(request: Request) -> bool:
    """Whether a fact says that something was carried into the year of the period."""
    said = _said(request)
    return said is not None and bool(said.carried)


def may_be_carried(request: Request) -> bool:
    """Whether the years before that of the period may have carried something into it."""
    year = request.period.last.year
    if any(item.asset.section_179 and item.asset.since.year < year for item in standings(request.books, year)):
        return True
    return any(bool(fact.carried) and fact.since.year < year for fact in _facts(request))


def notes(found: Limited | None) -> Iterator[str]:
    """What is said of the deduction beside the lines of a sole proprietor's return."""
    if found is None:
        return
    if found.carried or found.before:
        yield (
            f"Section 179: {money(found.elected, ',')} of this year and {money(found.before, ',')} carried into it;"
            f" {money(found.deducted, ',')} is deducted, within {_income(found)}, and {money(found.carried, ',')} is"
            " carried to the next year (Form 4562, line 13)."
        )
    else:
        yield f"Section 179: all {money(found.deducted, ',')} is deducted, within {_income(found)}."
    if found.other is None:
        yield (
            "That limit takes what the owner (and on a joint return the spouse) earns in other businesses and as an"
            " employee, which was taken as nothing."
        )


def asked(request: Request, found: Limited | None) -> Iterator[tuple[str, Decimal]]:
    """What to ask: an election above the year's limit, and a deduction that what is earned elsewhere would let."""
    if found is None:
        return
    year = request.period.last.year
    if found.dollars is None and found.elected:
        yield f"Section 179: the limit of {year} is not known to this program", found.elected
    elif found.dollars is not None and found.elected > found.dollars:
        yield (
            f"Section 179: the limit of {year} is {money(found.dollars, ',')}; which elections are less?",
            found.elected,
        )
    gone = [item for item in standings(request.books, year) if item.disposed_by(request.period.last)]
    if found.before and any(item.asset.section_179 for item in gone):
        yield (
            "Property was disposed of while some of Section 179 is carried: its basis grows by what of its own was"
            " never deducted (26 CFR 1.179-3(f))",
            found.before,
        )
    if found.other is None and found.carried:
        yield (
            "Section 179 is held back by this practice's net profit alone: what do the owner and the spouse earn in"
            " other businesses and as employees?",
            found.carried,
        )


def _income(found: Limited) -> str:
    """What the deduction is within, in words."""
    if found.dollars is not None and found.most == found.dollars:
        return f"the year's limit of {money(found.dollars, ',')}"
    if found.income + (found.other or _ZERO) <= 0:
        return "no income of the business"
    elsewhere = f" and {money(found.other, ',')} earned elsewhere" if found.other else ""
    return f"the business's income of {money(found.income, ',')}{elsewhere}"


def _said(request: Request) -> OwnerEarnings | None:
    """What a sole proprietor's books say of the year; an entity's limit is its own income."""
    held = [fact for fact in _facts(request) if fact.since.year == request.period.last.year]
    return held[-1] if held else None


def _facts(request: Request) -> list[OwnerEarnings]:
    if request.settings.practice.returns in ENTITIES:
        return []
    return [fact for fact in request.books.tax_facts if isinstance(fact, OwnerEarnings)]
