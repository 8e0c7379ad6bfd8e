"""How an attack says what it tried: in figures that go to the page of attacks."""

from __future__ import annotations

from typing import Final, Protocol

PROPERTY: Final = "counted"
"""The name of the property of a test, in pytest's report, that holds its figures."""


class Counted(Protocol):
    """Says what was tried and what came through; the words are those of the page."""

    def __call__(self, tried: int, what: str, through: int, became: str, more: str = "") -> None:
        """`1,188 faults: 0 torn`, and more that a reader may want to know."""


def words(tried: int, what: str, through: int, became: str, more: str = "") -> str:
    """The figures as one cell of a table."""
    return f"{tried:,} {what}: {through:,} {became}" + (f" ({more})" if more else "")
