"""What every Embedder keeps: the fake, the one on ONNX Runtime, and both behind the model host.

The one on sentence-transformers is there, too, and only there: its libraries are too large to be loaded here.
FLUFFY_MODELS names the folder of installed models; without it the real one is skipped.
"""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from fluffy_core.ai.base import DIMENSIONS, Embedder
from fluffy_core.ai.embedding.onnx import OnnxEmbedder
from fluffy_core.ai.host.host import ModelHost, onnx_engine, sentence_transformers_engine
from fluffy_core.ai.models.catalog import EMBEDDER, SAME_EMBEDDER
from tests.fakes.effort import least
from tests.fakes.embedders import HashEmbedder, engine

TEXTS = (
    "Could you send me the signed contract by Friday?",
    "Yes.",
    "Wir haben die Rechnung noch nicht erhalten.",
    "The workshop is moved to Tuesday; everyone please confirm, and tell the caterer how many of you come.",
    "納品書を添付します。",
    "",
    "Lunch?",
)


MODELS = Path(os.environ.get("FLUFFY_MODELS", "no models"))  # read now: other tests set it for themselves


def models_dir() -> Path:
    if not (MODELS / EMBEDDER).is_dir():
        pytest.skip("no installed models: set FLUFFY_MODELS")
    return MODELS


@pytest.fixture(scope="module")
def real() -> Embedder:
    return OnnxEmbedder(models_dir() / EMBEDDER, threads=1)


@pytest.fixture(scope="module")
def torch() -> Iterator[Embedder]:
    if not (MODELS / SAME_EMBEDDER).is_dir() or find_spec("sentence_transformers") is None:
        pytest.skip(f"`fluffy models pull {SAME_EMBEDDER}`, or the extra [sentence-transformers], is missing")
    with ModelHost(sentence_transformers_engine(MODELS / SAME_EMBEDDER)) as host:
        yield host


@pytest.fixture(scope="module", params=["hash", "hash in host", "onnx", "onnx in host", "torch in host"])
def embedder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedder]:
    with ExitStack() as stack:
        match request.param:
            case "hash":
                yield HashEmbedder(Path())
            case "hash in host":
                yield stack.enter_context(ModelHost(engine(HashEmbedder, tmp_path_factory.mktemp("model"))))
            case "onnx":
                yield request.getfixturevalue("real")
            case "torch in host":
                yield request.getfixturevalue("torch")
            case _:
                yield stack.enter_context(ModelHost(onnx_engine(models_dir())))


def test_one_unit_row_for_each_text(embedder: Embedder) -> None:
    vectors = embedder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), DIMENSIONS)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_no_texts_no_rows(embedder: Embedder) -> None:
    assert embedder.encode([]).shape == (0, DIMENSIONS)


def test_it_has_a_name(embedder: Embedder) -> None:
    assert embedder.name in {"hash", EMBEDDER, SAME_EMBEDDER}


def test_rows_keep_the_order_of_the_texts(embedder: Embedder) -> None:
    forwards, backwards = embedder.encode(TEXTS), embedder.encode(TEXTS[::-1])
    assert np.allclose(forwards, backwards[::-1], atol=1e-4)
    likeness = forwards @ backwards[::-1].T
    assert likeness.argmax(axis=1).tolist() == list(range(len(TEXTS)))


def test_batch_mates_do_not_matter(embedder: Embedder) -> None:
    company = [f"Filler number {number}. " * (1 + number % 40) for number in range(60)]
    together = embedder.encode([*company[:30], *TEXTS, *company[30:]])[30 : 30 + len(TEXTS)]
    alone = np.concatenate([embedder.encode([text]) for text in TEXTS])
    assert (together * alone).sum(axis=1).min() >= 0.9999


def test_any_string_is_accepted(embedder: Embedder) -> None:
    odd = [
        "",
        " \n\t",
        "\x00",
        "lone \ud800 surrogate",
        "\u202egnirts",
        "🦊" * 3000,
        "]]>\x1b[0m",
        "a" * 5000,
    ]
    vectors = embedder.encode(odd)
    assert np.isfinite(vectors).all()
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


@pytest.mark.parametrize("unit", ["word ", "x", " ", "\n> ", "é", "\u0301"])
def test_a_megabyte_costs_no_more_than_a_page(embedder: Embedder, unit: str) -> None:
    embedder.encode(["warm"])

    def measure() -> float:
        started = time.perf_counter()  # of the wall, since the work may be another process's
        assert embedder.encode([unit * (1_000_000 // len(unit))]).shape == (1, DIMENSIONS)
        return time.perf_counter() - started

    assert least(measure, enough=5.0) <= 5.0


def test_likeness_follows_meaning(real: Embedder) -> None:
    question, same, other = real.encode(
        ["Has the invoice been paid?", "Did you already settle the bill?", "The cat sleeps on the sofa."]
    )
    assert float(question @ same) > 0.35
    assert float(question @ other) < 0.1


def test_what_follows_the_first_256_word_pieces_is_not_read(real: Embedder) -> None:
    page = "the meeting about the budget takes place in the large room " * 30
    first, second = real.encode([page, page + "and now for something completely different " * 30])
    assert first @ second > 0.9999


PUBLISHED = (
    *(0.0336, 0.0105, -0.0175, 0.0294, -0.0094, -0.037, -0.0255, 0.0085, 0.0191, 0.0396, -0.0247, -0.0127),
    *(-0.0066, 0.0438, -0.0361, -0.0567, 0.0057, -0.0486, -0.0194, 0.0511, 0.0636, 0.0456, -0.0255, 0.021),
    *(0.0238, -0.0109, -0.0697, 0.0088, -0.01, -0.0044, -0.0137, 0.0609, 0.0541, 0.0306, 0.0325, 0.0239),
    *(0.0956, 0.042, 0.001, 0.0434, 0.0336, -0.0901, 0.0215, 0.0407, -0.0028, 0.0318, -0.0455, 0.0475),
)
"""The first numbers for "This is a test." by the published float32 weights."""


def test_the_vectors_are_those_of_all_minilm(real: Embedder) -> None:
    """Pins weights, tokenizer and pooling; ADR 0023 says how exact the numbers are."""
    vector = real.encode(["This is a test."])[0, : len(PUBLISHED)]
    theirs = np.array(PUBLISHED, np.float32)
    assert float(vector @ theirs / np.linalg.norm(vector) / np.linalg.norm(theirs)) >= 0.99
    assert np.linalg.norm(vector) == pytest.approx(np.linalg.norm(theirs), rel=0.03)


def test_the_same_weights_give_the_same_vectors(real: Embedder, torch: Embedder) -> None:
    texts = [*TEXTS, *(f"{text} {number}" for number, text in enumerate(TEXTS * 6))]
    assert (real.encode(texts) * torch.encode(texts)).sum(axis=1).min() >= 0.99
