"""The language model: pieces a second through the model host against the bare library, and shared prompts."""

import time
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks import programs
from benchmarks.programs import Contender
from benchmarks.results import Row, at_least
from benchmarks.workshop import Workshop
from fluffy_core.ai.base import Prompt
from fluffy_core.ai.host.host import ModelHost, onnx_engine
from fluffy_core.ai.host.process import Engine
from fluffy_core.ai.llm.chat_template import CHATML
from fluffy_core.ai.llm.llama import usable_cores
from fluffy_core.ai.models.catalog import SMALL_LANGUAGE_MODEL
from fluffy_core.config import load

RATE_BAR, PREFIX_BAR = 0.9, 3.0
TOKENS = 128
BUDGET = 120.0
SYSTEM = (
    "You sum up mail for a busy reader. Say who wants what from whom, and by when, in one sentence. " * 16
)
USERS = ("Please send the offer to Ann by Friday.", "The meeting is on Monday at ten; bring the figures.")
STORY = Prompt("You tell stories.", "Tell a long story of the sea and of an old ship.", max_tokens=TOKENS)


def measure(shop: Workshop) -> Iterator[Row]:
    """Both ways in turns; then how soon an answer begins."""
    models = load().paths.models
    engine = small_engine(models)
    if not engine.is_installed or find_spec("llama_cpp") is None:
        why = "model or runtime not installed (`fluffy models pull`, `dev.py llm`)"
        yield Row("llm", "language model, model host", None, "/s", None, why)
        return
    bare = Bare(str(engine.model_dir / engine.files[0]))
    with ModelHost(onnx_engine(models), lambda: engine) as host:
        "".join(host.generate(Prompt("", "warm", max_tokens=4)))
        ways = [
            Contender("host", lambda number: pace(piece for piece in host.generate(STORY) if piece)),
            Contender("bare", lambda number: pace(islice(bare.tokens(STORY), TOKENS))),
        ]
        times = programs.best_in_turns(ways, rounds=max(shop.sizes.rounds, 2), budget=BUDGET)
        starts = [beginnings(host) for _ in range(shop.sizes.rounds)]
    yield from rows(times, starts, threads=usable_cores())


def small_engine(models_dir: Path) -> Engine:
    """The small language model that belongs to every installation."""
    return Engine(
        SMALL_LANGUAGE_MODEL,
        "fluffy_core.ai.llm.llama:LlamaModel",
        models_dir / SMALL_LANGUAGE_MODEL,
        files=("model.gguf",),
    )


def rows(times: dict[str, list[float]], starts: list[tuple[float, float]], *, threads: int) -> Iterator[Row]:
    """From seconds for a token of each way, and seconds to the first word without and with a known prefix."""
    rates = {name: 1 / min(found) for name, found in times.items()}
    yield Row(
        "llm", "language model, model host", rates["host"], "/s", None, f"{TOKENS} tokens, {threads} threads"
    )
    ratio = rates["host"] / rates["bare"]
    how = f"bare llama.cpp: {rates['bare']:,.1f} /s"
    yield Row("llm", "against bare llama.cpp", ratio, "x", at_least(RATE_BAR), how)
    cold, warm = (min(one[kind] for one in starts) for kind in (0, 1))
    how = f"{cold * 1000:,.0f} ms, then {warm * 1000:,.0f} ms"
    yield Row("llm", "same prompt again starts sooner", cold / warm, "x", at_least(PREFIX_BAR), how)


def pace(pieces: Iterable[object]) -> float:
    """Seconds for each piece, from the request to the last of them.

    Raises:
        BenchmarkError: there is none.
    """
    started = time.perf_counter()
    count = sum(1 for _ in pieces)
    if not count:
        raise programs.BenchmarkError("the language model said nothing")
    return (time.perf_counter() - started) / count


def beginnings(host: ModelHost) -> tuple[float, float]:
    """Seconds to the first word for a long prompt, and for another request with the same beginning."""
    "".join(host.generate(Prompt("", "something else", max_tokens=2)))
    first, second = (_beginning(host, Prompt(SYSTEM, user, max_tokens=2)) for user in USERS)
    return first, second


def _beginning(host: ModelHost, prompt: Prompt) -> float:
    started = time.perf_counter()
    for piece in (pieces := host.generate(prompt)):
        if piece:
            break
    seconds = time.perf_counter() - started
    for _ in pieces:  # to its end, so that the next begins with a free host
        pass
    return seconds


class Bare:
    """The library by itself, in this process, as its own documentation shows it."""

    def __init__(self, path: str) -> None:
        import llama_cpp

        threads = usable_cores()
        self._llama: Any = llama_cpp.Llama(
            path, n_ctx=4096, n_threads=threads, n_threads_batch=threads, verbose=False
        )

    def tokens(self, prompt: Prompt) -> Iterator[int]:
        """What it says, token by token."""
        text = CHATML.replace("{system}", prompt.system).replace("{user}", prompt.user)
        found: Iterator[int] = self._llama.generate(
            self._llama.tokenize(text.encode(), add_bos=False, special=True), temp=0.0
        )
        return found
