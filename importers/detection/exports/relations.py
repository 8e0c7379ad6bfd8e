"""Relations between the amounts of a row: what was charged, less what was written off and paid, is what is due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from itertools import combinations
from typing import Final, NamedTuple

from daysheet.importers.detection.exports.column_facts import Facts
from daysheet.importers.rows.values import amount_parser

_LEAST: Final = 0.97
_TELLING: Final = 0.2
_COLUMNS: Final = 9
_ROWS: Final = 1500


class Sum(NamedTuple):
    """One column that is the sum of others in nearly every row."""

    total: Facts
    parts: tuple[Facts, ...]
    share: float


def sums(money: Sequence[Facts], decimal: str = ".") -> list[Sum]:
    """Which columns of amounts are sums of two or three others; a sum that is mostly zeros shows nothing."""
    columns = list(money[:_COLUMNS])
    values = [_values(facts, decimal) for facts in columns]
    found: list[Sum] = []
    for size in (2, 3):
        for total in range(len(columns)):
            others = [place for place in range(len(columns)) if place != total]
            for parts in combinations(others, size):
                share = _share(values[total], [values[place] for place in parts])
                if share >= _LEAST:
                    found.append(Sum(columns[total], tuple(columns[place] for place in parts), share))
    return sorted(found, key=lambda each: (-len(each.parts), -each.share, each.total.place))


def _values(facts: Facts, decimal: str) -> list[Decimal | None]:
    parse = amount_parser(decimal)

    def value(cell: str) -> Decimal | None:
        try:
            return parse(cell) if cell.strip() else Decimal()
        except (ValueError, InvalidOperation):
            return None

    return [value(cell) for cell in facts.column.cells[:_ROWS]]


def _share(total: Sequence[Decimal | None], parts: Sequence[Sequence[Decimal | None]]) -> float:
    """The share of the rows in which the sum holds, whichever way the parts are signed; each part must tell."""
    rows = [row for row in zip(total, *parts, strict=True) if all(value is not None for value in row)]
    if len(rows) < 3:
        return 0.0
    if any(sum(bool(row[place]) for row in rows) < _TELLING * len(rows) for place in range(len(parts) + 1)):
        return 0.0
    holds = sum(_abs(row[0]) == sum((_abs(value) for value in row[1:]), Decimal()) for row in rows)
    if holds < _LEAST * len(rows):
        return 0.0
    return holds / len(rows)


def _abs(value: Decimal | None) -> Decimal:
    return abs(value or Decimal())


def told(found: Sequence[Sum]) -> Iterator[str]:
    """What the sums show, in words."""
    for each in found[:3]:
        names = " + ".join(f'"{part.header}"' for part in each.parts)
        yield f'"{each.total.header}" = {names} in {each.share:.0%} of the rows'
