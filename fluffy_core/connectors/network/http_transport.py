"""httpx on connections that the gateway opened: kept alive, with limits, and ended from outside."""

from typing import Any

import httpcore
import httpx

from fluffy_core.connectors.network.connection import Connection
from fluffy_core.connectors.network.gateway import Endpoint, Gateway, Security
from fluffy_core.errors import UsageError

REQUEST_SECONDS = 300.0
"""The longest that one request with its whole answer may take: a trickle of bytes is a stall too."""


class _Stream(httpcore.NetworkStream):
    """What httpcore takes for a socket. TLS is around it already where it has to be."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            self.connection.settimeout(timeout)
            return self.connection.reader.read1(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout(str(error)) from error
        except (OSError, ValueError) as error:  # ValueError: another thread closed it
            raise httpcore.ReadError(str(error)) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        try:
            self.connection.settimeout(timeout)
            self.connection.allow(REQUEST_SECONDS)
            self.connection.sendall(buffer)
        except TimeoutError as error:
            raise httpcore.WriteTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        self.connection.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        del ssl_context, server_hostname, timeout
        return self

    def get_extra_info(self, info: str) -> Any:
        return self.connection.wait(0) if info == "is_readable" else None


class _Backend(httpcore.NetworkBackend):
    """Opens connections through the gateway, each encrypted unless the server is on this computer."""

    def __init__(self, gateway: Gateway, security: Security, reason: str) -> None:
        self._gateway = gateway
        self._security = security
        self._reason = reason
        self.open: set[Connection] = set()

    def connect_tcp(self, host: str, port: int, *more: Any, **named: Any) -> httpcore.NetworkStream:
        del more, named
        connection = self._gateway.connect(Endpoint(host, port, self._security), reason=self._reason)
        self.open = {one for one in self.open if not one.closed} | {connection}
        return _Stream(connection)


class GatewayTransport(httpx.BaseTransport):
    """For `httpx.Client(transport=…)`. Requests of another scheme or host than those of `root` are refused.

    Errors of `Gateway.connect` pass through as they are; everything later is an httpx.TransportError.
    """

    def __init__(self, gateway: Gateway, root: str, *, reason: str, most: int = 4) -> None:
        url = httpx.URL(root)
        if url.scheme not in {"http", "https"} or not url.host:
            raise UsageError(f"{root} is no address of a server.")
        self._origin = (url.scheme, url.host, url.port)
        security = Security.TLS if url.scheme == "https" else Security.INSECURE_LOOPBACK
        self._backend = _Backend(gateway, security, reason)
        self._pool = httpcore.ConnectionPool(max_connections=most, network_backend=self._backend)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises httpx.UnsupportedProtocol for another server than the root's."""
        if (request.url.scheme, request.url.host, request.url.port) != self._origin:
            raise httpx.UnsupportedProtocol(f"{request.url.host} is not the server that was asked for.")
        assert isinstance(request.stream, httpx.SyncByteStream)
        wire = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        try:
            answer = self._pool.handle_request(wire)
        except _FAILURES as error:
            raise _translated(error) from error
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions
        )

    def interrupt(self) -> None:
        """End every connection from another thread: whoever waits meets its end."""
        for one in tuple(self._backend.open):
            one.interrupt()

    def close(self) -> None:
        """End the connections; safe to call twice."""
        self._pool.close()


_FAILURES = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError)


def _translated(error: Exception) -> httpx.TransportError:
    if isinstance(error, httpcore.TimeoutException):
        return httpx.ReadTimeout(str(error))
    if isinstance(error, httpcore.NetworkError):
        return httpx.ReadError(str(error))
    return httpx.RemoteProtocolError(str(error))


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Any:
        try:
            yield from self._answer.iter_stream()
        except _FAILURES as error:
            raise _translated(error) from error

    def close(self) -> None:
        self._answer.close()
