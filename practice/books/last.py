"""The books that a plugin has indexed while a ledger was loaded, for whoever looks at the same entries afterwards.

Fava loads a ledger, plugins and all, in the process that then shows it: what the plugin has worked out is there
already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import is_
from typing import Any

from beancount.core.data import Directive
from daysheet.books.books import Books
from daysheet.books.currencies import currency_of

_held: list[tuple[list[Directive], str, Books]] = []
"""The last ones alone, and of which entries and state they are."""


def hold(books: Books, entries: Sequence[Directive], state: str) -> None:
    """Keep books that were just indexed, until others are or somebody takes them.

    Args:
        books: of these entries.
        entries: as Beancount gave them to a plugin.
        state: as in `Books.of`.
    """
    _held[:] = [([*entries], state, books)]


def taken(entries: list[Directive], options: Mapping[str, Any], state: str) -> Books:
    """The books of these entries, as `Books.of` gives them; those that are held, where they are of the very same."""
    held = [_held.pop()] if _held else []  # nobody else takes them meanwhile
    for its_entries, its_state, books in held:
        same = len(its_entries) == len(entries) and all(map(is_, its_entries, entries))
        if same and its_state == state and books.currency == currency_of(options):
            return books
    return Books.of(entries, options, state=state)
