"""A finding set aside by a person, with the reason, as a dated fact in the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from beancount.core.data import Custom, new_metadata
from beancount.parser.grammar import ValueType
from daysheet import checks, files
from daysheet.books import Books
from daysheet.books.loading import append
from daysheet.errors import DaysheetError
from daysheet.facts import Waiver
from daysheet.findings import Finding
from daysheet.ledger import printer

FILE: Final = "waivers.beancount"


def waive_finding(folder: Path, books: Books, key: str, reason: str, kind: str | None = None) -> Waiver:
    """Write that a finding is set aside, and make sure that the main file includes it.

    Args:
        folder: the books folder.
        books: its books, as loaded.
        key: the finding's key.
        reason: why, in the bookkeeper's words.
        kind: the finding's kind, needed only where findings of several kinds have this key.

    Raises:
        DaysheetError: there is no such finding, or it is not clear which is meant, or no reason is given.
    """
    entry = waiver_entry(books, key, reason, kind)
    with files.locked(folder):
        append(folder, FILE, printer.render([entry]))
    kind, key, text = (value.value for value in entry.values)
    return Waiver(kind, key, text, entry.date, new_metadata(str(folder / FILE), 0))


def waiver_entry(books: Books, key: str, reason: str, kind: str | None = None) -> Custom:
    """The directive that sets a finding aside, certain to parse back to what it says.

    Raises:
        DaysheetError: as `waive_finding`.
    """
    text = printer.clean(reason)
    if not text:
        raise DaysheetError("a waiver needs a reason", remedy='give one: --reason "courtesy visit"')
    finding = _the_finding(checks.run(books), key, kind)
    values = [ValueType(word, str) for word in (finding.kind, finding.key, text)]
    entry = Custom({}, books.as_of, "waived", values)
    printer.render([entry])
    return entry


def _the_finding(findings: list[Finding], key: str, kind: str | None) -> Finding:
    found = [finding for finding in findings if finding.key == key and kind in (None, finding.kind)]
    if not found:
        raise DaysheetError(f"no finding has the key {key}", remedy="daysheet check shows the keys")
    kinds = sorted({finding.kind for finding in found})
    if len(kinds) > 1:
        raise DaysheetError(f"{key} is the key of {' and '.join(kinds)}", remedy=f"say which: --kind {kinds[0]}")
    return found[0]
