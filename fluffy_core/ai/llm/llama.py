"""The language model on llama.cpp: GGUF files, on the processor.

One context holds the tokens of whoever was answered last. An answer is a list of tokens that grows; before
each step what the context holds is made the beginning of that list. So a shared beginning of prompts is
evaluated once, and an answer that was overtaken by another goes on where it was.
"""

import codecs
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from fluffy_core.ai.base import Prompt
from fluffy_core.ai.llm.chat_template import CHATML, ChatTemplate
from fluffy_core.ai.llm.context import LARGEST_PORTION, LlamaContext
from fluffy_core.ai.llm.grammar import grammar
from fluffy_core.ai.llm.output import conforming, until_stop
from fluffy_core.ai.llm.sampling import Sampler
from fluffy_core.errors import ModelError

_MOST_CORES = 8
_CHARACTERS_A_TOKEN = 32
"""More than any tokenizer puts into one on average; longer texts need not be tokenised to be refused."""


class LlamaModel:
    """A LanguageModel in this process; loads in its constructor. Not for two threads at once; close it.

    Between two portions of a prompt, less than half a second each, it yields an empty piece.
    """

    def __init__(
        self,
        model_dir: Path,
        *,
        file: str = "model.gguf",
        name: str = "",
        context: int = 4096,
        template: str = "",
        seed: int = 0,
    ) -> None:
        """Load `file`; with no `template` ({system}, {user}) its own is used.

        Raises:
            ModelError: there is no runtime, the file is missing or damaged, or there is not enough memory.
        """
        self.name = name or model_dir.name
        self.context = context
        self._seed = seed
        self._lib, self._llama = _loaded(model_dir / file, context)
        self._vocabulary = self._lib.llama_model_get_vocab(self._llama.model)
        self._template = ChatTemplate.of(template) if template else self._own_template()
        self._evaluated = LlamaContext(self._lib, self._llama)

    def generate(self, prompt: Prompt) -> Iterator[str]:
        """Pieces of the answer; see LanguageModel.

        Raises:
            ModelError: prompt and answer are longer than the context, or the answer does not fit the schema.
        """
        tokens, shared = self._tokens(prompt)
        if len(tokens) + prompt.max_tokens > self.context:
            raise ModelError("The text is longer than the language model can read at once.")
        words = self._words(prompt, tokens, shared)
        return conforming(until_stop(words, prompt.stop), prompt.schema)

    def close(self) -> None:
        """Give the memory back."""
        self._llama.close()

    def _words(self, prompt: Prompt, tokens: list[int], shared: int) -> Iterator[str]:
        threads = fair_threads(usable_cores(), _load())
        self._lib.llama_set_n_threads(self._llama.ctx, threads, threads)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        sampler = Sampler(
            self._llama.ctx,
            self._vocabulary,
            temperature=prompt.temperature,
            seed=self._seed,
            grammar=grammar(prompt.schema) if prompt.schema else "",
        )
        try:
            for _ in range(prompt.max_tokens):
                yield from self._evaluated.evaluate(tokens, shared)
                token = sampler.next()
                if self._lib.llama_vocab_is_eog(self._vocabulary, token):
                    break
                tokens.append(token)
                yield decoder.decode(self._llama.detokenize([token], tokens[-2:-1]))
            yield decoder.decode(b"", final=True)
        finally:
            sampler.close()

    def _tokens(self, prompt: Prompt) -> tuple[list[int], int]:
        """The prompt in the model's template, of which alone control tokens are read.

        Also how many of the tokens are the same for all requests with this system text.
        """
        if len(prompt.system) + len(prompt.user) > self.context * _CHARACTERS_A_TOKEN:
            raise ModelError("The text is longer than the language model can read at once.")
        around, own = self._template, partial(self._tokenized, special=True)
        shared = own(around.before) + self._tokenized(prompt.system) + own(around.between)
        bos = self._llama.token_bos()
        if self._lib.llama_vocab_get_add_bos(self._vocabulary) and shared[:1] != [bos]:
            shared.insert(0, bos)
        return shared + self._tokenized(prompt.user) + own(around.after), len(shared)

    def _tokenized(self, text: str, *, special: bool = False) -> list[int]:
        tokens: list[int] = self._llama.tokenize(
            text.encode("utf-8", "replace"), add_bos=False, special=special
        )
        return tokens

    def _own_template(self) -> ChatTemplate:
        source = self._llama.metadata.get("tokenizer.chat_template", "")
        if not source:
            return ChatTemplate.of(CHATML)
        bos, eos = (self._text(token) for token in (self._llama.token_bos(), self._llama.token_eos()))
        return ChatTemplate.of_jinja(source, bos=bos, eos=eos)

    def _text(self, token: int) -> str:
        found: bytes = self._lib.llama_vocab_get_text(self._vocabulary, token) if token >= 0 else b""
        return found.decode("utf-8", "replace")


def _loaded(path: Path, context: int) -> tuple[Any, Any]:
    """The library and the model."""
    if not path.is_file():
        raise ModelError("The language model is not there any more. `fluffy models list` shows which are.")
    try:
        import llama_cpp
    except (ImportError, OSError, RuntimeError) as error:  # RuntimeError: its library cannot be loaded
        raise ModelError("The language model runtime (llama-cpp-python) is not installed.") from error
    threads = usable_cores()
    try:
        llama = llama_cpp.Llama(
            str(path),
            n_ctx=context,
            n_batch=LARGEST_PORTION,
            n_threads=threads,
            n_threads_batch=threads,
            verbose=False,
        )
    except (ValueError, RuntimeError, OSError) as error:
        raise ModelError(
            "The language model cannot be loaded: its file is damaged, or there is not enough memory for it."
        ) from error
    return llama_cpp, llama


def fair_threads(cores: int, load: float) -> int:
    """Of `cores` the share for one more program where `load` threads already run: never all by force.

    llama.cpp's threads wait for each other hundreds of times a token. One that gets no core stops all of
    them: with two on two busy cores a token takes twice as long as with one (measured, load 8).
    """
    return max(1, min(cores, round(cores * cores / max(load, cores))))


def usable_cores() -> int:
    """Cores that this process may use, at most eight: more gain little where memory is the limit."""
    import psutil

    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(usable, psutil.cpu_count(logical=False) or usable, _MOST_CORES))


def _load() -> float:
    """Threads that want to run, the mean over a minute; 0 where the system does not count them."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
