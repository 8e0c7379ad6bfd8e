"""The one exception that reaches a user, and how it reads."""

from __future__ import annotations

from pathlib import Path


class DaysheetError(Exception):
    """Something the user can put right: it says where, what is wrong and what to do.

    Printed as one line, `FILE:LINE: what is wrong; what to do`, and never with a traceback. It must not quote
    a cell that may hold a patient's name: name the row and the column instead.

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
        return place + self.message + (f"; {self.remedy}" if self.remedy else "")
