"""A loopback SMTP server for submission, on aiosmtpd: STARTTLS, AUTH, and whatever refusal a test wants."""

import asyncio
import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from fluffy_core.connectors.network.gateway import Endpoint, Security
from tests.fakes.certificates import Certificate


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message that was taken for delivery."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


@dataclass(slots=True)
class Outbox:
    """What was delivered, and what is to be refused: a reply by address, or under "data" for the message."""

    delivered: list[Delivered] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    """Password of each user; tokens under their user too."""
    signed_in: list[tuple[str, str]] = field(default_factory=list)
    """Mechanism and user of every successful sign-in."""


class _Handler:
    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self._outbox.refusals:
            return self._outbox.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        if "data" in self._outbox.refusals:
            return self._outbox.refusals["data"]
        content = envelope.content or b""
        content = content if isinstance(content, bytes) else content.encode()
        recipients = tuple(str(one) for one in envelope.rcpt_tos)
        self._outbox.delivered.append(Delivered(str(envelope.mail_from), recipients, content))
        return "250 taken"

    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:
        import base64

        words = base64.b64decode(args[1]).decode()
        user, token = words.split("\1")[0].removeprefix("user="), words.split("Bearer ")[1].rstrip("\1")
        if self._outbox.passwords.get(user) != token:
            await server.push("334 " + base64.b64encode(b'{"status":"401"}').decode())
            await server._reader.readline()
            return AuthResult(success=False, handled=False)
        self._outbox.signed_in.append(("XOAUTH2", user))
        return AuthResult(success=True, auth_data=user)


class _Controller(Controller):
    """On whatever port is free."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def serve(
    outbox: Outbox, certificate: Certificate | None = None, *, mechanisms: frozenset[str] = frozenset()
) -> Iterator[Endpoint]:
    """A running server; with a certificate STARTTLS is required. `mechanisms` are those not offered."""

    def authenticate(
        server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        user, password = data.login.decode(), data.password.decode()
        fine = outbox.passwords.get(user) == password
        if fine:
            outbox.signed_in.append((mechanism, user))
        return AuthResult(success=fine, handled=False)

    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.chain, certificate.key)
    controller = _Controller(
        _Handler(outbox),
        hostname="127.0.0.1",
        port=0,
        tls_context=context,
        require_starttls=context is not None,
        authenticator=authenticate,
        auth_required=bool(outbox.passwords) and context is not None,  # it warns of what is unencrypted
        auth_require_tls=context is not None,
        auth_exclude_mechanism=mechanisms,
        enable_SMTPUTF8=True,
        decode_data=False,
    )
    log = logging.getLogger("mail.log")
    level = log.level
    log.setLevel(logging.CRITICAL)  # it takes every refused handshake for an event
    controller.start()
    try:
        port = controller.port
        if certificate is not None:
            yield Endpoint("localhost", port, Security.STARTTLS, "smtp")
        else:
            yield Endpoint("127.0.0.1", port, Security.INSECURE_LOOPBACK, "smtp")
    finally:
        controller.stop()
        log.setLevel(level)
