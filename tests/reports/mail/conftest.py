"""A real submission server on loopback, with TLS and authentication, that can be told to fail at any verb."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

USER = "books@harbor.example"
PASSWORD = "correct horse battery"
TOKEN = "ya29.token"
RECIPIENT = "dana@whitfield-cpa.example"


@dataclass
class Plan:
    """What the server does: at a verb, answer this, drop the connection, or kill a process."""

    verb: str = ""
    answer: str | None = None
    drop: bool = False
    kill: int | None = None
    size: int = 33_554_432
    times: int = 1_000

    def strikes(self, verb: str) -> bool:
        if verb != self.verb or self.times <= 0:
            return False
        self.times -= 1
        return True


@dataclass
class Received:
    """What reached the server for good."""

    messages: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    verbs: list[str] = field(default_factory=list)


class ScriptedSMTP(SMTP):
    """aiosmtpd's server, acting on a plan."""

    plan: Plan
    received: Received
    transport: Any

    async def _acts(self, verb: str) -> bool:
        self.received.verbs.append(verb)
        if not self.plan.strikes(verb):
            return False
        if self.plan.kill is not None:
            os.kill(self.plan.kill, signal.SIGKILL)
            await asyncio.sleep(0.2)
        if self.plan.drop:
            self.transport.abort()
            return True
        if self.plan.answer is not None:
            await self.push(self.plan.answer)
            return True
        return False

    async def smtp_EHLO(self, hostname):
        if not await self._acts("EHLO"):
            await super().smtp_EHLO(hostname)

    async def smtp_STARTTLS(self, arg):
        if not await self._acts("STARTTLS"):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg):
        if not await self._acts("AUTH"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg):
        if not await self._acts("MAIL"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg):
        if not await self._acts("RCPT"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg):
        if not await self._acts("DATA"):
            await super().smtp_DATA(arg)

    async def smtp_QUIT(self, arg):
        if not await self._acts("QUIT"):
            await super().smtp_QUIT(arg)

    async def auth_XOAUTH2(self, _, args):
        given = base64.b64decode(args[1]).decode()
        if given == f"user={USER}\x01auth=Bearer {TOKEN}\x01\x01":
            return AuthResult(success=True)
        await self.challenge_auth(b'{"status":"401"}', encode_to_b64=True)
        return AuthResult(success=False, handled=False)


class Handler:
    """Keeps what arrives; `END` in a plan strikes after the data, with the message kept or not."""

    def __init__(self, plan: Plan, received: Received) -> None:
        self.plan = plan
        self.received = received

    async def handle_DATA(self, server, session, envelope):
        self.received.verbs.append("END")
        if self.plan.strikes("REFUSED-END"):
            return self.plan.answer
        self.received.messages.append(envelope.original_content)
        self.received.envelopes.append((envelope.mail_from, tuple(envelope.rcpt_tos)))
        if self.plan.strikes("END"):
            if self.plan.kill is not None:
                os.kill(self.plan.kill, signal.SIGKILL)
                await asyncio.sleep(0.2)
            if self.plan.drop:
                server.transport.abort()
            if self.plan.answer:
                return self.plan.answer
        return "250 2.0.0 OK queued as TEST"


class Server(Controller):
    """The scripted server in a thread, on a free port of 127.0.0.1."""

    server: Any

    def __init__(self, plan: Plan, received: Received, context: ssl.SSLContext, *, implicit: bool) -> None:
        self.plan = plan
        self.received = received
        self.context = context
        self.implicit = implicit
        super().__init__(
            Handler(plan, received), hostname="127.0.0.1", port=0, ssl_context=context if implicit else None
        )

    def factory(self):
        with warnings.catch_warnings():
            # under implicit TLS the connection is encrypted already, which aiosmtpd cannot know
            warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS")
            smtp = ScriptedSMTP(
                self.handler,
                hostname="mail.test",
                tls_context=None if self.implicit else self.context,
                require_starttls=not self.implicit,
                auth_required=True,
                auth_require_tls=not self.implicit,
                authenticator=self._authenticate,
                data_size_limit=self.plan.size,
            )
        smtp.plan = self.plan
        smtp.received = self.received
        return smtp

    @staticmethod
    def _authenticate(server, session, envelope, mechanism, data):
        right = isinstance(data, LoginPassword) and data == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    def _trigger_server(self):
        """The port is the system's choice: ask the listening socket for it before the first connection."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def listening(authority: trustme.CA, plan: Plan, received: Received, security: str = "starttls") -> Iterator[Server]:
    """A server at work, until it is not needed any more or a test has ended it."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    controller = Server(plan, received, context, implicit=security == "tls")
    controller.start()
    try:
        yield controller
    finally:
        if not controller.loop.is_closed():
            controller.stop(no_assert=True)


@pytest.fixture(scope="session")
def authority():
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority, tmp_path_factory):
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture
def plan() -> Plan:
    return Plan()


@pytest.fixture
def received() -> Received:
    return Received()


@pytest.fixture(params=["starttls", "tls"])
def security(request):
    return request.param


@pytest.fixture
def server(plan, received, authority, security):
    with listening(authority, plan, received, security) as controller:
        yield controller
