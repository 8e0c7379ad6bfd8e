"""Thirteen weeks of cash: what open bills and coming visits will bring, and the bills and payroll that are known.

Each payer's own past says what share of a dollar that has been open for so many days is paid on the next one, and what
share is adjusted away (the actuarial method: bills that are still young count for the days that they have been
observed). An open bill goes on from its age; the visits of a coming week start afresh with what was usually charged in
a week, a seventh of it a day. So a lapse in billing shows as the dip that it will make, and billing it now as what it
would bring.

The range comes from the forecasts that the same method would have made 13 and 26 weeks ago: the tenth and the ninetieth
percentile of what came over what was said, week by week.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Final, NamedTuple

from daysheet.accounts import BANK
from daysheet.billing.pricing import CENT
from daysheet.books import Books
from daysheet.books.index import Receivable
from daysheet.books.openings import openings
from daysheet.cash.recurring import known_payments
from daysheet.findings import Gap
from daysheet.records import Invoice

WEEKS: Final = 13
_WEEK: Final = datetime.timedelta(days=7)
_ONE: Final = datetime.timedelta(days=1)
_OBSERVED: Final = datetime.timedelta(days=546)
_AGES: Final = 190
_DAYS: Final = WEEKS * 7
_MOST: Final = Decimal("0.9")
_ZERO: Final = Decimal()


class Week(NamedTuple):
    """One week to come; all amounts are in the books' currency, what is paid out is negative.

    `low` and `high` are the range of what open bills and visits to come bring; None without a past to take it from.
    """

    first: datetime.date
    last: datetime.date
    open_bills: Decimal
    coming_visits: Decimal
    if_billed: Decimal
    paid_out: Decimal
    low: Decimal | None
    high: Decimal | None

    @property
    def collected(self) -> Decimal:
        """What open bills and coming visits bring."""
        return self.open_bills + self.coming_visits


class Hindsight(NamedTuple):
    """The last forecast against what came: the weeks from `first` to `last`."""

    first: datetime.date
    last: datetime.date
    said: Decimal
    came: Decimal


class Forecast(NamedTuple):
    """The cash at hand and the weeks to come."""

    as_of: datetime.date
    at_hand: Decimal
    weeks: tuple[Week, ...]
    hindsight: Hindsight | None


class _Pay:
    """Of a dollar open at the start of each day of age: what is paid and what is adjusted away on that day."""

    def __init__(self) -> None:
        self.open = [_ZERO] * _AGES
        self.paid = [_ZERO] * _AGES
        self.gone = [_ZERO] * _AGES

    def coming(self, balance: Decimal, age: int) -> list[Decimal]:
        """What a balance that is so many days old brings on each of the days to come."""
        cash = []
        for day in range(age + 1, age + 1 + _DAYS):
            at = min(day, _AGES - 1)
            paid = balance * self.paid[at] / self.open[at] if self.open[at] else _ZERO
            gone = balance * self.gone[at] / self.open[at] if self.open[at] else _ZERO
            cash.append(paid)
            balance = max(balance - paid - gone, _ZERO)
        return cash


def forecast(books: Books, as_of: datetime.date, gap: Gap) -> Forecast:
    """The thirteen weeks after a day, by what was known on it.

    Args:
        books: the practice's books.
        as_of: the day; the first week begins on the next one.
        gap: what is unbilled now; its expected cash is what billing it would bring.
    """
    weeks = _expected(books, as_of)
    ratios = sorted(_ratios(books, as_of - WEEKS * _WEEK) + _ratios(books, as_of - 2 * WEEKS * _WEEK))
    billed = _if_billed(books, as_of, gap.expected_cash or _ZERO)
    out = known_payments(books, as_of, as_of + WEEKS * _WEEK)
    found = []
    for number, (old, new) in enumerate(weeks):
        first = as_of + number * _WEEK + _ONE
        last = first + 6 * _ONE
        paid_out = sum((one.amount for one in out if first <= one.date <= last), _ZERO)
        low, high = (_cents((old + new) * _percentile(ratios, each)) if ratios else None for each in (10, 90))
        found.append(Week(first, last, _cents(old), _cents(new), _cents(billed[number]), _cents(paid_out), low, high))
    return Forecast(as_of, _at_hand(books, as_of), tuple(found), _hindsight(books, as_of))


def weeks_to_come(books: Books, as_of: datetime.date, worth: Gap) -> int:
    """The weeks in which nine tenths of the expected cash come, when billed now; 0 where no history says so."""
    came = Decimal()
    for number, week in enumerate(forecast(books, as_of, worth).weeks, 1):
        came += week.if_billed
        if came and came >= (worth.expected_cash or Decimal()) * _MOST:
            return number
    return 0


def _expected(books: Books, as_of: datetime.date) -> list[tuple[Decimal, Decimal]]:
    """For each week: cash from bills that are open, and from visits to come."""
    pay = _history(books, as_of)
    balances: dict[tuple[str | None, int], Decimal] = defaultdict(Decimal)
    taken_over = (one for one in openings(books).values() if one.date <= as_of)
    for invoice in (*_bills(books, as_of), *taken_over):
        balance = books.open_balance(invoice.id, as_of)
        if balance > 0:
            balances[invoice.payer, (as_of - invoice.date).days] += balance
    old = [_ZERO] * _DAYS
    for (payer, age), balance in balances.items():
        old = [sum(pair, _ZERO) for pair in zip(old, pay[payer].coming(balance, age), strict=True)]
    new = [_ZERO] * _DAYS
    for payer, charged in _usual_week(books, as_of).items():
        so_far = _ZERO
        for day, cash in enumerate(pay[payer].coming(charged / 7, -1)):
            so_far += cash
            new[day] += so_far
    return list(zip(_by_week(old), _by_week(new), strict=True))


def _by_week(daily: list[Decimal]) -> list[Decimal]:
    return [sum(daily[start : start + 7], _ZERO) for start in range(0, _DAYS, 7)]


def _bills(books: Books, as_of: datetime.date) -> list[Invoice]:
    return [one for one in books.bills if as_of - _OBSERVED <= one.date <= as_of and one.amount > 0]


def _history(books: Books, as_of: datetime.date) -> dict[str | None, _Pay]:
    """Each payer's way of paying, from bills of the last year and a half: its own part and the patient's after it."""
    pay: dict[str | None, _Pay] = defaultdict(_Pay)
    for invoice in _bills(books, as_of):
        of_payer = pay[invoice.payer]
        observed = min((as_of - invoice.date).days + 1, _AGES)
        paid, gone = _settled(books, invoice)
        balance = invoice.amount
        for day in range(observed):
            if balance <= 0:
                break
            of_payer.open[day] += balance
            if day in paid or day in gone:
                of_payer.paid[day] += paid[day]
                of_payer.gone[day] += gone[day]
                balance -= paid[day] + gone[day]
    return pay


def _settled(books: Books, invoice: Invoice) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """What was paid and what was adjusted away of a bill, by its age in days.

    What an entry moves from the insurer to the patient is neither: it stays open.
    """
    paid: dict[int, Decimal] = defaultdict(Decimal)
    gone: dict[int, Decimal] = defaultdict(Decimal)
    moved: dict[int, Receivable] = {}
    for posting in books.receivable.get(invoice.id, ()):
        before = moved.get(id(posting.meta))
        moved[id(posting.meta)] = posting if before is None else posting._replace(amount=before.amount + posting.amount)
    for posting in moved.values():
        if posting.amount < 0:
            (paid if "payment" in posting.meta else gone)[(posting.date - invoice.date).days] -= posting.amount
    return paid, gone


def _usual_week(books: Books, as_of: datetime.date) -> dict[str | None, Decimal]:
    """What each payer was charged in the median of the last thirteen weeks, or of those since the first bill."""
    bills = _bills(books, as_of)
    known = min(max((as_of - bills[0].date).days + 1, 7) // 7, WEEKS) if bills else WEEKS
    weeks: dict[str | None, list[Decimal]] = defaultdict(lambda: [_ZERO] * known)
    for invoice in bills:
        ago = (as_of - invoice.date).days // 7
        if ago < known:
            weeks[invoice.payer][ago] += invoice.amount
    return {payer: median(charged) for payer, charged in weeks.items()}


def _if_billed(books: Books, as_of: datetime.date, expected: Decimal) -> list[Decimal]:
    """What billing the gap now brings in each week: as all payers together pay, scaled to the expected cash."""
    together = _Pay()
    for of_payer in _history(books, as_of).values():
        for age in range(_AGES):
            together.open[age] += of_payer.open[age]
            together.paid[age] += of_payer.paid[age]
            together.gone[age] += of_payer.gone[age]
    curve = _by_week(together.coming(Decimal(1), -1))
    ever = sum(curve, _ZERO)
    return [expected * share / ever if ever else _ZERO for share in curve]


def _ratios(books: Books, as_of: datetime.date) -> list[Decimal]:
    """What came over what would have been said, for the thirteen weeks after an earlier day."""
    bills = books.bills
    if not bills or bills[0].date > as_of - 2 * WEEKS * _WEEK:
        return []
    came = _came(books, as_of)
    return [paid / (old + new) for paid, (old, new) in zip(came, _expected(books, as_of), strict=True) if old + new]


def _came(books: Books, as_of: datetime.date) -> list[Decimal]:
    """What was paid on bills in each of the thirteen weeks after a day."""
    came = [_ZERO] * WEEKS
    for same in books.payments_of_invoice.values():
        for payment in same:
            week = (payment.date - as_of - _ONE).days // 7
            if payment.date > as_of and week < WEEKS:
                came[week] += payment.amount
    return came


def _hindsight(books: Books, as_of: datetime.date) -> Hindsight | None:
    then = as_of - WEEKS * _WEEK
    if not _ratios(books, then):
        return None
    said = sum((old + new for old, new in _expected(books, then)), _ZERO)
    return Hindsight(then + _ONE, as_of, _cents(said), sum(_came(books, then), _ZERO))


def _at_hand(books: Books, as_of: datetime.date) -> Decimal:
    total = _ZERO
    for entry in books.entries:
        for posting in getattr(entry, "postings", ()):
            if posting.account.startswith(BANK) and entry.date <= as_of and posting.units.currency == books.currency:
                total += posting.units.number
    return total


def _percentile(ordered: list[Decimal], percent: int) -> Decimal:
    return ordered[(len(ordered) - 1) * percent // 100]


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
