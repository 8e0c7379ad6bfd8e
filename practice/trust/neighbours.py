"""The books of other clients: closed to a process that works on one, whatever its user allows elsewhere.

Who keeps the books of many practices trusts a file that they share; that one client's books read another's is never
meant. Whoever works on many says whose they are in a file that this process is told of.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Final

from daysheet.errors import DaysheetError

VARIABLE: Final = "DAYSHEET_NEIGHBOURS"
"""The environment variable that names the file, a JSON list of the books folders of all clients."""


def refuse(path: Path, folder: Path) -> None:
    """Let a process read no file of another client's books.

    Args:
        path: the file or folder, resolved; it lies outside the books.
        folder: the books that the process works on, resolved.

    Raises:
        DaysheetError: it lies in another client's books, or holds them.
    """
    for other in _folders():
        if other != folder and (path.is_relative_to(other) or other.is_relative_to(path)):
            raise DaysheetError(
                "these books read another client's",
                filename=path,
                remedy="keep what clients share in a folder that is no client's",
            )


def name_of(folder: Path) -> str:
    """A name for a client's own folders in the user's cache, from where its books lie."""
    return hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:32]


def _folders() -> list[Path]:
    place = os.environ.get(VARIABLE)
    if not place:
        return []
    try:
        return [Path(name) for name in json.loads(Path(place).read_bytes())]
    except (OSError, ValueError, TypeError):
        raise DaysheetError("this is not the list of the firm's clients", filename=place) from None
