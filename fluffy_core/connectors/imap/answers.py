"""What IMAP answers mean: UIDs and sets of them, flags, FETCH attributes. Strict: nonsense is ValueError."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from imapclient.response_parser import parse_response

from fluffy_core.connectors.files.headers import with_unseen

_FLAGS = {rb"\seen": "seen", rb"\answered": "answered", rb"\flagged": "flagged", rb"\draft": "draft"}
_FLAGS[rb"\deleted"] = "deleted"
_PLAIN = re.compile(
    rb"\d+ \(UID (\d{1,10}) FLAGS \(([^()\"{}]*)\)(?: RFC822\.SIZE (\d{1,12}))?(?: MODSEQ \(\d+\))?\)"
)
"""The answer that comes ten thousand times, in the order that most servers give it."""
_APPENDED = re.compile(rb"\[APPENDUID (\d+) (\d+)\]")
_MESSAGE_ID = re.compile(rb"^message-id:\s*(.*)", re.IGNORECASE | re.DOTALL)
TOP = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Told:
    """What a server tells of one message. `body` is None where it gave none."""

    uid: int
    flags: tuple[str, ...] | None = None
    size: int = 0
    body: bytes | None = None


def flags_of(words: Iterable[bytes]) -> tuple[str, ...]:
    """IMAP's flags as words of RawItem; an IMAP folder notes what was read, so "unseen" is known."""
    return with_unseen({_FLAGS[word.lower()] for word in words if word.lower() in _FLAGS})


def told(items: Sequence[Any]) -> dict[int, Told]:
    """FETCH answers, as imaplib groups them, by UID.

    An answer without UID is news about some message of another numbering, and left out. Of a message told
    of twice, the later word counts. Raises ValueError (or what the parser raises) for nonsense, also when
    one UID comes with two bodies.
    """
    found: dict[int, Told] = {}
    rest: list[Any] = []
    for item in items:
        plain = _PLAIN.fullmatch(item) if isinstance(item, bytes) and not rest else None
        if plain is not None:
            one = Told(_uid(int(plain[1])), flags_of(plain[2].split()), int(plain[3] or 0))
            found[one.uid] = _merged(found.get(one.uid), one)
            continue
        rest.append(item)
        if isinstance(item, bytes):  # a piece without literal ends an answer
            for one in _read(rest):
                found[one.uid] = _merged(found.get(one.uid), one)
            rest = []
    if rest:
        raise ValueError("a FETCH answer without end")
    return found


def _read(items: Sequence[Any]) -> Iterator[Told]:
    words = iter(parse_response(list(items)))
    for _, attributes in zip(words, words, strict=True):
        pairs = [(str(key, "ascii").upper(), value) for key, value in _pairs(attributes)]
        named = dict(pairs)
        if len(named) < len(pairs):  # a literal of a wrong length reaches into the next answer
            raise ValueError("one attribute twice")
        if "UID" not in named:
            continue
        flags = named.get("FLAGS")
        body = next((value for key, value in named.items() if key.startswith("BODY[")), None)
        yield Told(
            _uid(named["UID"]),
            None if flags is None else flags_of(word for word in flags if isinstance(word, bytes)),
            _count(named.get("RFC822.SIZE", 0)),
            _bytes(body),
        )


def _pairs(attributes: Any) -> Iterator[tuple[bytes, Any]]:
    if not isinstance(attributes, tuple):
        raise TypeError("a FETCH answer without attributes")
    words = iter(attributes)
    return zip(words, words, strict=True)


def _merged(before: Told | None, now: Told) -> Told:
    if before is None:
        return now
    if before.body is not None and now.body is not None and before.body != now.body:
        raise ValueError("one UID with two bodies")
    return Told(
        now.uid,
        before.flags if now.flags is None else now.flags,
        now.size or before.size,
        before.body if now.body is None else now.body,
    )


def _uid(value: Any) -> int:
    if not isinstance(value, int) or not 0 < value <= TOP:
        raise ValueError(f"no UID: {value!r}")
    return value


def _count(value: Any) -> int:
    if not isinstance(value, int):
        raise TypeError(f"no number: {value!r}")
    return value


def _bytes(value: Any) -> bytes | None:
    if value is not None and not isinstance(value, bytes):
        raise TypeError("a body that is no text")
    return value


def uid_set(uids: Iterable[int]) -> str:
    """UIDs as a set for a command, runs shortened: 1, 2, 3, 7 -> "1:3,7"."""
    return ",".join(str(a) if a == b else f"{a}:{b}" for a, b in _runs(sorted(uids)))


def _runs(uids: Sequence[int]) -> Iterator[tuple[int, int]]:
    start = last = None
    for uid in uids:
        if start is None or last is None or uid != last + 1:
            if start is not None and last is not None:
                yield start, last
            start = uid
        last = uid
    if start is not None and last is not None:
        yield start, last


def ranges(text: bytes) -> list[tuple[int, int]]:
    """A set as the server writes it, never unrolled: it may name four thousand million. Sorted."""
    found = []
    for part in text.split(b","):
        first, colon, second = part.partition(b":")
        ends = sorted((int(first), int(second if colon else first)))
        found.append((ends[0], ends[1]))
    return sorted(found)


def vanished(lines: Iterable[bytes]) -> list[tuple[int, int]]:
    """The UIDs of VANISHED answers (RFC 7162), with or without EARLIER."""
    return sorted(pair for line in lines for pair in ranges(line.rpartition(b" ")[2]))


def within(uid: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a UID lies in one of the ranges."""
    return any(low <= uid <= high for low, high in spans)


def appended(line: bytes) -> tuple[int, int] | None:
    """(UIDVALIDITY, UID) that a server with UIDPLUS gave to what was appended."""
    match = _APPENDED.search(line)
    return (int(match[1]), int(match[2])) if match else None


def message_id(header: bytes) -> str:
    """The Message-ID in a header block that holds nothing else, "" without one."""
    match = _MESSAGE_ID.match(header.strip())
    return "".join(match[1].decode("utf-8", "replace").split()) if match else ""
