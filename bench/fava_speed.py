"""How long our pages take beside Fava's own income statement, in a real browser, and what loading them costs.

`python -m bench.fava_speed [YEARS]`: ten years of the two-doctor practice by default. Times are seconds from asking
for a page to its figures being on the screen, medians of seven in one browser and one Fava; loading is what Fava takes
until it answers for the first time, with and without the extension, by the clock and by its own processor time, medians
of five, in turn.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench.pack_speed import Took, median

PAGES = {
    "income statement (Fava's own)": ("income_statement/", "article .treetable-fold, article ol.flex-table"),
    "overview": ("extension/Daysheet/?page=overview", ".daysheet h2"),
    "calendar": ("extension/Daysheet/?page=calendar", ".daysheet .ds-calendar"),
    "worklist": ("extension/Daysheet/?page=worklist", "#ds-findings"),
    "receivables": ("extension/Daysheet/?page=receivables", ".daysheet .ds-table"),
}
EXTENSION = '2026-01-01 custom "fava-extension" "daysheet.plugins.fava"\n'
RUNS = 7


def processor_seconds(pid: int) -> float:
    """What a process has used so far (proc(5): user and system time are fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def fava(main: Path) -> Iterator[tuple[str, Took]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"
    command = [sys.executable, "-c", "from fava.cli import main; main()", str(main), "-p", address.rpartition(":")[2]]
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while True:
                try:
                    with urllib.request.urlopen(address) as answer:
                        slug = answer.url.removeprefix(address).strip("/").split("/")[0]
                    break
                except OSError:
                    time.sleep(0.02)
            yield f"{address}/{slug}/", Took(time.perf_counter() - started, processor_seconds(process.pid))
        finally:
            process.terminate()


def seconds(page: Page, url: str, ready: str) -> float:
    page.goto("about:blank")
    started = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.wait_for_selector(ready, state="attached", timeout=120_000)
    return time.perf_counter() - started


def main() -> None:
    years = sys.argv[1] if len(sys.argv) > 1 else "10"
    with tempfile.TemporaryDirectory() as scratch:
        books = Path(scratch) / "books"
        ledger = Path(__file__).with_name("ledger.py")
        subprocess.run([sys.executable, str(ledger), years, str(books)], check=True)
        plain = books / "main.beancount"
        ours = books / "with-daysheet.beancount"
        ours.write_text(plain.read_text() + EXTENSION)
        loads: dict[Path, list[Took]] = {plain: [], ours: []}
        for _ in range(5):
            for file, times in loads.items():
                with fava(file) as (_, loading):
                    times.append(loading)
        for what, without, with_ours in zip(Took._fields, *map(median, loads.values()), strict=True):
            print(f"load, {what}: {without:.2f} s, {with_ours:.2f} s with the extension: {with_ours / without:.3f} ×")
        with fava(ours) as (url, _), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            page = browser.new_page()
            first = {name: seconds(page, url + path, ready) for name, (path, ready) in PAGES.items()}
            taken: dict[str, list[float]] = {name: [] for name in PAGES}
            for _ in range(RUNS):
                for name, (path, ready) in PAGES.items():
                    taken[name].append(seconds(page, url + path, ready))
            own = statistics.median(taken["income statement (Fava's own)"])
            for name, found in taken.items():
                usual = statistics.median(found)
                print(f"{name}: {usual:.3f} s, {usual / own:.2f} × (first time {first[name]:.2f} s)")
            browser.close()


if __name__ == "__main__":
    main()
