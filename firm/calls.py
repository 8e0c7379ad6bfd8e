"""One client's work in a process of its own: its words, its end, what it took.

A call and its outcome are plain values that can be sent to another machine which sees the same folders.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from daysheet import console, files
from daysheet.trust import neighbours

MODULE: Final = "module"
VERB: Final = "verb"
_VERB: Final = "from daysheet.cli import main; main()"
_KB: Final = 1 if sys.platform == "darwin" else 1024
_NO_MORE_MEMORY: Final = "it took more than the {memory:,} MB of memory that memory-mb in firm.toml allows"
_LATE: Final = "it took longer than the {minutes} minutes that firm.toml allows"
_KILLED: Final = "its process was killed ({signal}){again}"


_running: Final[set[int]] = set()


class Call(NamedTuple):
    """What is to be done for one client.

    Attributes:
        client: its id.
        folder: its books.
        program: `verb` for a verb of `daysheet`, `module` for a module that is given the folder.
        arguments: the verb's name and its own; or the module's name and its own.
        closed: the file that names all clients' folders: this client's process reads nothing of the others'.
        memory: bytes that it may take.
        seconds: that it may take.
    """

    client: str
    folder: Path
    program: str
    arguments: tuple[str, ...]
    closed: Path
    memory: int
    seconds: int


class Outcome(NamedTuple):
    """What became of a call.

    Attributes:
        client: the client's id.
        code: the verb's own: 0 all is well, 1 there are findings, 2 not done; negative for a signal.
        output: what it printed.
        error: the one line that says why it was not done, else empty.
        seconds: by the clock.
        processor: seconds of the processor.
        peak: the most memory that one of its processes took, in bytes.
        attempts: how often it was begun.
        is_kept: whether nothing had changed since an earlier run, whose outcome this is.
    """

    client: str
    code: int
    output: str
    error: str
    seconds: float
    processor: float
    peak: int
    attempts: int
    is_kept: bool = False

    @property
    def is_done(self) -> bool:
        """Whether it was done, with findings or without."""
        return self.code in {console.OK, console.FINDINGS}


def run(call: Call) -> Outcome:
    """Do it: one that is killed from outside is begun once more, then reported."""
    outcome = _attempt(call, 1)
    if outcome.code < 0 and not outcome.error and outcome.code != -signal.SIGTERM:
        outcome = _attempt(call, 2)
    if outcome.code < 0 and not outcome.error:
        outcome = outcome._replace(
            error=_KILLED.format(
                signal=signal.Signals(-outcome.code).name, again=", twice" if outcome.attempts > 1 else ""
            )
        )
    return outcome


def stop() -> None:
    """End the clients' processes that run: the user has stopped the command."""
    for process in list(_running):
        with suppress(ProcessLookupError):
            os.killpg(process, signal.SIGTERM)


def _attempt(call: Call, attempts: int) -> Outcome:
    began = time.monotonic()
    late = threading.Event()
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as wrong, tempfile.TemporaryFile() as took:
        process = subprocess.Popen(  # noqa: S603 - our own program
            _command(call, took.fileno()), stdin=subprocess.DEVNULL, stdout=said, stderr=wrong, env=environment(call),
            start_new_session=True, pass_fds=[took.fileno()],
        )  # fmt: skip

        def end() -> None:
            late.set()
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

        clock = threading.Timer(call.seconds, end)
        clock.start()
        _running.add(process.pid)
        try:
            _, status, usage = os.wait4(process.pid, 0)
        finally:
            _running.discard(process.pid)
            clock.cancel()
        code = process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        wrong.seek(0)
        output, error = (file.read().decode("utf-8", "replace") for file in (said, wrong))
        took.seek(0)
        told = took.read()
    if code == console.FINDINGS and (call.program == MODULE or not output.strip()):
        code = console.BROKEN  # what Python ends with where a program could not even begin; findings are printed
    peak = int(told) if told.isdigit() else usage.ru_maxrss * _KB  # one that was killed tells nothing
    return Outcome(
        call.client, code, output, _why(call, code, error, is_late=late.is_set()),
        round(time.monotonic() - began, 3), round(usage.ru_utime + usage.ru_stime, 3), peak, attempts,
    )  # fmt: skip


def _why(call: Call, code: int, error: str, *, is_late: bool) -> str:
    """Why it was not done, in a line; empty where it was, or where it was killed from outside."""
    if code in {console.OK, console.FINDINGS}:
        return ""
    if is_late:
        return _LATE.format(minutes=call.seconds // 60)
    lines = [line for line in error.splitlines() if line.strip()]
    if "MemoryError" in error or "bad_alloc" in error:
        return _NO_MORE_MEMORY.format(memory=call.memory // 1_000_000)
    if code < 0:
        return ""
    # whose books they are is said beside it
    said = lines[-1].removeprefix("daysheet: ").replace(f"{call.folder}{os.sep}", "") if lines else ""
    return said or f"it ended with {code} and said nothing"


def _command(call: Call, took: int) -> list[str]:
    bounded = f"from daysheet.bounded import memory, tell_peak; memory({call.memory}); tell_peak({took}); "
    if call.program == VERB:
        return [sys.executable, "-P", "-c", bounded + _VERB, "--books", str(call.folder), *call.arguments]
    module, *more = call.arguments
    return [sys.executable, "-P", "-c", f"{bounded}from {module} import main; main()", str(call.folder), *more]


def environment(call: Call) -> Mapping[str, str]:
    """The variables of a client's process: a cache of its own, and the folders that are closed to it."""
    own = files.users_cache() / "daysheet-clients" / neighbours.name_of(call.folder)
    return os.environ | {
        "XDG_CACHE_HOME": str(own),
        neighbours.VARIABLE: str(call.closed),
        "PYTHONHASHSEED": "0",
    }
