"""The measures that practices are judged by, each with its formula and where it comes from.

Amounts are in the books' currency, shares in percent, ages and lags in days. A measure is None where the books
have nothing to divide by: without claims there is no denial rate.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Final, NamedTuple

from daysheet.billing.ageing import open_parts
from daysheet.billing.unallocated import applied_between
from daysheet.books import Books
from daysheet.books.openings import openings
from daysheet.records import Claim, Invoice

_ZERO: Final = Decimal()
_TENTH: Final = Decimal("0.1")
_THIN: Final = Decimal("0.25")
_FIRST_DAYS: Final = 5
_YEAR: Final = datetime.timedelta(days=365)
_OLD: Final = 90


@dataclass(frozen=True)
class Benchmarks:
    """The `[check]` table: what the practice measures itself against; the defaults are the usual figures."""

    days_in_receivables: int = 50
    over_90_percent: int = 10
    charge_lag_days: int = 5
    net_collection_percent: int = 95
    denial_percent: int = 5
    first_pass_percent: int = 95


class Definition(NamedTuple):
    """A measure in words: its name, formula, source, the benchmark's field and whether less is better."""

    name: str
    formula: str
    source: str
    benchmark: str | None
    less_is_better: bool


DEFINITIONS: Final = {
    "days_in_ar": Definition(
        "Days in A/R",
        "(receivables − credit balances) ÷ (charges of the last 365 days ÷ 365); in a first year, of the days since "
        "the first bill, old ones that stand alone before it left out",
        "AAFP",
        "days_in_receivables",
        less_is_better=True,
    ),
    "over_90": Definition(
        "A/R over 90 days",
        "open over 90 days ÷ open, as the receivables aging counts both",
        "HFMA MAP",
        "over_90_percent",
        less_is_better=True,
    ),
    "lag_median": Definition(
        "Charge lag, median", "day of the bill − day of the visit", "MGMA", "charge_lag_days", less_is_better=True
    ),
    "lag_p90": Definition(
        "Charge lag, 90 %", "the lag that 90 % of the bills keep", "MGMA", "charge_lag_days", less_is_better=True
    ),
    "net_collection": Definition(
        "Net collection",
        "(payments − refunds) ÷ (charges − contractual adjustments)",
        "AAFP",
        "net_collection_percent",
        less_is_better=False,
    ),
    "gross_collection": Definition("Gross collection", "payments ÷ charges", "MGMA", None, less_is_better=False),
    "denial": Definition(
        "Denials", "claims denied ÷ claims submitted", "HFMA MAP", "denial_percent", less_is_better=True
    ),
    "first_pass": Definition(
        "First pass",
        "claims paid at first submission ÷ claims paid or denied",
        "HFMA MAP",
        "first_pass_percent",
        less_is_better=False,
    ),
    "credits": Definition(
        "Credit balances", "paid beyond what was charged, or on account", "HFMA MAP", None, less_is_better=True
    ),
}


class Measures(NamedTuple):
    """The measures of a period, in the order and under the names of `DEFINITIONS`, and what they are made of."""

    days_in_ar: Decimal | None
    over_90: Decimal | None
    lag_median: Decimal | None
    lag_p90: Decimal | None
    net_collection: Decimal | None
    gross_collection: Decimal | None
    denial: Decimal | None
    first_pass: Decimal | None
    credits: Decimal
    charges: Decimal
    contractual: Decimal
    payments: Decimal
    receivable: Decimal


def measure(
    books: Books, first: datetime.date, last: datetime.date, invoices: frozenset[str] | None = None
) -> Measures:
    """The measures of a period; balances stand at its end.

    Args:
        books: the practice's books.
        first: the period's first day.
        last: its last day.
        invoices: ids of the invoices to look at, such as those of one payer; None for the whole practice, which also
            has the money that is on no invoice.
    """
    bills = books.bills if invoices is None else [bill for bill in books.bills if bill.id in invoices]
    end = bisect_right(bills, last, key=_date)
    within = bills[bisect_left(bills, first, hi=end, key=_date) : end]
    charges = sum([bill.amount for bill in within], _ZERO)
    older = bisect_right(bills, last - 2 * _YEAR, hi=end, key=_date)
    regular = bills[older:end] if older * 10 > end else _regular(bills[older:end], last)
    yearly = sum([bill.amount for bill in regular[bisect_right(regular, last - _YEAR, key=_date) :]], _ZERO)
    days = min((last - _begin(regular[0].date)).days + 1, _YEAR.days) if regular else _YEAR.days
    contractual = _moved(books.once("contractual by date", lambda: _contractual(books)), first, last, invoices)
    payments = _paid(books, first, last, invoices)
    balances = _balances(books, last, invoices)
    lags = _lags(books, within)
    submitted, resolved, denied, first_pass = _claims(books, first, last, invoices)
    return Measures(
        days_in_ar=_ratio((balances.owed - balances.credit) * days, yearly),
        over_90=_ratio(balances.old * 100, balances.aged),
        lag_median=_rank(lags, 50),
        lag_p90=_rank(lags, 90),
        net_collection=_ratio(payments * 100, charges - contractual),
        gross_collection=_ratio(payments * 100, charges),
        denial=_ratio(Decimal(denied * 100), Decimal(submitted)),
        first_pass=_ratio(Decimal(first_pass * 100), Decimal(resolved)),
        credits=balances.credit,
        charges=charges,
        contractual=contractual,
        payments=payments,
        receivable=balances.owed - balances.credit,
    )


def by_provider(books: Books) -> dict[str, frozenset[str]]:
    """The ids of each provider's invoices."""
    return _grouped((invoice.provider, invoice.id) for invoice in books.bills if invoice.provider)


def by_payer(books: Books) -> dict[str, frozenset[str]]:
    """The ids of the invoices to each payer; those to patients under an empty id."""
    return _grouped((invoice.payer or "", invoice.id) for invoice in books.bills)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = defaultdict(set)
    for group, identifier in pairs:
        groups[group].add(identifier)
    return {group: frozenset(groups[group]) for group in sorted(groups)}


def _date(dated: Invoice | _Moved) -> datetime.date:
    return dated.date


def _begin(first: datetime.date) -> datetime.date:
    """The day of a first bill; the first of its month where only a holiday or a weekend can lie between."""
    return first.replace(day=1) if first.day <= _FIRST_DAYS else first


def _regular(bills: Sequence[Invoice], last: datetime.date) -> Sequence[Invoice]:
    """The bills from the first one on after which billing is regular.

    Balances that were taken over from a former system as bills of their old dates stand thinly before it: they would
    stretch the days that the charges are of. The cut is the month before which least was billed a day, and less than
    a quarter of what was billed a day after. A practice with a tenth of its bills more than two years ago needs none.
    """
    months: dict[datetime.date, Decimal] = {}
    begun: dict[datetime.date, int] = {}
    for place, bill in enumerate(bills):
        month = _month(bill.date)
        months[month] = months.get(month, _ZERO) + bill.amount
        begun.setdefault(month, place)
    whole, before, cut, least = sum(months.values(), _ZERO), _ZERO, 0, _THIN
    for month, amount in months.items():
        place = begun[month]
        after = (whole - before) / ((last - bills[place].date).days + 1)
        if place and after > 0 and (share := before / (month - bills[0].date).days / after) < least:
            cut, least = place, share
        before += amount
    return bills[cut:]


@cache
def _month(day: datetime.date) -> datetime.date:
    return day.replace(day=1)


class _Moved(NamedTuple):
    """Money that was paid or adjusted on an invoice on a day; None is money on no invoice."""

    date: datetime.date
    invoice: str | None
    amount: Decimal


def _paid(books: Books, first: datetime.date, last: datetime.date, invoices: frozenset[str] | None) -> Decimal:
    """What was paid in some days, but on receivables that were taken over: their charges are of former books."""
    others = openings(books)
    paid = [one for one in applied_between(books, first, last) if one.invoice not in others]
    return sum([one.amount for one in paid if invoices is None or one.invoice in invoices], _ZERO)


def _contractual(books: Books) -> list[_Moved]:
    adjusted = ((key, one) for key, same in books.adjustments_of_invoice.items() for one in same)
    return sorted((_Moved(one.date, key, one.amount) for key, one in adjusted if one.kind == "contractual"), key=_date)


def _moved(moved: list[_Moved], first: datetime.date, last: datetime.date, invoices: frozenset[str] | None) -> Decimal:
    """What moved between two days, both included."""
    within = moved[bisect_left(moved, first, key=_date) : bisect_right(moved, last, key=_date)]
    return sum([one.amount for one in within if invoices is None or one.invoice in invoices], _ZERO)


class _Balances(NamedTuple):
    """What is open at the end of a day, in the books' currency.

    Attributes:
        owed: on bills of which somebody owes something, all parties of a bill together.
        credit: credit balances, as a positive amount.
        aged: what the receivables aging has as owed, each party of a bill by itself.
        old: what of `aged` is older than 90 days.
    """

    owed: Decimal
    credit: Decimal
    aged: Decimal
    old: Decimal


def _balances(books: Books, day: datetime.date, invoices: frozenset[str] | None) -> _Balances:
    owed = credit = aged = old = _ZERO
    found = open_parts(books, day)
    for invoice in found if invoices is None else invoices & found.keys():
        parts = found[invoice]
        balance = sum([part.amount for part in parts], _ZERO)
        owed += max(balance, _ZERO)
        credit += max(-balance, _ZERO)
        for part in parts:
            if part.amount > 0:
                aged += part.amount
                old += part.amount if part.age(day) > _OLD else _ZERO
    return _Balances(owed, credit, aged, old)


def _lags(books: Books, bills: Iterable[Invoice]) -> list[int]:
    days = ((bill.date, books.day_of(key)) for bill in bills for key in bill.visits)
    return sorted((billed - seen).days for billed, seen in days if seen is not None)


def _claims(
    books: Books, first: datetime.date, last: datetime.date, invoices: frozenset[str] | None
) -> tuple[int, int, int, int]:
    """Claims submitted in a period, and how many of them were paid or denied, denied, paid without having been."""
    submitted = resolved = denied = first_pass = 0
    for states in books.claims.values():
        day = next((state.submitted for state in states if state.submitted is not None), None)
        if day is None or not first <= day <= last or (invoices is not None and states[0].invoice not in invoices):
            continue
        submitted += 1
        refused, paid = _has(states, "denied", "appealed"), _has(states, "paid")
        resolved += refused or paid
        denied += refused
        first_pass += not refused and paid
    return submitted, resolved, denied, first_pass


def _has(states: Iterable[Claim], *statuses: str) -> bool:
    return any(state.status in statuses for state in states)


def _ratio(above: Decimal, below: Decimal) -> Decimal | None:
    return (above / below).quantize(_TENTH, ROUND_HALF_UP) if below else None


def _rank(ordered: list[int], percent: int) -> Decimal | None:
    """The smallest value that this percentage of the values does not exceed (the nearest rank)."""
    return Decimal(ordered[-(-len(ordered) * percent // 100) - 1]) if ordered else None
