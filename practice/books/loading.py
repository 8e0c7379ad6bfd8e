"""From a books folder to `Books`: finding it, loading it, saying what is wrong with it."""

from __future__ import annotations

from pathlib import Path

from daysheet import files
from daysheet.books import Books
from daysheet.errors import DaysheetError
from daysheet.findings import FindingError
from daysheet.ledger import cache, collector
from daysheet.settings import Settings

MAIN = "main.beancount"


def find_books(start: Path) -> Path:
    """The books folder at `start` or the nearest one above it.

    Raises:
        DaysheetError: there is none.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / MAIN).is_file():
            return folder
    raise DaysheetError(
        f"no {MAIN} here or above",
        filename=start,
        remedy="name the books with --books DIR, or make new ones with daysheet init DIR",
    )


def load(folder: Path) -> Books:
    """The books in a folder.

    What our own plugins report (findings, shown in the ledger because the user loads them) is not held against the
    books: it is not an error of theirs.

    Raises:
        DaysheetError: the ledger has errors; the first is named, with its file and line.
    """
    files.complete(folder)
    state = Settings.of(folder).practice.state
    with collector.paused():
        entries, errors, options = cache.load_file(folder / MAIN)
        books = Books.of(entries, options, state=state)
    broken = [error for error in errors if not isinstance(error, FindingError)] or books.errors
    if broken:
        first = broken[0]
        more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
        raise DaysheetError(
            f"{first.message.strip().splitlines()[0]}{more}",
            filename=first.source.get("filename"),
            line=first.source.get("lineno"),
            remedy=f"run bean-check {folder / MAIN}" if more else None,
        )
    return books


def include(folder: Path, name: str) -> None:
    """Let the main file of a books folder include a file, once, after all that it says."""
    main = folder / MAIN
    text = main.read_text(encoding="utf-8")
    line = f'include "{name}"'
    if line not in text.splitlines():
        files.write(main, (text.rstrip("\n") + f"\n{line}\n").encode())
