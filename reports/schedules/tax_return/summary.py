"""What goes on each line of the tax return, the accounts that it is the sum of, and how it leads to the net income."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.reports.accounts.titles import Titles
from daysheet.reports.request import Request
from daysheet.reports.schedules.tax_return import section_179
from daysheet.reports.schedules.tax_return.figures import CREDITS, MEALS, Part, Returned, returned, total
from daysheet.reports.table import Column, Row, RowKind, Table
from daysheet.reports.tax import lines as taxlines
from daysheet.reports.tax.lines import Edition
from daysheet.tax_facts import Asset

_ZERO: Final = Decimal()
_WHOLE: Final = 100
_RECEIPTS: Final = ("gross-receipts", "returns")
_PROFIT: Final = (*_RECEIPTS, "cost-of-goods")
_OTHER: Final = ("other-income", "finance-charges", "gain-4797")
_INCOME: Final = (*_PROFIT, *_OTHER)
_DEDUCTED: Final = ("returns", "cost-of-goods")
_UNLISTED: Final = "No line named yet"
_ELSEWHERE: Final = "On no line of this form"
_TIMING: Final = "Deductions, books less return"


class Entry(NamedTuple):
    """An account's part of a line: this year's and last year's, debits positive."""

    account: str
    current: Decimal
    prior: Decimal
    says: str = ""

    @property
    def is_income(self) -> bool:
        """Whether it is of an income account."""
        return self.account.startswith("Income")


class _Group(NamedTuple):
    """A line of the return; `income` says that credits print positive."""

    line: str
    heading: str
    income: bool
    entries: list[Entry]

    def sums(self) -> tuple[Decimal, Decimal]:
        sign = -1 if self.income else 1
        return (
            sum((entry.current for entry in self.entries), _ZERO) * sign,
            sum((entry.prior for entry in self.entries), _ZERO) * sign,
        )


def tax_lines(request: Request) -> Table:
    """The lines of the practice's return for the year that the period ends in, which end at the net income."""
    edition = taxlines.edition(request.settings.practice.returns, request.period.last.year)
    columns = (
        Column("line", "Line"),
        Column("title", "Description"),
        Column("account", "Account name", shown="data"),
        Column("current", request.period.label, "money"),
        Column("prior", request.period.prior.label, "money"),
        Column("change", "Change", "money"),
    )
    title = f"Tax-line summary, {edition.form}" if edition else "Tax-line summary"
    return request.table("tax-lines", title, columns, _rows(request, edition), _notes(request, edition))


def unlisted(request: Request) -> list[Part]:
    """The income and expense accounts whose line nobody has named."""
    return list(returned(request, request.period).off.get(None, ()))


def marked_as(request: Request, word: str) -> list[Part]:
    """What is on no line because the books say so by a word."""
    return list(returned(request, request.period).off.get(word, ()))


def form_totals(found: Returned, edition: Edition) -> dict[str, Decimal]:
    """The form's own sums of a period: `receipts`, `profit`, `income`, `deductions`, `result`."""
    income = -found.sum_of(word for word in _INCOME if word in edition.lines)
    deductions = found.sum_of(word for word in edition.lines if word not in _INCOME)
    return {
        "receipts": -found.sum_of(_RECEIPTS),
        "profit": -found.sum_of(_PROFIT),
        "income": income,
        "deductions": deductions,
        "result": income - deductions,
    }


def _rows(request: Request, edition: Edition | None) -> Iterator[Row]:
    current, prior = (returned(request, period) for period in (request.period, request.period.prior))
    titles = Titles(request.books)
    if edition is not None:
        sums = [form_totals(found, edition) for found in (current, prior)]
        yield from _form(edition, current, prior, sums, titles)
        apart = list(_groups(edition.separate, edition.separate, edition, current.parts, prior.parts))
        if apart:
            name = "Separately stated, Schedule K" if any(g.line.startswith("K") for g in apart) else "On other forms"
            yield Row("heading", (None, name, *(None,) * 4))
        for group in apart:
            yield from _group(group, titles)
    for heading, parts in _left(current).items():
        entries = _entries(parts, _left(prior)[heading])
        for income in (True, False):
            chosen = [e for e in entries if (e.is_income and heading != _TIMING) == income]
            if chosen:
                yield from _group(_Group("", heading, income, chosen), titles)
    whole = [-total(_everything(found)) for found in (current, prior)]
    yield _row("total", None, "Net income", *whole)


def _left(found: Returned) -> dict[str, list[Part]]:
    """What is on no line, by the heading that it stands under."""
    return {
        _TIMING: [part for group in found.timing.values() for part in group],
        _UNLISTED: list(found.off.get(None, ())),
        _ELSEWHERE: [part for word, group in found.off.items() if word is not None for part in group],
    }


def _form(
    edition: Edition, current: Returned, prior: Returned, sums: list[dict[str, Decimal]], titles: Titles
) -> Iterator[Row]:
    """The form's first page, with its own sums."""

    def total_of(name: str) -> Row:
        return _row("subtotal", edition.totals[name], edition.names[name], *(each[name] for each in sums))

    first = {word: line for word, line in edition.lines.items() if word in _INCOME}
    groups = list(_groups(first, edition.lines, edition, current.parts, prior.parts))
    has = {word for word in _DEDUCTED if word in current.parts or word in prior.parts}
    for after, words, needs in (
        ("receipts", _RECEIPTS, "returns"),
        ("profit", ("cost-of-goods",), "cost-of-goods"),
        ("income", _OTHER, ""),
    ):
        lines = {edition.lines.get(word) for word in words}
        for group in groups:
            if group.line in lines:
                yield from _group(group, titles)
        if needs in has or (not needs and groups):
            yield total_of(after)
    rest = {word: line for word, line in edition.lines.items() if word not in _INCOME}
    deducted = list(_groups(rest, edition.lines, edition, current.parts, prior.parts))
    for group in deducted:
        yield from _group(group, titles)
    if groups or deducted:
        yield total_of("deductions")
        yield total_of("result")


def _groups(
    words: Mapping[str, str],
    lines: Mapping[str, str],
    edition: Edition,
    current: Mapping[str, tuple[Part, ...]],
    prior: Mapping[str, tuple[Part, ...]],
) -> Iterator[_Group]:
    """The lines of some words, as the form numbers them (9 before 10, 16a before 16b), each with its accounts."""
    found: dict[tuple[str, str, bool], list[Entry]] = defaultdict(list)
    for word in words:
        heading = edition.title_of(word) if word in edition.lines else taxlines.words().get(word, word)
        for entry in _entries(current.get(word, ()), prior.get(word, ())):
            income = (entry.is_income or (not entry.account and word in CREDITS)) and word != "returns"
            found[lines[word], heading, income].append(entry)
    for (line, heading, income), entries in sorted(found.items(), key=lambda item: _order(*item[0])):
        yield _Group(line, heading, income, entries)


def _group(group: _Group, titles: Titles) -> Iterator[Row]:
    sums = group.sums()
    if len(group.entries) == 1 and group.line:
        yield _row("line", group.line, group.heading, *sums, account=group.entries[0].account or None)
        return
    sign = -1 if group.income else 1
    for entry in group.entries:
        title = titles[entry.account] + entry.says if entry.account else entry.says.removeprefix(", ")
        yield _row("line", None, title, entry.current * sign, entry.prior * sign, account=entry.account or None)
    yield _row("subtotal", group.line or "–", group.heading, *sums)


def _entries(current: Iterable[Part], prior: Iterable[Part]) -> list[Entry]:
    """The parts of two years side by side, each account once."""
    found: dict[tuple[str, str], list[Decimal]] = {}
    for at, parts in enumerate((current, prior)):
        for part in parts:
            found.setdefault((part.account, part.says), [_ZERO, _ZERO])[at] += part.amount
    return [Entry(account, sums[0], sums[1], says) for (account, says), sums in sorted(found.items()) if any(sums)]


def _everything(found: Returned) -> list[Part]:
    on_form = [part for group in found.parts.values() for part in group]
    return [*on_form, *(part for group in _left(found).values() for part in group)]


def _row(
    kind: RowKind, line: str | None, title: str, current: Decimal, prior: Decimal, *, account: str | None = None
) -> Row:
    return Row(kind, (line, title, account, current, prior, current - prior))


def _order(line: str, heading: str, income: bool) -> tuple[int, str, str, bool]:
    number = re.search(r"\d+", line)
    return (int(number[0]) if number else 0, line, heading, not income)


def _notes(request: Request, edition: Edition | None) -> Iterator[str]:
    returns, year = request.settings.practice.returns, request.period.last.year
    if edition is None:
        yield f'No lines are known for the return "{returns}" of {year}; amounts are by account only.'
        return
    yield f"Lines of {edition.form} of tax year {min(year, edition.through)} ({edition.source})."
    if year > edition.through:
        yield f"Check them against the form of {year}, which was not read for this and may number its lines otherwise."
    found = returned(request, request.period)
    if found.timing:
        yield "Depreciation and gains are those of Forms 4562 and 4797; what the books have more or less stands below."
    for problem in found.problems:
        yield f"Depreciation and gains are the books', because the return's are not known: {problem}."
    if returns not in taxlines.ENTITIES:
        yield from section_179.notes(found.expensed)
    if MEALS in found.parts:
        part, gross = taxlines.deductible_meals(year), total([*found.parts[MEALS], *found.off.get(MEALS, ())])
        if part is None:
            yield f"Meals are the full amount in the books: the part of {year} that is deductible depends on the meal."
        else:
            yield f"Of meals of {gross:,.2f} {part}% is deductible; the rest is on no line."
    if "car" in found.parts:
        yield from _vehicles(request, year)
    if returns == "schedule-c" and edition.totals["result"] == "31":
        yield "Line 31 is before expenses for business use of the home (line 30)."


def _vehicles(request: Request, year: int) -> Iterator[str]:
    """What is said of the expenses of vehicles that are not of the business alone."""
    assets = (fact for fact in request.books.tax_facts if isinstance(fact, Asset) and fact.since.year <= year)
    used = [f"{fact.name} {fact.business_use:f}%" for fact in assets if fact.vehicle and fact.business_use < _WHOLE]
    if used:
        yield f"Car and truck expenses are as booked; the business use is declared of: {', '.join(used)}."
