"""The embedder on sentence-transformers: any folder of such a model whose vectors are as long as ours.

A third as fast as the default and 700 MB more to install (extra `[sentence-transformers]`): for models
that nobody has converted. The same weights give the same vectors, cosine >= 0.99.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fluffy_core.ai.base import DIMENSIONS
from fluffy_core.ai.embedding.batches import clip
from fluffy_core.ai.embedding.onnx import default_threads
from fluffy_core.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WEIGHTS = "model.safetensors"
_WHOLE, _WORD_PIECES = "modules.json", 256


class TorchEmbedder:
    """Loads in its constructor, which takes seconds. Not for two threads at once."""

    def __init__(self, model_dir: Path) -> None:
        """Load the model in a folder; one without `modules.json` is read with the mean of its tokens.

        Raises:
            ModelError: the runtime is not installed, or the folder holds no model that fits here.
        """
        self.name = model_dir.name
        try:
            import sentence_transformers
            import torch
        except ImportError as error:
            raise ModelError(
                "sentence-transformers is not installed (extra [sentence-transformers])."
            ) from error
        torch.set_num_threads(default_threads())
        try:
            if (model_dir / _WHOLE).is_file():
                self._model = sentence_transformers.SentenceTransformer(str(model_dir), device="cpu")
            else:
                self._model = _with_mean(model_dir)
        except Exception as error:  # three libraries raise whatever they like here
            raise ModelError(f"There is no model in {model_dir.name} that can be loaded: {error}") from error
        if self._model.get_embedding_dimension() != DIMENSIONS:
            raise ModelError(f"The vectors of {model_dir.name} are not {DIMENSIONS} numbers long.")

    def encode(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Unit vectors of `texts`, shape (len(texts), 384).

        Raises:
            ModelError: the runtime fails on the model.
        """
        import numpy as np

        if not texts:
            return np.empty((0, DIMENSIONS), dtype=np.float32)
        clipped = [clip(text) for text in texts]
        try:
            vectors = self._model.encode(clipped, normalize_embeddings=True, show_progress_bar=False)
        except Exception as error:  # as above
            raise ModelError(f"The search model cannot be run: {error}") from error
        return np.asarray(vectors, dtype=np.float32)


def _with_mean(folder: Path) -> Any:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    words = Transformer(str(folder))
    model = SentenceTransformer(modules=[words, Pooling(words.get_embedding_dimension())], device="cpu")
    model.max_seq_length = min(model.max_seq_length or _WORD_PIECES, _WORD_PIECES)
    return model
