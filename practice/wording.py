"""How findings speak: money, names and numbers of things, as a bookkeeper writes them."""

from __future__ import annotations

from decimal import Decimal

from daysheet.billing.lapses import Run
from daysheet.books import Books


def money(amount: Decimal, currency: str) -> str:
    """`3,500.00 USD`."""
    return f"{amount:,.2f} {currency}"


def name_of(books: Books, provider: str) -> str:
    """A provider's name as last declared, else the id."""
    facts = books.providers.get(provider)
    return facts[-1].name if facts else provider


def payer_name(books: Books, payer: str | None) -> str:
    """An insurer's name as last declared, else the id."""
    facts = books.payers.get(payer or "")
    return facts[-1].name if facts else payer or "an insurer"


def many(count: int, one: str, several: str | None = None) -> str:
    """`1 visit`, `1,200 visits`."""
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def span(run: Run) -> str:
    """`2026-03-09 to 2026-03-13 (5 working days)`, or the one day."""
    if run.first == run.last:
        return f"{run.first} ({many(run.days, 'working day')})"
    return f"{run.first} to {run.last} ({many(run.days, 'working day')})"
