"""The port of this computer where the browser delivers the answer of a sign-in (RFC 8252, 7.3).

Whatever else knocks there meanwhile (favicons, connections in advance, other programs) changes nothing.
"""

import contextlib
import hmac
import selectors
import threading
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from fluffy_core.connectors.network.gateway import Gateway
from fluffy_core.errors import SignInError

WAIT_SECONDS = 300.0
"""So long a browser is waited for."""
LARGEST = 16 << 10
"""Bytes of a request; a larger one is turned away."""
MOST = 16
"""Connections that are kept open; the oldest has to go then."""
_POLL = 0.2
_CANCELLED = "The sign-in was cancelled."
_ONCE = ("code", "state", "error", "error_description")
"""Parameters that an answer may have, once each."""


class Redirect:
    """Listens from the first on, until `close`. One thread waits; any may cancel."""

    def __init__(self, gateway: Gateway) -> None:
        self._listener = gateway.listen()
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]
        self._visitors: list[_Visitor] = []
        self._cancelled = threading.Event()
        self._waiting = threading.Lock()

    def wait(self, state: str, seconds: float) -> Mapping[str, str]:
        """The parameters of the answer that carries `state`. Raises SignInError when none comes in time."""
        with self._waiting:
            if not self._cancelled.is_set():
                return self._wait(state, time.monotonic() + seconds)
        raise SignInError(_CANCELLED)

    def _wait(self, state: str, end: float) -> Mapping[str, str]:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            while not self._cancelled.is_set():
                left = end - time.monotonic()
                if left <= 0:
                    raise SignInError("Nobody signed in in time. Begin again.")
                for key, _ in selector.select(min(_POLL, left)):
                    if key.data is None:
                        self._welcome(selector)
                    elif (found := self._hear(selector, key.data, state)) is not None:
                        return found
        raise SignInError(_CANCELLED)

    def cancel(self) -> None:
        """End a wait from another thread; without one, nobody can knock any more."""
        self._cancelled.set()
        if self._waiting.acquire(blocking=False):
            try:
                self.close()
            finally:
                self._waiting.release()

    def close(self) -> None:
        """Nobody can knock any more; safe to call twice."""
        self._cancelled.set()
        self._listener.close()
        for one in self._visitors:
            one.connection.close()
        self._visitors.clear()

    def _welcome(self, selector: selectors.BaseSelector) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:  # who knocked is gone already
            return
        connection.setblocking(False)
        if len(self._visitors) >= MOST:
            self._dismiss(selector, self._visitors[0])
        visitor = _Visitor(connection)
        self._visitors.append(visitor)
        selector.register(connection, selectors.EVENT_READ, visitor)

    def _hear(
        self, selector: selectors.BaseSelector, visitor: "_Visitor", state: str
    ) -> dict[str, str] | None:
        if visitor not in self._visitors:  # it had to go in this very round
            return None
        if not visitor.read():
            self._dismiss(selector, visitor)
            return None
        if not visitor.is_complete:
            return None
        status, found = _answer(bytes(visitor.heard), state)
        visitor.say(status, _page(status, found))
        self._dismiss(selector, visitor)
        return found

    def _dismiss(self, selector: selectors.BaseSelector, visitor: "_Visitor") -> None:
        selector.unregister(visitor.connection)
        visitor.connection.close()
        self._visitors.remove(visitor)


class _Visitor:
    """A connection, and what was heard of it so far."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.heard = bytearray()

    @property
    def is_complete(self) -> bool:
        """Whether the head of its request is there, or is too large to wait for."""
        return b"\r\n\r\n" in self.heard or len(self.heard) > LARGEST

    def read(self) -> bool:
        """Take what came; False when nothing comes any more."""
        try:
            data = self.connection.recv(4096)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self.heard += data
        return bool(data)

    def say(self, status: str, page: bytes) -> None:
        """Send a page, if it is still wanted."""
        head = (
            f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(page)}\r\n"
            "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n"
            "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n"
            "Connection: close\r\n\r\n"
        )
        with contextlib.suppress(OSError):
            self.connection.settimeout(2.0)
            self.connection.sendall(head.encode() + page)


def _answer(request: bytes, state: str) -> tuple[str, dict[str, str] | None]:
    """(HTTP status, the answer's parameters): None for whatever is not the answer that is waited for."""
    if len(request) > LARGEST:
        return "431 Request Header Fields Too Large", None
    words = request.partition(b"\r\n")[0].decode("latin-1").split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):  # noqa: PLR2004
        return "400 Bad Request", None
    if words[0] != "GET":
        return "405 Method Not Allowed", None
    path, _, query = words[1].partition("?")
    if path != "/":
        return "404 Not Found", None
    try:
        pairs = [(name, value) for name, value in parse_qsl(query, max_num_fields=50) if name in _ONCE]
    except ValueError:
        return "400 Bad Request", None
    found = dict(pairs)
    genuine = hmac.compare_digest(found.get("state", "").encode(), state.encode())
    if not genuine or len(found) != len(pairs) or ("code" in found) == ("error" in found):
        return "400 Bad Request", None
    return "200 OK", found


def _page(status: str, found: Mapping[str, str] | None) -> bytes:
    if found is None:
        title, text = "This is not what FluffyMail waits for", "Nothing was done."
    elif "code" in found:
        title, text = "Thank you", "FluffyMail goes on by itself. You can close this window."
    else:
        title, text = "No permission was given", "FluffyMail keeps nothing. You can close this window."
    return (
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>FluffyMail</title><style>'
        ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:26em;"
        f"margin:20vh auto;padding:0 1em;text-align:center}}</style><h1>{title}</h1><p>{text}</p></html>"
    ).encode()
