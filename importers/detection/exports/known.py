"""Columns that the books know: whose cells are visits or bills already imported, or providers and payers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from daysheet.books import Books
from daysheet.importers.detection.exports.column_facts import Facts
from daysheet.importers.detection.exports.kinds import INVOICES, VISITS
from daysheet.importers.detection.exports.roles import Found
from daysheet.importers.privacy import identifiers

_LEAST: Final = 3
_SHARE: Final = 0.6


class Known(NamedTuple):
    """What the books know.

    Attributes:
        visits: ids of visits.
        invoices: ids of invoices.
        providers: names and ids of providers, in comparable form.
        payers: names and ids of payers, likewise.
    """

    visits: frozenset[str] = frozenset()
    invoices: frozenset[str] = frozenset()
    providers: frozenset[str] = frozenset()
    payers: frozenset[str] = frozenset()


NOTHING_KNOWN: Final = Known()


def of_books(books: Books) -> Known:
    """What some books know."""
    return Known(
        frozenset(books.visits),
        frozenset(books.invoices),
        frozenset(identifiers.providers_of(books)),
        frozenset(identifiers.payers_of(books)),
    )


def known_columns(columns: Sequence[Facts], known: Known, kind: str) -> dict[str, Found]:
    """The columns most of whose cells the books know, by their role."""
    found: dict[str, Found] = {}
    ids = {"id" if kind == VISITS else "visit": known.visits, "id" if kind == INVOICES else "invoice": known.invoices}
    if kind not in (VISITS, INVOICES):
        ids = {"visit": known.visits, "invoice": known.invoices}
    for role, numbers in ids.items():
        best = max(columns, key=lambda facts: _share(facts, numbers), default=None) if numbers else None
        if best is not None and _share(best, numbers) >= _SHARE:
            what = "visits" if numbers is known.visits else "bills"
            found[role] = Found(best, f"its values are {what} already imported")
    for role, names in (("provider", known.providers), ("payer", known.payers)):
        for facts in columns if names else ():
            cells = [cell for cell in facts.distinct if len(cell) > 1]
            told = sum(identifiers.normal(cell) in names or identifiers.untitled(cell) in names for cell in cells)
            if cells and not facts.is_flag and told >= _SHARE * len(cells) and role not in found:
                found[role] = Found(facts, f"{told} of its {len(cells)} names are {role}s of the books")
    return found


def _share(facts: Facts, numbers: frozenset[str]) -> float:
    """The share of different cells that are such numbers; of less than a few it says nothing."""
    told = len(facts.distinct & numbers)
    return told / len(facts.distinct) if told >= _LEAST else 0.0
