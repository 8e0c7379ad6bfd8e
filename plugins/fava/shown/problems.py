"""Errors of the books, apart from findings: while there are any, no figure can be trusted and no pack is built."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from daysheet.books import Books
from daysheet.findings import FindingError
from daysheet.records import Meta


class Problem(NamedTuple):
    """An error of the books: what is wrong, and where, if it is at a line."""

    message: str
    where: Meta | None


def problems(errors: Iterable[Any], books: Books) -> list[Problem]:
    """The errors among those that Beancount reports, and those of the practice's own entries; each once."""
    found: dict[tuple[str, str, int], Problem] = {}
    for error in (*errors, *books.errors):
        if isinstance(error, FindingError):
            continue
        source = error.source or {}
        message = str(error.message).strip().splitlines()[0]
        key = message, str(source.get("filename", "")), int(source.get("lineno") or 0)
        found.setdefault(key, Problem(message, source if key[2] and not key[1].startswith("<") else None))
    return list(found.values())
