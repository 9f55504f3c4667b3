"""What an embedder and a language model are, whichever runtime stands behind them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DIMENSIONS = 384
"""Length of the vectors of every embedder this program stores (all-MiniLM-L6-v2)."""


class Embedder(Protocol):
    """Turns texts into unit vectors whose dot product is their likeness in meaning (cosine).

    The contract (tests/contracts/test_embedder.py): one row for each text in the order given, float32,
    L2 norm 1; a text gets the same vector whatever stands beside it in the call (cosine >= 0.9999); any
    `str` is accepted, the empty one and lone surrogates included.
    """

    @property
    def name(self) -> str:
        """The model's id: vectors of different names must not be compared."""
        ...

    def encode(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Vectors of `texts`, shape (len(texts), DIMENSIONS).

        Raises:
            ModelError: the model cannot be run.
        """
        ...


class LanguageModel(Protocol):
    """Continues a prompt; what it says is a claim to be grounded, never a fact."""

    @property
    def name(self) -> str:
        """The model's id, as evidence names it."""
        ...

    @property
    def context(self) -> int:
        """Tokens of prompt and answer together."""
        ...

    def generate(
        self, prompt: str, *, max_tokens: int, schema: Mapping[str, object] | None = None
    ) -> Iterator[str]:
        """Pieces of the answer as they come; with a JSON schema the whole answer conforms to it.

        Raises:
            ModelError: the model cannot be run.
        """
        ...
