"""`firm.toml`: whose books a bookkeeper keeps.

Example:
    name = "Hill Bookkeeping"
    books = ["clients/*"]

    [[client]]
    id = "elm-street"
    books = "/srv/books/elm-street-2019"
"""

from __future__ import annotations

import difflib
import glob
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from daysheet import strict_toml
from daysheet.books.loading import MAIN, nearest
from daysheet.errors import DaysheetError
from daysheet.settings import FILE as SETTINGS
from daysheet.settings import Settings
from daysheet.strict_toml import Reader, parse, word
from daysheet.trust.paths import MOST_NAMES, is_wide

FILE: Final = "firm.toml"
STATE: Final = ".daysheet-firm"
_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.IGNORECASE)


@dataclass(frozen=True)
class NamedClient:
    """A `[[client]]` table: books that have a name of their own in the firm."""

    id: str = word("What the client is called in the firm's tables.", ...)
    books: str = word("The books folder.", ...)


@dataclass(frozen=True)
class Written:
    """What `firm.toml` can say."""

    name: str = word("The firm's name, over its tables.", "The firm")
    books: tuple[str, ...] = word("Books folders, or patterns of them (`clients/*`).", ())
    client: tuple[NamedClient, ...] = word("Books under a name of their own.", ())
    workers: int = word("How many clients at once; 0 for one a processor.", 0)
    memory_mb: int = word("Most memory that one client's process may take.", 4000)
    minutes: int = word("Most time that one client's process may take.", 60)


class Client(NamedTuple):
    """One client.

    Attributes:
        id: its name in the firm's tables; no two have one.
        folder: its books, resolved.
    """

    id: str
    folder: Path


class Firm(NamedTuple):
    """The clients, and how their books are worked on.

    Attributes:
        name: of the firm.
        folder: where `firm.toml` lies, resolved.
        clients: by id.
        workers: at most so many at once; 0 for one a processor.
        memory: bytes that one client's process may take.
        seconds: that it may take.
    """

    name: str
    folder: Path
    clients: tuple[Client, ...]
    workers: int
    memory: int
    seconds: int

    @property
    def state(self) -> Path:
        """The folder for what is known of earlier runs."""
        return self.folder / STATE


def find(start: Path) -> Path:
    """The `firm.toml` at `start` (the file, or its folder) or above.

    Raises:
        DaysheetError: there is none.
    """
    path = start.resolve() if start.is_file() else nearest(start, FILE)
    if path is not None:
        return path
    raise DaysheetError(
        f"no {FILE} here or above",
        filename=start.resolve(),
        remedy='make one that says books = ["clients/*"], or name it with --firm',
    )


def read(path: Path) -> Firm:
    """The firm that a file describes.

    Raises:
        DaysheetError: it says what it cannot, names a folder without books, two clients of one name or one secret, or
            books inside another's.
    """
    text = strict_toml.read(path)
    reader = Reader(path, text)
    said = parse(text, path, Written, _check)
    clients = [*_by_pattern(said.books, path, reader), *_by_name(said.client, path, reader)]
    if not clients:
        raise DaysheetError("no clients", filename=path, remedy='say where their books are: books = ["clients/*"]')
    _apart(clients, path)
    return Firm(
        said.name,
        path.parent.resolve(),
        tuple(sorted(clients)),
        said.workers,
        said.memory_mb * 1_000_000,
        said.minutes * 60,
    )


def only(firm: Firm, ids: Sequence[str]) -> Firm:
    """The firm with these clients alone; with all where none is named.

    Raises:
        DaysheetError: no client is called so.
    """
    known = {client.id.lower(): client for client in firm.clients}
    for name in ids:
        if name.lower() not in known:
            near = difflib.get_close_matches(name.lower(), known, 1, 0.5)
            remedy = f'did you mean "{known[near[0]].id}"?' if near else "daysheet firm status lists them"
            raise DaysheetError(f'no client is called "{name}"', filename=firm.folder / FILE, remedy=remedy)
    return firm._replace(clients=tuple(known[name.lower()] for name in ids)) if ids else firm


def _check(said: Written, reader: Reader) -> None:
    for key, value, least in (
        ("workers", said.workers, 0),
        ("memory-mb", said.memory_mb, 300),
        ("minutes", said.minutes, 1),
    ):
        if value < least:
            raise reader.error(f"{key} must be {least} or more", key)


def _by_pattern(patterns: Sequence[str], path: Path, reader: Reader) -> list[Client]:
    found: dict[Path, Client] = {}
    for pattern in patterns:
        looked_for = str(path.parent / Path(pattern).expanduser())
        if is_wide(looked_for):
            raise reader.error(
                f'"{pattern}" looks through more than {MOST_NAMES} names: name the folder that the books lie in',
                pattern,
            )
        matched = [Path(name) for name in sorted(glob.glob(looked_for))]  # noqa: PTH207 - absolute patterns as well
        kept = [folder.resolve() for folder in matched if (folder / MAIN).is_file()]
        if not kept:
            raise reader.error(f'no books at "{pattern}": a books folder has a {MAIN}', pattern)
        found |= {folder: Client(_id(folder.name, reader), folder) for folder in kept}
    return list(found.values())


def _by_name(named: Sequence[NamedClient], path: Path, reader: Reader) -> list[Client]:
    found = []
    for one in named:
        folder = (path.parent / Path(one.books).expanduser()).resolve()
        if not (folder / MAIN).is_file():
            raise reader.error(f'no {MAIN} in "{one.books}"', one.books)
        found.append(Client(_id(one.id, reader), folder))
    return found


def _id(name: str, reader: Reader) -> str:
    if not _ID.fullmatch(name):
        raise reader.error(
            f'"{name}" cannot be an id: letters, digits, dots and dashes, 64 at most; give it another with [[client]]',
            name,
        )
    return name


def _apart(clients: Sequence[Client], path: Path) -> None:
    """Refuse clients that could be taken for one another, or whose books lie in one another's."""
    names: dict[str, Client] = {}
    secrets: dict[str, Client] = {}
    folders = {client.folder: client for client in clients}
    for client in clients:
        for known, key, what in (
            (names, client.id.lower(), "the id"),
            (secrets, Settings.of(client.folder).practice.id, f"the [practice] id in {SETTINGS}, and so the secret,"),
        ):
            other = known.setdefault(key, client)
            if other is not client:
                raise DaysheetError(
                    f"{other.folder} and {client.folder} have {what} {key} both",
                    filename=path,
                    remedy="give one another",
                )
        if folders[client.folder] is not client:
            raise DaysheetError(f"{client.folder} is named twice", filename=path, remedy="take one away")
        around = next((folders[parent] for parent in client.folder.parents if parent in folders), None)
        if around is not None:
            raise DaysheetError(
                f"the books of {client.id} lie inside those of {around.id}", filename=path, remedy="keep them apart"
            )
