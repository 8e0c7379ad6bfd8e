"""Links in a folder of books that lead out of it, where Daysheet itself would read or write through them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from daysheet.trust import paths, trusted
from daysheet.trust.trusted import Program

_FILES: Final = frozenset({"daysheet.toml", "mail-note.txt"})


def links(folder: Path) -> list[Program]:
    """Links that lead out: a folder, or the settings, right in the books; anything below the folders of our own."""
    within = folder.resolve()
    return [
        Program(trusted.LINK, path.relative_to(folder).as_posix(), path, None, str(path.resolve()))
        for path in sorted(_links(folder))
        if not path.resolve().is_relative_to(within)
    ]


def caches(folder: Path) -> list[Program]:
    """Beancount's caches: pickles, which other programs run; nothing of ours reads them."""
    found = sorted(path for path in folder.rglob("*.picklecache") if path.is_file())
    return [Program(trusted.CACHE, path.relative_to(folder).as_posix(), path, None, _digest(path)) for path in found]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _links(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_symlink():
                if entry.is_dir() or entry.name in _FILES:
                    yield Path(entry.path)
            elif paths.is_own_folder(entry.name) and entry.is_dir():
                yield from _below(entry.path)


def _below(place: str) -> Iterator[Path]:
    """Links in a folder and below it; the system says of each what it is while it lists them, for every load looks."""
    with suppress(OSError), os.scandir(place) as entries:
        for entry in entries:
            if entry.is_symlink():
                yield Path(entry.path)
            elif entry.is_dir(follow_symlinks=False):
                yield from _below(entry.path)
