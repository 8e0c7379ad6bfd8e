"""The disk fails, or the program is killed, at every call while a message is drafted and sent: it leaves once."""

from __future__ import annotations

import itertools
import os
import shutil
from contextlib import suppress
from functools import partial

import pytest
from daysheet.errors import DaysheetError

from tests.attacks.counts import Counted
from tests.attacks.test_faults import FAULTS, more_failing, struck
from tests.importers.writing.test_faults import Disk

from . import room


class Short(Disk):
    """A disk that is nearly full: it takes a part of what it is given, and says so only by how much."""

    def written(self, descriptor: int, data: bytes) -> int:
        self.calls += 1
        return _WRITE(descriptor, data[: len(data) // 2] if self.calls == self.fails_at else data)


_WRITE = os.write


@pytest.fixture
def security():
    return "starttls"


def whole(mailroom):
    """All that is done with a message, each step only where it is still to be done."""
    (event,) = room.draft(mailroom) if not mailroom.status() else mailroom.status()
    if event.state in ("draft", "refused"):
        mailroom.approve(event.id)
    list(mailroom.send([], room.password))


def in_the_end(mailroom, received) -> str:
    """What a careful person does: look at the state, ask the recipient when it is unknown, and go on."""
    for _ in range(2):
        for event in mailroom.status():
            if event.state == "unknown":
                mailroom.settle(event.id, arrived=bool(received.messages))
        with suppress(DaysheetError):  # sent already
            whole(mailroom)
    return str(mailroom.status()[0].state)


def swept(tmp_path, server, security, ca_file, received, monkeypatch, step) -> int:
    books = tmp_path / "books"

    def again():
        shutil.rmtree(books, ignore_errors=True)
        books.mkdir()
        received.messages.clear()
        return room.mailroom(books, room.settings(server.port, security, ca_file))

    mailroom, disk = again(), Disk(-1, "EIO")
    with more_failing(monkeypatch, disk):
        whole(mailroom)
    assert len(received.messages) == 1
    count = 0
    for number, fault in itertools.product(range(disk.calls, 0, -step), FAULTS):
        mailroom = again()
        struck(monkeypatch, number, fault, partial(whole, mailroom))
        assert in_the_end(mailroom, received) == "sent", (number, fault)
        assert len(received.messages) == 1, (number, fault)
        count += 1
    return count


def test_a_fault_while_mailing_sends_once(tmp_path, server, security, ca_file, received, monkeypatch):
    assert swept(tmp_path, server, security, ca_file, received, monkeypatch, step=9) >= 3


def test_a_line_of_the_log_is_whole_though_the_disk_takes_it_in_parts(
    tmp_path, server, security, ca_file, received, monkeypatch
):
    mailroom = room.mailroom(tmp_path, room.settings(server.port, security, ca_file))
    for number in range(1, 6):
        disk = Short(number, "EIO")
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", disk.written)
            with suppress(DaysheetError):
                whole(mailroom)
    log = (mailroom.outbox.folder / "log.jsonl").read_bytes()
    assert all(line.endswith(b"}") for line in log.splitlines())
    assert (mailroom.status()[0].state, len(received.messages)) == ("sent", 1)


@pytest.mark.long
@pytest.mark.attack
def test_every_fault_while_mailing_sends_once(
    tmp_path, server, security, ca_file, received, monkeypatch, counted: Counted
):
    count = swept(tmp_path, server, security, ca_file, received, monkeypatch, step=1)
    counted(
        count, "faults of the disk and kills while a message is drafted, approved and sent", 0, "lost or sent twice"
    )
    assert count >= 60
