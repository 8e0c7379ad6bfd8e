"""What the outbox holds, as values; it is imported when its page is asked for, so that Fava starts without the mail."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from daysheet.errors import DaysheetError
from daysheet.reports.mail import reading
from daysheet.reports.mail.outbox import Event, Outbox, digest
from daysheet.reports.mail.recipients import mailbox
from daysheet.reports.mail.settings import PORTS, MailSettings, mail_settings
from daysheet.settings import Settings
from daysheet.trust import reading as bounded
from daysheet.trust import settings as trusted_settings


class Route(NamedTuple):
    """Where mail goes and how: what whoever approves a message has to have looked at.

    `known_as` changes with whatever decides where a password goes, and which one.
    """

    sender: str
    recipients: tuple[str, ...]
    server: str
    login: str
    is_encrypted: bool
    known_as: str


class Message(NamedTuple):
    """A message of the outbox: its last state, all that it was, and its bytes as they are now."""

    event: Event
    history: tuple[Event, ...]
    content: bytes

    @property
    def letter(self) -> reading.Letter:
        """What it says."""
        return reading.read(self.content)

    @property
    def sha256(self) -> str:
        """Of its bytes, in hexadecimal."""
        return digest(self.content)

    @property
    def is_as_logged(self) -> bool:
        """Whether the bytes are those of which the log tells."""
        return self.sha256 == self.event.message_sha256


def route(folder: Path, settings: Settings) -> Route:
    """Where mail goes by the settings as they are now.

    Raises:
        DaysheetError: they say nothing of mail, or what is not understood.
    """
    mail = mail_settings(settings)
    port = mail.port or PORTS[mail.security]
    server = f"{mail.host}:{port} ({mail.security})" if mail.host else ""
    known_as = hashlib.sha256(" ".join(one.digest for one in trusted_settings.mail(folder)).encode()).hexdigest()
    return Route(mail.sender, mail.recipients, server, _login(mail), bool(mail.pdf_password), known_as)


def messages(folder: Path) -> list[Event]:
    """The last state of each message, the latest drafted first.

    Raises:
        DaysheetError: the log is damaged.
    """
    return list(reversed(Outbox(folder).current().values()))


def message(folder: Path, identifier: str) -> Message:
    """A message of exactly this id.

    Raises:
        DaysheetError: there is none, the log is damaged, or the message's file is gone.
    """
    outbox = Outbox(folder)
    history = tuple(event for event in outbox.history() if event.id == identifier)
    if not history:
        raise DaysheetError("the outbox has no message of that name", remedy="see those on the page Outbox")
    path = outbox.eml(identifier)
    if not path.is_file():
        raise DaysheetError("the message is not there any more", filename=path, remedy="draft it again")
    return Message(history[-1], history, bounded.data(path))


def _login(mail: MailSettings) -> str:
    """Who logs in, and where the secret is kept: never more of a command than that it is one."""
    kind, _, name = mail.secret.partition(":")
    kept = {"env": f"the environment variable {name}", "keyring": "the system's keyring", "command": "a command"}
    return (
        f"{mail.user or mailbox(mail.sender).address}, with what {kept.get(kind, 'is not said')} holds"
        if mail.secret
        else ""
    )
