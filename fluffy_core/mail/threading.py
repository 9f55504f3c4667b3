"""Which thread a message belongs to: JWZ's references by union-find, subjects where there are none.

Source: J. Zawinski, "message threading" (1997), and RFC 5256 section 2.2, with two changes. A
message joins sets instead of building a tree, since the reader shows threads by date. And a
message that names Message-IDs of many threads at once (forged, or a digest) joins only the one it
answers, so that no mail can glue strangers' threads together.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from fluffy_core.mail import subjects

MAX_JOINED = 4
"""A message may make one thread of at most this many."""
SUBJECT_WINDOW = 45 * 86400
"""Seconds between two messages that a subject alone may still connect."""
_GENERIC = re.compile(
    r"^(?:|hi|hello|hey|hallo|test|no subject|kein betreff|\(no subject\)|fyi|update|info|question|frage)$"
)


@dataclass(frozen=True, slots=True)
class Placement:
    """The thread to join (None: a new one) and the threads that thereby become one with it."""

    thread_id: int | None
    absorbed: tuple[int, ...] = ()


def place(references: Sequence[bytes], known: Mapping[bytes, int]) -> Placement:
    """Decide by references: `references` are keys, the message's own first and its parent's last.

    `known` maps keys to the threads that hold or name them. The lowest thread id survives a union,
    so that the outcome does not depend on the order of arrival within a union.
    """
    found = {known[key] for key in references if key in known}
    if not found:
        return Placement(None)
    if len(found) > MAX_JOINED:
        nearest = next(known[key] for key in reversed(references) if key in known)
        return Placement(nearest)
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
        if (shared >= 2 or (shared >= 1 and quoted)) and (best is None or (distance, one.thread_id) < best):
            best = (distance, one.thread_id)
    return None if best is None else best[1]


def starts_with_reply(subject: str) -> bool:
    """True when the earliest message of a thread answers something that is not there."""
    return subjects.is_reply(subject) or subjects.is_forward(subject)


def is_generic(base_subject: str) -> bool:
    """True for subjects too common to connect messages ("", "hi", "test", …); takes a base subject."""
    return len(base_subject) < 3 or _GENERIC.match(base_subject.casefold()) is not None
