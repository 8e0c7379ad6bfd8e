"""Whether the books hold what their figures rest on: both legs of what is owed, and all days of every statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from beancount.core.data import Transaction
from daysheet.accounts import BILLING, RECEIVABLE, is_under
from daysheet.books import Books
from daysheet.checks.missing_exports import missing_export
from daysheet.importers.upkeep.fault import Fault, Part, first
from daysheet.wording import many, money


def ledger(books: Books, broken: Sequence[Any], elsewhere: Sequence[Fault]) -> Part:
    """What keeps the books from being loaded, but what another part says."""
    said = {(str(fault.file), fault.line) for fault in elsewhere}
    faults = [
        Fault(error.message.strip().splitlines()[0], "correct it there", *_place(error))
        for error in broken
        if tuple(map(str, _place(error))) not in {(file, str(line)) for file, line in said}
    ]
    return Part("ledger", many(len(books.entries), "entry", "entries"), first(faults))


def _place(error: Any) -> tuple[Path, int]:  # noqa: ANN401 - Beancount has a class for each error
    return Path(str(error.source.get("filename"))), int(error.source.get("lineno") or 0)


def receivables(books: Books) -> Part:
    """Whether what is owed and its contra in equity are the same in every entry: else one of them is not income's."""
    faults = first(list(_one_sided(books)))
    total = len(books.entries)
    return Part("receivables", f"{RECEIVABLE} against {BILLING} in {many(total, 'entry', 'entries')}", faults)


def _one_sided(books: Books) -> Iterator[Fault]:
    for entry in books.entries:
        if not isinstance(entry, Transaction):
            continue
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for posting in entry.postings:
            if (is_under(posting.account, RECEIVABLE) or is_under(posting.account, BILLING)) and posting.units:
                sums[posting.units.currency] += posting.units.number or Decimal()
        for currency, amount in sorted(sums.items()):
            if amount:
                yield Fault(
                    f"{RECEIVABLE} and {BILLING} differ here by {money(amount, currency)}",
                    f"write the leg that is missing under {BILLING}, or undo that import",
                    Path(str(entry.meta["filename"])),
                    int(entry.meta["lineno"]),
                )


def coverage(books: Books) -> Part:
    """The days that no file of an account or export covers."""
    faults = [
        Fault(
            finding.message.partition(": ")[0],
            "download that file, and daysheet import",
            Path(str(finding.where[0]["filename"])),
            int(finding.where[0]["lineno"]),
        )
        for finding in missing_export(books, books.as_of)
    ]
    return Part("coverage", f"{many(len(books.imported), 'imported file')}, as of {books.as_of}", first(faults))
