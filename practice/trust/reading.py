"""Files that books bring, read in bounds: a pipe would wait for ever, and a gigabyte take all memory."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import Final

from daysheet.errors import DaysheetError

LARGEST: Final = 64 << 20
"""Bytes of a file that is read as a whole; nothing that a practice keeps comes near."""
TOO_LARGE: Final = f"is larger than {LARGEST >> 20} MB, which nothing is that belongs to books"
_SHORT: Final = 1_000_000
_LONGEST: Final = 200_000
_PARTS: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"?|;[^\n]*+', re.DOTALL)
"""What quotes are not the beginning of a text in: texts themselves, and remarks."""


def data(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        DaysheetError: it is no plain file, cannot be read, or is larger than `LARGEST`.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise DaysheetError("is no plain file", filename=path, remedy="remove it, or put a file in its place")
        if status.st_size > LARGEST:
            raise DaysheetError(TOO_LARGE, filename=path)
        return path.read_bytes()
    except OSError as problem:
        raise DaysheetError(f"cannot be read: {problem.strerror}", filename=path) from None


def text(path: Path) -> str:
    """The text of a file, what is no UTF-8 in it replaced.

    Raises:
        DaysheetError: as `data`.
    """
    return data(path).decode("utf-8", "replace")


def require_end(name: str, ledger: bytes) -> None:
    """Refuse a ledger's text that Beancount would read for an hour.

    Raises:
        DaysheetError: a line, or a text of it, has no end in sight.
    """
    line = _runs_on(ledger)
    if line is not None:
        raise DaysheetError("has no end in sight: a line or a text of more than 200 kB", filename=name, line=line)


def _runs_on(ledger: bytes) -> int | None:
    """The first line of a ledger's text that has no end in sight, or on which a text begins that has none.

    Beancount reads such a thing anew with each 8 kB of it: 5 MB take 15 seconds, and 64 MB most of an hour.
    """
    if len(ledger) <= _SHORT:
        return None
    for number, line in enumerate(ledger.split(b"\n"), 1):
        if len(line) > _LONGEST:
            return number
    if all(len(part) <= _LONGEST for part in ledger.split(b'"')):
        return None
    long = (part.start() for part in _PARTS.finditer(ledger) if part.end() - part.start() > _LONGEST)
    return next((ledger.count(b"\n", 0, start) + 1 for start in long), None)
