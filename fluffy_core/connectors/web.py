"""Plain HTTPS requests through the gateway, with the standard library's client."""

import http.client
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from fluffy_core.connectors.connection import Connection
from fluffy_core.connectors.gateway import Endpoint, Gateway, Security, unreachable
from fluffy_core.errors import TransientError

LIMIT = 1 << 20
"""Bytes of an answer; more is not read."""
Reply = http.client.HTTPResponse
"""An answer of which the status and the headers are there, and the content is still to be read."""
_OK = 200


class _Client(http.client.HTTPConnection):
    """http.client on a connection of the gateway."""

    def __init__(self, connection: Connection, endpoint: Endpoint) -> None:
        super().__init__(endpoint.host, endpoint.port)
        self._connection = connection

    def connect(self) -> None:
        self.sock = self._connection  # as much of a socket as is used

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
    parts = urlsplit(url)
    security = Security.TLS if parts.scheme == "https" else Security.INSECURE_LOOPBACK
    host = parts.hostname or ""
    try:
        endpoint = Endpoint(host, parts.port or 443, security)
        connection = gateway.connect(endpoint, reason=reason, seconds=seconds)
    except ValueError as error:
        raise TransientError(f"{host} cannot be reached at this address.") from error
    try:
        connection.allow(seconds * 3)
        opened(connection)
        client = _Client(connection, endpoint)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        said = {"User-Agent": "FluffyMail", "Connection": "close", "Accept-Encoding": "identity"}
        client.request("GET", path or "/", headers=said | dict(headers or {}))
        yield client.getresponse(), connection
    except OSError as error:
        raise unreachable(endpoint.host, error) from error
    except (http.client.HTTPException, ValueError) as error:
        raise TransientError(f"The answer of {endpoint.host} makes no sense.") from error
    finally:
        connection.close()
