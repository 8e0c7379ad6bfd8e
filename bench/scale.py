"""Ten thousand clients on paper: hours, memory, disk and cost from what `bench/firm_speed.json` measured.

`python -m bench.scale` works the table in `docs/scale.md` out anew.
"""

from __future__ import annotations

import json
import math
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

from bench.firm_speed import efficiency

FIGURES: Final = Path(__file__).with_name("firm_speed.json")
PAGE: Final = Path(__file__).parents[1] / "docs" / "scale.md"
BEGIN: Final = "<!-- worked out by python -m bench.scale -->\n"
END: Final = "<!-- end -->\n"
CLIENTS: Final = 10_000
PRICE: Final = Decimal("0.05")
"""Dollars an hour for one processor with its memory, rented: an assumption, stated on the page."""
WIDTHS: Final = (2, 16, 64, 256)
"""Processors, on one machine or several."""


class Measured(NamedTuple):
    """What one run of `bench/firm_speed.py` gave.

    Attributes:
        clients: how many.
        years: of books, of all of them.
        processor: seconds of the processor for all first packs, two at a time.
        again: seconds of the processor for the run after it, with nothing changed.
        status: seconds of the processor for the first table of how they stand.
        efficiency: of two processes over one, by the clock.
        load: how many processes the machine ran besides, about.
        peak: bytes of the largest process.
        disk: bytes of books and packs.
        machine: where.
        day: when, ISO.
    """

    clients: int
    years: int
    processor: float
    again: float
    status: float
    efficiency: float
    load: float
    peak: int
    disk: int
    machine: str
    day: str


class Paper(NamedTuple):
    """What so many clients would take.

    Attributes:
        packs: hours of one processor for every client's pack.
        status: for the table of how they stand, nothing known.
        again: for a run that finds nothing changed.
        disk: bytes of books and packs.
        cost: dollars for every client's pack.
    """

    packs: float
    status: float
    again: float
    disk: float
    cost: Decimal


def measured(figures: dict[str, Any]) -> Measured:
    """What a run of `bench/firm_speed.py` wrote."""
    one, two = figures["first-1"], figures["first-2"]
    return Measured(
        len(figures["years"]), sum(figures["years"]), two["processor"], figures["again-2"]["processor"],
        figures["status"]["processor"], efficiency(figures, "clock"), max(one["load"], two["load"]),
        max(one["peak"], two["peak"]), two["bytes"], figures["machine"], figures["day"],
    )  # fmt: skip


def paper(known: Measured, clients: int, price: Decimal = PRICE) -> Paper:
    """What so many clients of the same kind would take.

    Args:
        known: what was measured.
        clients: how many there are.
        price: dollars an hour of one processor.
    """
    times = clients / known.clients
    packs = known.processor * times / 3600
    return Paper(
        packs,
        known.status * times / 3600,
        known.again * times / 3600,
        known.disk * times,
        (Decimal(str(packs)) * price).quantize(Decimal("0.01")),
    )


def hours(processor_hours: float, processors: int, efficiency: float) -> float:
    """By the clock, if each processor is as well used as the second one was measured to be."""
    return processor_hours / processors / min(efficiency, 1)


def table(known: Measured) -> str:
    """The page's table, as Markdown."""
    whole = paper(known, CLIENTS)
    each = known._replace(processor=known.processor / known.clients, status=known.status / known.clients)
    lines = [
        f"Measured {known.day} on {known.machine}: {known.clients} clients with {known.years} years of books,",
        f"at a load of {known.load:.0f}, of which this run is two.",
        f"A client takes {each.processor:.1f} processor seconds for the first pack, {each.status:.1f} to see how it",
        f"stands, {known.again / known.clients:.2f} where nothing has changed, and "
        f"{known.disk / known.clients / 1e6:.0f} MB of disk with its pack;",
        f"two at a time are {known.efficiency:.0%} efficient, and the largest process took {known.peak / 1e6:,.0f} MB.",
        "",
        f"| {CLIENTS:,} clients | every pack | how all stand, first | nothing changed | memory at most |",
        "|---|---|---|---|---|",
        f"| processor hours | {whole.packs:.1f} | {whole.status:.1f} | {whole.again:.2f} | |",
    ]
    for width in WIDTHS:
        parts = (hours(part, width, known.efficiency) for part in (whole.packs, whole.status, whole.again))
        memory = math.ceil(width * known.peak / 1e9)
        lines.append(f"| {width} processors, by the clock | {' | '.join(map(_clock, parts))} | {memory} GB |")
    lines += [
        "",
        f"Every pack once costs {whole.cost:,} dollars at {PRICE} dollars a processor hour, which is an assumption.",
        f"Books and packs are {whole.disk / 1e9:,.0f} GB.",
    ]
    return "\n".join(lines) + "\n"


def _clock(spent: float) -> str:
    return f"{spent:.1f} h" if spent >= 1 else f"{spent * 60:.0f} min" if spent * 60 >= 1 else f"{spent * 3600:.0f} s"


def page(text: str, block: str) -> str:
    """The page with its table anew."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}{block}{END}{rest.partition(END)[2]}"


def main() -> None:
    """Write the page."""
    known = measured(json.loads(FIGURES.read_text(encoding="utf-8")))
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), table(known)), encoding="utf-8")


if __name__ == "__main__":
    main()
