"""How one client stands, worked out in that client's own process: `python -m daysheet.firm.standing BOOKS`."""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import click
from daysheet import checks, console, measures
from daysheet.books import Books, loading
from daysheet.books.holding import is_empty
from daysheet.cash.reconciliation import reconcile
from daysheet.errors import DaysheetError
from daysheet.findings import Finding, gap
from daysheet.ledger import digest
from daysheet.reports.mail.outbox import Outbox
from daysheet.reports.pack import filing
from daysheet.settings import Settings
from daysheet.wording import plain

_YEAR: Final = datetime.timedelta(days=365)


def of(folder: Path) -> dict[str, Any]:
    """The standing of a client's books as JSON takes it: amounts are text in the books' currency, days ISO.

    Raises:
        DaysheetError: the books have errors.
    """
    books = loading.load(folder)
    day = books.as_of
    found = checks.run(books, day)
    deadlines = [one for one in found if one.kind == "claim-deadline"]
    measured = None if is_empty(books) else measures.measure(books, day - _YEAR, day)
    return {
        "practice": Settings.of(folder).practice.name,
        "currency": books.currency,
        "as_of": None if is_empty(books) else day.isoformat(),
        "imports": dict(_imports(books)),
        "findings": len(found),
        "gap": plain(gap(found).gross, books.currency),
        "unreconciled": plain(reconcile(books, day).unreconciled, books.currency),
        "overdue_exports": [one.key for one in found if one.kind == "missing-export"],
        "deadlines": {
            "count": len(deadlines),
            "amount": plain(_sum(deadlines), books.currency),
            "first": _first(deadlines),
        },
        "packs": dict(_packs(folder, books)),
        "mail": dict(_mail(folder)),
        "locked": sorted(books.locks),
        "measures": _measured(measured),
    }


def _sum(findings: list[Finding]) -> Decimal:
    return sum((one.amount for one in findings), Decimal())


def _first(findings: list[Finding]) -> str | None:
    return min((one.deadline.isoformat() for one in findings if one.deadline), default=None)


def _imports(books: Books) -> Iterator[tuple[str, str]]:
    """The last day that each source's files cover: by account, or by kind where there is none."""
    last: dict[str, datetime.date] = {}
    for one in books.imported:
        source = one.account or one.kind
        last[source] = max(one.last, last.get(source, one.last))
    yield from sorted((source, day.isoformat()) for source, day in last.items())


def _packs(folder: Path, books: Books) -> Iterator[tuple[str, str]]:
    """`current` for each year's pack that these books would give again, else `behind`."""
    for manifest in sorted((folder / filing.PACKS).glob(f"[0-9][0-9][0-9][0-9]/{filing.MANIFEST}")):
        year = int(manifest.parent.name)
        try:
            made_from = json.loads(manifest.read_text(encoding="utf-8"))["books"]
        except (OSError, ValueError, KeyError, TypeError):
            yield str(year), "damaged"
            continue
        same = made_from == digest.through_year(books.entries, year)
        yield str(year), "current" if same else "behind"


def _mail(folder: Path) -> Iterator[tuple[str, str]]:
    """The state of each year's last message."""
    outbox = Outbox(folder)
    for event in outbox.history() if outbox.folder.is_dir() else ():
        yield str(event.year), event.state


def _measured(measured: measures.Measures | None) -> dict[str, str | None]:
    values = {} if measured is None else measured._asdict()
    return {key: None if values.get(key) is None else str(values[key]) for key in measures.DEFINITIONS}


def main() -> None:
    """Print it; one line on standard error, and 2, where the books have errors."""
    try:
        click.echo(json.dumps(of(Path(sys.argv[1])), ensure_ascii=False))
    except DaysheetError as problem:
        click.echo(f"daysheet: {problem}", err=True)
        sys.exit(console.BROKEN)
    except Exception as problem:  # noqa: BLE001 - what nobody thought of ends in one line as well
        click.echo(f"daysheet: {console.unexpected(problem)}", err=True)
        sys.exit(console.BROKEN)


if __name__ == "__main__":
    main()
