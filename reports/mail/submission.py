"""One message handed to one submission server (RFC 6409), and what is certain afterwards.

Only the server's answer after the data says that it took the message. Whatever fails before the data is certain not to
have arrived; a connection lost between the data and the answer leaves it `unknown`, and it is never sent again without
a person's word.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable
from typing import Literal, NamedTuple

from daysheet.errors import DaysheetError
from daysheet.reports.mail.settings import PORTS, MailSettings

Ended = Literal["sent", "refused", "deferred", "unknown"]


class Outcome(NamedTuple):
    """What became of a message, and the server's words or the reason."""

    state: Ended
    reply: str


class Login(NamedTuple):
    """Who logs in: with a password, or with an access token for XOAUTH2."""

    user: str
    password: str | None
    access_token: str | None


class _RefusedError(Exception):
    """The server said no: for now (4xx) or for good (5xx)."""

    def __init__(self, code: int, words: bytes) -> None:
        super().__init__(code)
        self.outcome = Outcome("deferred" if 400 <= code < 500 else "refused", _shown(code, words))


def submit(
    message: bytes, sender: str, recipient: str, mail: MailSettings, login: Login, before_data: Callable[[], None]
) -> Outcome:
    """Hand over one message.

    Args:
        message: its bytes, sent as they are but for the dot-stuffing of RFC 5321 §4.5.2.
        sender: the envelope's sender.
        recipient: the envelope's only recipient.
        mail: server, security and patience.
        login: who logs in.
        before_data: called when everything but the data has been accepted, right before the data goes out.

    Returns:
        What is certain now; a failure of the network is an outcome, not an exception.
    """
    handed_over = False
    server: smtplib.SMTP | None = None
    try:
        server = _connected(mail)
        _logged_in(server, login)
        _within_size(server, len(message))
        _expect(server.mail(sender, _mail_options(server, len(message))))
        _expect(server.rcpt(recipient))
        _expect(server.docmd("DATA"), 354)
        before_data()
        handed_over = True
        server.send(_stuffed(message))
        outcome = _final(*server.getreply())
    except _RefusedError as no:
        outcome = no.outcome
    except smtplib.SMTPAuthenticationError as no:
        outcome = _RefusedError(no.smtp_code, _bytes(no.smtp_error)).outcome
    except smtplib.SMTPResponseException as no:
        outcome = _RefusedError(no.smtp_code, _bytes(no.smtp_error)).outcome
        if handed_over:
            outcome = Outcome("unknown", outcome.reply)
    except smtplib.SMTPNotSupportedError as no:
        outcome = Outcome("deferred", f"the server does not offer what is needed: {no}")
    except ssl.SSLCertVerificationError as no:
        outcome = Outcome("deferred", f"the server's certificate is not trusted: {no.verify_message}")
    except (smtplib.SMTPException, OSError) as lost:
        reason = str(lost) or type(lost).__name__
        outcome = Outcome("unknown" if handed_over else "deferred", f"connection lost: {_one_line(reason)}")
    finally:
        _leave(server)
    return outcome


def _connected(mail: MailSettings) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=mail.ca_file or None)
    port = mail.port or PORTS[mail.security]
    implicit = mail.security == "tls"
    server = (
        smtplib.SMTP_SSL(mail.host, port, timeout=mail.timeout, context=context)
        if implicit
        else smtplib.SMTP(mail.host, port, timeout=mail.timeout)
    )
    try:
        _expect(server.ehlo())
        if implicit:
            return server
        # raises SMTPNotSupportedError where the server does not offer it: nothing is ever sent in the clear
        _expect(server.starttls(context=context), 220)
        _expect(server.ehlo())
    except BaseException:
        server.close()
        raise
    return server


def _logged_in(server: smtplib.SMTP, login: Login) -> None:
    if login.access_token is not None:
        if "XOAUTH2" not in server.esmtp_features.get("auth", "").upper().split():
            raise smtplib.SMTPNotSupportedError("AUTH XOAUTH2")
        first = f"user={login.user}\x01auth=Bearer {login.access_token}\x01\x01"
        # an error comes as a challenge that wants an empty answer before the refusal itself
        server.auth("XOAUTH2", lambda challenge=None: first if challenge is None else "")
    elif login.password is not None:
        server.login(login.user, login.password)


def _within_size(server: smtplib.SMTP, size: int) -> None:
    limit = server.esmtp_features.get("size", "")
    if limit.isdigit() and 0 < int(limit) < size:
        words = f"the message has {size:,} bytes and the server takes {int(limit):,}: lower budget-mb in [mail]"
        raise _RefusedError(552, words.encode())


def _mail_options(server: smtplib.SMTP, size: int) -> list[str]:
    return [f"SIZE={size}"] if server.has_extn("size") else []


def _expect(answer: tuple[int, bytes], wanted: int = 250) -> None:
    code, words = answer
    if code == -1:
        raise smtplib.SMTPServerDisconnected("no answer")
    if code != wanted and not (wanted == 250 and code == 251):
        raise _RefusedError(code, words)


def _final(code: int, words: bytes) -> Outcome:
    if code == 250:
        return Outcome("sent", _shown(code, words))
    if 400 <= code < 600:
        return _RefusedError(code, words).outcome
    return Outcome("unknown", _shown(code, words))


def _stuffed(message: bytes) -> bytes:
    whole = message if message.endswith(b"\r\n") else message + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", whole) + b".\r\n"


def _leave(server: smtplib.SMTP | None) -> None:
    if server is not None:
        try:
            server.quit()
        except (smtplib.SMTPException, OSError):
            server.close()


def _bytes(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode()


def _shown(code: int, words: bytes) -> str:
    return f"{code} {_one_line(words.decode('utf-8', 'replace'))}"


def _one_line(words: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:500]


def check_server(mail: MailSettings) -> None:
    """Whether the settings name a server at all.

    Raises:
        DaysheetError: they do not.
    """
    if not mail.host:
        raise DaysheetError('[mail] needs "host", the submission server', remedy="ask the mail provider for its name")
