"""The embedder on ONNX Runtime: all-MiniLM-L6-v2 with int8 weights.

The weights are int8, the arithmetic is float32 (no dynamic quantisation of activations), so a text's vector
does not depend on its batch mates: bit for bit the same alone and in batches of 4 to 64, measured on AVX2.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fluffy_core.ai.base import DIMENSIONS
from fluffy_core.ai.batches import batches, clip
from fluffy_core.ai.catalog import EMBEDDER
from fluffy_core.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MODEL_FILE, TOKENIZER_FILE = "model.onnx", "tokenizer.json"
_WORD_PIECES = 256
_MOST_THREADS = 4


class OnnxEmbedder:
    """Mean of the last hidden states over the real tokens, L2-normalised (Reimers & Gurevych 2019).

    Loads in its constructor: half a second, some 400 MB at work. Not for two threads at once.
    """

    def __init__(self, model_dir: Path, *, threads: int | None = None) -> None:
        """Load the model.

        Raises:
            ModelError: a file is missing, or is not the model's.
        """
        for name in (MODEL_FILE, TOKENIZER_FILE):
            if not (model_dir / name).is_file():
                raise ModelError("The search model is not installed. `fluffy models pull` fetches it.")
        self._tokenizer = _tokenizer(model_dir / TOKENIZER_FILE)
        self._session = _session(model_dir / MODEL_FILE, threads or default_threads())

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
        for batch in batches(clipped):
            vectors[batch] = self._run([clipped[index] for index in batch])
        return vectors

    def _run(self, texts: list[str]) -> "NDArray[np.float32]":
        import numpy as np

        encodings = self._tokenizer.encode_batch_fast(texts)
        ids = np.array([encoding.ids for encoding in encodings], dtype=np.int64)
        mask = np.array([encoding.attention_mask for encoding in encodings], dtype=np.int64)
        try:
            inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            hidden = self._session.run(None, inputs)[0]
        except Exception as error:  # the library's errors have no public base class
            raise ModelError(f"The search model cannot be run: {error}") from error
        weights = mask[:, :, np.newaxis].astype(np.float32)
        mean: NDArray[np.float32] = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
        mean /= np.linalg.norm(mean, axis=1, keepdims=True)
        return mean


def default_threads() -> int:
    """As many as the process may use, at most four: beyond that a small model gains little."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, _MOST_THREADS)


def _tokenizer(path: Path) -> Any:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises plain Exception
        raise ModelError("The search model's tokenizer is damaged. `fluffy models pull` mends it.") from error
    tokenizer.enable_truncation(_WORD_PIECES)
    tokenizer.enable_padding()
    return tokenizer


def _session(path: Path, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry(
        "session.intra_op.allow_spinning", "0"
    )  # idle threads must not burn power
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the library's errors have no public base class
        raise ModelError("The search model is damaged. `fluffy models pull` mends it.") from error
