"""The header block of a message or part: split, unfolded, kept as bytes until somebody asks."""

import re
from collections.abc import Iterator
from functools import lru_cache

from fluffy_core.mail.mime import charset
from fluffy_core.mail.mime.words import decode_words

_BLANK = re.compile(rb"\n\r?\n")
_NAME = re.compile(rb"[!-9;-~]{1,200}[ \t]*")
_FIELD = re.compile(rb"^([!-9;-~]{1,200}[ \t]*):(.*)", re.MULTILINE)
_WELL_KNOWN = re.compile(
    rb"^(?:from|to|cc|subject|date|message-id|received|return-path|mime-version|content-type"
    rb"|content-transfer-encoding|reply-to|sender|delivered-to|x-[a-z-]+):",
    re.IGNORECASE | re.MULTILINE,
)
_MAX_VALUES = 2100  # more than the recipients that are kept
_MAX_LINES = 20_000


class Headers:
    """Header fields by lower-case name, in the order they were written."""

    __slots__ = ("_fields",)

    def __init__(self, fields: dict[str, list[bytes]]) -> None:
        self._fields = fields

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def has_any(self, names: frozenset[str]) -> bool:
        """Whether one of `names` is among the fields."""
        return not names.isdisjoint(self._fields)

    def raw(self, name: str) -> bytes:
        """The first value of `name`, b"" when absent."""
        values = self._fields.get(name)
        return values[0] if values else b""

    def text(self, name: str) -> str:
        """The first value of `name` with its bytes decoded but its encoded words intact."""
        values = self._fields.get(name)
        return value_text(values[0]) if values else ""

    def texts(self, name: str) -> list[str]:
        """All values of `name` (at most 2,100), as `text` gives them."""
        return [value_text(value) for value in self._fields.get(name, ())]

    def line(self, name: str) -> str:
        """The first value of `name` as one decoded line for display."""
        text = self.text(name)
        return charset.clean_line(decode_words(text)) if text else ""


def value_text(value: bytes) -> str:
    """A header value as text: UTF-8, ISO-2022-JP or a guess for raw 8-bit bytes."""
    if value.isascii() and b"\x1b" not in value:
        return value.decode("ascii")
    if b"\x1b$" in value:
        return value.decode("iso2022_jp_ext", "replace")
    return charset.decode(value)[0]


def split(raw: bytes, start: int = 0, end: int = -1) -> tuple[Headers, int, str]:
    """Headers of the message at `raw[start:end]`, where its body starts, and what was wrong.

    A missing blank line ends the block at the first line that is no header, unless well-known
    headers still follow: then that line is skipped.
    """
    end = len(raw) if end < 0 else end
    if raw.startswith((b"\n", b"\r\n"), start, end):
        return Headers({}), raw.index(b"\n", start) + 1, ""
    match = _BLANK.search(raw, start, end)
    stop, body = (match.start(), match.end()) if match else (end, end)
    block = raw[start:stop]
    unfolded = _unfolded(block)
    pairs = _FIELD.findall(unfolded)
    if len(pairs) == unfolded.count(b"\n") + 1:  # every line is a field
        return Headers(_collected(pairs)), body, ""
    pairs, stray = _with_strays(unfolded.split(b"\n"))
    if stray is None:
        return Headers(_collected(pairs)), body, ""
    return Headers(_collected(pairs)), start + _offset(block, stray), _NO_BLANK


def _collected(pairs: list[tuple[bytes, bytes]]) -> dict[str, list[bytes]]:
    """Fields by lower-case name, from what stands before and after their colons."""
    fields: dict[str, list[bytes]] = {}
    for written, value in pairs:
        name = _field_name(written)
        values = fields.get(name)
        if values is None:
            fields[name] = [value.strip()]
        elif len(values) < _MAX_VALUES:
            values.append(value.strip())
    return fields


def _with_strays(lines: list[bytes]) -> tuple[list[tuple[bytes, bytes]], bytes | None]:
    """The fields among lines some of which are none, and the line that must belong to the body, if any."""
    pairs: list[tuple[bytes, bytes]] = []
    for number, line in enumerate(lines):
        written, colon, value = line.partition(b":")
        name = _field_name(written) if colon else ""
        if not name:
            if not line.strip() or line.startswith((b"From ", b">From ", b" ", b"\t")):
                continue
            if number < _MAX_LINES and _still_headers(lines, number):
                continue
            return pairs, line
        pairs.append((written, value))
    return pairs, None


def _unfolded(block: bytes) -> bytes:
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n")
    return block.replace(b"\n\t", b" ").replace(b"\n ", b" ")


@lru_cache(maxsize=2048)
def _field_name(written: bytes) -> str:
    """The lower-case name, "" when these bytes can be none."""
    return written.rstrip().lower().decode("ascii") if _NAME.fullmatch(written) else ""


_NO_BLANK = "The blank line between headers and text is missing."


def _still_headers(lines: list[bytes], number: int) -> bool:
    """Whether the lines right after line `number` are headers that every mailer writes."""
    return any(_WELL_KNOWN.match(line) for line in lines[number + 1 : number + 3])


def _offset(block: bytes, line: bytes) -> int:
    """Where in the `block` the unfolded `line` begins."""
    first = line.split(b" ", 1)[0].rstrip(b"\r")
    if block.startswith(first):
        return 0
    found = block.find(b"\n" + first)
    return found + 1 if found >= 0 else len(block)
