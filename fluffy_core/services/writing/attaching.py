"""Files that go along with a message."""

import mimetypes
from pathlib import Path

from fluffy_core.domain.outgoing import OutgoingFile
from fluffy_core.errors import UnreadableError

MOST_BYTES = 50 << 20
"""Bytes of a message; hardly any server takes more."""
MOST_FILE_BYTES = MOST_BYTES * 7 // 10
"""Bytes of its files: on the way they are a third longer (RFC 2045, 6.8)."""


def file(path: Path) -> OutgoingFile:
    """A file to go along. Raises UnreadableError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}.") from error
    kind, packed = mimetypes.guess_type(path.name)
    return OutgoingFile(path.name, content, kind if kind and not packed else "application/octet-stream")
