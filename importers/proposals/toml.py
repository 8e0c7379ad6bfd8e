"""Pieces of a profile as TOML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from daysheet.importers.detection.exports.column_facts import Facts
from daysheet.strict_toml import listed, quoted

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


def names(columns: Iterable[Facts]) -> str:
    """A list of columns in TOML."""
    return listed(facts.header for facts in columns)


def words(column: Facts | None, meanings: Mapping[str, str], otherwise: str = "", fixed: str = "") -> str:
    """A `Words` table in TOML: one of a few words, from what a column says."""
    if column is None or (fixed and not meanings):
        return "{ fixed = " + quoted(fixed or otherwise) + " }"
    parts = [f"column = {quoted(column.header)}"]
    if meanings:
        folded: dict[str, str] = {}
        for word, meaning in sorted(meanings.items(), key=lambda item: (item[1], item[0])):
            folded.setdefault(word.casefold(), f"{_key(word)} = {quoted(meaning)}")
        parts.append("words = { " + ", ".join(folded.values()) + " }")
    parts += [f"otherwise = {quoted(otherwise)}"] if otherwise else []
    return "{ " + ", ".join(parts) + " }"


def _key(word: str) -> str:
    return word if _BARE.fullmatch(word) else quoted(word)


def when(*conditions: tuple[Facts, str, Sequence[str]]) -> str:
    """A list of conditions in TOML: a column, `among` or `none-of`, and texts."""
    told = [f"{{ column = {quoted(facts.header)}, {how} = {listed(texts)} }}" for facts, how, texts in conditions]
    return f"when = [{', '.join(told)}]"
