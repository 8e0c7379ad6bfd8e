"""The outbox: a mail of a pack drafted, read, approved and sent, each step as `daysheet mail` takes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

from daysheet.books import loading
from daysheet.errors import DaysheetError
from daysheet.plugins.fava.base import Pages, answer, asked_texts, endpoint
from daysheet.plugins.fava.shown.writing import plain
from daysheet.settings import Settings
from flask import Response, abort, request

if TYPE_CHECKING:
    from daysheet.plugins.fava.shown.post import Message, Route
    from daysheet.reports.mail.delivery import Mailroom
    from daysheet.reports.mail.outbox import Event

T = TypeVar("T")
_ID: Final = re.compile(r"[0-9]{4}-[0-9a-f]{10}")
_WELL: Final = ("approved", "sent")
_LONGEST_ADDRESS: Final = 320
"""Characters of a mailbox's address with its domain (RFC 3696)."""


class Outbox(Pages):
    """The outbox and its messages; what mails is imported when it is asked for."""

    @property
    def mail_route(self) -> Route | str:
        """Where mail goes, or why that is not known."""
        from daysheet.plugins.fava.shown import post  # noqa: PLC0415 - Fava starts without the mail

        return _or_why(lambda: post.route(self.folder, Settings.of(self.folder)))

    @property
    def outbox(self) -> list[Event] | str:
        """The last state of each message, the latest drafted first, or why that is not known."""
        from daysheet.plugins.fava.shown import post  # noqa: PLC0415 - as above

        return _or_why(lambda: post.messages(self.folder))

    @property
    def message(self) -> Message | str:
        """The message that is asked for, or why there is none."""
        from daysheet.plugins.fava.shown import post  # noqa: PLC0415 - as above

        wanted = request.args.get("id", "")
        if not _ID.fullmatch(wanted):
            return "The outbox has no message of that name."
        return _or_why(lambda: post.message(self.folder, wanted))

    @endpoint("mail-draft", ["POST"])
    def mail_draft(self) -> Response:
        """Put the pack of a year into the outbox."""
        from daysheet.reports.mail import steps  # noqa: PLC0415 - as above

        self.guard.act()
        asked = asked_texts("year", "to")
        if asked is None or not re.fullmatch("[0-9]{4}", asked["year"]) or len(asked["to"]) > _LONGEST_ADDRESS:
            return answer(400, error="the pack or its recipient is not said")
        settings, books = Settings.of(self.folder), loading.load(self.folder)
        events = steps.draft(self.folder, settings, books, int(asked["year"]), asked["to"])
        page = self.link(page="message", id=events[0].id) if len(events) == 1 else self.link(page="outbox")
        whom = ", ".join(dict.fromkeys(event.recipient for event in events))
        return answer(200, said=f"Drafted for {whom}, in outbox/. Nothing has left: read it first.", page=page)

    @endpoint("mail-approve", ["POST"])
    def mail_approve(self) -> Response:
        """Fix the bytes of a draft: those that the page shows, for the server that the page names."""
        from daysheet.plugins.fava.shown import post  # noqa: PLC0415 - as above
        from daysheet.reports.mail import steps  # noqa: PLC0415

        self.guard.act()
        asked = asked_texts("id", "read", "known")
        if asked is None or not _ID.fullmatch(asked["id"]) or not re.fullmatch("[0-9a-f]{64}", asked["read"]):
            return answer(400, error="the message is not said")
        if post.route(self.folder, Settings.of(self.folder)).known_as != asked["known"]:
            return answer(409, error="the settings name another server by now: load the page again and look at it")
        event = steps.approve(self._room(), self.folder, asked["id"], asked["read"])
        return answer(200, said=f"Approved: these bytes and no others can be sent to {event.recipient}.")

    @endpoint("mail-send", ["POST"])
    def mail_send(self) -> Response:
        """Send a message that is approved or deferred, once."""
        from daysheet.reports.mail import steps  # noqa: PLC0415 - as above

        def sent(room: Mailroom, identifier: str) -> Event:
            (event,) = steps.send(room, self.folder, [identifier])  # to the end, which lets go of the outbox
            return event

        return self._moved(sent)

    @endpoint("mail-arrived", ["POST"])
    def mail_arrived(self) -> Response:
        """A person's word that an unknown message arrived."""
        return self._moved(lambda room, identifier: room.settle(identifier, arrived=True))

    @endpoint("mail-lost", ["POST"])
    def mail_lost(self) -> Response:
        """A person's word that an unknown message did not arrive."""
        return self._moved(lambda room, identifier: room.settle(identifier, arrived=False))

    @endpoint("mail-look", ["POST"])
    def mail_look(self) -> Response:
        """What became of a message whose sending was cut off."""
        return self._moved(lambda room, identifier: next(one for one in room.status() if one.id == identifier))

    @endpoint("mail-file")
    def mail_file(self) -> Response:
        """A message as a file for any mail program."""
        self.guard.look()
        found = self.message
        if isinstance(found, str):
            abort(404)
        headers = {"Content-Disposition": f'attachment; filename="{found.event.id}.eml"', "Cache-Control": "no-store"}
        return Response(found.content, mimetype="message/rfc822", headers=headers)

    def _room(self) -> Mailroom:
        from daysheet.reports.mail import steps  # noqa: PLC0415 - as above

        return steps.mailroom(self.folder, Settings.of(self.folder), lambda: loading.load(self.folder))[0]

    def _moved(self, step: Callable[[Mailroom, str], Event]) -> Response:
        """What a step made of the message that is asked for, said."""
        self.guard.act()
        asked = asked_texts("id")
        if asked is None or not _ID.fullmatch(asked["id"]):
            return answer(400, error="the message is not said")
        event = step(self._room(), asked["id"])
        words = plain(event.reply)
        said = f"{event.id} to {event.recipient} is {event.state}{': ' if words else ''}{words}"
        return answer(200, **({"said": said} if event.state in _WELL else {"error": said, "moved": True}))


def _or_why(found: Callable[[], T]) -> T | str:
    try:
        return found()
    except (DaysheetError, OSError) as problem:
        return str(problem)
