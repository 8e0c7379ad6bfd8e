"""Writing so that a file is always the old one or the new one, never half of either."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from daysheet.errors import DaysheetError
from filelock import FileLock, Timeout

LOCK = ".daysheet.lock"
_WAIT_SECONDS = 10


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the books of a folder against any other writer.

    Raises:
        DaysheetError: another program holds them, and did not let go in ten seconds.
    """
    try:
        with FileLock(folder / LOCK, timeout=_WAIT_SECONDS):
            yield
    except Timeout:
        raise DaysheetError(
            "another daysheet is writing to these books",
            filename=folder,
            remedy="wait for it to end and run this again",
        ) from None


def write(path: Path, data: bytes) -> None:
    """Put `data` at `path` at once: a temporary file beside it, synced, renamed over it, the folder synced.

    Raises:
        OSError: the disk refuses; `path` is then as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~umask()
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def umask() -> int:
    """The permissions that new files of this process do not get."""
    current = os.umask(0)
    os.umask(current)
    return current
