"""How long the pack takes: its ledger beside Chromium on the same table, the whole pack, and after one edit.

`python -m bench.pack_speed [ROUNDS]` writes a year of the two-doctor practice to a temporary folder and prints
medians, all measured in one run: seconds of the clock, and seconds of all processors together. Chromium prints all
the ledger's rows as one document, which spares it the start of one process a volume.
"""

from __future__ import annotations

import ctypes
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import NamedTuple

from daysheet.books import loading
from daysheet.reports import one_page
from daysheet.reports.pack import contents, volumes
from daysheet.reports.pdf import fonts, rendering
from daysheet.reports.pdf.listing import Listing
from daysheet.settings import Settings

from bench.ledger import write_books

YEAR = 2026
_PURCHASE = re.compile(
    r'"(?P<payee>Office Depot\+*)" ""(?P<between>\n.*\n)  Assets:Bank:Checking   -(?P<amount>[0-9.]+) USD\n'
    r"  Expenses:Office   (?P=amount) USD\n"
)
_SUBREAPER = 36  # prctl: processes whose parent ended become ours, so that their time is counted


class Took(NamedTuple):
    """Seconds of the clock, and of all processors together."""

    clock: float
    processors: float


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    print(f"{os.cpu_count()} processors, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}")
    ctypes.CDLL(None).prctl(_SUBREAPER, 1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "books"
        write_books(folder, 1)
        ledger(folder, Path(name), rounds)
        whole_pack(folder, Path(name), rounds)


def ledger(folder: Path, scratch: Path, rounds: int) -> None:
    """The ledger's volumes, and the same rows printed by Chromium."""
    books, settings = loading.load(folder), Settings.of(folder)
    subject = contents.subject_of(books, settings, YEAR, contents.Options())
    table = contents.table_of(books, settings, subject, contents.LEDGER)
    parts = volumes.volumes(subject, settings, table)
    rows = sum(part.rows for part in parts)
    page = scratch / "ledger.html"
    page.write_text(with_typeface(one_page.to_html(table, settings.practice.name)), encoding="utf-8")
    printed = scratch / "chromium.pdf"
    command = [
        shutil.which("chromium") or "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
        f"--print-to-pdf={printed}", page.as_uri(),
    ]  # fmt: skip
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(timed(partial(set_all, [part.listing for part in parts])))
        theirs.append(timed(partial(subprocess.run, command, check=True, capture_output=True)))
    for who, times in (("daysheet", ours), ("Chromium", theirs)):
        took = median(times)
        said = f"{took.clock:.1f} s, {took.processors:.1f} processor seconds, {rows / took.clock:.0f} rows/s"
        print(f"general ledger, {rows:,} rows, {who}: {said}")


def set_all(listings: Sequence[Listing]) -> None:
    """Set every volume; the start of the processes counts."""
    with rendering.renderer(None) as renderer:
        renderer.finish([renderer.start(listing) for listing in listings], lambda *_: None)


def with_typeface(html: str) -> str:
    """The page with the typeface that a browser must be told of."""
    weights: tuple[tuple[fonts.Weight, int], ...] = (("Regular", 400), ("Semibold", 600))
    faces = "".join(
        f'@font-face {{ font-family: "{fonts.FAMILY}"; src: url("{fonts.file(weight).as_uri()}"); '
        f"font-weight: {number} }}"
        for weight, number in weights
    )
    return html.replace("</head>", f"<style>{faces}</style></head>", 1)


def whole_pack(folder: Path, scratch: Path, rounds: int) -> None:
    """The command from its start to its end: first, unchanged, and after one edit of one month."""
    first, same, edited = [], [], []
    memory: list[float] = []
    march = next(folder.glob(f"{YEAR}/{YEAR}-03-*checking*.beancount"))
    for number in range(rounds):
        cache = scratch / f"cache{number}"
        first.append(timed(partial(run_pack, folder, cache, memory)))
        same.append(timed(partial(run_pack, folder, cache, memory)))
        edit(march)
        edited.append(timed(partial(run_pack, folder, cache, memory)))
    for what, times in (("first", first), ("unchanged", same), ("after an edit of one month", edited)):
        took = median(times)
        print(f"whole pack, {what}: {took.clock:.1f} s, {took.processors:.1f} processor seconds")
    clock, processors = (after / before for after, before in zip(median(edited), median(first), strict=True))
    print(f"an edit costs {clock:.2f} of the first build by the clock, {processors:.2f} by processor seconds")
    print(f"largest process: {max(memory):.0f} MB")


def edit(checking: Path) -> None:
    """Change a month's first purchase of office supplies: whom it was paid to, and how much it was."""
    text = checking.read_text(encoding="utf-8")
    found = _PURCHASE.search(text)
    if found is None:
        raise SystemExit(f"{checking} holds no purchase to edit")
    amount = Decimal(found["amount"]) + 1
    entry = (
        f'"{found["payee"]}+" ""{found["between"]}  Assets:Bank:Checking   -{amount} USD\n'
        f"  Expenses:Office   {amount} USD\n"
    )
    checking.write_text(text[: found.start()] + entry + text[found.end() :], encoding="utf-8")


def run_pack(folder: Path, cache: Path, memory: list[float]) -> None:
    """Run the command, and note the peak memory of its largest process, in MB."""
    command = [str(Path(sys.executable).with_name("daysheet")), "pack", str(YEAR), "--books", str(folder)]
    process = subprocess.Popen(
        command, env={**os.environ, "XDG_CACHE_HOME": str(cache)}, stdout=subprocess.DEVNULL, start_new_session=True
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit("daysheet pack failed")
    memory.append(usage.ru_maxrss / 1024)


def timed(work: Callable[[], object]) -> Took:
    """What some work takes, with all processes that it starts."""
    start, before = time.perf_counter(), os.times()
    work()
    clock = time.perf_counter() - start
    time.sleep(0.5)
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    after = os.times()
    return Took(clock, sum(after[:4]) - sum(before[:4]))


def median(times: Sequence[Took]) -> Took:
    """The medians of both."""
    return Took(statistics.median(took.clock for took in times), statistics.median(took.processors for took in times))


if __name__ == "__main__":
    main()
