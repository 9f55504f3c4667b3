"""A connection that the gateway opened: a stream that counts, keeps to its limits and tells of its end."""

import contextlib
import io
import selectors
import socket
import ssl
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

_BUFFER = 1 << 16


class Upgrade(Protocol):
    """Puts TLS around a connected socket; raises what the gateway says about a server it cannot trust."""

    def __call__(self, raw: socket.socket) -> ssl.SSLSocket:
        """The encrypted socket in place of `raw`."""
        ...


class Connection(io.RawIOBase):
    """What imaplib, smtplib and http.client take for a socket. Reads and writes raise OSError.

    `received` and `sent` count the bytes inside TLS. No wait is endless: each single one ends after the
    timeout, and everything since `allow(seconds)` when that time is over.
    """

    def __init__(
        self, sock: socket.socket, upgrade: Upgrade, *, closed: Callable[["Connection"], None]
    ) -> None:
        super().__init__()
        self.received = 0
        self.sent = 0
        self._socket = sock
        self._upgrade = upgrade
        self._closed = closed
        self._ended = False
        self._until = float("inf")
        self._timeout = sock.gettimeout()
        self.reader = io.BufferedReader(self, _BUFFER)

    @property
    def encrypted(self) -> bool:
        """Whether TLS is around it."""
        return isinstance(self._socket, ssl.SSLSocket)

    def readable(self) -> bool:
        """It is."""
        return True

    def fileno(self) -> int:
        """The number of the socket, for polling."""
        return self._socket.fileno()

    def settimeout(self, seconds: float | None) -> None:
        """How long one read or write may wait; None changes nothing, as nothing here waits for ever."""
        if seconds is not None:
            self._timeout = seconds
            self._socket.settimeout(seconds)

    def allow(self, seconds: float) -> None:
        """Whatever is read from now on has to be here within `seconds`: a trickle of bytes is a stall too."""
        self._until = time.monotonic() + seconds

    def readinto(self, buffer: "WriteableBuffer") -> int | None:
        """Read what is there into `buffer`; None when nothing is and waiting was switched off."""
        if time.monotonic() > self._until:
            raise TimeoutError("the server takes too long")
        try:
            count = self._socket.recv_into(memoryview(buffer).cast("B"))
        except (BlockingIOError, ssl.SSLWantReadError):
            return None
        self.received += count
        self._ended = count == 0
        return count

    def sendall(self, data: "ReadableBuffer") -> None:
        """Write all of `data`."""
        self._socket.sendall(data)
        self.sent += memoryview(data).nbytes

    def makefile(self, mode: str = "rb", buffering: int = -1) -> "io.BufferedReader[Connection]":
        """The one buffered reader of this connection (http.client and smtplib ask for it so)."""
        del mode, buffering
        return self.reader

    def wait(self, seconds: float) -> bool:
        """Wait at most `seconds` for something to read; also the end of the stream is something."""
        end = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            while not self._glance():
                left = end - time.monotonic()
                if left <= 0 or not selector.select(left):
                    return False
        return True

    def _glance(self) -> bool:
        """Whether a read would not wait. TLS may hold bytes that a selector does not see, or none of ours."""
        self._socket.settimeout(0)
        try:
            return bool(self.reader.peek(1)) or self._ended
        finally:
            self._socket.settimeout(self._timeout)

    def start_tls(self) -> None:
        """Put TLS around it from here on. Raises OSError when bytes came before it: they are nobody's.

        Raises UntrustedServerError as `Gateway.connect` does.
        """
        if self._glance():
            raise ConnectionAbortedError("something was slipped in before the encryption began")
        self.reader.detach()
        self._socket = self._upgrade(self._socket)
        self.reader = io.BufferedReader(self, _BUFFER)

    def interrupt(self) -> None:
        """End it from another thread: whoever waits for it meets the end of the stream."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close and tell so, once."""
        if not self.closed:
            super().close()
            self._socket.close()
            self._closed(self)
