"""Originals back into the inbox: copied before the books change, taken out of the archive after they have.

Whatever is killed in between, the file is in the inbox, and the same command again does the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from daysheet import files
from daysheet.books import Books, loading
from daysheet.errors import DaysheetError
from daysheet.importers.amending.amendment import Amendment, put_in_place, tried
from daysheet.importers.amending.recognition import imports
from daysheet.importers.amending.undo import DAY, Undone, is_named, undo
from daysheet.importers.settings import ImportSettings
from daysheet.importers.writing.archive import FOLDER
from daysheet.settings import Settings


class TakenBack(NamedTuple):
    """Imports as they would be taken back, the books not changed yet: what goes, the change, where originals go."""

    undone: Undone
    amendment: Amendment
    originals: tuple[str, ...]
    inbox: str


def taken_back(folder: Path, names: Sequence[str]) -> TakenBack:
    """What taking back imports would change.

    Args:
        folder: the books folder.
        names: files or days, as `undo.chosen` takes them. Originals whose import is taken back already, because a run
            was killed after that, count with nothing left to change.

    Raises:
        DaysheetError: as `undo.undo`.
    """
    inbox = Settings.of(folder).table("import", ImportSettings).inbox
    books = loading.load(folder)
    done = {name: _done(folder, books, inbox, name) for name in names}
    wanted = [name for name in names if done[name] is None]
    over = dict.fromkeys(path for paths in done.values() for path in paths or ())
    if not wanted:
        return TakenBack(Undone([]), Amendment(folder, ()), tuple(over), inbox)
    undone, amendment = tried(folder, lambda copy, books: undo(copy, books, wanted))
    there = [one.file for one in undone.imports if (folder / one.file).is_file()]
    return TakenBack(undone, amendment, (*there, *over), inbox)


def carry_out(back: TakenBack) -> list[Path]:
    """Change the books, and return the originals; where they are now.

    Raises:
        DaysheetError: the books have changed since, or another file of that name is in the inbox.
        OSError: the disk refuses; the books are as they were, or the same command again completes it.
    """
    folder = back.amendment.folder
    places = {name: folder / back.inbox / Path(name).name for name in back.originals}
    with files.locked(folder):
        files.sweep(folder / back.inbox)
    for name, place in places.items():
        data = (folder / name).read_bytes()
        if place.exists() and place.read_bytes() != data:
            raise DaysheetError("another file of this name is in the inbox", filename=place, remedy="move it away")
        if not place.exists():
            files.write(place, data)
            place.chmod((folder / name).stat().st_mode & 0o777)
    put_in_place(back.amendment)
    _remove(folder / name for name in places)
    return list(places.values())


def _done(folder: Path, books: Books, inbox: str, name: str) -> list[str] | None:
    """The originals that a killed run has still to remove; None where an import by this name is to be taken back."""
    recorded = {one.file for one in imports(books).values()}
    day = f"{name}-" if DAY.match(name) else ""

    def is_meant(path: Path) -> bool:
        if path.relative_to(folder).as_posix() in recorded:
            return False
        return path.name.startswith(day) if day else name in (path.name, path.relative_to(folder).as_posix())

    left = [path for path in sorted((folder / FOLDER).glob("*/*")) if is_meant(path)]
    returned = (folder / inbox).is_dir() and any(
        path.name.startswith(day) if day else path.name == Path(name).name for path in (folder / inbox).iterdir()
    )
    if not left and (not returned or any(is_named(one, name) for one in imports(books).values())):
        return None
    return [path.relative_to(folder).as_posix() for path in left]


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
        files.sync_folder(path.parent)
