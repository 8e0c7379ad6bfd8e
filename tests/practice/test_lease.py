"""One writer at a time, also from another machine: the lease in the books folder."""

import os
import subprocess
import sys
import threading
import time

import pytest
from daysheet import files
from daysheet.errors import DaysheetError

HOLD = """
import sys, time
from pathlib import Path
from daysheet import files
with files.locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def lease_of_another_machine(folder, age=0.0):
    lease = folder / files.LEASE
    lease.write_text("elsewhere/1 4242 0123456789abcdef")
    then = time.time() - age
    os.utime(lease, (then, then))
    return lease


def test_a_lease_stands_while_the_books_are_held_and_is_gone_after(tmp_path):
    with files.locked(tmp_path):
        assert (tmp_path / files.LEASE).is_file()
    assert not (tmp_path / files.LEASE).exists()
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".tmp"] == []


def test_another_machine_s_lease_keeps_writers_out_and_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_WAIT_SECONDS", -files._LEASE_SECONDS)
    lease_of_another_machine(tmp_path)
    with (
        pytest.raises(DaysheetError, match="a daysheet on elsewhere is writing to these books"),
        files.locked(tmp_path),
    ):
        pass
    assert (tmp_path / files.LEASE).read_text().startswith("elsewhere/1")


def test_a_lease_that_nobody_renewed_ends(tmp_path):
    lease_of_another_machine(tmp_path, age=files._LEASE_SECONDS + 1)
    with files.locked(tmp_path):
        assert not (tmp_path / files.LEASE).read_text().startswith("elsewhere")
    assert list(tmp_path.glob(".daysheet.lease*")) == []


def test_a_killed_process_s_lease_ends_with_it(tmp_path):
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        process.kill()
        process.wait()
    assert (tmp_path / files.LEASE).exists()
    began = time.monotonic()
    with files.locked(tmp_path):
        pass
    assert time.monotonic() - began < files._WAIT_SECONDS


def test_a_holder_renews_its_lease(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_RENEWED_SECONDS", 0.02)
    with files.locked(tmp_path):
        lease = tmp_path / files.LEASE
        os.utime(lease, (0, 0))
        until = time.monotonic() + 10
        while lease.stat().st_mtime == 0 and time.monotonic() < until:
            time.sleep(0.01)
        assert lease.stat().st_mtime > 0


def test_a_lease_taken_by_another_meanwhile_is_neither_renewed_nor_taken_away(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_RENEWED_SECONDS", 0.02)
    with files.locked(tmp_path):
        lease_of_another_machine(tmp_path, age=1000)
        before = (tmp_path / files.LEASE).stat().st_mtime
        time.sleep(0.2)
        assert (tmp_path / files.LEASE).stat().st_mtime == before
    assert (tmp_path / files.LEASE).read_text().startswith("elsewhere/1")


def test_eight_writers_without_a_lock_of_one_machine_write_one_after_the_other(tmp_path):
    """The lease alone, as on disks whose locks other machines do not see."""
    count = tmp_path / "count"
    count.write_text("0")

    def add():
        for _ in range(5):
            with files._leased(tmp_path):
                seen = int(count.read_text())
                time.sleep(0.001)
                count.write_text(str(seen + 1))

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count.read_text() == "40"
