"""Eight programs and more write to the same books at once: each did its work once, and who could not was told so."""

from __future__ import annotations

import datetime
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from daysheet.errors import DaysheetError
from daysheet.importers import importing
from daysheet.worklist import closures, schedules
from daysheet.worklist.waivers import waive_finding
from daysheet.worklist.year_locks import lock_year

from tests.attacks.counts import Counted
from tests.importers.books_folder import ADJUSTMENTS, CHASE, INVOICES, PAYMENTS, VISITS, Folder
from tests.importers.writing.test_faults import digests, entries, none_is_torn

REFUSED, BROKEN = 2, 3
SCHEDULE = schedules.Schedule("adams", datetime.date(2026, 5, 1), None, ("mon", "tue"), "14", "50.00")
HOLIDAY = datetime.date(2026, 5, 29)
BEFORE = {
    "b.csv": CHASE + "X,12/30/2025,RENT,-100.00,ACH,900.00,,\nX,12/31/2025,TEA,-5.00,ACH,895.00,,\n",
    "v.csv": VISITS + "V1,2026-03-02,adams,P,completed,,50.00\n",
}
FILES = {
    "january.csv": CHASE + "X,01/05/2026,LINEN,-40.00,ACH,855.00,,\nX,01/20/2026,COFFEE,-6.00,ACH,849.00,,\n",
    "february.csv": CHASE + "X,02/03/2026,LINEN,-40.00,ACH,809.00,,\n",
    "seen.csv": VISITS + "V2,2026-03-03,adams,Q,completed,,50.00\nV3,2026-04-01,adams,R,completed,,50.00\n",
    "billed.csv": INVOICES + "INV-2,V2,2026-03-03,adams,Q,,50.00,\n",
    "paid.csv": PAYMENTS + "P2,2026-03-20,INV-2,,card,50.00,\n",
    "adjusted.csv": ADJUSTMENTS + "A2,2026-03-21,INV-2,courtesy,1.00\n",
}


def _import(name: str) -> Callable[[Path], object]:
    def take(folder: Path) -> object:
        outcome = importing.import_files(folder, [folder / "inbox" / name])
        for problem in outcome.refused.values():
            raise problem
        return outcome

    return take


WRITERS: dict[str, Callable[[Path], object]] = {
    **{name: _import(name) for name in FILES},
    "waive": lambda folder: waive_finding(folder, "V1", "a courtesy"),
    "lock": lambda folder: lock_year(folder, 2025),
    "schedule": lambda folder: schedules.declare(folder, SCHEDULE),
    "close": lambda folder: closures.close(folder, HOLIDAY, HOLIDAY, "holiday"),
}


def at_once(folder: Path) -> dict[str, int]:
    """Start a process for each writer, let all go at the same moment, and wait: how each ended."""
    ready, go = os.pipe()
    children = {}
    for name, write in WRITERS.items():
        child = os.fork()
        if child == 0:
            os.close(go)
            os.read(ready, 1)  # all wait here until the other end is closed
            try:
                write(folder)
            except DaysheetError:
                os._exit(REFUSED)
            except BaseException:  # noqa: BLE001 - a child must never go on with the test
                os._exit(BROKEN)
            os._exit(0)
        children[child] = name
    os.close(ready)
    os.close(go)
    return {name: os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child, name in children.items()}


def state(folder: Folder) -> tuple[list[str], list[str], int, int]:
    """What the books say, which files they have, and how often the waiver and the lock stand in them."""
    texts = [
        folder.text(name) if (folder.path / name).exists() else "" for name in ("waivers.beancount", "locks.beancount")
    ]
    said = [
        re.sub(r'.*( custom "waived")', r"\1", entry) for entry in entries(folder)
    ]  # of the day that the books reach then
    return sorted(said), digests(folder), texts[0].count('"waived"'), texts[1].count('"locked"')


@pytest.mark.parametrize("rounds", [1, pytest.param(100, marks=[pytest.mark.long, pytest.mark.attack])])
def test_eight_writers_lose_and_double_nothing(folder: Folder, tmp_path: Path, rounds: int, counted: Counted) -> None:
    for name, text in BEFORE.items():
        folder.take(name, text)
    for name, text in FILES.items():
        (folder.path / "inbox" / name).write_text(text)
    start, told = folder.path, 0
    alone = Folder.__new__(Folder)
    alone.path = shutil.copytree(start, tmp_path / "alone")
    for write in WRITERS.values():
        write(alone.path)
    expected = state(alone)
    assert expected[2:] == (1, 1)
    for _ in range(rounds):
        both = Folder.__new__(Folder)
        both.path = tmp_path / "both"
        shutil.rmtree(both.path, ignore_errors=True)
        shutil.copytree(start, both.path)
        ended = at_once(both.path)
        assert set(ended.values()) <= {0, REFUSED}, ended
        none_is_torn(both)
        for name in (name for name, code in ended.items() if code == REFUSED):
            told += 1
            WRITERS[name](both.path)  # who was told that others write comes again
        assert state(both) == expected, ended
    counted(
        rounds * len(WRITERS),
        f"writers in {rounds} rounds of {len(WRITERS)} at once",
        0,
        "updates lost or doubled",
        f"{told} were told to come again",
    )
