"""`python -m tests.simulator [PRACTICES]` measures the checks and writes `docs/detection-score.md`."""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median

from tests.simulator.score import LONG, MODES, Score, total

PAGE = Path(__file__).parents[2] / "docs" / "detection-score.md"
TITLES = {
    "visits": "visits recorded",
    "schedule": "no visits, but the declared schedule",
    "history": "invoices alone",
}


def page(score: Score) -> str:
    """The score as the documentation shows it."""
    visits = score.visits
    late = sorted(score.delays)
    lines = [
        "# How well gaps are found",
        "",
        f"Measured on {score.practices} simulated practice-years with {score.providers} providers: one to twelve",
        "providers a practice, part-time, locums, seasons, growth, walk-ins, declared vacations, undeclared sick days,",
        "public holidays, bills on the day, days later or once a week, late charges. Lapses and scattered misses",
        "are planted, so that all that is wrong is known. `make score` measures again and writes this page.",
        "",
        "## Unbilled visits",
        "",
        "| | really unbilled | billed, or still in time |",
        "|---|---|---|",
        f"| reported | {visits['found']:,} | {visits['invented']:,} |",
        f"| not reported | {visits['missed']:,} | |",
        "",
        "## Billing lapses",
        "",
        "Asked for are full lapses of at least so many working days; shorter ones and partial ones (half of the visits",
        "unbilled, for two weeks or more) are shown beside them. Of what is reported, `invented` was not planted.",
        "",
        "| what is known | asked for | found | missed | invented | recall | precision | shorter | partial |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for mode in MODES:
        counts = score.table[mode]
        beside = " | ".join(
            f"{counts[f'{kind}, found']} of {counts[f'{kind}, found'] + counts[f'{kind}, missed']}"
            for kind in ("short", "partial")
        )
        lines.append(
            f"| {TITLES[mode]} | ≥ {LONG[mode]} days | {counts['found']} | {counts['missed']} | {counts['invented']} "
            f"| {score.recall(mode):.1%} | {score.precision(mode):.1%} | {beside} |"
        )
    lines += [
        "",
        "With visits recorded, a lapse of three days or more is found a median of "
        f"{median(late):.0f} and at most {late[-1]}",
        "working days of the provider after the grace period of its first day ends.",
        "",
        "## The price",
        "",
        f"The expected cash of a year's unbilled visits is off the truth by {score.price_error:.1%} at the median and",
        f"by {max(score.price_errors):.1%} at most.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    measured = total(range(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
    PAGE.write_text(page(measured), encoding="utf-8")
    sys.stdout.write(PAGE.read_text(encoding="utf-8"))
    sys.stdout.write("\n".join(measured.trouble) + "\n")
