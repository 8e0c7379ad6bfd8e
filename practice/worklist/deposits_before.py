"""Findings on deposits are found again only where something has changed that the matching of deposits looks at.

It looks at entries that move a clearing account, at what is declared of payers, of bank files and of deposits, and at a
day; without remittances at nothing else. So these findings are kept by the texts of the files that hold such entries,
and by these declarations: a visit, a bill or a purchase more in another file changes nothing in them.
"""

from __future__ import annotations

import datetime
import hashlib
import marshal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from beancount.core.data import Custom, Directive
from daysheet.books import Books
from daysheet.cash.reconciliation import begin
from daysheet.checks import CHECKS, OF_DEPOSITS
from daysheet.findings import Finding
from daysheet.ledger import private
from daysheet.worklist import kept as kept_answers

_OTHERS: Final = frozenset({"visit", "claim", "waived"})
"""What is declared of things that no deposit depends on."""
_MANY: Final = 400
"""Entries on clearing accounts: fewer are matched as quickly as they are looked up."""


def known(
    books: Books, as_of: datetime.date, kinds: Iterable[str], watch: kept_answers.Watch
) -> Mapping[str, Iterable[Finding]]:
    """The findings on deposits by their kind, waived ones too; nothing where they are not to be kept.

    Those that are not known are looked for when the first of them is taken: they may be matched meanwhile.

    Args:
        books: whose entries are all of their files, each booked by itself and changed by no plugin.
        as_of: the day.
        kinds: that are asked for; all if none are.
        watch: of the load of these files.
    """
    wanted = set(kinds)
    if (wanted and wanted.isdisjoint(OF_DEPOSITS)) or books.remittances or len(books.clearing) < _MANY:
        return {}
    place = _place(books, as_of, watch.meant)
    if place is None:
        return {}
    kept = private.kept_at(place)
    if kept is not None:
        return {kind: _read(rows) for kind, rows in marshal.loads(kept).items()}  # noqa: S302 - its digest is right
    begin(books, as_of)
    found = cache(lambda: _found(books, as_of, watch, place))

    def later(kind: str) -> Iterator[Finding]:
        yield from found()[kind]

    return {kind: later(kind) for kind in OF_DEPOSITS}


def _found(
    books: Books, as_of: datetime.date, watch: kept_answers.Watch, place: Path
) -> Mapping[str, Sequence[Finding]]:
    """The findings, which are kept."""
    found = {kind: list(CHECKS[kind](books, as_of)) for kind in sorted(OF_DEPOSITS)}
    rows = {kind: [_row(one) for one in same] for kind, same in found.items()}
    whole = all(_read(rows[kind]) == [_with_places(one) for one in same] for kind, same in found.items())
    # a cache that cannot be written is no reason to fail, nor is evidence whose place is no file's and no line's
    with suppress(OSError, ValueError):
        if whole and all(kept_answers.digest(name) == watch.read[name] for name in _files(books)):
            private.keep(place, marshal.dumps(rows))
    return found


def _files(books: Books) -> set[str]:
    """The files that hold entries on clearing accounts."""
    return {str(entry.meta["filename"]) for entry in books.clearing}


def _place(books: Books, as_of: datetime.date, read: Mapping[str, str]) -> Path | None:
    """Where they are kept; None where an entry is of no file that was read, or nothing can be kept.

    Args:
        books: as in `known`.
        as_of: the day.
        read: by name, in the order in which files were read, the digest of what each says to checks.
    """
    folder = private.folder_of(str(books.options["filename"]), "findings")
    names = _files(books)
    if folder is None or not names <= read.keys():
        return None
    said = (private.programs(), as_of.isoformat(), books.currency)
    texts = (f"{name}\0{digest}" for name, digest in read.items() if name in names)
    told = "\0".join((*said, *texts, "", *(repr(entry) for entry in books.entries if _matters(entry))))
    return folder / hashlib.sha256(told.encode(errors="surrogateescape")).hexdigest()


def _matters(entry: Directive) -> bool:
    """Whether this is a declaration that a deposit may depend on."""
    if not isinstance(entry, Custom) or entry.type in _OTHERS:
        return False
    return entry.type != "imported" or "account" in entry.meta


def _row(finding: Finding) -> tuple[Any, ...]:
    """A finding on a deposit as plain values."""
    return (
        finding.kind, finding.key, finding.date.toordinal(), finding.through.toordinal(), finding.count,
        str(finding.amount), finding.message, [(meta["filename"], meta["lineno"]) for meta in finding.where],
    )  # fmt: skip


def _with_places(finding: Finding) -> Finding:
    """A finding with nothing of its evidence but the places."""
    where = ({"filename": meta["filename"], "lineno": meta["lineno"]} for meta in finding.where)
    return replace(finding, where=tuple(where))


def _read(rows: Iterable[tuple[Any, ...]]) -> list[Finding]:
    return list(map(_finding, rows))


def _finding(row: tuple[Any, ...]) -> Finding:
    kind, key, first, last, count, amount, message, places = row
    where: Iterator[dict[str, Any]] = ({"filename": filename, "lineno": line} for filename, line in places)
    days = datetime.date.fromordinal(first), datetime.date.fromordinal(last)
    return Finding(kind, key, *days, None, count, Decimal(amount), message, tuple(where))
