"""A firm's packs: one process beside two, again with nothing changed, a process that is killed, and what it takes.

`python -m bench.firm_speed [--clients N] [--alone N] [--years N] [--folder DIR] [--keep]` makes the books of so many
clients (100, of one to five years) and builds every client's pack of the last year in one run with one process at a
time, kept to one processor (with `--alone` of so many clients, which is sooner done), and with two on two; each again
with nothing changed. It looks how all stand, and kills the processes of two clients, of one once and of the other each
time. It prints what each took and what is to hold.

With `--folder` a run that was stopped goes on after the last phase that it had finished; `--keep` writes the figures,
with the machine and the day, into `bench/firm_speed.json`, from which `docs/scale.md` is worked out.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import resource
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from daysheet.firm import clients, running
from daysheet.firm.calls import VERB, Outcome
from daysheet.firm.clients import Firm
from daysheet.firm.running import Work
from daysheet.reports.statements import account_numbers

from bench.ledger import write_books

LAST = 2026
FIGURES = Path(__file__).with_suffix(".json")
PACK = Work(
    VERB,
    ("pack", str(LAST), "--json"),
    frozenset({"packs", "outbox"}),
    f"packs/{LAST}",
    adds=account_numbers.FILE,
)


def main() -> None:
    """Measure and print."""
    reader = argparse.ArgumentParser(prog="python -m bench.firm_speed")
    reader.add_argument("--clients", type=int, default=100)
    reader.add_argument("--alone", type=int, default=0, help="So many of them one at a time; a multiple of the years.")
    reader.add_argument("--years", type=int, default=5, help="The clients' books have one to so many years.")
    reader.add_argument("--folder", type=Path, help="Where to work; what is finished there is not done again.")
    reader.add_argument("--keep", action="store_true", help=f"Write the figures to {FIGURES.name}.")
    asked = reader.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        figures = measure(asked.folder or Path(scratch), asked.clients, asked.alone or asked.clients, asked.years)
    for line in told(figures):
        print(line)
    if asked.keep:
        FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def measure(folder: Path, count: int, alone: int, most: int) -> dict[str, Any]:
    """The figures; each phase that is finished is kept in `folder`.

    Returns:
        By phase the seconds by the clock and of the processor (its own and its processes'), clients, failures, the
        largest process in bytes; and the machine, the day, the clients' years.
    """
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
    place = folder / "figures.json"
    years = [1 + number % most for number in range(count)]
    figures: dict[str, Any] = json.loads(place.read_text()) if place.exists() else {}
    if figures and figures["years"] != years:
        raise SystemExit(f"{folder} holds the figures of other clients; name another folder")
    figures |= {"machine": _machine(), "day": datetime.datetime.now(tz=datetime.UTC).date().isoformat(), "years": years}

    def phase(name: str, work: Callable[[], dict[str, Any]]) -> None:
        if name not in figures:
            figures[name] = work() | {"load": round(os.getloadavg()[0], 1)}
            place.write_text(json.dumps(figures), encoding="utf-8")
            print(f"{name}: {figures[name]}", flush=True)

    for workers in (1, 2):
        if f"first-{workers}" not in figures:  # begun anew: what a stopped run had done would not be counted
            shutil.rmtree(folder / "firm", ignore_errors=True)
            shutil.rmtree(folder / "cache", ignore_errors=True)
        for name in ("first", "again"):
            phase(f"{name}-{workers}", partial(_packed, folder, years if workers > 1 else years[:alone], workers))
    phase("status", partial(_stood, folder, years))
    phase("killed", partial(_killed, folder, years))
    return figures


def told(figures: dict[str, Any]) -> Iterator[str]:
    """What is to hold, with the figures that it holds or not."""
    one, two, again = figures["first-1"], figures["first-2"], figures["again-2"]
    yield f"{figures['machine']}, load {one['load']} to {two['load']}"
    yield (
        f"{len(figures['years'])} clients, {sum(figures['years'])} years: {one['clock']:,.0f} s one at a time on one "
        f"processor ({one['clients']} of them), {two['clock']:,.0f} s two at a time on two"
    )
    yield (
        f"two processes are {efficiency(figures, 'clock'):.0%} efficient by the clock (to hold: 90%), and "
        f"{2 * efficiency(figures, 'processor'):.0%} by processor seconds (a busy machine changes them less)"
    )
    yield (
        f"a second run takes {again['clock'] / two['clock']:.1%} of the first by the clock, "
        f"{again['processor'] / two['processor']:.1%} of its processor seconds (to hold: 3%)"
    )
    yield f"the largest process took {max(one['peak'], two['peak']) / 1e6:,.0f} MB"
    yield f"killed once: {figures['killed']['once']}; killed each time: {figures['killed']['always']}"
    yield f"clients not done: {one['failed'] + two['failed'] + figures['killed']['others']} (to hold: 0)"


def efficiency(figures: dict[str, Any], of: str) -> float:
    """What one at a time took for a client, over what two at a time did for two."""
    one, two = figures["first-1"], figures["first-2"]
    return float(one[of] / one["clients"] / (two[of] / two["clients"]) / 2)


def _machine() -> str:
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    names = [line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")]
    name = names[0] if names else platform.processor()
    return f"{os.cpu_count()} processors ({name}), Python {platform.python_version()}"


def _firm(folder: Path, years: list[int]) -> Firm:
    """The clients' books, each with an id, and so a secret, of its own; those of as many years say the same."""
    home = folder / "firm"
    if not (home / clients.FILE).exists():
        shutil.rmtree(home, ignore_errors=True)
        with ProcessPoolExecutor() as pool:
            list(pool.map(_made, [folder / "made" / str(year) for year in sorted(set(years))]))
            list(pool.map(_client, [(folder / "made" / str(year), home, at) for at, year in enumerate(years)]))
        (home / clients.FILE).write_text('books = ["clients/*"]\n', encoding="utf-8")
    return clients.read(home / clients.FILE)


def _made(place: Path) -> None:
    if not (place / "main.beancount").exists():
        shutil.rmtree(place, ignore_errors=True)
        scratch = place.with_name(f"{place.name}.part")
        shutil.rmtree(scratch, ignore_errors=True)
        write_books(scratch, int(place.name))
        scratch.rename(place)


def _client(told: tuple[Path, Path, int]) -> None:
    made, home, number = told
    books = home / "clients" / f"client-{number:03}"
    shutil.copytree(made, books)
    settings = books / "daysheet.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('id = "bench"', f'id = "client-{number:03}"'), encoding="utf-8")


def _packed(folder: Path, years: list[int], workers: int) -> dict[str, Any]:
    """Every client's pack: one at a time is kept to one processor, for a pack by itself uses several."""
    return _done(_firm(folder, years), PACK, workers)


def _stood(folder: Path, years: list[int]) -> dict[str, Any]:
    """How every client stands, with nothing known of it."""
    return _done(_firm(folder, years), running.STANDING, 2)


def _done(firm: Firm, work: Work, workers: int) -> dict[str, Any]:
    before = _processor()
    began = time.monotonic()
    with _processors(workers):
        outcomes = running.over(firm, work, workers)
    clock = time.monotonic() - began
    wrong = [outcome for outcome in outcomes if not outcome.is_done]
    for outcome in wrong[:3]:
        print(f"  {outcome.client}: {outcome.error}")
    return {
        "clients": len(outcomes),
        "clock": round(clock, 1),
        "processor": round(_processor() - before, 1),
        "kept": sum(outcome.is_kept for outcome in outcomes),
        "failed": len(wrong),
        "peak": max(outcome.peak for outcome in outcomes),
        "bytes": _bytes(firm),
    }


def _bytes(firm: Firm) -> int:
    return sum(path.stat().st_size for path in (firm.folder / "clients").rglob("*") if path.is_file())


@contextmanager
def _processors(count: int) -> Iterator[None]:
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:count])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _killed(folder: Path, years: list[int]) -> dict[str, Any]:
    """What becomes of clients whose process is killed once and each time, and of those beside them."""
    firm = _firm(folder, years)
    some = firm._replace(clients=firm.clients[:4])
    once, always = (client.id for client in some.clients[:2])
    for client in some.clients:
        shutil.rmtree(firm.state / client.id, ignore_errors=True)
    is_over = threading.Event()
    killer = threading.Thread(target=_kill, args=(some, {once: 1, always: 2}, is_over))
    killer.start()
    outcomes: dict[str, Outcome] = {outcome.client: outcome for outcome in running.over(some, PACK, 2)}
    is_over.set()
    killer.join()
    return {
        "once": f"begun {outcomes[once].attempts} times, " + ("done" if outcomes[once].is_done else "not done"),
        "always": outcomes[always].error or "done",
        "others": sum(not outcome.is_done for name, outcome in outcomes.items() if name not in (once, always)),
    }


def _kill(firm: Firm, times: dict[str, int], is_over: threading.Event) -> None:
    """Kill these clients' processes so many times each, as the system does when memory ends."""
    killed: set[int] = set()
    folders = {str(client.folder): client.id for client in firm.clients}
    while not is_over.wait(0.05):
        for place in Path("/proc").glob("[0-9]*"):
            try:
                words = place.joinpath("cmdline").read_bytes().decode().split("\0")
            except (OSError, UnicodeDecodeError):
                continue
            name = next((folders[word] for word in words if word in folders), "")
            if "pack" in words and times.get(name) and int(place.name) not in killed:
                killed.add(int(place.name))
                times[name] -= 1
                os.kill(int(place.name), signal.SIGKILL)


if __name__ == "__main__":
    main()
