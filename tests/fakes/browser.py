"""A browser that goes where it is sent, as a user who says yes would."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit


def visit(url: str, *, method: str = "GET", redirects: int = 5) -> tuple[int, str]:
    """(status, page) at the end of all redirects."""
    parts = urlsplit(url)
    with closing(http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=20)) as line:
        line.request(method, f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/")
        answer = line.getresponse()
        page, where = answer.read().decode(), answer.headers.get("Location", "")
    if where and redirects:
        return visit(where, redirects=redirects - 1)
    return answer.status, page


class Visits:
    """What a browser saw in a thread of its own."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, str]] = []
        self.threads: list[threading.Thread] = []

    def open(self, url: str) -> bool:
        """As webbrowser.open: returns at once."""
        thread = threading.Thread(target=lambda: self.seen.append(visit(url)), daemon=True)
        self.threads.append(thread)
        thread.start()
        return True


@contextmanager
def browsing() -> Iterator[Visits]:
    """A browser; at the end every page was loaded."""
    visits = Visits()
    yield visits
    for one in visits.threads:
        one.join(20)
        assert not one.is_alive()
