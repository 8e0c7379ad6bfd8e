"""Drafting, approving, sending and settling: each state on disk before the next step is taken."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from daysheet.errors import DaysheetError
from daysheet.reports.mail import submission
from daysheet.reports.mail.message import Envelope, File, build, envelope
from daysheet.reports.mail.outbox import Event, Outbox, State, digest
from daysheet.reports.mail.recipients import Mailbox, allowed, mailbox
from daysheet.reports.mail.settings import MailSettings
from daysheet.reports.mail.submission import Login
from daysheet.trust import reading

Clock = Callable[[], datetime.datetime]
Note = Callable[[int, int, Sequence[File]], str]
_MEGABYTE = 1_000_000
_OPEN: Final = ("draft", "approved", "deferred")


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


class Mailroom:
    """What a person does with the outbox of one books folder.

    Attributes:
        outbox: the outbox.
        mail: the `[mail]` settings.
        known: asks the books for the addresses of their own contacts.
        ours: whether this machine's user has approved these bytes: the log alone could be anybody's.
        clock: the time, in UTC; given from outside so that it can be held still.
    """

    def __init__(
        self,
        outbox: Outbox,
        mail: MailSettings,
        known: Callable[[], Sequence[str]],
        ours: Callable[[Event], bool],
        clock: Clock = _now,
    ) -> None:
        """Nothing happens yet."""
        self.outbox = outbox
        self.mail = mail
        self.known = known
        self.clock = clock
        self.ours = ours

    def draft(self, year: int, pack: str, files: Sequence[File], *, to: str, subject: str, note: Note) -> list[Event]:
        """Put the message (several, where the files exceed the budget) for one recipient into the outbox for review.

        Drafting what is a draft already changes nothing.

        Args:
            year: the pack's year.
            pack: the pack's id.
            files: what to attach, in order; one file is never split.
            to: the recipient.
            subject: without the part, which is added where there are several.
            note: the cover note, by part, number of parts and what is attached to it.

        Raises:
            DaysheetError: the recipient is refused, a file is over the budget, or this pack was sent there before.
        """
        recipient = allowed(to, self.mail.recipients, self.known())
        sender = mailbox(self.mail.sender)
        parts = split(files, self.mail.budget_mb * _MEGABYTE)
        with self.outbox.held():
            current = self._recovered()
            return [
                self._draft_part(
                    current,
                    year,
                    pack,
                    part,
                    (number, len(parts)),
                    sender,
                    recipient,
                    subject,
                    note(number, len(parts), part),
                )
                for number, part in enumerate(parts, 1)
            ]

    def _draft_part(
        self, current: dict[str, Event], year: int, pack: str, files: Sequence[File], part: tuple[int, int],
        sender: Mailbox, recipient: Mailbox, subject: str, note: str,
    ) -> Event:  # fmt: skip
        label = f"{part[0]}/{part[1]}"
        content = hashlib.sha256("".join(file.origin for file in files).encode()).hexdigest()
        identifier = _identifier(year, pack, label, recipient.address)
        before = current.get(identifier)
        if before is not None and before.state not in ("draft", "refused") and before.pack_sha256 != content:
            # the same books, but the pack was built anew since and says more: another message
            identifier = _identifier(year, pack, label, recipient.address, content)
            before = current.get(identifier)
        if before is not None and before.state not in ("draft", "refused"):
            raise DaysheetError(
                f"{identifier}, this pack for {recipient.address}, is {before.state} already",
                remedy=f"see daysheet mail status; send it on with daysheet mail send {identifier}"
                if before.state in _OPEN
                else "a second copy would be a second message: build a new pack if the books have changed",
            )
        same = before is not None and before.state == "draft" and before.pack_sha256 == content
        if before is not None and same and self._bytes_are(before):
            return before
        at = self.clock()
        titled = subject if part[1] == 1 else f"{subject} ({part[0]} of {part[1]})"
        message = build(sender=sender, recipient=recipient, subject=titled, note=note, files=files, pack=pack, at=at)
        self.outbox.store(identifier, message)
        event = Event(
            at=_stamp(at), id=identifier, state="draft", year=year, part=label, recipient=recipient.address, pack=pack,
            pack_sha256=content,
            message_sha256=digest(message),
        )  # fmt: skip
        self.outbox.record(event)
        return event

    def approve(self, identifier: str, read: str = "") -> Event:
        """Fix the bytes of a draft: these, and no others, may be sent.

        Args:
            identifier: the message.
            read: the SHA-256 of the bytes that whoever approves has read; empty for those that are there.

        Raises:
            DaysheetError: it is no draft, was changed since it was read, or its recipient is not an allowed one.
        """
        with self.outbox.held():
            self._recovered()
            event = self.outbox.find(identifier)
            anothers = event.state in ("approved", "deferred") and not self.ours(event)
            if event.state not in ("draft", "refused") and not anothers:
                raise DaysheetError(f"{event.id} is {event.state}, not a draft", remedy="see daysheet mail status")
            message = self._message(event)
            if read and digest(message) != read:
                raise DaysheetError(f"{event.id} was changed since it was read", remedy="read it again")
            self._checked(event, message)
            return self._record(event, "approved", message_sha256=digest(message))

    def send(self, identifiers: Sequence[str], login: Callable[[], Login]) -> Iterator[Event]:
        """Send what is approved, and what was deferred before; nothing else.

        Args:
            identifiers: which messages; all that can be sent when empty.
            login: who logs in; asked only when there is something to send.

        Yields:
            What became of each, one after the other.

        Raises:
            DaysheetError: a message asked for cannot be sent, or its bytes are not the approved ones.
        """
        submission.check_server(self.mail)
        with self.outbox.held():
            current = self._recovered()
            wanted = [self.outbox.find(identifier) for identifier in identifiers] or [
                event for event in current.values() if event.state in ("approved", "deferred")
            ]
            for event in wanted:
                self._sendable(event)
            who = login() if wanted else None
            for event in wanted:
                if who is not None:
                    yield self._send_one(event, who)

    def settle(self, identifier: str, *, arrived: bool) -> Event:
        """A person's word on an `unknown` message: it arrived, or it did not and may be sent again.

        Raises:
            DaysheetError: the message is not `unknown`.
        """
        with self.outbox.held():
            self._recovered()
            event = self.outbox.find(identifier)
            if event.state != "unknown":
                raise DaysheetError(f"{event.id} is {event.state}; only an unknown one is settled by a person's word")
            if arrived:
                return self._record(event, "sent", reply="arrived, by a person's word")
            return self._record(event, "approved", reply="did not arrive, by a person's word")

    def status(self) -> list[Event]:
        """The state of every message, in the order of drafting; what a crash left behind is settled first."""
        if not self.outbox.folder.exists():
            return []
        with self.outbox.held():
            return list(self._recovered().values())

    def _send_one(self, event: Event, who: Login) -> Event:
        message = self._message(event)
        if digest(message) != event.message_sha256:  # since `_sendable` looked
            raise self._not_approved(event)
        addressed = self._checked(event, message)
        self._record(event, "sending")
        outcome = submission.submit(
            message,
            addressed.sender.address,
            addressed.recipient.address,
            self.mail,
            who,
            before_data=lambda: self._mark(event),
        )
        return self._record(event, outcome.state, reply=outcome.reply)

    def _mark(self, event: Event) -> None:
        self._record(event, "handing-over")

    def _sendable(self, event: Event) -> None:
        remedies = {
            "draft": f"read outbox/{event.id}.eml, then run daysheet mail approve {event.id}",
            "unknown": f"ask the recipient, then run daysheet mail settle {event.id} --arrived or --not-arrived",
            "refused": f"put right what the server refused, then run daysheet mail approve {event.id}",
        }
        if event.state not in ("approved", "deferred"):
            raise DaysheetError(f"{event.id} is {event.state} and is not sent", remedy=remedies.get(event.state))
        if not self._bytes_are(event):
            raise self._not_approved(event)
        if not self.ours(event):
            raise DaysheetError(
                f"{event.id} was not approved on this machine", filename=self.outbox.log, remedy=remedies["draft"]
            )

    def _not_approved(self, event: Event) -> DaysheetError:
        return DaysheetError(
            "these are not the bytes that were approved",
            filename=self.outbox.eml(event.id),
            remedy="put the approved file back; a changed message is drafted and approved anew",
        )

    def _checked(self, event: Event, message: bytes) -> Envelope:
        parsed = message_from_bytes(message, _class=EmailMessage, policy=SMTP)
        addressed = envelope(parsed)
        recipient = allowed(addressed.recipient.address, self.mail.recipients, self.known())
        if recipient.address != event.recipient:
            raise DaysheetError(f"{event.id} was drafted for {event.recipient}, not for {recipient.address}")
        if addressed.sender.address != mailbox(self.mail.sender).address:
            raise DaysheetError(f"{event.id} is not from the sender in [mail]", remedy="draft it again")
        return addressed

    def _recovered(self) -> dict[str, Event]:
        """The current states; the outbox is held, so a message in mid-send belongs to a program that died."""
        for event in self.outbox.current().values():
            if event.state == "sending":
                self._record(event, "deferred", reply="the program ended before the message was handed over")
            elif event.state == "handing-over":
                self._record(event, "unknown", reply="the program ended before the server's answer")
        return self.outbox.current()

    def _record(self, event: Event, state: State, *, reply: str = "", message_sha256: str | None = None) -> Event:
        after = replace(
            event,
            at=_stamp(self.clock()),
            state=state,
            reply=reply,
            message_sha256=message_sha256 or event.message_sha256,
        )
        self.outbox.record(after)
        return after

    def _message(self, event: Event) -> bytes:
        path = self.outbox.eml(event.id)
        if not path.exists():
            raise DaysheetError("the message is gone from the outbox", filename=path, remedy="draft it again")
        return reading.data(path)

    def _bytes_are(self, event: Event) -> bool:
        path = self.outbox.eml(event.id)
        return path.exists() and digest(reading.data(path)) == event.message_sha256


def split(files: Sequence[File], budget: int) -> list[list[File]]:
    """Files in order, in as few messages as a budget in bytes allows; a file is never split.

    Raises:
        DaysheetError: there is no file, or one alone is over the budget.
    """
    if not files:
        raise DaysheetError("there is nothing to send")
    parts: list[list[File]] = []
    room = 0
    for file in files:
        if len(file.data) > budget:
            raise DaysheetError(
                f"{file.name} has {len(file.data) / _MEGABYTE:.1f} MB; budget-mb allows {budget / _MEGABYTE:.0f}",
                remedy="raise budget-mb in [mail] if the server takes it, or hand the file over by other means",
            )
        if not parts or len(file.data) > room:
            parts.append([])
            room = budget
        parts[-1].append(file)
        room -= len(file.data)
    return parts


def _stamp(at: datetime.datetime) -> str:
    return at.astimezone(datetime.UTC).isoformat(timespec="seconds")


def _identifier(year: int, *parts: str) -> str:
    """The name of a message: of a pack, a part and a recipient; and of its files, where that was sent before."""
    return f"{year}-{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()[:10]}"
