"""What reports cost, side by side with beanquery, Fava's tree and hledger on the same books, medians in one run.

`python -m bench.reports_speed [YEARS] [ROUNDS]` measures a year's income statement from loaded entries (hledger's from
its journal, which includes reading it), then every report of that year, all formats of its general ledger, and all
reports together as a pack asks for them.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import beanquery
from daysheet.books import Books
from daysheet.books.loading import load
from daysheet.reports import registry
from daysheet.reports.formats import csv_json, text, workbook
from daysheet.reports.period import year
from daysheet.reports.table import Table
from daysheet.settings import Settings
from fava.core.tree import Tree

from bench.ledger import LAST_YEAR, write_books
from tests.hledger_journal import write_journal

QUERY = f"SELECT account, sum(number) WHERE year = {LAST_YEAR} AND account ~ '^(Income|Expenses)' GROUP BY account"


def main(years: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_books(folder, years)
        books, settings = load(folder), Settings.of(folder)

        def build(report: str, of: Books, *, detail: bool = False) -> Table:
            return registry.build(report, of, settings, year(LAST_YEAR), detail=detail)

        print(f"{years} years, {len(books.entries)} entries, medians of {rounds}\n")
        show("income statement, daysheet", rounds, lambda: build("income", books), books.known.clear)
        connection = beanquery.connect("beancount:", entries=books.entries, errors=[], options=books.options)
        show("income statement, beanquery", rounds, lambda: connection.execute(QUERY).fetchall())
        show("tree of all entries, Fava", rounds, lambda: Tree(books.entries))
        hledger = shutil.which("hledger")
        if hledger:
            journal = write_journal(books.entries, folder / "all.journal")
            command = [hledger, "-f", str(journal), "incomestatement", "-b", str(LAST_YEAR), "-e", str(LAST_YEAR + 1)]
            show("income statement, hledger", rounds, lambda: subprocess.run(command, capture_output=True, check=True))
        print()
        for report in registry.REPORTS:
            show(report, rounds, partial(build, report, books))
        print()
        ledger = build("general-ledger", books, detail=True)
        print(f"general ledger in detail, {len(ledger.rows)} rows")
        show("  text", rounds, lambda: text.render(ledger))
        show("  CSV", rounds, lambda: csv_json.to_csv(ledger))
        show("  JSON", rounds, lambda: csv_json.to_json_text(ledger))
        show("  XLSX", rounds, lambda: workbook.to_xlsx([ledger], "Bench"))
        show(
            "all reports, cold",
            rounds,
            lambda: [build(report, books) for report in registry.REPORTS],
            books.known.clear,
        )


def show(what: str, rounds: int, work: Callable[[], object], before: Callable[[], object] = lambda: None) -> None:
    taken = []
    for _ in range(rounds):
        before()
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    print(f"{what:32} {median(taken):8.3f} s", flush=True)


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    main(*(arguments or (10, 3)))
