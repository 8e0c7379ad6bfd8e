"""Bills, receipts and visits in a currency that the books do not count in: never added to those that they do.

Amounts of a practice are in the books' operating currency. A leg in another one counts as its weight where the ledger
says what it was exchanged for, as Beancount weighs it; an entry that does not say so is left out and named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from beancount.core.amount import Amount
from beancount.core.convert import get_weight
from beancount.core.data import Custom, Directive, Posting, Transaction
from daysheet.books.index import role_of
from daysheet.records import Meta

_PRICED: Final = (
    "provider", "payer", "contract", "coverage", "allocated", "payment-plan",
    "asset", "disposed", "filed", "partner", "loan", "allocation", "deposited",
)  # fmt: skip
_OF_PRACTICE: Final = ("payment", "adjustment", "remittance")


class Foreign(NamedTuple):
    """An entry of the practice that is in no figure: its currency, and where it stands."""

    currency: str
    where: Meta


def in_one(
    entries: list[Directive], options: Mapping[str, Any], currency: str
) -> tuple[list[Directive], tuple[Foreign, ...]]:
    """The entries with every amount of the practice in one currency, and those that had to be left out.

    Args:
        entries: of the whole ledger; given back as they are where it knows one currency alone.
        options: Beancount's options map.
        currency: the operating currency.
    """
    written = getattr(options.get("dcontext"), "ccontexts", None)  # every currency that the parser has met
    if written and set(written) <= {currency, "__default__"}:
        return entries, ()
    kept: list[Directive] = []
    foreign: list[Foreign] = []
    for entry in entries:
        other = _other(entry, currency)
        if other is None:
            kept.append(entry)
            continue
        weighed = _weighed(entry, currency) if isinstance(entry, Transaction) else None
        if weighed is None:
            foreign.append(Foreign(other, entry.meta))
        else:
            kept.append(weighed)
    return (kept, tuple(foreign)) if len(kept) < len(entries) or kept != entries else (entries, ())


def currency_of(options: Mapping[str, Any]) -> str:
    """The currency that the books count in: the first operating currency."""
    currencies: Sequence[str] = options.get("operating_currency") or ["USD"]
    return currencies[0]


def require(entry: Custom, currency: str) -> None:
    """See that a fact's amounts are in the currency of the books.

    Raises:
        ValueError: one is not.
    """
    for key, value in entry.meta.items() if entry.type in _PRICED else ():
        if isinstance(value, Amount) and value.currency != currency:
            raise ValueError(f"{entry.type}: {key} is in {value.currency}, and these books count in {currency}")


def note(foreign: Iterable[Foreign], currency: str) -> str:
    """What is in no figure, for a reader of the figures; empty where all is in them."""
    found = list(foreign)
    if not found:
        return ""
    others = ", ".join(sorted({one.currency for one in found}))
    which = "1 entry is" if len(found) == 1 else f"{len(found):,} entries are"
    return f"Amounts are in {currency} only: {which} in no figure, because never exchanged ({others})."


def _other(entry: Directive, currency: str) -> str | None:
    """The other currency of an entry of the practice."""
    if isinstance(entry, Custom):
        fee = entry.meta.get("fee") if entry.type == "visit" else None
        return fee.currency if isinstance(fee, Amount) and fee.currency != currency else None
    if not isinstance(entry, Transaction):
        return None
    others = [one.units.currency for one in entry.postings if one.units and one.units.currency != currency]
    if not others:
        return None
    ours = any(map(entry.meta.__contains__, _OF_PRACTICE)) or any(role_of(one.account) for one in entry.postings)
    return others[0] if ours else None


def _weighed(entry: Transaction, currency: str) -> Transaction | None:
    """The entry with each leg in the currency; None where one was not exchanged for it."""
    legs: list[Posting] = []
    for posting in entry.postings:
        weight: Amount = get_weight(posting)  # type: ignore[no-untyped-call]
        if weight.currency != currency:
            return None
        own = posting.units is not None and posting.units.currency == currency
        legs.append(posting if own else posting._replace(units=weight, cost=None, price=None))
    return entry._replace(postings=legs)
