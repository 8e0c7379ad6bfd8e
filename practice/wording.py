"""How findings speak: money, names and numbers of things, as a bookkeeper writes them."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from daysheet.billing.lapses import Run
from daysheet.books import Books

_NO_COIN: Final = ("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF", 0)
_THOUSANDTHS: Final = ("BHD IQD JOD KWD LYD OMR TND", 3)
_MINOR_UNITS: Final = {word: places for words, places in (_NO_COIN, _THOUSANDTHS) for word in words.split()}


def decimals(currency: str) -> int:
    """How many decimals a currency is written with: its minor unit in ISO 4217, two where that knows none."""
    return _MINOR_UNITS.get(currency, 2)


def figure(amount: Decimal, currency: str) -> str:
    """`3,500.00`, or `3,500` of a currency without a smaller coin."""
    return f"{amount:,.{decimals(currency)}f}"


def plain(amount: Decimal, currency: str) -> str:
    """`3500.00`, for programs."""
    return f"{amount:.{decimals(currency)}f}"


def money(amount: Decimal, currency: str) -> str:
    """`3,500.00 USD`."""
    return f"{figure(amount, currency)} {currency}"


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
