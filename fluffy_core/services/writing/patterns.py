"""The own reply that a draft follows: looked for among mine, by meaning where vectors are, else by words."""

from collections.abc import Sequence
from dataclasses import dataclass

from fluffy_core.ai.base import Models
from fluffy_core.ai.drafts import own_replies
from fluffy_core.ai.drafts.drafting import Brief, last_received, sources
from fluffy_core.ai.drafts.own_replies import Matter, OwnReply, Pattern
from fluffy_core.ai.grounding.placeholders import Facts
from fluffy_core.domain.intelligence import ThreadMessage
from fluffy_core.errors import ModelError, TransientError
from fluffy_core.mail.zones import language as languages
from fluffy_core.services.reading import conversations, meaning
from fluffy_core.services.writing import styles
from fluffy_core.store import reading, vectors
from fluffy_core.store import styles as own_mail
from fluffy_core.store.database import Database
from fluffy_core.store.styles import Answered

NEWEST, TO_READER = 300, 60
"""Replies of mine that are looked through, and those among them to the same person."""
TRIED = 3
"""So many of the most alike are tried until one has sentences that fit."""
DEADLINE = 3.0
"""Seconds that the embedder gets while the user waits."""


@dataclass(frozen=True, slots=True)
class OwnMail:
    """My replies in one language with what they answered, and the words I use whatever it is about."""

    replies: tuple[tuple[OwnReply, Answered], ...]
    usual: frozenset[str]


def gather(store: Database, brief: Brief, recipient: str) -> OwnMail:
    """What I wrote in the language of a draft, to this reader and to others."""
    replies = tuple(_replies(store, brief, recipient))
    return OwnMail(replies, own_replies.usual_words([one.letter for one, _ in replies]))


def find(store: Database, brief: Brief, own: OwnMail, *, facts: Facts, models: Models) -> Pattern | None:
    """What fits of the reply of mine that answered the most alike message, if any does."""
    asked = last_received(brief.thread)
    if asked is None or not own.replies:
        return None
    likeness, least = _likeness(store, asked, own.replies, models=models)
    known = own.usual | own_replies.words_of("\n".join(sources(brief)))
    matter = Matter(asked.body, facts, brief.words, known)
    for reply, score in own_replies.closest([one for one, _ in own.replies], likeness, least=least)[:TRIED]:
        kept = own_replies.fitting(reply, matter, most=_most_words(brief))
        if kept:
            said = tuple(text for text, _ in kept)
            return Pattern(reply.id, said, kept[0][1], score, reply.same_reader)
    return None


def _most_words(brief: Brief) -> int:
    """As long as a longer letter to this reader is, or as a shorter one where that is wished for."""
    low, _, high = brief.manner.lengths
    usual = high or own_replies.MOST_WORDS
    return (low or usual // 2) if "shorter" in brief.wishes else usual


def _replies(store: Database, brief: Brief, recipient: str) -> list[tuple[OwnReply, Answered]]:
    """My replies in this language with what they answered; those of this very thread are no pattern."""
    to_reader = own_mail.answered(store, recipient, limit=TO_READER)
    pairs = {one.reply: one for one in (*own_mail.answered(store, limit=NEWEST), *to_reader)}
    here = {one.id for one in brief.thread}
    pairs = {reply: one for reply, one in pairs.items() if reply not in here}
    same = {one.reply for one in to_reader}
    parents = {one.id: one for one in reading.messages(store, [one.parent for one in pairs.values()])}
    found = []
    for fact in reading.messages(store, list(pairs)):
        letter, pair = styles.letter(store, fact), pairs[fact.id]
        parent = parents.get(pair.parent)
        if parent is None or not letter.text:
            continue
        answered = conversations.as_seen(parent)
        spoken = letter.language or answered.language or languages.detect(answered.body)
        if spoken == brief.manner.language:
            found.append((OwnReply(fact.id, meaning.head(answered), letter, fact.id in same), pair))
    return found


def _likeness(
    store: Database, asked: ThreadMessage, replies: Sequence[tuple[OwnReply, Answered]], *, models: Models
) -> tuple[list[float], float]:
    """How alike what each reply answered is to `asked`, and from which value on that says something."""
    head = meaning.head(asked)
    by_words = own_replies.by_words(head, [one.asked for one, _ in replies])
    ids, rows = vectors.of(store, sorted({int(pair.parent) for _, pair in replies}))
    if not ids:
        return by_words, own_replies.ALIKE_WORDS
    try:
        vector = models.embed([head], interactive=True, deadline=DEADLINE)[0]
    except (ModelError, TransientError):
        return by_words, own_replies.ALIKE_WORDS
    cosines = dict(zip(ids, (rows @ vector).tolist(), strict=True))
    return [cosines.get(int(pair.parent), 0.0) for _, pair in replies], own_replies.ALIKE_MEANING
