"""Handing a message over for delivery by SMTP submission (RFC 5321, 6409, 6531): to all, or to nobody."""

import base64
import re
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from fluffy_core.connectors.files import headers
from fluffy_core.connectors.network.connection import Connection
from fluffy_core.connectors.network.gateway import Endpoint, Gateway, Security, unreachable
from fluffy_core.connectors.sign_in.sign_in import Login, refused
from fluffy_core.errors import RejectedError, TransientError, UncertainError, UntrustedServerError

ANSWER_SECONDS = 300.0
"""RFC 5321, 4.5.3.2.6 asks for ten minutes after the last dot; scanners take their time."""
TRANSFER_SECONDS = 1800.0
"""The longest that one message may take."""
_BCC = re.compile(rb"^(?:resent-)?bcc[ \t]*:(?:[^\n]|\n[ \t])*\n?", re.IGNORECASE | re.MULTILINE)
_DOT = re.compile(rb"^\.", re.MULTILINE)
_ADDRESS = re.compile(r"[^\s<>\x00-\x1f\x7f]{1,320}")
_PERMANENT = 500
_GO_ON, _CHALLENGE = 354, 334


@dataclass(frozen=True, slots=True)
class Letter:
    """A message and its envelope."""

    message: bytes
    sender: str
    recipients: tuple[str, ...]


class _Mail(smtplib.SMTP):
    """smtplib on a connection of the gateway."""

    def __init__(self, connection: Connection, host: str) -> None:
        self._connection = connection
        super().__init__(local_hostname="localhost")  # the name of this computer is nobody's business
        self._host = host

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        return self._connection

    def upgrade(self) -> None:
        """STARTTLS, and what was said before it is forgotten."""
        self.ehlo_or_helo_if_needed()
        if not self.has_extn("starttls"):
            raise UntrustedServerError(f"{self._host} offers no encryption on this port.")
        code, words = self.docmd("STARTTLS")
        if code != 220:  # noqa: PLR2004 - "ready"
            raise _failure(code, words)
        self._connection.start_tls()
        self.file = None  # taken anew from the connection
        self.helo_resp = self.ehlo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False


def check(gateway: Gateway, endpoint: Endpoint, login: Login) -> None:
    """Sign in and send nothing. Raises as `send` does."""
    with _submission(gateway, endpoint, reason="checking the server for sending") as submission:
        submission.sign_in(login)


def send(gateway: Gateway, endpoint: Endpoint | None, login: Login, *, letter: Letter) -> None:
    """As `MailAccount.send`. `endpoint` is None for an account that cannot send."""
    if endpoint is None:
        raise RejectedError("This account has no server for sending.")
    for address in (letter.sender, *letter.recipients):
        if not _ADDRESS.fullmatch(address):
            raise RejectedError(f"{address!r} is no address.")
    if not letter.recipients:
        raise RejectedError("Nobody to send it to.")
    with _submission(gateway, endpoint, reason="sending mail") as submission:
        submission.deliver(login, letter)


@contextmanager
def _submission(gateway: Gateway, endpoint: Endpoint, *, reason: str) -> Iterator["_Submission"]:
    """A connection to the server, whose failures have one meaning each."""
    connection = gateway.connect(endpoint, reason=reason)
    try:
        yield _Submission(connection, endpoint)
    except smtplib.SMTPServerDisconnected as error:
        raise TransientError(f"{endpoint.host} ended the connection.") from error
    except (smtplib.SMTPException, ValueError) as error:
        raise TransientError(f"The answer of {endpoint.host} makes no sense.") from error
    except OSError as error:
        raise unreachable(endpoint.host, error) from error
    finally:
        connection.close()


class _Submission:
    def __init__(self, connection: Connection, endpoint: Endpoint) -> None:
        self._connection = connection
        self._endpoint = endpoint
        self._mail = _Mail(connection, endpoint.host)

    def sign_in(self, login: Login) -> None:
        """Greeting, encryption and sign-in."""
        mail = self._mail
        self._connection.allow(TRANSFER_SECONDS)
        self._expect(mail.connect(self._endpoint.host, self._endpoint.port))
        if self._endpoint.security is Security.STARTTLS:
            mail.upgrade()
        mail.ehlo_or_helo_if_needed()
        if login.user:
            self._sign_in(login)

    def deliver(self, login: Login, letter: Letter) -> None:
        """The whole way of a message."""
        mail = self._mail
        self.sign_in(login)
        content = _DOT.sub(b"..", headers.crlf(without_bcc(letter.message)))
        content += b"" if content.endswith(b"\r\n") else b"\r\n"
        options = " ".join(self._options(letter, len(content)))
        self._expect(mail.docmd(f"MAIL FROM:<{letter.sender}> {options}".strip()))
        for address in letter.recipients:
            self._expect(mail.docmd(f"RCPT TO:<{address}>"), f"{address}: ")
        code, words = mail.docmd("DATA")
        if code != _GO_ON:
            raise _failure(code, words)
        mail.send(content)
        self._end()

    def _end(self) -> None:
        """The dot after which the message is the server's. Nothing after it may say "not sent" by guess."""
        self._connection.settimeout(ANSWER_SECONDS)
        try:
            self._mail.send(b".\r\n")
            answer = self._mail.getreply()
        except (smtplib.SMTPException, OSError, ValueError) as error:
            host = self._endpoint.host
            words = f"The connection to {host} broke at the very end: the message may have been sent."
            raise UncertainError(words) from error
        self._expect(answer)

    def _options(self, letter: Letter, size: int) -> list[str]:
        """Parameters of MAIL: size, and what letters beyond ASCII need."""
        mail, options = self._mail, []
        limit = mail.esmtp_features.get("size", "")
        if limit.isdecimal() and 0 < int(limit) < size:
            raise RejectedError(
                f"{size:,} bytes are more than the {int(limit):,} that {self._endpoint.host} takes."
            )
        if mail.has_extn("size"):
            options.append(f"SIZE={size}")
        if not letter.message.isascii() and mail.has_extn("8bitmime"):
            options.append("BODY=8BITMIME")
        addresses = "".join((letter.sender, *letter.recipients))
        if not addresses.isascii() or not headers.head(letter.message).isascii():
            if mail.has_extn("smtputf8"):
                options.append("SMTPUTF8")
                mail.command_encoding = "utf-8"
            elif not addresses.isascii():
                raise RejectedError(f"{self._endpoint.host} does not take addresses with such letters.")
        return options

    def _sign_in(self, login: Login) -> None:
        offered = self._mail.esmtp_features.get("auth", "").upper().split()
        if login.token is not None:
            answer = self._authenticate("XOAUTH2", login.xoauth2(), "")
        elif "PLAIN" in offered or "LOGIN" not in offered:
            answer = self._authenticate("PLAIN", login.plain())
        else:
            answer = self._authenticate("LOGIN", "", login.user, login.password)
        if answer[0] >= _PERMANENT:
            raise refused(login, _words(answer[1]))
        self._expect(answer)

    def _authenticate(self, mechanism: str, first: str, *more: str) -> tuple[int, bytes]:
        """AUTH (RFC 4954): `first` comes with the command, the others each as it is asked for."""
        answer = self._mail.docmd(f"AUTH {mechanism} {_encoded(first)}".strip())
        for word in more:
            if answer[0] == _CHALLENGE:
                answer = self._mail.docmd(_encoded(word))
        return answer

    def _expect(self, answer: tuple[int, bytes], about: str = "") -> None:
        code, words = answer
        if not 200 <= code < 300:  # noqa: PLR2004 - the range of success
            raise _failure(code, words, about)


def _encoded(word: str) -> str:
    return base64.b64encode(word.encode()).decode("ascii")


def _failure(code: int, words: bytes | str, about: str = "") -> RejectedError | TransientError:
    """5xx is for good, 4xx for now, anything else is nonsense and worth another try."""
    text = f"{about}{_words(words)}".strip()
    if _PERMANENT <= code < _PERMANENT + 100:
        return RejectedError(f"The mail server refuses the message: {text}")
    return TransientError(f"The mail server does not take the message now: {text}")


def _words(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return "".join(c if c.isprintable() else " " for c in text)[:200].strip()


def without_bcc(message: bytes) -> bytes:
    """The message without its Bcc lines; nothing else is touched."""
    head = headers.head(message)
    return _BCC.sub(b"", head) + message[len(head) :]
