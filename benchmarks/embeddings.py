"""Embeddings: sentences a second in this process, through the model host, and by sentence-transformers."""

import os
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import letters, programs
from benchmarks.programs import Contender
from benchmarks.results import Row, at_least
from benchmarks.workshop import Workshop
from fluffy_core.ai.embedding.onnx import OnnxEmbedder
from fluffy_core.ai.embedding.torch import WEIGHTS, TorchEmbedder
from fluffy_core.ai.host.host import ModelHost, onnx_engine
from fluffy_core.ai.models.catalog import EMBEDDER, SAME_EMBEDDER
from fluffy_core.config import load

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SPEED_BAR, COSINE_BAR = 2.5, 0.99
BUDGET = 60.0
PEER_FOLDER = "FLUFFY_SENTENCE_TRANSFORMER"
"""Names another folder of all-MiniLM-L6-v2 for sentence-transformers; nothing is fetched."""

_SENTENCE = re.compile(r"[A-Z][^.!?\n\r]{25,220}[.!?]")

Encode = Callable[[Sequence[str]], "NDArray[np.float32]"]


def measure(shop: Workshop) -> Iterator[Row]:
    """Rates in turns; the peer's ratio and likeness where it is installed."""
    models = load().paths.models
    host = ModelHost(onnx_engine(models))
    if not host.is_installed:
        yield Row("embeddings", "sentences", None, "/s", None, "model not installed (`fluffy models pull`)")
        return
    texts = sentences(shop.messages, shop.sizes.sentences)
    with host:
        ours = OnnxEmbedder(models / EMBEDDER)
        ways: dict[str, Encode] = {
            "in process": ours.encode,
            "model host": lambda found: host.embed(found, deadline=300.0),
        }
        theirs, why = peer()
        if theirs is not None:
            ways["sentence-transformers"] = theirs
        for encode in ways.values():
            encode(texts[:8])  # the model is loaded, the child is up
        contenders = [Contender(name, _timing(encode, texts)) for name, encode in ways.items()]
        times = programs.best_in_turns(contenders, rounds=shop.sizes.rounds, budget=BUDGET)
        cosine = None if theirs is None else likeness(ours.encode(texts[:64]), theirs(texts[:64]))
    rates = {name: len(texts) / min(found) for name, found in times.items()}
    yield from rows(rates, cosine=cosine, why=why, count=len(texts))


def rows(rates: dict[str, float], *, cosine: float | None, why: str, count: int) -> Iterator[Row]:
    """Sentences a second of each way, and the ratio to sentence-transformers."""
    yield Row("embeddings", "ONNX, in this process", rates["in process"], "/s", None, f"{count} sentences")
    ratio = rates["model host"] / rates["in process"]
    yield Row("embeddings", "ONNX, model host", rates["model host"], "/s", None, f"{ratio:.2f} of in-process")
    theirs = rates.get("sentence-transformers")
    value = None if theirs is None else rates["in process"] / theirs
    how = why if theirs is None else f"sentence-transformers: {theirs:,.0f} /s"
    yield Row("embeddings", "against sentence-transformers", value, "x", at_least(SPEED_BAR), how)
    yield Row("embeddings", "smallest cosine to it", cosine, "", at_least(COSINE_BAR), why)


def peer() -> tuple[Encode | None, str]:
    """sentence-transformers on the same weights, or None and why not."""
    if find_spec("sentence_transformers") is None:
        return None, "sentence-transformers is not installed"
    folder = Path(os.environ.get(PEER_FOLDER) or load().paths.models / SAME_EMBEDDER)
    if not (folder / WEIGHTS).is_file():
        return None, f"no model in {PEER_FOLDER} (`fluffy models pull {SAME_EMBEDDER}`)"
    return TorchEmbedder(folder).encode, ""


def _timing(encode: Encode, texts: Sequence[str]) -> Callable[[int], float]:
    def once(number: int) -> float:
        del number
        started = time.perf_counter()
        encode(texts)
        return time.perf_counter() - started

    return once


def likeness(ours: "NDArray[np.float32]", theirs: "NDArray[np.float32]") -> float:
    """The smallest cosine between rows of two matrices of unit vectors."""
    return float((ours * theirs).sum(axis=1).min())


def sentences(messages: Sequence[bytes], count: int) -> list[str]:
    """Sentences as mail has them; filled up with the same in another order where there are too few."""
    chance = random.Random(2)
    found: list[str] = []
    for content in messages:
        body = content[letters.head_length(content) :].decode("ascii", "ignore")
        found += [" ".join(one.split()) for one in _SENTENCE.findall(body)[:3]]
        if len(found) >= count:
            return found[:count]
    known = " ".join(found).split() or ["nothing", "to", "say"]
    while len(found) < count:
        found.append(" ".join(chance.choices(known, k=chance.randint(6, 30))) + ".")
    return found
