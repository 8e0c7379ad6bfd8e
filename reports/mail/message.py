"""The message: the same pack, recipient and day always give the same bytes.

File names and the subject are visible to every server on the way, so they are made from the year and the practice's
name alone. MIME boundaries and the Message-ID are derived from the content instead of drawn at random.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import PurePath
from typing import NamedTuple

from daysheet.errors import DaysheetError
from daysheet.reports.mail.recipients import Mailbox, mailbox

_NEUTRAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}\Z")
_TYPES = {
    ".pdf": ("application", "pdf"),
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".csv": ("text", "csv"),
    ".prn": ("text", "plain"),
    ".iif": ("text", "plain"),
}
_HEADERS = frozenset(
    {
        "from", "to", "subject", "date", "message-id", "mime-version", "content-type", "x-daysheet-pack",
    }
)  # fmt: skip


class File(NamedTuple):
    """An attachment: its neutral name, its bytes, what it is, and the SHA-256 of the plain file it is a copy of."""

    name: str
    data: bytes
    about: str = ""
    plain: str = ""

    @property
    def sha256(self) -> str:
        """The SHA-256 of the bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def origin(self) -> str:
        """The SHA-256 of the file as it lies in the pack, whether or not it is encrypted for the way."""
        return self.plain or self.sha256


def build(
    *,
    sender: Mailbox,
    recipient: Mailbox,
    subject: str,
    note: str,
    files: Sequence[File],
    pack: str,
    at: datetime.datetime,
) -> bytes:
    """The bytes of the message, lines ending in CRLF.

    Args:
        sender: who sends it.
        recipient: the one who gets it.
        subject: one line, without any patient.
        note: the cover note, as plain text.
        files: what is attached.
        pack: the pack's id, kept in a header so that the message can be traced to the books.
        at: when it was drafted, with its time zone.

    Raises:
        DaysheetError: a header would hold a line break, or a file name is not neutral.
    """
    if not (subject + pack).isprintable():  # also what only some programs take for the end of a line
        raise DaysheetError("a subject with line breaks or control characters is refused")
    for file in files:
        if not _NEUTRAL.match(file.name) or PurePath(file.name).suffix not in _TYPES:
            raise DaysheetError(
                f"an attachment's name must be letters, digits, dots and dashes, ending in {', '.join(_TYPES)}"
            )
    content = "\n".join([note, pack, *(f"{file.name} {file.sha256}" for file in files)])
    identity = hashlib.sha256(f"{sender}\n{recipient}\n{subject}\n{content}".encode()).hexdigest()
    message = EmailMessage(policy=SMTP)
    message["From"] = str(sender)
    message["To"] = str(recipient)
    message["Subject"] = subject
    message["Date"] = format_datetime(at.replace(microsecond=0))
    message["Message-ID"] = f"<{identity[:40]}@{sender.address.rpartition('@')[2]}>"
    message["X-Daysheet-Pack"] = pack
    message.set_content(note, cte="quoted-printable")
    for file in files:
        kind, subtype = _TYPES[PurePath(file.name).suffix]
        message.add_attachment(file.data, maintype=kind, subtype=subtype, filename=file.name)
    if message.is_multipart():
        message.set_boundary(f"=_{identity[:40]}")
    return message.as_bytes()


class Envelope(NamedTuple):
    """Who a finished message is from, and the one it is to."""

    sender: Mailbox
    recipient: Mailbox
    message_id: str


def envelope(message: EmailMessage) -> Envelope:
    """The envelope of a message that may have been edited in review.

    Raises:
        DaysheetError: it has more than one recipient, a copy, a header that we do not write, or one twice.
    """
    names = [name.lower() for name in message.keys()]  # noqa: SIM118 - keys() has doubles, iteration too; say it
    odd = sorted({name for name in names if name not in _HEADERS and not name.startswith("content-")})
    if odd:
        raise DaysheetError(f"the message has a header that is not ours: {odd[0]}", remedy="draft it again")
    if len(set(names)) != len(names):
        raise DaysheetError("the message has a header twice", remedy="draft it again")
    sender, to, identity = (str(message.get(name, "")) for name in ("From", "To", "Message-ID"))
    return Envelope(mailbox(sender), mailbox(to), identity)
