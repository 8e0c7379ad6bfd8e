"""What goes on each line of the tax return, and the accounts that it is the sum of."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.reports.accounts.activity import activity
from daysheet.reports.accounts.titles import Titles
from daysheet.reports.request import Request
from daysheet.reports.table import Column, Row, RowKind, Table
from daysheet.reports.tax import lines as taxlines

_ZERO: Final = Decimal()
_UNLISTED: Final = "No line named yet"
_ELSEWHERE: Final = "On no line of this form"


class Entry(NamedTuple):
    """An account's part of a line: this year's and last year's, as the form shows it (an expense is positive)."""

    account: str
    current: Decimal
    prior: Decimal


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
    lines = edition.lines if edition else {}
    described = taxlines.words()
    groups: dict[tuple[str, str, bool], list[Entry]] = defaultdict(list)
    for word, entries in by_word(request).items():
        line = lines.get(word or "", "")
        heading = described.get(word or "", word or "") if line else _UNLISTED if word is None else _ELSEWHERE
        for entry in entries:
            income = entry.account.startswith("Income") and word != "returns"
            groups[line, heading, income].append(entry)
    net = [_ZERO, _ZERO]
    for (line, heading, income), entries in sorted(groups.items(), key=lambda item: _line_order(*item[0])):
        sign = -1 if income else 1
        sums = [sum((e.current for e in entries), _ZERO) * sign, sum((e.prior for e in entries), _ZERO) * sign]
        net = [total - part * sign for total, part in zip(net, sums, strict=True)]
        if len(entries) == 1 and line:
            yield _row("line", line, heading, *sums, account=entries[0].account)
            continue
        for entry in entries:
            yield _row("line", None, titles[entry.account], *_signed(entry, sign), account=entry.account)
        yield _row("subtotal", line or "–", heading, *sums)
    yield _row("total", None, "Net income", *net)


def _signed(entry: Entry, sign: int) -> tuple[Decimal, Decimal]:
    return entry.current * sign, entry.prior * sign


def _row(
    kind: RowKind, line: str | None, title: str, current: Decimal, prior: Decimal, *, account: str | None = None
) -> Row:
    return Row(kind, (line, title, account, current, prior, current - prior))


def _line_order(line: str, heading: str, income: bool) -> tuple[bool, int, str, str, bool]:
    """Lines as the form numbers them (9 before 10, 16a before 16b); what is on none comes last."""
    number = re.match(r"\d+", line)
    return (not line, int(number[0]) if number else 0, line, heading, not income)


def _notes(request: Request, edition: taxlines.Edition | None) -> Iterator[str]:
    returns, year = request.settings.practice.returns, request.period.last.year
    if edition is None:
        yield f'No lines are known for the return "{returns}" of {year}; amounts are by account only.'
        return
    yield f"Lines of {edition.form} as of tax year {edition.since} ({edition.source})."
    if taxlines.is_newest(edition, returns) and year > edition.since:
        yield f"Check them against the form for {year}, which may number its lines otherwise."
    if "meals" in by_word(request):
        yield "Meals are the full amount in the books; the limit of 50% is applied on the return."
