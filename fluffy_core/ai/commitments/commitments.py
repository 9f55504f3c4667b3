"""What is owed between me and others in a thread: asked for or promised, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fluffy_core.ai.commitments import fulfilment, promises
from fluffy_core.ai.commitments.promises import Heard, Mailbox
from fluffy_core.domain.commitments import Commitment, CommitmentKind, CommitmentState
from fluffy_core.domain.ids import MessageId
from fluffy_core.domain.intelligence import ThreadMessage
from fluffy_core.domain.message import BulkKind

MAX_STANDING = 30
"""Of so many open commitments of a thread it is looked what becomes of them: the newest."""

Files = Mapping[MessageId, Sequence[str]]
"""Names of the files that messages bring along."""


def find(thread: Sequence[ThreadMessage], mailbox: Mailbox, files: Files | None = None) -> list[Commitment]:
    """The commitments of a whole thread, in the order they were made; due dates on the user's clock.

    A request is over when the side it was put to answers; where the answer promises, the promise stands for
    it. A promise is over when it is delivered, thanked for or taken back; said again, it is still one.
    """
    over: list[Commitment] = []
    standing: list[Commitment] = []
    for message in sorted(thread, key=lambda each: (each.date, each.id)):
        if message.bulk not in {BulkKind.NONE, BulkKind.LIST}:
            continue
        heard = Heard.of(message, tuple((files or {}).get(message.id, ())))
        fresh = promises.made(heard, mailbox)
        now, fresh = _answered(_after(standing, heard), fresh, heard)
        now, fresh = _said_again(now, fresh)
        over += [one for one in now if one.state is not CommitmentState.OPEN]
        standing = [one for one in now if one.state is CommitmentState.OPEN] + fresh
        over, standing = over + standing[:-MAX_STANDING], standing[-MAX_STANDING:]
    return sorted(over + standing, key=lambda one: (one.made_at, one.message_id))


def _after(standing: Sequence[Commitment], heard: Heard) -> list[Commitment]:
    owing = [one.debtor for one in standing]
    return [fulfilment.after(one, heard, alone=owing.count(one.debtor) == 1) for one in standing]


def _answered(
    standing: list[Commitment], fresh: list[Commitment], heard: Heard
) -> tuple[list[Commitment], list[Commitment]]:
    """Requests end with an answer; a promise that answers one takes its place, and its day."""
    asked = [
        one
        for one in standing
        if one.kind is CommitmentKind.ASKED
        and one.state is CommitmentState.OPEN
        and fulfilment.writes(one, heard)
    ]
    if not (asked and heard.sentences):
        return standing, fresh
    rest = [one for one in standing if one not in asked]
    promised = [one for one in fresh if one.kind is CommitmentKind.PROMISED]
    if not promised:
        words = heard.sentences[0]
        ended = [one.settled(CommitmentState.FULFILLED, heard.message.id, words) for one in asked]
        return rest + ended, fresh
    if len(promised) == 1 and not promised[0].due:
        due = next((one.due for one in reversed(asked) if one.due), "")
        fresh = [replace(one, due=due) if one is promised[0] else one for one in fresh]
    return rest, fresh


def _said_again(
    standing: list[Commitment], fresh: list[Commitment]
) -> tuple[list[Commitment], list[Commitment]]:
    """One of each that is repeated: the newest words, but a promise rather than a reminder of it."""
    kept = list(standing)
    new: list[Commitment] = []
    for one in fresh:
        open_ones = [old for old in kept if old.state is CommitmentState.OPEN]
        old = next((each for each in open_ones if fulfilment.is_same(each, one)), None)
        if old is None:
            new.append(one)
            continue
        kept.remove(old)
        if old.kind is CommitmentKind.PROMISED and one.kind is CommitmentKind.ASKED:
            kept.append(replace(old, due=one.due or old.due))
        else:
            new.append(replace(one, due=one.due or old.due))
    return kept, new
