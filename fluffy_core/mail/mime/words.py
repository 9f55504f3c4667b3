"""RFC 2047 encoded words and RFC 2231 values, as written by good and by careless senders."""

import binascii
import re

from fluffy_core.mail.mime import charset

# The text may hold spaces and question marks that the RFC forbids; its length is bounded so that
# a header full of openings without an end stays cheap.
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?((?:[^?]|\?(?!=)){0,2000})\?=")
_Q_BYTE = re.compile(rb"=([0-9A-Fa-f]{2})")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")


def decode_words(text: str) -> str:
    """`text` with its encoded words decoded; neighbours of one charset are joined before that.

    Never raises; what cannot be decoded stays as it was written.
    """
    if "=?" not in text:
        return text
    pieces: list[str] = []
    pending, pending_charset, end = b"", "", 0
    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        name, kind, body = match.groups()
        name = name.split("*", 1)[0].lower()
        adjacent = end > 0 and not between.strip()
        if not (adjacent and name == pending_charset):
            pieces.append(charset.decode(pending, pending_charset)[0] if pending else "")
            pending = b""
        if not adjacent:
            pieces.append(between)
        pending += _word_bytes(kind, body)
        pending_charset, end = name, match.end()
    if pending:
        pieces.append(charset.decode(pending, pending_charset)[0])
    pieces.append(text[end:])
    return "".join(pieces)


def _word_bytes(kind: str, body: str) -> bytes:
    """The bytes of one encoded word; never raises."""
    if kind in "qQ":
        raw = body.replace("_", " ").encode("utf-8", "replace")
        return _Q_BYTE.sub(lambda match: bytes((int(match.group(1), 16),)), raw)
    digits = _NOT_BASE64.sub("", body)
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    try:
        return binascii.a2b_base64(digits + "=" * (-len(digits) % 4))
    except binascii.Error:
        return body.encode("utf-8", "replace")
