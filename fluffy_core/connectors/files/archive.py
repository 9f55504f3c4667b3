"""Zip and tar archives (Google Takeout, exports of .eml): what is inside, and a reader for each part."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from fluffy_core.connectors.base import MailSource
from fluffy_core.connectors.files import detect, disk, folder, folder_names
from fluffy_core.connectors.files.mbox import Mbox
from fluffy_core.connectors.files.packed import Packed, opened
from fluffy_core.domain.source import MBOXES, RawItem, SourceFile, SourceKind
from fluffy_core.errors import DiskFullError, NotMailError, UnreadableError


def members(path: Path, parts: tuple[str, ...]) -> tuple[SourceFile, ...]:
    """What can be imported from the archive at `path`; loose messages are one source for each folder.

    `parts` come before the folder names. Archives inside are not opened. Raises NotMailError and
    UnreadableError (encrypted, damaged, or far larger inside than an archive of mail can be).
    """
    found: list[SourceFile] = []
    messages: dict[str, int] = {}
    with opened(path) as entries:
        for entry in entries:
            kind = detect.kind_of(entry.head(detect.HEAD), entry.name)
            if kind is None:
                continue
            size = entry.size if entry.size >= 0 else sum(map(len, entry.blocks()))
            if kind is SourceKind.EML:
                parent = _parent(entry.name)
                messages[parent] = messages.get(parent, 0) + size
            else:
                name = folder_names.shown((*parts, *_own_parts(entry.name))) if kind in MBOXES else ""
                found.append(SourceFile(str(path), kind, name, size, member=entry.name))
    for parent, size in messages.items():
        name = folder_names.shown((*parts, *_own_parts(parent))) or path.name.split(".")[0]
        found.append(SourceFile(str(path), SourceKind.EML_FOLDER, name, size, member=f"{parent}/"))
    if not found:
        raise NotMailError(f"{path} is an archive without mail, calendars or contacts in it.")
    return tuple(sorted(found, key=lambda source: source.member))


def reader(source: SourceFile, scratch: Path | None) -> MailSource:
    """A reader for one member as `members` listed it."""
    if source.kind is SourceKind.EML_FOLDER:
        return _PackedMessages(Path(source.path), source.member.removesuffix("/"))
    if source.kind in MBOXES:
        return _PackedMbox(source, scratch)
    return _PackedFile(source)


def _parent(name: str) -> str:
    return name.rpartition("/")[0]


def _own_parts(name: str) -> tuple[str, ...]:
    """The parts of a member's name that its user knows: without "Takeout/<product>/" and the like."""
    parts = tuple(part for part in PurePosixPath(name).parts if part not in {"/", ".", ".."})
    return parts[2:] if parts[:1] == ("Takeout",) else parts


class _PackedMessages:
    """The loose messages of one folder in an archive, in the archive's order."""

    def __init__(self, path: Path, parent: str) -> None:
        self._path = path
        self._parent = parent

    def _entries(self) -> Iterator[tuple[int, Packed]]:
        with opened(self._path) as entries:
            for position, entry in enumerate(entries):
                is_here = _parent(entry.name) == self._parent
                if is_here and folder.is_message(entry.head(detect.HEAD), entry.name):
                    yield position, entry

    def read(self, *, after: int = -1) -> Iterator[RawItem]:
        """Yield the messages; a position is the entry's place in the archive."""
        for position, entry in self._entries():
            if position > after:
                content, problem = entry.content()
                locator = f"{position}:{disk.printable(entry.name)}"
                yield folder.whole(position, locator, content, problem=problem)

    def count(self) -> int:
        """Number of messages."""
        return sum(1 for _ in self._entries())


class _PackedFile:
    """One small member that is one item."""

    def __init__(self, source: SourceFile) -> None:
        self._source = source

    def read(self, *, after: int = -1) -> Iterator[RawItem]:
        """Yield the member's content at position 0."""
        if after >= 0:
            return
        with _member(Path(self._source.path), self._source.member) as entry:
            content, problem = entry.content()
        yield folder.sole(self._source, content, problem)

    def count(self) -> int:
        """Always one."""
        return 1


class _PackedMbox:
    """An mbox in an archive: unpacked to a scratch file once, then read like any other."""

    def __init__(self, source: SourceFile, scratch: Path | None) -> None:
        self._source = source
        self._scratch = scratch if scratch is not None else Path(tempfile.gettempdir())

    def read(self, *, after: int = -1) -> Iterator[RawItem]:
        """Yield the messages, and delete the scratch file after the last."""
        unpacked = self._unpacked()
        yield from Mbox(unpacked).read(after=after)
        unpacked.unlink(missing_ok=True)

    def count(self) -> int:
        """Number of messages. The scratch file stays for the read that follows."""
        return Mbox(self._unpacked()).count()

    def _unpacked(self) -> Path:
        """The scratch file, whole: it is written under another name and renamed when complete."""
        path = Path(self._source.path)
        try:
            status = path.stat()
            identity = f"{path}\0{self._source.member}\0{status.st_size}\0{status.st_mtime_ns}"
            self._scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
            target = self._scratch / f"fluffy-{hashlib.sha256(identity.encode()).hexdigest()[:32]}.mbox"
            if not target.exists():
                self._unpack(path, target)
        except OSError as e:
            raise disk.translated(e, path) from e
        return target

    def _unpack(self, path: Path, target: Path) -> None:
        free = shutil.disk_usage(target.parent).free
        if self._source.size > free:
            need, have = self._source.size / 1e9, free / 1e9
            raise DiskFullError(
                f"Unpacking {self._source.member} needs {need:.1f} GB on the disk and {have:.1f} GB are free."
            )
        descriptor, partial = tempfile.mkstemp(prefix="fluffy-", suffix=".part", dir=target.parent)
        try:
            with os.fdopen(descriptor, "wb") as out, _member(path, self._source.member) as entry:
                out.writelines(entry.blocks())
            Path(partial).replace(target)
        finally:
            Path(partial).unlink(missing_ok=True)


@contextmanager
def _member(path: Path, name: str) -> Iterator[Packed]:
    with opened(path) as entries:
        for entry in entries:
            if entry.name == name:
                yield entry
                return
    raise UnreadableError(f"{name} is no longer in {path}.")
