"""Looks into zip, tar and gzip files one entry after another, with limits against zip bombs."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any, Protocol, Self

from fluffy_core.connectors.files import disk
from fluffy_core.errors import NotMailError, UnreadableError

MAX_ENTRIES = 300_000
MAX_DIRECTORY = 32 * 1024 * 1024
"""Bytes of a zip's table of contents: about as many entries."""
MAX_RATIO = 200
"""Mail shrinks to a third, the most repetitive text to a fiftieth; a bomb to a thousandth."""
MAX_UNSUSPECTED = 64 * 1024 * 1024
"""Below this many unpacked bytes no ratio is suspicious."""
BLOCK = 1 << 20

_ENCRYPTED = 0x1
_ZIP_TAIL = 66_000
_IN_ZIP64 = 0xFFFF_FFFF
_DAMAGE = (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile)
"""What the standard library raises for an archive that is cut off or damaged."""


class Packed:
    """One regular file in an archive. It is read once, and before the next one is asked for."""

    def __init__(self, name: str, size: int, open_: Callable[[], IO[bytes] | None]) -> None:
        self.name = disk.printable(name.replace("\\", "/"))
        self.size = size
        """Unpacked bytes; -1 when only reading tells."""
        self._open = open_
        self._file: IO[bytes] | None = None
        self._start = b""

    def _opened(self) -> IO[bytes]:
        if self._file is None:
            self._file = self._open() or io.BytesIO()
        return self._file

    def head(self, size: int) -> bytes:
        """The first `size` bytes."""
        if len(self._start) < size:
            self._start += self._opened().read(size - len(self._start))
        return self._start

    def blocks(self) -> Iterator[bytes]:
        """All bytes, block by block."""
        if self._start:
            yield self._start
        while block := self._opened().read(BLOCK):
            yield block

    def content(self) -> tuple[bytes, str]:
        """All bytes, up to the limit for one item, and the problem sentence when that cut it."""
        parts: list[bytes] = []
        total = 0
        for block in self.blocks():
            parts.append(block)
            total += len(block)
            if total > disk.MAX_ITEM_BYTES:
                return b"".join(parts), disk.TOO_LARGE
        return b"".join(parts), ""


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Budget:
    """Adds up what an archive unpacks to, and stops at what no archive of mail can be."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._left = max(path.stat().st_size * MAX_RATIO, MAX_UNSUSPECTED)

    def spend(self, size: int) -> None:
        """Count `size` unpacked bytes. Raises UnreadableError over the limit."""
        self._left -= max(size, 0)
        if self._left < 0:
            raise self.exceeded()

    def exceeded(self) -> UnreadableError:
        """The error for an archive over one of the limits."""
        return UnreadableError(
            f"{self._path} would unpack to far more than an archive of mail can hold, so nothing was "
            "read from it. If you trust it, unpack it yourself and import the folder."
        )


class _Metered(io.RawIOBase):
    """A decompressed stream whose output is counted."""

    def __init__(self, stream: _Stream, budget: _Budget) -> None:
        super().__init__()
        self._stream = stream
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        data = self._stream.read(len(buffer))
        self._budget.spend(len(data))
        buffer[: len(data)] = data
        return len(data)


class _StrictTarInfo(tarfile.TarInfo):
    """A damaged entry header is an error; tarfile would take it for the end of the archive."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        try:
            return super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as e:
            if buf.count(0) == len(buf):
                raise
            raise tarfile.ReadError(str(e)) from e


@contextmanager
def opened(path: Path) -> Iterator[Iterator[Packed]]:
    """The regular files in an archive, in its order, hidden ones left out.

    Nothing is written: names that point outside are only names. Raises UnreadableError for an
    archive that is encrypted, damaged or a bomb, NotMailError for one of an unknown method.
    """
    try:
        with disk.open_regular(path) as raw, io.BufferedReader(raw, 1 << 16) as file:
            is_zip = file.peek(2).startswith(b"PK")
            yield _zip_entries(path, file) if is_zip else _tar_entries(path, file)
    except _DAMAGE as e:
        raise UnreadableError(_damaged(path)) from e
    except (NotImplementedError, zipfile.LargeZipFile) as e:
        raise NotMailError(f"{path} is packed in a way that cannot be read here: unpack it first.") from e
    except OSError as e:
        if e.errno is None:
            raise UnreadableError(_damaged(path)) from e
        raise disk.translated(e, path) from e


def _damaged(path: Path) -> str:
    return f"{path} is damaged or was cut off: download or copy it again. Nothing was lost."


def _wanted(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return not any((part.startswith(".") and part not in {".", ".."}) or part == "__MACOSX" for part in parts)


def _zip_entries(path: Path, file: IO[bytes]) -> Iterator[Packed]:
    budget = _Budget(path)
    if _directory_size(file) > MAX_DIRECTORY:
        raise budget.exceeded()
    with zipfile.ZipFile(file) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        for entry in entries:
            budget.spend(entry.file_size)
        entries = [entry for entry in entries if _wanted(entry.filename)]
        if any(entry.flag_bits & _ENCRYPTED for entry in entries):
            raise UnreadableError(f"{path} is protected by a password: unpack it and import the folder.")
        for entry in entries:
            yield Packed(entry.filename, entry.file_size, partial(archive.open, entry))


def _directory_size(file: IO[bytes]) -> int:
    """Bytes of a zip's table of contents, as its end record says (APPNOTE 4.3.14 and 4.3.16)."""
    end = file.seek(0, io.SEEK_END)
    file.seek(max(end - _ZIP_TAIL, 0))
    tail = file.read(_ZIP_TAIL)
    small, large = tail.rfind(b"PK\x05\x06"), tail.rfind(b"PK\x06\x06")
    sizes = [int.from_bytes(tail[small + 12 : small + 16], "little")] if small >= 0 else [0]
    if sizes[0] == _IN_ZIP64 and large >= 0:
        sizes = [int.from_bytes(tail[large + 40 : large + 48], "little")]
    return sizes[0]


def _tar_entries(path: Path, file: IO[bytes]) -> Iterator[Packed]:
    stream = io.BufferedReader(_Metered(_decompressed(file), _Budget(path)), BLOCK)
    if not _is_tar(stream.peek(tarfile.BLOCKSIZE)[: tarfile.BLOCKSIZE]):
        yield Packed(path.stem, -1, lambda: stream)
        return
    with tarfile.open(fileobj=stream, mode="r|", tarinfo=_StrictTarInfo) as archive:
        for number, entry in enumerate(archive):
            if number >= MAX_ENTRIES:
                raise _Budget(path).exceeded()
            archive.members.clear()  # type: ignore[attr-defined]  # tarfile would keep every entry
            if entry.isreg() and not entry.issparse() and _wanted(entry.name):
                yield Packed(entry.name, entry.size, partial(archive.extractfile, entry))


def _decompressed(file: IO[bytes]) -> _Stream:
    magic = file.read(6)
    file.seek(0)
    if magic.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=file)
    if magic.startswith(b"BZh"):
        return bz2.BZ2File(file)
    return lzma.LZMAFile(file) if magic.startswith(b"\xfd7zXZ") else file


def _is_tar(block: bytes) -> bool:
    try:
        tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True
