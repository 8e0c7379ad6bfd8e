"""Depreciation as the return deducts it, beside that of the books, and what was disposed of, for Form 4797.

Below stands what may have been booked the other way: single expenses over the de minimis safe harbor, and declared
assets within it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple

from daysheet.accounting.metadata import inherited
from daysheet.errors import DaysheetError
from daysheet.reports.accounts.activity import activity
from daysheet.reports.formats.figures import money
from daysheet.reports.request import Request
from daysheet.reports.schedules.fixed_assets import Standing, standings
from daysheet.reports.statements.ledger import narration
from daysheet.reports.table import Column, Row, Table
from daysheet.reports.tax import macrs
from daysheet.reports.tax.lines import ENTITIES
from daysheet.reports.tax.return_depreciation import (
    Deduction,
    Elections,
    bonus_percent,
    de_minimis,
    deduction,
    elections,
    section_179_limit,
    through,
    waits,
)

_ZERO: Final = Decimal()
_CENT: Final = Decimal("0.01")
_HUNDRED: Final = Decimal(100)
_WORDS: Final = ("repairs", "supplies", "office-expense", "other-expense")
_WIDTH: Final = 10


class Gain(NamedTuple):
    """What a disposal brought over what the return had not deducted yet, and how much of it is ordinary.

    The rest is of section 1231. The part that was not of the business is in neither.
    """

    price: Decimal
    deducted: Decimal
    gain: Decimal
    ordinary: Decimal

    @property
    def section_1231(self) -> Decimal:
        """What is not ordinary."""
        return self.gain - self.ordinary


class Line(NamedTuple):
    """An asset in the return's schedule; where what is deducted is not known it is None, and `problem` says why."""

    standing: Standing
    before: Decimal
    deducted: Deduction | None
    problem: str

    @property
    def gain(self) -> Gain | None:
        """Of a disposal, for Form 4797: ordinary as far as it was deducted (IRC 1245), all of it within a year."""
        disposal, asset = self.standing.disposal, self.standing.asset
        if disposal is None or self.deducted is None:
            return None
        use = asset.business_use / _HUNDRED
        price, cost = ((amount * use).quantize(_CENT, ROUND_HALF_UP) for amount in (disposal.proceeds, asset.cost))
        deducted = self.before + self.deducted.total
        gain = price - (cost - deducted)
        if disposal.date <= _anniversary(asset.since):
            return Gain(price, deducted, gain, gain)
        real = macrs.is_real(asset.tax_life or _ZERO)
        return Gain(price, deducted, gain, _ZERO if real else max(_ZERO, min(gain, deducted)))


def _anniversary(day: datetime.date) -> datetime.date:
    """The same day a year later: what is sold on it was held a year, and not more."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if leap else day.day)


def lines_of(request: Request) -> list[Line]:
    """Every asset in service in the year that the period ends in."""
    year, rules = request.period.last.year, elections(request.books)
    return [_line(item, year, rules) for item in standings(request.books, year) if item.asset.method != "none"]


def return_depreciation(request: Request) -> Table:
    """The year's deductions asset by asset, disposals with their gain, and what to look at."""
    columns = (
        Column("asset", "Asset"),
        Column("in_service", "In service", "date", shown="wide"),
        Column("life", "Life, convention", shown="wide"),
        Column("cost", "Cost", "money"),
        Column("before", "Deducted before", "money"),
        Column("section_179", "Section 179", "money", shown="wide"),
        Column("bonus", "Bonus", "money"),
        Column("regular", "MACRS", "money"),
        Column("books", "Books", "money"),
        Column("difference", "Return less books", "money"),
    )
    found = lines_of(request)
    rows = (*_rows(request, found), *_disposals(found, request), *_review(request, found))
    notes = tuple(_notes(request, found))
    return request.table("return-depreciation", "Depreciation for the return", columns, rows, notes, has_basis=False)


def passed_through(request: Request) -> Iterator[tuple[str, Decimal]]:
    """What to say of each disposal in the period of property that an entity expensed under Section 179, and its gain.

    Its owners had the deduction and report the disposal (Instructions for Form 4797, "Disposition by a Partnership or
    S Corporation of Section 179 Property").
    """
    if request.settings.practice.returns not in ENTITIES:
        return
    for item in lines_of(request):
        disposal, gain = item.standing.disposal, item.gain
        if disposal is None or gain is None or not item.standing.asset.section_179:
            continue
        if request.period.first <= disposal.date <= request.period.last:
            name = item.standing.asset.name
            yield (
                f"{name} was expensed under Section 179: its owners report the disposal (Schedule K-1), and its gain is"
                " to leave Form 4797 and the lines of this return",
                gain.gain,
            )


def _line(item: Standing, year: int, rules: Elections) -> Line:
    gone = None if item.disposal is None else item.disposal.date
    try:
        before = through(item.asset, gone, year - 1, rules)
        return Line(item, before, deduction(item.asset, gone, year, rules), "")
    except DaysheetError as problem:
        return Line(item, _ZERO, None, problem.message)


def _rows(request: Request, found: list[Line]) -> Iterator[Row]:
    sums = [_ZERO] * 7
    rules = elections(request.books)
    for item in found:
        asset = item.standing.asset
        if item.deducted is None:
            booked = None if item.standing.problem else item.standing.current
            yield Row("line", (asset.name, asset.since, "not known", asset.cost, None, None, None, None, booked, None))
            continue
        year = asset.since.year
        late = year in rules.mid_quarter
        convention = "mid-month" if macrs.is_real(asset.tax_life or _ZERO) else "mid-quarter" if late else "half-year"
        amounts = [asset.cost, item.before, *item.deducted, item.standing.current]
        amounts.append(item.deducted.total - item.standing.current)
        sums = [total + part for total, part in zip(sums, amounts, strict=True)]
        yield Row("line", (asset.name, asset.since, f"{asset.tax_life} years, {convention}", *amounts))
    if found:
        yield Row("total", ("Total", None, None, *sums))


def _disposals(found: list[Line], request: Request) -> Iterator[Row]:
    """Form 4797: the price, what was deducted, and the gain, ordinary as far as it was deducted (IRC 1245)."""
    gone = [item for item in found if item.standing.disposed_by(request.period.last) and item.deducted is not None]
    if gone:
        yield Row("heading", ("Disposals, for Form 4797", *(None,) * (_WIDTH - 1)))
    for item in gone:
        disposal, asset, found_gain = item.standing.disposal, item.standing.asset, item.gain
        if disposal is None or found_gain is None:
            continue
        for title, amount in (
            ("price", found_gain.price), ("deducted before", found_gain.deducted), ("gain or loss", found_gain.gain),
            ("ordinary, section 1245", found_gain.ordinary),
        ):  # fmt: skip
            yield Row("line", (f"{asset.name}: {title}", disposal.date, None, amount, *(None,) * (_WIDTH - 4)), 1)


def _review(request: Request, found: list[Line]) -> Iterator[Row]:
    """Single expenses over the safe harbor that may have to be capitalised, and assets that may be expensed."""
    limit = de_minimis()
    over: list[tuple[datetime.date, str, Decimal]] = []
    for account in activity(request.books, request.basis).under("Expenses"):
        if inherited(request.books, account.name, "tax-line") in _WORDS:
            over += [
                (line.date, narration(line.entry), line.amount)
                for line in account.within(request.period)
                if line.amount > limit
            ]
    if over:
        yield Row("heading", (f"Expenses over {limit:,f}, to be looked at", *(None,) * (_WIDTH - 1)))
    for day, text, amount in sorted(over):
        yield Row("line", (text, day, None, amount, *(None,) * (_WIDTH - 4)), 1)
    small = [
        item.standing.asset
        for item in found
        if item.standing.asset.since.year == request.period.last.year and item.standing.asset.cost <= limit
    ]
    if small:
        yield Row("heading", (f"Assets within {limit:,f}, which may be expensed", *(None,) * (_WIDTH - 1)))
    for asset in small:
        yield Row("line", (asset.name, asset.since, None, asset.cost, *(None,) * (_WIDTH - 4)), 1)


def _notes(request: Request, found: list[Line]) -> Iterator[str]:
    year, rules = request.period.last.year, elections(request.books)
    if not found:
        yield "No asset is declared that is written off."
        return
    for item in found:
        if item.problem:
            yield f"{item.problem[:1].upper()}{item.problem[1:]}."
    new = [item for item in found if item.deducted is not None and item.standing.asset.since.year == year]
    automatic = [i for i in new if i.standing.asset.bonus is None and bonus_percent(i.standing.asset, rules.begins)]
    if automatic:
        out = [_line(_without_bonus(item.standing), year, rules) for item in found]
        without = sum((item.deducted.total for item in out if item.deducted is not None), _ZERO)
        names = ", ".join(item.standing.asset.name for item in automatic)
        yield (
            f"Bonus depreciation is automatic unless elected out (IRC 168(k)(7)), which nobody has said of: {names}."
            f" Without it the year's depreciation would be {money(without, ',')}."
        )
    older = [i.standing.asset.name for i in found if i.standing.asset.bonus is None and not _since(i, rules)]
    if older:
        yield f"No bonus depreciation is taken for what is older than the books; nobody has said: {', '.join(older)}."
    waiting = [i.standing.asset.name for i in found if i.deducted is not None and waits(i.standing.asset, rules.begins)]
    if waiting:
        yield (
            f"{', '.join(waiting)}: of an automobile with bonus depreciation of all of its cost, what the first year's"
            " limit leaves waits until the recovery period is over (IRC 280F(a)(1)(B)). The safe harbor of Rev. Proc."
            " 2019-13, by which it is deducted sooner, is for service through 2022 and without Section 179."
        )
    yield from (f"{text}." for text, _ in passed_through(request))
    if year in rules.mid_quarter:
        yield "The mid-quarter convention applies: over 40% of the year's property came in the last three months."
    yield from _limit(year, new)


def _since(item: Line, rules: Elections) -> bool:
    return item.standing.asset.since >= rules.begins


def _without_bonus(item: Standing) -> Standing:
    return item._replace(asset=item.asset._replace(bonus=False)) if item.asset.bonus is None else item


def _limit(year: int, new: list[Line]) -> Iterator[str]:
    """What is said of the elections under Section 179."""
    elected = sum((item.standing.asset.section_179 for item in new), _ZERO)
    if not elected:
        return
    limit = section_179_limit(year, sum((item.standing.asset.cost for item in new), _ZERO))
    if limit is None:
        yield f"The limit of Section 179 for {year} is not known to this program."
    elif elected > limit:
        yield f"Section 179: {money(elected, ',')} is elected, and {money(limit, ',')} is the limit of {year}."
    else:
        yield f"Section 179: the limit of {year} is {money(limit, ',')}, and never more than the business's income."
