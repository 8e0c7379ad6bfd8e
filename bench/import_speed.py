"""Import of bank rows into five years of books, beside Beancount's load, beangulp's dedupe and hledger's import.

Prints a row a measurement: processor seconds, the best of three but for what takes minutes, and the peak memory of the
process. Every measurement runs in a process of its own. An import is measured with nothing kept of the books, and once
more after they were loaded once. `python -m bench.import_speed [million]` adds the sweep to a million rows.
"""

from __future__ import annotations

import datetime
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from beancount import loader
from beancount.core import data
from beancount.core.amount import Amount
from beancount.core.data import Transaction
from beangulp import extract, similar
from daysheet.books import loading
from daysheet.importers.banks import source as bank
from daysheet.importers.booking import dedupe
from daysheet.importers.importing import import_files
from daysheet.importers.reading import Context
from daysheet.importers.rows.raw_file import RawFile

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


def child(what: str, *arguments: object, cache: Path | None = None) -> tuple[float, float, dict[str, Any]]:
    """Processor seconds, peak memory in MB and the answer of one measurement in a new process.

    Args:
        what: its name in `CHILDREN`.
        arguments: what it is given.
        cache: the cache folder; None for a new one.
    """
    command = [sys.executable, "-m", "bench.import_speed", "--child", what, *map(str, arguments)]
    with tempfile.TemporaryDirectory() as empty:
        environment = {**os.environ, "BEANCOUNT_DISABLE_LOAD_CACHE": "1", "XDG_CACHE_HOME": str(cache or empty)}
        run = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    answer = json.loads(run.stdout.splitlines()[-1])
    return answer.pop("seconds"), answer.pop("memory"), answer


def best(runs: Sequence[tuple[float, float, dict[str, Any]]]) -> tuple[float, float, dict[str, Any]]:
    """The least seconds of several runs, the most memory, and the answer of the first."""
    return min(run[0] for run in runs), max(run[1] for run in runs), runs[0][2]


def measured(work: Callable[[], dict[str, Any]]) -> None:
    started = time.process_time()
    answer = work()
    seconds = time.process_time() - started
    # not getrusage: its peak is that of the parent where that was larger when it started this process
    (peak,) = re.findall(r"VmHWM:\s*([0-9]+) kB", Path("/proc/self/status").read_text())
    memory = int(peak) / 1024
    print(json.dumps({"seconds": seconds, "memory": memory, **answer}))


def load(folder: str) -> dict[str, Any]:

    entries, _, _ = loader.load_file(str(Path(folder) / "main.beancount"))
    return {"entries": len(entries)}


def load_kept(folder: str) -> dict[str, Any]:
    """The books as daysheet's commands load them."""
    return {"entries": len(loading.load(Path(folder)).entries)}


def take(folder: str, file: str) -> dict[str, Any]:

    outcome = import_files(Path(folder), [Path(file)])
    (taken,) = outcome.taken
    return {"booked": taken.booked, "known": taken.known}


def dedupe_only(folder: str, file: str) -> dict[str, Any]:
    """Daysheet's comparison alone, on books that are loaded."""
    entries, _, _ = loader.load_file(str(Path(folder) / "main.beancount"))
    source = next(each for each in bank.shipped() if each.name == "us-chase-checking")
    rows: Any = source.read(RawFile(Path(file)), Context(str)).records
    started = time.process_time()
    lines = dedupe.lines_of(entries, ["Assets:Bank:Checking"])
    verdicts = dedupe.judge_bank(rows, lines["Assets:Bank:Checking", "USD"], source.name)
    return {"dedupe": time.process_time() - started, "known": sum(verdict.what != "new" for verdict in verdicts)}


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
    started = time.process_time()
    comparator = similar.heuristic_comparator()
    extract.mark_duplicate_entries(new, existing, datetime.timedelta(days=2), comparator)
    marked = sum(1 for entry in new if entry.meta.get(extract.DUPLICATE))
    return {"dedupe": time.process_time() - started, "known": marked}


CHILDREN: dict[str, Callable[..., dict[str, Any]]] = {
    "load": load,
    "load_kept": load_kept,
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
    before = os.times()
    subprocess.run(["hledger", "-f", journal, "import", "bank.csv"], check=True, capture_output=True, cwd=work)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def line(what: str, seconds: float, memory: float = 0, note: str = "") -> None:
    print(f"{what:<58} {seconds:8.2f} s {f'{memory:6.0f} MB' if memory else '':>10}  {note}", flush=True)


def compare(work: Path) -> None:
    folder = work / "books"
    books(folder, 5)
    loading_time, memory, answer = best([child("load", folder) for _ in range(REPEATS)])
    line("Beancount loads five years", loading_time, memory, f"{answer['entries']:,} directives")
    line(
        "daysheet loads and indexes them, nothing kept", *best([child("load_kept", folder) for _ in range(REPEATS)])[:2]
    )
    cache = work / "cache"
    child("load_kept", folder, cache=cache)
    kept = best([child("load_kept", folder, cache=cache) for _ in range(REPEATS)])
    line("  the same from what was kept", *kept[:2])
    for rows in (1_200, 10_000, 100_000):
        file = work / f"{rows}.csv"
        statement(file, rows, 5)
        floor = 1.3 * loading_time + 3
        for kept_before in (False, True):
            seconds, memory, answer = best([_import(work, folder, file, kept_before) for _ in range(REPEATS)])
            what = "from what was kept" if kept_before else "nothing kept"
            goal = f", the goal of {floor:.1f} s {'kept' if seconds <= floor else 'MISSED'}" if rows == 100_000 else ""
            line(f"import of {rows:,} rows, {what}", seconds, memory, f"{answer['booked']:,} booked{goal}")
        if rows == 100_000:
            again = child("take", work / "copy", file, cache=work / "cache")
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


def _import(work: Path, folder: Path, file: Path, kept_before: bool) -> tuple[float, float, dict[str, Any]]:
    """An import into a copy of the books, which daysheet has loaded before or not."""
    copy = work / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    if kept_before:
        child("load_kept", copy, cache=work / "cache")
    return child("take", copy, file, cache=work / "cache" if kept_before else None)


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
