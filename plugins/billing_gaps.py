"""Findings as Beancount shows errors: in bean-check, in Fava, in an editor, at the line where to look.

Load it from the main ledger; it shows money that was never billed, so that an error of the books does not drown among
findings. Other kinds are named:

    plugin "daysheet.plugins.billing_gaps"
    plugin "daysheet.plugins.billing_gaps" "billing-lapse unbilled-visit denied-claim"

A lapse is one error, at its first visit, not one for each visit that it counts. Practice entries that cannot be
understood, and facts that are malformed, are errors at their own line.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from beancount.core.data import Directive, new_metadata
from daysheet import checks
from daysheet.books import Books, last
from daysheet.books.index import BookError
from daysheet.errors import DaysheetError
from daysheet.facts import FactError
from daysheet.findings import KINDS, FindingError, untold
from daysheet.ledger import collector
from daysheet.settings import Settings

__plugins__ = ("billing_gaps",)

NEVER_BILLED = frozenset({"billing-lapse", "unbilled-visit"})


def billing_gaps(
    entries: list[Directive], options_map: dict[str, Any], config: str | None = None
) -> tuple[list[Directive], list[BookError | FactError | FindingError]]:
    """The entries as they came, and what is wrong with the books or found in them."""
    place = new_metadata(str(options_map.get("filename")), 0)
    kinds = set(config.split()) if config else set(NEVER_BILLED)
    unknown = kinds - set(KINDS)
    if unknown:
        known = f"known are: {', '.join(KINDS)}"
        return entries, [BookError(place, f"billing_gaps: unknown kind {min(unknown)}; {known}", None)]
    if untold.get():
        return entries, []
    try:
        state = Settings.of(Path(place["filename"]).parent).practice.state
    except DaysheetError as problem:
        return entries, [BookError(place, str(problem), None)]
    with collector.paused():
        books = Books.of(entries, options_map, state=state)
        findings = checks.find(books, kinds=kinds) if entries else []
    if options_map["plugin"] and options_map["plugin"][-1][0] == __name__:  # one after it might change what is in them
        last.hold(books, entries, state)
    covered = frozenset[str]().union(*(finding.covers for finding in findings))
    shown = [
        FindingError(finding.where[0] if finding.where else place, f"{finding.kind}: {finding.message}", None)
        for finding in findings
        if not (finding.kind == "unbilled-visit" and finding.key in covered)
    ]
    return entries, [*books.errors, *shown]
