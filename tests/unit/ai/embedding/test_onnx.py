"""The ONNX embedder without its model: what it says then. (With it: tests/contracts/test_embedder.py.)"""

import os
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from fluffy_core.ai.embedding import minilm
from fluffy_core.ai.embedding import onnx as embed
from fluffy_core.ai.embedding.onnx import MODEL_FILE, TOKENIZER_FILE, OnnxEmbedder
from fluffy_core.ai.embedding.onnx_format import FLOAT32, Graph
from fluffy_core.errors import ModelError


@pytest.mark.parametrize("present", [[], [MODEL_FILE], [TOKENIZER_FILE]])
def test_a_missing_file_names_the_command_that_fetches_it(tmp_path: Path, present: list[str]) -> None:
    for name in present:
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(ModelError, match=r"not installed\. `fluffy models pull` fetches it\."):
        OnnxEmbedder(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\x00", b'{"model": {"type": "none"}}'])
def test_a_damaged_tokenizer_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / MODEL_FILE).write_bytes(b"")
    (tmp_path / TOKENIZER_FILE).write_bytes(content)
    with pytest.raises(ModelError, match=r"tokenizer is damaged\. `fluffy models pull` mends it\."):
        OnnxEmbedder(tmp_path)


@pytest.mark.parametrize("content", [b"", b"not a model", bytes(10_000)])
def test_a_damaged_model_is_said(tmp_path: Path, content: bytes) -> None:
    Tokenizer(WordLevel({"[UNK]": 0}, unk_token="[UNK]")).save(str(tmp_path / TOKENIZER_FILE))
    (tmp_path / MODEL_FILE).write_bytes(content)
    with pytest.raises(ModelError, match="search model is damaged"):
        OnnxEmbedder(tmp_path)


def test_tokens_are_as_many_as_the_longest_text_has() -> None:
    pieces = Tokenizer(WordLevel({"[UNK]": 0, "yes": 1, "no": 2}, unk_token="[UNK]"))
    pieces.pre_tokenizer = Whitespace()
    pieces.enable_padding()
    found = embed.tokens(pieces, ["yes no no", "no"])
    assert found["input_ids"].tolist() == [[1, 2, 2], [2, 0, 0]]
    assert found["attention_mask"].tolist() == [[1, 1, 1], [1, 0, 0]]
    assert {table.dtype for table in found.values()} == {np.dtype(np.int64)}


def test_a_model_that_is_another_is_said(tmp_path: Path) -> None:
    """A sound ONNX file without the tensors of ours."""
    graph = Graph()
    content = graph.model({"x": FLOAT32}, [graph.node("Identity", "x")])
    (tmp_path / MODEL_FILE).write_bytes(content)
    with pytest.raises(ModelError, match="search model is damaged"):
        embed.session(tmp_path / MODEL_FILE)


def test_products_of_integers_are_exact() -> None:
    """Whatever the processor, one of the two kernels is, and it is found by trying."""
    assert embed.is_exact(precise=False) or embed.is_exact(precise=True)


@pytest.mark.parametrize("exact", [True, False])
def test_the_fast_kernel_is_used_where_it_is_exact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exact: bool
) -> None:
    used = []

    def run_time(model: bytes, *, precise: bool) -> str:
        used.append((model, precise))
        return "session"

    monkeypatch.setattr(embed, "is_exact", lambda precise: precise or exact)
    monkeypatch.setattr(minilm, "model", lambda found, usual, with_norms: b"graph")
    monkeypatch.setattr(embed, "_run_time", run_time)
    (tmp_path / MODEL_FILE).write_bytes(b"")
    assert embed.session(tmp_path / MODEL_FILE) == "session"
    assert used == [(b"graph", not exact)]


def test_threads_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
    assert embed.default_threads() == 4
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3}, raising=False)
    assert embed.default_threads() == 1
