"""Content-Transfer-Encoding undone, whatever state the data are in."""

import binascii
import re

_NOT_BASE64 = bytes(
    sorted(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
)
_TAIL = re.compile(rb"(?:--|\r?\n\r?\n)[^\r\n]{0,200}\s*\Z")
# Pieces short enough that other threads get their turn between them.
_SPACE = 32  # the character that stands for nought
_PIECE = 1 << 20
_MAX_RUNS = 2000
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]*)\r?\n", re.MULTILINE)


def decode(data: bytes, encoding: str) -> tuple[bytes, str]:
    """The bytes that `data` stands for, and a sentence about what was wrong with it. Never raises."""
    encoding = encoding.strip().lower()
    if encoding in ("", "7bit", "8bit", "binary"):
        return data, ""
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data), ""
    if encoding == "base64":
        return _base64(data)
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        begin = _UU_BEGIN.search(data)
        return (uudecode(data[begin.end() :]), "") if begin else (data, "")
    return data, f"The transfer encoding “{encoding[:40]}” is unknown; the part was left as it is."


_DAMAGED = "Some encoded data are damaged; what could be read was kept."


def _base64(data: bytes) -> tuple[bytes, str]:
    """Base64 with foreign bytes dropped; padding within (joined parts) ends a run."""
    runs = data.split(b"=", _MAX_RUNS) if b"=" in data.rstrip(b"=\r\n \t") else [data]
    decoded: list[bytes] = []
    damaged = False
    for run in runs:
        digits = run.translate(None, _NOT_BASE64)
        if len(digits) % 4 == 1:
            digits, damaged = digits[:-1], True
        digits += b"=" * (-len(digits) % 4)
        decoded += (binascii.a2b_base64(digits[at : at + _PIECE]) for at in range(0, len(digits), _PIECE))
        damaged = damaged or len(digits) + 8 < len(run) - run.count(b"\n") - run.count(b"\r")
    return b"".join(decoded), _DAMAGED if damaged else ""


def uudecode(data: bytes) -> bytes:
    """The bytes of uuencoded lines up to "end"; lines that are no data are passed over."""
    decoded: list[bytes] = []
    for line in data.splitlines():
        if line.rstrip() == b"end":
            break
        if not line or line[0] < _SPACE:
            continue
        length = ((((line[0] - _SPACE) & 63) * 4) + 5) // 3
        try:
            decoded.append(binascii.a2b_uu(line))
        except binascii.Error:
            try:
                decoded.append(binascii.a2b_uu(line[:length]))
            except binascii.Error:
                continue
    return b"".join(decoded)
