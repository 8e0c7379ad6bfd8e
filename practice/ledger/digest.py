"""A fingerprint of what books say: the same on every machine, another as soon as one figure or word is.

It is taken of the entries, not of files: moving an entry to another file or line, a comment or a blank line changes
nothing. Each entry is written out as text without the places it stands at, the texts are sorted, and hashed (SHA-256).
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from beancount.core.amount import Amount
from beancount.core.data import ALL_DIRECTIVES, Custom, Directive, Posting, Transaction
from beancount.core.position import Cost
from beancount.parser.grammar import ValueType

_ABOUT_ENTRIES: Final = frozenset({"locked", "waived", "account-number", "patient-secret"})
_PLACE: Final = frozenset({"filename", "lineno"})
_SHORT: Final = 12


def of(entries: Iterable[Directive]) -> str:
    """The digest of these entries, in hexadecimal; their order makes no difference."""
    lines = sorted(map(meaning, entries))
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def through(entries: Iterable[Directive], last: datetime.date) -> str:
    """The digest of what the books say through a day; locks, waivers and account numbers speak about it, left out."""
    return of(entry for entry in entries if entry.date <= last and not _is_about_entries(entry))


def through_year(entries: Iterable[Directive], year: int) -> str:
    """The digest of what the books say through a year, as the pack of that year carries it."""
    return through(entries, datetime.date(year, 12, 31))


def entries_of_year(entries: Iterable[Directive], year: int) -> list[Directive]:
    """The entries of a year that a lock holds fast.

    Locks, waivers and account numbers are left out: they speak about the entries, and are written after the year.
    """
    return [entry for entry in entries if entry.date.year == year and not _is_about_entries(entry)]


def months(entries: Iterable[Directive], year: int) -> tuple[str, ...]:
    """The first digits of each month's digest, January first, so that a change can be told to the month."""
    of_month: list[list[Directive]] = [[] for _ in range(12)]
    for entry in entries_of_year(entries, year):
        of_month[entry.date.month - 1].append(entry)
    return tuple(of(entries)[:_SHORT] for entries in of_month)


def meaning(entry: Directive) -> str:
    """All that an entry says, the place it stands at left out, as one line of text."""
    return f"{type(entry).__name__}{_written(entry)}"


def _is_about_entries(entry: Directive) -> bool:
    return isinstance(entry, Custom) and entry.type in _ABOUT_ENTRIES


def _written(value: Any) -> str:  # noqa: ANN401 - a directive holds values of many types
    return _WRITERS.get(type(value), _otherwise)(value)


def _otherwise(value: Any) -> str:  # noqa: ANN401
    """What is of no type in the table: as what it derives from is, else as its text."""
    return next((write for kind, write in _WRITERS.items() if isinstance(value, kind)), _text)(value)


def _text(value: object) -> str:
    return repr(str(value))


def _day(day: datetime.date) -> str:
    return repr(day.isoformat())


def _listed(values: Iterable[Any]) -> str:
    return f"[{', '.join(map(_written, values))}]"


def _members(values: Iterable[str]) -> str:
    return repr(sorted(values))


def _metadata(meta: Mapping[str, Any]) -> str:
    said = [key for key in meta if key not in _PLACE and not key.startswith("__")]
    if not said:
        return "[]"
    said.sort()
    return f"[{', '.join([f'({key!r}, {_written(meta[key])})' for key in said])}]"


def _posting(posting: Posting) -> str:
    account, units, cost, price, flag, meta = posting
    # nearly all, and there are tens of thousands
    if cost is None and price is None and flag is None and type(units) is Amount:
        own = "None" if meta is None else _metadata(meta)
        return f"[{account!r}, ['{units.number}', {units.currency!r}], None, None, None, {own}]"
    return _listed(posting)


def _transaction(entry: Transaction) -> str:
    meta, date, flag, payee, narration, tags, links, postings = entry
    said = f"{_metadata(meta)}, {_day(date)}, {flag!r}, {payee!r}, {narration!r}, {_written(tags)}, {_written(links)}"
    return f"[{said}, [{', '.join(map(_posting, postings))}]]"


_WRITERS: Final[Mapping[type, Callable[[Any], str]]] = {
    **dict.fromkeys((str, bool, int, type(None)), repr),
    **dict.fromkeys((Cost, Decimal, type), _text),
    **dict.fromkeys((Amount, ValueType, *ALL_DIRECTIVES, list), _listed),
    **dict.fromkeys((frozenset, set), _members),
    datetime.date: _day,
    dict: _metadata,
    Posting: _posting,
    Transaction: _transaction,
    tuple: _listed,
}
"""How a value is written, by its type: looked up in half the time that asking for one type after another takes."""
