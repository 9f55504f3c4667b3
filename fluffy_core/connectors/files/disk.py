"""Opening files that may be anything: regular files only, with failures as plain sentences."""

import errno
import io
import os
import stat
from pathlib import Path

from fluffy_core.errors import DiskFullError, KnownError, UnreadableError

MAX_ITEM_BYTES = 512 * 1024 * 1024
"""No single message, calendar or address book is read beyond this, whatever the file claims."""
TOO_LARGE = "It is larger than 512 MB; only its beginning was read."

_REASONS = {
    errno.ENOENT: "it is no longer there",
    errno.EACCES: "you have no permission to read it",
    errno.EPERM: "you have no permission to read it",
    errno.EIO: "the disk reports a read error",
    errno.ENAMETOOLONG: "its name is too long",
    errno.ELOOP: "its links lead in a circle",
    errno.ENOTDIR: "part of the path is not a folder",
    errno.EISDIR: "it is a folder",
    errno.EMFILE: "too many files are open",
}
_FULL = {errno.ENOSPC, errno.EDQUOT}


def reason(error: OSError) -> str:
    """Why the operating system refused, as the second half of a sentence."""
    return _REASONS.get(error.errno or 0, (error.strerror or "the system gave no reason").lower())


def printable(name: str) -> str:
    """A file name that can be stored and shown: undecodable bytes as \\xNN, control characters escaped."""
    if name.isprintable():
        return name
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def translated(error: OSError, path: Path | str) -> KnownError:
    """The error to raise in place of `error`, naming `path`."""
    if error.errno in _FULL:
        return DiskFullError("The disk is full: free some space and import again. Nothing was lost.")
    return UnreadableError(f"{printable(str(path))} cannot be read: {reason(error)}.")


_OPEN_FLAGS = os.O_RDONLY
for _name in ("O_BINARY", "O_NONBLOCK", "O_CLOEXEC"):
    _OPEN_FLAGS |= getattr(os, _name, 0)


def open_regular(path: Path | str) -> io.FileIO:
    """Open a regular file for reading, unbuffered.

    Raises OSError, also for a FIFO, socket or device: those are never waited on.
    """
    descriptor = os.open(path, _OPEN_FLAGS)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        return io.FileIO(descriptor, "rb")
    except OSError:
        os.close(descriptor)
        raise


def read_start(path: Path | str, size: int) -> bytes:
    """The first `size` bytes of a regular file. Raises OSError."""
    with open_regular(path) as file:
        return file.read(size) or b""


def read_rest(file: io.FileIO, start: bytes) -> tuple[bytes, str]:
    """The content of `file`, of which `start` was read, and a problem when it is too large to take whole.

    Raises OSError.
    """
    if os.fstat(file.fileno()).st_size > MAX_ITEM_BYTES:
        return start + (file.read(MAX_ITEM_BYTES) or b""), TOO_LARGE
    return start + (file.readall() or b""), ""


def why_unreadable(path: Path | str) -> str:
    """Why a file or folder cannot be read now, as the second half of a sentence; "" when it can."""
    try:
        if Path(path).is_dir():
            with os.scandir(path):
                return ""
        with open_regular(path):
            return ""
    except OSError as error:
        return reason(error)
