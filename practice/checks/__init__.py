"""The table of checks: each a function from the books and a day to findings.

A check looks only at what had happened by `as_of`. It yields a finding for each thing a person should look at, waived
or not; `run` leaves the waived ones out.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from daysheet.books import Books
from daysheet.findings import Finding

Check = Callable[[Books, datetime.date], Iterator[Finding]]

CHECKS: Mapping[str, Check] = MappingProxyType({})


def run(books: Books, as_of: datetime.date | None = None) -> list[Finding]:
    """All findings that are not waived, as of a day (default: the books' own as-of date)."""
    day = books.as_of if as_of is None else as_of
    return [
        finding
        for check in CHECKS.values()
        for finding in check(books, day)
        if (finding.kind, finding.key) not in books.waivers
    ]
