"""A dropped file: its path and its bytes, read once, and whether it is still what was read."""

from __future__ import annotations

import hashlib
import io
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Final

from daysheet.errors import DaysheetError

_UNFINISHED: Final = frozenset((".part", ".partial", ".crdownload", ".download", ".filepart", ".tmp"))
_LATER: Final = "nothing of it is booked; import it when it is complete"
LARGEST: Final = 64 << 20
"""Bytes that are read at once: a million rows. What may be longer (FHIR) is read in pieces."""
_State = tuple[int, int, int]


class RawFile:
    """A dropped file: its path and its bytes, read once; a large one may be read in pieces and never as a whole."""

    def __init__(self, path: Path) -> None:
        """Nothing is read yet."""
        self.path = path
        self._state: _State | None = None

    @cached_property
    def data(self) -> bytes:
        """The bytes.

        Raises:
            DaysheetError: it is not a file, cannot be read, or is empty or larger than any export.
        """
        self._require_finished()
        try:
            before = _state(self.path)
            if before[1] > LARGEST:
                raise _too_large(self.path)
            written_to = _is_written_to(self.path)
            data = self.path.read_bytes()
            self._state = _state(self.path)
        except OSError as problem:
            raise DaysheetError(f"cannot be read: {problem.strerror}", filename=self.path) from None
        if written_to or before != self._state:
            raise self.changed()
        if not data.strip(b"\x00\t\n\r \xef\xbb\xbf"):
            raise DaysheetError("is empty", filename=self.path, remedy="export it again")
        return data

    @property
    def is_in_memory(self) -> bool:
        """Whether the bytes have been read as a whole."""
        return "data" in self.__dict__

    @contextmanager
    def opened(self) -> Iterator[io.BufferedReader]:
        """The bytes, to be read in pieces.

        Raises:
            DaysheetError: it is not a file or cannot be read, or another program writes it.
        """
        self._require_finished()
        try:
            state = _state(self.path)
            if self._state not in (None, state) or _is_written_to(self.path):
                raise self.changed()
            self._state = state
            file = self.path.open("rb")
        except OSError as problem:
            raise DaysheetError(f"cannot be read: {problem.strerror}", filename=self.path) from None
        with file:
            yield file

    @cached_property
    def sha256(self) -> str:
        """The bytes' SHA-256, in hexadecimal."""
        if self.is_in_memory:
            return hashlib.sha256(self.data).hexdigest()
        with self.opened() as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _require_finished(self) -> None:
        if self.path.is_dir():
            raise DaysheetError("is a folder", filename=self.path, remedy="name the files in it")
        if self.path.exists() and not self.path.is_file():
            raise DaysheetError("is a device, pipe or socket, and no file", filename=self.path, remedy="save it first")
        if self.path.suffix.lower() in _UNFINISHED or self.path.name.startswith("~$"):
            raise DaysheetError("is not complete yet: another program writes it", filename=self.path, remedy=_LATER)

    def has_changed(self) -> bool:
        """Whether the file is no longer what was read: grown, written anew, or gone."""
        try:
            return self._state is not None and (_state(self.path) != self._state or _is_written_to(self.path))
        except OSError:
            return True

    def changed(self) -> DaysheetError:
        """The error for a file that another program was still writing."""
        return DaysheetError("is being written, or has changed while it was read", filename=self.path, remedy=_LATER)


def _too_large(path: Path) -> DaysheetError:
    said = f"is larger than {LARGEST >> 20} MB, which no export is that is read as a whole"
    return DaysheetError(said, filename=path, remedy="if it is one, export fewer months at a time")


def _state(path: Path) -> _State:
    """What differs once a file is written to: its number, size and time of change."""
    state = path.stat()
    return state.st_ino, state.st_size, state.st_mtime_ns


def _is_written_to(path: Path) -> bool:
    """Whether another program has the file open to write; False where the system cannot say.

    Linux grants a lease to read only while nobody has a file open for writing.
    """
    with suppress(ImportError, AttributeError):
        import fcntl  # noqa: PLC0415 - not on every system

        with suppress(OSError), path.open("rb") as file:
            # who opens it in this moment is let through: the signal for that is one that nobody minds
            fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
            try:
                fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            except BlockingIOError:
                return True
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False
