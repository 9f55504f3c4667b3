"""The owner's end of one model process: start it, ask it, end it."""

import contextlib
import json
import logging
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from fluffy_core.ai.host_child import IDLE, ChildSettings
from fluffy_core.ai.host_protocol import Frame, read_frame, write_frame
from fluffy_core.errors import ModelError, TransientError

FROZEN_FLAG = "--model-host"
"""First argument on which a frozen application calls `host_child.main(sys.argv[2:])` before anything else."""

_PACKAGE = Path(__file__).parents[1]
_START = """\
import sys, types
face = sys.modules["fluffy_core"] = types.ModuleType("fluffy_core")
face.__path__ = [sys.argv[1]]
from fluffy_core.ai.host_child import main
main(sys.argv[2:])
"""
"""An empty module stands for the package's public face, which would load the database, the queue and more."""

_log = logging.getLogger(__name__)
_LOAD_SECONDS = 60.0
_ANSWER_SECONDS = 30.0
_LAST_WORDS = 2_000


@dataclass(frozen=True, slots=True)
class Engine:
    """A model the process can load: `factory` is "module:callable", called with `model_dir` and `options`.

    It gives an Embedder or a LanguageModel called `name`; `files` must exist in `model_dir` for the engine to
    be worth starting; `memory_mb` is a ceiling, for which weights that are mapped from a file do not count.
    """

    name: str
    factory: str
    model_dir: Path
    files: tuple[str, ...] = ()
    memory_mb: int = 2_048
    options: Mapping[str, str | int] = field(default_factory=dict)


class ModelProcess:
    """One child, asked by one caller at a time. Once it is dead it stays dead: make another."""

    def __init__(self, engine: Engine, *, idle_seconds: float) -> None:
        """Start the child; it loads while `wait_until_ready` waits.

        Raises:
            TransientError: the system cannot start another process.
        """
        settings = ChildSettings(engine.factory, str(engine.model_dir), idle_seconds, engine.memory_mb)
        self._answers: queue.SimpleQueue[Frame | TransientError] = queue.SimpleQueue()
        self._started = time.monotonic()
        self._ready = False
        self._ended = False
        self._asked = 0
        self._last_words = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the reader thread
        try:
            self._process = _spawn(settings, self._last_words.fileno())
        except OSError as error:
            self._last_words.close()
            raise TransientError(f"The model process cannot be started: {error.strerror}.") from error
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        self._reader = threading.Thread(target=self._receive, name="model-answers", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Process id of the child."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the child runs and may be asked."""
        return not self._ended and self._process.poll() is None

    @property
    def left_idle(self) -> bool:
        """Whether it ended because nothing was asked for a while; what it was sent then was not read."""
        return self._process.poll() == IDLE

    def wait_until_ready(self, until: float) -> None:
        """Wait for the model to be loaded; a caller who cannot wait longer leaves it loading for the next.

        Raises:
            ModelError: it cannot be loaded.
            TransientError: it died, or is not ready by `until` (seconds of `time.monotonic`).
        """
        if self._ready:
            return
        limit = self._started + _LOAD_SECONDS
        try:
            frame = self._next(min(until, limit))
        except TransientError:
            if time.monotonic() >= limit:
                self.kill()
            raise
        if "failed" in frame.header:
            self.kill()
            raise ModelError(str(frame.header["failed"]))
        self._ready = True

    def encode(self, texts: Sequence[str], until: float) -> Frame:
        """The answer to one request. When this raises, whatever it is, the child must be killed.

        Raises:
            TransientError: no answer, or one to another question.
        """
        self._asked += 1
        try:
            write_frame(self._stdin, Frame({"id": self._asked, "texts": list(texts)}))
        except (OSError, ValueError) as error:
            self._reader.join(timeout=1.0)  # so that `left_idle` is known
            raise TransientError("The model process ended unexpectedly.") from error
        frame = self._next(min(until, time.monotonic() + _ANSWER_SECONDS))
        if frame.header.get("id") != self._asked:
            raise TransientError("The model process sent something that makes no sense.")
        return frame

    def kill(self) -> None:
        """End it now; harmless when it is dead."""
        self._ended = True
        self._process.kill()

    def close(self) -> None:
        """End it and wait until it is gone (a second at most)."""
        self.kill()
        self._reader.join(timeout=1.0)

    def _next(self, until: float) -> Frame:
        try:
            answer = self._answers.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            raise TransientError("The model did not answer in time.") from None
        if isinstance(answer, TransientError):
            self._answers.put(answer)  # a dead process gives no other answer
            raise answer
        return answer

    def _receive(self) -> None:
        """Reader thread: every frame of the child, at its end the reason."""
        problem = TransientError("The model process ended unexpectedly.")
        try:
            while True:
                self._answers.put(read_frame(self._stdout))
        except TransientError as error:
            problem = error
            self.kill()
        except (EOFError, OSError):
            self._ended = True
        code = self._process.wait()
        for stream in (self._stdin, self._stdout):
            with contextlib.suppress(OSError):
                stream.close()
        self._log_last_words(code)
        self._answers.put(problem)

    def _log_last_words(self, code: int) -> None:
        with self._last_words as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _LAST_WORDS))
            words = file.read().decode("utf-8", "replace").strip()
        _log.info("model process %d ended with code %d. %s", self.pid, code, words)


def child_command(settings: ChildSettings) -> list[str]:
    """What starts the model process."""
    argument = json.dumps(asdict(settings))
    if getattr(sys, "frozen", False):
        return [sys.executable, FROZEN_FLAG, argument]
    return [sys.executable, "-P", "-c", _START, str(_PACKAGE), argument]


def _spawn(settings: ChildSettings, errors: int) -> "subprocess.Popen[bytes]":
    path = os.pathsep.join(filter(None, (str(_PACKAGE.parent), os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        child_command(settings),
        env=os.environ | {"PYTHONPATH": path, "TOKENIZERS_PARALLELISM": "false"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
        | getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
