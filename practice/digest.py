"""A fingerprint of what books say: the same on every machine, another as soon as one figure or word is.

It is taken of the entries, not of files: moving an entry to another file or line, a comment or a blank line changes
nothing. Each entry is written out as text without the places it stands at, the texts are sorted, and hashed (SHA-256).
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable
from typing import Any, Final

from beancount.core.data import Custom, Directive
from beancount.core.position import Cost

_ABOUT_ENTRIES: Final = frozenset({"locked", "waived"})
_PLACE: Final = frozenset({"filename", "lineno"})
_SHORT: Final = 12


def of(entries: Iterable[Directive]) -> str:
    """The digest of these entries, in hexadecimal; their order makes no difference."""
    lines = sorted(map(meaning, entries))
    hashed = hashlib.sha256()
    for line in lines:
        hashed.update(line.encode())
        hashed.update(b"\n")
    return hashed.hexdigest()


def through(entries: Iterable[Directive], last: datetime.date) -> str:
    """The digest of what the books say through a day; locks and waivers, which speak about entries, left out."""
    return of(entry for entry in entries if entry.date <= last and not _is_about_entries(entry))


def entries_of_year(entries: Iterable[Directive], year: int) -> list[Directive]:
    """The entries of a year that a lock holds fast.

    Locks and waivers are left out: they speak about the entries, and are written after the year.
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
    return f"{type(entry).__name__}{_plain(entry)!r}"


def _is_about_entries(entry: Directive) -> bool:
    return isinstance(entry, Custom) and entry.type in _ABOUT_ENTRIES


def _plain(value: Any) -> Any:  # noqa: ANN401 - a directive holds values of many types
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, dict):
        kept = ((key, _plain(item)) for key, item in value.items() if key not in _PLACE and not key.startswith("__"))
        return sorted(kept)
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list | tuple) and not isinstance(value, Cost):
        return [_plain(item) for item in value]
    return str(value)
