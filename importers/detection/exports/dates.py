"""In which notations an export writes its days, and whether day and month could change places."""

from __future__ import annotations

from collections import Counter
from typing import Final, NamedTuple

from daysheet.importers.detection.exports.column_facts import Facts
from daysheet.importers.rows.cell_kinds import PADDING, date_formats, orders
from daysheet.importers.rows.values import date_parser

_SHORT: Final = 100
_MOST: Final = 8


class Notations(NamedTuple):
    """How days are written.

    Attributes:
        formats: in strptime's words, the commonest first; together they read every day.
        rivals: where day and month could change places, the other order of the notations that leave it open.
        why: what it rests on.
    """

    formats: tuple[str, ...]
    rivals: tuple[str, ...] = ()
    why: str = ""


def notations(facts: Facts, others: tuple[Facts, ...] = ()) -> Notations:
    """The notations of a column; `others` are further columns of days, which may show the order of day and month."""
    cells = [cell.strip(PADDING) for cell in facts.filled]
    left = Counter(frozenset(date_formats(cell)) for cell in cells)
    left.pop(frozenset(), None)
    chosen: list[str] = []
    rivals: list[str] = []
    why = ""
    while left and len(chosen) < _MOST:
        counts: Counter[str] = Counter()
        for found, count in left.items():
            counts.update(dict.fromkeys(found, count))
        best = min(counts, key=lambda notation: (-counts[notation], _american(notation), notation))
        pair = [notation for notation in orders(best) if notation in counts]
        if len(pair) > 1:
            best, other, reason = _order(pair, left, others, facts.distinct)
            rivals += [other] if other else []
            why = reason
        chosen.append(best)
        left = Counter({found: count for found, count in left.items() if best not in found})
    return Notations(tuple(chosen), tuple(dict.fromkeys(rivals)), why or f"fits all {len(cells)} days")


def _american(notation: str) -> int:
    """Month first goes before day first where nothing else tells."""
    return 0 if notation.startswith(("%Y", "%m")) else 1


def _order(
    pair: list[str], cells: Counter[frozenset[str]], others: tuple[Facts, ...], cells_of: frozenset[str]
) -> tuple[str, str, str]:
    """The order that the days show, the other one where they do not settle it, and why."""
    alone = {one: sum(count for found, count in cells.items() if set(pair) & found == {one}) for one in pair}
    shown = [one for one in pair if alone[one]]
    both = sum(count for found, count in cells.items() if set(pair) <= found)
    if len(shown) == 1:
        return shown[0], "", f"{alone[shown[0]]} days above twelve"
    ranked = sorted(pair, key=lambda one: (-alone[one], _american(one)))
    if len(shown) > 1:
        why = f"{alone[ranked[0]]} days prove one order of day and month, {alone[ranked[1]]} the other, {both} neither"
        return ranked[0], ranked[1], why
    for column in others:
        alone_in = [found for cell in column.distinct if len(found := date_formats(cell.strip(PADDING))) == 1]
        starts = {one[:2] for found in alone_in for one in found} & {"%d", "%m"}
        if len(starts) == 1:
            start = starts.pop()
            best = next((one for one in ranked if one[:2] == start), ranked[0])
            return best, "", f'column "{column.header}" has days above twelve'
    spans = {one: _span(one, cells_of) for one in pair}
    short = [one for one in pair if spans[one] <= _SHORT]
    if len(short) == 1 and max(spans.values()) > 2 * _SHORT:
        return short[0], "", f"the days lie within {spans[short[0]]} days only so"
    return ranked[0], ranked[1], "day and month could change places: nothing in the file settles it"


def _span(notation: str, cells: frozenset[str]) -> int:
    """From the first day to the last under a notation, in days."""
    parse = date_parser((notation,))
    days = [parse(cell.strip(PADDING)).date() for cell in cells if notation in date_formats(cell.strip(PADDING))]
    return (max(days) - min(days)).days if len(days) > 3 else 0
