"""Prepares pages in a child process: parsing uses another core, and hostile mail can only crash the child."""

import contextlib
import gc
import pickle
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from fluffy_core.domain.ingest import Prepared
from fluffy_core.domain.source import RawItem
from fluffy_core.services import prepare

WORTH_BYTES = 4 << 20
"""Imports below this size are prepared in the calling thread; a child takes half a second to start."""
CHUNK = 50
"""Items that cross the pipe at once: unpacking more would keep the window's thread waiting."""
PAGE_SECONDS = 120.0
"""A chunk that takes longer is given up as if the child had crashed."""
_LENGTH = struct.Struct("<Q")
_PROJECT = Path(__file__).parents[2]
_START = (
    "import sys; from fluffy_core.services import prepare_process as p; "
    "p.serve(sys.stdin.buffer, sys.stdout.buffer)"
)


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """The child: prepare page after page until its owner closes the pipe or ends."""
    make = prepare.preparer()
    while (items := _receive(requests)) is not None:
        _send(answers, [make(item) for item in items if isinstance(item, RawItem)])


def _send(pipe: IO[bytes], value: object) -> None:
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> list[RawItem] | list[Prepared] | None:
    """The next page, None at the end of the pipe. Both ends are this program, so that pickle is safe."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length)
    if len(data) < length:
        return None
    gc.disable()  # a page makes many objects at once, none of them garbage
    try:
        page: list[RawItem] | list[Prepared] = pickle.loads(data)
    finally:
        gc.enable()
    return page


class PreparingProcess:
    """One child, asked by one thread at a time; started by the first page. A context manager."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "PreparingProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def prepare(self, items: Sequence[RawItem]) -> list[Prepared]:
        """The items prepared, in order. One that crashes the parser comes back unread, the others parsed."""
        if len(items) > CHUNK:
            parts = (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
            return [one for part in parts for one in self.prepare(part)]
        if not items:
            return []
        found = self._ask(items)
        if found is not None:
            return found
        if len(items) > 1:
            middle = len(items) // 2
            return self.prepare(items[:middle]) + self.prepare(items[middle:])
        return [prepare.unread(items[0], "It crashed or stalled the program that reads messages.")]

    def _ask(self, items: Sequence[RawItem]) -> list[Prepared] | None:
        child = self._child = self._child or _start()
        if child.stdin is None or child.stdout is None:
            return None
        watch = threading.Timer(PAGE_SECONDS, child.kill)
        watch.start()
        try:
            _send(child.stdin, list(items))
            found = _receive(child.stdout)
        except (OSError, EOFError, pickle.UnpicklingError):
            found = None
        finally:
            watch.cancel()
        if found is None:
            self._end()
        return found  # type: ignore[return-value]

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
