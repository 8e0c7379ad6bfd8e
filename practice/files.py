"""Writing so that a file is always the old one or the new one, never half of either."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from daysheet.errors import DaysheetError
from filelock import FileLock, Timeout

LOCK = ".daysheet.lock"
_WAIT_SECONDS = 10
_SUFFIX = ".tmp"


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
    write_all([(path, data)])


def write_all(contents: Iterable[tuple[Path, bytes]]) -> None:
    """Put each file in place, in this order; when one fails, those before it are put back as they were.

    All the data is on the disk before the first file is replaced, so that a full disk changes nothing. A program that
    is killed between two renames leaves the first files new and the others old, none torn; what it leaves beside them
    (`.NAME.….tmp`) is removed by `sweep`.

    Raises:
        OSError: the disk refuses; all files are then as they were, or the disk refused that as well.
    """
    staged: list[tuple[Path, Path]] = []
    before: list[tuple[Path, bytes | None]] = []
    try:
        for path, data in contents:
            staged.append((_stage(path, data), path))
        for temporary, path in staged:
            old = path.read_bytes() if path.exists() else None
            temporary.replace(path)
            before.append((path, old))
        for folder in {path.parent: None for _, path in staged}:
            sync_folder(folder)
    except BaseException:
        for path, old in reversed(before):
            with suppress(OSError):
                _put_back(path, old)
        for temporary, _ in staged:
            with suppress(OSError):
                temporary.unlink()
        raise


def sweep(folder: Path) -> None:
    """Remove what a killed `write_all` left in a folder; only while the folder is `locked`."""
    for leftover in folder.glob(f".*{_SUFFIX}"):
        leftover.unlink()


def _stage(path: Path, data: bytes) -> Path:
    """A synced temporary file beside `path`, with the mode that the file has or will have."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=_SUFFIX)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~umask())
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise
    return Path(temporary)


def _put_back(path: Path, old: bytes | None) -> None:
    if old is None:
        path.unlink()
    else:
        _stage(path, old).replace(path)


def users_cache() -> Path:
    """The folder for what the user's programs can make again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache"))


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
