"""The packs of some books: which there are, building one in the background, and whether one is still true.

What builds and reads a pack is imported when one is asked for: it would be a third of a second of Fava's start.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from daysheet.books import loading
from daysheet.errors import DaysheetError
from daysheet.reports.pack import filing
from daysheet.settings import Settings

if TYPE_CHECKING:
    from daysheet.reports.pack.verify import Verdict


class Shelved(NamedTuple):
    """A pack on file: its year, its id, the books' day, its files with their size in bytes, and whether it is stale.

    One is stale when the books say more or other things of its year and before than they did when it was made.
    """

    year: int
    id: str
    as_of: str
    files: tuple[tuple[str, int], ...]
    is_stale: bool


@dataclass
class Building:
    """A pack being built: how far, of how much, and how it ended."""

    year: int
    state: Literal["building", "built", "failed"] = "building"
    done: int = 0
    whole: int = 0
    error: str = ""


def shelf(folder: Path, is_stale: Callable[[int, str], bool] = lambda year, made_from: False) -> list[Shelved]:
    """The packs on file, the latest year first.

    Args:
        folder: the books folder.
        is_stale: whether a pack of a year that was made from books of a digest is stale by now.
    """
    found = []
    for manifest in (folder / filing.PACKS).glob(f"[0-9]*/{filing.MANIFEST}"):
        try:
            said: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
            files = tuple((str(file["name"]), int(file["bytes"])) for file in said["files"])
            year = int(said["year"])
            stale = is_stale(year, str(said["books"]))
            found.append(Shelved(year, str(said["pack"]), str(said["as_of"]), files, stale))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return sorted(found, reverse=True)


def file_of(folder: Path, year: int, name: str) -> Path:
    """One file of a pack on file.

    Raises:
        DaysheetError: the pack has no such file.
    """
    for shelved in shelf(folder):
        if shelved.year == year and name in [file for file, _ in shelved.files]:
            path = filing.place(folder, year) / name
            if path.resolve().parent == filing.place(folder, year).resolve() and path.is_file():
                return path
    raise DaysheetError("no such file in a pack", remedy="build the pack again")


def verdict(folder: Path, year: int) -> Verdict:
    """Whether the pack on file comes from the books as they are on the disk.

    Raises:
        DaysheetError: there is none, or it is no pack, or the books have errors.
    """
    from daysheet.reports.pack import verify  # noqa: PLC0415 - see above

    path = file_of(folder, year, f"accountants-pack-{year}.pdf")
    return verify.verify(verify.claim_of(path), loading.load(folder), Settings.of(folder))


class Workshop:
    """Builds one pack at a time, in a thread that hands the page setting to other processes."""

    def __init__(self) -> None:
        """Nothing is being built."""
        self._lock = threading.Lock()
        self.current: Building | None = None

    def start(self, folder: Path, year: int) -> Building:
        """Begin to build the pack of a year.

        Raises:
            DaysheetError: one is being built.
        """
        with self._lock:
            if self.current is not None and self.current.state == "building":
                raise DaysheetError(f"the pack of {self.current.year} is being built", remedy="wait for it")
            self.current = Building(year)
            threading.Thread(target=self._build, args=(self.current, folder), daemon=True).start()
            return self.current

    @staticmethod
    def _build(building: Building, folder: Path) -> None:
        def progress(done: int, whole: int) -> None:
            building.done, building.whole = done, whole

        try:
            from daysheet.reports.pack import build, contents  # noqa: PLC0415 - see above
            from daysheet.reports.pdf import rendering  # noqa: PLC0415 - see above

            books, settings = loading.load(folder), Settings.of(folder)  # as the command does: not with errors
            options = contents.Options(contents.paper_of(settings, None), tokens=False)
            commit = filing.commit_of(folder)
            with rendering.renderer(rendering.cache_folder()) as renderer:
                if filing.is_behind(folder, building.year, commit):
                    renderer.warm()  # while the tables are made
                built = build.build(books, settings, building.year, options, commit, renderer, progress)
            filing.write(folder, building.year, built.files)
            building.state = "built"
        except (DaysheetError, OSError) as problem:
            building.error = str(problem)
            building.state = "failed"
        finally:
            if building.state == "building":
                building.error = "the pack could not be built; run daysheet pack in a terminal to see why"
                building.state = "failed"
