"""Fetches one large file over https, goes on where it ended, and believes no server about it.

A range is asked for with the validator of what is there (RFC 9110, sections 13.1.5 and 14), so that two
versions of a file are never joined. Redirections lead only to hosts that the file's own host delivers from.
"""

import errno
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from fluffy_core.connectors.network import web
from fluffy_core.connectors.network.connection import Connection
from fluffy_core.connectors.network.gateway import Gateway
from fluffy_core.connectors.network.web import Reply
from fluffy_core.errors import AnswerError, BlockedError, DiskFullError, TransientError, UnreadableError

DELIVERERS = {"huggingface.co": ("huggingface.co", "hf.co")}
"""Domains from which a host's files are delivered: there, and on hosts below."""
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before the download is taken up again, when the last try brought nothing; then it is given up."""
SECONDS = 20.0
"""A read may wait that long, and every block has to be here after three times that."""
_BLOCK = 256 << 10
_REDIRECTS = 5
_OK, _PARTIAL, _UNSATISFIABLE, _TOO_MANY = 200, 206, 416, 429
_MOVED = (301, 302, 303, 307, 308)
_SERVER = 500
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")


class Halt:
    """Ends a download from another thread, also while it waits for the server."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._connection: Connection | None = None

    def stop(self) -> None:
        """End it now."""
        with self._lock:
            self._event.set()
            if self._connection is not None:
                self._connection.interrupt()

    def stopped(self) -> bool:
        """Whether it was told to end."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait, less when it is told to end; whether it was."""
        return self._event.wait(seconds)

    def watch(self, connection: Connection) -> None:
        """`stop` ends this connection, from now on."""
        with self._lock:
            self._connection = connection
            if self._event.is_set():
                connection.interrupt()


Told = Callable[[int], object]
"""Hears how many bytes are there."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file on the web of `size` bytes; `reason` is what the list of connections says."""

    url: str
    size: int
    reason: str


@dataclass(slots=True)
class Download:
    """One file on its way into `part`, which stays when it ends early."""

    gateway: Gateway
    wanted: Wanted
    part: Path
    told: Told = lambda there: None
    halt: Halt = field(default_factory=Halt)
    pauses: tuple[float, ...] = PAUSES

    def run(self) -> None:
        """Bring the part to its size, through as many broken connections as bring something.

        Raises:
            TransientError: it was stopped, or the server brings nothing more; it may go on later.
            BlockedError: the program is offline, or the server leads to a host that nobody named.
            AnswerError: the server does not have the file, or has another one.
        """
        left = list(self.pauses)
        while (there := self._there()) < self.wanted.size:
            try:
                self._fetch(there)
            except TransientError as error:
                self._go_on_after(error, progress=self._there() > there, left=left)
            else:
                if self._there() <= there:
                    self._go_on_after(
                        TransientError(f"{self._host} sends nothing."), progress=False, left=left
                    )
        self.told(self._there())

    @property
    def _host(self) -> str:
        return (urlsplit(self.wanted.url).hostname or "").lower()

    def _go_on_after(self, error: TransientError, *, progress: bool, left: list[float]) -> None:
        """Wait a moment, or give up."""
        if progress:
            left[:] = self.pauses
        if self.halt.stopped():
            raise TransientError("The download was stopped.") from error
        if not left or error.retry_after:
            raise error
        if self.halt.wait(left.pop(0)):
            raise TransientError("The download was stopped.") from error

    def _there(self) -> int:
        """Bytes that are there; what is larger than the file is none of it."""
        size = self.part.stat().st_size if self.part.exists() else 0
        if size <= self.wanted.size:
            return size
        self.part.unlink()
        return 0

    def _fetch(self, there: int) -> None:
        headers = {"Range": f"bytes={there}-"} if there else {}
        if there and (etag := self._etag()):
            headers["If-Range"] = etag
        url = self.wanted.url
        for _ in range(_REDIRECTS):
            gateway = self.gateway.reaching({urlsplit(url).hostname or ""})
            with web.answering(
                gateway, url, reason=self.wanted.reason, seconds=SECONDS, headers=headers,
                opened=self.halt.watch,
            ) as (answer, connection):  # fmt: skip
                if answer.status not in _MOVED:
                    self._take(answer, connection, there)
                    return
                url = self._next(url, answer.headers.get("Location", ""))
        raise AnswerError(f"{self._host} sends from one place to the next.", status=310)

    def _next(self, url: str, location: str) -> str:
        """Where a redirection leads, if that is a place the host delivers from."""
        target = urlsplit(urljoin(url, location))
        host = (target.hostname or "").lower()
        domains = (self._host, *DELIVERERS.get(self._host, ()))
        if target.scheme != urlsplit(url).scheme or not any(
            host == one or host.endswith(f".{one}") for one in domains
        ):
            raise BlockedError(f"{self._host} leads to {host or 'nowhere'}, which nobody named.")
        return target.geturl()

    def _take(self, answer: Reply, connection: Connection, there: int) -> None:
        if there and answer.status in (_UNSATISFIABLE, _PARTIAL) and not self._continues(answer, there):
            self.part.unlink()  # of another version, or nonsense: from the beginning
            return
        if answer.status not in (_OK, _PARTIAL):
            raise self._refusal(answer)
        if answer.status == _OK:
            there = 0
            if answer.length is not None and answer.length != self.wanted.size:
                raise AnswerError(f"{self._host} has another file in this place.", status=_OK)
            self._keep_etag(answer.headers.get("ETag", ""))
        self._write(answer, connection, there)

    def _continues(self, answer: Reply, there: int) -> bool:
        found = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        return found is not None and (int(found[1]), int(found[2])) == (there, self.wanted.size)

    def _write(self, answer: Reply, connection: Connection, there: int) -> None:
        with _opened(self.part, there) as file:
            while there < self.wanted.size:
                connection.allow(3 * SECONDS)
                block = answer.read1(min(_BLOCK, self.wanted.size - there))
                if not block or self.halt.stopped():
                    raise TransientError(f"The connection to {self._host} broke.")
                _put(file, block)
                there += len(block)
                self.told(there)

    def _refusal(self, answer: Reply) -> AnswerError | TransientError:
        if answer.status == _TOO_MANY or answer.status >= _SERVER:
            wait = answer.headers.get("Retry-After", "")
            return TransientError(
                f"{self._host} is busy. Try again later.",
                retry_after=float(wait) if wait.isdecimal() else None,
            )
        return AnswerError(
            f"{self._host} does not give this file (HTTP {answer.status}).", status=answer.status
        )

    def _etag(self) -> str:
        path = self._etag_path
        return path.read_text(encoding="ascii", errors="replace") if path.exists() else ""

    def _keep_etag(self, etag: str) -> None:
        """Only a strong one says that the bytes are the same."""
        try:
            if etag.startswith('"') and etag.isascii() and etag.isprintable():
                self._etag_path.write_text(etag, encoding="ascii")
            else:
                self._etag_path.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(self.part, error) from error

    @property
    def _etag_path(self) -> Path:
        return self.part.with_name(self.part.name + ".etag")


def _opened(path: Path, there: int) -> FileIO:
    """The file from `there` on; what was behind that is gone."""
    try:
        file = FileIO(path, "r+" if there else "w")
        file.truncate(there)
        file.seek(there)
    except OSError as error:
        raise _unwritable(path, error) from error
    return file


def _put(file: FileIO, block: bytes) -> None:
    """Write all of it; an error of the disk is none of the network's."""
    left = memoryview(block)
    try:
        while left:
            left = left[file.write(left) :]
    except OSError as error:
        raise _unwritable(Path(str(file.name)), error) from error


def _unwritable(path: Path, error: OSError) -> DiskFullError | UnreadableError:
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return DiskFullError("The disk is full. What was fetched so far stays; go on when there is room.")
    return UnreadableError(f"{path.name} cannot be written: {error.strerror or error}.")
