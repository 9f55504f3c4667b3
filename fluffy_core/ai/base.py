"""What an embedder and a language model are, whichever runtime stands behind them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a language model is asked: `system` is the same for all requests of a skill, `user` differs.

    Both are plain text; the engine puts them into its model's template. Words of mail in `user` have been
    made harmless (`prompts.neutral`). With a JSON schema the whole answer conforms to it.
    """

    system: str
    user: str
    max_tokens: int = 256
    schema: Mapping[str, object] | None = None
    stop: tuple[str, ...] = ()
    temperature: float = 0.0


class LanguageModel(Protocol):
    """Answers a prompt; what it says is a claim to be grounded, never a fact."""

    @property
    def name(self) -> str:
        """The model's id, as evidence names it."""
        ...

    @property
    def context(self) -> int:
        """Tokens of prompt and answer together."""
        ...

    def generate(self, prompt: Prompt) -> Iterator[str]:
        """Pieces of the answer as they come; closing the iterator ends the work.

        Raises:
            ModelError: the model cannot be run, or its answer does not conform to the schema.
        """
        ...


class Models(Protocol):
    """Both models of this computer, for the skills; safe for many threads."""

    @property
    def language_model(self) -> str:
        """Id of the language model that `generate` asks, "" while there is none."""
        ...

    @property
    def is_installed(self) -> bool:
        """Whether there is an embedding model; without one `embed` raises ModelError."""
        ...

    def embed(
        self, texts: Sequence[str], *, interactive: bool = False, deadline: float = 60.0
    ) -> "NDArray[np.float32]":
        """Unit vectors of `texts`, shape (len(texts), DIMENSIONS); `deadline` in seconds.

        Raises:
            ModelError: the model is not installed, or damaged.
            TransientError: there was no answer; it may work the next time.
        """
        ...

    def generate(
        self, prompt: Prompt, *, interactive: bool = False, deadline: float = 120.0
    ) -> Iterator[str]:
        """Pieces of the answer as they come; closing the iterator ends the work within two seconds.

        Raises:
            ModelError: there is no language model, or its answer does not conform to the schema.
            TransientError: it crashed, hung or was too slow; it may work the next time.
        """
        ...

    def interrupt(self) -> None:
        """End whatever is being computed now; who waits for it gets a TransientError."""
        ...
