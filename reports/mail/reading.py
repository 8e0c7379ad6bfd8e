"""A message of the outbox as it will arrive: who it is from and to, its note, and what is attached."""

from __future__ import annotations

import hashlib
import io
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import NamedTuple

import pikepdf


class Attachment(NamedTuple):
    """A file as it is attached: its size in bytes, their SHA-256, and whether it takes a password to read it."""

    name: str
    size: int
    sha256: str
    is_encrypted: bool


class Letter(NamedTuple):
    """What a message says; each header as it is written."""

    sender: str
    recipient: str
    subject: str
    date: str
    note: str
    attachments: tuple[Attachment, ...]


def read(message: bytes) -> Letter:
    """What the bytes of a message say, whoever has edited them since it was drafted."""
    parsed = message_from_bytes(message, _class=EmailMessage, policy=SMTP)
    body = parsed.get_body(("plain",))
    note = body.get_content() if body is not None else ""
    sender, recipient, subject, date = (str(parsed.get(name, "")) for name in ("From", "To", "Subject", "Date"))
    attached = tuple(map(_attachment, parsed.iter_attachments())) if parsed.is_multipart() else ()
    return Letter(sender, recipient, subject, date, str(note).replace("\r\n", "\n"), attached)


def _attachment(part: EmailMessage) -> Attachment:
    data = part.get_payload(decode=True)
    content = data if isinstance(data, bytes) else b""
    name = str(part.get_filename() or "")
    return Attachment(name, len(content), hashlib.sha256(content).hexdigest(), _is_encrypted(content))


def _is_encrypted(content: bytes) -> bool:
    try:
        with pikepdf.open(io.BytesIO(content)):
            return False
    except pikepdf.PasswordError:
        return True
    except pikepdf.PdfError:
        return False
