"""How long our pages take beside Fava's own income statement, in a real browser, and what loading them costs.

`python -m bench.fava_speed [YEARS] [pages]`: ten years of the two-doctor practice by default, with as many more visits
without a bill as make over 5,000 findings. Times are seconds from asking for a page to its figures being on the screen,
medians of seven in one browser and one Fava. The first page after a load is Fava's own income
statement or our overview, each in a Fava started anew, in turn, medians of three, by the clock and by Fava's own
processor time. Loading (left out with `pages`) is what Fava takes until it answers for the first time, with and without
the extension, medians of five, in turn.
"""

from __future__ import annotations

import datetime
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
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

from bench.pack_speed import Took, median

OWN = "income statement (Fava's own)"
PAGES = {
    OWN: ("income_statement/", "article .treetable-fold, article ol.flex-table"),
    "overview": ("extension/Daysheet/?page=overview", ".daysheet h2"),
    "calendar": ("extension/Daysheet/?page=calendar", ".daysheet .ds-calendar"),
    "day sheet": ("extension/Daysheet/?page=day&day=2026-06-03", ".daysheet .ds-sheet table"),
    "lapse": ("extension/Daysheet/?page=lapse&key={lapse}", ".daysheet .ds-of-day"),
    "worklist": ("extension/Daysheet/?page=worklist", "#ds-findings"),
    "waived": ("extension/Daysheet/?page=waived", ".daysheet h2"),
    "import": ("extension/Daysheet/?page=import", "#ds-drop"),
    "categorize": ("extension/Daysheet/?page=categorize", ".daysheet h2"),
    "claims": ("extension/Daysheet/?page=claims", ".daysheet h2"),
    "patient's account": ("extension/Daysheet/?page=patient&token={patient}", ".daysheet h2"),
    "receivables": ("extension/Daysheet/?page=receivables", "#ds-patients"),
    "deposits": ("extension/Daysheet/?page=deposits", ".daysheet .ds-table"),
    "cash": ("extension/Daysheet/?page=cash", ".daysheet .ds-report"),
    "packs": ("extension/Daysheet/?page=packs", "#ds-build"),
    "outbox": ("extension/Daysheet/?page=outbox", ".daysheet h2"),
}
FIRST = (OWN, "overview")
EXTENSION = '2026-01-01 custom "fava-extension" "daysheet.plugins.fava"\n'
PLUGIN = 'plugin "daysheet.plugins.billing_gaps"\n'
RUNS = 7
MORE_VISITS = 2_800
PATIENT = "pt-00000000bbbb"


def processor_seconds(pid: int) -> float:
    """What a process has used so far (proc(5): user and system time are fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Running(NamedTuple):
    """A Fava at work, and what it took to answer for the first time."""

    url: str
    pid: int
    loading: Took


@contextmanager
def fava(main: Path) -> Iterator[Running]:
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
            loading = Took(time.perf_counter() - started, processor_seconds(process.pid))
            yield Running(f"{address}/{slug}/", process.pid, loading)
        finally:
            process.terminate()


def seconds(page: Page, url: str, ready: str) -> float:
    page.goto("about:blank")
    started = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.wait_for_selector(ready, state="attached", timeout=120_000)
    return time.perf_counter() - started


def first_page(file: Path, name: str, browser: Browser) -> Took:
    """The first page that a Fava started anew shows, in a browser that has shown Fava before."""
    path, ready = PAGES[name]
    with fava(file) as running:
        page = browser.new_page()
        page.set_default_timeout(300_000)
        before = processor_seconds(running.pid)
        taken = Took(seconds(page, running.url + path, ready), processor_seconds(running.pid) - before)
        page.close()
    return taken


def loads(plain: Path, ours: Path) -> None:
    """Prints what Fava takes to load with and without the extension."""
    taken: dict[Path, list[Took]] = {plain: [], ours: []}
    for _ in range(5):
        for file, times in taken.items():
            with fava(file) as running:
                times.append(running.loading)
    for what, without, with_ours in zip(Took._fields, *map(median, taken.values()), strict=True):
        print(f"load, {what}: {without:.2f} s, {with_ours:.2f} s with the extension: {with_ours / without:.3f} ×")


def first_pages(file: Path, browser: Browser) -> None:
    """Prints what the first page after a load takes."""
    taken: dict[str, list[Took]] = {name: [] for name in FIRST}
    for _ in range(3):
        for name, times in taken.items():
            times.append(first_page(file, name, browser))
    for what, own, overview in zip(Took._fields, *map(median, taken.values()), strict=True):
        print(f"first page, {what}: {own:.2f} s, our overview {overview:.2f} s: {overview - own:+.2f} s")


def pages(file: Path, browser: Browser) -> None:
    """Prints what each page takes once the books are indexed."""
    with fava(file) as running:
        page = browser.new_page()
        page.set_default_timeout(300_000)
        page.goto(f"{running.url}extension/Daysheet/?page=worklist&kind=billing-lapse", wait_until="networkidle")
        lapse = str(page.locator("#ds-findings .ds-waive").last.get_attribute("data-key"))
        named = {"{lapse}": lapse, "{patient}": page_of_patient(page, running.url)}
        asked = {name: (running.url + filled(path, named), ready) for name, (path, ready) in PAGES.items()}
        first = {name: seconds(page, *one) for name, one in asked.items()}
        taken: dict[str, list[float]] = {name: [] for name in asked}
        for _ in range(RUNS):
            for name, one in asked.items():
                taken[name].append(seconds(page, *one))
        own = statistics.median(taken[OWN])
        for name, found in taken.items():
            usual = statistics.median(found)
            print(f"{name}: {usual:.3f} s, {usual / own:.2f} × (first time {first[name]:.2f} s)")


def filled(path: str, named: dict[str, str]) -> str:
    for mark, value in named.items():
        path = path.replace(mark, value)
    return path


def page_of_patient(page: Page, url: str) -> str:
    """The patient who owes the most."""
    page.goto(f"{url}extension/Daysheet/?page=receivables", wait_until="networkidle")
    return page.locator("#ds-patients tbody a").first.inner_text()


def more_visits() -> str:
    """Visits of the last year on top of the others, that nobody billed: each is a finding."""
    first = datetime.date(2026, 1, 5)
    days = [day for day in (first + datetime.timedelta(at) for at in range(350)) if day.weekday() < 5]
    return "".join(
        f'{days[at % len(days)]} custom "visit" "MORE-{at}" "adams" "completed"\n  patient: "{PATIENT}"\n'
        for at in range(MORE_VISITS)
    )


def main() -> None:
    years = sys.argv[1] if len(sys.argv) > 1 else "10"
    with tempfile.TemporaryDirectory() as scratch:
        books = Path(scratch) / "books"
        ledger = Path(__file__).with_name("ledger.py")
        subprocess.run([sys.executable, str(ledger), years, str(books)], check=True)
        plain = books / "main.beancount"
        with plain.open("a") as file:
            file.write(more_visits())
        ours = books / "with-daysheet.beancount"
        ours.write_text(plain.read_text() + EXTENSION)
        init = books / "as-new.beancount"
        init.write_text(PLUGIN + plain.read_text() + EXTENSION)
        if sys.argv[2:] != ["pages"]:
            loads(plain, ours)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            pages(init, browser)
            first_pages(init, browser)
            browser.close()


if __name__ == "__main__":
    main()
