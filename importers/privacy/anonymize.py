"""Rows of a real file made anonymous: the same shape, other words, other digits, other accounts."""

from __future__ import annotations

import re
from typing import Final

_WORDS: Final = (
    "alder", "birch", "cedar", "daisy", "elder", "fern", "ginger", "hazel", "iris", "jasmine", "laurel", "maple",
    "nettle", "olive", "poppy", "quince", "rowan", "sorrel", "thyme", "violet", "willow", "yarrow",
)  # fmt: skip
_WORD: Final = re.compile(r"[^\W\d_]+")
_DIGITS: Final = str.maketrans("123456789", "234567891")


class Anonymizer:
    """The same word always becomes the same other word, within one file."""

    def __init__(self, kept: frozenset[str]) -> None:
        """`kept` are words that mean something to the profile (in lower case): directions, statuses, currencies."""
        self._kept = kept
        self._known: dict[str, str] = {}

    def text(self, cell: str) -> str:
        """A text cell: every word another, every digit a zero."""
        return re.sub(r"\d", "0", _WORD.sub(lambda word: self._word(word[0]), cell))

    def _word(self, word: str) -> str:
        low = word.lower()
        if low in self._kept or len(word) < 2:
            return word
        if low not in self._known:
            place = len(self._known)
            self._known[low] = _WORDS[place % len(_WORDS)] + "s" * (place // len(_WORDS))
        other = self._known[low]
        return other.upper() if word.isupper() else other.title() if word[0].isupper() else other


def amount(cell: str) -> str:
    """An amount of the same size and style: every digit but zero another."""
    return cell.translate(_DIGITS)
