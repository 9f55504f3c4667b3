"""What is usual for activations: found on made-up ones, and on texts that are nobody's."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import fit_activations
from fluffy_core.ai.embedding import minilm, onnx_format
from fluffy_core.ai.embedding import onnx as embed
from fluffy_core.ai.models.catalog import EMBEDDER


def rows(loud: int) -> fit_activations.Rows:
    """Activations of eight channels, of which one is twenty times as large and far from zero."""
    found = np.random.default_rng(4).normal(0, 1, (500, 8)).astype(np.float32)
    found[:, loud] = found[:, loud] * 20 + 50
    return found


def test_a_loud_channel_is_shifted_and_made_as_small_as_others() -> None:
    found = rows(loud=3)
    mean, divisor = fit_activations.usual(found, np.ones((8, 4), np.float32))
    assert mean[3] == pytest.approx(50, abs=3)
    assert np.abs(np.delete(mean, 3)).max() < 0.2
    assert 3 < divisor[3] < 6  # the root of twenty: the weights bear the other half
    assert np.delete(divisor, 3) == pytest.approx(1, abs=0.3)


def test_rounding_after_it_is_more_exact() -> None:
    found = rows(loud=0)
    matrix = np.random.default_rng(5).normal(0, 1, (8, 4)).astype(np.float32)
    mean, divisor = fit_activations.usual(found, matrix)

    def rounded(table: Any, axis: int) -> Any:
        steps = np.abs(table).max(axis=axis, keepdims=True) / 127
        return np.round(table / steps) * steps

    exact = found @ matrix
    plainly = rounded(found, 1) @ rounded(matrix, 0)
    shifted = rounded((found - mean) / divisor, 1) @ rounded(matrix * divisor[:, None], 0) + mean @ matrix
    assert np.abs(shifted - exact).mean() < np.abs(plainly - exact).mean() / 3


def test_the_texts_are_the_demo_and_odd_ones() -> None:
    found = fit_activations.texts()
    assert found == fit_activations.texts()
    assert len(found) > 100
    assert {"Thanks!", "納品書を添付します。"} <= set(found)


def test_every_token_counts_once_and_padding_never(monkeypatch: pytest.MonkeyPatch) -> None:
    class Model:
        def run(self, _: None, inputs: dict[str, Any]) -> list[Any]:
            ids = inputs[minilm.IDS].reshape(-1, 1).astype(np.float32)
            return [None, *(ids + number for number in range(2 * minilm.LAYERS))]

    def tokens(_: object, texts: list[str]) -> dict[str, Any]:
        longest = max(map(len, texts))
        return {
            minilm.IDS: np.array([[ord(sign) for sign in text.ljust(longest, "~")] for text in texts]),
            minilm.MASK: np.array([[1] * len(text) + [0] * (longest - len(text)) for text in texts]),
        }

    monkeypatch.setattr(embed, "tokenizer", lambda path: path)
    monkeypatch.setattr(embed, "session", lambda path, with_norms: Model())
    monkeypatch.setattr(embed, "tokens", tokens)
    found = fit_activations.activations(["abc", "d"])
    assert len(found) == 2 * minilm.LAYERS
    for number, part in enumerate(found):
        assert sorted(chr(int(value) - number) for value in part[:, 0]) == ["a", "b", "c", "d"]


def test_what_is_found_is_written_for_each_half_of_a_layer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second half's matrix is that of the intermediate layer, the first's that of the values."""
    asked: list[str] = []

    class Weights(dict[str, tuple[Any, Any]]):
        def __missing__(self, place: str) -> tuple[Any, Any]:
            asked.append(place)
            return np.ones((minilm.WIDTH, 2), np.int8), np.ones((1, 2), np.float32)

    (tmp_path / EMBEDDER).mkdir()
    (tmp_path / EMBEDDER / embed.MODEL_FILE).write_bytes(b"")
    monkeypatch.setenv("FLUFFY_MODELS", str(tmp_path))
    monkeypatch.setattr(embed, "USUAL_FILE", tmp_path / "usual.npy")
    monkeypatch.setattr(onnx_format, "tensors", lambda content: {})
    monkeypatch.setattr(minilm, "weights", lambda found: Weights())
    made = np.random.default_rng(6).normal(0, 1, (12, 50, minilm.WIDTH)).astype(np.float32)
    monkeypatch.setattr(fit_activations, "activations", lambda texts: list(made))
    assert fit_activations.main() == 0
    assert np.load(tmp_path / "usual.npy", allow_pickle=False).shape == minilm.USUAL
    assert asked[:2] == [
        "inner.encoder.layer.0.attention.self.value",
        "inner.encoder.layer.0.intermediate.dense",
    ]
    assert len(asked) == 12
