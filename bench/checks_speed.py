"""What checks cost on ten years of the two-doctor practice, side by side in one run, medians of seven.

`python -m bench.checks_speed [YEARS] [ROUNDS]` measures, in this process: Beancount's load without and with
`daysheet.plugins.billing_gaps`, what of the load with it passes inside the plugin, and all that `daysheet check` does.
Processor time is measured, not the clock: other programs may share the machine. Where the machine's speed varies by
more than the plugin takes, the share inside the plugin, of the same load, is the steadier figure.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from beancount import loader
from daysheet import checks, worklist
from daysheet.loading import load
from daysheet.plugins import billing_gaps

from bench.ledger import write_books

PLUGIN = 'plugin "daysheet.plugins.billing_gaps"\n'


def main(years: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_books(folder, years)
        main_file = folder / "main.beancount"
        with_plugin = folder / "with-plugin.beancount"
        with_plugin.write_text(main_file.read_text() + PLUGIN)

        plain: list[float] = []
        plugged: list[float] = []
        inside: list[float] = []
        checked: list[float] = []
        for _ in range(rounds):
            plain.append(seconds(loader.load_file, str(main_file)))
            with timed_plugin() as took:
                plugged.append(seconds(loader.load_file, str(with_plugin)))
            inside.append(took[0])
            checked.append(seconds(check, folder))
        base = median(plain)
        share = median(part / (whole - part) for part, whole in zip(inside, plugged, strict=True))
        print(f"{years} years, medians of {rounds}")
        print(f"load without the plugin     {base:7.2f} s")
        print(f"load with the plugin        {median(plugged):7.2f} s  {median(plugged) / base - 1:+.1%}")
        print(f"of that, inside the plugin  {median(inside):7.2f} s  {share:.1%} of the rest of the same load")
        print(f"daysheet check, all of it   {median(checked):7.2f} s  {median(checked) / base:.2f} of the load")
        print(f"kinds checked               {len(checks.CHECKS)}")


@contextmanager
def timed_plugin() -> Iterator[list[float]]:
    """A list that gets the seconds of each call of the plugin."""
    took: list[float] = []
    original = billing_gaps.billing_gaps

    def timed(*arguments: Any) -> Any:  # noqa: ANN401 - as Beancount calls it
        start = time.process_time()
        result = original(*arguments)
        took.append(time.process_time() - start)
        return result

    billing_gaps.billing_gaps = timed  # type: ignore[assignment]  # it is called as the other is
    try:
        yield took
    finally:
        billing_gaps.billing_gaps = original


def check(folder: Path) -> None:
    books = load(folder)
    found = worklist.findings_of(books, books.as_of)
    worklist.as_text(books, books.as_of, found, folder)


def seconds(work: Callable[..., object], *arguments: object) -> float:
    gc.collect()
    start = time.process_time()
    work(*arguments)
    return time.process_time() - start


if __name__ == "__main__":
    loader.initialize(use_cache=False)
    numbers = [int(argument) for argument in sys.argv[1:]]
    main(*(numbers + [10, 7][len(numbers) :]))
