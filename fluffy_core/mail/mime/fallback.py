"""The forgiving MIME splitter: one pass, no recursion, for what the fast parser refuses.

The standard library recurses once for each level and matches every line against every open
boundary, which two thousand nested parts turn into an error or into seconds. Here the open
boundaries are a dictionary.
"""

import re

from fluffy_core.mail.mime import headers, transfer
from fluffy_core.mail.mime.headers import Headers
from fluffy_core.mail.mime.part import Part, new_part

MAX_PARTS = 5000
_MAX_CANDIDATES = 200_000
_DELIMITER = re.compile(rb"^--([^\r\n]{1,300})", re.MULTILINE)
_GUESSED = re.compile(rb"^--([^\r\n\s]{3,100})[ \t]*\r?\n(?=[Cc]ontent-)", re.MULTILINE)


def parse_tree(raw: bytes, root_headers: Headers, start: int) -> tuple[Part, list[str]]:
    """The tree of the message whose body begins at `start`, and sentences on what was wrong."""
    splitter = _Splitter(raw)
    root = splitter.open(root_headers, start)
    if not root.is_multipart:
        splitter.close(0, len(raw))
        return root, splitter.problems
    position = start
    for _ in range(_MAX_CANDIDATES):
        match = _DELIMITER.search(raw, position)
        if match is None or splitter.count >= MAX_PARTS:
            break
        position = splitter.delimiter(match)
    if splitter.count >= MAX_PARTS:
        splitter.problems.append(f"The message has more than {MAX_PARTS:,} parts; the rest was not split.")
    splitter.close(0, len(raw))
    if not root.children:
        root.content = raw[start:]
    return root, splitter.problems


class _Splitter:
    """The stack of open parts and the boundaries that close them."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.count = 0
        self.problems: list[str] = []
        self._stack: list[tuple[Part, int, bytes]] = []
        self._boundaries: dict[bytes, int] = {}

    def open(self, part_headers: Headers, start: int) -> Part:
        """Puts a new part with its body at `start` on the stack."""
        parent = self._stack[-1][0] if self._stack else None
        part = new_part(part_headers, in_digest=bool(parent and parent.media_type == "multipart/digest"))
        if parent:
            parent.children.append(part)
        boundary = b""
        if part.is_multipart:
            boundary = part.params.get("boundary", "").encode("utf-8", "replace").rstrip()[:250]
            boundary = boundary or self._guess(start)
            if self._boundaries.setdefault(boundary, len(self._stack) + 1) <= len(self._stack):
                boundary = b""  # an outer part has the same one and keeps it
        self._stack.append((part, start, boundary))
        self.count += 1
        return part

    def _guess(self, start: int) -> bytes:
        """A boundary that was not declared: the first "--…" line followed by a part's headers."""
        match = _GUESSED.search(self.raw, start, start + 100_000)
        self.problems.append("A multipart boundary is not declared.")
        return match.group(1) if match else b""

    def delimiter(self, match: re.Match[bytes]) -> int:
        """Takes a line that may be a delimiter; where to go on reading."""
        line = match.group(1).rstrip()
        depth = self._boundaries.get(line)
        final = depth is None and line.endswith(b"--")
        if final:
            depth = self._boundaries.get(line[:-2].rstrip())
        if depth is None:
            return match.end()
        end = match.start() - (2 if self.raw[match.start() - 2 : match.start()] == b"\r\n" else 1)
        self.close(depth, end)
        if final:
            return match.end()
        newline = self.raw.find(b"\n", match.end())
        begin = newline + 1 if newline >= 0 else len(self.raw)
        part_headers, body, problem = headers.split(self.raw, begin)
        if problem:
            self.problems.append(problem)
        self.open(part_headers, body)
        return max(body - 1, match.end())

    def close(self, depth: int, end: int) -> None:
        """Ends the parts deeper than `depth`, whose bytes reach up to `end`."""
        while len(self._stack) > depth:
            part, start, boundary = self._stack.pop()
            if boundary:
                del self._boundaries[boundary]
            if part.is_multipart and part.children:
                continue
            encoding = part.headers.line("content-transfer-encoding")
            part.content, problem = transfer.decode(self.raw[start : max(start, end)], encoding)
            if problem:
                self.problems.append(problem)
