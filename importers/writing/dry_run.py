"""A copy of some books to try an import on, and what it would change, as a diff that `patch -p0` understands.

The real import runs on the copy, so that what it shows is what the real one writes. The ledger's text is copied, and
whatever else is in the folder (profiles, originals, documents) is linked to: an import of a copy writes nothing there.
"""

from __future__ import annotations

import difflib
import glob
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from daysheet.books.loading import MAIN
from daysheet.errors import DaysheetError
from daysheet.importers.writing.writer import INCLUDE, rank, years
from daysheet.records import Meta
from daysheet.trust import paths, reading, trusted

_NO_NEWLINE: Final = "\\ No newline at end of file"


class Changed(NamedTuple):
    """A file of the books, named from their folder, as it was and as it shall be; None where it is not there."""

    name: str
    before: bytes | None
    after: bytes | None

    def diff(self) -> Iterator[str]:
        """Its changed lines."""
        yield "--- /dev/null" if self.before is None else f"--- {self.name}"
        yield "+++ /dev/null" if self.after is None else f"+++ {self.name}"
        yield from _hunks(self.before or b"", self.after or b"")


class Copy(NamedTuple):
    """Books and their copy."""

    folder: Path
    at: Path

    def home(self, text: str) -> str:
        """A path or a sentence that speaks of the copy as one that speaks of the books."""
        return text.replace(str(self.at), str(self.folder))

    def meta(self, meta: Meta) -> Meta:
        """The place of an entry of the copy as a place in the books."""
        return {**meta, "filename": self.home(str(meta["filename"]))}

    def error(self, problem: DaysheetError) -> DaysheetError:
        """What is wrong with the copy as what is wrong with the books."""
        return DaysheetError(
            self.home(problem.message),
            filename=None if problem.filename is None else self.home(problem.filename),
            line=problem.line,
            remedy=None if problem.remedy is None else self.home(problem.remedy),
        )

    def changes(self) -> Iterator[Changed]:
        """Every file that the copy now has otherwise, or no more, in the order of `rank`."""
        found = {path.relative_to(self.at).as_posix() for path in self.at.rglob("*") if _is_own(path)}
        found |= {path.relative_to(self.folder).as_posix() for path in ledger_texts(self.folder) if self._holds(path)}
        for name in sorted(found, key=rank):
            path, copied = self.folder / name, self.at / name
            old = path.read_bytes() if path.exists() else None
            new = copied.read_bytes().replace(_including(self.at), _including(self.folder)) if copied.exists() else None
            if new != old:
                yield Changed(name, old, new)

    def diff(self) -> Iterator[str]:
        """Every line by which the copy now differs from the books, as a unified diff without context."""
        for changed in self.changes():
            yield from changed.diff()

    def _holds(self, path: Path) -> bool:
        return path.is_relative_to(self.folder)


@contextmanager
def copied(folder: Path) -> Iterator[Copy]:
    """A copy of the books in a folder that only this user can read, as long as it is needed.

    Args:
        folder: the books folder, `locked`.
    """
    folder = folder.resolve()
    texts = ledger_texts(folder)
    root = Path(os.path.commonpath([folder.parent, *(path.parent for path in texts)]))
    with tempfile.TemporaryDirectory(prefix="daysheet-") as place:
        base = Path(place).resolve()
        copy = Copy(folder, base / folder.relative_to(root))
        for year in years(folder):
            (copy.at / year.name).mkdir(parents=True)
        for path in texts:
            target = base / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes().replace(_including(folder), _including(copy.at)))
        _link(folder, copy.at)
        before = trusted.copies.set((*trusted.copies.get(), trusted.Copied(copy.at, base, folder, root)))
        try:
            yield copy
        finally:
            trusted.copies.reset(before)


def _is_own(path: Path) -> bool:
    """Whether a file of a copy was written there; what is linked to is the books' own."""
    return path.is_file() and not path.is_symlink() and not path.name.startswith(".")


def ledger_texts(folder: Path) -> list[Path]:
    """The main file, all that it includes by a relative name or from the folder, and month files of a killed import."""
    waiting = [folder / MAIN]
    found: dict[Path, None] = {}
    while waiting:
        path = waiting.pop()
        if path in found or not path.is_file():
            continue
        found[path] = None
        for pattern in INCLUDE.findall(reading.text(path)):
            if not Path(pattern).is_absolute() or pattern.startswith(f"{folder}/"):
                looked_for = os.path.join(path.parent, pattern)  # noqa: PTH118 - `..` stays
                # what is wide is refused by whoever loads the books, with its line
                names = [] if paths.is_wide(looked_for) else glob.glob(looked_for, recursive=True)  # noqa: PTH207 - `**`
                waiting += [Path(os.path.abspath(name)) for name in names]  # noqa: PTH100 - links are not followed
    found |= dict.fromkeys(path for year in years(folder) for path in year.glob("*.beancount"))
    return sorted(found)


def _link(source: Path, target: Path) -> None:
    """Link to what was not copied; folders are made, so that nothing is written into those of the books."""
    target.mkdir(exist_ok=True)
    for entry in source.iterdir():
        copy = target / entry.name
        if entry.name.startswith("."):
            continue
        if entry.is_dir() and (copy.is_dir() or not entry.is_symlink()):
            _link(entry, copy)
        elif not copy.exists():
            copy.symlink_to(entry)


def _including(folder: Path) -> bytes:
    return f'include "{folder}/'.encode()


def _hunks(old: bytes, new: bytes) -> Iterator[str]:
    """The changed lines of a file, each run under its place in both."""
    before, after = old.split(b"\n"), new.split(b"\n")
    same = 0
    if new.startswith(old) and (not old or old.endswith(b"\n")):
        same = len(before) - 1  # a month file grows at its end, and may be long
    lines = difflib.unified_diff(_shown(before[same:]), _shown(after[same:]), n=0, lineterm="")
    for line in list(lines)[2:]:
        yield from (_moved(line, same) if line.startswith("@@") else line).split("\n")


def _shown(lines: Sequence[bytes]) -> list[str]:
    """The lines as a diff shows them; the last is what stands behind the last line end."""
    *whole, rest = (line.decode("utf-8", "replace") for line in lines)
    return [*whole, f"{rest}\n{_NO_NEWLINE}"] if rest else whole


def _moved(hunk: str, lines: int) -> str:
    """A hunk's place, so many lines further down."""
    return re.sub(r"([-+])(\d+)", lambda match: f"{match[1]}{int(match[2]) + lines}", hunk)
