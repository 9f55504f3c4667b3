"""Plain HTTPS requests through the gateway, with the standard library's client."""

import http.client
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from fluffy_core.connectors.network.connection import Connection
from fluffy_core.connectors.network.gateway import Endpoint, Gateway, Security, unreachable
from fluffy_core.errors import AnswerError, TransientError

LIMIT = 1 << 20
"""Bytes of an answer; more is not read."""
Reply = http.client.HTTPResponse
"""An answer of which the status and the headers are there, and the content is still to be read."""
_OK = 200
_LINE = 1 << 16
_HEADERS = {"User-Agent": "FluffyMail", "Connection": "close", "Accept-Encoding": "identity"}


class _Client(http.client.HTTPConnection):
    """http.client on a connection of the gateway."""

    def __init__(self, connection: Connection, endpoint: Endpoint) -> None:
        super().__init__(endpoint.host, endpoint.port)
        self.connection = connection

    def connect(self) -> None:
        self.sock = self.connection  # as much of a socket as is used

    def close(self) -> None:
        """Left to who made the connection: the answer is still read from it."""


def get(gateway: Gateway, url: str, *, reason: str, seconds: float = 10.0) -> bytes | None:
    """What an https address holds (of a loopback server also http), None where it holds nothing.

    Redirections are not followed: they lead to hosts that nobody named. Raises as `Gateway.connect` does.
    """
    with answering(gateway, url, reason=reason, seconds=seconds) as (answer, connection):
        connection.allow(seconds * 3)
        page = answer.read(LIMIT)
        if answer.length and len(page) < LIMIT:
            raise http.client.IncompleteRead(page, answer.length)
        return page if answer.status == _OK else None


@contextmanager
def answering(
    gateway: Gateway, url: str, *, reason: str, seconds: float, headers: Mapping[str, str] | None = None,
    opened: Callable[[Connection], object] = lambda connection: None,
) -> Iterator[tuple[Reply, Connection]]:  # fmt: skip
    """The answer to a GET, whose content is still to be read, and the connection it comes on (told `opened`).

    Whatever goes wrong with it, inside the block too, is a TransientError. Raises as `Gateway.connect` does.
    """
    with _connected(gateway, url, reason=reason, seconds=seconds) as (client, path):
        client.connection.allow(seconds * 3)
        opened(client.connection)
        client.request("GET", path, headers=_HEADERS | dict(headers or {}))
        yield client.getresponse(), client.connection


def post(gateway: Gateway, url: str, content: bytes, *, reason: str, seconds: float) -> Iterator[bytes]:
    """Send JSON and read the answer line by line, while it is being made; b"" each second without a line.

    Closing the iterator ends the connection. A silence of `seconds` ends it too. Raises AnswerError when the
    status is not 200 (a redirection is not), else as `Gateway.connect` does.
    """
    with _connected(gateway, url, reason=reason, seconds=seconds) as (client, path):
        client.request("POST", path, content, _HEADERS | {"Content-Type": "application/json"})
        yield from _silence(client.connection, seconds)
        answer = client.getresponse()
        if answer.status != _OK:
            words = answer.read(_LINE).decode("utf-8", "replace")
            raise AnswerError(f"{client.host} refuses.", status=answer.status, reason=words)
        while line := answer.readline(_LINE):
            yield line
            if answer.length != 0:
                yield from _silence(client.connection, seconds)
        if answer.length:
            raise http.client.IncompleteRead(b"", answer.length)


def _silence(connection: Connection, seconds: float) -> Iterator[bytes]:
    """Wait for something to read, with a beat each second. Raises TimeoutError after `seconds`."""
    until = time.monotonic() + seconds
    while not connection.wait(1.0):
        if time.monotonic() > until:
            raise TimeoutError
        yield b""


@contextmanager
def _connected(gateway: Gateway, url: str, *, reason: str, seconds: float) -> Iterator[tuple[_Client, str]]:
    """A client on its way to an address, and the path to ask for."""
    parts = urlsplit(url)
    security = Security.TLS if parts.scheme == "https" else Security.INSECURE_LOOPBACK
    host = parts.hostname or ""
    try:
        endpoint = Endpoint(host, parts.port or 443, security)
        connection = gateway.connect(endpoint, reason=reason, seconds=seconds)
    except ValueError as error:
        raise TransientError(f"{host} cannot be reached at this address.") from error
    try:
        yield _Client(connection, endpoint), (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    except OSError as error:
        raise unreachable(endpoint.host, error) from error
    except (http.client.HTTPException, ValueError) as error:
        raise TransientError(f"The answer of {endpoint.host} makes no sense.") from error
    finally:
        connection.close()
