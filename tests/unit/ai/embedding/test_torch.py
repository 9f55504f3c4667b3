"""What the embedder on sentence-transformers makes of folders that hold no model for it.

Its libraries take seconds to load, so these are stand-ins; tests/contracts/test_embedder.py loads them.
"""

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from fluffy_core.ai.base import DIMENSIONS
from fluffy_core.ai.embedding.torch import TorchEmbedder
from fluffy_core.errors import ModelError


class Model:
    """A SentenceTransformer as far as it is used."""

    max_seq_length = 512

    def __init__(self, folder: str = "", *, modules: tuple[object, ...] = (), device: str) -> None:
        self.folder, self.modules, self.device = folder, modules, device
        if "broken" in folder:
            raise OSError("no config.json")

    def get_embedding_dimension(self) -> int:
        return 768 if "long" in self.folder else DIMENSIONS

    def encode(self, texts: list[str], **_: object) -> np.ndarray:
        if "!fail" in texts:
            raise RuntimeError("index out of range")
        return np.full((len(texts), DIMENSIONS), DIMENSIONS**-0.5)


@pytest.fixture
def libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    words = SimpleNamespace(get_embedding_dimension=lambda: DIMENSIONS)
    modules = SimpleNamespace(Transformer=lambda folder: words, Pooling=lambda size: ("mean", size))
    for name, contents in (
        ("torch", {"set_num_threads": lambda count: None}),
        ("sentence_transformers", {"SentenceTransformer": Model}),
        ("sentence_transformers.sentence_transformer", {}),
        ("sentence_transformers.sentence_transformer.modules", vars(modules)),
    ):
        module = ModuleType(name)
        vars(module).update(contents)
        monkeypatch.setitem(sys.modules, name, module)


def folder(parent: Path, name: str, *, whole: bool = True) -> Path:
    made = parent / name
    made.mkdir()
    if whole:
        (made / "modules.json").touch()
    return made


@pytest.mark.usefixtures("libraries")
def test_vectors_are_float32_rows_and_the_name_is_the_folders(tmp_path: Path) -> None:
    embedder = TorchEmbedder(folder(tmp_path, "mine"))
    vectors = embedder.encode(["one", "two"])
    assert vectors.shape == (2, DIMENSIONS)
    assert vectors.dtype == np.float32
    assert embedder.encode([]).shape == (0, DIMENSIONS)
    assert embedder.name == "mine"


@pytest.mark.usefixtures("libraries")
def test_a_folder_without_its_modules_is_read_with_the_mean_of_256_word_pieces(tmp_path: Path) -> None:
    model: object = TorchEmbedder(folder(tmp_path, "flat", whole=False))._model
    assert isinstance(model, Model)
    assert model.modules[1] == ("mean", DIMENSIONS)
    assert model.max_seq_length == 256


@pytest.mark.usefixtures("libraries")
@pytest.mark.parametrize(
    ("name", "words"), [("broken", "no model in broken .*no config.json"), ("long", "are not 384 numbers")]
)
def test_what_does_not_fit_is_said(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(ModelError, match=words):
        TorchEmbedder(folder(tmp_path, name))


@pytest.mark.usefixtures("libraries")
def test_a_failing_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="index out of range"):
        TorchEmbedder(folder(tmp_path, "mine")).encode(["!fail"])


def test_without_the_libraries_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(ModelError, match=r"extra \[sentence-transformers\]"):
        TorchEmbedder(tmp_path)
