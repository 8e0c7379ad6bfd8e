"""The steps of a mail of a pack, as the command takes them and the page in Fava: drafting, approving, sending."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from daysheet.books import Books
from daysheet.reports.mail.delivery import Mailroom
from daysheet.reports.mail.login import login
from daysheet.reports.mail.message import File
from daysheet.reports.mail.note import rendered, template
from daysheet.reports.mail.outbox import LOG, Event, Outbox
from daysheet.reports.mail.packed import built_pack, for_mail
from daysheet.reports.mail.recipients import contacts, mailbox
from daysheet.reports.mail.secret import resolve
from daysheet.reports.mail.settings import MailSettings, mail_settings
from daysheet.reports.mail.submission import Login
from daysheet.reports.pack.contents import layouts_of
from daysheet.reports.statements.layouts import LAYOUTS
from daysheet.settings import Settings
from daysheet.trust import settings as trusted_settings
from daysheet.trust import trusted
from daysheet.trust.trusted import Program

PLAIN: Final = (
    "Nothing in it is encrypted: every server on the way can read the pack. With pdf-password in [mail] it leaves"
    " encrypted."
)


def mailroom(folder: Path, settings: Settings, books: Callable[[], Books]) -> tuple[Mailroom, MailSettings]:
    """The mailroom of a books folder, and its `[mail]` settings; the books are asked for when they are needed.

    Raises:
        DaysheetError: the settings say nothing of mail, or what is not understood.
    """
    mail = mail_settings(settings)
    room = Mailroom(
        Outbox(folder),
        mail,
        lambda: tuple(contacts(books()).values()),
        lambda event: not trusted.refused(folder, [_approval(event)]),
    )
    return room, mail


def draft(folder: Path, settings: Settings, books: Books, year: int, to: str = "") -> list[Event]:
    """Put the pack of a year into the outbox, one message a recipient (several, where it is large), for review.

    Args:
        folder: the books folder.
        settings: its settings.
        books: its books, which the pack must still be the pack of.
        year: the pack's year.
        to: one recipient; empty for all of `recipients` in `[mail]`.

    Raises:
        DaysheetError: the pack is not built or stale, a recipient or a secret is refused, or it was sent before.
    """
    room, mail = mailroom(folder, settings, lambda: books)
    layouts = {LAYOUTS[name].file for name in layouts_of(settings)}
    pack = built_pack(folder, books, year, layouts)
    password = resolve(mail.pdf_password, "password of the PDF", folder) if mail.pdf_password else None
    files = for_mail(pack, password)
    practice = settings.practice.name
    subject = f"Accountant's pack {year} – {practice}"
    note = template(folder)
    events = []
    for recipient in [to] if to else mail.recipients:

        def text(part: int, parts: int, attached: Sequence[File], recipient: str = recipient) -> str:
            return rendered(
                note,
                recipient=mailbox(recipient).name,
                sender=mailbox(mail.sender).name,
                practice=practice,
                year=year,
                pack=pack.id,
                part=part,
                parts=parts,
                encrypted=password is not None,
                attachments=[{"name": file.name, "about": file.about} for file in attached],
                status=str(pack.said.get("status", "")),
                tie_outs=str(pack.said.get("tie_outs", "")),
                questions=_questions(pack.said.get("questions")),
                missing_w9=[str(name) for name in pack.said.get("missing_w9") or ()],
            )

        events += room.draft(year, pack.id, files, to=recipient, subject=subject, note=text)
    return events


def approve(room: Mailroom, folder: Path, identifier: str, read: str = "") -> Event:
    """Fix the bytes of a draft, and let the server that the settings name now have it: whoever approves has looked.

    Args:
        room: the mailroom of the folder.
        folder: the books folder.
        identifier: the message.
        read: the SHA-256 of the bytes that were read; empty for those that are there.

    Raises:
        DaysheetError: it is no draft, was changed since it was read, or its recipient is not an allowed one.
    """
    event = room.approve(identifier, read)
    for one in (*trusted_settings.mail(folder), _approval(event)):
        trusted.allow_also(folder, one)
    return event


def _approval(event: Event) -> Program:
    """The bytes of a message, as what this machine's user has allowed to leave."""
    return Program(trusted.MESSAGE, event.id, Path(LOG), None, event.message_sha256)


def send(room: Mailroom, folder: Path, identifiers: Sequence[str]) -> Iterator[Event]:
    """Send these messages, or all that are approved or deferred, each once; what became of each.

    Raises:
        DaysheetError: this machine's user has not allowed the server, there is no login, or a message cannot be sent.
    """

    def logged_in() -> Login:
        trusted.require(folder, trusted_settings.mail(folder))
        return login(room.mail, folder)

    return room.send(identifiers, logged_in)


def _questions(said: object) -> list[str]:
    """The open questions by topic, as the note lists them: `Uncategorized (2)`."""
    return [f"{topic} ({count})" for topic, count in said.items()] if isinstance(said, dict) else []
