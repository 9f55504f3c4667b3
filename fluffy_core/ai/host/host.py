"""The model host: both models in a child process that may crash, hang or be killed without harm here.

The child starts with the first request and leaves when nothing was asked for a while. Work is cut into turns
of a fraction of a second, a batch of texts or a piece of an answer, and whoever is interactive gets the next.
"""

import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from fluffy_core.ai.base import DIMENSIONS, LanguageModel, Prompt
from fluffy_core.ai.embedding.batches import batches, clip, encodable
from fluffy_core.ai.embedding.onnx import MODEL_FILE, TOKENIZER_FILE
from fluffy_core.ai.embedding.torch import WEIGHTS
from fluffy_core.ai.host.child import EMBED, GENERATE
from fluffy_core.ai.host.process import Engine, ModelProcess
from fluffy_core.ai.host.protocol import Frame
from fluffy_core.ai.host.turns import Turns
from fluffy_core.ai.models.catalog import EMBEDDER, SAME_EMBEDDER
from fluffy_core.errors import ModelError, TransientError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T")
Chosen = Callable[[], Engine | LanguageModel | None]
"""The language model in use: for the child process, or one that is asked from here (a server)."""

_INTERACTIVE, _BACKGROUND = 0, 1
_LONGEST_DEADLINE = 86_400.0
_BEAT_SECONDS = 1.0
_BATCHES_A_TURN = 4
"""For the model process's threads to share; a twentieth of a second on two cores."""
_GRACE_SECONDS = 2.0
"""What a piece of an answer may take past the deadline: to end the process costs the next its loading."""


def onnx_engine(models_dir: Path) -> Engine:
    """The default embedder, as `fluffy models pull` installs it below `models_dir`."""
    return Engine(
        name=EMBEDDER,
        factory="fluffy_core.ai.embedding.onnx:OnnxEmbedder",
        model_dir=models_dir / EMBEDDER,
        files=(MODEL_FILE, TOKENIZER_FILE),
    )


def embedder_engine(models_dir: Path) -> Engine:
    """The embedder to use: the default, or the same weights for sentence-transformers where only they are.

    Another model cannot take its place: stored vectors and trained classifiers belong to these weights.
    """
    default, same = onnx_engine(models_dir), sentence_transformers_engine(models_dir / SAME_EMBEDDER)
    return same if same.is_installed and not default.is_installed else default


def sentence_transformers_engine(folder: Path) -> Engine:
    """An embedder in a folder that sentence-transformers can read."""
    return Engine(
        name=folder.name,
        factory="fluffy_core.ai.embedding.torch:TorchEmbedder",
        model_dir=folder,
        files=(WEIGHTS,),
        memory_mb=4_096,
    )


class ModelHost:
    """Both models (`base.Models`), and an Embedder; one process at most; safe for many threads. Close it.

    `chosen` is asked for the language model at each request, so that another choice holds at once.
    """

    def __init__(self, engine: Engine, chosen: Chosen = lambda: None, *, idle_seconds: float = 300.0) -> None:
        self._engine = engine
        self._chosen = chosen
        self._idle_seconds = idle_seconds
        self._turns = Turns()
        self._lanes = {_INTERACTIVE: Turns(), _BACKGROUND: Turns()}
        self._lock = threading.Lock()
        self._process: ModelProcess | None = None
        self._spoke = 0.0
        self._closed = False

    def __enter__(self) -> "ModelHost":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def name(self) -> str:
        """Id of the embedding model."""
        return self._engine.name

    @property
    def is_installed(self) -> bool:
        """Whether the files of the embedding model are there; without them `embed` raises ModelError."""
        return self._engine.is_installed

    @property
    def language_model(self) -> str:
        """Id of the language model; "" while there is none."""
        chosen = self._language()
        return chosen.name if chosen else ""

    @property
    def pid(self) -> int | None:
        """Process id of the model process, None while there is none."""
        process = self._process
        return process.pid if process and process.is_alive else None

    def encode(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """`embed` in the background with a minute's time: what makes this an Embedder."""
        return self.embed(texts)

    def embed(
        self, texts: Sequence[str], *, interactive: bool = False, deadline: float = 60.0
    ) -> "NDArray[np.float32]":
        """Unit vectors of `texts`, shape (len(texts), 384), in their order.

        Args:
            texts: any strings; of each the first 256 word pieces count.
            interactive: goes before everything in the background; waits for one turn at most.
            deadline: seconds for the whole call. Give large jobs in portions, or time enough.

        Raises:
            ModelError: the model is not installed, or damaged.
            TransientError: it crashed, hung, talked nonsense or was too slow; the next call starts afresh.
        """
        import numpy as np

        if not self.is_installed:
            raise ModelError("The search model is not installed. `fluffy models pull` fetches it.")
        until = time.monotonic() + min(deadline, _LONGEST_DEADLINE)
        priority = _INTERACTIVE if interactive else _BACKGROUND
        clipped = [clip(text) for text in texts]
        vectors = np.empty((len(clipped), DIMENSIONS), dtype=np.float32)
        for batch in batches(clipped, times=_BATCHES_A_TURN):
            with self._turns.take(priority, until):
                vectors[batch] = self._encode([clipped[index] for index in batch], until)
        return vectors

    def generate(
        self, prompt: Prompt, *, interactive: bool = False, deadline: float = 120.0
    ) -> Iterator[str]:
        """Pieces of the answer to a prompt; closing the iterator ends the work.

        An empty piece comes at least every second or two while there is nothing to say yet (the prompt is
        read, others go first): a moment to stop. Between two pieces the others' work goes on.

        Args:
            prompt: what is asked.
            interactive: everything in the background waits until this is answered.
            deadline: seconds for the whole answer.

        Raises:
            ModelError: there is no language model, it is damaged, or its answer does not fit the schema.
            TransientError: it crashed, hung, talked nonsense or was too slow; the next call starts afresh.
        """
        chosen = self._language()
        if chosen is None:
            raise ModelError("No language model is installed. `fluffy models list` shows which there are.")
        until = time.monotonic() + min(deadline, _LONGEST_DEADLINE)
        priority = _INTERACTIVE if interactive else _BACKGROUND
        return self._answer(chosen, prompt, priority=priority, until=until)

    def interrupt(self) -> None:
        """End the model process now: who waits for it gets a TransientError, and the next starts afresh."""
        if (process := self._process) is not None:
            process.kill()

    def close(self) -> None:
        """End the model process and send waiting callers away; takes a second at most."""
        with self._lock:
            self._closed = True
            process = self._process
        for turns in (self._turns, *self._lanes.values()):
            turns.close()
        if process:
            process.close()

    def _language(self) -> Engine | LanguageModel | None:
        chosen = self._chosen()
        return None if isinstance(chosen, Engine) and not chosen.is_installed else chosen

    def _encode(self, texts: Sequence[str], until: float) -> "NDArray[np.float32]":
        """One batch; the caller holds the turn."""
        frame = _finished(self._ask(EMBED, self._engine, {"texts": texts}, until=until))
        try:
            return _vectors(frame, len(texts))
        except TransientError:
            self.interrupt()
            raise

    def _answer(
        self, chosen: Engine | LanguageModel, prompt: Prompt, *, priority: int, until: float
    ) -> Iterator[str]:
        """An answer from its first turn to its last; of each priority there is one at a time."""
        with ExitStack() as stack:
            if priority == _INTERACTIVE:
                stack.enter_context(self._turns.ahead())
            yield from _wait(self._lanes[priority], priority, until)
            stack.callback(self._lanes[priority].leave)
            if isinstance(chosen, Engine):
                yield from self._pieces(chosen, prompt, lane=priority, until=until)
            else:
                yield from _in_time(chosen.generate(prompt), until)

    def _pieces(self, engine: Engine, prompt: Prompt, *, lane: int, until: float) -> Iterator[str]:
        """An answer of the model process, each piece in a turn of its own."""
        clean = {"system": encodable(prompt.system), "user": encodable(prompt.user)}
        first = {"lane": lane, "prompt": asdict(prompt) | clean}
        process: ModelProcess | None = None
        while True:
            yield from _wait(self._turns, lane, until)
            try:
                if process is None:
                    frame = yield from self._ask(GENERATE, engine, first, until=until)
                    process = self._process
                else:
                    frame = yield from process.ask({"lane": lane}, until + _GRACE_SECONDS)
            finally:
                self._spoke = time.monotonic()
                self._turns.leave()
            yield from self._said(frame)
            if "end" in frame.header:
                return

    def _said(self, frame: Frame) -> list[str]:
        pieces = frame.header.get("pieces")
        if not isinstance(pieces, list) or not all(isinstance(piece, str) for piece in pieces):
            self.interrupt()
            raise TransientError("The model process sent something that makes no sense.")
        return pieces

    def _ask(
        self, role: str, engine: Engine, request: Mapping[str, object], *, until: float
    ) -> Generator[str, None, Frame]:
        """The answer of an engine, which is loaded if need be; the caller holds the turn."""
        process = self._running()
        try:
            return (yield from self._ask_this(process, role, engine, request=request, until=until))
        except TransientError:
            if not process.left_idle:
                raise
        again = self._running()  # it had just left
        return (yield from self._ask_this(again, role, engine, request=request, until=until))

    def _ask_this(
        self, process: ModelProcess, role: str, engine: Engine, *, request: Mapping[str, object], until: float
    ) -> Generator[str, None, Frame]:
        if role == EMBED and time.monotonic() - self._spoke > self._idle_seconds:
            yield from process.unload(GENERATE, until)
        yield from process.load(role, engine, until)
        return (yield from process.ask(request, until))

    def _running(self) -> ModelProcess:
        with self._lock:
            if self._closed:
                raise TransientError("The model is closed: the program is ending.")
            if self._process is None or not self._process.is_alive:
                self._process = ModelProcess(idle_seconds=self._idle_seconds)
            return self._process


def _wait(turns: Turns, priority: int, until: float) -> Iterator[str]:
    """Get the turn, with a beat each second.

    Raises:
        TransientError: it does not come by `until`, or that is past.
    """
    while time.monotonic() < until:
        if turns.enter(priority, min(until, time.monotonic() + _BEAT_SECONDS)):
            return
        yield ""
    raise TransientError("The language model did not answer in time.")


def _in_time(pieces: Iterator[str], until: float) -> Iterator[str]:
    """The pieces of a model that is asked from here, while there is time."""
    try:
        for piece in pieces:
            yield piece
            if time.monotonic() > until:
                raise TransientError("The language model did not answer in time.")
    finally:
        if isinstance(pieces, Generator):
            pieces.close()


def _finished(work: Generator[object, None, T]) -> T:
    """What a generator returns, for callers who do not mind its beats."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            value: T = end.value
            return value


def _vectors(frame: Frame, rows: int) -> "NDArray[np.float32]":
    """The matrix in an answer.

    Raises:
        TransientError: it is not one finite row of the right length for each text.
    """
    import numpy as np

    shape = (rows, DIMENSIONS)
    if (frame.header.get("rows"), frame.header.get("columns")) == shape and len(
        frame.payload
    ) == rows * DIMENSIONS * 4:
        matrix = np.frombuffer(frame.payload, dtype="<f4").reshape(shape)
        if np.isfinite(matrix).all():
            return matrix
    raise TransientError("The model process sent something that makes no sense.")
