"""The disk fails, or the program is killed, at every call of a waiver, a lock and a pack: all is there, or nothing."""

from __future__ import annotations

import datetime
import itertools
import os
import shutil
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from beancount.core.data import Custom
from daysheet import files
from daysheet.books import Books, loading
from daysheet.books.deposited import Named
from daysheet.cash.reconciliation import reconcile
from daysheet.importers.amending import matching, uncategorized
from daysheet.importers.amending.amendment import put_in_place, tried
from daysheet.importers.writing.dry_run import Copy
from daysheet.reports.pack import filing
from daysheet.reports.statements import account_numbers
from daysheet.settings import Settings
from daysheet.worklist import schedules
from daysheet.worklist.waivers import waive_finding
from daysheet.worklist.year_locks import lock_year

from tests.attacks.counts import Counted
from tests.importers.books_folder import CHASE, PAYMENTS, VISITS, Folder
from tests.importers.writing.test_faults import Disk, failing, none_is_torn

FAULTS = ("EIO", "ENOSPC", "KILL")
SLIP = "DSLIP,04/09/2026,DEPOSIT ID NUMBER 12,60.00,DEPOSIT,,,\n"
BANK = (
    CHASE
    + SLIP
    + "X,12/30/2025,RENT,-100.00,ACH,900.00,,\nX,12/31/2025,TEA,-5.00,ACH,895.00,,\n"
    + "X,03/31/2026,TEA,-5.00,ACH,890.00,,\n"
)
OLD = {"manifest.json": b'{"files": [{"name": "a.pdf"}, {"name": "gone.csv"}]}', "a.pdf": b"old", "gone.csv": b"old"}
NEW = {"manifest.json": b'{"files": [{"name": "a.pdf"}, {"name": "b.csv"}]}', "a.pdf": b"new", "b.csv": b"new"}


CHECKS = PAYMENTS + "C4,2026-04-08,I4,,check,60.00,\nC5,2026-04-08,I5,,check,60.00,\n"
STEPS = {"match": 20, "categorize": 20}
NAMED = [Named("C4")]
NO_DIFFERENCE = matching.Difference("", "")
SCHEDULE = schedules.Schedule("adams", datetime.date(2026, 5, 1), None, ("mon", "tue"), "14", "50.00")


class Work(NamedTuple):
    """Something that writes to books.

    Attributes:
        do: does it.
        seen: what a reader finds, after what any command of ours does first.
        times: how often it stands in the books, where once is right.
    """

    do: Callable[[Path], object]
    seen: Callable[[Path], object]
    times: Callable[[Path], int]


def _in_books(say: Callable[[Path], object]) -> Callable[[Path], object]:
    def seen(folder: Path) -> object:
        loading.load(folder)  # completes what was begun
        return say(folder)

    return seen


def _pack(folder: Path) -> dict[str, bytes]:
    with files.locked(folder):
        filing.recover(folder, 2026)
    place = filing.place(folder, 2026)
    return {path.name: path.read_bytes() for path in place.iterdir()}


def _amended(folder: Path, change: Callable[[Copy, Books], object]) -> None:
    """What `daysheet match` and Fava's page of categories do: a copy is changed, and then the books as the copy."""
    _, amendment = tried(folder, change)
    put_in_place(amendment)


def _slip(books: Books) -> str:
    """The bank line of two checks, either of which it may be."""
    found = reconcile(books, books.entries[-1].date).open_deposits
    return next(one.deposit.id for one in found if one.deposit.amount == 60)


def _matched(books: Books) -> list[str]:
    return [str(entry.values) for entry in books.entries if isinstance(entry, Custom) and "deposit" in entry.type]


def _rent(folder: Path, books: Books) -> list[uncategorized.Choice]:
    like = uncategorized.undecided(books, Settings.of(folder))
    ids = next(frozenset(one.ids) for one in like if one.text == "RENT")
    return [uncategorized.Choice(ids, "Expenses:Rent", is_rule=True)]


def _rents(folder: Path) -> int:
    return (folder / "2025" / "2025-12-chase-checking.beancount").read_text().count("Expenses:Rent")


WORK = {
    "waive": Work(
        lambda folder: waive_finding(folder, "V1", "a courtesy"),
        _in_books(lambda folder: sorted(loading.load(folder).waivers)),
        lambda folder: (folder / "waivers.beancount").read_text().count('"waived"'),
    ),
    "lock": Work(
        lambda folder: lock_year(folder, 2025),
        _in_books(lambda folder: [lock.digest for lock in loading.load(folder).locks.values()]),
        lambda folder: (folder / "locks.beancount").read_text().count('"locked"'),
    ),
    "number accounts": Work(
        lambda folder: account_numbers.keep(folder, loading.load(folder)),
        _in_books(lambda folder: sorted(account_numbers.kept(loading.load(folder)).items())),
        lambda folder: (folder / account_numbers.FILE).read_text().count("Assets:Bank:Checking"),
    ),
    "schedule": Work(
        lambda folder: schedules.declare(folder, SCHEDULE),
        _in_books(lambda folder: [fact.since for fact in loading.load(folder).providers.get("adams", ())]),
        lambda folder: (folder / schedules.FILE).read_text().count("2026-05-01"),
    ),
    "match": Work(
        lambda folder: _amended(
            folder, lambda copy, books: matching.say(copy, books, _slip(books), NAMED, NO_DIFFERENCE)
        ),
        _in_books(lambda folder: sorted(_matched(loading.load(folder)))),
        lambda folder: len(_matched(loading.load(folder))),
    ),
    "categorize": Work(
        lambda folder: _amended(
            folder, lambda copy, books: uncategorized.categorize(copy, books, _rent(folder, books))
        ),
        _in_books(lambda folder: (_rents(folder), (folder / "daysheet.toml").read_text())),
        lambda folder: (folder / "daysheet.toml").read_text().count("^rent"),
    ),
    "pack": Work(
        lambda folder: filing.write(folder, 2026, NEW),
        _pack,
        lambda folder: len(list((folder / "packs").iterdir())),
    ),
}


@contextmanager
def more_failing(monkeypatch: pytest.MonkeyPatch, disk: Disk) -> Iterator[None]:
    """The calls that change a disk, those that only a pack and the mail make as well."""
    with failing(monkeypatch, disk), monkeypatch.context() as patch:
        patch.setattr(os, "rename", disk.struck(os.rename))
        patch.setattr(os, "rmdir", disk.struck(os.rmdir))
        patch.setattr(os, "chmod", disk.struck(os.chmod))
        yield


def struck(monkeypatch: pytest.MonkeyPatch, number: int, fault: str, work: Callable[[], object]) -> None:
    """Do some work whose call to the disk of this number fails, or kills the process."""
    if fault != "KILL":
        with suppress(OSError), more_failing(monkeypatch, Disk(number, fault)):
            work()
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the server's thread takes no part in what the child does
        child = os.fork()
    if child == 0:
        with suppress(Exception), more_failing(monkeypatch, Disk(number, fault)):
            work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) in (-signal.SIGKILL, 0)


@pytest.fixture
def start(folder: Folder) -> Folder:
    """Books with a bank's year to lock, a visit to waive, and a pack with a file that somebody has laid beside it."""
    folder.take("v.csv", VISITS + "V1,2026-03-02,adams,P,completed,,50.00\n")
    folder.take("b.csv", BANK)
    folder.take("p.csv", CHECKS)
    place = filing.write(folder.path, 2026, OLD)
    (place / "letter.txt").write_bytes(b"mine")
    return folder


def swept(start: Folder, scratch: Path, monkeypatch: pytest.MonkeyPatch, name: str, step: int) -> int:
    """Every fault at every so-manieth call; how many there were."""
    do, seen, times = WORK[name]
    folder = Folder.__new__(Folder)
    folder.path = scratch

    def again() -> None:
        shutil.rmtree(scratch, ignore_errors=True)
        shutil.copytree(start.path, scratch)

    again()
    before, disk = seen(scratch), Disk(-1, "EIO")
    with more_failing(monkeypatch, disk):
        do(scratch)
    after, once = seen(scratch), times(scratch)
    assert before != after
    count = 0
    for number, fault in itertools.product(range(disk.calls, 0, -step), FAULTS):
        again()
        struck(monkeypatch, number, fault, lambda: do(scratch))
        none_is_torn(folder)
        found = seen(scratch)
        assert found in (before, after), (name, number, fault)
        if found == before:
            do(scratch)
        assert (seen(scratch), times(scratch)) == (after, once), (name, number, fault)
        count += 1
    return count


@pytest.mark.parametrize("name", [name for name in WORK if name != "pack"])  # a build takes seconds: among the sweeps
def test_a_failing_disk_or_a_kill_leaves_all_or_nothing(
    start: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert swept(start, tmp_path / "scratch", monkeypatch, name, step=STEPS.get(name, 6)) >= 6


@pytest.mark.long
@pytest.mark.attack
def test_every_fault_at_every_call_leaves_all_or_nothing(
    start: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted: Counted
) -> None:
    faults = {name: swept(start, tmp_path / "scratch", monkeypatch, name, step=1) for name in WORK}
    each = ", ".join(f"{name} {count}" for name, count in faults.items())
    counted(sum(faults.values()), "faults of the disk and kills", 0, "torn, lost or doubled", each)
    assert sum(faults.values()) >= 150
