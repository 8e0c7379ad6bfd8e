"""Facts that only the tax return asks for: what was bought for years, who was paid for services, what was filed.

Like all facts they are dated, and a malformed one is an error at its line.

Example:
    2026-03-10 custom "asset" "ultrasound" "Ultrasound unit"
      cost: 12000.00 USD
      account: Assets:Fixed:Equipment
      method: "macrs"
      life: 5
    2028-05-02 custom "disposed" "ultrasound"
      proceeds: 1500.00 USD
    2026-01-01 custom "vendor" "harbor" "Harbor Radiology PC"
      entity: "corporation"
      services: "medical"
      w9: TRUE
    2026-03-31 custom "filed" "941"
      wages: 24000.00 USD
    2026-01-01 custom "partner" "adams" "Dr. Adams"
      share: 60
    2026-01-01 custom "loan" "sba" "First SBA Bank"
      account: Liabilities:Notes:SBA
      rate: 6.5
      payment: 1000.00 USD
      maturity: 2031-06-05
      interest: Expenses:Interest
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from beancount.core.amount import Amount
from beancount.core.data import Custom
from daysheet.facts import day, number, strings, text
from daysheet.records import Meta

METHODS: Final = ("straight-line", "macrs", "none")
ENTITIES: Final = ("individual", "partnership", "corporation", "tax-exempt", "government")
SERVICES: Final = ("services", "rent", "medical", "legal", "goods")
ALLOCATIONS: Final = ("closing", "rateable")
FORMS: Final = ("941", "W-3", "940", "state")
_ZERO: Final = Decimal()
_ALL: Final = Decimal(100)
_RENTAL: Final = Decimal("27.5")
VEHICLES: Final = ("passenger", "suv", "other")
_VEHICLES_ADS: Final = Decimal(5)  # IRC 168(g)(3)(D)


class Asset(NamedTuple):
    """Something bought for years: in service since a day, at a cost, written off over `life` years by a method.

    What only the return asks for: `tax_life`, its MACRS recovery period in years (`life`, where the books follow MACRS
    too); `section_179`, the cost elected to be expensed; `bonus`, whether bonus depreciation is taken (None where
    nobody has said: it is automatic); `acquired`, the day of a binding contract, else the day of service; `vehicle`,
    `passenger` for what IRC 280F limits, `suv` over 6,000 pounds; `business_use` in percent; `ads_life`, the recovery
    period in years of listed property that is used half or less for business (a vehicle's is five).
    """

    id: str
    name: str
    since: datetime.date
    cost: Decimal
    account: str
    method: str
    life: Decimal
    salvage: Decimal
    meta: Meta
    tax_life: Decimal | None = None
    section_179: Decimal = _ZERO
    bonus: bool | None = None
    acquired: datetime.date | None = None
    vehicle: str = ""
    business_use: Decimal = _ALL
    ads_life: Decimal | None = None


class Disposal(NamedTuple):
    """An asset sold or scrapped on a day, for what it brought."""

    asset: str
    date: datetime.date
    proceeds: Decimal
    meta: Meta


class Vendor(NamedTuple):
    """Who is paid for services: the payee in the books, what kind of taxpayer it is, and whether its W-9 is on file."""

    id: str
    name: str
    since: datetime.date
    payee: str
    entity: str
    services: str
    w9: bool
    meta: Meta


class Filed(NamedTuple):
    """A payroll form that was filed for the period ending on a day, and what is on it, in the operating currency.

    Attributes:
        form: `941`, `W-3`, `940`, or `state` for a quarter's return of state unemployment tax.
        date: the last day of its quarter, or of its year.
        wages: Form 941 line 2, W-3 box 1, Form 940 line 3.
        social_security: social security wages (941 line 5a, W-3 box 3); None where nobody has said.
        medicare: Medicare wages (941 line 5c, W-3 box 5).
        withheld: federal income tax withheld (941 line 3, W-3 box 2).
        tax: Form 940 line 12, the unemployment tax of the year; of a state's return that of the quarter.
        meta: where it stands.
    """

    form: str
    date: datetime.date
    wages: Decimal
    meta: Meta
    social_security: Decimal | None = None
    medicare: Decimal | None = None
    withheld: Decimal | None = None
    tax: Decimal | None = None


class Partner(NamedTuple):
    """A partner's share of the income, in percent, from a day on; a share of zero says that the partner has left.

    A `limited` partner's share of the income is not from self-employment (IRC 1402(a)(13)).
    """

    id: str
    name: str
    since: datetime.date
    share: Decimal
    meta: Meta
    limited: bool = False


class Loan(NamedTuple):
    """What was agreed with a lender, from a day on: a later fact of the same account replaces it from its own day.

    Attributes:
        id: stable from one fact of the loan to the next.
        lender: the name as printed.
        since: the day from which these terms hold.
        account: the liability that carries it.
        rate: nominal percent a year; None where nobody has said.
        payment: the regular monthly payment, principal and interest together.
        maturity: the day on which all is due.
        interest: the expense account of its interest.
        meta: where it stands.
    """

    id: str
    lender: str
    since: datetime.date
    account: str
    rate: Decimal | None
    payment: Decimal | None
    maturity: datetime.date | None
    interest: str | None
    meta: Meta


class Allocation(NamedTuple):
    """How a partnership divides a year in which shares change, from a day on: `closing` of the books, or `rateable`."""

    method: str
    since: datetime.date
    meta: Meta


class AccumulatedAdjustments(NamedTuple):
    """What an S corporation's accumulated adjustments account began a year with, that of the day."""

    since: datetime.date
    balance: Decimal
    meta: Meta


class OwnerEarnings(NamedTuple):
    """What a sole proprietor, and the spouse, earn in a year elsewhere, as employees or in other businesses.

    `carried` is what of Section 179 was carried into the year; None leaves it to the books.
    """

    since: datetime.date
    amount: Decimal
    carried: Decimal | None
    meta: Meta


class AccountNumber(NamedTuple):
    """By which number the accountant's program knows an account."""

    account: str
    number: str
    meta: Meta


TaxFact = (
    Asset | Disposal | Vendor | Filed | Partner | Loan | Allocation | AccumulatedAdjustments | OwnerEarnings
    | AccountNumber
)  # fmt: skip


def loan_on(facts: Iterable[TaxFact], account: str, on: datetime.date) -> Loan | None:
    """The terms that hold for a loan's account on a day; its first ones for days before any."""
    terms = [fact for fact in facts if isinstance(fact, Loan) and fact.account == account]
    held = [fact for fact in terms if fact.since <= on]
    return held[-1] if held else terms[0] if terms else None


def parse_tax_fact(entry: Custom) -> TaxFact | None:
    """The fact that a `custom` directive states, or None when it is of another type.

    Raises:
        ValueError: it is malformed; the message says what to write.
    """
    parser = _PARSERS.get(entry.type)
    return None if parser is None else parser(entry)


def _asset(entry: Custom) -> Asset:
    values = strings(entry, ("id", "name"), optional=1)
    cost = number(entry, "cost")
    life = number(entry, "life") or _ZERO
    method = _choice(entry, "method", METHODS, "straight-line")
    account = entry.meta.get("account")
    if cost is None or not isinstance(account, str):
        raise ValueError("asset: say its cost: 1200.00 USD and its account: Assets:Fixed:Equipment")
    tax_life = number(entry, "tax-life") or (life if method == "macrs" else None)
    for years in (life if method != "none" else None, tax_life):
        if years is not None and years != _RENTAL and (years < 1 or years != int(years)):
            raise ValueError("asset: life must be a whole number of years, such as life: 5")
    bonus, use = entry.meta.get("bonus"), number(entry, "business-use")
    if bonus not in (None, True, False):
        raise ValueError("asset: bonus must be TRUE or FALSE: whether bonus depreciation is taken, or elected out")
    if use is not None and use > _ALL:
        raise ValueError("asset: business-use is a percentage, such as business-use: 80")
    vehicle, ads_life = _choice(entry, "vehicle", ("", *VEHICLES), ""), number(entry, "ads-life")
    if ads_life is not None and ads_life < 1:
        raise ValueError("asset: ads-life is a number of years, such as ads-life: 6")
    return Asset(
        id=values[0],
        name=values[-1],
        since=entry.date,
        cost=cost,
        account=account,
        method=method,
        life=life,
        salvage=number(entry, "salvage") or _ZERO,
        meta=entry.meta,
        tax_life=tax_life,
        section_179=number(entry, "section-179") or _ZERO,
        bonus=bonus,
        acquired=day(entry, "acquired"),
        vehicle=vehicle,
        business_use=_ALL if use is None else use,
        ads_life=_VEHICLES_ADS if ads_life is None and vehicle else ads_life,
    )


def _disposal(entry: Custom) -> Disposal:
    return Disposal(strings(entry, ("asset",))[0], entry.date, number(entry, "proceeds") or _ZERO, entry.meta)


def _vendor(entry: Custom) -> Vendor:
    values = strings(entry, ("id", "name"), optional=1)
    w9 = entry.meta.get("w9", False)
    if w9 not in (True, False):
        raise ValueError("vendor: w9 must be TRUE or FALSE: whether the form is on file")
    return Vendor(
        id=values[0],
        name=values[-1],
        since=entry.date,
        payee=text(entry, "payee") or values[-1],
        entity=_choice(entry, "entity", ENTITIES, "individual"),
        services=_choice(entry, "services", SERVICES, "services"),
        w9=w9,
        meta=entry.meta,
    )


def _filed(entry: Custom) -> Filed:
    form = strings(entry, ("form",))[0]
    wages = number(entry, "wages")
    if form not in FORMS or wages is None:
        raise ValueError(
            f'filed: write {entry.date} custom "filed" "941" (or "W-3", "940", "state") and below it wages: 24000.00'
            " USD"
        )
    return Filed(
        form=form,
        date=entry.date,
        wages=wages,
        meta=entry.meta,
        social_security=number(entry, "social-security-wages"),
        medicare=number(entry, "medicare-wages"),
        withheld=number(entry, "withheld"),
        tax=number(entry, "tax"),
    )


def _partner(entry: Custom) -> Partner:
    values = strings(entry, ("id", "name"), optional=1)
    share = number(entry, "share")
    if share is None or share > 100:
        raise ValueError("partner: say the share of the income in percent, such as share: 60")
    limited = entry.meta.get("limited", False)
    if limited not in (True, False):
        raise ValueError("partner: limited must be TRUE or FALSE: whether this is a limited partner")
    return Partner(values[0], values[-1], entry.date, share, entry.meta, limited)


def _allocation(entry: Custom) -> Allocation:
    method = strings(entry, ("method",))[0]
    if method not in ALLOCATIONS:
        raise ValueError(f'allocation: write {entry.date} custom "allocation" "closing" (or "rateable")')
    return Allocation(method, entry.date, entry.meta)


def _accumulated(entry: Custom) -> AccumulatedAdjustments:
    return AccumulatedAdjustments(entry.date, _of_a_year(entry, "balance"), entry.meta)


def _owner_earnings(entry: Custom) -> OwnerEarnings:
    return OwnerEarnings(entry.date, _of_a_year(entry, "amount"), number(entry, "section-179-carried"), entry.meta)


def _of_a_year(entry: Custom, key: str) -> Decimal:
    """An amount of a year, of any sign, in a fact that is written on the year's first day.

    It is the directive's value (Beancount does not load a custom directive without any), or below it under a key.
    """
    said = next((item.value for item in entry.values or () if not isinstance(item.value, str)), entry.meta.get(key))
    amount = said.number if isinstance(said, Amount) else said
    if not isinstance(amount, Decimal) or (entry.date.month, entry.date.day) != (1, 1):
        raise ValueError(
            f'{entry.type}: write on the first day of a year {entry.date.year}-01-01 custom "{entry.type}" 15000.00 USD'
        )
    return amount


def _account_number(entry: Custom) -> AccountNumber:
    account, number_ = strings(entry, ("account", "number"))
    return AccountNumber(account, number_, entry.meta)


def _loan(entry: Custom) -> Loan:
    values = strings(entry, ("id", "lender"))
    account, interest = entry.meta.get("account"), entry.meta.get("interest")
    if not isinstance(account, str) or not account.startswith("Liabilities:"):
        raise ValueError("loan: say the account that carries it, such as account: Liabilities:Loans:Equipment")
    if interest is not None and not isinstance(interest, str):
        raise ValueError("loan: interest must be an account, such as interest: Expenses:Interest")
    return Loan(
        id=values[0],
        lender=values[1],
        since=entry.date,
        account=account,
        rate=number(entry, "rate"),
        payment=number(entry, "payment"),
        maturity=day(entry, "maturity"),
        interest=interest,
        meta=entry.meta,
    )


def _choice(entry: Custom, key: str, known: tuple[str, ...], default: str) -> str:
    value = text(entry, key) or default
    if value not in known:
        raise ValueError(f'{entry.type}: {key} must be one of {", ".join(known)}, not "{value}"')
    return value


_PARSERS: Final[Mapping[str, Callable[[Custom], TaxFact]]] = {
    "asset": _asset,
    "disposed": _disposal,
    "vendor": _vendor,
    "filed": _filed,
    "partner": _partner,
    "loan": _loan,
    "allocation": _allocation,
    "accumulated-adjustments": _accumulated,
    "owner-earnings": _owner_earnings,
    "account-number": _account_number,
}
