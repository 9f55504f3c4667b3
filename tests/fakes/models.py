"""Both models without a model: embeddings by hash, answers as they are scripted."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fluffy_core.ai.base import Prompt
from fluffy_core.errors import ModelError
from tests.fakes.embedders import HashEmbedder


class NoModels:
    """A computer on which no model is installed."""

    language_model = ""
    is_installed = False

    def embed(
        self, texts: Sequence[str], *, interactive: bool = False, deadline: float = 60.0
    ) -> NDArray[np.float32]:
        raise ModelError("no model")

    def generate(
        self, prompt: Prompt, *, interactive: bool = False, deadline: float = 120.0
    ) -> Iterator[str]:
        raise ModelError("no model")

    def interrupt(self) -> None:
        pass


class Scripted(NoModels):
    """Embeds by hash; answers with what `answer` makes of a prompt, word for word. Keeps the prompts."""

    language_model = "scripted"
    is_installed = True

    def __init__(self, answer: Callable[[Prompt], str] = lambda _prompt: "") -> None:
        self.answer = answer
        self.prompts: list[Prompt] = []

    def embed(
        self, texts: Sequence[str], *, interactive: bool = False, deadline: float = 60.0
    ) -> NDArray[np.float32]:
        return HashEmbedder(Path()).encode(texts)

    def generate(
        self, prompt: Prompt, *, interactive: bool = False, deadline: float = 120.0
    ) -> Iterator[str]:
        self.prompts.append(prompt)
        for word in self.answer(prompt).split(" "):
            yield word + " "
