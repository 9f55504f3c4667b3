"""The rules that follow from what the user said of mail: seen, changed, paused, forgotten."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from fluffy_core.ai.sorting.learning import PERSONAL_EXAMPLES, Learned
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.learning import Correction, Rule, Scope
from fluffy_core.errors import UsageError
from fluffy_core.services.sorting import labels, learning
from fluffy_core.store import learned
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.undo import UndoToken

WAITS = "You write with this person: it holds for their other mail once you have said it {} times"


@dataclass(frozen=True, slots=True)
class Example:
    """A conversation that a rule rests on."""

    thread_id: ThreadId
    subject: str


@dataclass(frozen=True, slots=True)
class LearnedRule:
    """A rule as front ends show it: `sentence` says what was said of which mail.

    `category` is one as `labels.categorize` takes it. `reach` counts the conversations it is about;
    `waits` says why it does not hold for all of them yet.
    """

    id: int
    sentence: str
    category: str
    scope: Scope
    pattern: str
    said_scope: Scope
    """How far the user said it reaches: for TOPIC, `scope` and `pattern` were found out."""
    examples: tuple[Example, ...]
    reach: int
    paused: bool
    scopes: tuple[Scope, ...]
    """How far it could reach: what all of its examples have."""
    waits: str = ""


def listed(store: Database) -> tuple[LearnedRule, ...]:
    """Every learned rule, the newest first."""
    known = learning.current(store)
    subjects = learned.subjects(store)
    by_id = {one.id: one for one in learned.corrections(store)}
    examples = {one: Example(by_id[one].thread_id, subject) for one, subject in subjects.items()}
    return tuple(_shown(store, known, rule, told=(by_id, examples)) for rule in reversed(known.rules))


def _shown(
    store: Database, known: Learned, rule: Rule, *, told: tuple[dict[int, Correction], dict[int, Example]]
) -> LearnedRule:
    by_id, examples = told
    return LearnedRule(
        id=rule.id,
        sentence=known.sentence(rule),
        category=category_of(known, rule),
        scope=rule.trait.scope,
        pattern=rule.trait.value if rule.trait.scope is not Scope.THREAD else "",
        said_scope=rule.trait.scope if rule.explicit else Scope.TOPIC,
        examples=tuple(examples[one] for one in rule.corrections if one in examples),
        reach=learned.count_threads(store, rule.traits),
        paused=rule.paused,
        scopes=_scopes(by_id[one] for one in rule.corrections),
        waits=_waits(store, rule),
    )


def _scopes(examples: Iterable[Correction]) -> tuple[Scope, ...]:
    common = set(Scope)
    for one in examples:
        common &= {trait.scope for trait, _ in one.traits} | {Scope.THREAD, Scope.TOPIC}
    return tuple(scope for scope in Scope if scope in common)


def _waits(store: Database, rule: Rule) -> str:
    if rule.trait.scope is not Scope.SENDER or len(rule.corrections) >= PERSONAL_EXAMPLES:
        return ""
    personal = learned.written_to(store, rule.trait.value) > 0
    return WAITS.format(PERSONAL_EXAMPLES) if personal else ""


def category_of(known: Learned, rule: Rule) -> str:
    """The category of a rule as `categorize` takes it."""
    for name, (question, answer) in labels.KNOWN.items():
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
        if scope not in _scopes(by_id[one] for one in rule.corrections):
            raise UsageError(f"Not all examples of this rule have a {scope} of their own.")
    return _set(store, rule_id, {"scope": scope}, verb="Changed")


def change_answer(store: Database, rule_id: int, category: str) -> UndoToken:
    """Let a rule's examples stand for another category."""
    with store.transaction() as tx:
        question, answer = labels.answer_of(tx, category)
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
