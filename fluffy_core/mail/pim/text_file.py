"""Bytes of a calendar, vCard or CSV file to text: the encodings that programs really write."""

import re

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_FOLD = re.compile(r"\n[ \t]")


def decoded(data: bytes) -> str:
    """Text with "\\n" line ends: by byte order mark, else UTF-8, UTF-16 without a mark, Windows-1252."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, "replace")
            break
    else:
        text = _unmarked(data)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _unmarked(data: bytes) -> str:
    start = data[:200]
    if start.count(0) * 3 > len(start) > 0:
        return data.decode("utf-16-be" if start[:1] == b"\0" else "utf-16-le", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def unfolded(text: str) -> list[str]:
    """Logical lines of RFC 5545 and RFC 6350: a line that begins with white space continues the last."""
    return _FOLD.sub("", text).split("\n")
