"""The model process: loads one engine, answers requests from stdin on stdout, and reaches for nothing else.

Started by `fluffy_core.ai.host_process`; its argument is JSON of `ChildSettings`. It ends when its owner
does: a thread of its own reads stdin, so the end of the pipe is noticed while the model computes.
(PR_SET_PDEATHSIG would fire when the *thread* that started this process ends, long before the owner.)
"""

import importlib
import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn

from fluffy_core.ai.base import Embedder
from fluffy_core.ai.host_protocol import Frame, read_frame, write_frame
from fluffy_core.errors import KnownError, TransientError

IDLE, FAILED = 0, 3
"""Exit codes: left because nothing was asked for a while; the engine cannot be loaded."""

_REFUSED = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system")


@dataclass(frozen=True, slots=True)
class ChildSettings:
    """`factory` is "module:callable", called with the model's folder; it gives an Embedder."""

    factory: str
    model_dir: str
    idle_seconds: float
    memory_mb: int
    niceness: int = 10


def main(arguments: Sequence[str]) -> NoReturn:
    """Serve until the owner leaves or nothing is asked for `idle_seconds`."""
    settings = ChildSettings(**json.loads(arguments[0]))
    source, sink = _private_pipes()
    requests: queue.SimpleQueue[Frame] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(source, requests), daemon=True).start()
    _yield_to_the_user(settings)
    sys.addaudithook(_refuse)
    os._exit(_serve(settings, requests, sink))  # no teardown: a thread waits in read()


def _serve(settings: ChildSettings, requests: "queue.SimpleQueue[Frame]", sink: BinaryIO) -> int:
    try:
        engine = _load(settings)
    except KnownError as error:
        write_frame(sink, Frame({"failed": str(error)}))
        return FAILED
    write_frame(sink, Frame({"ready": engine.name}))
    while True:
        try:
            request = requests.get(timeout=settings.idle_seconds)
        except queue.Empty:
            return IDLE
        vectors = engine.encode(request.header["texts"])
        rows, columns = vectors.shape
        header = {"id": request.header["id"], "rows": rows, "columns": columns}
        write_frame(sink, Frame(header, vectors.astype("<f4", copy=False).tobytes()))


def _load(settings: ChildSettings) -> Embedder:
    module, _, name = settings.factory.partition(":")
    factory: Callable[[Path], Embedder] = getattr(importlib.import_module(module), name)
    return factory(Path(settings.model_dir))


def _receive(source: BinaryIO, requests: "queue.SimpleQueue[Frame]") -> None:
    try:
        while True:
            requests.put(read_frame(source))
    except (EOFError, OSError, TransientError):
        os._exit(IDLE)


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the owner, out of reach of whatever prints or reads in a library."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return source, sink


def _yield_to_the_user(settings: ChildSettings) -> None:
    """Lower priority and a memory ceiling where the system has them; Ctrl-C is the owner's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "win32":
        return  # the owner set the priority class
    import resource

    os.nice(settings.niceness)
    if sys.platform == "linux":
        ceiling = settings.memory_mb << 20
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if hard in (resource.RLIM_INFINITY, -1) or ceiling <= hard:
            resource.setrlimit(resource.RLIMIT_DATA, (ceiling, hard))


def _refuse(event: str, _arguments: tuple[object, ...]) -> None:
    """Audit hook (PEP 578): a model has no business with the network or other programs."""
    if event.startswith(_REFUSED):
        raise PermissionError(f"the model process may not use {event}")
