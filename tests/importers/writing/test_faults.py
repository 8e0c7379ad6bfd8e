"""The disk fails or the program is killed at any moment of an import: nothing is torn, lost or doubled."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from beancount.core.data import Transaction
from beancount.parser import parser
from daysheet import files
from daysheet.importers import importing
from daysheet.ledger import printer

from tests.attacks.counts import Counted
from tests.importers.books_folder import CHASE, INVOICES, PAYMENTS, VISITS, Folder

FIRST = {
    "v1.csv": VISITS + "V1,2026-03-31,adams,P,scheduled,,50.00\nV2,2026-03-30,adams,P,completed,,50.00\n",
    "p1.csv": PAYMENTS + "P1,2026-03-30,INV-1,,card,50.00,\n",
    "b1.csv": CHASE + "X,03/30/2026,RENT,-100.00,ACH,900.00,,\n",
}
SECOND = {
    "v2.csv": VISITS + "V1,2026-04-02,adams,P,completed,,50.00\nV3,2025-12-30,adams,P,completed,,50.00\n",
    "i2.csv": INVOICES + "INV-1,V2,2026-03-30,adams,P,,50.00,\n",
    "b2.csv": CHASE + "X,03/30/2026,RENT,-100.00,ACH,900.00,,\nX,03/30/2026,TEA,-5.00,ACH,895.00,,\n"
    "X,04/01/2026,TEA,-5.00,ACH,890.00,,\n",
}
SCENARIOS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "into new books": ({}, FIRST),
    "what overtakes, assigns and asserts anew": (FIRST, SECOND),
    "all at once": ({}, FIRST | SECOND),
    "one file again": (FIRST, {"v1.csv": FIRST["v1.csv"]}),
}


class Disk:
    """The calls that change a disk, of which the one with the number `fails_at` does not come back well."""

    def __init__(self, fails_at: int, fault: str) -> None:
        self.calls = 0
        self.fails_at = fails_at
        self.fault = fault

    def strike(self) -> None:
        self.calls += 1
        if self.calls == self.fails_at:
            if self.fault == "KILL":
                os.kill(os.getpid(), signal.SIGKILL)
            raise OSError(getattr(errno, self.fault), os.strerror(getattr(errno, self.fault)))

    def struck(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **named: Any) -> Any:
            self.strike()
            return call(*arguments, **named)

        return wrapped

    def opened(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def fdopen(*arguments: Any, **named: Any) -> Any:
            file = call(*arguments, **named)
            write = file.write

            def half_written(data: bytes) -> int:
                write(data[: len(data) // 2])
                file.flush()
                self.strike()
                return int(write(data[len(data) // 2 :]))

            file.write = half_written
            return file

        return fdopen


class _Writable:
    """A file whose `write` can be replaced, which that of a buffered writer cannot."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self.write: Callable[[bytes], int] = file.write

    def __enter__(self) -> _Writable:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, disk: Disk) -> Iterator[None]:
    real_fdopen = os.fdopen
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", disk.struck(os.fsync))
        patch.setattr(os, "replace", disk.struck(os.replace))
        patch.setattr(os, "unlink", disk.struck(os.unlink))
        patch.setattr(os, "mkdir", disk.struck(os.mkdir))
        patch.setattr(tempfile, "mkstemp", disk.struck(tempfile.mkstemp))
        patch.setattr(os, "fdopen", disk.opened(lambda *a, **k: _Writable(real_fdopen(*a, **k))))
        yield


def dropped(folder: Folder, given: dict[str, str]) -> None:
    for name, text in given.items():
        (folder.path / "inbox" / name).write_text(text)


def take(folder: Folder) -> importing.Outcome:
    return importing.import_files(folder.path, importing.inbox(folder.path, "inbox"))


def entries(folder: Folder) -> list[str]:
    """What the books say, in an order that does not depend on files."""
    wanted = [e for e in folder.books().entries if not (isinstance(e, Transaction) and e.flag == "P")]
    return sorted(printer.format_entry(e) for e in wanted if type(e).__name__ != "Open" and not imported(e))


def imported(entry: Any) -> bool:
    return getattr(entry, "type", None) in ("imported", "fava-extension")


def digests(folder: Folder) -> list[str]:
    return sorted(str(fact.meta["sha256"]) for fact in folder.books().imported)


def none_is_torn(folder: Folder) -> None:
    for path in folder.path.rglob("*.beancount"):
        _, errors, _ = parser.parse_file(str(path))
        assert errors == [], path


class Attempt:
    """A scenario's books, before and as they shall be."""

    def __init__(self, path: Path, name: str) -> None:
        before, given = SCENARIOS[name]
        self.given = given
        self.start = Folder(path / "start")
        dropped(self.start, before)
        take(self.start)
        self.end = self.copy(path / "end")
        take(self.end)
        self.expected = entries(self.end)
        self.scratch = path / "scratch"

    def copy(self, path: Path) -> Folder:
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(self.start.path, path)
        folder = Folder.__new__(Folder)
        folder.path = path
        dropped(folder, self.given)
        return folder

    def check_completed(self, folder: Folder) -> None:
        """Run it again: the books are as they would have been."""
        take(folder)
        assert entries(folder) == self.expected
        assert digests(folder) == digests(self.end)
        assert importing.inbox(folder.path, "inbox") == []
        assert [p.name for p in folder.path.rglob("*.tmp")] == []


def calls_of(attempt: Attempt, monkeypatch: pytest.MonkeyPatch) -> int:
    disk = Disk(-1, "EIO")
    with failing(monkeypatch, disk):
        take(attempt.copy(attempt.scratch))
    return disk.calls


def disk_fails(attempt: Attempt, monkeypatch: pytest.MonkeyPatch, number: int, fault: str) -> None:
    folder = attempt.copy(attempt.scratch)
    ledger = {path: path.read_bytes() for path in folder.path.rglob("*.beancount")}
    disk = Disk(number, fault)
    try:
        with failing(monkeypatch, disk):
            take(folder)
    except OSError:
        files.complete(folder.path)  # as whatever reads the books next does
        committed = any(path.read_bytes() != ledger.get(path) for path in folder.path.rglob("*.beancount"))
        if committed:  # all was in place, and only the tidying behind it failed
            assert entries(folder) == attempt.expected
        else:
            assert entries(folder) == entries(attempt.start)
    none_is_torn(folder)
    attempt.check_completed(folder)


def killed(attempt: Attempt, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    folder = attempt.copy(attempt.scratch)
    child = os.fork()
    if child == 0:
        with failing(monkeypatch, Disk(number, "KILL")):
            take(folder)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    # Beancount writes its cache only after a slow load, so that a run may have fewer calls than the one counted
    assert os.waitstatus_to_exitcode(status) in (-signal.SIGKILL, 0)
    none_is_torn(folder)
    attempt.check_completed(folder)


def sweep(path: Path, monkeypatch: pytest.MonkeyPatch, scenario: str, step: int) -> int:
    attempt = Attempt(path, scenario)
    numbers = range(1, calls_of(attempt, monkeypatch) + 1, step)
    for number in numbers:
        disk_fails(attempt, monkeypatch, number, "ENOSPC")
        disk_fails(attempt, monkeypatch, number, "EIO")
        killed(attempt, monkeypatch, number)
    return 3 * len(numbers)


def test_an_import_survives_a_failing_disk_and_a_kill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sweep(tmp_path, monkeypatch, "what overtakes, assigns and asserts anew", step=7) > 20


def test_a_kill_between_two_files_leaves_books_that_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A balance without the lines that it counts, or a pad without its balance, would keep them from loading."""
    attempt = Attempt(tmp_path, "what overtakes, assigns and asserts anew")
    disk = Disk(-1, "KILL")
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", disk.struck(os.replace))
        take(attempt.copy(attempt.scratch))
    assert disk.calls > 8
    for number in range(2, disk.calls + 1, 2):
        folder = attempt.copy(attempt.scratch)
        child = os.fork()
        if child == 0:
            monkeypatch.setattr(os, "replace", Disk(number, "KILL").struck(os.replace))
            take(folder)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
        files.complete(folder.path)
        assert entries(folder) in (entries(attempt.start), attempt.expected)
        attempt.check_completed(folder)


@pytest.mark.long
@pytest.mark.attack
def test_an_import_survives_every_fault_at_every_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted: Counted
) -> None:
    runs = sum(sweep(tmp_path / name, monkeypatch, name, step=1) for name in SCENARIOS)
    counted(runs, "faults of the disk and kills during an import", 0, "torn, lost or doubled")
    assert runs >= 500


@pytest.mark.parametrize("runs", [3, pytest.param(200, marks=[pytest.mark.long, pytest.mark.attack])])
def test_a_kill_at_any_time_loses_and_doubles_nothing(tmp_path: Path, runs: int, counted: Counted) -> None:
    attempt = Attempt(tmp_path, "all at once")
    program = [str(Path(sys.executable).parent / "daysheet"), "--books", str(attempt.scratch), "import"]
    started = time.monotonic()
    attempt.copy(attempt.scratch)
    subprocess.run(program, check=True, capture_output=True)
    takes = time.monotonic() - started
    chance = random.Random(runs)
    for _ in range(runs):
        folder = attempt.copy(attempt.scratch)
        with subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(chance.uniform(0.5, 1.05) * takes)
            process.kill()
        none_is_torn(folder)
        attempt.check_completed(folder)
    counted(runs, "kills of the program at any time", 0, "imports lost or doubled")
