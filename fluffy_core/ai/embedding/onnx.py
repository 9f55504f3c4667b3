"""The embedder on ONNX Runtime: all-MiniLM-L6-v2, its matrix products in integers (`minilm.py`)."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fluffy_core.ai.base import DIMENSIONS
from fluffy_core.ai.embedding.batches import batches, clip
from fluffy_core.ai.models.catalog import EMBEDDER
from fluffy_core.config import resources_folder
from fluffy_core.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MODEL_FILE, TOKENIZER_FILE = "model.onnx", "tokenizer.json"
USUAL_FILE = resources_folder() / "ai" / "minilm-usual.npy"
"""What activations usually are (`benchmarks.fit_activations` measures it)."""
_WORD_PIECES = 256
_MOST_THREADS = 4
_SLOWER = ["SkipLayerNormFusion"]
"""The fused node takes four times as long as its parts."""


class OnnxEmbedder:
    """Mean of the last hidden states over the real tokens, L2-normalised (Reimers & Gurevych 2019).

    Loads in its constructor: half a second, some 200 MB at work. Not for two threads at once. Each core has
    a batch of its own: cores that share one wait for each other at every step of it, a fourth of the time.
    """

    def __init__(self, model_dir: Path, *, threads: int | None = None) -> None:
        """Load the model.

        Raises:
            ModelError: a file is missing, or is not the model's.
        """
        for name in (MODEL_FILE, TOKENIZER_FILE):
            if not (model_dir / name).is_file():
                raise ModelError("The search model is not installed. `fluffy models pull` fetches it.")
        self._tokenizer = tokenizer(model_dir / TOKENIZER_FILE)
        self._session = session(model_dir / MODEL_FILE)
        self._threads = ThreadPoolExecutor(threads or default_threads())

    @property
    def name(self) -> str:
        """The model's id in the catalog."""
        return EMBEDDER

    def encode(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Unit vectors of `texts`, shape (len(texts), 384); of each text the first 256 word pieces count.

        Raises:
            ModelError: the runtime fails on the model.
        """
        import numpy as np

        clipped = [clip(text) for text in texts]
        vectors = np.empty((len(clipped), DIMENSIONS), dtype=np.float32)
        groups = list(batches(clipped))
        each = map if len(groups) == 1 else self._threads.map
        for group, rows in zip(
            groups, each(self._run, ([clipped[i] for i in one] for one in groups)), strict=True
        ):
            vectors[group] = rows
        return vectors

    def _run(self, texts: list[str]) -> "NDArray[np.float32]":
        import numpy as np

        inputs = tokens(self._tokenizer, texts)
        try:
            hidden = self._session.run(None, inputs)[0]
        except Exception as error:  # the library's errors have no public base class
            raise ModelError(f"The search model cannot be run: {error}") from error
        weights = inputs["attention_mask"][:, np.newaxis].astype(np.float32)
        total: NDArray[np.float32] = (weights @ hidden)[:, 0]  # its length does not matter
        total /= np.linalg.norm(total, axis=1, keepdims=True)
        return total


def default_threads() -> int:
    """As many as the process may use, at most four: beyond that a small model gains little."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, _MOST_THREADS)


def tokenizer(path: Path) -> Any:
    """The word pieces of the model.

    Raises:
        ModelError: the file is damaged.
    """
    from tokenizers import Tokenizer

    try:
        found = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises plain Exception
        raise ModelError("The search model's tokenizer is damaged. `fluffy models pull` mends it.") from error
    found.enable_truncation(_WORD_PIECES)
    found.enable_padding()
    return found


def tokens(pieces: Any, texts: list[str]) -> "dict[str, NDArray[np.int64]]":
    """What the model reads of texts, one row each, as long as the longest."""
    import numpy as np

    found = pieces.encode_batch_fast(texts)
    return {
        "input_ids": np.array([one.ids for one in found], np.int64),
        "attention_mask": np.array([one.attention_mask for one in found], np.int64),
    }


def session(path: Path, *, with_norms: bool = False) -> Any:
    """The model ready to run: rows of tokens in, last hidden states out (`minilm.model`).

    Raises:
        ModelError: the file is damaged.
    """
    import numpy as np

    from fluffy_core.ai.embedding import minilm, onnx_format

    try:
        usual = minilm.unusual() if with_norms else np.load(USUAL_FILE).astype(np.float32)
        model = minilm.model(onnx_format.tensors(path.read_bytes()), usual, with_norms=with_norms)
        return _run_time(model, precise=not is_exact(precise=False))
    except Exception as error:  # the library's errors have no public base class
        raise ModelError("The search model is damaged. `fluffy models pull` mends it.") from error


def is_exact(*, precise: bool) -> bool:
    """Whether products of integers come out right on this processor, tried on the largest there are.

    On x86 without VNNI the fast kernel cuts sums off at 16 bits; the `precise` one is half as fast.
    """
    import numpy as np

    from fluffy_core.ai.embedding.onnx_format import FLOAT32, UINT8, Graph

    size, largest, factor = 64, 255, 127
    graph = Graph()
    matrix = graph.constant(np.full((size, size), factor, np.int8))
    scale, zero = graph.constant(np.array(1, np.float32)), graph.constant(np.array(0, np.uint8))
    product = graph.node("MatMulIntegerToFloat", "rows", matrix, "scale", scale, zero)
    model = graph.model({"rows": UINT8, "scale": FLOAT32}, [product])
    rows = {"rows": np.full((size, size), largest, np.uint8), "scale": np.array([1], np.float32)}
    found = _run_time(model, precise=precise).run(None, rows)[0]
    return bool((found == size * largest * factor).all())


def _run_time(model: bytes, *, precise: bool) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # see OnnxEmbedder
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.x64quantprecision", str(int(precise)))
    options.log_severity_level = 4
    where = {"providers": ["CPUExecutionProvider"], "disabled_optimizers": _SLOWER}
    return onnxruntime.InferenceSession(model, options, **where)
