"""Saying what a conversation is: what can be said, what that would change, and saying it."""

import unicodedata
from dataclasses import dataclass, replace

from fluffy_core.ai.sorting.learning import LABELS, Learned
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.intelligence import Importance
from fluffy_core.domain.learning import IMPORTANCE, NO, REPLY, YES, Scope, tag_of, tag_question
from fluffy_core.errors import UsageError
from fluffy_core.services.sorting import learning
from fluffy_core.store import learned, tags, vectors
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.undo import UndoToken

ALIKE = 0.5
"""Cosine from which two messages seem to be about the same (all-MiniLM-L6-v2)."""
MOST_NAME = 60
"""Characters of a category's name."""
KNOWN = {
    "important": (IMPORTANCE, Importance.IMPORTANT),
    "fyi": (IMPORTANCE, Importance.FYI),
    "bulk": (IMPORTANCE, Importance.BULK),
    "reply": (REPLY, YES),
    "no-reply": (REPLY, NO),
}
"""The categories that every home has, as questions and their answers."""


@dataclass(frozen=True, slots=True)
class LabelChoice:
    """A category as it can be chosen; `holds`: the conversation has it now, for this reason.

    `like`: the subject of an example that is close in meaning, "" when none is.
    """

    category: str
    text: str
    holds: bool = False
    reason: str = ""
    like: str = ""


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    """How far the user's word could reach; `value` is the sender, list or company, "" where it has none."""

    scope: Scope
    value: str


@dataclass(frozen=True, slots=True)
class LabelChoices:
    """What can be said of a conversation."""

    labels: tuple[LabelChoice, ...]
    scopes: tuple[ScopeChoice, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What saying something would change: so many other conversations, with this scope."""

    others: int
    scope: Scope


def categories(store: Database | Transaction) -> tuple[LabelChoice, ...]:
    """Every category: those that all homes have, then the tags by name."""
    known = [LabelChoice(name, LABELS[answer]) for name, answer in KNOWN.items()]
    return (*known, *(LabelChoice(tag.name, tag.name) for tag in tags.listed(store)))


def choices(store: Database, thread_id: ThreadId) -> LabelChoices:
    """What can be said of a conversation. Raises UsageError when there is none of this id."""
    one = learning.shown(store, thread_id)
    _, held = learned.before(store, [one.id]).get(int(one.id), (None, None))
    now = {"reply" if held.requires_response else "no-reply": "", str(held.importance): ""} if held else {}
    now |= {tag.name: tag.reason for tag in tags.of_threads(store, [thread_id]).get(thread_id, ())}
    alike = _alike(store, int(one.id))
    every = tuple(
        replace(
            each,
            holds=each.category in now,
            reason=now.get(each.category, ""),
            like="" if each.category in now else alike.get(each.category, ""),
        )
        for each in categories(store)
    )
    has = {trait.scope: trait.value for trait in reversed(learning.traits(one))}
    has |= {Scope.THREAD: "", Scope.TOPIC: ""}
    return LabelChoices(every, tuple(ScopeChoice(one, has[one]) for one in Scope if one in has))


def _alike(store: Database, message_id: int) -> dict[str, str]:
    """Own categories whose examples are close in meaning to a message: to the subject of the closest one."""
    names, subjects = tags.names(store), learned.subjects(store)
    examples = {
        int(one.message_id): (names.get(tag_of(one.question) or 0, ""), subjects.get(one.id, ""))
        for one in learned.corrections(store)
        if one.message_id is not None and one.answer == YES and not one.paused
    }
    ids, rows = vectors.of(store, [message_id, *examples])
    if message_id not in ids:
        return {}
    scores = rows @ rows[ids.index(message_id)]
    found: dict[str, str] = {}
    for at in sorted(range(len(ids)), key=lambda each: -scores[each]):
        name, subject = examples.get(ids[at], ("", ""))
        if name and ids[at] != message_id and scores[at] >= ALIKE:
            found.setdefault(name, subject)
    return found


def categorize(
    store: Database, thread_id: ThreadId, category: str, *, scope: Scope | None = None, belongs: bool = True
) -> UndoToken:
    """Say what a conversation is, and learn from it at once.

    `category` is one of `KNOWN` or a name of the user's own, made if need be; `belongs` False: it is not.
    Raises UsageError for an empty name, a thread that is not there, or a scope that this mail has not.
    """
    with store.transaction() as tx:
        question, answer = answer_of(tx, category, belongs=belongs)
        wanted = scope or learning.usual_scope(tx, thread_id, (question, answer))
        said = learning.said(tx, thread_id, (question, answer), scope=wanted)
        return learning.keep(tx, said, Learned((), tags=tags.names(tx)).label(question, answer))


def answer_of(tx: Transaction, category: str, *, belongs: bool = True) -> tuple[str, str]:
    """The question and the answer that a category stands for; one of the user's own is made if need be."""
    name = clean_name(category)
    if name.lower() not in KNOWN:
        return tag_question(tags.make(tx, name)), YES if belongs else NO
    question, answer = KNOWN[name.lower()]
    if belongs:
        return question, answer
    if question == REPLY:
        return question, NO if answer == YES else YES
    return question, Importance.FYI if answer == Importance.IMPORTANT else Importance.IMPORTANT


def clean_name(name: str) -> str:
    """A category's name on one line. Raises UsageError when nothing of it can be seen."""
    seen = (one if unicodedata.category(one)[0] != "C" else " " for one in name[: 4 * MOST_NAME])
    clean = " ".join("".join(seen).split())[:MOST_NAME].strip()
    if not clean:
        raise UsageError("A category needs a name.")
    return clean


def preview(store: Database, thread_id: ThreadId, category: str, *, scope: Scope | None = None) -> Preview:
    """What `categorize` would change beside the conversation itself; nothing is written."""
    name = clean_name(category)
    question, answer = KNOWN.get(name.lower()) or (tag_question(tags.named(store, name) or 0), YES)
    wanted = scope or learning.usual_scope(store, thread_id, (question, answer))
    said = learning.said(store, thread_id, (question, answer), scope=wanted)
    earlier = set(learned.of_thread(store, thread_id, question))
    kept = [one for one in learned.corrections(store) if one.id not in earlier]
    before = learning.current(store)
    after = Learned([*kept, said], found=before.found, tags={})
    changed = learning.threads_changed(store, before, after)
    return Preview(len(changed - {thread_id}), wanted)
