"""Beancount's validation of a ledger, its slowest check only where it can find something.

The check whether transactions balance takes three quarters of the validation: it works out each one's tolerances. A
transaction whose legs are in one currency and add up to nothing is within any tolerance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from beancount.core.data import Directive, Transaction
from beancount.core.interpolate import AUTOMATIC_RESIDUAL
from beancount.ops import validation


def validate(entries: Sequence[Directive], options: Mapping[str, Any]) -> list[Any]:
    """The errors that `beancount.ops.validation.validate` finds, in its order."""
    errors: list[Any] = []
    checks: list[Any] = validation.VALIDATIONS
    for check in checks:
        if check is validation.validate_check_transaction_balances:
            errors += check([entry for entry in entries if not is_even(entry)], options)  # type: ignore[no-untyped-call]
        else:
            errors += check(entries, options)
    return errors


def is_even(entry: Directive) -> bool:
    """Whether this is a transaction in one currency, without cost or price, that adds up to exactly nothing."""
    if not isinstance(entry, Transaction):
        return False
    total: Decimal | None = None
    currency = None
    for _, units, cost, price, _, meta in entry.postings:
        if units is None or units.number is None or cost is not None or price is not None:
            return False
        if (currency is not None and units.currency != currency) or (meta and AUTOMATIC_RESIDUAL in meta):
            return False
        currency = units.currency
        # as an inventory adds: what has come to nothing begins anew
        total = total + units.number if total else units.number
    return not total
