"""Which thread a message belongs to: JWZ's references by union-find, subjects where there are none.

Source: J. Zawinski, "message threading" (1997), and RFC 5256 section 2.2, with two changes. A
message joins sets instead of building a tree, since the reader shows threads by date. And of the
Message-IDs that a message names only the root and the nearest ancestors count, so that no mail
(forged, or a digest) can glue many strangers' threads together. Which of them count depends on the
message alone: the threads are the same in whatever order mail arrives.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from fluffy_core.mail.threads import subjects

NEAREST = 4
"""Ancestors of a message, beside the root of its thread, that decide where it belongs."""
SUBJECT_WINDOW = 45 * 86400
"""Seconds between two messages that a subject alone may still connect."""
_SHORTEST_SUBJECT = 3
_TOGETHER = 2
"""People that two messages must share for their subject to connect them."""
_GENERIC = re.compile(
    r"^(?:|hi|hello|hey|hallo|test|no subject|kein betreff|\(no subject\)|fyi|update|info|question|frage)$"
)


@dataclass(frozen=True, slots=True)
class Placement:
    """The thread to join (None: a new one) and the threads that thereby become one with it."""

    thread_id: int | None
    absorbed: tuple[int, ...] = ()


def links(references: Sequence[str]) -> tuple[str, ...]:
    """The Message-IDs that count of those a message names, oldest first as it names them."""
    return (*references[:1], *references[1:][-NEAREST:])


def place(references: Sequence[bytes], known: Mapping[bytes, int]) -> Placement:
    """Decide by references: `references` are the keys of a message's `links`, its own among them.

    `known` maps keys to the threads that hold or name them. The lowest thread id survives a union.
    """
    found = {known[key] for key in references if key in known}
    if not found:
        return Placement(None)
    target = min(found)
    return Placement(target, tuple(sorted(found - {target})))


@dataclass(frozen=True, slots=True)
class SubjectCandidate:
    """A thread with the same base subject: who takes part, its span, and whether it starts with a reply."""

    thread_id: int
    first_date: int
    last_date: int
    people: Collection[int]
    sender_names: Collection[str] = ()
    starts_with_reply: bool = False


def place_by_subject(
    candidates: Sequence[SubjectCandidate],
    *,
    date: int,
    people: Collection[int],
    is_reply: bool,
    quoted_from: Collection[str] = (),
) -> int | None:
    """Find the thread for a message that names no Message-ID, or None.

    It must be near in time, one side must be a reply, and the same people take part: two of them,
    or one when the message quotes a header of somebody who wrote in the thread. `sender_names` and
    `quoted_from` are case-folded.
    """
    best: tuple[int, int] | None = None
    for one in candidates:
        distance = max(one.first_date - date, date - one.last_date, 0)
        if distance > SUBJECT_WINDOW or not (is_reply or (one.starts_with_reply and date <= one.first_date)):
            continue
        shared = len(set(people) & set(one.people))
        quoted = any(name in text for text in quoted_from for name in one.sender_names)
        if (shared >= _TOGETHER or (shared >= 1 and quoted)) and (
            best is None or (distance, one.thread_id) < best
        ):
            best = (distance, one.thread_id)
    return None if best is None else best[1]


def starts_with_reply(subject: str) -> bool:
    """True when the earliest message of a thread answers something that is not there."""
    return subjects.is_reply(subject) or subjects.is_forward(subject)


def is_generic(base_subject: str) -> bool:
    """True for subjects too common to connect messages ("", "hi", "test", …); takes a base subject."""
    return len(base_subject) < _SHORTEST_SUBJECT or _GENERIC.match(base_subject.casefold()) is not None
