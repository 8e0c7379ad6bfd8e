"""Whose money a payment's word says it is: a word that a person called an insurer's makes payments of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from daysheet.importers.detection.exports.column_facts import Facts
from daysheet.importers.proposals import toml
from daysheet.importers.proposals.answers import ANY, OF_INSURERS, meanings_of
from daysheet.importers.proposals.plan import Plan

INSURER: Final = 'payer-is = "insurance"'
"""The key that makes it an insurer's money where no column names which."""


class Part(NamedTuple):
    """Some of the payments of a file.

    Attributes:
        of_insurers: whether they are an insurer's money by their word.
        method: how they were paid, in TOML.
        rows: the condition under which a row is of them; None where all are.
    """

    of_insurers: bool
    method: str
    rows: tuple[Facts, str, list[str]] | None = None


def parts(plan: Plan, column: Facts | None) -> Iterator[Part]:
    """The payments by whose money they are.

    Args:
        plan: of the file.
        column: says how each was paid.
    """
    meanings = _meanings(plan)
    other = meanings_of("method", plan.answers.words).get(ANY, "")
    theirs = {word: meaning for word, meaning in meanings.items() if meaning in OF_INSURERS}
    mine = {word: meaning for word, meaning in meanings.items() if word not in theirs}
    if column is None or (not theirs and other not in OF_INSURERS):
        yield Part(other in OF_INSURERS, toml.words(column, _plain(meanings), _way(other)))
        return
    if other in OF_INSURERS:
        yield Part(True, toml.words(column, _plain(theirs), _way(other)), (column, "none-of", sorted(mine)))
        if mine:
            yield Part(False, toml.words(column, mine), (column, "among", sorted(mine)))
        return
    if mine or other:
        yield Part(False, toml.words(column, mine, other), (column, "none-of", sorted(theirs)))
    yield Part(True, toml.words(column, _plain(theirs)), (column, "among", sorted(theirs)))


def whole(plan: Plan, column: Facts | None) -> str:
    """How payments were made, whosever money they are, in TOML."""
    other = meanings_of("method", plan.answers.words).get(ANY, "")
    return toml.words(column, _plain(_meanings(plan)), _way(other))


def _meanings(plan: Plan) -> dict[str, str]:
    given = meanings_of("method", plan.answers.words)
    column = plan.column("method")
    if column is None:
        return {}
    return {**plan.found.methods.words, **{w: m for w, m in given.items() if w in {*column.distinct, ""}}}


def _plain(meanings: dict[str, str]) -> dict[str, str]:
    return {word: _way(meaning) for word, meaning in meanings.items()}


def _way(meaning: str) -> str:
    return OF_INSURERS.get(meaning, meaning)
