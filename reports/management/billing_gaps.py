"""What was never billed: the findings of the checks, priced, as the accountant sees them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Final

from daysheet import checks
from daysheet.billing.pricing import priced
from daysheet.books import Books
from daysheet.findings import Finding, gap
from daysheet.reports.request import Request
from daysheet.reports.table import Column, Row, Table

KINDS: Final = ("billing-lapse", "unbilled-visit", "missing-export")
_WORDS: Final = {
    "billing-lapse": "Days without billing",
    "unbilled-visit": "Visits not billed",
    "missing-export": "No export of visits",
}


def billing_gaps(request: Request) -> Table:
    """Lapses, visits that were not billed and exports that are missing, of the period, oldest first.

    The gap counts each visit once: one within a lapse is priced with the lapse.
    """
    found = findings(request)
    columns = (
        Column("date", "From", "date"),
        Column("through", "Through", "date"),
        Column("kind", "Kind", shown="data"),
        Column("what", "What was found"),
        Column("provider", "Provider"),
        Column("count", "Visits", "count"),
        Column("amount", "At fees", "money"),
        Column("expected", "Expected cash", "money", shown="wide"),
    )
    rows, notes = _rows(found, request.books), _notes(found, request.books)
    return request.table("billing-gaps", "Visits never billed", columns, rows, notes, has_basis=False)


def billing_findings(books: Books, day: datetime.date) -> list[Finding]:
    """What the checks that are about billing find as of a day, priced; the other checks are not run."""

    def work() -> list[Finding]:
        found = [finding for kind in KINDS for finding in checks.CHECKS[kind](books, day)]
        return list(priced(books, day, [f for f in found if (f.kind, f.key) not in books.waivers]))

    return books.once(("billing findings", day), work)


def findings(request: Request) -> list[Finding]:
    """The findings of the period that are about billing, those within a lapse left to the lapse."""
    period = request.period
    day = min(period.last, request.books.as_of)
    every = [finding for finding in billing_findings(request.books, day) if period.first <= finding.date <= period.last]
    covered: frozenset[str] = frozenset().union(*(finding.covers for finding in every))
    kept = [f for f in every if f.kind != "unbilled-visit" or f.key not in covered]
    return sorted(kept, key=lambda f: (f.date, KINDS.index(f.kind), f.provider or "", f.key))


def _rows(found: list[Finding], books: Books) -> Iterator[Row]:
    names = {provider: facts[-1].name for provider, facts in books.providers.items()}
    for item in found:
        provider = names.get(item.provider or "", item.provider)
        amount = item.amount if item.kind != "missing-export" else None
        yield Row(
            "line", (item.date, item.through, item.kind, _WORDS[item.kind], provider, item.count, amount, item.expected)
        )
    total = gap(found)
    visits = sum(item.count for item in found if item.kind != "missing-export")
    yield Row("total", ("Total", None, None, None, None, visits, total.gross, total.expected_cash))


def _notes(found: list[Finding], books: Books) -> tuple[str, ...]:
    if not found:
        kept = "Every kept visit was billed." if books.visits else "No visits are in the books, so none can be missed."
        return (kept,)
    sample = min((item.sample for item in found if item.expected is not None), default=0)
    if not sample:
        return ("At the practice's fees; there is no history yet to say what cash they would have brought.",)
    return (f"At the practice's fees; expected cash rests on the visits of the past (at least {sample} each).",)
