"""The programs in which we read what may harm, each started once and forked for every input, so that many are tried.

A reader that starts a process for each file tries five files a second: nearly all of that is Python, starting. Here the
same program, from the same file, under the same bounds, runs in a fork of a process that has its libraries loaded.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any, Final

from daysheet.importers.rows import workbook, workbook_reader
from daysheet.reports.mail import note, note_program
from daysheet.reports.pack import reading

_LIBRARIES: Final = {
    workbook_reader.__file__: ("python_calamine",),
    note_program.__file__: ("jinja2.sandbox",),
    reading.__name__: ("pikepdf", "daysheet.reports.pack", "daysheet.errors"),
}
"""What each program loads before it reads."""
_SERVER: Final = """
import importlib, json, os, runpy, signal, sys
program, *libraries = sys.argv[1:]
for library in libraries:
    importlib.import_module(library)
run = runpy.run_path if os.path.exists(program) else runpy.run_module
for line in sys.stdin:
    arguments, given, out, seconds = json.loads(line)
    child = os.fork()
    if not child:
        code = 1
        try:
            signal.alarm(seconds)
            for number, file in enumerate((os.open(given, os.O_RDONLY), os.open(out, os.O_WRONLY | os.O_TRUNC),
                                           os.open(os.devnull, os.O_WRONLY))):
                os.dup2(file, number)
            sys.stdin, sys.stdout = open(0, encoding="utf-8"), open(1, "w", encoding="utf-8")
            sys.argv = [program, *arguments]
            run(program, run_name="__main__")
        except SystemExit as ended:
            code = ended.code or 0
            sys.stdout.flush()
        finally:
            os._exit(code)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
_PATIENCE: Final = 60


class _Forked:
    """One run, at its end: the part of `subprocess.Popen` that our readers use."""

    def __init__(self, command: Sequence[str], stdin: IO[bytes], **_: object) -> None:
        at = next(at for at, each in enumerate(command) if each in _LIBRARIES)
        given, out = f"/proc/{os.getpid()}/fd/{stdin.fileno()}", _place() / "out"
        out.touch()
        server = _server(command[at])
        server.stdin.write(json.dumps([list(command[at + 1 :]), given, str(out), _PATIENCE]) + "\n")
        server.stdin.flush()
        self.returncode = int(server.stdout.readline())
        self.stdout = out.open("rb")

    def __enter__(self) -> _Forked:
        return self

    def __exit__(self, *_: object) -> None:
        self.stdout.close()

    def wait(self) -> int:
        return self.returncode

    def kill(self) -> None:
        """It has ended."""


class _Subprocess:
    """What stands in the place of `subprocess` in a reader that starts a program."""

    PIPE, DEVNULL = subprocess.PIPE, subprocess.DEVNULL
    TimeoutExpired = subprocess.TimeoutExpired
    Popen = _Forked

    @staticmethod
    def run(command: Sequence[str], *, input: bytes, **_: object) -> subprocess.CompletedProcess[bytes]:  # noqa: A002 - the library's own word
        with tempfile.TemporaryFile(dir=_place()) as given:
            given.write(input)
            given.flush()
            with _Forked(command, given) as done:
                return subprocess.CompletedProcess(command, done.returncode, done.stdout.read(), b"")


def fork() -> None:
    """From here on, the programs that this process's readers start are forked."""
    for module in (workbook, note, reading):
        vars(module)["subprocess"] = _Subprocess


@cache
def _place() -> Path:
    memory = Path("/dev/shm")  # noqa: S108 - the system's own, and the folder in it is ours alone
    return Path(tempfile.mkdtemp(prefix="daysheet-apart-", dir=memory if memory.is_dir() else None))


@cache
def _server(program: str) -> Any:
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _SERVER, program, "daysheet.bounded", *_LIBRARIES[program]],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
