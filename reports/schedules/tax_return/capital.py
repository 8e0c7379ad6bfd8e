"""Partners' capital by the tax basis method, and an S corporation's accumulated adjustments account, year by year.

A partner's account goes on from year to year by what is on the return: it begins as the books' equity, less what the
return had deducted more than the books when they began.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.reports.accounts.activity import activity
from daysheet.reports.period import Period, year
from daysheet.reports.request import Request
from daysheet.reports.schedules.return_depreciation import lines_of
from daysheet.reports.schedules.tax_return.figures import returned
from daysheet.reports.schedules.tax_return.owners import first_year, moves, owners
from daysheet.reports.schedules.tax_return.schedule_k import EXEMPT, GUARANTEED, Item, items
from daysheet.reports.statements.partners import divided, shares_on
from daysheet.tax_facts import AccumulatedAdjustments

_ZERO: Final = Decimal()
_PARTNERSHIP: Final = "1065"


class Capital(NamedTuple):
    """An account's year; credits positive, `decreases` and `withdrawn` what they take off."""

    begin: Decimal = _ZERO
    contributed: Decimal = _ZERO
    income: Decimal = _ZERO
    increases: Decimal = _ZERO
    decreases: Decimal = _ZERO
    withdrawn: Decimal = _ZERO

    @property
    def end(self) -> Decimal:
        """What it ends at."""
        return self.begin + self.contributed + self.income + self.increases - self.decreases - self.withdrawn

    def lines(self) -> Iterator[tuple[str, Decimal]]:
        """Item L as the form asks for it, its end left out."""
        yield "Beginning capital account", self.begin
        yield "Capital contributed during the year", self.contributed
        yield "Current year net income or loss", self.income
        if self.increases or self.decreases:
            yield "Other increase or decrease", self.increases - self.decreases
        yield "Withdrawals and distributions", -self.withdrawn


class Adjustments(NamedTuple):
    """The year of an accumulated adjustments account; `begin` is None where nobody has said what it began with."""

    begin: Decimal | None
    ordinary: Decimal
    additions: Decimal
    reductions: Decimal
    distributed: Decimal

    @property
    def combined(self) -> Decimal | None:
        """Before distributions."""
        if self.begin is None:
            return None
        return self.begin + self.ordinary + self.additions - self.reductions

    @property
    def taken(self) -> Decimal:
        """The distributions from it: never more than what is in it."""
        return min(self.distributed, max(self.combined or _ZERO, _ZERO))

    @property
    def end(self) -> Decimal | None:
        """What is left."""
        return None if self.combined is None else self.combined - self.taken


def tax_capital(request: Request) -> dict[str, Capital]:
    """Each partner's account in the year of the period; empty for another return, or a period that is no year."""
    first = first_year(request.books)
    if request.settings.practice.returns != _PARTNERSHIP or not request.period.is_year or first is None:
        return {}
    if not owners(request):
        return {}
    begin: dict[str, Decimal] = {}
    found: dict[str, Capital] = {}
    for number in range(first, request.period.last.year + 1):
        period = year(number)
        held = moves(request, period)
        if number == first:
            begin = {owner: moved.opening for owner, moved in held.items()}
            older = -timing(request, number, at_end=False)
            for owner, part in divided(older, shares_on(request.books, period.first)).items():
                begin[owner] = begin.get(owner, _ZERO) + part
        found = {}
        lines = items(request, period)
        for owner in dict.fromkeys([*owners(request), *begin, *held, ""]):
            moved = held.get(owner)
            income, more, less = (_of(lines, owner, kind) for kind in ("income", "more", "less"))
            into, out = (moved.contributed, moved.withdrawn) if moved else (_ZERO, _ZERO)
            found[owner] = Capital(begin.get(owner, _ZERO), into, income, more, less, out)
        begin = {owner: capital.end for owner, capital in found.items()}
    return {owner: capital for owner, capital in found.items() if any(capital) or owner}


def whole_capital(request: Request) -> Capital:
    """The partnership's own account (Schedule M-2): begins with the balance sheet's equity, timing differences off."""
    held = moves(request, request.period)
    lines = items(request, request.period)
    opening = sum((moved.opening for moved in held.values()), _ZERO)
    earned = activity(request.books, request.basis).earned_before(request.period.first)
    begin = opening - earned - timing(request, request.period.last.year, at_end=False)
    income, more, less = (sum((_of(lines, owner, kind) for owner in _owners_in(lines)), _ZERO) for kind in _KINDS)
    return Capital(
        begin,
        sum((moved.contributed for moved in held.values()), _ZERO),
        income,
        more,
        less,
        sum((moved.withdrawn for moved in held.values()), _ZERO),
    )


def timing(request: Request, number: int, *, at_end: bool) -> Decimal:
    """What the return has deducted more than the books for the assets held at the beginning or the end of a year."""
    period = year(number)
    found = _ZERO
    for item in lines_of(Request(request.books, request.settings, period, request.basis)):
        asset = item.standing.asset
        if item.deducted is None or (at_end and item.standing.disposed_by(period.last)):
            continue
        if asset.since.year < number:
            found += item.before - item.standing.before
        if at_end:
            found += item.deducted.total - item.standing.current
    return found - returned(request, period if at_end else year(number - 1)).carried


def accumulated_adjustments(request: Request) -> Adjustments:
    """The accumulated adjustments account in the year of the period."""
    first = first_year(request.books)
    last = request.period.last.year
    facts = [fact for fact in request.books.tax_facts if isinstance(fact, AccumulatedAdjustments)]
    said = [fact for fact in facts if fact.since <= request.period.first]
    begin: Decimal | None = None
    start = last
    if said:
        begin, start = said[-1].balance, said[-1].since.year
    elif first is not None and not sum((m.opening for m in moves(request, year(first)).values()), _ZERO):
        begin, start = _ZERO, first
    found = _adjustments(request, year(last), None)
    for number in range(start, last + 1):
        found = _adjustments(request, year(number), begin)
        begin = found.end
    return found


def _adjustments(request: Request, period: Period, begin: Decimal | None) -> Adjustments:
    lines = {item.word: item for item in items(request, period)}
    ordinary = lines["ordinary"].amount if "ordinary" in lines else _ZERO
    more = less = _ZERO
    for word, item in lines.items():
        if word == "ordinary" or not (item.counts or word == "not-deductible"):
            continue
        amount = item.amount * (item.counts or -1)
        more, less = more + max(amount, _ZERO), less - min(amount, _ZERO)
    distributed = lines["distributions"].amount if "distributions" in lines else _ZERO
    return Adjustments(begin, ordinary, more, less, distributed)


_KINDS: Final = ("income", "more", "less")


def _owners_in(lines: list[Item]) -> list[str]:
    return list(dict.fromkeys(owner for item in lines for owner in item.by_owner))


def _of(lines: list[Item], owner: str, kind: str) -> Decimal:
    """An owner's part of what a kind of line adds to or takes off the account."""
    found = _ZERO
    for item in lines:
        amount = item.by_owner.get(owner, _ZERO)
        if kind == "income" and item.word != GUARANTEED:
            found += amount * item.counts
        elif (kind, item.word) in (("more", EXEMPT), ("less", "not-deductible")):
            found += amount
    return found
