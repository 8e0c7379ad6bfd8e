"""Names that books bring, as parts of paths: they never lead out of the folder that they are names in."""

from __future__ import annotations

import glob
import os
import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from daysheet.errors import DaysheetError

_MOST_BYTES: Final = 180
_MARKS: Final = frozenset('/\\:*?"<>|')
_DEVICES: Final = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)))
)
"""What Windows takes for a device, whatever ending stands behind it."""
MOST_NAMES: Final = 50_000
"""So many names of files a pattern may be compared with: a moment's work."""
OWN_FOLDERS: Final = re.compile(r"originals|packs|outbox|catch-up|profiles|[0-9]{4}")


def is_plain_name(name: str) -> bool:
    """Whether a text names one file on every system: no path, hidden file or device, nothing that a shell expands."""
    return (
        0 < len(name.encode("utf-8", "surrogatepass")) <= _MOST_BYTES
        and not name.startswith((".", "~", "-", " "))
        and not name.endswith((".", " "))
        and not _MARKS & set(name)
        and not any(unicodedata.category(character).startswith(("C", "Z")) and character != " " for character in name)
        and name.partition(".")[0].strip().casefold() not in _DEVICES
    )


def is_inner(name: str) -> bool:
    """Whether a text names what lies below a folder, `originals/2026/a.csv`: nothing outside, nothing hidden."""
    return all(map(is_plain_name, name.split("/")))


def is_own_folder(name: str) -> bool:
    """Whether a text names a folder in which Daysheet itself keeps something: nothing may be dropped there."""
    return OWN_FOLDERS.fullmatch(name.partition("/")[0].casefold()) is not None


def within(folder: Path, name: str, *, called: str, source: Path, line: int | None = None) -> Path:
    """A file of some books by a name that they bring.

    Args:
        folder: the books folder.
        name: as the books write it.
        called: what it is, for the error: `the original`.
        source: where it is written.
        line: on which line of it.

    Raises:
        DaysheetError: the name, or a link on its way, leads out of the folder, or it is not for every system's files.
    """
    remedy = "name a folder or a file of these books, such as inbox"
    if not is_inner(name):
        raise DaysheetError(
            f"{called} is not named as a file of these books", filename=source, line=line, remedy=remedy
        )
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise DaysheetError(f"{called} leads out of these books through a link", filename=path, remedy=remedy)
    return path


def is_wide(pattern: str) -> bool:
    """Whether `glob` would compare a pattern of paths with more than `MOST_NAMES` names, as `/*/*/*/*` is."""
    start, *parts = Path(pattern).parts or (".",)
    first = (".", (start, *parts)) if glob.has_magic(start) else (start, parts)
    waiting: list[tuple[str, Sequence[str]]] = [first] if first[1] else []
    looked_at = 0
    while waiting:
        folder, (part, *rest) = waiting.pop()
        if not glob.has_magic(part):
            waiting += [(os.path.join(folder, part), rest)] if rest else []  # noqa: PTH118 - of texts, as glob does it
            continue
        if part == "**" and rest:
            waiting.append((folder, rest))
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                looked_at += 1
                if looked_at > MOST_NAMES:
                    return True
                below = [part, *rest] if part == "**" else rest
                if below and (part == "**" or fnmatchcase(entry.name, part)) and _is_folder(entry):
                    waiting.append((entry.path, below))
    return False


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads back to itself
        return False
