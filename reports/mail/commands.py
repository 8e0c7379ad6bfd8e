"""`daysheet mail`: draft, approve, send, status and settle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import click
from daysheet import console
from daysheet.console import Console, pass_console
from daysheet.errors import DaysheetError
from daysheet.reports.mail import steps
from daysheet.reports.mail.delivery import Mailroom
from daysheet.reports.mail.outbox import Event
from daysheet.reports.mail.settings import mail_settings


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
    settings = console_.settings()
    events = steps.draft(console_.folder, settings, console_.books(), year, to or "")
    hint = "\n".join(f"Read outbox/{event.id}.eml, then: daysheet mail approve {event.id}" for event in events)
    if not mail_settings(settings).pdf_password:
        hint += f"\n{steps.PLAIN}"
    _show(console_, events, hint)
    return console.OK


@mail.command(cls=console.Verb)
@click.argument("message")
@pass_console
def approve(console_: Console, message: str) -> int:
    """Fix the bytes of MESSAGE: these, and no others, may be sent, by the server that the settings name now."""
    event = steps.approve(_room(console_), console_.folder, message)
    _show(console_, [event], f"Fixed as {event.message_sha256[:16]}…; now: daysheet mail send {event.id}")
    return console.OK


@mail.command(cls=console.Verb)
@click.argument("messages", nargs=-1)
@pass_console
def send(console_: Console, messages: Sequence[str]) -> int:
    """Send MESSAGES, or all that are approved or deferred, each once."""
    events = list(steps.send(_room(console_), console_.folder, messages))
    _show(console_, events, "" if events else "Nothing is approved: see daysheet mail status.")
    return console.OK if all(event.state == "sent" for event in events) else console.BROKEN


@mail.command(cls=console.Verb)
@pass_console
def status(console_: Console) -> int:
    """The state of every message."""
    events = _room(console_).status()
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
    _show(console_, [_room(console_).settle(message, arrived=arrived)], "")
    return console.OK


def _room(console_: Console) -> Mailroom:
    return steps.mailroom(console_.folder, console_.settings(), console_.books)[0]


def _show(console_: Console, events: Sequence[Event], hint: str) -> None:
    def text() -> str:
        lines = [
            f"{event.id}  {event.state:<9} {event.part}  {event.recipient}"
            + (f"\n  {event.reply}" if event.reply else "")
            for event in events
        ]
        return "\n".join([*lines, *([hint] if hint else [])])

    console_.emit([asdict(event) for event in events], text)
