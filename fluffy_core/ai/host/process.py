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
from collections.abc import Generator, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from fluffy_core.ai.host.child import IDLE, ChildSettings
from fluffy_core.ai.host.protocol import Frame, read_frame, write_frame
from fluffy_core.errors import ModelError, TransientError

FROZEN_FLAG = "--model-host"
"""First argument on which a frozen application calls `host.child.main(sys.argv[2:])` before anything else."""

_PACKAGE = Path(__file__).parents[2]
_START = """\
import sys, types
face = sys.modules["fluffy_core"] = types.ModuleType("fluffy_core")
face.__path__ = [sys.argv[1]]
from fluffy_core.ai.host.child import main
main(sys.argv[2:])
"""
"""An empty module stands for the package's public face, which would load the database, the queue and more."""

_QUIET = {"TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1", "GOMP_SPINCOUNT": "1000"}
"""Libraries of models must not fork, look for newer files, or burn time while a thread waits for another."""

_log = logging.getLogger(__name__)
_LOAD_SECONDS = 120.0
_ANSWER_SECONDS = 30.0
_BEAT_SECONDS = 1.0
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

    @property
    def is_installed(self) -> bool:
        """Whether its files are there."""
        return all((self.model_dir / name).is_file() for name in self.files)


class ModelProcess:
    """One child, asked by one caller at a time. Once it is dead it stays dead: make another.

    What takes long is a generator that yields "" each second that it waits, so that its caller may give up.
    """

    def __init__(self, *, idle_seconds: float) -> None:
        """Start the child; it loads nothing before it is asked to.

        Raises:
            TransientError: the system cannot start another process.
        """
        self._answers: queue.SimpleQueue[Frame | TransientError] = queue.SimpleQueue()
        self._loaded: dict[str, Engine] = {}
        self._loading: tuple[str, Engine, float] | None = None
        self._ended = False
        self._asked = 0
        self._last_words = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the reader thread
        try:
            self._process = _spawn(ChildSettings(idle_seconds), self._last_words.fileno())
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

    def load(self, role: str, engine: Engine, until: float) -> Iterator[str]:
        """Load the engine of a role, in place of another; a caller who cannot wait leaves it loading.

        Raises:
            ModelError: it cannot be loaded.
            TransientError: the process died, or is not ready by `until` (seconds of `time.monotonic`).
        """
        yield from self._finish_loading(role, until)
        if self._loaded.get(role) == engine:
            return
        self._loaded.pop(role, None)
        about = {"factory": engine.factory, "model_dir": str(engine.model_dir), "memory_mb": engine.memory_mb}
        self._send({"load": role, **about, "options": dict(engine.options)})
        self._loading = (role, engine, time.monotonic())
        yield from self._finish_loading(role, until)

    def unload(self, role: str, until: float) -> Iterator[str]:
        """Give back what the engine of a role holds. Raises as `ask`."""
        if self._loaded.pop(role, None):
            yield from self.ask({"unload": role}, until)

    def ask(self, request: Mapping[str, object], until: float) -> Generator[str, None, Frame]:
        """The answer to one request. Whoever does not wait for it costs the process its life.

        Raises:
            ModelError: the engine says why it cannot.
            TransientError: no answer, or one to another question.
        """
        try:
            self._send(request)
            frame = yield from self._answer(min(until, time.monotonic() + _ANSWER_SECONDS))
        except BaseException:
            self.kill()  # late, dead, senseless or given up: its next answer could be to this request
            raise
        return _sound(frame)

    def _finish_loading(self, role: str, until: float) -> Iterator[str]:
        """Wait for what is being loaded, perhaps for a caller who had no time; only its own role's errors."""
        if self._loading is None:
            return
        loading, engine, started = self._loading
        limit = started + _LOAD_SECONDS
        try:
            frame = yield from self._answer(min(until, limit))
        except TransientError:
            if time.monotonic() >= limit:
                self.kill()
            raise
        self._loading = None
        if "failed" not in frame.header:
            self._loaded[loading] = engine
        elif loading == role:
            _sound(frame)

    def _send(self, request: Mapping[str, object]) -> None:
        self._asked += 1
        try:
            write_frame(self._stdin, Frame({"id": self._asked, **request}))
        except (OSError, ValueError) as error:
            self._reader.join(timeout=1.0)  # so that `left_idle` is known
            raise TransientError("The model process ended unexpectedly.") from error

    def _answer(self, until: float) -> Generator[str, None, Frame]:
        """What comes back for the last request, with a beat each second."""
        while (frame := self._next(min(until, time.monotonic() + _BEAT_SECONDS))) is None:
            if time.monotonic() >= until:
                raise TransientError("The model did not answer in time.")
            yield ""
        if frame.header.get("id") != self._asked:
            self.kill()
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

    def _next(self, until: float) -> Frame | None:
        """The next frame, None when there is none by then."""
        try:
            answer = self._answers.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            return None
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


def _sound(frame: Frame) -> Frame:
    """The answer, if it is one.

    Raises:
        ModelError: the engine could not give one, and says why.
        TransientError: it has nothing more to say in this lane: another model was loaded meanwhile.
    """
    if "failed" in frame.header:
        raise ModelError(str(frame.header["failed"]))
    if "gone" in frame.header:
        raise TransientError("The language model was changed meanwhile.")
    return frame


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
        env=os.environ | {"PYTHONPATH": path, **_QUIET},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
        | getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
