"""What checks cost on ten years of the two-doctor practice, side by side in one run, medians of seven.

`python -m bench.checks_speed [YEARS] [ROUNDS]` measures, in this process: Beancount's load without and with
`daysheet.plugins.billing_gaps`, what of each comes after booking, what passes inside the plugin, and all that
`daysheet check` does. Processor time is measured, not the clock: other programs may share the machine.

No plugin runs before booking is done, and what comes before is the same work in both loads and most of their time. So
what the plugin adds is the difference of what comes after, in which Beancount's sorting after each plugin is included;
where the machine's speed varies, whole loads differ by more than the plugin takes.
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
from typing import Any, NamedTuple

from beancount import loader
from beancount.parser import booking
from daysheet import checks
from daysheet.books.loading import load
from daysheet.plugins import billing_gaps
from daysheet.worklist import worklist

from bench.ledger import write_books

PLUGIN = 'plugin "daysheet.plugins.billing_gaps"\n'


def main(years: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_books(folder, years)
        main_file = folder / "main.beancount"
        with_plugin = folder / "with-plugin.beancount"
        with_plugin.write_text(main_file.read_text() + PLUGIN)

        plain: list[Load] = []
        plugged: list[Load] = []
        checked: list[float] = []
        for turn in range(rounds):
            pair = [(plain, main_file), (plugged, with_plugin)]
            for loads, file in reversed(pair) if turn % 2 else pair:  # neither always finds the other's memory
                loads.append(load_of(file))
            checked.append(seconds(check, folder).took)
        whole = median(one.whole for one in plain)
        tail = median(one.after_booking for one in plain)
        added = median(one.after_booking for one in plugged) - tail
        inside = median(one.inside for one in plugged)
        share = median(one.inside / (one.whole - one.inside) for one in plugged)
        print(f"{years} years, medians of {rounds}")
        print(f"load without the plugin      {whole:7.2f} s  of it after booking {tail:.2f} s")
        print(f"what the plugin adds to it   {added:7.2f} s  {added / whole:+.1%}")
        print(f"inside the plugin            {inside:7.2f} s  {share:.1%} of the rest of the same load")
        plugged_whole = median(one.whole for one in plugged)
        print(f"whole load with the plugin   {plugged_whole:7.2f} s  {plugged_whole / whole - 1:+.1%}")
        print(f"daysheet check, all of it    {median(checked):7.2f} s  {median(checked) / whole:.2f} of the load")
        print(f"kinds checked                {len(checks.CHECKS)}")


class Load(NamedTuple):
    """The seconds of one load: all of it, what came after booking, and what passed inside the plugin."""

    whole: float
    after_booking: float
    inside: float


def load_of(main_file: Path) -> Load:
    """Load books, by the processor's clock."""
    with marked(booking, "book") as booked, marked(billing_gaps, "billing_gaps") as plugin:
        whole = seconds(loader.load_file, str(main_file))
    inside = sum(stop - start for start, stop in plugin)
    return Load(whole.took, whole.end - booked[-1][1], inside)


@contextmanager
def marked(module: Any, name: str) -> Iterator[list[tuple[float, float]]]:  # noqa: ANN401 - modules have no type
    """A list that gets when each call of a module's function began and ended."""
    marks: list[tuple[float, float]] = []
    original = getattr(module, name)

    def timed(*arguments: object) -> object:
        start = time.process_time()
        result = original(*arguments)
        marks.append((start, time.process_time()))
        return result

    setattr(module, name, timed)
    try:
        yield marks
    finally:
        setattr(module, name, original)


def check(folder: Path) -> None:
    books = load(folder)
    found = worklist.findings_of(books, books.as_of)
    worklist.as_text(books, books.as_of, found, folder)


class Timed(NamedTuple):
    """How many seconds some work took, and when it ended."""

    took: float
    end: float


def seconds(work: Callable[..., object], *arguments: object) -> Timed:
    gc.unfreeze()  # what the load before has frozen
    gc.collect()
    start = time.process_time()
    result = work(*arguments)
    end = time.process_time()
    del result  # giving back its memory is not part of the work
    return Timed(end - start, end)


if __name__ == "__main__":
    loader.initialize(use_cache=False)
    numbers = [int(argument) for argument in sys.argv[1:]]
    main(*(numbers + [10, 7][len(numbers) :]))
