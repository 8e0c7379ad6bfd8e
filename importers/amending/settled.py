"""Which settlements rest on entries that go or move: they go too, and are posted anew as far as they still follow."""

from __future__ import annotations

from collections.abc import Set

from beancount.core.data import Custom
from daysheet.books import Books
from daysheet.cash.receipts import DEPOSIT, is_settlement
from daysheet.cash.reconciliation import reconcile
from daysheet.importers.amending.recognition import Place, place_of


def stale(books: Books, gone: Set[Place]) -> set[Place]:
    """The places of the settlements that rest on these entries.

    Args:
        books: with the entries still in them.
        gone: places of entries that go, or whose money moves to another account.
    """
    remittances = {
        str(entry.values[0].value)
        for entry in books.entries
        if isinstance(entry, Custom) and entry.type == "remittance" and place_of(entry.meta) in gone
    }
    deposits: set[str] = set()
    found: set[Place] = set()
    clearing = any(place_of(entry.meta) in gone for entry in books.clearing)
    for match in reconcile(books, books.entries[-1].date).matches if clearing else ():
        own = place_of(match.deposit.meta) in gone
        parts = [meta for receipt in match.receipts for meta in receipt.where]
        if own or any(place_of(meta) in gone for meta in parts):
            deposits.add(match.deposit.id)
        if own:
            found |= {place_of(meta) for meta in parts if is_settlement(meta) and "matched" in meta}
    for entry in books.entries:
        meta = entry.meta
        if str(meta.get("remittance", "")) in remittances or str(meta.get(DEPOSIT, "")) in deposits:
            found.add(place_of(meta))
    return found - gone
