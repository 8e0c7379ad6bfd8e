"""What an unbilled visit is worth: at the practice's fees, and the cash it would bring.

The expected cash of a visit is the median allowed amount (the charge less contractual adjustments,
courtesies and write-offs) of past visits of the
same provider, service and payer in the 180 days up to the end of the visit's month; where fewer than `price-sample`
are alike, the fee times the net yield (allowed ÷ charged) of the provider, else of the practice, in those days. The
payer of an unbilled visit is the one that the patient's last bill before it went to. Without any bills in those
days nothing is said. The range is that of the middle half of those past visits.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple

from daysheet.books import Books
from daysheet.records import Invoice, Visit

TRAILING_DAYS: Final = 180
CENT: Final = Decimal("0.01")
_ZERO = Decimal()
_Alike = tuple[str, str | None, str | None]


class Price(NamedTuple):
    """What one visit is worth; `expected` and its range are None where nothing is known of visits like it."""

    gross: Decimal
    expected: Decimal | None
    low: Decimal | None
    high: Decimal | None
    sample: int


class Worth(NamedTuple):
    """What several visits are worth together; `expected` is None as soon as one of them has none."""

    gross: Decimal
    expected: Decimal | None
    low: Decimal | None
    high: Decimal | None
    sample: int


def price_of(books: Books, as_of: datetime.date, visit: Visit) -> Price:
    """What a visit is worth, by what was known on a day."""
    history = _history(books, as_of, visit.date)
    fee = fee_of(books, as_of, visit)
    payer = _payers(books).before(visit.patient, visit.date)
    alike = history.allowed.get((visit.provider, visit.service, payer), [])
    enough = books.threshold("price-sample", as_of, visit.provider) or _ZERO
    if alike and len(alike) >= enough:
        middle, low, high = _quartiles(alike)
        return Price(fee, _cents(middle), _cents(low), _cents(high), len(alike))
    yields = history.yields.get(visit.provider) or history.yields.get(None)
    if not yields:
        return Price(fee, None, None, None, 0)
    _, low, high = _quartiles(yields)
    net = history.net_yield(visit.provider)
    return Price(fee, _cents(fee * net), _cents(fee * low), _cents(fee * high), len(yields))


def together(prices: Iterable[Price]) -> Worth:
    """The worth of several visits; `sample` is the smallest that one of the prices rests on."""
    known = list(prices)
    gross = sum((price.gross for price in known), _ZERO)
    expected = [price.expected for price in known if price.expected is not None]
    if not known or len(expected) < len(known):
        return Worth(gross, None, None, None, 0)
    low = sum((price.low for price in known if price.low is not None), _ZERO)
    high = sum((price.high for price in known if price.high is not None), _ZERO)
    return Worth(gross, sum(expected, _ZERO), low, high, min(price.sample for price in known))


def estimated(books: Books, as_of: datetime.date, provider: str, day: datetime.date, visits: Decimal) -> Worth:
    """The worth of a number of visits of which only the provider and the time are known."""
    gross = _cents(visits * usual_fee(books, as_of, provider, day))
    history = _history(books, as_of, day)
    yields = history.yields.get(provider) or history.yields.get(None)
    if not yields:
        return Worth(gross, None, None, None, 0)
    _, low, high = _quartiles(yields)
    net = history.net_yield(provider)
    return Worth(gross, _cents(gross * net), _cents(gross * low), _cents(gross * high), len(yields))


def fee_of(books: Books, as_of: datetime.date, visit: Visit) -> Decimal:
    """The charge of a visit: its own fee, else the provider's, else what the provider usually bills."""
    return visit.fee if visit.fee is not None else usual_fee(books, as_of, visit.provider, visit.date)


def usual_fee(books: Books, as_of: datetime.date, provider: str, day: datetime.date) -> Decimal:
    """What a visit of a provider is charged: the fee declared for the day, else the median bill of those months."""
    fact = books.provider_on(provider, day)
    if fact is not None and fact.fee is not None:
        return fact.fee
    history = _history(books, as_of, day)
    charges = history.charges.get(provider) or history.charges.get(None)
    return _cents(_quartiles(charges)[0]) if charges else _ZERO


def allowed(books: Books, invoice: Invoice, as_of: datetime.date) -> Decimal:
    """What of a bill is expected to be paid: its charge less all that was taken off it by a day."""
    adjustments = books.adjustments_of_invoice.get(invoice.id, ())
    given_up = (a.amount for a in adjustments if a.kind in ("contractual", "courtesy", "write-off") and a.date <= as_of)
    return invoice.amount - sum(given_up, _ZERO)


class _History:
    """What the bills of some months say: allowed amounts of like visits, and yields and charges by provider."""

    def __init__(self, books: Books, as_of: datetime.date, invoices: Iterable[Invoice]) -> None:
        self.allowed: dict[_Alike, list[Decimal]] = defaultdict(list)
        self.yields: dict[str | None, list[Decimal]] = defaultdict(list)
        self.charges: dict[str | None, list[Decimal]] = defaultdict(list)
        self._sums: dict[str | None, tuple[Decimal, Decimal]] = {}
        for invoice in invoices:
            if invoice.amount <= 0 or (invoice.payer is not None and not _answered(books, invoice, as_of)):
                continue
            net = allowed(books, invoice, as_of)
            visits = invoice.visits or ("",)
            visit = books.visits.get(visits[0])
            each = _cents(net / len(visits))
            self.allowed[invoice.provider, visit.service if visit else None, invoice.payer] += [each] * len(visits)
            for key in (invoice.provider, None):
                self.yields[key].append(net / invoice.amount)
                self.charges[key].append(_cents(invoice.amount / len(visits)))
                charged, kept = self._sums.get(key, (_ZERO, _ZERO))
                self._sums[key] = (charged + invoice.amount, kept + net)

    def net_yield(self, provider: str) -> Decimal:
        """Allowed ÷ charged of a provider, else of the practice."""
        charged, kept = self._sums.get(provider) or self._sums[None]
        return kept / charged


class _Payers:
    """Whom each patient's bills went to, in date order."""

    def __init__(self, invoices: list[Invoice]) -> None:
        self._days: dict[str, list[datetime.date]] = defaultdict(list)
        self._payers: dict[str, list[str | None]] = defaultdict(list)
        for invoice in invoices:
            if invoice.patient:
                self._days[invoice.patient].append(invoice.date)
                self._payers[invoice.patient].append(invoice.payer)

    def before(self, patient: str, day: datetime.date) -> str | None:
        """The payer of a patient's last bill up to a day, else of the first after it."""
        payers = self._payers.get(patient)
        if not payers:
            return None
        return payers[max(bisect_right(self._days[patient], day) - 1, 0)]


def invoices_by_date(books: Books) -> list[Invoice]:
    """All invoices, reversals included, in date order."""
    return books.once(
        "invoices by date",
        lambda: sorted((one for same in books.invoices.values() for one in same), key=lambda one: one.date),
    )


def _payers(books: Books) -> _Payers:
    return books.once("payers of patients", lambda: _Payers(invoices_by_date(books)))


def _history(books: Books, as_of: datetime.date, day: datetime.date) -> _History:
    """The history that a visit of a day is priced by: 180 days up to the end of its month, up to `as_of`."""
    next_month = (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
    last = min(as_of, next_month - datetime.timedelta(days=1))

    def work() -> _History:
        invoices = invoices_by_date(books)
        dates = books.once("invoice dates", lambda: [invoice.date for invoice in invoices])
        first = last - datetime.timedelta(days=TRAILING_DAYS)
        return _History(books, as_of, invoices[bisect_left(dates, first) : bisect_right(dates, last)])

    return books.once(("price history", as_of, last), work)


def _answered(books: Books, invoice: Invoice, as_of: datetime.date) -> bool:
    """Whether the insurer has answered: before that, what it allows is not known."""
    adjusted = any(a.date <= as_of for a in books.adjustments_of_invoice.get(invoice.id, ()))
    return adjusted or any(p.date <= as_of for p in books.payments_of_invoice.get(invoice.id, ()))


def _quartiles(amounts: list[Decimal]) -> tuple[Decimal, Decimal, Decimal]:
    """The median and the bounds of the middle half: the values at these ranks, or halfway between two."""
    ordered = sorted(amounts)
    return _at(ordered, 2), _at(ordered, 1), _at(ordered, 3)


def _at(ordered: list[Decimal], quarter: int) -> Decimal:
    place = (len(ordered) - 1) * quarter
    below, part = divmod(place, 4)
    if part == 0:
        return ordered[below]
    return ordered[below] + (ordered[below + 1] - ordered[below]) * part / 4


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
