"""Reads folders that hold one message a file: Maildir, and folders of .eml."""

import os
import re
import stat
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fluffy_core.connectors.files import detect, disk, headers
from fluffy_core.domain.source import RawItem, SourceFile, SourceKind

_MAILDIR_INFO = re.compile(r"[:;!]2,([A-Za-z]*)$")
_MAILDIR_FLAGS = {"D": "draft", "F": "flagged", "R": "answered", "S": "seen", "T": "deleted"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One file that holds one message; `key` is the part of its name that never changes."""

    path: str
    key: str
    size: int
    modified: int
    flags: tuple[str, ...] = ()


def positioned(entries: Iterator[Entry]) -> list[tuple[int, Entry]]:
    """Entries in reading order, oldest first, each with its position.

    The position is made of the file's own time and name (seconds << 31 | 31 bits of CRC-32), not of
    its place in the list, so that files that come and go between two reads shift no other.
    """
    ranked = []
    for entry in entries:
        seconds = min(max(entry.modified, 0), 0xFFFF_FFFF)
        ranked.append((seconds << 31 | zlib.crc32(entry.key.encode()) >> 1, entry.key, entry))
    ranked.sort(key=lambda rank: rank[:2])
    result: list[tuple[int, Entry]] = []
    last = -1
    for position, _, entry in ranked:
        last = max(position, last + 1)
        result.append((last, entry))
    return result


def files_in(folder: Path) -> Iterator[tuple[os.DirEntry[str], os.stat_result]]:
    """The regular, non-hidden files directly in `folder`, by name. Raises OSError."""
    with os.scandir(folder) as scan:
        entries = sorted(
            (entry for entry in scan if not entry.name.startswith(".")),
            key=lambda entry: entry.name,
            reverse=True,
        )
    while entries:
        entry = entries.pop()  # it keeps what `stat` found, a kilobyte for each file
        try:
            status = entry.stat()
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode):
            yield entry, status


def maildir_entries(folder: Path) -> Iterator[Entry]:
    """The messages of one Maildir: the files of `cur` and `new`. Raises OSError."""
    folder.stat()
    seen: set[str] = set()
    for name in ("cur", "new"):
        subfolder = folder / name
        if not subfolder.is_dir():
            continue
        for entry, status in files_in(subfolder):
            info = _MAILDIR_INFO.search(entry.name)
            key = entry.name[: info.start()] if info else entry.name
            letters = info[1] if info else ""
            flags = headers.with_unseen({_MAILDIR_FLAGS[one] for one in letters if one in _MAILDIR_FLAGS})
            if key in seen:
                key = f"{name}/{entry.name}"
            seen.add(key)
            yield Entry(entry.path, disk.printable(key), status.st_size, int(status.st_mtime), flags)


def file_entries(folder: Path) -> Iterator[Entry]:
    """All files directly in `folder`, whatever they hold. Raises OSError."""
    for entry, status in files_in(folder):
        yield Entry(entry.path, disk.printable(entry.name), status.st_size, int(status.st_mtime))


def is_message(head: bytes, name: str) -> bool:
    """Whether a file that begins with `head` holds one message."""
    return detect.kind_of(head, name) is SourceKind.EML


def load(position: int, entry: Entry, *, sniff: bool) -> RawItem | None:
    """Read one file; None when `sniff` says that it holds no message.

    A failure becomes the item's problem, because the others can still be read.
    """
    try:
        with disk.open_regular(entry.path) as file:
            head = (file.read(detect.HEAD) or b"") if sniff else b""
            if sniff and not is_message(head, entry.key):
                return None
            content, problem = disk.read_rest(file, head)
    except OSError as e:
        if sniff and not is_message(b"", entry.key):
            return None
        problem = f"The file {entry.key} cannot be read: {disk.reason(e)}."
        return RawItem(position, entry.key, b"", entry.flags, problem)
    return whole(position, entry.key, content, flags=entry.flags, problem=problem)


def whole(
    position: int, locator: str, content: bytes, *, flags: tuple[str, ...] = (), problem: str = ""
) -> RawItem:
    """The item of a file that holds one message."""
    marks = headers.marks(content)
    if not content:
        problem = "The file is empty."
    elif not problem and headers.cut_short(content):
        problem = "The file ends in the middle of this message."
    flags = tuple(sorted({*flags, *marks.flags}))
    return RawItem(position, locator, b"" if marks.skip else content, flags, problem, marks.skip)


def sole(source: SourceFile, content: bytes, problem: str) -> RawItem:
    """The item of a source that is one file: a message, a calendar, an address book."""
    locator = disk.printable(source.member or Path(source.path).name)
    if source.kind is SourceKind.EML:
        return whole(0, locator, content, problem=problem)
    return RawItem(0, locator, content, problem=problem if content else "The file is empty.")


class Maildir:
    """One Maildir folder, without its subfolders."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, *, after: int = -1) -> Iterator[RawItem]:
        """Yield the messages, oldest file first."""
        return _loaded(_listed(self._path, maildir_entries), after, sniff=False)

    def count(self) -> int:
        """Number of messages."""
        return len(_listed(self._path, maildir_entries))


class EmlFolder:
    """The files with one message each that lie directly in a folder, beside others."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, *, after: int = -1) -> Iterator[RawItem]:
        """Yield the messages, oldest file first."""
        return _loaded(_listed(self._path, file_entries), after, sniff=True)

    def count(self) -> int:
        """Number of messages."""
        entries = _listed(self._path, file_entries)
        return sum(detect.kind_of_file(Path(entry.path)) is SourceKind.EML for _, entry in entries)


def _listed(path: Path, entries: Callable[[Path], Iterator[Entry]]) -> list[tuple[int, Entry]]:
    try:
        return positioned(entries(path))
    except OSError as e:
        raise disk.translated(e, path) from e


def _loaded(listed: list[tuple[int, Entry]], after: int, *, sniff: bool) -> Iterator[RawItem]:
    for position, entry in listed:
        if position > after and (item := load(position, entry, sniff=sniff)) is not None:
            yield item


class SingleFile:
    """One file that is one item: a message, a calendar, an address book."""

    def __init__(self, source: SourceFile) -> None:
        self._source = source

    def read(self, *, after: int = -1) -> Iterator[RawItem]:
        """Yield the file's content as the one item, at position 0."""
        if after >= 0:
            return
        path = Path(self._source.path)
        try:
            with disk.open_regular(path) as file:
                content, problem = disk.read_rest(file, b"")
        except OSError as e:
            raise disk.translated(e, path) from e
        yield sole(self._source, content, problem)

    def count(self) -> int:
        """Always one."""
        return 1
