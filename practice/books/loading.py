"""From a books folder to `Books`: finding it, loading it, saying what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from daysheet import files
from daysheet.books import Books
from daysheet.errors import DaysheetError
from daysheet.findings import FindingError, untold
from daysheet.ledger import cache, collector
from daysheet.ledger.folders import MAIN, find_books, nearest
from daysheet.settings import Settings
from daysheet.trust.ledger import Guard

__all__ = ["MAIN", "append", "as_they_stand", "find_books", "load", "nearest", "with_include"]

_PROVED = "proved-by"


def load(folder: Path, guard: Guard | None = None) -> Books:
    """The books in a folder.

    Args:
        folder: with the main file.
        guard: who looks at its files and may refuse them; by default one that asks for this user's trust.

    Raises:
        DaysheetError: the ledger has errors; the first is named, with its file and line.
    """
    files.complete(folder)
    books, broken = as_they_stand(folder, guard)
    if broken:
        first = broken[0]
        more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
        raise DaysheetError(
            f"{first.message.strip().splitlines()[0]}{more}",
            filename=first.source.get("filename"),
            line=first.source.get("lineno"),
            remedy=_remedy(broken, folder),
        )
    return books


def as_they_stand(folder: Path, guard: Guard | None = None) -> tuple[Books, list[Any]]:
    """The books in a folder whether or not they have errors, and these, as Beancount gives them.

    Our own plugin looks for nothing meanwhile: what it tells the ledger's other readers, findings and what cannot be
    understood, is here the caller's to ask for, and no error of the books.

    Raises:
        DaysheetError: they would run or read what this user has not allowed, or their settings cannot be read.
    """
    state = Settings.of(folder).practice.state
    before = untold.set(True)
    try:
        with collector.paused():
            entries, errors, options = cache.load_file(folder / MAIN, guard or Guard(folder))
            books = Books.of(entries, options, state=state)
    finally:
        untold.reset(before)
    return books, [*(error for error in errors if not isinstance(error, FindingError)), *books.errors]


def _remedy(broken: Sequence[Any], folder: Path) -> str | None:
    """What to do about errors: after a merge of clones an import puts right what each had worked out for itself."""
    lines = (_line_of(error.source) for error in broken)
    if any(line.startswith(("<<<<<<< ", "=======", ">>>>>>> ")) for line in lines):
        return "git left a conflict in this file: daysheet hook, then merge again"
    if any(_PROVED in (getattr(error.entry, "meta", None) or ()) for error in broken):
        return "if two clones were merged, daysheet import puts it right"
    return f"run bean-check {folder / MAIN}" if len(broken) > 1 else None


def _line_of(source: Mapping[str, Any]) -> str:
    try:
        lines = Path(str(source.get("filename"))).read_text(encoding="utf-8").splitlines()
        return lines[int(source.get("lineno", 0)) - 1]
    except (OSError, ValueError, IndexError):
        return ""


def append(folder: Path, name: str, text: str, *, apart: bool = True) -> None:
    """Add to a file of a `locked` books folder, and let the main file include it: both, or neither.

    Args:
        folder: the books folder.
        name: the file's, from there.
        text: what is added.
        apart: whether a blank line goes before it.

    Raises:
        OSError: the disk refuses; nothing is changed, or the next that locks the folder makes the rest of the change.
    """
    path, main = folder / name, folder / MAIN
    before = path.read_bytes() if path.exists() else b""
    changes = [(name, before + (b"\n" if before and apart else b"") + text.encode())]
    said = main.read_text(encoding="utf-8")
    if (including := with_include(said, name)) != said:
        changes.append((MAIN, including.encode()))
    files.replace_all(folder, changes)


def with_include(main: str, name: str) -> str:
    """The main file's text with a line that includes this file, if it has none."""
    line = f'include "{name}"'
    return main if line in main.splitlines() else main.rstrip("\n") + f"\n{line}\n"
