"""Walks a folder and finds everything in it that can be imported, in a fixed order."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from fluffy_core.connectors.files import detect, disk, folder, folder_names
from fluffy_core.domain.source import MBOXES, SourceFile, SourceKind
from fluffy_core.errors import KnownError, NotMailError

MAX_DEPTH = 64
_MAILDIR_PARTS = {"cur", "new", "tmp"}
_NEVER_MAIL = (".msf", ".dat", ".sqlite")
_THUNDERBIRD_STORES = ("ImapMail", "Mail")
_GENERIC_MAILDIRS = {"maildir", ".maildir"}

Parts = tuple[str, ...]
Opener = Callable[[Path, Parts], tuple[SourceFile, ...]]


def is_maildir(path: Path) -> bool:
    """Whether a folder is a Maildir: `cur` beside `new` or `tmp` (Thunderbird's has no `new`)."""
    return (path / "cur").is_dir() and ((path / "new").is_dir() or (path / "tmp").is_dir())


def unreadable(path: Path, problem: str) -> SourceFile:
    """The entry that stands for something that was found but cannot be looked into."""
    return SourceFile(disk.printable(str(path)), SourceKind.UNREADABLE, "", 0, problem=problem)


class Walk:
    """One pass over a folder tree. `open_archive` lists what an archive holds."""

    def __init__(self, root: Path, open_archive: Opener) -> None:
        self._root = root
        self._open_archive = open_archive
        self._visited: set[tuple[int, int]] = set()

    def sources(self) -> Iterator[SourceFile]:
        """Yield what can be imported, folder by folder, by name. What cannot be opened is UNREADABLE."""
        yield from self._folder(self._root, (), depth=0)

    def _folder(self, path: Path, parts: Parts, *, depth: int) -> Iterator[SourceFile]:
        if (shown := disk.printable(str(path))) != str(path):
            yield unreadable(path, f"{shown} has a name that cannot be read: rename it and import again.")
            return
        try:
            status = path.stat()
            if (status.st_dev, status.st_ino) in self._visited:
                return
            self._visited.add((status.st_dev, status.st_ino))
            with os.scandir(path) as scan:
                names = sorted(entry.name for entry in scan)
        except OSError as e:
            yield unreadable(path, str(disk.translated(e, path)))
            return
        if depth > MAX_DEPTH:
            yield unreadable(path, f"{path} was left out: it lies more than {MAX_DEPTH} folders deep.")
            return
        if is_maildir(path):
            parts, source = self._maildir(path, parts, names)
            yield source
            names = [name for name in names if name not in _MAILDIR_PARTS and (path / name).is_dir()]
        elif "prefs.js" in names and (stores := [name for name in _THUNDERBIRD_STORES if name in names]):
            for store in stores:
                yield from self._folder(path / store, parts, depth=depth + 1)
            return
        yield from self._files(path, names, parts)
        for name in names:
            child = path / name
            if child.is_dir() and (below := _below(child, parts)) is not None:
                yield from self._folder(child, below, depth=depth + 1)

    def _maildir(self, path: Path, parts: Parts, names: list[str]) -> tuple[Parts, SourceFile]:
        """The Maildir `path` itself, and the parts that the names of its subfolders begin with."""
        has_dotted = any(name.startswith(".") and is_maildir(path / name) for name in names)
        generic = path.name.lower() in _GENERIC_MAILDIRS
        if generic:
            parts = parts[:-1]
        name = folder_names.shown((*parts, "Inbox")) if generic or has_dotted else self._name(parts)
        try:
            size = sum(entry.size for entry in folder.maildir_entries(path))
        except OSError as e:
            return parts, unreadable(path, str(disk.translated(e, path)))
        return parts, SourceFile(str(path), SourceKind.MAILDIR, name, size)

    def _files(self, path: Path, names: list[str], parts: Parts) -> Iterator[SourceFile]:
        """What the files directly in `path` hold; the loose messages among them as one source."""
        messages: list[SourceFile] = []
        msf = {name for name in names if name.endswith(".msf")}
        for name in names:
            if name.startswith(".") or name.lower().endswith(_NEVER_MAIL):
                continue
            for source in self._file(path / name, parts, thunderbird=f"{name}.msf" in msf):
                if source.kind is SourceKind.EML:
                    messages.append(source)
                else:
                    yield source
        if messages:
            size = sum(source.size for source in messages)
            yield SourceFile(str(path), SourceKind.EML_FOLDER, self._name(parts), size)

    def _file(self, path: Path, parts: Parts, *, thunderbird: bool) -> tuple[SourceFile, ...]:
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                return ()
            head = disk.read_start(path, detect.HEAD)
        except OSError as e:
            if e.errno in {errno.ENOENT, errno.ELOOP}:
                return ()
            return (unreadable(path, str(disk.translated(e, path))),)
        if path.suffix.lower() in detect.OUTLOOK_SUFFIXES and (why := detect.foreign(head)):
            return (unreadable(path, f"{path} {why}."),)
        kind = detect.kind_of(head, path.name)
        shown = disk.printable(str(path))
        if kind not in {None, SourceKind.EML} and shown != str(path):
            return (unreadable(path, f"{shown} has a name that cannot be read: rename it and import again."),)
        if kind is None:
            return self._archive(path, parts) if detect.is_archive(head) else ()
        if kind is SourceKind.MBOX and thunderbird:
            kind = SourceKind.THUNDERBIRD
        below = parts if path.name == "mbox" and parts else (*parts, path.name)
        name = folder_names.shown(below) if kind in MBOXES else ""
        return (SourceFile(str(path), kind, name, status.st_size),)

    def _archive(self, path: Path, parts: Parts) -> tuple[SourceFile, ...]:
        try:
            return self._open_archive(path, parts)
        except NotMailError:
            return ()
        except KnownError as e:
            return (unreadable(path, str(e)),)

    def _name(self, parts: Parts) -> str:
        return folder_names.shown(parts or (self._root.name,))


def _below(child: Path, parts: Parts) -> Parts | None:
    """The parts of a subfolder's name; None for what is not to be entered."""
    if child.name.startswith("."):
        return (*parts, *folder_names.maildir_child(child.name)) if is_maildir(child) else None
    return None if child.name == "__MACOSX" else (*parts, child.name)
