"""The model process: holds an embedder and a language model, answers requests from stdin on stdout.

Started by `fluffy_core.ai.host.process`; its argument is JSON of `ChildSettings`. It reaches for nothing
else and ends when its owner does: a thread of its own reads stdin, so the end of the pipe is noticed while
the model computes. (PR_SET_PDEATHSIG would fire when the *thread* that started this process ends, long
before the owner.)

A language model only goes on with an answer when it is asked for more of it, and then for a few pieces (to be
asked for each costs a small model 6 % of its time). So whoever asks for something else in between waits for
as long as nobody notices, and an answer that nobody asks for costs nothing.
"""

import contextlib
import importlib
import json
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from fluffy_core.ai.base import Embedder, LanguageModel, Prompt
from fluffy_core.ai.host.protocol import Frame, read_frame, write_frame
from fluffy_core.errors import KnownError, TransientError

IDLE = 0
"""Exit code: left because nothing was asked for a while."""
EMBED, GENERATE = "embed", "generate"
"""The roles: there is one engine for each at most."""
TURN_SECONDS = 0.03
"""How long an answer goes on without being asked; the piece that is being made then is finished."""

_REFUSED = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system")


@dataclass(frozen=True, slots=True)
class ChildSettings:
    """How the process behaves, whatever it loads."""

    idle_seconds: float
    niceness: int = 10


class Answers:
    """The engines of this process and what they are in the middle of saying."""

    def __init__(self) -> None:
        self._engines: dict[str, Any] = {}
        self._memory: dict[str, int] = {}
        self._lanes: dict[int, Iterator[str]] = {}

    def answer(self, request: Mapping[str, Any]) -> Frame:
        """The answer to one request, without its id; what the environment did wrong is an answer, too."""
        try:
            if "load" in request:
                return self._load(request["load"], request)
            if "unload" in request:
                return self._unload(request["unload"])
            if "texts" in request:
                return self._embed(request["texts"])
            return self._speak(request["lane"], request.get("prompt"))
        except KnownError as error:
            return Frame({"failed": str(error)})

    def _load(self, role: str, wanted: Mapping[str, Any]) -> Frame:
        self._unload(role)
        self._memory[role] = wanted["memory_mb"]
        _limit_memory(sum(self._memory.values()))
        module, _, name = wanted["factory"].partition(":")
        factory = getattr(importlib.import_module(module), name)
        self._engines[role] = factory(Path(wanted["model_dir"]), **wanted["options"])
        return Frame({})

    def _unload(self, role: str) -> Frame:
        if role == GENERATE:
            self._lanes.clear()
        self._memory.pop(role, None)
        engine = self._engines.pop(role, None)
        if hasattr(engine, "close"):
            engine.close()
        return Frame({})

    def _embed(self, texts: Sequence[str]) -> Frame:
        embedder: Embedder = self._engines[EMBED]
        vectors = embedder.encode(texts)
        rows, columns = vectors.shape
        return Frame({"rows": rows, "columns": columns}, vectors.astype("<f4", copy=False).tobytes())

    def _speak(self, lane: int, prompt: Mapping[str, Any] | None) -> Frame:
        if prompt is not None:
            model: LanguageModel = self._engines[GENERATE]
            self._lanes.pop(lane, None)  # who was being answered there has left
            self._lanes[lane] = model.generate(Prompt(**{**prompt, "stop": tuple(prompt["stop"])}))
        if lane not in self._lanes:
            return Frame({"gone": True})
        until = time.monotonic() + (0 if prompt else TURN_SECONDS)  # the first word is waited for
        pieces = []
        for piece in self._lanes[lane]:
            pieces.append(piece)
            if not piece or time.monotonic() >= until:
                return Frame({"pieces": pieces})
        del self._lanes[lane]
        return Frame({"pieces": pieces, "end": True})


def main(arguments: Sequence[str]) -> NoReturn:
    """Serve until the owner leaves or nothing is asked for `idle_seconds`."""
    settings = ChildSettings(**json.loads(arguments[0]))
    source, sink = _private_pipes()
    requests: queue.SimpleQueue[Frame] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(source, requests), daemon=True).start()
    _yield_to_the_user(settings.niceness)
    sys.addaudithook(_refuse)
    os._exit(_serve(settings, requests, sink))  # no teardown: a thread waits in read()


def _serve(settings: ChildSettings, requests: "queue.SimpleQueue[Frame]", sink: BinaryIO) -> int:
    answers = Answers()
    while True:
        try:
            request = requests.get(timeout=settings.idle_seconds).header
        except queue.Empty:
            return IDLE
        found = answers.answer(request)
        write_frame(sink, Frame({"id": request["id"], **found.header}, found.payload))


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


def _yield_to_the_user(niceness: int) -> None:
    """Lower priority where the owner could not set it; Ctrl-C is the owner's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        os.nice(niceness)


def _limit_memory(megabytes: int) -> None:
    """A ceiling for what the process itself takes, where the system has one; mapped weights do not count."""
    if sys.platform == "linux":
        import resource

        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        with contextlib.suppress(ValueError):  # a lower one is set already
            resource.setrlimit(resource.RLIMIT_DATA, (megabytes << 20, hard))


def _refuse(event: str, _arguments: tuple[object, ...]) -> None:
    """Audit hook (PEP 578): a model has no business with the network or other programs."""
    if event.startswith(_REFUSED):
        raise PermissionError(f"the model process may not use {event}")
