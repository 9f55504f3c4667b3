"""Models of the user's own: taken in, noted where they lie, listed, named."""

import errno
import json
import os
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from fluffy_core.ai.models import local as local_models
from fluffy_core.ai.models.local import ADDED, RECORD
from fluffy_core.errors import DiskFullError, ModelError
from tests.fakes import gguf_files


def quiet(done: int, total: int) -> None:
    assert done <= total


def without_second_names(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise OSError(errno.EXDEV, "another disk")

    monkeypatch.setattr(os, "link", refuse)


def test_an_added_file_stays_when_its_first_name_goes(tmp_path: Path) -> None:
    path = gguf_files.write(tmp_path / "Down loads" / "My Model-Q4.gguf")
    size = path.stat().st_size
    added = local_models.add(path, tmp_path / "models", taken=(), told=quiet)
    assert (added.id, added.name, added.origin) == ("my-model-q4", "My Model-Q4", ADDED)
    path.unlink()
    assert local_models.listed(tmp_path / "models") == (added,)
    assert added.is_there
    assert added.path == tmp_path / "models" / "my-model-q4" / "model.gguf"
    assert (added.bytes, added.quantisation, added.context) == (size, "Q4_K_M", 4096)


def test_an_added_file_takes_no_room_twice(tmp_path: Path) -> None:
    path = gguf_files.write(tmp_path / "a.gguf")
    added = local_models.add(path, tmp_path / "models", taken=(), told=quiet)
    assert added.path.stat().st_ino == path.stat().st_ino


def test_on_another_disk_it_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_second_names(monkeypatch)
    path = gguf_files.write(tmp_path / "a.gguf")
    told: list[tuple[int, int]] = []
    added = local_models.add(path, tmp_path / "models", taken=(), told=lambda *far: told.append(far))
    assert added.path.read_bytes() == path.read_bytes()
    assert added.path.stat().st_ino != path.stat().st_ino
    assert told == [(path.stat().st_size, path.stat().st_size)]


def test_a_copy_that_has_no_room_is_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_second_names(monkeypatch)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 10, 10))
    path = gguf_files.write(tmp_path / "a.gguf")
    with pytest.raises(DiskFullError, match=r"A copy of a\.gguf needs"):
        local_models.add(path, tmp_path / "models", taken=(), told=quiet)
    assert list((tmp_path / "models").iterdir()) == []


def test_a_disk_that_fills_up_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_second_names(monkeypatch)

    def full(done: int, total: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    path = gguf_files.write(tmp_path / "a.gguf")
    with pytest.raises(DiskFullError, match="Nothing was added"):
        local_models.add(path, tmp_path / "models", taken=(), told=full)
    assert list((tmp_path / "models").iterdir()) == []


def test_a_file_that_cannot_be_used_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "page.gguf"
    path.write_bytes(b"<html>Please log in</html>")
    with pytest.raises(ModelError, match="no GGUF file"):
        local_models.add(path, tmp_path / "models", taken=(), told=quiet)
    assert not (tmp_path / "models").exists()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("in the way")
    path = gguf_files.write(tmp_path / "a.gguf")
    with pytest.raises(ModelError, match=r"a\.gguf cannot be added"):
        local_models.add(path, tmp_path / "models", taken=(), told=quiet)


def test_models_of_one_name_get_numbers(tmp_path: Path) -> None:
    path = gguf_files.write(tmp_path / "qwen3.5-2b.gguf")
    models = tmp_path / "models"
    ids = [local_models.add(path, models, taken=("qwen3.5-2b",), told=quiet).id for _ in range(2)]
    assert ids == ["qwen3.5-2b-2", "qwen3.5-2b-3"]


@pytest.mark.parametrize(
    ("name", "model_id"),
    [
        ("Qwen3.5-2B-Q4_K_M", "qwen3.5-2b-q4-k-m"),
        ("../../etc/passwd", "etc-passwd"),
        ("..", "model"),
        ("模型", "model"),
        ("Größe Ünï", "groe-uni"),
        ("CON." * 40, "con"),
        ("a\x1b[2Jb", "a-2jb"),
    ],
)
def test_an_id_is_a_plain_name_of_a_folder(tmp_path: Path, name: str, model_id: str) -> None:
    found = local_models.describe(gguf_files.write(tmp_path / "x.gguf"), origin="Ollama", name=name)
    assert found.id.startswith(model_id)
    assert len(found.id) <= 60
    assert set(found.id) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-")
    assert not found.id.startswith(".")


def test_a_file_of_another_program_stays_where_it_is(tmp_path: Path) -> None:
    path = gguf_files.write(tmp_path / "ollama" / "sha256-00")
    found = local_models.describe(path, origin="Ollama", name="tiny:latest")
    noted = local_models.use_in_place(found, tmp_path / "models", taken=())
    assert (noted.id, noted.path, noted.is_there) == ("tiny-latest", path, True)
    assert [one.name for one in (tmp_path / "models" / "tiny-latest").iterdir()] == [RECORD]
    path.write_bytes(b"changed")
    assert not local_models.listed(tmp_path / "models")[0].is_there
    path.unlink()
    assert not local_models.listed(tmp_path / "models")[0].is_there


def test_noting_where_nothing_can_be_written_is_said(tmp_path: Path) -> None:
    found = local_models.describe(gguf_files.write(tmp_path / "x.gguf"), origin="LM Studio")
    (tmp_path / "models").write_text("in the way")
    with pytest.raises(ModelError, match="cannot be added"):
        local_models.use_in_place(found, tmp_path / "models", taken=())


@pytest.mark.parametrize(
    "change",
    ["nonsense", "[]", "{}", '{"path": 3}', '{"path": "/x", "strange": 1}', '{"path": "/x", "name": 5}'],
)
def test_a_record_that_makes_no_sense_is_passed_over(tmp_path: Path, change: str) -> None:
    folder = tmp_path / "models" / "x"
    folder.mkdir(parents=True)
    (folder / RECORD).write_text(change)
    assert local_models.listed(tmp_path / "models") == ()


@pytest.mark.parametrize("change", [{"bytes": -1}, {"bytes": "7"}, {"context": None}, {"name": 7}])
def test_a_record_with_values_that_cannot_be_is_passed_over(
    tmp_path: Path, change: dict[str, object]
) -> None:
    path = gguf_files.write(tmp_path / "a.gguf")
    added = local_models.add(path, tmp_path / "models", taken=(), told=quiet)
    record = tmp_path / "models" / added.id / RECORD
    record.write_text(json.dumps(json.loads(record.read_text()) | change))
    assert local_models.listed(tmp_path / "models") == ()


def test_a_larger_file_wants_a_larger_computer(tmp_path: Path) -> None:
    found = local_models.describe(gguf_files.write(tmp_path / "x.gguf"), origin=ADDED)
    assert found.ram_hint_mb == 2048
    large = type(found)("x", "X", found.path, ADDED, 4_000_000_000)
    assert large.ram_hint_mb == 2 * (4_800 + 1_024)
