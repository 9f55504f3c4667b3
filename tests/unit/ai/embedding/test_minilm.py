"""The graph of integers against the same network in float32, on random weights of the real shape."""

import math
from collections.abc import Sequence

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from fluffy_core.ai.embedding import minilm
from fluffy_core.ai.embedding.minilm import HEADS, LAYERS, LONGEST, USUAL, WIDTH
from fluffy_core.ai.embedding.onnx import USUAL_FILE
from fluffy_core.ai.embedding.onnx_format import Tensor

Rows = NDArray[np.float32]

_erf = np.vectorize(math.erf)

WORDS, LOUD = 40, 99
TEXTS = ([1, 5, 9, 2], [1, 7, 7, 30, 31, 2], [1, 2])


def quantised(chance: np.random.Generator, *shape: int, axis: int) -> tuple[Tensor, Rows]:
    """Random integers and their scales, as the file of the model has them."""
    scales = chance.uniform(0.5, 1.5, [size if at == axis else 1 for at, size in enumerate(shape)])
    integers = np.clip(np.round(chance.normal(0, 40, shape)), -127, 127).astype(np.int8)
    return integers, (scales * 0.05 / 40).astype(np.float32)


@pytest.fixture(scope="module")
def network() -> dict[str, Tensor]:
    """Tensors with the names, shapes and order of the file; one channel is much louder than the others."""
    chance = np.random.default_rng(3)
    found: dict[str, Tensor] = {}

    def put(name: str, *shape: int, axis: int) -> None:
        found[f"{name}_q"], found[f"{name}_scale"] = quantised(chance, *shape, axis=axis)

    def norm(place: str) -> None:
        found[f"{place}LayerNorm.weight"] = chance.uniform(0.5, 1.0, WIDTH).astype(np.float32)
        found[f"{place}LayerNorm.weight"][LOUD] = 30.0
        found[f"{place}LayerNorm.bias"] = chance.normal(0, 0.2, WIDTH).astype(np.float32)

    put("inner.embeddings.word_embeddings.weight", WORDS, WIDTH, axis=0)
    put("inner.embeddings.position_embeddings.weight", 512, WIDTH, axis=0)
    found["inner.embeddings.token_type_embeddings.weight"] = chance.normal(0, 0.01, (2, WIDTH)).astype("f4")
    norm("inner.embeddings.")
    kinds = ("attention.self.query", "attention.self.key", "attention.self.value")
    for layer in range(LAYERS):
        place = f"inner.encoder.layer.{layer}."
        for name in (*kinds, "attention.output.dense", "intermediate.dense", "output.dense"):
            rows = 4 * WIDTH if name == "output.dense" else WIDTH
            columns = 4 * WIDTH if name == "intermediate.dense" else WIDTH
            put(f"val_{len(found)}", rows, columns, axis=1)
            found[f"{place}{name}.bias"] = chance.normal(0, 0.1, columns).astype(np.float32)
        norm(f"{place}attention.output.")
        norm(f"{place}output.")
    return found


def reference(found: dict[str, Tensor], ids: Sequence[int]) -> tuple[Rows, list[Rows]]:
    """Last hidden states of one text, and the inputs of the layers' halves, in float32."""

    def table(name: str) -> Rows:
        value: Rows = found[f"{name}_q"] * found[f"{name}_scale"]
        return value

    def norm(rows: Rows, place: str) -> Rows:
        rows = rows - rows.mean(axis=1, keepdims=True)
        rows = rows / np.sqrt((rows**2).mean(axis=1, keepdims=True))
        value: Rows = rows * found[f"{place}LayerNorm.weight"] + found[f"{place}LayerNorm.bias"]
        return value

    matrices = iter([table(name.removesuffix("_q")) for name in found if name[:4] + name[-2:] == "val__q"])

    def product(rows: Rows, place: str) -> Rows:
        value: Rows = rows @ next(matrices) + found[f"{place}.bias"]
        return value

    rows = table("inner.embeddings.word_embeddings.weight")[list(ids)]
    rows = rows + table("inner.embeddings.position_embeddings.weight")[: len(ids)]
    rows = norm(rows + found["inner.embeddings.token_type_embeddings.weight"][0], "inner.embeddings.")
    inputs = []
    for layer in range(LAYERS):
        place = f"inner.encoder.layer.{layer}."
        inputs.append(rows)
        heads = [
            product(rows, f"{place}attention.self.{name}").reshape(len(ids), HEADS, -1).swapaxes(0, 1)
            for name in ("query", "key", "value")
        ]
        scores = heads[0] @ heads[1].swapaxes(1, 2) / math.sqrt(WIDTH / HEADS)
        scores = np.exp(scores - scores.max(axis=2, keepdims=True))
        seen = scores / scores.sum(axis=2, keepdims=True) @ heads[2]
        seen = product(seen.swapaxes(0, 1).reshape(len(ids), WIDTH), f"{place}attention.output.dense")
        rows = norm(seen + rows, f"{place}attention.output.")
        inputs.append(rows)
        above = product(rows, f"{place}intermediate.dense")
        above = above * (1 + _erf(above / math.sqrt(2))).astype(np.float32) / 2
        rows = norm(product(above, f"{place}output.dense") + rows, f"{place}output.")
    return rows, inputs


def session(content: bytes) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])


@pytest.fixture(scope="module")
def tuned(network: dict[str, Tensor]) -> onnxruntime.InferenceSession:
    """Our graph, knowing what is usual in this network."""
    return session(minilm.model(network, measured(network)))


@pytest.fixture(scope="module")
def plain(network: dict[str, Tensor]) -> onnxruntime.InferenceSession:
    """Our graph, knowing nothing."""
    return session(minilm.model(network, minilm.unusual(), with_norms=True))


def run(graph: onnxruntime.InferenceSession, texts: Sequence[Sequence[int]]) -> list[Rows]:
    """Outputs for texts that are filled up to the longest."""
    longest = max(len(text) for text in texts)
    inputs = {
        minilm.IDS: np.array([[*text, *[0] * (longest - len(text))] for text in texts], np.int64),
        minilm.MASK: np.array([[1] * len(text) + [0] * (longest - len(text)) for text in texts], np.int64),
    }
    found: list[Rows] = graph.run(None, inputs)
    return found


def measured(found: dict[str, Tensor]) -> Rows:
    """What is usual in this network."""
    parts = zip(*(reference(found, text)[1] for text in TEXTS), strict=True)
    rows = [np.concatenate(part) for part in parts]
    usual = [(part.mean(axis=0), np.sqrt(np.abs(part - part.mean(axis=0)).max(axis=0))) for part in rows]
    return np.array(usual, np.float32)


def likeness(ours: Rows, theirs: Rows) -> float:
    """The smallest cosine of two tokens, but for the loud channel, which would hide the others."""
    ours, theirs = np.delete(ours, LOUD, axis=1), np.delete(theirs, LOUD, axis=1)
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    return float(((ours * theirs).sum(axis=1) / lengths).min())


def exactness(graph: onnxruntime.InferenceSession, network: dict[str, Tensor]) -> float:
    states = run(graph, TEXTS)[0]
    pairs = zip(TEXTS, states, strict=True)
    return min(likeness(rows[: len(text)], reference(network, text)[0]) for text, rows in pairs)


def test_it_computes_what_the_network_computes(
    network: dict[str, Tensor], tuned: onnxruntime.InferenceSession
) -> None:
    assert run(tuned, TEXTS)[0].shape == (3, 6, WIDTH)
    assert exactness(tuned, network) >= 0.99


def test_knowing_what_is_usual_makes_it_more_exact(
    network: dict[str, Tensor], tuned: onnxruntime.InferenceSession, plain: onnxruntime.InferenceSession
) -> None:
    """A loud channel takes the bits of the others."""
    assert 1 - exactness(tuned, network) < (1 - exactness(plain, network)) / 2


def test_a_text_does_not_depend_on_its_company(tuned: onnxruntime.InferenceSession) -> None:
    together = run(tuned, [*TEXTS, [3] * 50])[0]
    for text, rows in zip(TEXTS, together, strict=False):
        assert likeness(run(tuned, [text])[0][0], rows[: len(text)]) >= 0.9999


def test_it_tells_the_inputs_of_the_layers_halves(
    network: dict[str, Tensor], plain: onnxruntime.InferenceSession
) -> None:
    states, *inputs = run(plain, TEXTS[:1])
    assert states.shape == (1, 4, WIDTH)
    assert len(inputs) == 2 * LAYERS
    theirs = reference(network, TEXTS[0])[1]
    nearest = [max(range(len(theirs)), key=lambda at: likeness(ours, theirs[at])) for ours in inputs]
    assert nearest == list(range(2 * LAYERS))
    assert likeness(inputs[0], theirs[0]) >= 0.9999


def test_the_longest_text_fits(tuned: onnxruntime.InferenceSession) -> None:
    assert np.isfinite(run(tuned, [[4] * LONGEST])[0]).all()


@pytest.mark.parametrize(
    "name", ["inner.encoder.layer.5.output.dense.bias", "inner.embeddings.LayerNorm.bias"]
)
def test_a_missing_tensor_is_named(network: dict[str, Tensor], name: str) -> None:
    rest = {key: value for key, value in network.items() if key != name}
    with pytest.raises(KeyError, match=name):
        minilm.model(rest, minilm.unusual())


def test_another_number_of_matrices_is_another_model(network: dict[str, Tensor]) -> None:
    with pytest.raises(ValueError, match="zip"):
        minilm.weights({**network, "val_9999_q": np.zeros((WIDTH, WIDTH), np.int8)})


def test_what_is_usual_is_shipped() -> None:
    usual = np.load(USUAL_FILE, allow_pickle=False)
    assert usual.shape == USUAL
    assert np.isfinite(usual).all()
    assert usual[:, 1].min() > 0.01
    assert np.median(usual[:, 1].astype(np.float32)) == pytest.approx(1.0, abs=0.01)
