"""The clients whose ledgers are open: each a process, begun when it is asked for, the one longest unused ended."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from daysheet.errors import DaysheetError
from daysheet.firm import calls, running
from daysheet.firm.calls import MODULE, Call
from daysheet.firm.clients import Client, Firm

_ENDING_SECONDS: Final = 10
_DYING_SECONDS: Final = 2
"""In which a process is gone that answers no more."""
_LEDGER: Final = "daysheet.firm.fava.ledger"


class Ledger:
    """A process that serves one client's ledger.

    Attributes:
        port: on the loopback interface.
        key: what it must be told to answer.
        asked: when it was last asked for a page, on a clock that only goes on.
        busy: how many answers it is giving.
    """

    def __init__(self, process: subprocess.Popen[str], port: int, key: str) -> None:
        """One that answers."""
        self.process = process
        self.port = port
        self.key = key
        self.asked = time.monotonic()
        self.busy = 0

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def has_ended(self) -> bool:
        """Whether it has ended, or ends just now."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(_DYING_SECONDS)
        return not self.is_alive

    def end(self) -> None:
        """End it: at the end of its input it goes."""
        with suppress(OSError):
            if self.process.stdin:
                self.process.stdin.close()
        try:
            self.process.wait(_ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


class Opened:
    """The open ledgers: at most so many, but none is ended that is giving an answer."""

    def __init__(self, most: int, *, read_only: bool) -> None:
        """None yet.

        Args:
            most: how many are kept open.
            read_only: whether nothing can be changed through them.
        """
        self._most = most
        self._read_only = read_only
        self._ledgers: dict[str, Ledger] = {}
        self._lock = threading.Lock()
        self._beginning: dict[str, threading.Lock] = {}
        self._is_ended = False

    def is_open(self, client: Client) -> bool:
        """Whether its ledger is open."""
        ledger = self._ledgers.get(client.id)
        return ledger is not None and ledger.is_alive

    @contextmanager
    def use(self, firm: Firm, client: Client, slug: str) -> Iterator[Ledger]:
        """A client's ledger, opened if it is not.

        Raises:
            DaysheetError: its books cannot be shown, with the reason.
        """
        with self._lock:
            beginning = self._beginning.setdefault(client.id, threading.Lock())
        with beginning:  # others' ledgers are answered meanwhile
            ledger = self._ledgers.get(client.id)
            if ledger is None or not ledger.is_alive:
                ledger = self._begin(firm, client, slug)
            with self._lock:
                ledger.busy += 1
                ledger.asked = time.monotonic()
        try:
            yield ledger
        finally:
            with self._lock:
                ledger.busy -= 1

    def end(self) -> None:
        """End all of them, and begin no more."""
        with self._lock:
            self._is_ended = True
            ledgers, self._ledgers = list(self._ledgers.values()), {}
        for ledger in ledgers:
            ledger.end()

    def _begin(self, firm: Firm, client: Client, slug: str) -> Ledger:
        self._make_room(client)
        ledger = begin(firm, client, slug, read_only=self._read_only)
        with self._lock:
            if not self._is_ended:
                self._ledgers[client.id] = ledger
                return ledger
        ledger.end()
        raise DaysheetError("the server is being ended")

    def _make_room(self, client: Client) -> None:
        with self._lock:
            self._ledgers.pop(client.id, None)
            idle = sorted((one.asked, name) for name, one in self._ledgers.items() if not one.busy)
            over = max(len(self._ledgers) + 1 - self._most, 0)
            ended = [self._ledgers.pop(name) for _, name in idle[:over]]
        for ledger in ended:
            ledger.end()


def begin(firm: Firm, client: Client, slug: str, *, read_only: bool) -> Ledger:
    """Start the process of a client's ledger, with the client's own cache and bounds, closed to the others' books.

    Raises:
        DaysheetError: its books cannot be shown, with the reason.
    """
    call = Call(client.id, client.folder, MODULE, (_LEDGER,), running.tell(firm), firm.memory, firm.seconds)
    key = secrets.token_urlsafe(32)
    with tempfile.TemporaryFile() as wrong:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-P", "-c", _program(firm.memory), str(client.folder), slug, *_mode(read_only)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=wrong, text=True, env=calls.environment(call),
            start_new_session=True, cwd=Path(tempfile.gettempdir()),
        )  # fmt: skip
        said = _first_word(process, key)
        if "port" in said:
            return Ledger(process, said["port"], key)
        process.communicate()  # it ends by itself
        wrong.seek(0)
        lines = wrong.read().decode("utf-8", "replace").splitlines()
    error = said.get("error") or (lines[-1] if lines else f"its process ended with {process.returncode}")
    raise DaysheetError(str(error))


def _program(memory: int) -> str:
    return f"from daysheet.bounded import memory; memory({memory}); from {_LEDGER} import main; main()"


def _mode(read_only: bool) -> list[str]:
    return ["read-only"] if read_only else []


def _first_word(process: subprocess.Popen[str], key: str) -> dict[str, int]:
    """What the process says once it answers or ends; nothing where it ended without a word."""
    if process.stdin is None or process.stdout is None:
        return {}
    with suppress(OSError):
        process.stdin.write(f"{key}\n")
        process.stdin.flush()
    try:
        said: dict[str, int] = json.loads(process.stdout.readline())
    except ValueError:
        return {}
    return said
