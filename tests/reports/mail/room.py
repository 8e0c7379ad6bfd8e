"""A mailroom over a scratch outbox; run as a program, it sends what is approved and can be killed at any record."""

from __future__ import annotations

import datetime
import os
import signal
import sys
from pathlib import Path

from daysheet.reports.mail.delivery import Mailroom
from daysheet.reports.mail.message import File
from daysheet.reports.mail.outbox import Outbox
from daysheet.reports.mail.settings import MailSettings
from daysheet.reports.mail.submission import Login

USER = "books@harbor.example"
PASSWORD = "correct horse battery"
RECIPIENT = "dana@whitfield-cpa.example"
PACK = File("pack-2026.pdf", b"%PDF-1.7 not a real one\n.\n..dots at line starts\n" * 50)


def settings(port: int, security: str, ca_file: str | Path, **more) -> MailSettings:
    values = {
        "sender": f"Harbor Bookkeeping <{USER}>",
        "recipients": (f"Dana Whitfield <{RECIPIENT}>",),
        "host": "127.0.0.1",
        "port": port,
        "security": security,
        "ca_file": str(ca_file),
        "secret": "env:MAIL_SECRET",
        "timeout": 5,
    }
    return MailSettings(**{**values, **more})


def clock() -> datetime.datetime:
    return datetime.datetime(2027, 1, 20, 9, 30, tzinfo=datetime.UTC)


def mailroom(books: Path, mail: MailSettings, known: tuple[str, ...] = (RECIPIENT,)) -> Mailroom:
    return Mailroom(Outbox(books), mail, lambda: known, lambda _: True, clock)


def draft(room: Mailroom, files=(PACK,), to: str = RECIPIENT, pack: str = "WC-2026-0123456789"):
    return room.draft(
        2026,
        pack,
        list(files),
        to=to,
        subject="Accountant's pack 2026",
        note=lambda part, parts, files: f"Part {part}/{parts}",
    )


def password() -> Login:
    return Login(USER, PASSWORD, None)


def main() -> None:
    """`room.py BOOKS PORT SECURITY CA [before|after N]`: wait for a line on standard input, then do what it says."""
    books, port, security, ca_file, *fatal = sys.argv[1:]
    room = mailroom(Path(books), settings(int(port), security, ca_file))
    if fatal:
        when, nth = fatal[0], int(fatal[1])
        record, count = room.outbox.record, 0

        def deadly(event):
            nonlocal count
            count += 1
            if when == "before" and count == nth:
                os.kill(os.getpid(), signal.SIGKILL)
            record(event)
            if when == "after" and count == nth:
                os.kill(os.getpid(), signal.SIGKILL)

        room.outbox.record = deadly  # type: ignore[method-assign]
    action = sys.stdin.readline().strip()
    if action == "draft":
        draft(room)
    elif action == "approve":
        room.approve(room.status()[0].id)
    else:
        list(room.send([], password))


if __name__ == "__main__":
    main()
