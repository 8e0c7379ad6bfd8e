"""What is true of a practice from a date on: providers, payers, closures, imported files, waivers, thresholds.

Facts are dated `custom` directives, so that history stays true: a provider's new fee is a new directive, and what
was expected last year stays what it was. A malformed fact is an error at its line, never ignored.

Example:
    2026-01-01 custom "provider" "adams" "Dr. Adams"
      days: "mon tue wed thu fri"
      visits-per-day: 14
      fee: 50.00 USD
    2026-12-24 custom "closed" 2027-01-01 "Holidays"
    2026-01-01 custom "payer" "aetna" "Aetna"
      receivable: Assets:Receivable:Insurance:Aetna
      filing-days: 180
    2026-03-31 custom "imported" "visits" 2026-03-01 2026-03-31
      file: "originals/2026/2026-03-31-visits-0a1b2c3d.csv"
      sha256: "…"
      rows: 424
    2026-04-02 custom "waived" "unbilled-visit" "V1001" "courtesy visit, agreed with Dr. Adams"
    2026-12-31 custom "locked" "9c1e…"
      months: "1f0a… …"
    2026-01-01 custom "threshold" "overdue-days" 45
    2026-01-01 custom "contract" "aetna" "97110" 80.00 USD
    2026-01-01 custom "coverage" "delta" "D2" 80
    2026-03-02 custom "payment-plan" "5278" 50.00 USD
      first: 2026-04-01
    2026-01-05 custom "allocated" "PMT-551" "INV-1001" 40.00 USD
"""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from beancount.core.amount import Amount
from beancount.core.data import Custom
from daysheet.records import Allotment, Meta
from daysheet.thresholds import DEFAULTS

_EVERY: Final = ("month", "two-weeks", "week")
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class FactError(NamedTuple):
    """A fact that cannot be understood; the shape Beancount prints."""

    source: Meta
    message: str
    entry: Custom


class Provider(NamedTuple):
    """Who sees patients; `days` are weekdays (0 is Monday), `fee` is the usual charge of a visit."""

    id: str
    name: str
    since: datetime.date
    days: frozenset[int]
    visits_per_day: Decimal | None
    fee: Decimal | None
    until: datetime.date | None
    meta: Meta


class Payer(NamedTuple):
    """An insurer: its receivable account, and its deadlines in days from the visit or the denial."""

    id: str
    name: str
    since: datetime.date
    receivable: str
    filing_days: int | None
    appeal_days: int | None
    meta: Meta


class Closure(NamedTuple):
    """Days (both included) on which the practice, or one provider, sees nobody."""

    first: datetime.date
    last: datetime.date
    reason: str
    provider: str | None
    meta: Meta


class Imported(NamedTuple):
    """One imported file: its kind (`visits`, a bank profile's name, …) and the days it covers, both included."""

    kind: str
    first: datetime.date
    last: datetime.date
    account: str | None
    meta: Meta


class Waiver(NamedTuple):
    """A finding set aside by a person, with the reason; `through` is the last day of a lapse that is."""

    kind: str
    key: str
    reason: str
    date: datetime.date
    meta: Meta
    through: datetime.date | None = None


class Threshold(NamedTuple):
    """A number that a check compares with, from a day on, for the practice or one provider (`thresholds`)."""

    name: str
    value: Decimal
    since: datetime.date
    provider: str | None
    meta: Meta


class Contract(NamedTuple):
    """What an insurer has agreed to allow for a service, from a day on: its own part and the patient's together."""

    payer: str
    service: str
    allowed: Decimal
    since: datetime.date
    meta: Meta


class Coverage(NamedTuple):
    """What an insurer's plan covers, from a day on, and so what the patient is expected to owe until it has decided.

    Attributes:
        payer: the insurer.
        services: the beginning of the codes that this is of; empty for all.
        percent: what it pays of what it allows.
        copay: what the patient owes of each bill beside that.
        patient: whose plan it is; empty for all of the insurer's.
        since: the first day.
        meta: where it stands.
        deductible: what the patient pays of these services in a calendar year before the plan does.
        met: what of it the patient has met by that day; None where it is not said.
    """

    payer: str
    services: str
    percent: Decimal
    copay: Decimal
    patient: str
    since: datetime.date
    meta: Meta
    deductible: Decimal = Decimal()
    met: Decimal | None = None


class PaymentPlan(NamedTuple):
    """What a patient has agreed to pay of a debt, from a day on: by instalments of an amount.

    Attributes:
        of: the bill, or the patient's token for all that they owe.
        amount: of an instalment; the last is what is left.
        since: the day of the agreement.
        every: `month`, `two-weeks` or `week`.
        first: when the first instalment is due.
        meta: where it stands.
    """

    of: str
    amount: Decimal
    since: datetime.date
    every: str
    first: datetime.date
    meta: Meta


class Lock(NamedTuple):
    """A year declared finished: the digest of its entries as they were, and the first digits of each month's."""

    last: datetime.date
    digest: str
    months: tuple[str, ...]
    meta: Meta


class Begin(NamedTuple):
    """The day on which these books begin, and where what was before is kept: no bill before it is one of theirs."""

    date: datetime.date
    former: str
    meta: Meta


Fact = Provider | Payer | Closure | Imported | Waiver | Threshold | Contract | Lock | Allotment | PaymentPlan | Coverage


def parse_fact(entry: Custom) -> Fact | Begin | None:
    """The fact that a `custom` directive states, or None when it is of another type.

    Raises:
        ValueError: it is of one of our types but malformed; the message says what is wrong and what to write.
    """
    parser = _PARSERS.get(entry.type)
    return None if parser is None else parser(entry)


def strings(entry: Custom, names: tuple[str, ...], optional: int = 0) -> list[str]:
    """The directive's values, all of them text; the last `optional` ones may be left out."""
    values = [value.value for value in entry.values or ()]
    wanted = " ".join(f'"{name.upper()}"' for name in names)
    if not len(names) - optional <= len(values) <= len(names) or not all(
        isinstance(value, str) and value for value in values
    ):
        raise ValueError(f'{entry.type}: write {entry.date} custom "{entry.type}" {wanted}')
    return values


def number(entry: Custom, key: str) -> Decimal | None:
    """The number, or the amount's number, under a metadata key; None where there is none."""
    value = entry.meta.get(key)
    if value is None:
        return None
    if isinstance(value, Amount) and value.number is not None:
        value = value.number
    if not isinstance(value, Decimal) or value < 0:
        raise ValueError(f"{entry.type}: {key} must be a number, not below zero, such as {key}: 14")
    return value


def _days_count(entry: Custom, key: str) -> int | None:
    value = number(entry, key)
    if value is not None and value != int(value):
        raise ValueError(f"{entry.type}: {key} must be a whole number of days, such as {key}: 180")
    return None if value is None else int(value)


def day(entry: Custom, key: str) -> datetime.date | None:
    """The date under a metadata key."""
    value = entry.meta.get(key)
    if value is not None and not isinstance(value, datetime.date):
        raise ValueError(f"{entry.type}: {key} must be a date, such as {key}: {entry.date}")
    return value


def text(entry: Custom, key: str) -> str | None:
    """The text under a metadata key."""
    value = entry.meta.get(key)
    if value is not None and not isinstance(value, str):
        raise ValueError(f'{entry.type}: {key} must be text in quotes, such as {key}: "…"')
    return value


def _weekdays(entry: Custom) -> frozenset[int]:
    words = (text(entry, "days") or "").lower().split()
    unknown = [word for word in words if word not in WEEKDAYS]
    if unknown:
        raise ValueError(f'provider: unknown weekday "{unknown[0]}"; write days: "mon tue wed thu fri"')
    return frozenset(WEEKDAYS.index(word) for word in words)


def _provider(entry: Custom) -> Provider:
    values = strings(entry, ("id", "name"), optional=1)
    return Provider(
        id=values[0],
        name=values[-1],
        since=entry.date,
        days=_weekdays(entry),
        visits_per_day=number(entry, "visits-per-day"),
        fee=number(entry, "fee"),
        until=day(entry, "until"),
        meta=entry.meta,
    )


def _payer(entry: Custom) -> Payer:
    values = strings(entry, ("id", "name"), optional=1)
    receivable = entry.meta.get("receivable")
    if not isinstance(receivable, str) or not receivable:
        raise ValueError("payer: say its account, such as receivable: Assets:Receivable:Insurance:Aetna")
    return Payer(
        id=values[0],
        name=values[-1],
        since=entry.date,
        receivable=receivable,
        filing_days=_days_count(entry, "filing-days"),
        appeal_days=_days_count(entry, "appeal-days"),
        meta=entry.meta,
    )


def _closure(entry: Custom) -> Closure:
    values: list[Any] = [value.value for value in entry.values]
    last = values.pop(0) if values and isinstance(values[0], datetime.date) else entry.date
    if len(values) != 1 or not isinstance(values[0], str) or last < entry.date:
        raise ValueError(
            f'closed: write {entry.date} custom "closed" LAST-DAY "REASON", the last day not before the first'
        )
    return Closure(entry.date, last, values[0], text(entry, "provider"), entry.meta)


def _imported(entry: Custom) -> Imported:
    values: list[Any] = [value.value for value in entry.values]
    if (
        len(values) != 3
        or not isinstance(values[0], str)
        or not all(isinstance(value, datetime.date) for value in values[1:])
        or values[2] < values[1]
    ):
        raise ValueError(f'imported: write {entry.date} custom "imported" "KIND" FIRST-DAY LAST-DAY')
    account = entry.meta.get("account")
    return Imported(values[0], values[1], values[2], account, entry.meta)


def _waiver(entry: Custom) -> Waiver:
    kind, key, reason = strings(entry, ("kind", "key", "reason"))
    return Waiver(kind, key, reason, entry.date, entry.meta, day(entry, "through"))


def _threshold(entry: Custom) -> Threshold:
    values: list[Any] = [value.value for value in entry.values]
    if len(values) != 2 or not isinstance(values[0], str) or not isinstance(values[1], Decimal) or values[1] < 0:
        raise ValueError(f'threshold: write {entry.date} custom "threshold" "NAME" NUMBER')
    if values[0] not in DEFAULTS:
        near = difflib.get_close_matches(values[0], DEFAULTS, 1)
        hint = f'did you mean "{near[0]}"?' if near else f"known are: {', '.join(DEFAULTS)}"
        raise ValueError(f'threshold: unknown name "{values[0]}"; {hint}')
    return Threshold(values[0], values[1], entry.date, text(entry, "provider"), entry.meta)


def _contract(entry: Custom) -> Contract:
    return Contract(*_names_and_amount(entry, '"PAYER" "SERVICE" AMOUNT, such as 80.00 USD'), entry.date, entry.meta)


def _names_and_amount(entry: Custom, words: str) -> tuple[str, str, Decimal]:
    """The values of a fact that is two names and an amount."""
    values: list[Any] = [value.value for value in entry.values]
    names, amount = values[:2], values[2] if len(values) == 3 else None
    if not all(isinstance(name, str) and name for name in names) or not isinstance(amount, Amount):
        raise ValueError(f'{entry.type}: write {entry.date} custom "{entry.type}" {words}')
    return values[0], values[1], amount.number or Decimal()


def _coverage(entry: Custom) -> Coverage:
    values: list[Any] = [value.value for value in entry.values]
    said = len(values) == 3 and isinstance(values[0], str) and values[0] and isinstance(values[1], str)
    if not said or not isinstance(values[2], Decimal) or not 0 <= values[2] <= 100:
        raise ValueError(f'coverage: write {entry.date} custom "coverage" "PAYER" "D2" 80, beginning of codes, percent')
    met, patient = number(entry, "met"), text(entry, "patient") or ""
    if met is not None and not patient:
        raise ValueError("coverage: met is what one patient has met of the deductible: say the patient beside it")
    copay, deductible = (number(entry, key) or Decimal() for key in ("copay", "deductible"))
    return Coverage(values[0], values[1], values[2], copay, patient, entry.date, entry.meta, deductible, met)


def _allotment(entry: Custom) -> Allotment:
    payment, invoice, amount = _names_and_amount(entry, '"PAYMENT" "INVOICE" AMOUNT')
    return Allotment(text(entry, "split") or "", entry.date, payment, invoice, amount, entry.meta)


def _payment_plan(entry: Custom) -> PaymentPlan:
    values: list[Any] = [value.value for value in entry.values]
    amount = values[1].number if len(values) == 2 and isinstance(values[1], Amount) else None
    if not isinstance(values[0] if values else None, str) or amount is None or amount <= 0:
        raise ValueError(f'payment-plan: write {entry.date} custom "payment-plan" "INVOICE OR PATIENT" 50.00 USD')
    every = text(entry, "every") or _EVERY[0]
    if every not in _EVERY:
        raise ValueError(f"payment-plan: every must be one of {', '.join(_EVERY)}")
    return PaymentPlan(values[0], amount, entry.date, every, day(entry, "first") or entry.date, entry.meta)


def _lock(entry: Custom) -> Lock:
    digest = strings(entry, ("digest",))[0]
    months = tuple((text(entry, "months") or "").split())
    if (entry.date.month, entry.date.day) != (12, 31) or len(months) != 12:
        raise ValueError("locked: written by daysheet lock YEAR, on the last day of the year, with a digest a month")
    return Lock(entry.date, digest, months, entry.meta)


def _begin(entry: Custom) -> Begin:
    return Begin(entry.date, strings(entry, ("former books",))[0], entry.meta)


_PARSERS: Final[Mapping[str, Callable[[Custom], Fact | Begin]]] = {
    "begins": _begin,
    "provider": _provider,
    "payer": _payer,
    "closed": _closure,
    "imported": _imported,
    "waived": _waiver,
    "threshold": _threshold,
    "contract": _contract,
    "coverage": _coverage,
    "allocated": _allotment,
    "payment-plan": _payment_plan,
    "locked": _lock,
}
