"""Reads mbox files (mboxo, mboxrd, Thunderbird, Google Takeout) one message at a time, never whole.

Plain reads instead of mmap: a disk error or a file that shrinks while it is read is then an error
to report, not a signal that ends the process.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from fluffy_core.connectors.files import disk, headers
from fluffy_core.domain.source import RawItem

CHUNK = 1 << 20
_SECTOR = 4096
_BOM = b"\xef\xbb\xbf"
_LOOKAHEAD = 1024
"""Longest From line looked at, with room for the line after it."""

_DAY = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_TIME = rb"\d{1,2}:\d\d(?::\d\d)?"
_ASCTIME = (
    _DAY
    + rb",? +"
    + _MONTH
    + rb" +\d{1,2} +"
    + _TIME
    + rb"(?: +[-+\w:()]{1,9}){0,2}? +\d{4}(?: +[-+\w]{1,9})?"
)
_RFC2822 = (
    rb"(?:" + _DAY + rb",? +)?\d{1,2}[ -]" + _MONTH + rb"[ -]\d{2,4} +" + _TIME + rb"(?: +[-+\w()]{1,9}){0,2}"
)
_ISO8601 = rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?: ?[-+:.\dZ]{1,12})?"
_ENVELOPE = re.compile(
    rb"From (?:[^\r\n]{0,500}? ?(?:" + _ASCTIME + rb"|" + _RFC2822 + rb"|" + _ISO8601 + rb")"
    rb"(?: +remote from [^\s]{1,200})?[ \t]*\r?(?:\n|\Z)"
    rb"|[^\s@]{1,200}@[^\s@]{1,200}[ \t]*\r?\n[A-Za-z][A-Za-z0-9-]*:)"
)
_THUNDERBIRD = re.compile(rb"From - " + _ASCTIME + rb"\r?\nX-Mozilla-Status:")
_BARE_FROM = re.compile(rb"^From ", re.MULTILINE)
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


class Readable(Protocol):
    """The part of a raw binary file that is used here; `read` may return less than asked for."""

    def seek(self, offset: int, /) -> int:
        """Move to a byte offset."""
        ...

    def read(self, size: int, /) -> bytes | None:
        """At most `size` bytes; none at the end."""
        ...


def _read_at(file: Readable, offset: int, size: int) -> bytes:
    """Up to `size` bytes from `offset`; where a block is bad, the good sectors before it."""
    try:
        file.seek(offset)
        return file.read(size) or b""
    except OSError:
        if size <= _SECTOR:
            raise
        file.seek(offset)
        return file.read(_SECTOR - offset % _SECTOR) or b""


def _read_range(file: Readable, start: int, end: int) -> bytes:
    parts = []
    while start < end and (part := _read_at(file, start, end - start)):
        parts.append(part)
        start += len(part)
    return b"".join(parts)


def _separates(buffer: bytes, newline: int) -> bool:
    """Whether the "From " after the line feed at `newline` begins a message.

    It does after a blank line when it reads like an envelope (RFC 4155, and the variants in use).
    Thunderbird leaves the blank line out at times; its own line cannot be mistaken.
    """
    blank = buffer[newline - 1 : newline] == b"\n" or buffer[newline - 2 : newline] == b"\n\r"
    pattern = _ENVELOPE if blank else _THUNDERBIRD
    return pattern.match(buffer, newline + 1, newline + 1 + _LOOKAHEAD) is not None


def _separators(file: Readable, start: int) -> Iterator[int]:
    """Yield the offsets of the From lines from `start` on, and last the size of the file."""
    buffer, base, position = b"\n\n", start - 2, 0
    while chunk := _read_at(file, base + len(buffer), CHUNK):
        buffer += chunk
        decidable = len(buffer) - _LOOKAHEAD
        while (newline := buffer.find(b"\nFrom ", position, decidable)) >= 0:
            if _separates(buffer, newline):
                yield base + newline + 1
            position = newline + 1
        position = max(position, decidable - 6)
        drop = max(position - 2, 0)
        buffer, base, position = buffer[drop:], base + drop, position - drop
    while (newline := buffer.find(b"\nFrom ", position)) >= 0:
        if _separates(buffer, newline):
            yield base + newline + 1
        position = newline + 1
    yield base + len(buffer)


def spans(file: Readable, start: int = 0) -> Iterator[tuple[int, int]]:
    """Yield (start, end) byte offsets of the messages from `start` on, From lines included.

    Together they cover the file, but for white space before the first message. Raises OSError.
    """
    previous = start
    has_mark = start == 0 and _read_at(file, 0, len(_BOM)) == _BOM
    for offset in _separators(file, len(_BOM) if has_mark else start):
        if offset == previous:
            continue
        if previous or not _blank(file, offset):
            yield previous, offset
        previous = offset


def _blank(file: Readable, end: int) -> bool:
    return end <= _LOOKAHEAD and not _read_range(file, 0, end).removeprefix(_BOM).strip()


def _starts_message(file: Readable, offset: int) -> bool:
    return _read_at(file, offset, 5) == b"From "


def unquoted(message: bytes) -> bytes:
    """Undo ">From " quoting as mboxrd defines it: one ">" less on each line of ">…>From ".

    For mboxo that is right for its single ">". A message with a bare "From " line was written by a
    program that does not quote, and stays as it is.
    """
    if b">From " not in message or _BARE_FROM.search(message):
        return message
    return _QUOTED_FROM.sub(rb"\1", message)


def _content(raw: bytes) -> bytes:
    """The message between its From line and the blank line that belongs to the next one."""
    start = raw.find(b"\n") + 1 or len(raw) if raw.startswith(b"From ") else 0
    end = len(raw)
    if raw.endswith(b"\r\n\r\n"):
        end -= 2
    elif raw.endswith(b"\n\n"):
        end -= 1
    return unquoted(raw[start : max(start, end)])


def item(position: int, raw: bytes, *, last: bool = False) -> RawItem:
    """The message in `raw`, a From line and what follows, found at byte `position` of its file."""
    content = _content(raw)
    marks = headers.marks(content)
    if marks.skip:
        return RawItem(position, str(position), b"", skip=marks.skip)
    problem = ""
    if not raw.startswith(b"From ") and not headers.looks_like_message(content):
        problem = "This text stands before the first message of the file."
    elif len(raw) >= disk.MAX_ITEM_BYTES:
        problem = disk.TOO_LARGE
    elif last and headers.cut_short(content):
        problem = "The file ends in the middle of this message."
    return RawItem(position, str(position), content, marks.flags, problem)


class Mbox:
    """An mbox file on disk."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, *, after: int = -1) -> Iterator[RawItem]:
        """Yield the messages behind byte offset `after`.

        When no message begins at `after` any more the file was rewritten, and is read from its start.
        """
        try:
            with disk.open_regular(self._path) as file:
                size = os.fstat(file.fileno()).st_size
                yield from read(file, after=after, size=size)
        except OSError as e:
            raise disk.translated(e, self._path) from e

    def count(self) -> int:
        """Number of messages."""
        try:
            with disk.open_regular(self._path) as file:
                return sum(1 for _ in spans(file))
        except OSError as e:
            raise disk.translated(e, self._path) from e


def read(file: Readable, *, after: int = -1, size: int) -> Iterator[RawItem]:
    """Yield the messages of an open mbox of `size` bytes behind offset `after`. Raises OSError."""
    if after > 0 and not _starts_message(file, after):
        after = -1
    for start, end in spans(file, max(after, 0)):
        if start > after:
            raw = _read_range(file, start, min(end, start + disk.MAX_ITEM_BYTES))
            yield item(start, raw, last=end >= size)
