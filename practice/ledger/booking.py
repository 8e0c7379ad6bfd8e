"""Beancount's booking of one file's transactions by themselves, where the other files can make no difference.

Booking is what completes amounts that were left out and finds the lots that a sale takes from. Only two things in it
look beyond a transaction: lots held at cost, and a currency that is left out. A file that has either is not for here.

A transaction of complete amounts in one currency, as `daysheet import` writes them, is booked by giving it the
tolerances that follow from its digits. Those are Beancount's own, worked out once for amounts with the same digits:
this takes an eighth of the time that booking in full takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from beancount.core import interpolate
from beancount.core.amount import Amount
from beancount.core.data import Directive, Posting, Transaction
from beancount.core.number import MISSING
from beancount.parser import booking
from beancount.utils.defdict import ImmutableDictWithDefault

OPTIONS: Final = (
    "booking_method",
    "infer_tolerance_from_cost",
    "inferred_tolerance_default",
    "tolerance_multiplier",
    "use_precise_interpolation",
)
"""The options of the main file that booking depends on."""


def book(entries: Sequence[Directive], options: Mapping[str, Any]) -> list[Directive] | None:
    """The entries of one file as Beancount books them together with those of all files.

    Args:
        entries: as parsed.
        options: those of the main file.

    Returns:
        The booked entries in the same order; None if that takes the other files, or a transaction is in error.
    """
    tolerances: dict[tuple[object, ...], Any] = {}
    booked: list[Directive] = []
    for entry in entries:
        if not isinstance(entry, Transaction):
            booked.append(entry)
            continue
        digits = _digits(entry.postings)
        if digits is None:
            if not all(map(_alone, entry.postings)):
                return None
            completed, errors = booking.book([entry], options)  # type: ignore[no-untyped-call]
            if errors:
                return None
            booked += completed
            continue
        if digits not in tolerances:
            tolerances[digits] = interpolate.infer_tolerances(entry.postings, options)  # type: ignore[no-untyped-call]
        meta = {**entry.meta, interpolate.AUTOMATIC_TOLERANCES: own(tolerances[digits])}
        booked.append(entry._replace(postings=list(entry.postings), meta=meta))
    return booked


def own(tolerances: ImmutableDictWithDefault) -> ImmutableDictWithDefault:
    """Tolerances for one transaction alone: what a plugin does to them touches no other."""
    return ImmutableDictWithDefault(tolerances, default=tolerances.default)  # type: ignore[no-untyped-call]


def _digits(postings: Sequence[Posting]) -> tuple[object, ...] | None:
    """How many digits each amount has, and the currency; None unless all are complete and in one currency."""
    digits: list[object] = []
    currency: str | None = None
    for posting in postings:
        units: Any = posting.units
        if posting.cost is not None or posting.price is not None or type(units) is not Amount:
            return None
        if type(units.number) is not Decimal or type(units.currency) is not str:
            return None
        if units.currency != currency and currency is not None:
            return None
        currency = units.currency
        digits.append(units.number.as_tuple().exponent)
    return currency, *digits


def _alone(posting: Posting) -> bool:
    """Whether a posting is booked without a look at what its account holds."""
    units: Any = posting.units
    price: Any = posting.price
    if posting.cost is not None:
        return False
    if units is MISSING:
        return price is None
    return type(units.currency) is str and (price is None or (price is not MISSING and type(price.currency) is str))
