"""Regular expressions that people write, in settings and profiles: no text can make one of them run on for ever.

Python's own engine tries every way in which a pattern may fit, and `(a+)+$` doubles them with each letter: forty
keep it busy for days. A pattern that cannot do so on a text of this length runs there, because that is fastest; any
other one runs in `regex`, which stops at a limit of time, and then the pattern is the error.
"""

from __future__ import annotations

import re
import time
from functools import lru_cache
from typing import Any, Final, cast

import regex  # type: ignore[import-untyped]
from daysheet.errors import DaysheetError

Match = re.Match[str]
_STEPS: Final = 10_000_000
"""So many steps take the engine less than half a second."""
_SECONDS: Final = 2.0
"""How long all searches of a pattern may take together, those of less than a hundredth of a second apart."""
_QUICK: Final = 0.01
_TOKEN: Final = re.compile(
    r"(?P<reference>\\[1-9]|\(\?P=|\(\?\()|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]"
    r"|\(\?(?:P?<[A-Za-z_][A-Za-z0-9_]*>|<[=!]|[a-zA-Z-]*:|[=!>])?"
    r"|(?P<repeat>[*+]|\{[0-9]*,?[0-9]*\})[?+]?|(?P<maybe>\?)[?+]?|.",
    re.DOTALL,
)


class Pattern:
    """A compiled pattern.

    Attributes:
        text: as it was written.
        groupindex: the places of its named groups.
        groups: how many groups it has.
    """

    def __init__(self, text: str, flags: int = 0) -> None:
        """Compile it.

        Raises:
            re.error: it is no regular expression.
        """
        self.text = text
        self._quick = re.compile(text, flags)
        self.groupindex = self._quick.groupindex
        self.groups = self._quick.groups
        self._flags = flags
        degree, ways = _cost(text)
        self._longest = _longest(degree, ways)
        self._limited: Any = None
        self._left = _SECONDS
        # what has no repeat at all needs no look at the text: a file's every row is asked
        self.search = self._quick.search if degree == 1 and ways == 1 else self._search
        """The first place where it fits, or None; raises DaysheetError where it takes too long."""

    def sub(self, replacement: str, text: str) -> str:
        """The text with the replacement for every place where it fits.

        Raises:
            DaysheetError: it takes too long.
        """
        if len(text) <= self._longest:
            return self._quick.sub(replacement, text)
        return cast("str", self._run("sub", replacement, text))

    def fullmatch(self, text: str) -> Match | None:
        """Whether it fits the whole text.

        Raises:
            DaysheetError: it takes too long.
        """
        if len(text) <= self._longest:
            return self._quick.fullmatch(text)
        return cast("Match | None", self._run("fullmatch", text))

    def _search(self, text: str) -> Match | None:
        if len(text) <= self._longest:
            return self._quick.search(text)
        return cast("Match | None", self._run("search", text))

    def _run(self, what: str, *arguments: str) -> object:
        if self._limited is None:
            try:
                self._limited = regex.compile(self.text, self._flags)
            except regex.error as problem:
                raise DaysheetError(f'"{self.text}" cannot be tried: {problem}', remedy="write it simpler") from None
        began = time.perf_counter()
        try:
            found: object = getattr(self._limited, what)(*arguments, timeout=max(self._left, _QUICK))
        except TimeoutError:
            self._left = 0.0
        else:
            took = time.perf_counter() - began
            self._left -= took if took > _QUICK else 0.0
            if self._left > 0:
                return found
        raise DaysheetError(
            f'the regular expression "{self.text}" takes too long', remedy="write it without a repeat inside a repeat"
        )


@lru_cache(maxsize=1024)
def compiled(text: str, *, ignore_case: bool = False) -> Pattern:
    """A pattern, made once.

    Raises:
        re.error: it is no regular expression.
    """
    return Pattern(text, re.IGNORECASE if ignore_case else 0)


def _cost(text: str) -> tuple[int, int]:
    """What a search can cost at most: steps are `ways * length ** degree`; degree 0 where nothing bounds them.

    Every repeat may end at any place, and so may the search begin; a choice doubles the ways. A repeated group may hold
    repeats and choices of its own, and a reference to a group is beyond all this.
    """
    degree, choices, before = 1, 0, ""
    for token in _TOKEN.finditer(text):
        if token["reference"] or (token["repeat"] and before == ")"):
            return 0, 1
        degree += bool(token["repeat"])
        choices += bool(token["maybe"])
        before = token[0]
    return degree, 2 ** min(choices, 64)


def _longest(degree: int, ways: int) -> int:
    """How long a text may be at most, for a search to take no more than `_STEPS`; -1 where none is short enough."""
    if degree == 0 or ways > _STEPS:
        return -1
    low, high = 0, _STEPS  # low is short enough, high is not
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if ways * (middle + 1) ** degree <= _STEPS else (low, middle)
    return low
