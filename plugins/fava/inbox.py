"""The inbox as a page shows it: what lies in it, a file that is dropped, what taking files would do, and taking them.

All of it is what `daysheet import` and `daysheet undo` do, with names in place of paths: no path is taken from a page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from daysheet import files
from daysheet.books import Books
from daysheet.errors import DaysheetError
from daysheet.importers import importing, sources
from daysheet.importers.amending import returning
from daysheet.importers.booking.session import Taken
from daysheet.importers.detection import identify
from daysheet.importers.detection.exports import known
from daysheet.importers.import_report import lines_of
from daysheet.importers.reading import Context
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.settings import ImportSettings
from daysheet.settings import FILE, Settings
from daysheet.trust.paths import is_plain_name
from daysheet.wording import many

LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a file that is dropped onto the page."""
_LONGEST_NAME: Final = 120
_QUICK: Final = 8 * 1024 * 1024
"""Bytes of a file that is looked at while somebody waits for a page."""
_REMEMBERED: Final = 200
_known: dict[tuple[str, str, str], What] = {}
"""What files are, by their content, their name, and what the books know of profiles."""


class Lying(NamedTuple):
    """A file in the inbox: its name, its size in bytes, and the digest of what it holds."""

    name: str
    size: int
    sha256: str


class Told(NamedTuple):
    """What became, or would become, of a file: its name, an account of it in lines, and whether it is refused."""

    name: str
    lines: tuple[str, ...]
    is_refused: bool = False


class What(NamedTuple):
    """What a file is, in a sentence; and whether it is of an unknown kind, whose questions can be answered."""

    said: str
    is_unknown: bool = False


class Preview(NamedTuple):
    """What an import would do: in a sentence, file by file, and how the books' own files would change."""

    said: str
    files: tuple[Told, ...]
    notes: tuple[str, ...]


class Before(NamedTuple):
    """A file that was imported: how `undo` knows it, what it was called, and the days that it covers."""

    name: str
    kind: str
    account: str
    first: str
    last: str
    rows: str


def place(folder: Path) -> Path:
    """The inbox of some books.

    Raises:
        DaysheetError: the settings put it outside of them.
    """
    settings = Settings.of(folder)
    inbox = folder / settings.table("import", ImportSettings).inbox
    if not inbox.resolve().is_relative_to(folder.resolve()):
        raise DaysheetError(
            "the inbox lies outside of the books", filename=settings.path, remedy="use the command line"
        )
    return inbox


def lying(folder: Path) -> list[Lying]:
    """The files that lie in the inbox, by name."""
    return [Lying(path.name, path.stat().st_size, _digest(path)) for path in _lying(folder)]


def _lying(folder: Path) -> list[Path]:
    inbox = place(folder)
    found = importing.inbox(folder, inbox.relative_to(folder).as_posix())
    return [path for path in found if path.is_file()]


def path_of(folder: Path, name: str, sha256: str) -> Path:
    """A file of the inbox that was looked at.

    Raises:
        DaysheetError: it is gone, or another by now.
    """
    (path,) = _paths(folder, [Lying(name, 0, sha256)])
    return path


def what(folder: Path, books: Books, name: str, sha256: str) -> What:
    """What a file of the inbox is, as `daysheet identify` says it, with its rows and days.

    Raises:
        DaysheetError: it is gone, or another by now, or cannot be read.
    """
    path = path_of(folder, name, sha256)
    if path.stat().st_size > _QUICK:
        return What("large: look at what it would do")
    key = sha256, name, _profiles(folder)
    if key not in _known:
        while len(_known) >= _REMEMBERED:
            _known.pop(next(iter(_known)), None)
        _known[key] = _identified(folder, books, path)
    return _known[key]


def _identified(folder: Path, books: Books, path: Path) -> What:
    settings = Settings.of(folder)
    candidates, told = sources.all_sources(folder, settings), sources.told(settings, books.currency)
    file = RawFile(path)
    answer, detected = identify.describe(file, candidates, told, lambda: known.of_books(books))
    said = identify.in_a_line(answer)
    if answer["profile"] and "entries" not in answer and detected is not None:
        source = sources.source_of(file, candidates, str(answer["profile"]), told)
        reading = source.read(file, Context(lambda _: ""))
        said += f"; {many(reading.rows, 'row')}, {reading.first} to {reading.last}"
    is_unknown = not answer["profile"] and answer["kind"] != "unknown"
    return What(said, is_unknown)


def _profiles(folder: Path) -> str:
    """What the books know of kinds of files, as a digest."""
    found = [folder / "daysheet.toml", *sorted((folder / "profiles").glob("*.toml"))]
    texts = (path.read_bytes() for path in found if path.is_file())
    return hashlib.sha256(b"\0".join(texts)).hexdigest()


def drop(folder: Path, name: str, data: bytes) -> Path:
    """Put a file that was dropped onto the page into the inbox.

    Raises:
        DaysheetError: its name is none that can lie there, or another file has it.
        OSError: the disk refuses.
    """
    if not is_plain_name(name) or len(name) > _LONGEST_NAME:
        raise DaysheetError("a file of such a name cannot lie in the inbox", remedy="give it a plain, shorter name")
    path = place(folder) / name
    with files.locked(folder):
        if path.is_symlink() or (path.exists() and path.read_bytes() != data):
            raise DaysheetError("another file of this name lies in the inbox", remedy="rename one of them")
        files.write(path, data)
    return path


def preview(folder: Path, wanted: Sequence[Lying]) -> Preview:
    """What taking files would do; nothing is changed.

    Raises:
        DaysheetError: the books have errors, or a file is gone or another by now.
        OSError: the disk refuses.
    """
    outcome = importing.import_files(folder, _paths(folder, wanted), dry_run=True)
    return Preview(
        _sum(outcome, "to book"), tuple(_told(outcome, folder)), (*filter(None, [outcome.settled]), *outcome.notes)
    )


def take(folder: Path, wanted: Sequence[Lying]) -> tuple[Preview, list[str]]:
    """Take files into the books: what became of them, and the digests by which that is undone.

    Raises:
        DaysheetError: as `preview`.
        OSError: the disk refuses; the books are as they were.
    """
    outcome = importing.import_files(folder, _paths(folder, wanted))
    done = Preview(_sum(outcome, "booked"), tuple(_told(outcome, folder)), tuple(outcome.notes))
    return done, [one.sha256 for one in outcome.taken if one.sha256]


def undo(folder: Path, names: Sequence[str]) -> str:
    """Take imports back whole, and return the files to the inbox; what that was, in words.

    Raises:
        DaysheetError: nothing was imported by one of these names, or later entries stand on it.
        OSError: the disk refuses.
    """
    back = returning.taken_back(folder, names)
    returned = [path.name for path in returning.carry_out(back)]
    taken = many(back.undone.entries, "entry", "entries")
    rules = f"; rules in {FILE} that fit no other bank line stay: {back.undone.rules:,}" if back.undone.rules else ""
    return f"{taken} taken back; in the inbox again: {', '.join(returned) or 'nothing'}{rules}"


def before(books: Books, most: int) -> list[Before]:
    """The files that were imported, those on record last first."""
    known = sorted(books.imported, key=lambda one: (str(one.meta["filename"]), one.meta["lineno"]), reverse=True)
    return [
        Before(
            str(one.meta.get("file", "")), one.kind, one.account or "", str(one.first), str(one.last),
            str(one.meta.get("rows", "")),
        )
        for one in known[:most]
    ]  # fmt: skip


def _paths(folder: Path, wanted: Sequence[Lying]) -> list[Path]:
    there = {path.name: path for path in _lying(folder)}
    for one in wanted:
        if one.name not in there:
            raise DaysheetError("a file is not in the inbox any more", remedy="load the page again")
        if one.sha256 and one.sha256 != _digest(there[one.name]):
            raise DaysheetError("a file has changed since it was looked at", remedy="look at it again")
    return [there[one.name] for one in wanted]


def _sum(outcome: importing.Outcome, done: str) -> str:
    booked, known = (sum(getattr(taken, what) for taken in outcome.taken) for what in ("booked", "known"))
    skipped = sum(len(taken.skipped) for taken in outcome.taken)
    refused = f"; {many(len(outcome.refused), 'file')} refused" if outcome.refused else ""
    return f"{many(booked, 'row')} {done}, {known:,} already there, {skipped:,} skipped{refused}."


def _told(outcome: importing.Outcome, folder: Path) -> Iterable[Told]:
    for taken in outcome.taken:
        yield Told(taken.file.name, tuple(_lines(taken, folder)))
    for path, problem in outcome.refused.items():
        yield Told(path.name, (str(problem).removeprefix(f"{path}: ").replace(str(path), path.name),), is_refused=True)


def _lines(taken: Taken, folder: Path) -> Iterable[str]:
    lines = [line.strip() for line in lines_of(taken, folder)]
    yield lines[0].removeprefix(f"{taken.file.name}: ")
    yield from lines[1:]
    if taken.uncategorized:
        yield f"{many(len(taken.uncategorized), 'bank line')} without a category: see Categorize"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
