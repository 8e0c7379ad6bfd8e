"""`daysheet mail`: draft, approve, send, status and settle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

import click
from daysheet import console
from daysheet.console import Console, pass_console
from daysheet.errors import DaysheetError
from daysheet.reports.mail.delivery import Mailroom
from daysheet.reports.mail.login import login
from daysheet.reports.mail.message import File
from daysheet.reports.mail.note import rendered, template
from daysheet.reports.mail.outbox import Event, Outbox
from daysheet.reports.mail.packed import built_pack, for_mail
from daysheet.reports.mail.recipients import contacts, mailbox
from daysheet.reports.mail.secret import resolve
from daysheet.reports.mail.settings import MailSettings, mail_settings
from daysheet.reports.pack.contents import layouts_of
from daysheet.reports.statements.layouts import LAYOUTS
from daysheet.trust import settings as trusted_settings
from daysheet.trust import trusted

_PLAIN: Final = (
    "Nothing in it is encrypted: every server on the way can read the pack. With pdf-password in [mail] it leaves"
    " encrypted."
)


@click.group(params=console.shared_options())
def mail() -> None:
    """Send the pack to the accountant: once, to the right person.

    draft → read the .eml in outbox/ → approve → send
    """


@mail.command(cls=console.Verb)
@click.argument("year", type=int)
@click.option("--to", help="One recipient (default: all of recipients in [mail]).")
@pass_console
def draft(console_: Console, year: int, to: str | None) -> int:
    """Put the pack of YEAR into the outbox, one message a recipient, for review."""
    room, mail_ = _room(console_)
    settings = console_.settings()
    layouts = {LAYOUTS[name].file for name in layouts_of(settings)}
    pack = built_pack(console_.folder, console_.books(), year, layouts)
    password = resolve(mail_.pdf_password, "password of the PDF", console_.folder) if mail_.pdf_password else None
    files = for_mail(pack, password)
    practice = settings.practice.name
    subject = f"Accountant's pack {year} – {practice}"
    note = template(console_.folder)
    events = []
    for recipient in [to] if to else mail_.recipients:

        def text(part: int, parts: int, attached: Sequence[File], recipient: str = recipient) -> str:
            return rendered(
                note,
                recipient=mailbox(recipient).name,
                sender=mailbox(mail_.sender).name,
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
    hint = "\n".join(f"Read outbox/{event.id}.eml, then: daysheet mail approve {event.id}" for event in events)
    if password is None:
        hint += f"\n{_PLAIN}"
    _show(console_, events, hint)
    return console.OK


@mail.command(cls=console.Verb)
@click.argument("message")
@pass_console
def approve(console_: Console, message: str) -> int:
    """Fix the bytes of MESSAGE: these, and no others, may be sent, by the server that the settings name now."""
    room, _ = _room(console_)
    event = room.approve(message)
    for server in trusted_settings.mail(console_.folder):  # whoever approves has looked at where it goes
        trusted.allow_also(console_.folder, server)
    _show(console_, [event], f"Fixed as {event.message_sha256[:16]}…; now: daysheet mail send {event.id}")
    return console.OK


@mail.command(cls=console.Verb)
@click.argument("messages", nargs=-1)
@pass_console
def send(console_: Console, messages: Sequence[str]) -> int:
    """Send MESSAGES, or all that are approved or deferred, each once."""
    room, mail_ = _room(console_)
    trusted.require(console_.folder, trusted_settings.mail(console_.folder))
    events = list(room.send(messages, lambda: login(mail_, console_.folder)))
    _show(console_, events, "" if events else "Nothing is approved: see daysheet mail status.")
    return console.OK if all(event.state == "sent" for event in events) else console.BROKEN


@mail.command(cls=console.Verb)
@pass_console
def status(console_: Console) -> int:
    """The state of every message."""
    room, _ = _room(console_)
    events = room.status()
    _show(console_, events, "" if events else "The outbox is empty: daysheet mail draft YEAR.")
    return console.OK


@mail.command(cls=console.Verb)
@click.argument("message")
@click.option("--arrived/--not-arrived", default=None, help="The recipient has it; or not, and it may be sent again.")
@pass_console
def settle(console_: Console, message: str, arrived: bool | None) -> int:
    """Say what became of MESSAGE, when the connection broke before the server's answer."""
    if arrived is None:
        raise DaysheetError("say --arrived or --not-arrived", remedy="ask the recipient")
    room, _ = _room(console_)
    _show(console_, [room.settle(message, arrived=arrived)], "")
    return console.OK


def _room(console_: Console) -> tuple[Mailroom, MailSettings]:
    mail_ = mail_settings(console_.settings())
    return Mailroom(Outbox(console_.folder), mail_, lambda: tuple(contacts(console_.books()).values())), mail_


def _questions(said: object) -> list[str]:
    """The open questions by topic, as the note lists them: `Uncategorized (2)`."""
    return [f"{topic} ({count})" for topic, count in said.items()] if isinstance(said, dict) else []


def _show(console_: Console, events: Sequence[Event], hint: str) -> None:
    def text() -> str:
        lines = [
            f"{event.id}  {event.state:<9} {event.part}  {event.recipient}"
            + (f"\n  {event.reply}" if event.reply else "")
            for event in events
        ]
        return "\n".join([*lines, *([hint] if hint else [])])

    console_.emit([asdict(event) for event in events], text)
