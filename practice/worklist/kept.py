"""What `check` said of some books is said again without loading them, while nothing that it was made of has changed.

What is said depends on the ledger's files, on which files its includes find, on the settings, on what was asked for and
on the programs; all of it is compared, the files by what is in them. Where files alone have changed, it may still hold
(`edited`). Books that bring what would run, look for documents or lie partly elsewhere depend on more than that: of
them nothing is kept. Whatever would be refused is left to the load that refuses it.
"""

from __future__ import annotations

import base64
import datetime
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
from daysheet.trust import reading
from daysheet.trust.ledger import Guard

if TYPE_CHECKING:
    from daysheet.books import Books

_LARGE: Final = 300_000
"""Bytes of ledger text: what less of it gives is not worth keeping."""
_SETTINGS: Final = "daysheet.toml"
_STUMBLES: Final = (AttributeError, TypeError, LookupError, ValueError, ArithmeticError)
"""What damaged answers end in, and what Beancount stumbles over; the load then says what is wrong."""
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
        alone: whether each file was booked by itself: for any other load they are looked at twice.
        alike: by names and digests of files, the digest of a text that differs in nothing that a check looks at.
    """

    def __init__(self, folder: Path) -> None:
        """Nothing seen yet."""
        super().__init__(folder)
        self.read: dict[str, str] = {}
        self.found: dict[str, list[str]] = {}
        self.plain = self.alone = True
        self.alike: dict[tuple[str, str], str] = {}
        self.settings = digest(folder / _SETTINGS)

    def file(self, name: str) -> None:
        """Before a file is read."""
        super().file(name)
        self.alone = self.alone and name not in self.read
        self.read[name] = digest(name)
        self.plain = self.plain and not name.endswith(_ENCRYPTED)

    @property
    def meant(self) -> dict[str, str]:
        """As `read`, of texts that no check tells apart the digest of the first one."""
        return {name: self.alike.get((name, said), said) for name, said in self.read.items()}

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
        with suppress(OSError, DaysheetError, *_STUMBLES):
            kept = _read(place, folder)
            if kept is not None:
                return kept
    watch = Watch(folder)
    with suppress(OSError, *_STUMBLES):
        watch.alike = {} if place is None else _alike(place)
    with collector.paused():
        books, answer = ask(watch)
    if place is not None and _is_plain(watch, books):
        with suppress(OSError):
            _keep(place, watch, books, answer)
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


def is_all_of_its_files(watch: Watch, books: Books) -> bool:
    """Whether each entry is what its file says by itself, wherever else the books have changed."""
    from daysheet.worklist import edited  # noqa: PLC0415 - loads Beancount, as the books were

    return watch.alone and _is_plain(watch, books) and edited.is_untouched(books)


class _Kept(NamedTuple):
    """An answer, and what it was made of.

    Attributes:
        read: the digest of each file.
        found: the files that each include found.
        settings: their digest.
        alike: of files that were edited since and say the same to checks, the digests of what they said first.
        frame: what `edited` looks at, its entries in base 64; none where an edit may change more than it sees.
        said: the answer.
    """

    read: dict[str, str]
    found: dict[str, list[str]]
    settings: str
    alike: dict[str, str]
    frame: tuple[str, str, str] | None
    said: Said


def _read(place: Path, folder: Path) -> Said | None:
    """What is kept, where all that it was made of is still the same, or makes no difference."""
    content = private.kept_at(place)
    if content is None:
        return None
    head, _, words = content.partition(b"\n")
    made_of = json.loads(head)
    kept = _Kept(**{**made_of, "said": Said(words.decode(), made_of["said"])})
    guard = Guard(folder)
    changed: dict[str, str] = {}
    for name, before in kept.read.items():
        guard.file(name)
        now = digest(name)
        if now != before:
            changed[name] = now
    if changed and (kept.frame is None or "" in changed.values()):
        return None
    if not _is_around(kept, folder):
        return None
    guard.require()
    if guard.programs or (changed and not _holds(place, kept, changed, folder)):
        return None
    return kept.said


def _alike(place: Path) -> dict[tuple[str, str], str]:
    """What `Watch.alike` says, as far as an answer that no longer holds knows."""
    head = (private.kept_at(place) or b"{}").partition(b"\n")[0]
    made_of = json.loads(head)
    return {(name, made_of["read"][name]): first for name, first in made_of.get("alike", {}).items()}


def _is_around(kept: _Kept, folder: Path) -> bool:
    """Whether includes find the same files, and the settings are the same."""
    same = all(_found(pattern) == names for pattern, names in kept.found.items())
    return same and digest(folder / _SETTINGS) == kept.settings


def _holds(place: Path, kept: _Kept, changed: Mapping[str, str], folder: Path) -> bool:
    """Whether an answer is right for files that have changed; it is then kept as that of these.

    Args:
        place: where it is kept.
        kept: the answer.
        changed: the digests that they have now.
        folder: of the books.
    """
    from daysheet.ledger import cache  # noqa: PLC0415 - loads Beancount
    from daysheet.worklist import edited  # noqa: PLC0415

    if kept.frame is None:
        return False
    main = os.path.abspath(folder / MAIN)  # noqa: PTH100 - as the books name it
    entries, currency, since = kept.frame
    frame = edited.Frame(base64.b64decode(entries), currency, datetime.date.fromisoformat(since))
    with collector.paused():
        if not edited.leave_it(main, {name: kept.read[name] for name in changed}, frame):
            return False
    if any(digest(name) != now for name, now in changed.items()):
        return False
    read = {**kept.read, **changed}
    alike = {**{name: kept.read[name] for name in changed}, **kept.alike}
    with suppress(OSError):
        _write(place, kept._replace(read=read, alike=alike))
    cache.let_go(main, read)
    return True


def _keep(place: Path, watch: Watch, books: Books, answer: Said) -> None:
    """Keep an answer, unless something was written while it was worked out."""
    from daysheet.worklist import edited  # noqa: PLC0415 - loads Beancount, as the books were

    frame = edited.frame_of(books) if watch.alone else None
    framed = None if frame is None else (base64.b64encode(frame.entries).decode(), frame.currency, str(frame.since))
    alike = {name: said for name, said in watch.meant.items() if said != watch.read[name]}
    kept = _Kept(watch.read, watch.found, watch.settings, alike, framed, answer)
    if all(digest(name) == before for name, before in kept.read.items()) and _is_around(kept, watch.folder):
        _write(place, kept)


def _write(place: Path, kept: _Kept) -> None:
    made_of = {**kept._asdict(), "said": kept.said.code}
    private.keep(place, json.dumps(made_of).encode() + b"\n" + kept.said.words.encode())


def digest(path: str | Path) -> str:
    """Of a file's bytes; empty where there is none."""
    return hashlib.sha256(reading.data(Path(path))).hexdigest() if Path(path).is_file() else ""


def _found(pattern: str) -> list[str]:
    """The files that an include finds, in the loader's order."""
    return glob.glob(pattern, recursive=True)  # noqa: PTH207 - as the loader does it
