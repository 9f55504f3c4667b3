"""The ONNX embedder without its model: what it says then. (With it: tests/contracts/test_embedder.py.)"""

import os
from pathlib import Path

import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel

from fluffy_core.ai import embed
from fluffy_core.ai.embed import MODEL_FILE, TOKENIZER_FILE, OnnxEmbedder
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


def test_threads_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
    assert embed.default_threads() == 4
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3}, raising=False)
    assert embed.default_threads() == 1
