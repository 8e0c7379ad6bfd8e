"""What Fava takes of one client's books: entries, and no program that they bring.

Fava runs the plugins, extensions and import configuration that books name, and serves files that they point to. Whoever
keeps many clients' books opens some that nobody has looked at; so each part of Fava that would run or read what books
name is given ours instead, in the process that serves one client.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from beancount.core import data
from daysheet import files
from daysheet.errors import DaysheetError
from daysheet.importers.gulp import importers
from daysheet.importers.new_books import FAVA_IMPORT
from daysheet.ledger import cache
from daysheet.ledger.folders import MAIN
from daysheet.plugins.fava import Daysheet
from daysheet.trust.ledger import Guard
from fava import core
from fava.core import FavaLedger, extensions, ingest
from fava.ext import FavaExtensionError
from fava.helpers import BeancountError

OURS: Final = "daysheet.plugins.fava"
_PLACES: Final = ("default-file", "import-config", "import-dirs")
"""Options of Fava that name files: where it writes, what it runs, what it serves."""

Loaded = tuple[list[data.Directive], list[Any], Any]


class NotShownError(BeancountError):
    """What the books point to and Fava is not given; it stands among the errors of the books."""


class ClientLedger(FavaLedger):
    """A client's ledger, each time looked at before it is loaded."""

    __slots__ = ("refusal",)

    def __init__(self, folder: Path) -> None:
        """Load it.

        Raises:
            DaysheetError: the books would run or read what this user has not allowed, or Beancount fails on them.
        """
        self.refusal = ""
        # a watcher of the system sees nothing of what another machine writes to a shared disk
        super().__init__(str(folder / MAIN), poll_watcher=True)

    def load_file(self) -> None:
        """Load it again, or remember why not: what was loaded before is then no longer shown.

        Raises:
            DaysheetError: as at first.
        """
        try:
            super().load_file()
        except DaysheetError as problem:
            self.refusal = str(problem)
            raise
        self.refusal = ""

    def look_again(self) -> None:
        """Let the next question find these books changed."""
        self.watcher.last_checked = 0


def put_in_place() -> None:
    """Give Fava, in this process, what it asks books for."""
    parts: tuple[tuple[Any, str, Any], ...] = (
        (core, "load_uncached", _load),
        (extensions, "find_extensions", _extensions),
        (ingest, "load_import_config", _import_config),
    )
    for module, name, ours in parts:
        if not callable(getattr(module, name, None)):
            raise DaysheetError(f"this Fava has no {module.__name__}.{name}", remedy="install one of fava>=1.30.13")
        setattr(module, name, ours)


def _load(main: str, *, is_encrypted: bool) -> Loaded:
    """The entries, errors and options that Beancount gives, once nothing of the books would run unasked.

    Raises:
        DaysheetError: something would, or they are encrypted.
    """
    if is_encrypted:
        raise DaysheetError("encrypted books cannot be looked at before they are opened", filename=main)
    folder = Path(main).parent
    files.complete(folder)
    entries, errors, options = cache.load_file(Path(main), Guard(folder))
    within: list[data.Directive] = []
    told: list[Any] = list(errors)
    for entry in entries:
        outside = _outside(entry, folder)
        if outside:
            told.append(NotShownError(entry.meta, f"{outside}: not shown here", None))
        else:
            within.append(entry)
    return within, told, options


def _outside(entry: data.Directive, folder: Path) -> str:
    """What an entry points to that lies outside the books; empty where it points to nothing of the kind."""
    if isinstance(entry, data.Document):
        names, place = [entry.filename], "a document"
    elif isinstance(entry, data.Custom) and entry.type == "fava-option":
        values = [str(value.value) for value in entry.values or ()]
        if not values or values[0].replace("_", "-") not in _PLACES:
            return ""
        names, place = values[1:], f'the option "{values[0]}"'
    else:
        return ""
    written = Path(str(entry.meta["filename"])).parent
    is_within = all(
        (base / name).resolve().is_relative_to(folder.resolve()) for name in names for base in (folder, written)
    )
    return "" if is_within else f"{place} leads out of these books"


def _extensions(_: Path, name: str) -> tuple[list[type[Any]], list[FavaExtensionError]]:
    """Our pages; of another module nothing is imported."""
    if name == OURS:
        return [Daysheet], []
    return [], [FavaExtensionError(None, f'the extension "{name}" is a program of these books: not run here', None)]


def _import_config(path: Path) -> ingest.LoadedImportConfig:
    """The importers that the file of new books names, without running it; of another file nothing.

    Raises:
        ImportConfigLoadError: it is another, or the settings that the importers read are wrong.
    """
    if path.read_bytes() != FAVA_IMPORT.encode():
        raise ingest.ImportConfigLoadError(
            "it is a program of these books, other than daysheet init writes: not run here"
        )
    try:
        found: Sequence[Any] = importers(path.parent, for_fava=True)
    except DaysheetError as problem:
        raise ingest.ImportConfigLoadError(str(problem)) from problem
    wrapped = [ingest.WrappedImporter(importer) for importer in found]
    return ingest.LoadedImportConfig({importer.name: importer for importer in wrapped}, ())
