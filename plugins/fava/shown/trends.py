"""The practice's measures now, against their benchmarks, and month by month."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.billing.working_days import ONE_DAY
from daysheet.books import Books
from daysheet.measures import DEFINITIONS, Benchmarks, Definition, measure
from daysheet.reports.formats.figures import for_people

MONTHS: Final = 12
_DAYS: Final = ("days_in_ar", "lag_median", "lag_p90")
_WIDTH: Final = 96
_HEIGHT: Final = 20


class Trend(NamedTuple):
    """A measure over the last twelve months: as text, whether it keeps its benchmark, and the points of its line.

    `keeps` is None where there is no benchmark; `points` are those of an SVG polyline in a box of 96 by 20, `words`
    say the same for who cannot see it; `history` are the values, in `unit`, and `limit` the benchmark.
    """

    name: str
    formula: str
    now: str
    benchmark: str
    keeps: bool | None
    points: str
    words: str
    history: tuple[Decimal | None, ...]
    limit: Decimal | None
    unit: str


def months_until(last: datetime.date) -> list[tuple[datetime.date, datetime.date]]:
    """The first and last day of each of the twelve months up to a day, the last one cut off there."""
    found = []
    end = last
    for _ in range(MONTHS):
        found.append((end.replace(day=1), end))
        end = end.replace(day=1) - ONE_DAY
    return found[::-1]


def trends(books: Books, as_of: datetime.date, benchmarks: Benchmarks) -> list[Trend]:
    """The measures that the books can give, in the order of their definitions."""
    months = months_until(as_of)
    now = measure(books, months[0][0], as_of)._asdict()
    by_month = [measure(books, *month)._asdict() for month in months]
    return list(_trends(now, by_month, benchmarks))


def _trends(
    now: dict[str, Decimal | None], by_month: list[dict[str, Decimal | None]], benchmarks: Benchmarks
) -> Iterator[Trend]:
    for key, definition in DEFINITIONS.items():
        value = now[key]
        if value is None:
            continue
        history = [month[key] for month in by_month]
        shown = [_written(key, one) for one in history]
        wanted = getattr(benchmarks, definition.benchmark) if definition.benchmark else None
        yield Trend(
            name=definition.name,
            formula=f"{definition.formula} ({definition.source})",
            now=_written(key, value),
            benchmark="" if wanted is None else _limit(key, definition, Decimal(wanted)),
            keeps=None if wanted is None else (value <= wanted if definition.less_is_better else value >= wanted),
            points=_points(history),
            words=f"{definition.name}, the last {MONTHS} months: {', '.join(shown)}",
            history=tuple(history),
            limit=None if wanted is None else Decimal(wanted),
            unit="days" if key in _DAYS else "money" if key == "credits" else "%",
        )


def _written(key: str, value: Decimal | None) -> str:
    if value is None:
        return "–"
    if key in _DAYS:
        return f"{for_people(value, 'days')} days"
    return for_people(value, "money" if key == "credits" else "percent").strip()


def _limit(key: str, definition: Definition, wanted: Decimal) -> str:
    return f"{'at most' if definition.less_is_better else 'at least'} {_written(key, wanted)}"


def _points(history: list[Decimal | None]) -> str:
    known = [value for value in history if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    height = (high - low) or Decimal(1)
    step = Decimal(_WIDTH) / (len(history) - 1)
    return " ".join(
        f"{at * step:.1f},{_HEIGHT - 2 - (value - low) / height * (_HEIGHT - 4):.1f}"
        for at, value in enumerate(history)
        if value is not None
    )
