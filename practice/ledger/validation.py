"""Beancount's validation of a ledger, its slowest checks only where they can find something.

The check whether transactions balance takes three quarters of the validation: it works out each one's tolerances. A
transaction whose legs are in one currency and add up to nothing is within any tolerance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from beancount.core import getters
from beancount.core.data import Close, Custom, Directive, Open, Transaction
from beancount.core.interpolate import AUTOMATIC_RESIDUAL
from beancount.ops import validation


def validate(entries: Sequence[Directive], options: Mapping[str, Any]) -> list[Any]:
    """The errors that `beancount.ops.validation.validate` finds, in its order."""
    errors: list[Any] = []
    checks: list[Any] = validation.VALIDATIONS
    for check in checks:
        if check is validation.validate_check_transaction_balances:
            errors += check([entry for entry in entries if not is_even(entry)], options)  # type: ignore[no-untyped-call]
        elif not ((sound := _SOUND.get(check)) and sound(entries)):
            errors += check(entries, options)
    return errors


def _are_active(entries: Iterable[Any]) -> bool:
    """Whether every account is open where an entry names it, as Beancount asks it: `custom` entries name none to it."""
    active: set[str] = set()
    for entry in entries:
        kind = type(entry)
        if kind is Transaction:
            for posting in entry.postings:
                if posting.account not in active:
                    return False
        elif kind is Open:
            active.add(entry.account)
        elif kind is Close:
            active.discard(entry.account)
        elif kind is not Custom and not active.issuperset(getters.get_entry_accounts(entry)):
            return False
    return True


def _are_free(entries: Iterable[Any]) -> bool:
    """Whether no account is for some currencies alone."""
    return not any(type(entry) is Open and entry.currencies for entry in entries)


_SOUND: Final[Mapping[Any, Callable[[Iterable[Any]], bool]]] = {
    validation.validate_active_accounts: _are_active,
    validation.validate_currency_constraints: _are_free,
}
"""What tells in a fraction of the time that a check of Beancount's finds nothing."""


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
