"""`daysheet check` on ten years of books beside rustledger's WebAssembly build, which only validates the same files.

`python -m bench.rust_speed [YEARS] [ROUNDS]` writes the books and runs in turn, each a process of its own: rustledger,
`check` with nothing kept, `check` again, `check` after an edit of one month's purchases, and after one of its bills,
which checks look at. It prints medians of processor seconds and of the clock; what rustledger takes to read the files
is not counted, nor is its start. At the end it measures `check --json` on one year, its start included.

rustledger is no dependency. Where node is installed, `npm install @rustledger/wasm` in any folder brings it, which
the environment variable RUSTLEDGER then names.
"""

from __future__ import annotations

import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from bench.ledger import write_books
from bench.pack_speed import edit

YEAR = 2026
_JAVASCRIPT = """
import fs from "fs"; import path from "path";
const [place, folder] = process.argv.slice(1);
const { initSync, validateMultiFile } = await import(path.join(place, "rustledger_wasm.js"));
const files = {};
for (const name of fs.readdirSync(folder, { recursive: true }))
  if (name.endsWith(".beancount")) files[name] = fs.readFileSync(path.join(folder, name), "utf8");
const before = process.cpuUsage(), start = performance.now();
initSync({ module: fs.readFileSync(path.join(place, "rustledger_wasm_bg.wasm")) });
const said = validateMultiFile(files, "main.beancount");
const used = process.cpuUsage(before);
console.log(JSON.stringify({
  clock: (performance.now() - start) / 1e3, processors: (used.user + used.system) / 1e6, errors: said.errors.length,
}));
"""


class Took(NamedTuple):
    """Seconds of the clock, and of all processors together."""

    clock: float
    processors: float


def main(years: int, rounds: int) -> None:
    """Measure and print."""
    print(f"{os.cpu_count()} processors, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}")
    place = os.environ.get("RUSTLEDGER")
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        folder, one_year = scratch / "books", scratch / "one"
        write_books(folder, years)
        write_books(one_year, 1)
        march = next(folder.glob(f"{YEAR}/{YEAR}-03-*checking*.beancount"))
        bills = folder / f"{YEAR}/{YEAR}-03-invoices.beancount"
        took: dict[str, list[Took]] = {}
        for number in range(rounds):
            cache = scratch / f"cache{number}"
            if place:
                took.setdefault("rustledger validates", []).append(rustledger(Path(place), folder))
            took.setdefault("check, nothing kept", []).append(check(folder, cache))
            took.setdefault("check, kept", []).append(check(folder, cache))
            edit(march)
            took.setdefault("check, after an edit of one month", []).append(check(folder, cache))
            charge_more(bills)
            took.setdefault("check, after an edit of a bill", []).append(check(folder, cache))
        medians = {what: median(times) for what, times in took.items()}
        beside = medians.get("rustledger validates")
        print(f"{years} years, medians of {rounds}")
        for what, times in medians.items():
            ratios = (
                ""
                if beside is None
                else (
                    f"  {times.clock / beside.clock:5.2f} of rustledger's clock,"
                    f" {times.processors / beside.processors:5.2f} of its processor seconds"
                )
            )
            print(f"{what:34}{times.clock:6.2f} s {times.processors:6.2f} s{ratios}")
        check(one_year, scratch / "cache", "--json")
        start = median([check(one_year, scratch / "cache", "--json") for _ in range(rounds)])
        print(f"check --json on one year, kept, by the clock with its start: {start.clock:.2f} s")


def charge_more(bills: Path) -> None:
    """Add a dollar to a month's first bill."""
    text = bills.read_text(encoding="utf-8")
    amount = re.findall(r"\d+\.\d\d", text)[0]
    text = text.replace(amount, str(Decimal(amount) + 1), 2)
    bills.write_text(text, encoding="utf-8")


def rustledger(place: Path, folder: Path) -> Took:
    """What rustledger takes to validate the books; it finds no error in them."""
    command = ["node", "--input-type=module", "--eval", _JAVASCRIPT, str(place), str(folder)]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    if said["errors"]:
        raise SystemExit(f"rustledger finds {said['errors']} errors")
    return Took(said["clock"], said["processors"])


def check(folder: Path, cache: Path, *options: str) -> Took:
    """The command from its start to its end, with all processes that it starts."""
    command = [str(Path(sys.executable).with_name("daysheet")), "check", "--books", str(folder), *options]
    start, before = time.perf_counter(), os.times()
    done = subprocess.run(
        command, env={**os.environ, "XDG_CACHE_HOME": str(cache)}, stdout=subprocess.DEVNULL, check=False
    )
    clock, after = time.perf_counter() - start, os.times()
    if done.returncode not in (0, 1):
        raise SystemExit("daysheet check failed")
    return Took(clock, sum(after[2:4]) - sum(before[2:4]))


def median(times: list[Took]) -> Took:
    """The medians of both."""
    return Took(statistics.median(took.clock for took in times), statistics.median(took.processors for took in times))


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    main(*(numbers + [10, 5][len(numbers) :]))
