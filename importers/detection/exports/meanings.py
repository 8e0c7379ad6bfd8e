"""What each word of a status or method column means: by the field's vocabulary, or by the name over a flag."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from daysheet.importers.detection.exports import status_words as vocabulary
from daysheet.importers.detection.exports.column_facts import Facts
from daysheet.importers.detection.exports.header_words import word_set
from daysheet.importers.detection.exports.kinds import CLAIMS, VISITS

# What a yes under such a name means, and a no.
_FLAGS: Final = (
    ("noshow", "no-show", "completed"),
    ("missed", "no-show", "completed"),
    ("cancelled", "cancelled", "completed"),
    ("attended", "completed", "no-show"),
    ("arrived", "completed", "no-show"),
    ("completed", "completed", "no-show"),
)
_ADDED: Final = re.compile(r"\s*[-–:(/].*$")


class Meanings(NamedTuple):
    """The words whose meaning is known, and how many are not.

    Attributes:
        words: as the file writes them, with what they mean.
        unknown: lines on which a word stands that nobody knows; words themselves could be a patient's name.
        why: what it rests on.
        claims: of claims, the state of the claim that each word says.
    """

    words: Mapping[str, str]
    unknown: tuple[int, ...] = ()
    why: str = ""
    claims: Mapping[str, str] = {}


def of_status(facts: Facts, kind: str, lines: tuple[int, ...]) -> Meanings:
    """The meanings of a status column.

    Args:
        facts: the column.
        kind: of the records.
        lines: the line of each of its cells.
    """
    if facts.is_flag:
        for word, yes, no in _FLAGS:
            if word in facts.words:
                told = {
                    cell: yes if re.sub(r"\.0$", "", cell.casefold()) in vocabulary.YES else no
                    for cell in facts.distinct
                }
                return Meanings(_sorted(told), why=f'a flag: yes under "{facts.header}" is {yes}')
    tables = [vocabulary.VISITS] if kind == VISITS else [vocabulary.BILLS]
    claims = vocabulary.CLAIMS if kind == CLAIMS else {}
    words: dict[str, str] = {}
    states: dict[str, str] = {}
    for cell in facts.distinct:
        shaped = _known(cell, {**tables[0], **claims})
        if kind == VISITS and shaped not in tables[0] and (state := vocabulary.visit_state(cell)):
            words[cell] = state
        if shaped in tables[0]:
            words[cell] = tables[0][shaped]
        if shaped in claims:
            states[cell] = claims[shaped]
    known = words.keys() | states.keys() | (_neither(facts) if kind != VISITS else set())
    return Meanings(
        _sorted(words),
        _lines(facts, known, lines),
        f"{len(words)} of {len(facts.distinct)} words are the field's",
        _sorted(states),
    )


def of_method(facts: Facts, lines: tuple[int, ...]) -> Meanings:
    """The meanings of a column that says how money was paid."""
    words = {}
    for cell in facts.distinct:
        shaped = _known(cell, vocabulary.METHODS)
        if shaped in vocabulary.METHODS:
            words[cell] = vocabulary.METHODS[shaped]
    why = f"{len(words)} of {len(facts.distinct)} words are ways to pay"
    return Meanings(_sorted(words), _lines(facts, words.keys(), lines), why)


_OPEN: Final = word_set(
    """
    pending unpaid open partial partially paid partly failed denied overdue outstanding due sent draft issued billed
    refunded late rejected approved processing submitted insurance hold disputed collections new active in process
    part unbilled no charge balance not
    """
)


def _neither(facts: Facts) -> set[str]:
    """Words of bills that are neither paid nor cancelled; they mean nothing for a record."""
    return {cell for cell in facts.distinct if set(vocabulary.plain(cell).split()) <= _OPEN}


def _known(cell: str, table: Mapping[str, str]) -> str:
    """A word as the table has it; what stands behind a dash or in parentheses only explains it."""
    shaped = vocabulary.plain(cell)
    if shaped in table:
        return shaped
    bare = vocabulary.plain(_ADDED.sub("", cell))
    return bare if bare in table and vocabulary.is_of_the_trade(cell) else shaped


def _lines(facts: Facts, known: object, lines: tuple[int, ...]) -> tuple[int, ...]:
    """The first line of each word that is not known."""
    first: dict[str, int] = {}
    wanted = facts.distinct - set(known)  # type: ignore[call-overload]
    for line, cell in zip(lines, facts.column.cells, strict=True):
        if cell.strip() in wanted:
            first.setdefault(cell.strip(), line)
    return tuple(sorted(first.values()))


def _sorted(words: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(words.items()))
