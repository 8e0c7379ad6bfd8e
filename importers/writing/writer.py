"""An import's changes to the books folder, put together in memory and written in one go.

It is one change: a kill at any moment leaves the books as they were, or a journal by which whoever next reads or writes
them completes it. Half of it could keep them from loading, as a balance without the lines that it counts does.
"""

from __future__ import annotations

import datetime
import fnmatch
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from beancount import loader
from beancount.core import data
from beancount.core.data import Directive
from daysheet import files
from daysheet.books import Books
from daysheet.books.loading import MAIN
from daysheet.errors import DaysheetError
from daysheet.importers.writing import archive
from daysheet.ledger import printer

ACCOUNTS: Final = "accounts.beancount"
IMPORTS: Final = "imports.beancount"
OPENED: Final = datetime.date(1900, 1, 1)
"""The day on which accounts are opened: before anything a practice may import, in whatever order."""

INCLUDE: Final = re.compile(r'^include\s+"([^"]+)"', re.MULTILINE)
_MONTH_FILE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[A-Za-z0-9-]+\.beancount\Z")
_PLAIN_OPEN: Final = re.compile(rb"1900-01-01 open \S+\n\Z")
_YEAR_INCLUDE: Final = re.compile(rb'include "[0-9]{4}/[^"]+"\n\Z')
_YEAR: Final = re.compile(r"[0-9]{4}\Z")


class Edit(NamedTuple):
    """Lines of a file, counted from 1 and both included, that others take the place of."""

    first: int
    last: int
    lines: tuple[str, ...]


class Batch:
    """What one import adds to the books, and the few lines that it changes."""

    def __init__(self, folder: Path, books: Books) -> None:
        """Nothing yet."""
        self.folder = folder
        self._books = books
        self._added: dict[str, list[str]] = defaultdict(list)
        self._edits: dict[str, list[Edit]] = defaultdict(list)
        self._opened: set[str] = set()
        self._whole: dict[str, bytes] = {}

    def add(self, path: str, entries: Sequence[Directive]) -> None:
        """Append directives to a file, named from the books folder.

        Raises:
            DaysheetError: one of them cannot be written so that it means what it should.
        """
        self._added[path].append(_lines_apart(entries) if path == IMPORTS else printer.render(entries))

    def add_text(self, path: str, text: str) -> None:
        """Append ledger text that `ledgertext` has rendered."""
        self._added[path].append(text)

    def replace(self, path: str, text: bytes) -> None:
        """Write a file anew as a whole, named from the books folder."""
        self._whole[path] = text

    def edit(self, path: str, edit: Edit) -> None:
        """Change lines of a file as it was loaded, named from the books folder."""
        self._edits[path].append(edit)

    def open(self, accounts: Iterable[str]) -> None:
        """Open the accounts among these that are not open yet."""
        self._opened.update(account for account in accounts if account not in self._books.opened)

    def contents(self) -> Iterator[tuple[str, bytes]]:
        """Every file that changes, as it will be, in the order of writing; one at a time, for they may be large."""
        self._add_opened()
        paths = {*self._added, *self._edits, *self._whole}
        main = with_includes(self.folder, self._books, [path for path in sorted(paths) if _is_month_file(path)])
        for path in sorted(paths if main is None else {*paths, MAIN}, key=rank):
            yield path, self._text(path) if main is None or path != MAIN else main

    def write(self) -> list[str]:
        """Write it all, or nothing; the files that changed. The folder is `locked`.

        Raises:
            OSError: the disk refuses; the books are as they were, or the next that reads them completes the change.
        """
        written: list[str] = []

        def changed() -> Iterator[tuple[str, bytes]]:
            for path, text in self.contents():
                written.append(path)
                yield path, text

        # Beancount's own cache does not see a new file that a pattern includes: bean-check and Fava would miss it. It
        # goes before anything is written, for this can fail, and once more, for the books may be loaded in between
        cache = self.folder / loader.PICKLE_CACHE_FILENAME.format(filename=MAIN)
        cache.unlink(missing_ok=True)
        files.replace_all(self.folder, changed())
        cache.unlink(missing_ok=True)
        return written

    def _add_opened(self) -> None:
        if self._opened:
            opened: list[Directive] = [data.Open({}, OPENED, name, None, None) for name in sorted(self._opened)]  # type: ignore[arg-type]
            self._added[ACCOUNTS] = [printer.render(opened).replace("\n\n", "\n")]
            self._opened.clear()

    def _text(self, path: str) -> bytes:
        if path in self._whole:
            return self._whole[path]
        old = _read(self.folder / path)
        edits = self._edits.get(path)
        if edits:
            old = _edited(old, edits)
        parts = self._added.get(path, ())
        if path == ACCOUNTS and parts:
            return _inserted(old, _PLAIN_OPEN, "".join(parts).encode())
        gap = b"" if not old or old.endswith(b"\n\n") else b"\n" if old.endswith(b"\n") else b"\n\n"
        if path == IMPORTS and old.endswith(b"\n"):
            gap = b""
        separator = "" if path == IMPORTS else "\n"
        return old + (gap + separator.join(parts).encode() if parts else b"")


def mend(folder: Path, books: Books) -> bool:
    """Complete what a killed import left: month files that nothing includes yet; whether there were any.

    The books must be `locked`; they are to be loaded again after this.
    """
    for place in (folder, *years(folder), *(folder / archive.FOLDER).glob("*/")):
        files.sweep(place)
    loose = [f"{year.name}/{path.name}" for year in years(folder) for path in sorted(year.glob("*.beancount"))]
    included = {Path(name).resolve() for name in books.options["include"]}
    loose = [name for name in loose if _is_month_file(name) and (folder / name).resolve() not in included]
    main = with_includes(folder, books, loose)
    if main is None:
        return False
    files.write(folder / MAIN, main)
    return True


def with_includes(folder: Path, books: Books, paths: Sequence[str]) -> bytes | None:
    """The main file with what it takes to include these month files, None if it does so already.

    A year gets one pattern, `include "2026/*.beancount"`, unless its files are included one by one.
    """
    text = _read(folder / MAIN).decode()
    patterns = INCLUDE.findall(text)
    included = {Path(name).resolve() for name in books.options["include"]}
    wanted: dict[str, None] = {}
    for path in paths:
        if (folder / path).resolve() in included or any(
            fnmatch.fnmatch(str(folder / path), str(folder / name)) for name in patterns
        ):
            continue
        year = path.partition("/")[0]
        one_by_one = any(name.parent == (folder / year).resolve() for name in included)
        wanted[path if one_by_one else f"{year}/*.beancount"] = None
    if not wanted:
        return None
    lines = "".join(f'include "{pattern}"\n' for pattern in wanted)
    return _inserted(text.encode(), _YEAR_INCLUDE, lines.encode())


def is_included_by_pattern(folder: Path, path: str) -> bool:
    """Whether the main file includes a month file by a pattern, so that it may go without the books missing it."""
    patterns = [name for name in INCLUDE.findall(_read(folder / MAIN).decode()) if "*" in name]
    return any(fnmatch.fnmatch(str(folder / path), str(folder / name)) for name in patterns)


def block_of(path: Path, line: int) -> tuple[int, tuple[str, ...]]:
    """The lines of the directive that starts on a line: its last line's number, and the text.

    Raises:
        DaysheetError: there is no such line.
    """
    lines = path.read_text(encoding="utf-8").split("\n")
    if not 1 <= line <= len(lines):
        raise DaysheetError("has changed while it was read", filename=path, remedy="run this again")
    last = line
    while last < len(lines) and lines[last][:1] in (" ", "\t") and lines[last].strip():
        last += 1
    return last, tuple(lines[line - 1 : last])


def _edited(old: bytes, edits: Sequence[Edit]) -> bytes:
    lines = old.decode().split("\n")
    for edit in sorted(edits, reverse=True):
        last = edit.last
        if not edit.lines and not any(
            line.strip() for line in (*lines[edit.first - 2 : edit.first - 1], *lines[last : last + 1])
        ):
            last += 1  # what parted it from its neighbours goes as well
        lines[edit.first - 1 : last] = edit.lines
    return "\n".join(lines).encode()


def _lines_apart(entries: Sequence[Directive]) -> str:
    """Facts about imports, every line with the file and the kind that it is of.

    Git's union merge puts what two clones have appended one after the other, but lines that stand in both only once.
    """
    lines: list[str] = []
    for entry in entries:
        kind = f" {entry.values[0].value}" if isinstance(entry, data.Custom) else ""
        mark = f"{str(entry.meta.get('sha256', ''))[:8]}{kind}"
        lines += [f"{line} ; {mark}\n" for line in printer.render([entry]).splitlines()]
    return "".join(lines)


def _inserted(old: bytes, pattern: re.Pattern[bytes], new: bytes) -> bytes:
    """A file with lines put among those of their kind at its end, in order of the alphabet.

    Two clones that add the same line do it at the same place, so that git takes it once.
    """
    text = old if not old or old.endswith(b"\n") else old + b"\n"
    lines = text.splitlines(keepends=True)
    first = len(lines)
    while first > 0 and pattern.match(lines[first - 1]):
        first -= 1
    for line in new.splitlines(keepends=True):
        at = next((n for n in range(first, len(lines)) if lines[n] > line), len(lines))
        lines.insert(at, line)
    return b"".join(lines)


def years(folder: Path) -> list[Path]:
    """The folders of month files."""
    return sorted(path for path in folder.iterdir() if _YEAR.match(path.name) and path.is_dir())


def _is_month_file(path: str) -> bool:
    return bool(_MONTH_FILE.search(path))


def rank(path: str) -> tuple[int, str]:
    """The order in which files of the books are written, named from their folder."""
    return {ACCOUNTS: 0, MAIN: 2, IMPORTS: 3}.get(path, 1), path


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""
