"""Reads and prepares pages in a child process: on another core, and hostile mail only crashes the child."""

import contextlib
import pickle
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from fluffy_core.domain.ingest import Page, Prepared
from fluffy_core.domain.source import RawItem, SourceFile
from fluffy_core.errors import KnownError
from fluffy_core.services.imports import prepare
from fluffy_core.services.imports.prepare import Start

WORTH_BYTES = 4 << 20
"""Imports below this size are prepared in the calling thread; a child takes half a second to start."""
CHUNK = 50
"""Items that cross the pipe at once: unpacking more would keep the window's thread waiting."""
PAGE_SECONDS = 120.0
"""Preparing a chunk that takes longer is given up as if the child had crashed."""
_LENGTH = struct.Struct("<Q")
_PROJECT = Path(__file__).parents[3]
_READY = (
    "import gc, sys; from fluffy_core.services.imports import prepare_process as p; "
    "gc.freeze(); gc.set_threshold(20_000); "
)
"""Messages are no cycles, nor is the code: to look for some as often as usual is a tenth of the work."""
_START = f"{_READY}p.serve(sys.stdin.buffer, sys.stdout.buffer)"


@dataclass(frozen=True, slots=True)
class _Read:
    """Asks for every page of a source from a place on."""

    source: SourceFile
    start: Start
    scratch: Path


@dataclass(frozen=True, slots=True)
class _Begun:
    """The child has read a page and prepares it now; reading itself may take as long as it takes."""


@dataclass(frozen=True, slots=True)
class _Over:
    """The end of a source, or of what could be read of it."""

    error: KnownError | None = None


class _ChildDied(Exception):
    """The child crashed, or was killed because it stalled."""


# --- the child ---


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """The child: do what is asked until its owner closes the pipe or ends."""
    make = prepare.preparer()
    while (request := _receive(requests)) is not None:
        if isinstance(request, _Read):
            _serve_pages(request, make, answers)
        elif isinstance(request, list):
            _send(answers, make(request))


def _serve_pages(request: _Read, make: prepare.Make, answers: IO[bytes]) -> None:
    def piecewise(items: Sequence[RawItem]) -> list[Prepared]:
        _send(answers, _Begun())
        for start in range(0, len(items), CHUNK):
            _send(answers, make(items[start : start + CHUNK]))
        return []

    try:
        for page in prepare.read(request.source, piecewise, start=request.start, scratch=request.scratch):
            _send(answers, page)
    except KnownError as error:
        _send(answers, _Over(error))
    else:
        _send(answers, _Over())


# --- both ends ---


def _send(pipe: IO[bytes], value: object) -> None:
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> object:
    """The next value, None at the end of the pipe. Both ends are this program, so that pickle is safe."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length)
    if len(data) < length:
        return None
    value: object = pickle.loads(data)
    return value


# --- the owner ---


class PreparingProcess:
    """One child, asked by one thread at a time; started by the first page. A context manager."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "PreparingProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def kill(self) -> None:
        """End the child at once, from another thread; the page that it was at is then read here."""
        if (child := self._child) is not None:
            child.kill()

    def pages(self, source: SourceFile, *, start: Start, scratch: Path) -> Iterator[Page]:
        """What `prepare.read` gives; the child goes on reading while the caller stores a page.

        The page in which it dies is read here instead, and what kills it there is found by halving.
        """
        while True:
            try:
                for page in self._streamed(_Read(source, start, scratch)):
                    yield page
                    start = start.past(page)
                return
            except _ChildDied:
                self._end()
            rescued = next(prepare.read(source, self.prepare, start=start, scratch=scratch), None)
            if rescued is None:
                return
            yield replace(rescued, rescued=True)
            start = start.past(rescued)

    def _streamed(self, request: _Read) -> Iterator[Page]:
        """The pages as the child sends them. Raises _ChildDied, and what reading raised in the child."""
        self._ask(request)
        items: list[Prepared] = []
        preparing = False
        while True:
            match self._answer(limit=PAGE_SECONDS if preparing else None):
                case _Begun():
                    preparing = True
                case list() as some:
                    items += some
                case Page() as page:
                    yield replace(page, items=items)
                    items, preparing = [], False
                case _Over(error):
                    if error is not None:
                        raise error
                    return
                case _:
                    raise _ChildDied

    def prepare(self, items: Sequence[RawItem]) -> list[Prepared]:
        """The items prepared, in order. One that crashes the parser comes back unread, the others parsed."""
        if not items:
            return []
        try:
            self._ask(list(items))
            match self._answer(limit=PAGE_SECONDS):
                case list() as found:
                    return found
        except _ChildDied:
            pass
        self._end()
        if len(items) > 1:
            middle = len(items) // 2
            return self.prepare(items[:middle]) + self.prepare(items[middle:])
        return [prepare.unread(items[0], "It crashed or stalled the program that reads messages.")]

    def _ask(self, request: object) -> None:
        child = self._child = self._child or _start()
        try:
            if child.stdin is not None:
                _send(child.stdin, request)
        except OSError as error:
            raise _ChildDied from error

    def _answer(self, *, limit: float | None) -> object:
        """The child's next answer; it is killed when that takes more than `limit` seconds."""
        child = self._child
        if child is None or child.stdout is None:
            return None
        watch = threading.Timer(limit or 0.0, child.kill)
        if limit is not None:
            watch.start()
        try:
            return _receive(child.stdout)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            raise _ChildDied from error
        finally:
            watch.cancel()

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            child.wait(timeout=2)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", _START],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_PROJECT,
    )


def is_possible() -> bool:
    """Whether a child can be started; a frozen application has no interpreter to start."""
    return not getattr(sys, "frozen", False)
