"""The model host: embeddings from a child process that may crash, hang or be killed without harm here.

The child starts with the first request and leaves when nothing was asked for a while. Requests are cut into
batches of a fraction of a second; between batches whoever is interactive goes first.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fluffy_core.ai.base import DIMENSIONS, Prompt
from fluffy_core.ai.batches import batches, clip
from fluffy_core.ai.catalog import EMBEDDER
from fluffy_core.ai.embed import MODEL_FILE, TOKENIZER_FILE
from fluffy_core.ai.host_process import Engine, ModelProcess
from fluffy_core.ai.host_protocol import Frame
from fluffy_core.ai.turns import Turns
from fluffy_core.errors import ModelError, TransientError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_INTERACTIVE, _BACKGROUND = 0, 1
_LONGEST_DEADLINE = 86_400.0


def onnx_engine(models_dir: Path) -> Engine:
    """The default embedder, as `fluffy models pull` installs it below `models_dir`."""
    return Engine(
        name=EMBEDDER,
        factory="fluffy_core.ai.embed:OnnxEmbedder",
        model_dir=models_dir / EMBEDDER,
        files=(MODEL_FILE, TOKENIZER_FILE),
    )


class ModelHost:
    """An Embedder in a child process, of which there is one at most; safe for many threads. Close it."""

    def __init__(self, engine: Engine, *, idle_seconds: float = 300.0) -> None:
        self._engine = engine
        self._idle_seconds = idle_seconds
        self._turns = Turns()
        self._lock = threading.Lock()
        self._process: ModelProcess | None = None
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
        """Whether the files of the model are there; without them `embed` raises ModelError."""
        return all((self._engine.model_dir / name).is_file() for name in self._engine.files)

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
            interactive: goes before everything in the background; waits for one batch at most.
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
        for batch in batches(clipped):
            with self._turns.take(priority, until):
                vectors[batch] = self._encode([clipped[index] for index in batch], until)
        return vectors

    @property
    def language_model(self) -> str:
        """Id of the language model; "" while there is none."""
        return ""

    def generate(
        self, prompt: Prompt, *, interactive: bool = False, deadline: float = 120.0
    ) -> Iterator[str]:
        """Pieces of the answer to a prompt.

        Raises:
            ModelError: there is no language model here.
        """
        del prompt, interactive, deadline
        raise ModelError("No language model is installed. `fluffy models list` shows which there are.")

    def interrupt(self) -> None:
        """End the model process now: who waits for it gets a TransientError, and the next starts afresh."""
        if (process := self._process) is not None:
            process.kill()

    def close(self) -> None:
        """End the model process and send waiting callers away; takes a second at most."""
        with self._lock:
            self._closed = True
            process = self._process
        self._turns.close()
        if process:
            process.close()

    def _encode(self, texts: Sequence[str], until: float) -> "NDArray[np.float32]":
        """One batch; the caller holds the turn."""
        process = self._running()
        try:
            return self._ask(process, texts, until)
        except TransientError:
            if not process.left_idle:
                raise
        return self._ask(self._running(), texts, until)  # it had just left

    def _ask(self, process: ModelProcess, texts: Sequence[str], until: float) -> "NDArray[np.float32]":
        process.wait_until_ready(until)
        try:
            return _vectors(process.encode(texts, until), len(texts))
        except BaseException:
            process.kill()  # late, dead, senseless or interrupted: its next answer could be to this request
            raise

    def _running(self) -> ModelProcess:
        with self._lock:
            if self._closed:
                raise TransientError("The model is closed: the program is ending.")
            if self._process is None or not self._process.is_alive:
                self._process = ModelProcess(self._engine, idle_seconds=self._idle_seconds)
            return self._process


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
