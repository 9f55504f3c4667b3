"""A web server on loopback that answers as it is told, faults included, and remembers what it was asked."""

import http.server
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `query` has the last value of each name; header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    content: bytes
    at: float


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `after` seconds it begins; `drop_at` bytes of the content later the connection breaks."""

    status: int = 200
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    after: float = 0.0
    drop_at: int | None = None


Handle = Callable[[Asked], Reply]


class WebServer:
    """Answers with `handle`; replies in `faults` come first, one for each request that `struck` is about."""

    def __init__(self, handle: Handle) -> None:
        self.handle = handle
        self.asked: list[Asked] = []
        self.faults: deque[Reply] = deque()
        self.struck: Callable[[Asked], bool] = lambda _asked: True
        self.lock = threading.Lock()
        self.url = ""
        self.busy = self.busiest = 0
        """Requests that are being answered: now, and the most that there were at once."""

    def answer(self, asked: Asked) -> Reply:
        with self.lock:
            self.asked.append(asked)
            if self.faults and self.struck(asked):
                return self.faults.popleft()
            return self.handle(asked)

    @contextmanager
    def counted(self) -> Iterator[None]:
        """One more request is being answered."""
        with self.lock:
            self.busy += 1
            self.busiest = max(self.busiest, self.busy)
        try:
            yield
        finally:
            with self.lock:
                self.busy -= 1


class _Threads(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""


@contextmanager
def serve(handle: Handle) -> Iterator[WebServer]:
    """A running server; `url` is its root."""
    web = WebServer(handle)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60
        disable_nagle_algorithm = True

        def __getattr__(self, name: str) -> Callable[[], None]:
            if not name.startswith("do_"):
                raise AttributeError(name)
            return self.reply

        def reply(self) -> None:
            parts = urlsplit(self.path)
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            query = {name: values[-1] for name, values in parse_qs(parts.query, True).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, query, headers, content, time.time())
            with web.counted():
                self.write(web.answer(asked))

        def write(self, reply: Reply) -> None:
            time.sleep(reply.after)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.content)))
            self.end_headers()
            self.wfile.write(reply.content[: reply.drop_at])
            if reply.drop_at is not None:
                self.wfile.flush()
                self.close_connection = True
                with suppress(OSError):
                    self.connection.shutdown(socket.SHUT_RDWR)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = _Threads(("127.0.0.1", 0), Handler)
    web.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
