"""Names that books bring, as parts of paths: they never lead out of the folder that they are names in."""

from __future__ import annotations

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


def within(folder: Path, name: str, *, called: str, source: Path, line: int | None = None) -> Path:
    """A file or folder of some books by a name that they bring, `2026/books.csv`.

    Args:
        folder: the books folder.
        name: as the books write it.
        called: what it is, for the error: `the inbox`.
        source: where it is written.
        line: on which line of it.

    Raises:
        DaysheetError: the name, or a link on its way, leads out of the folder, or it is not for every system's files.
    """
    remedy = "name a folder or a file of these books, such as inbox"
    if not all(map(is_plain_name, name.split("/"))):
        raise DaysheetError(
            f"{called} is not named as a file of these books", filename=source, line=line, remedy=remedy
        )
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise DaysheetError(f"{called} leads out of these books through a link", filename=path, remedy=remedy)
    return path
