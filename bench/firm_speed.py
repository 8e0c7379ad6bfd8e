"""A firm's packs: one process beside two, again with nothing changed, and what it takes.

`python -m bench.firm_speed [CLIENTS] [YEARS]` makes the books of so many clients (100, of one to five years) in a
temporary folder, builds every client's pack of the last year with one process at a time and with two, in one run, and
prints seconds of the clock, the share of two processes' time that was of use, and the largest process.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
import time
from pathlib import Path

from daysheet.firm import clients, running
from daysheet.firm.calls import VERB, Outcome
from daysheet.firm.clients import Firm
from daysheet.firm.running import Work

from bench.ledger import write_books

LAST = 2026


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    most = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    print(f"{os.cpu_count()} processors, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name:
        os.environ["XDG_CACHE_HOME"] = str(Path(name) / "cache")
        years = [1 + number % most for number in range(count)]
        made = {year: _books(Path(name) / "made", year) for year in set(years)}
        took = {}
        for workers in (1, 2):
            firm = _firm(Path(name) / f"firm{workers}", years, made)
            took[workers] = _pack(firm, workers, f"{count} clients, {workers} at once")
            _pack(firm, workers, f"{count} clients, {workers} at once, nothing changed")
            shutil.rmtree(firm.folder)
            shutil.rmtree(Path(name) / "cache", ignore_errors=True)
        print(f"two processes do {took[1] / took[2] / 2:.0%} of twice what one does")


def _books(folder: Path, years: int) -> Path:
    place = folder / str(years)
    write_books(place, years)
    return place


def _firm(folder: Path, years: list[int], made: dict[int, Path]) -> Firm:
    """The clients' books, each with an id, and so a secret, of its own."""
    for number, year in enumerate(years):
        books = folder / "clients" / f"client-{number:03}"
        shutil.copytree(made[year], books)
        settings = books / "daysheet.toml"
        text = settings.read_text(encoding="utf-8") if settings.exists() else "[practice]\n"
        kept = [line for line in text.splitlines() if not line.startswith("id =")]
        place = kept.index("[practice]") + 1
        settings.write_text(
            "\n".join([*kept[:place], f'id = "client-{number:03}"', *kept[place:], ""]), encoding="utf-8"
        )
    (folder / clients.FILE).write_text('books = ["clients/*"]\n', encoding="utf-8")
    return clients.read(folder / clients.FILE)


def _pack(firm: Firm, workers: int, what: str) -> float:
    work = Work(VERB, ("pack", str(LAST), "--json"), frozenset({"packs", "outbox"}), f"packs/{LAST}", is_settling=True)
    began = time.monotonic()
    outcomes: list[Outcome] = running.over(firm, work, workers)
    took = time.monotonic() - began
    wrong = [outcome for outcome in outcomes if not outcome.is_done]
    kept = sum(outcome.is_kept for outcome in outcomes)
    processor = sum(outcome.processor for outcome in outcomes if not outcome.is_kept)
    print(
        f"{what}: {took:.1f} s by the clock, {processor:.1f} s of the processor, {kept} as they were, "
        f"{len(wrong)} not done, largest process {max(outcome.peak for outcome in outcomes) / 1e6:.0f} MB",
        flush=True,
    )
    for outcome in wrong[:3]:
        print(f"  {outcome.client}: {outcome.error}")
    return took


if __name__ == "__main__":
    main()
