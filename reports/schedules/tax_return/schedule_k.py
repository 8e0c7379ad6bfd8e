"""Schedule K: the return's own result, what is separately stated, and each owner's part of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import Final, NamedTuple

from daysheet.reports.period import Period
from daysheet.reports.request import Request
from daysheet.reports.schedules.tax_return.figures import GAIN, Part, Returned, returned, total
from daysheet.reports.schedules.tax_return.owners import is_limited, moves, paid_to, share_out
from daysheet.reports.table import Column, Row, Table
from daysheet.reports.tax import lines as taxlines
from daysheet.reports.tax.schedules import Schedules, said_of, schedules, title_of

_ZERO: Final = Decimal()
GUARANTEED: Final = "guaranteed-payments"
EXEMPT: Final = "tax-exempt-interest"
DIVIDENDS: Final = "dividends"
QUALIFIED: Final = "qualified-dividends"
EMPLOYED: Final = "self-employment"
_DEDUCTIONS: Final = ("charity", "section-179")
UNSAID: Final = "no account of the books is of qualified dividends"
_CARRIED: Final = "Section 179 beyond the income of the business, carried to the next year"


class Item(NamedTuple):
    """A line of Schedule K.

    Attributes:
        word: what it is.
        line: as the form numbers it.
        title: as printed.
        amount: as the form shows it, a deduction positive.
        by_owner: each owner's part; under an empty id what is of none.
        counts: whether it is in the income of the return (1), a deduction from it (-1), or neither (0).
    """

    word: str
    line: str
    title: str
    amount: Decimal
    by_owner: dict[str, Decimal]
    counts: int


def items(request: Request, period: Period) -> list[Item]:
    """The lines of Schedule K that anything is on, ordinary income always; none for a return without the schedule."""
    returns = request.settings.practice.returns
    lines, edition = schedules(returns, period.last.year), taxlines.edition(returns, period.last.year)
    if lines is None or edition is None:
        return []
    key = ("schedule k", returns, request.basis, period.first, period.last)
    work = partial(_items, request, period, edition, lines.k)
    return request.books.once(key, lambda: sorted(work(), key=lambda item: _order(item.line)))


def income_of(found: Iterable[Item]) -> Decimal:
    """The income of the return: Schedule K's income less its deductions."""
    return sum((item.amount * item.counts for item in found), _ZERO)


def _items(request: Request, period: Period, edition: taxlines.Edition, k: Mapping[str, str]) -> Iterator[Item]:
    found = returned(request, period)
    shared = partial(_shared, request, period)
    form = [part for word in edition.lines for part in found.parts.get(word, ())]
    yield shared("ordinary", k["ordinary"], title_of("ordinary"), form, -1, 1)
    paid = found.parts.get(GUARANTEED, ())
    if paid and GUARANTEED in k:
        by_owner: dict[str, Decimal] = {}
        for part in paid:
            for owner, amount in paid_to(request, part.account, period).items():
                by_owner[owner] = by_owner.get(owner, _ZERO) + amount
        yield Item(GUARANTEED, k[GUARANTEED], title_of(GUARANTEED), total(paid), by_owner, 1)
    yield from _separate(found, edition, k, shared)
    if EMPLOYED in k:
        yield _employed(request, period, edition, k[EMPLOYED], found)
    kept_off = [part for word, parts in found.off.items() if word is not None for part in parts]
    if kept_off:
        yield shared("not-deductible", k["not-deductible"], title_of("not-deductible"), kept_off, 1, 0)
    withdrawn = {owner: moved.withdrawn for owner, moved in moves(request, period).items() if moved.withdrawn}
    if withdrawn:
        amount = sum(withdrawn.values(), _ZERO)
        yield Item("distributions", k["distributions"], title_of("distributions"), amount, withdrawn, 0)


def _separate(
    found: Returned, edition: taxlines.Edition, k: Mapping[str, str], shared: Callable[..., Item]
) -> Iterator[Item]:
    """What is separately stated by its word, and which of the dividends are qualified."""
    for word, line in edition.separate.items():
        parts = found.parts.get(word, ())
        if word == DIVIDENDS:  # the qualified ones are ordinary ones as well
            parts = (*parts, *found.parts.get(QUALIFIED, ()))
        if parts and word != QUALIFIED:
            sign, counts = (1, -1) if word in _DEDUCTIONS else (-1, 0 if word == EXEMPT else 1)
            yield shared(word, line, taxlines.words()[word], parts, sign, counts)
    if QUALIFIED in found.parts:
        yield shared(QUALIFIED, k[QUALIFIED], title_of(QUALIFIED), found.parts[QUALIFIED], -1, 0)


def _employed(request: Request, period: Period, edition: taxlines.Edition, line: str, found: Returned) -> Item:
    """Net earnings from self-employment: ordinary income but gains of Form 4797, and guaranteed payments.

    A limited partner's are guaranteed payments alone (Instructions for Form 1065, worksheet for line 14a).
    """
    words = [word for word in edition.lines if word != GAIN]
    earned = share_out(request, [part for word in words for part in found.parts.get(word, ())], period)
    by_owner = {who: -a for who, a in earned.items() if not is_limited(request, who, period.last)}
    for part in found.parts.get(GUARANTEED, ()):
        for owner, amount in paid_to(request, part.account, period).items():
            by_owner[owner] = by_owner.get(owner, _ZERO) + amount
    return Item(EMPLOYED, line, title_of(EMPLOYED), sum(by_owner.values(), _ZERO), by_owner, 0)


def _shared(
    request: Request, period: Period, word: str, line: str, title: str, parts: Iterable[Part], sign: int, counts: int
) -> Item:
    held = list(parts)
    divided = {owner: amount * sign for owner, amount in share_out(request, held, period).items()}
    return Item(word, line, title, total(held) * sign, divided, counts)


def _order(line: str) -> tuple[int, str]:
    """Lines as the form numbers them: 4 before 11."""
    number = re.search(r"\d+", line)
    return (int(number[0]) if number else 0, line)


def schedule_k(request: Request) -> Table:
    """Schedule K of the entity's return, for two years."""
    columns = (
        Column("line", "Line"),
        Column("title", "Description"),
        Column("current", request.period.label, "money"),
        Column("prior", request.period.prior.label, "money"),
    )
    years = [items(request, period) for period in (request.period, request.period.prior)]
    lines = schedules(request.settings.practice.returns, request.period.last.year)
    rows: list[Row] = []
    if lines is not None and any(item.amount for found in years for item in found):
        sums = [{item.word: item for item in found} for found in years]
        every = {word: item for found in reversed(sums) for word, item in found.items()}
        for word, one in sorted(every.items(), key=lambda pair: _order(pair[1].line)):
            known = [found.get(word) for found in sums]
            amounts = [_ZERO if item is None else item.amount for item in known]
            rows.append(Row("line", (one.line, one.title, *amounts)))
            if word == DIVIDENDS and QUALIFIED not in every:
                rows.append(Row("note", (lines.k[QUALIFIED], f"{title_of(QUALIFIED)}: {UNSAID}", None, None)))
        carried = [returned(request, period).carried for period in (request.period, request.period.prior)]
        if any(carried):
            rows.append(Row("note", ("4562 13", _CARRIED, *carried)))
        last = "reconciliation" if "reconciliation" in lines.k else "analysis"
        rows.append(Row("total", (lines.k[last], title_of(last), *(income_of(found) for found in years))))
    notes = tuple(_notes(lines, request.period.last.year)) if rows and lines else ("This return has no Schedule K.",)
    return request.table("schedule-k", "Schedule K", columns, rows, notes)


def _notes(lines: Schedules, year: int) -> Iterator[str]:
    yield said_of(lines, year)
    if EMPLOYED in lines.k:
        yield (
            f"{lines.k[EMPLOYED]} takes every partner for one who works in the practice, but those who are declared"
            " limited partners."
        )
    yield (
        "Not worked out here: credits, foreign taxes, alternative minimum tax items and what the owners need for"
        " sections 199A, 163(j) and 461(l)."
    )
