"""Language models: one that says back what it hears and misbehaves when asked to, and the real one."""

import time
from collections.abc import Iterator
from pathlib import Path

from fluffy_core.ai.base import Prompt
from fluffy_core.ai.host.process import Engine
from fluffy_core.ai.llm.output import conforming, until_stop
from fluffy_core.ai.models.catalog import SMALL_LANGUAGE_MODEL
from fluffy_core.errors import ModelError
from tests.fakes.embedders import Misbehaving

NAME = "parrot"
CONTEXT = 2_000


class Parrot:
    """Says the user's words again, one a piece; a word counts as a token, and each tenth read is a beat."""

    context = CONTEXT

    def __init__(self, model_dir: Path, *, name: str = NAME, pause: int = 0) -> None:
        self.name = name
        self._pause = pause / 1000
        self._odd = Misbehaving(model_dir)

    def generate(self, prompt: Prompt) -> Iterator[str]:
        if len((prompt.system + prompt.user).split()) + prompt.max_tokens > self.context:
            raise ModelError("The text is longer than the language model can read at once.")
        return conforming(until_stop(self._words(prompt), prompt.stop), prompt.schema)

    def _words(self, prompt: Prompt) -> Iterator[str]:
        for _ in range(len(prompt.user.split()) // 10):
            time.sleep(self._pause)
            yield ""
        for word in prompt.user.split(" ")[: prompt.max_tokens]:
            time.sleep(self._pause)
            self._odd.encode([word.replace("=", " ")])
            yield f"{word} "


class Endless(Parrot):
    """Never comes to an end by itself."""

    def _words(self, prompt: Prompt) -> Iterator[str]:
        while True:
            time.sleep(0.005)
            yield "and "


class Mute(Parrot):
    """Answers with what is no text."""

    def generate(self, prompt: Prompt) -> Iterator[str]:
        yield 7  # type: ignore[misc]


class Unreadable(Parrot):
    """Refuses as a damaged model does."""

    def __init__(self, model_dir: Path) -> None:
        super().__init__(model_dir)
        raise ModelError("The language model is made of straw.")


class SlowToLoad(Parrot):
    """Takes a second and a half to load."""

    def __init__(self, model_dir: Path) -> None:
        time.sleep(1.5)
        super().__init__(model_dir)


class Hungry(Parrot):
    """Takes four gigabytes for an answer."""

    def generate(self, prompt: Prompt) -> Iterator[str]:
        room = bytearray(4 << 30)
        yield str(len(room))


def speaker(kind: type[Parrot], model_dir: Path, *, name: str = NAME, pause: int = 0) -> Engine:
    """One of these for the model host; `pause` in milliseconds before each word."""
    options: dict[str, str | int] = {}
    if kind is Parrot:
        options = {"name": name, "pause": pause}
    return Engine(name, f"{__name__}:{kind.__name__}", model_dir, memory_mb=500, options=options)


def llama_engine(models_dir: Path) -> Engine:
    """The small language model that belongs to every installation."""
    return Engine(
        SMALL_LANGUAGE_MODEL,
        "fluffy_core.ai.llm.llama:LlamaModel",
        models_dir / SMALL_LANGUAGE_MODEL,
        files=("model.gguf",),
    )
