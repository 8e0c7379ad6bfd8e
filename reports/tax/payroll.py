"""Payroll by quarter, tied to the forms that were filed.

An account is payroll by a word on its `open` directive: `payroll: "wages"` for what Form 941 and W-3 report as wages,
`payroll: "taxes"` for the employer's social security and Medicare, `"futa"` and `"state"` for unemployment taxes,
`"benefits"` for the rest. What was filed is a dated fact:

    2026-03-31 custom "filed" "941"
      wages: 24000.00 USD
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from daysheet.accounting.payroll import fica, payroll_kind, year_of
from daysheet.reports.accounts.activity import AccountActivity, activity
from daysheet.reports.accounts.titles import Titles
from daysheet.reports.period import Period, parse, year
from daysheet.reports.request import Request
from daysheet.reports.table import Column, Row, Table
from daysheet.tax_facts import Filed

KEY: Final = "payroll"
KINDS: Final = {
    "wages": "Wages",
    "taxes": "Employer's payroll taxes",
    "futa": "Federal unemployment tax",
    "state": "State unemployment tax",
    "benefits": "Benefits",
}
_ZERO: Final = Decimal()


def payroll(request: Request) -> Table:
    """The calendar year that the period ends in, quarter by quarter."""
    whole = year(request.period.last.year)
    quarters = [parse(f"{request.period.last.year}-Q{number}") for number in (1, 2, 3, 4)]
    columns = (
        Column("title", "Account"),
        Column("account", "Account name", shown="data"),
        *(Column(f"q{number}", f"Q{number}", "money") for number in (1, 2, 3, 4)),
        Column("year", str(whole.first.year), "money"),
    )
    rows = tuple(_rows(request, quarters))
    notes = () if rows else (f'No account is marked {KEY}: "wages" on its open directive.',)
    return request.table("payroll", "Payroll summary", columns, rows, notes, has_basis=False)


def _rows(request: Request, quarters: list[Period]) -> Iterator[Row]:
    titles = Titles(request.books)
    groups: dict[str, list[AccountActivity]] = {kind: [] for kind in KINDS}
    for account in activity(request.books, "cash").under("Expenses"):
        kind = payroll_kind(request.books, account.name)
        if kind in groups:
            groups[kind].append(account)
    wages = [_ZERO] * 5
    for kind, accounts in groups.items():
        if not accounts:
            continue
        yield Row("heading", (KINDS[kind], *(None,) * 6))
        sums = [_ZERO] * 5
        for account in accounts:
            amounts = _amounts([account.change(quarter) for quarter in quarters])
            sums = [total + part for total, part in zip(sums, amounts, strict=True)]
            yield Row("line", (titles[account.name], account.name, *amounts), 1)
        yield Row("subtotal", (f"Total {KINDS[kind][0].lower()}{KINDS[kind][1:]}", None, *sums))
        if kind == "wages":
            wages = sums
            yield from _withheld(request, sums)
        elif kind == "taxes" and groups["wages"]:
            due = [fica(amount) for amount in wages]
            yield Row("line", ("7.65% of wages", None, *due), 1)
    if groups["wages"]:
        yield from _tied(request, quarters, wages)


def _withheld(request: Request, wages: list[Decimal]) -> Iterator[Row]:
    """What was withheld from the employees and what they got, where the entries say so."""
    pays = [pay for pay in year_of(request.books, request.period.last.year).pays if pay.owed]
    if not pays:
        return
    quarters = [sum((p.withheld for p in pays if (p.date.month + 2) // 3 == n), _ZERO) for n in (1, 2, 3, 4)]
    withheld = _amounts(quarters)
    yield Row("line", ("Withheld from employees", None, *(-amount for amount in withheld)), 1)
    net = [gross - held for gross, held in zip(wages, withheld, strict=True)]
    yield Row("subtotal", ("Net pay", None, *net))


def _amounts(quarters: list[Decimal]) -> list[Decimal]:
    return [*quarters, sum(quarters, _ZERO)]


def _tied(request: Request, quarters: list[Period], wages: list[Decimal]) -> Iterator[Row]:
    """The forms beside the books: each quarter's 941, their sum, the year's W-3, and what they differ by."""
    filed = [fact for fact in request.books.tax_facts if isinstance(fact, Filed)]
    forms = [next((f.wages for f in filed if f.form == "941" and q.first <= f.date <= q.last), None) for q in quarters]
    last = quarters[-1].last
    w3 = next((f.wages for f in filed if f.form == "W-3" and f.date.year == last.year), None)
    yield Row("heading", ("Tied to the forms filed", *(None,) * 6))
    known = [form for form in forms if form is not None]
    yield Row("line", ("Wages by Form 941", None, *forms, sum(known, _ZERO) if known else None), 1)
    differences = [None if form is None else book - form for book, form in zip(wages, forms, strict=False)]
    whole = wages[-1] - sum(known, _ZERO) if len(known) == len(quarters) else None
    yield Row("line", ("Books less Form 941", None, *differences, whole), 1)
    yield Row("line", ("Wages by Form W-3", None, None, None, None, None, w3), 1)
    yield Row("line", ("Books less Form W-3", None, None, None, None, None, None if w3 is None else wages[-1] - w3), 1)
