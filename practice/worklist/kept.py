"""What `check` said of some books is said again without loading them, while nothing that it was made of has changed.

What is said depends on the ledger's files, on which files its includes find, on the settings, on what was asked for and
on the programs; all of it is compared, the files by what is in them. Books that bring what would run, look for
documents or lie partly elsewhere depend on more than that: of them nothing is kept. Whatever would be refused is left
to the load that refuses it.
"""

from __future__ import annotations

import glob
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from daysheet import files
from daysheet.errors import DaysheetError
from daysheet.ledger import collector, private
from daysheet.ledger.folders import MAIN
from daysheet.trust.ledger import Guard

if TYPE_CHECKING:
    from daysheet.books import Books

_LARGE: Final = 300_000
"""Bytes of ledger text: what less of it gives is not worth keeping."""
_SETTINGS: Final = "daysheet.toml"
_ENCRYPTED: Final = (".gpg", ".asc")


class Said(NamedTuple):
    """What a command printed, and its exit code."""

    words: str
    code: int


class Watch(Guard):
    """The guard of a load that notes what the load depends on.

    Attributes:
        read: the digest of each file before it was read, by its name.
        found: the files that each include found, by its whole pattern.
        plain: whether nothing else can have mattered, as far as the files' options tell.
    """

    def __init__(self, folder: Path) -> None:
        """Nothing seen yet."""
        super().__init__(folder)
        self.read: dict[str, str] = {}
        self.found: dict[str, list[str]] = {}
        self.plain = True
        self.settings = _digest(folder / _SETTINGS)

    def file(self, name: str) -> None:
        """Before a file is read."""
        super().file(name)
        self.read[name] = _digest(name)
        self.plain = self.plain and not name.endswith(_ENCRYPTED)

    def options(self, name: str, options: Mapping[str, Any]) -> None:
        """What a file sets, once it is parsed."""
        super().options(name, options)
        self.plain = self.plain and not options["documents"]
        for pattern in options["include"]:
            place = os.path.join(os.path.dirname(name), pattern)  # noqa: PTH118, PTH120 - as the loader does it
            self.found[place] = _found(place)


def said(folder: Path, question: str, ask: Callable[[Watch], tuple[Books, Said]]) -> Said:
    """The answer to a question about the books in a folder: the one kept, where it is still right, or a new one.

    Args:
        folder: the books.
        question: all that was asked for.
        ask: loads the books with the watch that it is given, and answers.
    """
    files.complete(folder)
    place = _place(folder, question)
    if place is not None:
        with suppress(OSError, ValueError, KeyError, DaysheetError):
            kept = _read(place, folder)
            if kept is not None:
                return kept
    watch = Watch(folder)
    with collector.paused():
        books, answer = ask(watch)
    if place is not None and _is_plain(watch, books):
        with suppress(OSError):
            _keep(place, watch, answer)
    return answer


def _place(folder: Path, question: str) -> Path | None:
    """Where the answer is kept: by what was asked of which programs."""
    main = os.path.abspath(folder / MAIN)  # noqa: PTH100 - as the books name it: symbolic links stay
    kept = private.folder_of(main, "worklists")
    asked = "\0".join((question, main, str(folder), os.path.realpath(folder), private.programs()))
    return kept and kept / hashlib.sha256(asked.encode(errors="surrogateescape")).hexdigest()


def _is_plain(watch: Watch, books: Books) -> bool:
    """Whether the answer depends on nothing but what is compared."""
    from beancount.core.data import Document  # noqa: PLC0415 - loaded with the books

    size = sum(Path(name).stat().st_size for name in watch.read)
    no_documents = not any(type(entry) is Document for entry in books.entries)
    return watch.plain and not watch.programs and no_documents and size >= _LARGE


def _read(place: Path, folder: Path) -> Said | None:
    """What is kept, where all that it was made of is still the same."""
    content = private.kept_at(place)
    if content is None:
        return None
    head, _, words = content.partition(b"\n")
    made_of = json.loads(head)
    guard = Guard(folder)
    for name, digest in made_of["read"].items():
        guard.file(name)
        if _digest(name) != digest:
            return None
    if any(_found(pattern) != names for pattern, names in made_of["found"].items()):
        return None
    guard.require()
    if guard.programs or _digest(folder / _SETTINGS) != made_of["settings"]:
        return None
    return Said(words.decode(), made_of["code"])


def _keep(place: Path, watch: Watch, answer: Said) -> None:
    """Keep an answer, unless something was written while it was worked out."""
    if any(_digest(name) != digest for name, digest in watch.read.items()):
        return
    if any(_found(pattern) != names for pattern, names in watch.found.items()):
        return
    if _digest(watch.folder / _SETTINGS) != watch.settings:
        return
    made_of = {"read": watch.read, "found": watch.found, "settings": watch.settings, "code": answer.code}
    private.keep(place, json.dumps(made_of).encode() + b"\n" + answer.words.encode())


def _digest(path: str | Path) -> str:
    """Of a file's bytes; empty where there is none."""
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError:
        return ""


def _found(pattern: str) -> list[str]:
    """The files that an include finds, in the loader's order."""
    return glob.glob(pattern, recursive=True)  # noqa: PTH207 - as the loader does it
