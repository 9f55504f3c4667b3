"""Files as mail sources: find out what a path holds, count it and read it item by item."""

import stat
from collections.abc import Iterator
from pathlib import Path

from fluffy_core.connectors.base import MailSource
from fluffy_core.connectors.files import archive, detect, disk, folder, folder_names
from fluffy_core.connectors.files.mbox import Mbox
from fluffy_core.connectors.files.walk import Walk
from fluffy_core.domain.source import MBOXES, RawItem, SourceFile, SourceKind
from fluffy_core.errors import NotMailError, UnreadableError


def discover(path: Path) -> tuple[SourceFile, ...]:
    """Everything at `path` that can be imported, in a fixed order; kinds are told by content.

    In a folder, what cannot be looked into is listed as UNREADABLE with its sentence. Raises
    NotMailError when there is nothing to import, UnreadableError when there may be but it cannot be
    read (missing, forbidden, encrypted, damaged, too large when unpacked).
    """
    try:
        path = path.expanduser().resolve()
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return _in_folder(path)
        if not stat.S_ISREG(mode):
            raise NotMailError(f"{path} is a device or a pipe, not a file or folder with mail.")
        return _in_file(path)
    except FileNotFoundError:
        raise UnreadableError(f"There is no file or folder at {path}.") from None
    except (RuntimeError, ValueError) as e:
        raise UnreadableError(f"{disk.printable(str(path))} is not a usable path.") from e
    except OSError as e:
        raise disk.translated(e, path) from e


def read(source: SourceFile, *, after: int = -1, scratch: Path | None = None) -> Iterator[RawItem]:
    """Yield the items of `source` with a position above `after`, lowest first.

    A large archive member is unpacked into the folder `scratch` (the system's temporary folder when
    None), stays there when the read is broken off so that resuming is cheap, and goes when it ends.
    Raises UnreadableError after the last item that could be read, DiskFullError.
    """
    return _reader(source, scratch).read(after=after)


def count(source: SourceFile, *, scratch: Path | None = None) -> int:
    """The exact number of items that `read(source)` yields, damaged and skipped ones included."""
    return _reader(source, scratch).count()


def _in_folder(path: Path) -> tuple[SourceFile, ...]:
    found = tuple(Walk(path, archive.members).sources())
    if not found:
        raise NotMailError(
            f"{path} holds nothing that can be imported: no mailbox, no messages, calendars or contacts."
        )
    if all(source.kind is SourceKind.UNREADABLE for source in found):
        raise UnreadableError(found[0].problem)
    return found


def _in_file(path: Path) -> tuple[SourceFile, ...]:
    head = disk.read_start(path, detect.HEAD)
    if not head:
        raise NotMailError(f"{path} is empty.")
    if why := detect.foreign(head):
        raise NotMailError(f"{path} {why}.")
    kind = detect.kind_of(head, path.name)
    if kind is None and detect.is_archive(head):
        return archive.members(path, ())
    if kind is None:
        raise NotMailError(f"{path} is not mail, a calendar or contacts in any format that can be imported.")
    if kind is SourceKind.MBOX and path.with_name(f"{path.name}.msf").exists():
        kind = SourceKind.THUNDERBIRD
    own = path.parent if path.name == "mbox" and path.parent.suffix == ".mbox" else path
    name = folder_names.shown((own.name,)) if kind in MBOXES else ""
    return (SourceFile(str(path), kind, name, path.stat().st_size),)


def _reader(source: SourceFile, scratch: Path | None) -> MailSource:
    path = Path(source.path)
    if source.kind is SourceKind.UNREADABLE:
        return _Unreadable(source.problem)
    if source.member:
        return archive.reader(source, scratch)
    if source.kind in MBOXES:
        return Mbox(path)
    if source.kind is SourceKind.MAILDIR:
        return folder.Maildir(path)
    if source.kind is SourceKind.EML_FOLDER:
        return folder.EmlFolder(path)
    return folder.SingleFile(source)


class _Unreadable:
    """Stands for what was found but cannot be looked into."""

    def __init__(self, problem: str) -> None:
        self._problem = problem

    def read(self, *, after: int = -1) -> Iterator[RawItem]:
        raise UnreadableError(self._problem)

    def count(self) -> int:
        return 0
