"""What stands on entries that are to be taken out: later entries that name them by id.

A payment stands on its invoice, an invoice on its visit, a reversal on its payment, a waiver on what it sets aside.
What Daysheet works out itself (settlements, allocations) stands on nothing: it is worked out anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from typing import Any, Final, NamedTuple

from beancount.core.data import Custom, Directive, Transaction
from daysheet.accounts import BILLING_CHARGES, BILLING_OPENING, is_under
from daysheet.books import Books
from daysheet.books.deposited import TYPE
from daysheet.books.index import invoice_of
from daysheet.cash.receipts import DEPOSIT, DIFFERENCE, is_settlement
from daysheet.importers.amending.recognition import Place, place_of
from daysheet.records import Meta

Name = tuple[str, str]
"""A kind of record (`visit`, `invoice`, `payment`, …) and its id."""

_ALLOCATED: Final = "allocated"


class Dependent(NamedTuple):
    """An entry that names one that is to be taken out."""

    entry: Name
    on: Name
    meta: Meta


def dependents(books: Books, gone: Set[Place]) -> list[Dependent]:
    """The entries that name what these entries state, in the order of the books.

    Args:
        books: with the entries still in them.
        gone: places of those that are to be taken out.
    """
    taken: dict[Name, None] = {}
    left: list[Directive] = []
    for entry in books.entries:
        if "lineno" in entry.meta and place_of(entry.meta) in gone:
            taken.update(dict.fromkeys(stated(entry)))
        else:
            left.append(entry)
    for entry in left:  # a second entry of the same id still states it
        for name in stated(entry):
            taken.pop(name, None)
    found: list[Dependent] = []
    for entry in left:
        if not is_derived(entry):
            on = next((name for name in named(entry) if name in taken), None)
            if on is not None:
                found.append(Dependent(_said(entry), on, entry.meta))
    return found


def is_derived(entry: Directive) -> bool:
    """Whether Daysheet has worked an entry out of others."""
    meta = entry.meta or {}
    posted = is_settlement(meta) or not meta.keys().isdisjoint((DEPOSIT, DIFFERENCE, _ALLOCATED, "share", "loan"))
    return isinstance(entry, Transaction) and posted


def stated(entry: Directive) -> Iterator[Name]:
    """The records that an entry states."""
    if isinstance(entry, Custom):
        if entry.type in ("visit", "claim", "remittance") and entry.values:
            yield entry.type, str(entry.values[0].value)
    elif isinstance(entry, Transaction) and not is_derived(entry):
        own = [key for key in ("payment", "adjustment") if key in entry.meta]
        yield from ((key, str(entry.meta[key])) for key in own)
        invoice = invoice_of(entry)
        charges = any(is_under(p.account, BILLING_CHARGES) or p.account == BILLING_OPENING for p in entry.postings)
        if invoice is not None and charges and not own:
            yield "invoice", invoice


def named(entry: Directive) -> Iterator[Name]:
    """The records that an entry names as its own ground."""
    meta = entry.meta or {}
    if isinstance(entry, Custom):
        values = [value.value for value in entry.values]
        if entry.type == "claim" and len(values) > 1:
            yield "invoice", str(values[1])
        elif entry.type == "waived" and len(values) > 1:
            yield from ((kind, str(values[1])) for kind in ("visit", "invoice", "payment", "claim", "remittance"))
        elif entry.type == TYPE:
            yield from ((kind, str(value)) for kind in ("payment", "remittance") for value in values[1:])
        elif entry.type == _ALLOCATED:
            yield from _both("payment", "invoice", values)
    elif isinstance(entry, Transaction):
        invoice = invoice_of(entry)
        if invoice is not None:
            yield "invoice", invoice
        yield from _of_meta(meta)
        for posting in entry.postings:
            if posting.meta and "invoice" in posting.meta:
                yield "invoice", str(posting.meta["invoice"])


def _of_meta(meta: Meta) -> Iterator[Name]:
    for key in ("visit", "invoice", "claim"):
        yield from ((key, word) for word in str(meta.get(key, "")).split())
    if "reverses" in meta:
        yield "payment", str(meta["reverses"])


def _both(first: str, second: str, values: Iterable[Any]) -> Iterator[Name]:
    yield from zip((first, second), map(str, values), strict=False)


def _said(entry: Directive) -> Name:
    if isinstance(entry, Custom):
        return entry.type, str(entry.values[0].value) if entry.values else ""
    return next(iter(stated(entry)), ("entry", str(entry.date)))
