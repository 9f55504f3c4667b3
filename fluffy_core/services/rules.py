"""Telling the program what mail is, and the rules it learns from that: seen, changed, paused, taken back."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from fluffy_core.ai.learning import PERSONAL_EXAMPLES, Learned
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.intelligence import Importance
from fluffy_core.domain.learning import IMPORTANCE, NO, REPLY, YES, Correction, Rule, Scope, tag_question
from fluffy_core.errors import UsageError
from fluffy_core.services import learning
from fluffy_core.store import learned, tags
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.undo import UndoToken

WAITS = "You write with this person: it holds for their other mail once you have said it {} times"
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
class Example:
    """A conversation that a rule rests on."""

    thread_id: ThreadId
    subject: str


@dataclass(frozen=True, slots=True)
class LearnedRule:
    """A rule as front ends show it. `sentence` says what was said of which mail; `category` as in `KNOWN`.

    `reach` counts the conversations with its trait; `waits` says why it does not hold for all of them yet.
    """

    id: int
    sentence: str
    category: str
    scope: Scope
    pattern: str
    examples: tuple[Example, ...]
    reach: int
    paused: bool
    waits: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a correction would change: so many other conversations."""

    others: int
    scope: Scope


def categorize(
    store: Database, thread_id: ThreadId, category: str, *, scope: Scope | None = None, belongs: bool = True
) -> UndoToken:
    """Say what a conversation is, and learn from it at once.

    `category` is one of `KNOWN` or a name of the user's own, made if need be; `belongs` False: it is not.
    Raises UsageError for an empty name, a thread that is not there, or a scope that this mail has not.
    """
    with store.transaction() as tx:
        question, answer = _question(tx, category, belongs=belongs)
        wanted = scope or learning.usual_scope(tx, thread_id, question)
        said = learning.said(tx, thread_id, (question, answer), scope=wanted)
        label = learning.current(tx).label(question, answer)
        return learning.keep(tx, said, label)


def _question(tx: Transaction, category: str, *, belongs: bool) -> tuple[str, str]:
    name = clean_name(category)
    if name.lower() in KNOWN:
        question, answer = KNOWN[name.lower()]
        if not belongs and question == REPLY:
            return question, NO if answer == YES else YES
        if not belongs:
            return question, Importance.FYI if answer == Importance.IMPORTANT else Importance.IMPORTANT
        return question, answer
    return tag_question(tags.make(tx, name)), YES if belongs else NO


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
    known_tag = tags.named(store, name)
    question, answer = KNOWN.get(name.lower()) or (tag_question(known_tag or 0), YES)
    wanted = scope or learning.usual_scope(store, thread_id, question)
    said = learning.said(store, thread_id, (question, answer), scope=wanted)
    kept = learned.corrections(store)
    earlier = set(learned.of_thread(store, thread_id, question))
    new = Correction(
        1 + max((one.id for one in kept), default=0), question, answer, wanted, said.thread_id,
        said.message_id, said.until, said.traits,
    )  # fmt: skip
    before = learning.current(store)
    after = Learned([one for one in kept if one.id not in earlier] + [new], found=before.found, tags={})
    changed = learning.threads_changed(store, before, after)
    return Preview(len(changed - {thread_id}), wanted)


def listed(store: Database) -> tuple[LearnedRule, ...]:
    """Every learned rule, the newest first."""
    known = learning.current(store)
    subjects = learned.subjects(store)
    threads = {one.id: one.thread_id for one in learned.corrections(store)}
    examples = {one: Example(threads[one], subject) for one, subject in subjects.items()}
    return tuple(_shown(store, known, rule, examples=examples) for rule in reversed(known.rules))


def _shown(store: Database, known: Learned, rule: Rule, *, examples: dict[int, Example]) -> LearnedRule:
    return LearnedRule(
        id=rule.id,
        sentence=known.sentence(rule),
        category=category_of(known, rule),
        scope=rule.trait.scope,
        pattern=rule.trait.value if rule.trait.scope is not Scope.THREAD else "",
        examples=tuple(examples[one] for one in rule.corrections if one in examples),
        reach=learned.count_threads(store, rule.trait),
        paused=rule.paused,
        waits=_waits(store, rule),
    )


def _waits(store: Database, rule: Rule) -> str:
    if rule.trait.scope is not Scope.SENDER or len(rule.corrections) >= PERSONAL_EXAMPLES:
        return ""
    personal = learned.written_to(store, rule.trait.value) > 0
    return WAITS.format(PERSONAL_EXAMPLES) if personal else ""


def category_of(known: Learned, rule: Rule) -> str:
    """The category of a rule as `categorize` takes it."""
    for name, (question, answer) in KNOWN.items():
        if (question, answer) == (rule.question, rule.answer):
            return name
    return known.label(rule.question, rule.answer)


def _rule(tx: Transaction, rule_id: int) -> tuple[Learned, Rule]:
    known = learning.current(tx)
    for rule in known.rules:
        if rule_id in rule.corrections:
            return known, rule
    raise UsageError(f"There is no rule {rule_id}.")


def remove(store: Database, rule_id: int) -> UndoToken:
    """Forget a rule with all its examples: mail is sorted as if they had never been given."""
    with store.transaction() as tx:
        known, rule = _rule(tx, rule_id)

        def edit() -> Sequence[int]:
            learned.put_back(tx, rule.corrections, [])
            return rule.corrections

        label = f"Forgot: {known.sentence(rule)}"
        return learning.change(tx, rule.corrections, edit, label=label)


def pause(store: Database, rule_id: int, paused: bool) -> UndoToken:
    """Let a rule rest, or hold again."""
    verb = "Paused" if paused else "Holds again"
    return _set(store, rule_id, {"paused": int(paused)}, verb=verb)


def change_scope(store: Database, rule_id: int, scope: Scope) -> UndoToken:
    """Let a rule reach more or less far. Raises UsageError when one of its examples has no such trait."""
    with store.transaction() as tx:
        _, rule = _rule(tx, rule_id)
        by_id = {one.id: one for one in learned.corrections(tx)}
        for one in rule.corrections:
            has = {trait.scope for trait, _ in by_id[one].traits} | {Scope.THREAD, Scope.TOPIC}
            if scope not in has:
                raise UsageError(f"Not all examples of this rule have a {scope} of their own.")
    return _set(store, rule_id, {"scope": scope}, verb="Changed")


def change_answer(store: Database, rule_id: int, category: str) -> UndoToken:
    """Let a rule's examples stand for another category."""
    with store.transaction() as tx:
        question, answer = _question(tx, category, belongs=True)
    return _set(store, rule_id, {"question": question, "answer": answer}, verb="Changed")


def _set(store: Database, rule_id: int, values: dict[str, object], *, verb: str) -> UndoToken:
    with store.transaction() as tx:
        known, rule = _rule(tx, rule_id)
        label = f"{verb}: {known.sentence(rule)}"
        edit = partial(_edit, tx, rule.corrections, values)
        return learning.change(tx, rule.corrections, edit, label=label)


def _edit(tx: Transaction, ids: Sequence[int], values: dict[str, object]) -> Sequence[int]:
    for field, value in values.items():
        learned.change(tx, ids, field=field, value=value)
    return ids
