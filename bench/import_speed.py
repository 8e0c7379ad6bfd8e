"""Import of bank rows into five years of books, beside Beancount's load, beangulp's dedupe and hledger's import.

Prints a row a measurement: seconds by the wall clock, medians of three but for what takes minutes, and the peak memory
of the process. Every measurement runs in a process of its own. `python -m bench.import_speed [million]` adds the sweep
to a million rows.
"""

from __future__ import annotations

import datetime
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from beancount import loader
from beancount.core import data
from beancount.core.amount import Amount
from beancount.core.data import Transaction
from beangulp import extract, similar
from daysheet.importers import bank, dedupe
from daysheet.importers.importing import import_files
from daysheet.importers.reading import Context, RawFile

from bench import ledger

HEADER = "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #\n"
SETTINGS = '\n[[bank]]\nprofile = "us-chase-checking"\naccount = "Assets:Bank:Checking"\n'
LAST = datetime.date(ledger.LAST_YEAR, 12, 31)
REPEATS = 3


def statement(path: Path, rows: int, years: int) -> None:
    """A statement of years of books; amounts repeat, as they do, and every thousandth row is the one before again."""
    days = 365 * years
    with path.open("w") as file:
        file.write(HEADER)
        for number in range(rows):
            row = number - 1 if number % 1000 == 999 else number
            day = LAST - datetime.timedelta(days=days - 1 - row * days // rows)
            file.write(
                f'DEBIT,{day:%m/%d/%Y},"MERCHANT {row % 900} PURCHASE",-{row * 37 % 20000 / 100 + 1:.2f},ACH,,,\n'
            )


def books(path: Path, years: int) -> None:
    """The two-doctor practice, with the bank account's settings."""
    ledger.write_books(path, years)
    with (path / "daysheet.toml").open("a") as settings:
        settings.write(SETTINGS)


def child(what: str, *arguments: object) -> tuple[float, float, dict[str, Any]]:
    """Seconds, peak memory in MB and the answer of one measurement in a new process."""
    command = [sys.executable, "-m", "bench.import_speed", "--child", what, *map(str, arguments)]
    environment = {**os.environ, "BEANCOUNT_DISABLE_LOAD_CACHE": "1"}
    run = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    answer = json.loads(run.stdout.splitlines()[-1])
    return answer.pop("seconds"), answer.pop("memory"), answer


def measured(work: Callable[[], dict[str, Any]]) -> None:
    started, busy = time.perf_counter(), time.process_time()
    answer = work()
    seconds = time.perf_counter() - started
    answer["processor"] = time.process_time() - busy
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "memory": memory, **answer}))


def load(folder: str) -> dict[str, Any]:

    entries, _, _ = loader.load_file(str(Path(folder) / "main.beancount"))
    return {"entries": len(entries)}


def take(folder: str, file: str) -> dict[str, Any]:

    outcome = import_files(Path(folder), [Path(file)])
    (taken,) = outcome.taken
    return {"booked": taken.booked, "known": taken.known}


def dedupe_only(folder: str, file: str) -> dict[str, Any]:
    """Daysheet's comparison alone, on books that are loaded."""
    entries, _, _ = loader.load_file(str(Path(folder) / "main.beancount"))
    source = next(each for each in bank.shipped() if each.name == "us-chase-checking")
    rows: Any = source.read(RawFile(Path(file)), Context(str)).records
    started = time.perf_counter()
    lines = dedupe.lines_of(entries, ["Assets:Bank:Checking"])
    verdicts = dedupe.judge_bank(rows, lines["Assets:Bank:Checking", "USD"], source.name)
    return {"dedupe": time.perf_counter() - started, "known": sum(verdict.what != "new" for verdict in verdicts)}


def beangulp_only(folder: str, file: str) -> dict[str, Any]:
    """Beangulp's own comparison of the same rows with the same books."""
    existing, _, _ = loader.load_file(str(Path(folder) / "main.beancount"))
    source = next(each for each in bank.shipped() if each.name == "us-chase-checking")
    rows: Any = source.read(RawFile(Path(file)), Context(str)).records
    new = []
    for number, row in enumerate(rows):
        legs = [
            data.Posting(account, Amount(amount, row.currency), None, None, None, None)
            for account, amount in (("Assets:Bank:Checking", row.amount), ("Expenses:Office", -row.amount))
        ]
        meta = data.new_metadata(file, number)
        new.append(data.Transaction(meta, row.date, "*", row.payee, "", data.EMPTY_SET, data.EMPTY_SET, legs))
    new.sort(key=lambda entry: entry.date)
    started = time.perf_counter()
    comparator = similar.heuristic_comparator()
    extract.mark_duplicate_entries(new, existing, datetime.timedelta(days=2), comparator)
    marked = sum(1 for entry in new if entry.meta.get(extract.DUPLICATE))
    return {"dedupe": time.perf_counter() - started, "known": marked}


CHILDREN: dict[str, Callable[..., dict[str, Any]]] = {
    "load": load,
    "take": take,
    "dedupe": dedupe_only,
    "beangulp": beangulp_only,
}
RULES = """skip 1
fields _, date, description, amount, _, _, _
date-format %m/%d/%Y
currency USD
account1 Assets:Bank:Checking
account2 Expenses:Office
"""


def hledger_import(work: Path, folder: Path, file: Path) -> float:
    """Hledger's import of the same rows into the same books, converted."""
    entries, _, _ = loader.load_file(str(folder / "main.beancount"))
    journal = work / "books.journal"
    with journal.open("w") as out:
        for entry in entries:
            if isinstance(entry, Transaction):
                out.write(f"{entry.date} {entry.narration}\n")
                out.writelines(
                    f"    {p.account}  {p.units.number} {p.units.currency}\n" for p in entry.postings if p.units
                )
                out.write("\n")
    shutil.copy(file, work / "bank.csv")
    (work / "bank.csv.rules").write_text(RULES)
    started = time.perf_counter()
    subprocess.run(["hledger", "-f", journal, "import", "bank.csv"], check=True, capture_output=True, cwd=work)
    return time.perf_counter() - started


def line(what: str, seconds: float, memory: float = 0, note: str = "") -> None:
    print(f"{what:<58} {seconds:8.2f} s {f'{memory:6.0f} MB' if memory else '':>10}  {note}", flush=True)


def compare(work: Path) -> None:
    folder = work / "books"
    books(folder, 5)
    loads = [child("load", folder) for _ in range(REPEATS)]
    loading = statistics.median(seconds for seconds, _, _ in loads)
    line("Beancount loads five years", loading, loads[0][1], f"{loads[0][2]['entries']:,} directives")
    for rows in (1_200, 10_000, 100_000):
        file = work / f"{rows}.csv"
        statement(file, rows, 5)
        runs = []
        for _ in range(REPEATS):
            copy = work / "copy"
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(folder, copy)
            runs.append(child("take", copy, file))
        seconds = statistics.median(run[0] for run in runs)
        answer = runs[0][2]
        line(f"import of {rows:,} rows", seconds, max(run[1] for run in runs), f"{answer['booked']:,} booked")
        if rows == 100_000:
            line(
                "  the floor: 1.3 loads + 3 s",
                1.3 * loading + 3,
                note="kept" if seconds <= 1.3 * loading + 3 else "MISSED",
            )
            again = child("take", copy, file)
            line("  the same file again", again[0], again[1], f"{again[2]['known']:,} known")
        else:
            ours = child("dedupe", folder, file)[2]
            theirs = child("beangulp", folder, file)[2]
            ratio = theirs["dedupe"] / ours["dedupe"]
            line("  comparison alone", ours["dedupe"], note=f"{ours['known']:,} known")
            line("  beangulp's comparison", theirs["dedupe"], note=f"{theirs['known']:,} called known; {ratio:,.0f} ×")
        if shutil.which("hledger"):
            place = work / f"hledger-{rows}"
            place.mkdir()
            line("  hledger import", hledger_import(place, folder, file))


def sweep(work: Path) -> None:
    for rows in (100_000, 300_000, 1_000_000):
        folder = work / f"sweep-{rows}"
        books(folder, 1)
        file = work / f"sweep-{rows}.csv"
        statement(file, rows, 1)
        seconds, memory, answer = child("take", folder, file)
        line(
            f"import of {rows:,} rows into one year",
            seconds,
            memory,
            f"{rows / seconds:,.0f} rows/s, {answer['booked']:,}",
        )


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--child"]:
        measured(lambda: CHILDREN[arguments[1]](*arguments[2:]))
        return
    with tempfile.TemporaryDirectory() as work:
        compare(Path(work))
        if arguments == ["million"]:
            sweep(Path(work))


if __name__ == "__main__":
    main(sys.argv[1:])
