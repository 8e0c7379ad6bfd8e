"""The one exception that reaches a user, and how it reads."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_ACTS: Final = r"\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff"
_COMMANDS: Final = re.compile(rf"[\x00-\x08\x0b-\x1f{_ACTS}]")
_NO_LINE: Final = re.compile(rf"[\x00-\x1f{_ACTS}]")
_REPLACED: Final = "\ufffd"
_LONGEST: Final = 1_000


def printable(text: str) -> str:
    """Text of others as a terminal may have it: what would move its cursor, paint it or turn its writing is replaced.

    Line ends and tabs stay.
    """
    return _COMMANDS.sub(_REPLACED, text)


def one_line(text: str) -> str:
    """Text of others within a line of ours: `printable`, without line ends, and cut where it is longer than a name."""
    return _NO_LINE.sub(_REPLACED, text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


def escaped(text: str) -> str:
    """JSON that a terminal can show: what `printable` replaces is written as JSON's own escape."""
    return _COMMANDS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class DaysheetError(Exception):
    """Something the user can put right: it says where, what is wrong and what to do.

    Printed as one line, `FILE:LINE: what is wrong; what to do`, whatever is in a name, and never with a traceback. It
    must not quote a cell that may hold a patient's name: name the row and the column instead.

    Attributes:
        message: what is wrong, in the user's words.
        filename: the file it is about, if any.
        line: the physical line of that file, counted from 1, if known.
        remedy: what to do about it, if that is not plain from the message.
    """

    def __init__(
        self,
        message: str,
        *,
        filename: str | Path | None = None,
        line: int | None = None,
        remedy: str | None = None,
    ) -> None:
        """Keep the parts; `str()` puts them together."""
        super().__init__(message)
        self.message = message
        self.filename = None if filename is None else str(filename)
        self.line = line
        self.remedy = remedy

    def __str__(self) -> str:
        place = ""
        if self.filename is not None:
            place = f"{self.filename}:{self.line}: " if self.line is not None else f"{self.filename}: "
        remedy = f"; {one_line(self.remedy)}" if self.remedy else ""
        return _NO_LINE.sub(_REPLACED, place) + one_line(self.message) + remedy
