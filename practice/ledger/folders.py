"""Where the books are: what needs no more than that does not wait for Beancount to be loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from daysheet.errors import DaysheetError

MAIN: Final = "main.beancount"


def find_books(start: Path) -> Path:
    """The books folder at `start` or the nearest one above it.

    Raises:
        DaysheetError: there is none.
    """
    path = nearest(start, MAIN)
    if path is not None:
        return path.parent
    raise DaysheetError(
        f"no {MAIN} here or above",
        filename=start.resolve(),
        remedy="name the books with --books DIR, or make new ones with daysheet init DIR",
    )


def nearest(start: Path, name: str) -> Path | None:
    """The file of a name in a folder, or in the nearest one above it that has one."""
    start = start.resolve()
    return next((folder / name for folder in (start, *start.parents) if (folder / name).is_file()), None)
