"""What an unbilled visit is worth: at the practice's fees, and the cash it would bring.

The expected cash of a visit is the median allowed amount (the charge less what was taken off it: contractual
adjustments, courtesies, write-offs) of past visits of the same provider, service and payer, in the half year up to the
end of the visit's month; where fewer than `price-sample` are alike, the fee times the net yield (allowed ÷ charged) of
the provider, else of the practice, in that half year. An insurer's bill counts once it is answered. The payer of an
unbilled visit is the one that the patient's last bill before it went to. Without any bills nothing is said. The range
is that of the middle half of those past visits.
"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple

from daysheet.billing.unallocated import applied
from daysheet.books import Books
from daysheet.findings import Finding
from daysheet.records import Invoice, Visit

TRAILING_MONTHS: Final = 6
CENT: Final = Decimal("0.01")
_ZERO = Decimal()
_Alike = tuple[str, str | None, str | None]
_Month = tuple[int, int]
_Yielded = tuple[Decimal, Decimal, Decimal, int]


class Price(NamedTuple):
    """Cash that may be expected, the range of the middle half, and how many past visits say so."""

    expected: Decimal
    low: Decimal
    high: Decimal
    sample: int


def priced(books: Books, as_of: datetime.date, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Findings, those of unbilled visits and lapses with the cash that they would have brought.

    The sample of a lapse is the smallest that the price of one of its visits rests on.
    """
    for finding in findings:
        if finding.kind == "unbilled-visit" and finding.key not in books.visits:  # a procedure of a billed visit
            yield _with(finding, [_by_yield(books, as_of, finding.provider or "", finding.date, finding.amount)])
        elif finding.kind == "unbilled-visit":
            yield _with(finding, [price_of(books, as_of, books.visits[finding.key])])
        elif finding.kind == "billing-lapse" and finding.covers:
            yield _with(finding, [price_of(books, as_of, books.visits[key]) for key in sorted(finding.covers)])
        elif finding.kind == "billing-lapse" and finding.provider is not None:
            yield _with(finding, [_by_yield(books, as_of, finding.provider, finding.date, finding.amount)])
        else:
            yield finding


def price_of(books: Books, as_of: datetime.date, visit: Visit) -> Price | None:
    """The cash that a visit would bring, by what was known on a day; None where nothing is known of any like it."""
    key = (visit.provider, visit.service, payer_of(books, visit))
    month = (visit.date.year, visit.date.month)
    alike = books.once(("alike", as_of, month, key), lambda: _of_alike(books, as_of, visit, month, key))
    return alike or _by_yield(books, as_of, visit.provider, visit.date, fee_of(books, as_of, visit))


def payer_of(books: Books, visit: Visit) -> str | None:
    """Whom an unbilled visit's bill would go to: where the patient's last bill before it went; None for the patient."""
    return _payers(books).before(visit.patient, visit.date) if books.insured else None


def fee_of(books: Books, as_of: datetime.date, visit: Visit) -> Decimal:
    """The charge of a visit: its own fee, else the provider's, else what the provider usually bills."""
    return visit.fee if visit.fee is not None else usual_fee(books, as_of, visit.provider, visit.date)


def usual_fee(books: Books, as_of: datetime.date, provider: str, day: datetime.date) -> Decimal:
    """What a visit of a provider is charged: the fee declared for the day, else the median bill of that half year."""
    fact = books.provider_on(provider, day)
    if fact is not None and fact.fee is not None:
        return fact.fee
    return books.once(
        ("usual fee", as_of, day.year, day.month, provider), lambda: _usual_charge(books, as_of, provider, day)
    )


def allowed(books: Books, invoice: Invoice, as_of: datetime.date) -> Decimal:
    """What of a bill is expected to be paid: its charge less all that was taken off it by a day."""
    adjustments = books.adjustments_of_invoice.get(invoice.id)
    if not adjustments:
        return invoice.amount
    return invoice.amount - sum((a.amount for a in adjustments if a.kind != "transfer" and a.date <= as_of), _ZERO)


class _Bills:
    """What the bills of one month say: what was allowed of like visits, and each provider's charges and yields."""

    def __init__(self) -> None:
        self.allowed: dict[_Alike, list[Decimal]] = defaultdict(list)
        self.nets: dict[str, list[tuple[Decimal, Decimal]]] = defaultdict(list)
        self.charges: dict[str, list[Decimal]] = defaultdict(list)
        self.charged: dict[str, Decimal] = defaultdict(Decimal)
        self.kept: dict[str, Decimal] = defaultdict(Decimal)

    def add(self, invoice: Invoice, service: str | None, net: Decimal) -> None:
        """Take in a bill of which `net` is expected to be paid."""
        provider, count = invoice.provider, len(invoice.visits) or 1
        self.allowed[provider, service, invoice.payer] += [net if count == 1 else net / count] * count
        self.nets[provider].append((net, invoice.amount))
        self.charges[provider].append(invoice.amount if count == 1 else invoice.amount / count)
        self.charged[provider] += invoice.amount
        self.kept[provider] += net


class _Payers:
    """Whom each patient's bills went to, in date order."""

    def __init__(self, invoices: Iterable[Invoice]) -> None:
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


def _payers(books: Books) -> _Payers:
    return books.once("payers of patients", lambda: _Payers(books.bills))


def _months(books: Books, as_of: datetime.date) -> dict[_Month, _Bills]:
    """The bills known by a day, by the month they were written in."""
    return books.once(("bills by month", as_of), lambda: _read_months(books, as_of))


def _read_months(books: Books, as_of: datetime.date) -> dict[_Month, _Bills]:
    months: dict[_Month, _Bills] = defaultdict(_Bills)
    for invoice in books.bills:
        if invoice.date > as_of:
            break
        if invoice.amount > 0 and (invoice.payer is None or _answered(books, invoice, as_of)):
            service = books.service_of(invoice.visits[0]) if invoice.visits else None
            months[invoice.date.year, invoice.date.month].add(invoice, service, allowed(books, invoice, as_of))
    return months


def _half_year(books: Books, as_of: datetime.date, month: _Month) -> list[_Bills]:
    """The bills of the six months that end with one."""
    known = _months(books, as_of)
    number = month[0] * 12 + month[1] - 1
    wanted = [divmod(each, 12) for each in range(number - TRAILING_MONTHS + 1, number + 1)]
    return [known[year, zero_based + 1] for year, zero_based in wanted if (year, zero_based + 1) in known]


def _of_alike(books: Books, as_of: datetime.date, visit: Visit, month: _Month, key: _Alike) -> Price | None:
    alike = [amount for bills in _half_year(books, as_of, month) for amount in bills.allowed.get(key, ())]
    enough = books.threshold("price-sample", as_of, visit.provider) or _ZERO
    if not alike or len(alike) < enough:
        return None
    middle, low, high = _quartiles(alike)
    return Price(_cents(middle), _cents(low), _cents(high), len(alike))


def _by_yield(books: Books, as_of: datetime.date, provider: str, day: datetime.date, gross: Decimal) -> Price | None:
    """Charges times what the provider's bills, else the practice's, yielded."""
    found = books.once(
        ("yield", as_of, day.year, day.month, provider), lambda: _yield(books, as_of, provider, (day.year, day.month))
    )
    if found is None:
        return None
    net, low, high, sample = found
    return Price(_cents(gross * net), _cents(gross * low), _cents(gross * high), sample)


def _yield(books: Books, as_of: datetime.date, provider: str, month: _Month) -> _Yielded | None:
    half_year = _half_year(books, as_of, month)
    return _yield_of(half_year, [provider]) or books.once(
        ("practice's yield", as_of, month),
        lambda: _yield_of(half_year, sorted({each for bills in half_year for each in bills.nets})),
    )


def _yield_of(half_year: list[_Bills], providers: list[str]) -> _Yielded | None:
    nets = [one for bills in half_year for each in providers for one in bills.nets.get(each, ())]
    yields = [net / charge for net, charge in nets]
    if not yields:
        return None
    charged = sum((bills.charged[each] for bills in half_year for each in providers), _ZERO)
    kept = sum((bills.kept[each] for bills in half_year for each in providers), _ZERO)
    _, low, high = _quartiles(yields)
    return kept / charged, low, high, len(yields)


def _usual_charge(books: Books, as_of: datetime.date, provider: str, day: datetime.date) -> Decimal:
    month = (day.year, day.month)
    half_year = _half_year(books, as_of, month)
    own = [charge for bills in half_year for charge in bills.charges.get(provider, ())]
    return (
        _middle(own)
        if own
        else books.once(
            ("practice's charge", as_of, month),
            lambda: _middle([charge for bills in half_year for same in bills.charges.values() for charge in same]),
        )
    )


def _middle(charges: list[Decimal]) -> Decimal:
    return _cents(_quartiles(charges)[0]) if charges else _ZERO


def _with(finding: Finding, prices: list[Price | None]) -> Finding:
    known = [price for price in prices if price is not None]
    if len(known) < len(prices):
        return finding
    return replace(
        finding,
        expected=sum((price.expected for price in known), _ZERO),
        low=sum((price.low for price in known), _ZERO),
        high=sum((price.high for price in known), _ZERO),
        sample=min(price.sample for price in known),
    )


def _answered(books: Books, invoice: Invoice, as_of: datetime.date) -> bool:
    """Whether the insurer has answered: before that, what it allows is not known."""
    adjusted = any(a.date <= as_of for a in books.adjustments_of_invoice.get(invoice.id, ()))
    return adjusted or any(p.date <= as_of for p in applied(books).get(invoice.id, ()))


def _quartiles(amounts: list[Decimal]) -> tuple[Decimal, Decimal, Decimal]:
    """The median and the bounds of the middle half: the values at these ranks, or in between two."""
    ordered = sorted(amounts)
    return _at(ordered, 2), _at(ordered, 1), _at(ordered, 3)


def _at(ordered: list[Decimal], quarter: int) -> Decimal:
    below, part = divmod((len(ordered) - 1) * quarter, 4)
    if part == 0:
        return ordered[below]
    return ordered[below] + (ordered[below + 1] - ordered[below]) * part / 4


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
