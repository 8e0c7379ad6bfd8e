"""What the return shows of a year, by tax-line word, and what the books have more or less than it.

The return's depreciation is that of Form 4562, its gains are those of Form 4797, and of meals it deducts a part. Where
the deduction of an asset is not known the books' depreciation stands, and the problem is said. Amounts are signed as
Beancount signs them: an expense is positive.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple

from daysheet.reports.accounts.activity import activity
from daysheet.reports.period import Period, year
from daysheet.reports.request import Request
from daysheet.reports.schedules.fixed_assets import standings
from daysheet.reports.schedules.return_depreciation import Gain, lines_of
from daysheet.reports.schedules.tax_return.section_179 import Limited, has_carried, limited, may_be_carried
from daysheet.reports.tax import lines as taxlines

_ZERO: Final = Decimal()
_CENT: Final = Decimal("0.01")
_HUNDRED: Final = Decimal(100)
DEPRECIATION: Final = "depreciation"
SECTION_179: Final = "section-179"
GAIN: Final = "gain-4797"
SECTION_1231: Final = "section-1231"
MEALS: Final = "meals"
INTEREST: Final = "interest-income"
_PAID_TO_OWNERS: Final = ("guaranteed-payments", "officers")
_DAYS: Final = 365
CREDITS: Final = (GAIN, SECTION_1231)
"""Words whose amounts are income though no account may hold them."""


class Part(NamedTuple):
    """An amount of an account, or of none, on a line of the return.

    Attributes:
        account: whose it is; empty where no account holds it.
        amount: debits positive.
        says: printed behind the account's title.
        day: of a disposal.
        is_account: whether it is what moved in the account, or a part of that in proportion.
    """

    account: str
    amount: Decimal
    says: str = ""
    day: datetime.date | None = None
    is_account: bool = True


class Returned(NamedTuple):
    """A period's amounts.

    Attributes:
        parts: what the return shows, by word.
        off: what the books have and the return has on no line, by word; None for accounts without one.
        timing: what the books have less the return, by word: depreciation and gains.
        problems: why the books' depreciation stands instead of the return's.
        carried: what was elected under Section 179 and is carried to the next year.
        expensed: how that comes about; None where nothing is elected or carried.
    """

    parts: Mapping[str, tuple[Part, ...]]
    off: Mapping[str | None, tuple[Part, ...]]
    timing: Mapping[str, tuple[Part, ...]]
    problems: tuple[str, ...]
    carried: Decimal
    expensed: Limited | None = None

    def sum_of(self, words: Iterable[str]) -> Decimal:
        """What the return shows of some words."""
        return total(part for word in words for part in self.parts.get(word, ()))


def total(parts: Iterable[Part]) -> Decimal:
    """The sum of some parts."""
    return sum((part.amount for part in parts), _ZERO)


def returned(request: Request, period: Period) -> Returned:
    """What the return shows of a period; of one that is no calendar year the books' depreciation and gains stand."""
    returns = request.settings.practice.returns
    key = ("returned", returns, request.basis, period.first, period.last)
    return request.books.once(key, lambda: _returned(replace(request, period=period)))


def _returned(request: Request) -> Returned:
    found: dict[str | None, list[Part]] = defaultdict(list)
    off: dict[str | None, list[Part]] = defaultdict(list)
    timing: dict[str, list[Part]] = defaultdict(list)
    period, returns = request.period, request.settings.practice.returns
    disposed = _gains_by_name(request)
    for account in activity(request.books, request.basis).under("Income", "Expenses"):
        amount = account.change(period)
        if amount:
            word = taxlines.word_in(request.books, returns, account.name)
            if word is None and account.name in disposed:
                word = GAIN
            found[word].append(Part(account.name, amount))
    edition = taxlines.edition(returns, period.last.year)
    problems: tuple[str, ...] = ()
    expensed: Limited | None = None
    if edition is not None:
        _divide_meals(found, off, period.last.year)
        if found and period.is_year:
            problems, elected = _as_deducted(request, found, timing)
            if not problems:
                expensed = _limit_179(request, edition, found, timing, elected)
    parts: dict[str, tuple[Part, ...]] = {}
    for word, group in found.items():
        if word is None or edition is None or not edition.line_of(word):
            off[word] += group
        else:
            kept = tuple(part for part in group if part.amount)
            if kept:
                parts[word] = kept
    left_off = {word: tuple(group) for word, group in off.items()}
    late = {word: tuple(group) for word, group in timing.items()}
    return Returned(parts, left_off, late, problems, expensed.carried if expensed else _ZERO, expensed)


def _gains_by_name(request: Request) -> frozenset[str]:
    """Accounts that hold nothing in the period but the gains and losses on declared assets."""
    gone = {
        (item.asset.account, item.disposal.date)
        for item in standings(request.books, request.period.last.year)
        if item.disposal is not None
    }
    if not gone:
        return frozenset()
    return frozenset(
        account.name
        for account in activity(request.books, request.basis).under("Income", "Expenses")
        if (lines := account.within(request.period))
        and all(any((leg.account, line.date) in gone for leg in line.entry.postings) for line in lines)
    )


def _divide_meals(found: dict[str | None, list[Part]], off: dict[str | None, list[Part]], year: int) -> None:
    """Take of meals what is not deductible off the line."""
    percent = taxlines.deductible_meals(year)
    if percent is None or MEALS not in found:
        return
    kept = []
    for part in found[MEALS]:
        amount = (part.amount * percent / _HUNDRED).quantize(_CENT, ROUND_HALF_UP)
        kept.append(Part(part.account, amount))
        rest = part.amount - amount
        if rest:
            off[MEALS].append(Part(part.account, rest, ", not deductible"))
    found[MEALS] = kept


def _as_deducted(
    request: Request, found: dict[str | None, list[Part]], timing: dict[str, list[Part]]
) -> tuple[tuple[str, ...], Decimal]:
    """Put the return's depreciation and gains in the place of the books'; what is not known stays, and is said.

    Returns: what is not known, and what of the depreciation is elected under Section 179.
    """
    lines = lines_of(request)
    problems = tuple(item.problem for item in lines if item.problem)
    if problems:
        return problems, _ZERO
    elected = _ZERO
    deductions = [item.deducted for item in lines if item.deducted is not None]
    if deductions:
        elected = sum((item.section_179 for item in deductions), _ZERO)
        whole = sum((item.total for item in deductions), _ZERO)
        booked = found.pop(DEPRECIATION, [])
        account = booked[0].account if len(booked) == 1 else ""
        found[DEPRECIATION] = [Part(account, whole, "" if account else "Form 4562", is_account=False)]
        name = ", books less return" if account else "Depreciation, books less return"
        timing[DEPRECIATION] = [Part(account, total(booked) - whole, name)]
    gains = [(item.standing.disposal.date, item.gain) for item in lines if item.gain and item.standing.disposal]
    gains += _of_what_is_not_written_off(request)
    within = [(day, gain) for day, gain in gains if request.period.first <= day <= request.period.last]
    if within:
        booked = found.pop(GAIN, [])
        account = booked[0].account if len(booked) == 1 else ""
        found[GAIN] = [Part("", -gain.ordinary, "Form 4797", day) for day, gain in within if gain.ordinary]
        found[SECTION_1231] = [Part("", -g.section_1231, "Form 4797", day) for day, g in within if g.section_1231]
        whole = -sum((gain.gain for _, gain in within), _ZERO)
        name = ", return less books" if account else "Gains, return less books"
        timing[GAIN] = [Part(account, total(booked) - whole, name)]
    return (), elected


def _limit_179(
    request: Request,
    edition: taxlines.Edition,
    found: dict[str | None, list[Part]],
    timing: dict[str, list[Part]],
    elected: Decimal,
) -> Limited | None:
    """Take Section 179 off the form's depreciation, and deduct it as far as its limits let (`section_179`).

    An entity states it apart; on Schedule C it is on the line of depreciation. What is over is carried on.
    """
    number = request.period.last.year
    before = returned(request, year(number - 1)).carried if may_be_carried(request) else _ZERO
    if not elected and not before and not has_carried(request):
        return None
    for part in found.get(DEPRECIATION, ())[:1]:
        found[DEPRECIATION][0] = part._replace(amount=part.amount - elected)
    words = {*edition.lines, GAIN, SECTION_1231, INTEREST} - set(_PAID_TO_OWNERS)
    income = -total(part for word in words for part in found.get(word, ()))
    held = limited(request, elected, before, income)
    if held.deducted and SECTION_179 in edition.separate:
        found[SECTION_179] = [Part("", held.deducted, "Form 4562", is_account=False)]
    elif held.deducted:
        found[DEPRECIATION].append(Part("", held.deducted, "Section 179, Form 4562", is_account=False))
    if held.carried != held.before:
        name = "Section 179, carried less carried before"
        timing[DEPRECIATION] = [*timing.get(DEPRECIATION, ()), Part("", held.carried - held.before, name)]
    return held


def _of_what_is_not_written_off(request: Request) -> list[tuple[datetime.date, Gain]]:
    """The gains on assets that are never written off, such as land: of section 1231 when held for over a year."""
    found = []
    for item in standings(request.books, request.period.last.year):
        if item.asset.method == "none" and item.disposal is not None:
            gain = item.disposal.proceeds - item.asset.cost
            short = (item.disposal.date - item.asset.since).days <= _DAYS
            found.append((item.disposal.date, Gain(item.disposal.proceeds, _ZERO, gain, gain if short else _ZERO)))
    return found
