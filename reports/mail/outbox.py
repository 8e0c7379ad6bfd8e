"""The outbox: what was drafted, approved and sent, as a log that is only ever added to.

Each state is one line of `outbox/log.jsonl`, on disk before the next step is taken, so that whatever kills the program,
the log tells the truth about what the server may have: a message is `unknown` from the moment its data went out until
the server's answer is on disk. The log holds hashes, addresses and the server's words; no patient and no secret.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

from daysheet import files
from daysheet.errors import DaysheetError
from daysheet.trust import reading
from filelock import FileLock, Timeout

State = Literal["draft", "approved", "sending", "handing-over", "sent", "refused", "deferred", "unknown"]
LOG: Final = "log.jsonl"
DONE: Final = ("sent",)
_ID: Final = re.compile(r"-?[0-9]+-[0-9a-f]{10}")


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log.

    Attributes:
        at: when, in UTC, ISO 8601.
        id: the message, `YEAR-` and the first digits of a hash; also the name of its `.eml`.
        state: what it became.
        year: the pack's year.
        part: which of several messages that a large pack was split into, `1/1` for one alone.
        recipient: the one address.
        pack: the pack's id.
        pack_sha256: of the files attached, in order, as they lie in the pack (before any encryption).
        message_sha256: of the bytes of the `.eml`.
        reply: the server's words, or the reason.
    """

    at: str
    id: str
    state: State
    year: int
    part: str
    recipient: str
    pack: str
    pack_sha256: str
    message_sha256: str
    reply: str = ""


class Outbox:
    """The outbox of one books folder; use it inside `held` to change anything."""

    def __init__(self, books: Path) -> None:
        """The folder is made when the first message is drafted."""
        self.folder = books / "outbox"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the outbox against any other sender, so that no message leaves twice.

        Raises:
            DaysheetError: another program is sending.
        """
        self._inside()
        self.folder.mkdir(exist_ok=True)
        ignore = self.folder / ".gitignore"
        if not ignore.exists():
            files.write(ignore, b"*\n")
        try:
            with FileLock(_no_link(self.folder / ".lock"), timeout=1):
                yield
        except Timeout:
            raise DaysheetError(
                "another daysheet is sending from this outbox", filename=self.folder, remedy="wait for it to end"
            ) from None

    @property
    def log(self) -> Path:
        """Where the log is."""
        return self.folder / LOG

    def _inside(self) -> None:
        """Refuse an outbox that is a link, or no folder: what is written there would be written elsewhere."""
        if self.folder.is_symlink() or (self.folder.exists() and not self.folder.is_dir()):
            remedy = "move it away; the next draft makes a folder"
            raise DaysheetError("the outbox is no folder of these books", filename=self.folder, remedy=remedy)

    def eml(self, identifier: str) -> Path:
        """Where the bytes of a message are.

        Raises:
            DaysheetError: a link stands in its place.
        """
        return _no_link(self.folder / f"{identifier}.eml")

    def store(self, identifier: str, message: bytes) -> None:
        """Keep the bytes of a draft."""
        files.write(self.eml(identifier), message)

    def record(self, event: Event) -> None:
        """Add a line to the log; it is on disk when this returns."""
        line = json.dumps(asdict(event), ensure_ascii=False).encode() + b"\n"
        path = _no_link(self.log)
        fresh = not path.exists()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            if not fresh and not self._ends_whole(path):
                line = b"\n" + line
            while line:  # a disk that is nearly full takes a part, and says so only when it is asked for the rest
                line = line[os.write(descriptor, line) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if fresh:
            files.sync_folder(self.folder)

    def history(self) -> list[Event]:
        """All events in order; a line that a crash cut short was never acted on, and is passed over.

        Raises:
            DaysheetError: a whole line is not ours.
        """
        self._inside()
        path = _no_link(self.log)
        if not path.exists():
            return []
        events = []
        for number, line in enumerate(reading.data(path).split(b"\n"), 1):
            try:
                if line.strip():
                    events.append(_event(json.loads(line)))
            except (ValueError, TypeError, RecursionError):
                if not self._cut_short(line):
                    raise DaysheetError("not a line of this log", filename=path, line=number) from None
        return events

    def current(self) -> dict[str, Event]:
        """The last event of each message, in the order of their drafting.

        A message found in mid-send belongs to a program that died, since the outbox is held while sending: before its
        data went out it is `deferred`, after that `unknown`.
        """
        latest: dict[str, Event] = {}
        for event in self.history():
            latest[event.id] = event
        return latest

    def find(self, identifier: str) -> Event:
        """The last event of the message with this id, or with the only id that starts so.

        Raises:
            DaysheetError: there is none, or there are several.
        """
        found = [event for key, event in self.current().items() if key.startswith(identifier)]
        exact = [event for event in found if event.id == identifier]
        if len(exact or found) != 1:
            what = "several messages start" if found else "no message starts"
            raise DaysheetError(f"{what} with {identifier!r}", remedy="see daysheet mail status")
        return (exact or found)[0]

    @staticmethod
    def _ends_whole(path: Path) -> bool:
        with path.open("rb") as file:
            if file.seek(0, os.SEEK_END) == 0:
                return True
            file.seek(-1, os.SEEK_END)
            return file.read() == b"\n"

    @staticmethod
    def _cut_short(line: bytes) -> bool:
        return line.startswith(b"{") and not line.endswith(b"}")


def _event(said: dict[str, Any]) -> Event:
    """What a line of the log says.

    Raises:
        ValueError, TypeError: it is none that we write; a message's id, for one, is the name of a file.
    """
    event = Event(**said)
    texts = [value for key, value in asdict(event).items() if key != "year"]
    if not all(isinstance(text, str) for text in texts) or type(event.year) is not int:
        raise TypeError
    if not _ID.fullmatch(event.id) or event.state not in get_args(State):
        raise ValueError
    return event


def _no_link(path: Path) -> Path:
    if path.is_symlink():
        raise DaysheetError("a link stands where the outbox keeps a file", filename=path, remedy="remove it")
    return path


def digest(message: bytes) -> str:
    """The SHA-256 of a message's bytes, in hexadecimal."""
    return hashlib.sha256(message).hexdigest()
