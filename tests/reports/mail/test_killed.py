"""Kill −9 at each state change and at each verb: nothing sent twice, nothing lost, the state true."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from . import room

# a send writes three lines: sending, handing-over, and the server's answer
STATE_AFTER = {
    ("before", 1): "approved",
    ("after", 1): "deferred",
    ("before", 2): "deferred",
    ("after", 2): "unknown",
    ("before", 3): "unknown",
    ("after", 3): "sent",
}


def started(books, server, security, ca_file, *fatal):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.reports.mail.room", str(books), str(server.port), security, str(ca_file), *fatal],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )


@pytest.fixture
def mailroom(tmp_path, server, security, ca_file):
    mailroom = room.mailroom(tmp_path, room.settings(server.port, security, ca_file))
    (event,) = room.draft(mailroom)
    mailroom.approve(event.id)
    return mailroom


def delivered_in_the_end(mailroom, received):
    """What a careful person does: look at the state, ask the recipient when it is unknown, send again."""
    (event,) = mailroom.status()
    if event.state == "unknown":
        mailroom.settle(event.id, arrived=bool(received.messages))
    list(mailroom.send([], room.password))
    return mailroom.status()[0].state


@pytest.mark.parametrize(("when", "nth"), STATE_AFTER)
def test_killed_at_a_state_change(mailroom, tmp_path, server, security, ca_file, received, when, nth):
    process = started(tmp_path, server, security, ca_file, when, str(nth))
    process.communicate("go\n", timeout=60)
    assert process.returncode == -9
    assert mailroom.status()[0].state == STATE_AFTER[when, nth]
    assert len(received.messages) == (1 if nth == 3 else 0)
    assert delivered_in_the_end(mailroom, received) == "sent"
    assert len(received.messages) == 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("action", ["draft", "approve"])
def test_killed_while_drafting_or_approving(tmp_path, server, security, ca_file, received, action, when):
    mailroom = room.mailroom(tmp_path, room.settings(server.port, security, ca_file))
    if action == "approve":
        room.draft(mailroom)
    process = started(tmp_path, server, security, ca_file, when, "1")
    process.communicate(f"{action}\n", timeout=60)
    assert process.returncode == -9
    states = [event.state for event in mailroom.status()]
    assert (
        states
        == {
            ("draft", "before"): [],
            ("draft", "after"): ["draft"],
            ("approve", "before"): ["draft"],
            ("approve", "after"): ["approved"],
        }[action, when]
    )
    if states != ["approved"]:
        (event,) = room.draft(mailroom)
        mailroom.approve(event.id)
    assert delivered_in_the_end(mailroom, received) == "sent"
    assert len(received.messages) == 1


@pytest.mark.parametrize("verb", ["EHLO", "AUTH", "MAIL", "RCPT", "DATA", "END"])
def test_killed_at_a_verb(mailroom, tmp_path, server, security, ca_file, plan, received, verb):
    process = started(tmp_path, server, security, ca_file)
    plan.verb, plan.kill, plan.times = verb, process.pid, 1
    process.communicate("go\n", timeout=60)
    assert process.returncode == -9
    plan.verb = ""
    expected = "unknown" if verb == "END" else "deferred"
    assert mailroom.status()[0].state == expected
    assert delivered_in_the_end(mailroom, received) == "sent"
    assert len(received.messages) == 1


def test_a_log_line_cut_short_by_the_crash_is_passed_over(mailroom):
    log = mailroom.outbox.folder / "log.jsonl"
    with log.open("ab") as file:
        file.write(b'{"at": "2027-01-20T09:30:00+00:00", "id": "20')
    assert mailroom.status()[0].state == "approved"
    assert [event.state for event in mailroom.send([], room.password)] == ["sent"]
    assert mailroom.status()[0].state == "sent"
