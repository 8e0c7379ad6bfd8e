"""Fixed assets: what was bought, written off and disposed of, tied to the ledger."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.books import Books
from daysheet.errors import DaysheetError
from daysheet.reports.accounts.activity import activity
from daysheet.reports.accounts.titles import Titles
from daysheet.reports.formats.figures import money
from daysheet.reports.request import Request
from daysheet.reports.table import Column, Row, Table
from daysheet.reports.tax import macrs
from daysheet.reports.tax.depreciation import is_mid_quarter
from daysheet.reports.tax.return_depreciation import booked
from daysheet.tax_facts import Asset, Disposal

_ZERO: Final = Decimal()


class Standing(NamedTuple):
    """An asset in a year: its disposal, if it was, and its depreciation before and in that year.

    `problem` says why there is no depreciation to show, where there is none.
    """

    asset: Asset
    disposal: Disposal | None
    before: Decimal
    current: Decimal
    problem: str = ""

    def disposed_by(self, day: datetime.date) -> bool:
        """Whether it was gone at the end of a day."""
        return self.disposal is not None and self.disposal.date <= day


def fixed_assets(request: Request) -> Table:
    """The assets in service in the calendar year that the period ends in, additions and disposals marked."""
    columns = (
        Column("asset", "Asset"),
        Column("in_service", "In service", "date"),
        Column("method", "Method", shown="wide"),
        Column("cost", "Cost", "money"),
        Column("before", "Prior depr.", "money"),
        Column("current", "This year", "money"),
        Column("book", "Book value", "money"),
        Column("gain", "Gain or loss", "money", shown="wide"),
    )
    found = standings(request.books, request.period.last.year)
    rows, notes = _rows(found, request), _notes(found, request)
    return request.table("fixed-assets", "Fixed assets and depreciation", columns, rows, notes, has_basis=False)


def standings(books: Books, year: int) -> list[Standing]:
    """The assets in service in a calendar year, by account and day of service."""
    disposals = {fact.asset: fact for fact in books.tax_facts if isinstance(fact, Disposal)}
    late_years = _mid_quarter_years(books, disposals)
    found = []
    for asset in (fact for fact in books.tax_facts if isinstance(fact, Asset)):
        disposal = disposals.get(asset.id)
        if asset.since.year > year or (disposal is not None and disposal.date.year < year):
            continue
        gone = None if disposal is None else disposal.date
        late = asset.since.year in late_years
        try:
            earlier = range(asset.since.year, year)
            before = sum((booked(asset, gone, each, mid_quarter=late) for each in earlier), _ZERO)
            current = booked(asset, gone, year, mid_quarter=late)
        except DaysheetError as problem:
            found.append(Standing(asset, disposal, _ZERO, _ZERO, problem.message))
            continue
        found.append(Standing(asset, disposal, before, current))
    return sorted(found, key=lambda item: (item.asset.account, item.asset.since, item.asset.id))


def _mid_quarter_years(books: Books, disposals: dict[str, Disposal]) -> frozenset[int]:
    """The years in which books that follow MACRS have the mid-quarter convention, by what was bought in them."""
    bases: dict[int, list[tuple[datetime.date, Decimal]]] = {}
    for asset in (fact for fact in books.tax_facts if isinstance(fact, Asset)):
        gone = disposals.get(asset.id)
        same_year = gone is not None and gone.date.year == asset.since.year
        if asset.method == "macrs" and not macrs.is_real(asset.life) and not same_year:
            bases.setdefault(asset.since.year, []).append((asset.since, asset.cost))
    return frozenset(year for year, held in bases.items() if is_mid_quarter(held))


def _rows(found: list[Standing], request: Request) -> Iterator[Row]:
    year, last = request.period.last.year, request.period.last
    groups = (
        ("Held since before", [s for s in found if s.asset.since.year < year and not s.disposed_by(last)]),
        ("Additions", [s for s in found if s.asset.since.year == year and not s.disposed_by(last)]),
        ("Disposals", [s for s in found if s.disposed_by(last)]),
    )
    for title, members in groups:
        if not members:
            continue
        yield Row("heading", (title, *(None,) * 7))
        yield from (_row(item) for item in members)
        yield _total("subtotal", f"Total {title.lower()}", members)
    if found:
        yield _total("total", "Total", found)


def _row(item: Standing) -> Row:
    asset = item.asset
    method = asset.method if asset.method == "none" else f"{asset.method}, {asset.life} years"
    if item.problem:
        return Row("line", (asset.name, asset.since, method, asset.cost, None, None, None, None), 1)
    book = asset.cost - item.before - item.current
    gain = None if item.disposal is None else item.disposal.proceeds - book
    return Row("line", (asset.name, asset.since, method, asset.cost, item.before, item.current, book, gain), 1)


def _total(kind: str, title: str, members: list[Standing]) -> Row:
    cost = sum((item.asset.cost for item in members), _ZERO)
    before = sum((item.before for item in members), _ZERO)
    current = sum((item.current for item in members), _ZERO)
    sums = (cost, before, current, cost - before - current, None)
    return Row("total" if kind == "total" else "subtotal", (title, None, None, *sums))


def held_cost(found: list[Standing], day: datetime.date) -> dict[str, Decimal]:
    """The cost of the assets held at the end of a day, by the account that carries them."""
    costs: dict[str, Decimal] = {}
    for item in found:
        if item.asset.since <= day and not item.disposed_by(day):
            costs[item.asset.account] = costs.get(item.asset.account, _ZERO) + item.asset.cost
    return costs


def _notes(found: list[Standing], request: Request) -> Iterator[str]:
    if not found:
        yield 'No asset is declared: write DATE custom "asset" "ID" "NAME" with its cost, account, method and life.'
        return
    moved = activity(request.books, request.basis)
    titles = Titles(request.books)
    for account, cost in sorted(held_cost(found, request.period.last).items()):
        held = moved.accounts.get(account)
        balance = held.balance(request.period.last) if held else _ZERO
        agrees = "agrees with" if balance == cost else "differs from"
        yield f"Cost in {titles.whole(account)}: {money(cost, ',')}, which {agrees} the ledger's {money(balance, ',')}."
    for item in found:
        if item.problem:
            yield f"{item.asset.name} is not written off here: {item.problem}."
    followed = [item.asset for item in found if item.asset.method == "macrs" and not item.problem]
    if followed:
        disposals = {item.asset.id: item.disposal for item in found if item.disposal}
        late = sorted({asset.since.year for asset in followed} & _mid_quarter_years(request.books, disposals))
        yield "The books follow MACRS (tables of IRS Pub. 946), without Section 179 and bonus depreciation."
        for year in late:
            yield f"Property of {year} has the mid-quarter convention: over 40% of it came in the last three months."
