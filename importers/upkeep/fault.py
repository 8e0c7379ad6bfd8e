"""What an examination says: what was looked at, and each fault with the command that mends it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from daysheet.errors import DaysheetError

_SHOWN: Final = 20


class Fault(NamedTuple):
    """Something that is not in order.

    Attributes:
        words: what is wrong; never what a file holds.
        mend: what puts it right, as a rule a command.
        file: where it is, if at a place.
        line: on which line of it.
    """

    words: str
    mend: str
    file: Path | None = None
    line: int | None = None

    @classmethod
    def of(cls, problem: DaysheetError) -> Fault:
        """What was refused, as a fault."""
        file = None if problem.filename is None else Path(problem.filename)
        return cls(problem.message, problem.remedy or "correct it there", file, problem.line)


class Part(NamedTuple):
    """One part of an examination: its name, what was looked at in words, and what is wrong."""

    name: str
    seen: str
    faults: tuple[Fault, ...] = ()


def first(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    """The first so many, for thousands say no more than these; the last says how many there are."""
    if len(faults) <= _SHOWN:
        return tuple(faults)
    more = Fault(f"and {len(faults) - _SHOWN} more of the kind", "mend these first, and run daysheet doctor again")
    return (*faults[:_SHOWN], more)
