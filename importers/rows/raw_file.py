"""A dropped file: its path and its bytes, read once."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path

from daysheet.errors import DaysheetError


class RawFile:
    """A dropped file: its path and its bytes, read once."""

    def __init__(self, path: Path) -> None:
        """Nothing is read yet."""
        self.path = path

    @cached_property
    def data(self) -> bytes:
        """The bytes.

        Raises:
            DaysheetError: it is not a file, cannot be read or is empty.
        """
        if self.path.is_dir():
            raise DaysheetError("is a folder", filename=self.path, remedy="name the files in it")
        try:
            data = self.path.read_bytes()
        except OSError as problem:
            raise DaysheetError(f"cannot be read: {problem.strerror}", filename=self.path) from None
        if not data.strip(b"\x00\t\n\r \xef\xbb\xbf"):
            raise DaysheetError("is empty", filename=self.path, remedy="export it again")
        return data

    @cached_property
    def sha256(self) -> str:
        """The bytes' SHA-256, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()
