"""The check of imports: a stretch of days that nobody downloaded."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from daysheet.accounting.payroll import paychecks
from daysheet.billing.working_days import ONE_DAY
from daysheet.books import Books
from daysheet.books.openings import begin_of
from daysheet.facts import Imported
from daysheet.findings import Finding
from daysheet.submissions import CLAIMS_SENT
from daysheet.wording import many

REMITTANCE = "remittance"
_QUIET = 6
"""So many times as long as the usual time between two rows is a practice export that is missing, and no quiet time."""

SPLITS = "pay-splits"
_FILED = re.compile(r"/\d{4}-\d\d-\d\d-(.+)-[0-9a-f]{8}(\.\w+)+$")
_NOT_MONTHLY = (
    REMITTANCE, CLAIMS_SENT, "acknowledgment", "fhir", "trial-balance", "chart-of-accounts", "open-items",
)  # fmt: skip


def missing_export(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Each run of days between two files of an account or kind, or since the last one, that no file covers.

    Between two files, as many days as `export-gap-days` are a gap: a quiet account's file may start late or end early.
    After the last file, a gap is a whole calendar month: before its end, it cannot have been downloaded. An export of
    rare rows, such as adjustments, covers more than the days of its rows: its gaps are longer by the time between two.
    Where several exports give one kind, that of them counts which has a row most often, once it has begun. What
    payments were split to has rows only where patients paid.
    """
    sources: dict[tuple[str, str], list[Imported]] = defaultdict(list)
    for imported in books.imported:
        if (
            imported.first <= as_of and imported.kind not in _NOT_MONTHLY
        ):  # insurers send them when they pay, not by the month
            sources["" if imported.account else imported.kind, imported.account or ""].append(imported)
    least = books.days_of("export-gap-days", as_of)
    exports = [file for (_, account), files in sources.items() for file in files if not account]
    for files in sources.values():
        files.sort(key=lambda file: file.first)
        reached = files[0]
        quiet = _Quiet(files, exports, books)
        for file in files[1:]:
            first, last = max(reached.last + ONE_DAY, begin_of(books)), file.first - ONE_DAY
            if (last - first).days + 1 >= max(least, quiet.at(first)) and _has_rows(files, books, first, last):
                yield _gap(file, first, last, reached, as_of)
            if file.last > reached.last:
                reached = file
        first = reached.last + ONE_DAY
        long = _whole_months_end(first) <= as_of and (as_of - first).days + 1 >= quiet.at(first)
        if long and _has_rows(files, books, first, as_of):
            yield _gap(reached, first, as_of, reached, as_of)


def _has_rows(files: Sequence[Imported], books: Books, first: datetime.date, last: datetime.date) -> bool:
    """Whether a file of these days would have rows, as far as the books can tell."""
    if files[0].kind != SPLITS:
        return True
    return any(paid.payer is None for paid in books.received_between(first, last))


class _Quiet:
    """How long nothing may stand in the files of one kind, by the export that has rows most often."""

    def __init__(self, files: Sequence[Imported], exports: Sequence[Imported], books: Books) -> None:
        series: dict[str, list[Imported]] = defaultdict(list)
        for file in files:
            series[_series(file)].append(file)
        self.each = [(min(one.first for one in same), _quiet_days(same, exports, books)) for same in series.values()]

    def at(self, day: datetime.date) -> int:
        """How many days, of the exports that have begun by a day."""
        return min((days for first, days in self.each if first <= day), default=0)


def _series(file: Imported) -> str:
    """The export that a file is of: the profile in its name among the originals; none where it has no such name."""
    found = _FILED.search(str(file.meta.get("file") or ""))
    return found[1] if found else ""


def _quiet_days(files: Sequence[Imported], exports: Sequence[Imported], books: Books) -> int:
    """How long nothing may stand in an export of the practice's own, by its rows in all the days that exports cover.

    A bank's file says itself which days it covers. Insurers pay many claims at once: of payments and adjustments the
    rows of a day are one.
    """
    rows = sum(int(file.meta.get("rows") or 0) for file in files)
    rows = min(rows, _days_of(files[0].kind, books) or rows)
    if files[0].account or not rows:
        return 0
    days = (max(file.last for file in exports) - min(file.first for file in exports)).days + 1
    return _QUIET * days // rows


def _days_of(kind: str, books: Books) -> int:
    """On how many days there are payments, adjustments or paychecks; zero for other kinds."""
    if kind == "payments":
        return books.once("days of payments", lambda: len({entry.date for entry in books.money.paid}))
    if kind == "adjustments":
        return len({one.date for same in books.adjustments_of_invoice.values() for one in same})
    if kind == "payroll":
        return len({entry.date for entry in paychecks(books).values()})
    return 0


def _whole_months_end(day: datetime.date) -> datetime.date:
    """The end of the first calendar month that lies wholly on or after a day, the month's first days apart.

    A file that ends on the 30th, its account quiet on the 31st, must not make the next month look like a part of one.
    """
    start = day.replace(day=1) if day.day <= 5 else (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
    return (start + datetime.timedelta(days=32)).replace(day=1) - ONE_DAY


def _gap(file: Imported, first: datetime.date, last: datetime.date, before: Imported, as_of: datetime.date) -> Finding:
    source = file.account or file.kind
    days = (last - first).days + 1
    which = f"{before.kind} of {before.account}" if before.account else before.kind
    until = "since then" if last == as_of else f"until {last}"
    return Finding(
        kind="missing-export",
        key=f"{source}/{first}",
        date=first,
        through=last,
        provider=None,
        count=days,
        amount=Decimal(),
        message=f"no file of {which} covers {first} {until}, {many(days, 'day')}: download and import it",
        where=(before.meta,) if before is file else (before.meta, file.meta),
    )
