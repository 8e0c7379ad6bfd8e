"""What goes on each line of the tax return, and the accounts that it is the sum of."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple

from daysheet.reports.accounts.activity import activity
from daysheet.reports.accounts.titles import Titles
from daysheet.reports.request import Request
from daysheet.reports.table import Column, Row, RowKind, Table
from daysheet.reports.tax import lines as taxlines

_ZERO: Final = Decimal()
_CENT: Final = Decimal("0.01")
_ON_FORM, _SEPARATE, _OFF_FORM = 0, 1, 2
_INCOME: Final = ("gross-receipts", "returns", "cost-of-goods", "other-income", "gain-4797")
_UNLISTED: Final = "No line named yet"
_ELSEWHERE: Final = "On no line of this form"


class Entry(NamedTuple):
    """An account's part of a line: this year's and last year's, as the form shows it (an expense is positive)."""

    account: str
    current: Decimal
    prior: Decimal
    part: str = ""


def tax_lines(request: Request) -> Table:
    """The lines of the practice's return for the year that the period ends in; their sum is the net income."""
    returns = request.settings.practice.returns
    edition = taxlines.edition(returns, request.period.last.year)
    columns = (
        Column("line", "Line"),
        Column("title", "Description"),
        Column("account", "Account", shown="data"),
        Column("current", request.period.label, "money"),
        Column("prior", request.period.prior.label, "money"),
        Column("change", "Change", "money"),
    )
    title = f"Tax-line summary, {edition.form}" if edition else "Tax-line summary"
    return request.table("tax-lines", title, columns, _rows(request, edition), _notes(request, edition))


def by_word(request: Request) -> dict[str | None, list[Entry]]:
    """Income and expense accounts by the tax-line word that they carry; None for those without one."""
    moved = activity(request.books, request.basis)
    found: dict[str | None, list[Entry]] = defaultdict(list)
    for account in moved.under("Income", "Expenses"):
        current, prior = account.change(request.period), account.change(request.period.prior)
        if current or prior:
            found[taxlines.word_of(request.books, account.name)].append(Entry(account.name, current, prior))
    return found


def _rows(request: Request, edition: taxlines.Edition | None) -> Iterator[Row]:
    titles = Titles(request.books)
    groups = _grouped(request, edition)
    net, sums_of = [_ZERO, _ZERO], {True: [_ZERO, _ZERO], False: [_ZERO, _ZERO]}
    before, was_income = None, False
    for (line, heading, income), entries in sorted(groups.items(), key=lambda item: _line_order(*item[0])):
        kind = _kind(line)
        is_income = income or line in _income_lines(edition)
        if before is not None and edition is not None and was_income > (kind == _ON_FORM and is_income):
            yield _row("subtotal", edition.totals["income"], "Total income", *sums_of[True])
        was_income = kind == _ON_FORM and is_income
        if before == _ON_FORM and kind != before and edition is not None:
            yield from _totals(edition, sums_of)
        if kind == _SEPARATE != before:
            yield Row("heading", (None, "Separately stated", *(None,) * 4))
        before = kind
        sign = -1 if income else 1
        sums = [sum((e.current for e in entries), _ZERO) * sign, sum((e.prior for e in entries), _ZERO) * sign]
        net = [total - part * sign for total, part in zip(net, sums, strict=True)]
        if kind == _ON_FORM:
            weight = -sign if is_income else 1
            sums_of[is_income] = [a + b * weight for a, b in zip(sums_of[is_income], sums, strict=True)]
        if len(entries) == 1 and line:
            yield _row("line", line, heading, *sums, account=entries[0].account)
            continue
        for entry in entries:
            yield _row("line", None, titles[entry.account] + entry.part, *_signed(entry, sign), account=entry.account)
        yield _row("subtotal", line or "–", heading, *sums)
    if before == _ON_FORM and edition is not None:
        if was_income:
            yield _row("subtotal", edition.totals["income"], "Total income", *sums_of[True])
        yield from _totals(edition, sums_of)
    yield _row("total", None, "Net income", *net)


def _grouped(request: Request, edition: taxlines.Edition | None) -> dict[tuple[str, str, bool], list[Entry]]:
    """The accounts by line, by the words of it, and by whether they are income."""
    lines = edition.lines if edition else {}
    described = taxlines.words()
    groups: dict[tuple[str, str, bool], list[Entry]] = defaultdict(list)
    for word, entries in by_word(request).items():
        line = lines.get(word or "", "")
        heading = described.get(word or "", word or "") if line else _UNLISTED if word is None else _ELSEWHERE
        for entry in entries:
            income = entry.account.startswith("Income") and word != "returns"
            if word == "meals" and line:
                deductible, rest = _meals(request, entry)
                groups[line, heading, income].append(deductible)
                if rest.current or rest.prior:
                    groups["", _ELSEWHERE, False].append(rest)
            else:
                groups[line, heading, income].append(entry)
    return groups


def _meals(request: Request, entry: Entry) -> tuple[Entry, Entry]:
    """What of meals is deductible by each year's part, and what is not."""
    amounts: list[Decimal] = []
    for amount, period in ((entry.current, request.period), (entry.prior, request.period.prior)):
        part = taxlines.deductible_meals(period.last.year)
        amounts.append(amount if part is None else (amount * part / 100).quantize(_CENT, ROUND_HALF_UP))
    rest = (entry.current - amounts[0], entry.prior - amounts[1])
    deductible = Entry(entry.account, amounts[0], amounts[1])
    return deductible, Entry(entry.account, *rest, ", not deductible")


def _totals(edition: taxlines.Edition, sums_of: dict[bool, list[Decimal]]) -> Iterator[Row]:
    """The form's own sums under the income: total deductions, and what they leave."""
    income, deductions = sums_of[True], sums_of[False]
    result = [a - b for a, b in zip(income, deductions, strict=True)]
    yield _row("subtotal", edition.totals["deductions"], "Total deductions", *deductions)
    name = "Net profit" if edition.short.startswith("Sch") else "Ordinary business income"
    yield _row("subtotal", edition.totals["result"], name, *result)


def _income_lines(edition: taxlines.Edition | None) -> frozenset[str]:
    """The lines that come before total income."""
    lines = edition.lines if edition else {}
    return frozenset(lines[word] for word in _INCOME if word in lines)


def _kind(line: str) -> int:
    """Whether a line is on the form's first page, of its Schedule K, or none."""
    return _OFF_FORM if not line else _SEPARATE if line.startswith("K") else _ON_FORM


def _signed(entry: Entry, sign: int) -> tuple[Decimal, Decimal]:
    return entry.current * sign, entry.prior * sign


def _row(
    kind: RowKind, line: str | None, title: str, current: Decimal, prior: Decimal, *, account: str | None = None
) -> Row:
    return Row(kind, (line, title, account, current, prior, current - prior))


def _line_order(line: str, heading: str, income: bool) -> tuple[int, int, str, str, bool]:
    """Lines as the form numbers them (9 before 10, 16a before 16b); Schedule K after them, what is on none last."""
    number = re.search(r"\d+", line)
    return (_kind(line), int(number[0]) if number else 0, line, heading, not income)


def _notes(request: Request, edition: taxlines.Edition | None) -> Iterator[str]:
    returns, year = request.settings.practice.returns, request.period.last.year
    if edition is None:
        yield f'No lines are known for the return "{returns}" of {year}; amounts are by account only.'
        return
    yield f"Lines of {edition.form} as of tax year {edition.since} ({edition.source})."
    if taxlines.is_newest(edition, returns) and year > edition.since:
        yield f"Check them against the form for {year}, which may number its lines otherwise."
    if "meals" in by_word(request):
        part = taxlines.deductible_meals(year)
        whole = sum((entry.current for entry in by_word(request)["meals"]), _ZERO)
        if part is None:
            yield f"Meals are the full amount in the books: the part of {year} that is deductible depends on the meal."
        else:
            yield f"Of meals of {whole:,.2f} {part}% is deductible; the rest is on no line."
