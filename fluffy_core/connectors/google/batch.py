"""Many requests to Google in one: written as multipart/mixed, and each part's answer taken out again.

Source: Google's "Sending batch requests" (the outer answer is 200 whatever became of the parts).
"""

import re
import secrets
from collections.abc import Mapping, Sequence

from fluffy_core.connectors.network.rest import Answer
from fluffy_core.errors import TransientError

MOST = 50
"""Requests at once: Google takes 100, but limits the rate of many more than this (its guide says so)."""
_BOUNDARY = re.compile(r"boundary=(?:\"([^\"]+)\"|([^;\s]+))", re.IGNORECASE)
_BLANK = re.compile(rb"\r?\n\r?\n")
_ID = re.compile(r"<?response-part-(\d{1,4})>?")
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})(?: |\r?$)", re.MULTILINE)


def written(targets: Sequence[str]) -> tuple[str, bytes]:
    """(Content-Type, content) of a batch of GET requests for `targets`: paths with their queries."""
    boundary = f"batch_{secrets.token_hex(12)}"
    parts = [
        f"--{boundary}\r\nContent-Type: application/http\r\nContent-ID: <part-{number}>\r\n\r\n"
        f"GET {target} HTTP/1.1\r\nAccept: application/json\r\n\r\n\r\n"
        for number, target in enumerate(targets)
    ]
    return f"multipart/mixed; boundary={boundary}", "".join((*parts, f"--{boundary}--\r\n")).encode()


def read(answer: Answer, count: int) -> list[Answer | None]:
    """The answer to each of `count` requests, None for one without any, or with several.

    Raises TransientError when this is no answer to a batch.
    """
    found = _BOUNDARY.search(answer.headers.get("content-type", ""))
    if found is None:
        raise TransientError(f"The answer of {answer.host} makes no sense.")
    boundary = (found[1] or found[2]).encode()
    pieces = (b"\n" + answer.content).split(b"\n--" + boundary)
    answers: list[list[Answer]] = [[] for _ in range(count)]
    for piece in pieces[1:]:
        number, part = _part(piece, answer.host)
        if part is not None and number < count:
            answers[number].append(part)
    return [each[0] if len(each) == 1 else None for each in answers]


def _part(piece: bytes, host: str) -> tuple[int, Answer | None]:
    """(number of its request, the answer); (0, None) for what is none."""
    head, *rest = _BLANK.split(piece, 2)
    match = _ID.fullmatch(_fields(head).get("content-id", ""))
    if match is None or not rest:
        return 0, None
    status = _STATUS.match(rest[0].lstrip())
    if status is None:
        return 0, None
    content = rest[1].strip() if len(rest) > 1 else b""
    return int(match[1]), Answer(host, int(status[1]), _fields(rest[0]), content)


def _fields(head: bytes) -> Mapping[str, str]:
    found = {}
    for line in head.decode("latin-1").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            found[name.strip().lower()] = value.strip()
    return found
