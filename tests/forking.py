"""The process that `tests/forked.py` forks commands from: `python forking.py SOCKET`; it ends with standard input."""

from __future__ import annotations

import atexit
import gc
import importlib
import io
import locale
import marshal
import os
import select
import shutil
import signal
import socket
import sys
import time
import traceback
import types
from contextlib import suppress
from pathlib import Path

from daysheet.cli import VERBS, main

MORE = (
    "beancount.loader", "beancount.ops.documents", "beancount.ops.pad", "beancount.plugins.auto_accounts",
    "daysheet.plugins.billing_gaps", "daysheet.reports.pack.build", "daysheet.reports.pdf.html_to_pdf",
    "daysheet.reports.registry", "holidays.countries.united_states", "importlib.resources.readers", "weasyprint",
    "xlsxwriter",
)  # fmt: skip
"""What a verb imports only as it is called."""


def serve(place: str) -> None:
    """Fork a command for each connection."""
    for name in (*(verb.place.partition(":")[0] for verb in VERBS.values()), *MORE):
        importlib.import_module(name)

    gc.freeze()
    ended, tells = os.pipe()
    for end in (ended, tells):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(tells)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    running: dict[int, socket.socket] = {}
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(place)
        listening.listen(16)
        os.write(1, b"ready\n")
        while True:
            ready, _, _ = select.select([0, ended, listening.fileno()], [], [])
            if 0 in ready:
                shutil.rmtree(Path(place).parent)
                return
            if ended in ready:
                os.read(ended, 1024)
                _tell(running)
            if listening.fileno() in ready:
                asked, _ = listening.accept()
                running[_forked(asked)] = asked


def _tell(running: dict[int, socket.socket]) -> None:
    """Tell the callers of those that ended how they did."""
    with suppress(ChildProcessError):
        while (one := os.waitpid(-1, os.WNOHANG))[0]:
            with running.pop(one[0]) as asked, suppress(OSError):  # a caller may have been killed
                asked.sendall(one[1].to_bytes(4, "big"))


def _forked(asked: socket.socket) -> int:
    """The process id of the command that a caller asks for."""
    size, streams, _, _ = socket.recv_fds(asked, 8, 3)
    said = b""
    while len(said) < int.from_bytes(size, "big"):
        said += asked.recv(1 << 20)
    child = os.fork()
    if child == 0:
        asked.close()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _become(streams, *marshal.loads(said))  # noqa: S302 - our own client's, and it imports nothing
    for stream in streams:
        os.close(stream)
    return child


def _become(
    streams: list[int], arguments: list[str], folder: bytes, environment: dict[bytes, bytes], mask: int
) -> None:
    """Run the command as Python does that has just been started so."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.umask(mask)
    os.environ.clear()
    os.environb.update(environment)
    locale.setlocale(locale.LC_CTYPE, "")
    time.tzset()
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)), "utf-8")
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(io.FileIO(1, "wb", closefd=False)), "utf-8", line_buffering=os.isatty(1)
    )
    sys.stderr = io.TextIOWrapper(
        io.BufferedWriter(io.FileIO(2, "wb", closefd=False)), "utf-8", "backslashreplace", line_buffering=True
    )
    installed = Path(sys.executable).with_name("daysheet")
    sys.argv = [str(installed), *arguments]
    sys.path[0] = str(installed.parent)
    sys.modules["__main__"] = types.ModuleType("__main__")
    os._exit(_ended())


def _ended() -> int:
    """The exit code of the command; Python's own way to end would touch, and so copy, every module's memory."""
    code = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001 - whatever it is, Python shows it and ends with 1
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()
    for output in (sys.stdout, sys.stderr):
        try:
            output.flush()
        except OSError:
            code = 120
    return code


if __name__ == "__main__":
    serve(sys.argv[1])
