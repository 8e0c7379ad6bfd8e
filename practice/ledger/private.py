"""Folders in the user's cache, one for each books folder, that nobody else can have put anything into.

What is kept of books holds what they hold. So it lies outside them, where whoever may write to the books could plant
what is read back, and is readable by the user alone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

import daysheet
from daysheet import __version__
from daysheet.files import users_cache

_FOLDERS: Final = 200
"""How many books folders are remembered, those used last."""
_MOST: Final = 8
"""How many answers are kept of one folder of books, those used last."""
_ELSEWHERE: Final = frozenset({"importers", "reports", "firm", "templates", "ledgers", "__pycache__"})
"""Packages that nothing here is worked out by."""
_DIGEST: Final = 32


def folder_of(main: str, kind: str) -> Path | None:
    """Where something is kept of the ledger of a main file; None if that would not be the user's alone.

    Args:
        main: the file's absolute name.
        kind: what is kept, which has a folder of its own.
    """
    name = hashlib.sha256(os.fsencode(main)).hexdigest()[:32]
    try:
        folder = users_cache().resolve() / "daysheet" / kind / name
    except (RuntimeError, OSError):  # a user without a home, or links that go round
        return None
    if folder.is_relative_to(Path(main).resolve().parent):
        return None
    try:
        return folder if is_private(folder) else None
    except FileNotFoundError:
        return folder
    except OSError:  # the user's cache folder is no folder, or not theirs to look into: it works without
        return None


def is_private(folder: Path) -> bool:
    """Whether only this user can have put anything into a folder.

    Raises:
        FileNotFoundError: there is none yet.
    """
    for place in (folder.parent, folder):
        found = place.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
            return False
    return True


def is_made(folder: Path) -> bool:
    """Make the folder where there is none; whether it is the user's alone.

    Raises:
        OSError: it cannot be made.
    """
    for place in (folder.parent, folder):
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return is_private(folder)


def write(path: Path, content: bytes) -> None:
    """The whole file or none; not synced, for what is damaged is not used."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(temporary).replace(path)


def keep(path: Path, answer: bytes) -> None:
    """Keep what was worked out under a name that says all that it depends on; what was not used for longest goes.

    Raises:
        OSError: it cannot be written.
    """
    if not is_made(path.parent):
        return
    write(path, hashlib.sha256(answer).digest() + answer)
    last_used = sorted(path.parent.iterdir(), key=lambda kept: -kept.stat().st_mtime_ns)
    for kept in last_used[_MOST:]:
        kept.unlink(missing_ok=True)
    forget_oldest(path.parent)


def kept_at(path: Path) -> bytes | None:
    """What `keep` was given; None where there is nothing, or what is there is damaged."""
    with suppress(OSError):
        content = path.read_bytes()
        if hashlib.sha256(content[_DIGEST:]).digest() == content[:_DIGEST]:
            os.utime(path)
            return content[_DIGEST:]
    return None


@cache
def programs() -> str:
    """One digest of what works answers out: our modules as Python itself compares them, and what is installed."""
    return hashlib.sha256("\n".join(_programs()).encode(errors="surrogateescape")).hexdigest()


def _programs() -> Iterator[str]:
    yield from (__version__, sys.version)
    waiting = [str(Path(daysheet.__file__).parent)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.is_dir():
                    waiting += [entry.path] if entry.name not in _ELSEWHERE else []
                else:
                    at = entry.stat()
                    yield f"{entry.path} {at.st_mtime_ns} {at.st_size}"
    for place in sys.path[1:]:  # an installation changes the folder that it writes to; the first is the script's
        with suppress(OSError):
            yield f"{place} {Path(place).stat().st_mtime_ns}" if Path(place).is_absolute() else ""


def forget_oldest(folder: Path) -> None:
    """Drop the folders beside this one that were not used for longest, where they are many."""
    last_used = sorted(folder.parent.iterdir(), key=lambda place: -place.stat().st_mtime_ns)
    for place in last_used[_FOLDERS:]:
        shutil.rmtree(place, ignore_errors=True)
