"""Names that books bring, as parts of paths: they never lead out of the folder that they are names in."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Final

from daysheet.errors import DaysheetError

_MOST_BYTES: Final = 180
_MARKS: Final = frozenset('/\\:*?"<>|')
_DEVICES: Final = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)))
)
"""What Windows takes for a device, whatever ending stands behind it."""
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
