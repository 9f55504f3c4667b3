"""Files inside plain text: uuencode and yEnc blocks taken out as attachments."""

import re

from fluffy_core.mail.mime.transfer import uudecode

_UU = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,255})\r?\n", re.MULTILINE)
_UU_LINE = re.compile(rb"[ -`]{1,90}\r?\n")
_UU_END = re.compile(rb"^end[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
_Y_BEGIN = re.compile(
    rb"^=ybegin [^\r\n]{0,200}?name=([^\r\n]{0,255})\r?\n(?:=ypart [^\r\n]*\r?\n)?", re.MULTILINE
)
_Y_END = re.compile(rb"^=yend [^\r\n]*(?:\r?\n|\Z)", re.MULTILINE)
_Y_ESCAPE = re.compile(rb"=(.)", re.DOTALL)
_Y_SHIFT = bytes((value - 42) % 256 for value in range(256))
_MAX_FILES = 100


def extract(data: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
    """`data` without its uuencoded and yEnc blocks, and the (name, content) of each."""
    files: list[tuple[str, bytes]] = []
    if b"begin " in data:
        data = _take(data, (_UU, _UU_END), files)
    if b"=ybegin " in data:
        data = _take(data, (_Y_BEGIN, _Y_END), files)
    return data, files


def _take(
    data: bytes, edges: tuple[re.Pattern[bytes], re.Pattern[bytes]], files: list[tuple[str, bytes]]
) -> bytes:
    """Cuts every block between two `edges` out of `data` and adds its file to `files`."""
    begin, finish = edges
    kept: list[bytes] = []
    position = 0
    while len(files) < _MAX_FILES and (first := begin.search(data, position)):
        last = finish.search(data, first.end())
        is_uu = begin is _UU
        if last is None or (is_uu and not _UU_LINE.match(data, first.end())):
            break
        body = data[first.end() : last.start()]
        kept.append(data[position : first.start()])
        name = first.group(1).decode("utf-8", "replace").strip()
        files.append((name, uudecode(body) if is_uu else _ydecode(body)))
        position = last.end()
    kept.append(data[position:])
    return b"".join(kept)


def _ydecode(body: bytes) -> bytes:
    """The bytes of a yEnc block: line ends dropped, "=" escapes the next byte by 64, all shifted by 42."""
    body = body.translate(None, b"\r\n")
    if b"=" in body:
        body = _Y_ESCAPE.sub(lambda match: bytes(((match.group(1)[0] - 64) % 256,)), body)
    return body.translate(_Y_SHIFT)
