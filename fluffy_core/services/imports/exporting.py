"""Everything out again: the exact messages, as one mbox."""

import os
import re
from pathlib import Path

from fluffy_core.errors import DiskFullError, UsageError
from fluffy_core.services.reading import reader
from fluffy_core.store import messages
from fluffy_core.store.database import Database

_FROM_LINE = re.compile(rb"^(>*From )", re.MULTILINE)


def to_mbox(store: Database, target: Path) -> int:
    """Write all mail, read and unread, as mboxrd (RFC 4155 separators); how many messages.

    Raises UsageError when the file is there already, DiskFullError when it cannot be written whole.
    """
    if target.exists():
        raise UsageError(f"{target} is there already; choose another name.")
    temporary = target.with_name(target.name + ".part")
    count = 0
    try:
        with temporary.open("wb") as file:
            for message_id in messages.all_ids(store):
                file.write(_entry(reader.raw_bytes(store, message_id)))
                count += 1
            for content in reader.unread_bytes(store):
                file.write(_entry(content))
                count += 1
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise DiskFullError(
            f"{target} cannot be written: {error.strerror}. Nothing was left behind."
        ) from error
    return count


def _entry(content: bytes) -> bytes:
    quoted = _FROM_LINE.sub(rb">\1", content)
    return (
        b"From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n"
        + quoted
        + (b"\n" if quoted.endswith(b"\n") else b"\n\n")
    )
