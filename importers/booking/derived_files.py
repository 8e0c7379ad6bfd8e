"""Which files of the books are derived: a kind of derivation stands in the name of its month files."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from beancount.core.data import Directive
from daysheet.records import Meta

CLAIM_BILLS: Final = "claim-bills"

KINDS: Final = (
    CLAIM_BILLS,
    "returned-items",
    "settlements",
    "insurer-allocations",
    "shares",
    "allocations",
    "copays",
    "loan-interest",
)
"""The kinds of derivation, in the order in which they build on each other."""

_MONTH_FILE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-([A-Za-z0-9-]+)\.beancount\Z")


def kind_of(entry: Directive) -> str | None:
    """The kind of derivation whose file an entry stands in; None for a fact."""
    return kind_at(entry.meta)


def kind_at(meta: Meta) -> str | None:
    """The kind of derivation whose file a place is in; None for that of a fact."""
    return _kind_in(str(meta.get("filename", "")))


@lru_cache(maxsize=1024)
def _kind_in(filename: str) -> str | None:
    found = _MONTH_FILE.search(filename)
    return found[1] if found and found[1] in KINDS else None
