"""Corrections at work: what messages are like, what follows from the user's word, and its way back."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from fluffy_core.ai.sorting import learning
from fluffy_core.ai.sorting.learning import Learned
from fluffy_core.domain.events import CorrectionMade
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.learning import (
    NO,
    REPLY,
    YES,
    Correction,
    Rule,
    Scope,
    Sighting,
    Trait,
    tag_of,
    tag_question,
)
from fluffy_core.domain.message import BulkKind
from fluffy_core.errors import UsageError
from fluffy_core.events import Changed
from fluffy_core.mail.addresses import owners
from fluffy_core.mail.threads import subjects
from fluffy_core.store import insight, learned, settings, tags, threads, undo
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.learned import Seen
from fluffy_core.store.tags import TagState
from fluffy_core.store.undo import UndoToken

AT_ONCE = 100
"""Messages that a correction reaches in its own transaction, the newest first; a job reaches the others."""
MOST_MESSAGES = 40
"""Messages of a conversation that tell what it is like, the newest ones."""
MOST_WORDS = 16
SHORTEST_WORD = 3
_WORD = re.compile(r"[^\W_]+")
_UNDO = "learning"
_LEFT = "corrections left"


@lru_cache(maxsize=4096)
def written_words(subject: str) -> tuple[tuple[str, str], ...]:
    """The words of a subject: as the search index cuts them, without case and accents, and as written.

    Neither numbers nor reply prefixes count.
    """
    written = _WORD.findall(unicodedata.normalize("NFC", subjects.base(subject, keep_tags=True)))
    kept = [one for one in written[: 4 * MOST_WORDS] if not one.isdigit()][:MOST_WORDS]
    return tuple((_plain(one), one) for one in kept)


@lru_cache(maxsize=65_536)
def _plain(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word).casefold()
    return "".join(one for one in apart if not unicodedata.combining(one))


def words(subject: str) -> list[str]:
    """The words of a subject as the search index cuts them."""
    return [key for key, _ in written_words(subject)]


def traits(one: Seen) -> list[Trait]:
    """What a message may have in common with others, the most specific first."""
    found = [Trait(Scope.SENDER, one.email)] if one.email else []
    found += [Trait(Scope.LIST, one.list_id)] if one.list_id else []
    company = owners.company_of(one.email)
    found += [Trait(Scope.DOMAIN, company)] if company else []
    topics = dict.fromkeys(word for word in words(one.subject) if len(word) >= SHORTEST_WORD)
    return found + [Trait(Scope.TOPIC, word) for word in topics]


def sighting(one: Seen) -> Sighting:
    """A message as rules see it."""
    said = words(one.subject)
    pairs = {Trait(Scope.TOPIC, f"{first} {then}") for first, then in pairwise(said)}
    acquainted = one.written_to > 0 and one.bulk in (BulkKind.NONE, BulkKind.LIST)
    found = frozenset(traits(one)) | pairs
    return Sighting(
        one.id,
        one.thread_id,
        one.date,
        found,
        acquainted=acquainted,
        personal=acquainted and not one.bulk,
        strange=one.suspicious,
        answered=one.answered,
    )


def current(store: Database | Transaction) -> Learned:
    """All that is learned, and the tags that were found."""
    found = [Rule(tag_question(tag_id), YES, trait) for tag_id, trait in tags.found(store)]
    return Learned(learned.corrections(store), found=found, tags=tags.names(store))


def apply_to_sorted(tx: Transaction, message_ids: Sequence[int]) -> None:
    """Let what was learned, if anything was, bear on messages that this transaction has sorted."""
    known = current(tx)
    if known.rules or known.found or tags.any_given(tx):
        apply(tx, message_ids, known)


def apply(tx: Transaction, message_ids: Sequence[int], known: Learned | None = None) -> None:
    """Let what was learned bear on these messages, or no longer bear on them."""
    known = known or current(tx)
    before = learned.before(tx, message_ids)
    tagged = tags.of_messages(tx, message_ids)
    changed, retagged = {}, {}
    for one in learned.seen(tx, message_ids):
        verdicts = [] if one.mine else known.verdicts(sighting(one))
        wanted = {
            tag: each.reason for each in verdicts if (tag := tag_of(each.question)) and each.answer == YES
        }
        if wanted != tagged.get(one.id, {}):
            retagged[int(one.id)] = wanted
        if one.id in before:
            base, held = before[one.id]
            now = learning.overlay(base, verdicts)
            if now != held:
                changed[int(one.id)] = base, now
    learned.put_learned(tx, changed)
    if retagged:
        tags.replace(tx, retagged)


def shown(store: Database | Transaction, thread_id: ThreadId) -> Seen:
    """The message that stands for a conversation. Raises UsageError when there is none of this id."""
    found = learned.newest(store, thread_id)
    if found is None:
        raise UsageError(f"There is no thread {thread_id}.")
    return learned.seen(store, found[:1])[0]


def usual_scope(store: Database | Transaction, thread_id: ThreadId, answer: tuple[str, str]) -> Scope:
    """How far the user's word reaches where they do not say, as (question, answer).

    That somebody I write with needs a reply this time tells nothing of the next time, and what a
    conversation is not, little of others.
    """
    question, said_so = answer
    if tag_of(question) is not None and said_so == NO:
        return Scope.THREAD
    personal = question == REPLY and sighting(shown(store, thread_id)).personal
    return Scope.THREAD if personal else Scope.TOPIC


def said(
    store: Database | Transaction, thread_id: ThreadId, answer: tuple[str, str], *, scope: Scope
) -> Correction:
    """What it would mean to give this (question, answer) for a conversation.

    Raises UsageError when there is none of this id, or when its mail has no such scope.
    """
    one = shown(store, thread_id)
    own = traits(one)
    if scope not in (Scope.THREAD, Scope.TOPIC) and all(trait.scope is not scope for trait in own):
        raise UsageError(f"This mail has no {scope} of its own; choose another scope.")
    rest = learned.seen(store, learned.others(store, thread_id, most=MOST_MESSAGES))
    beside = dict.fromkeys(trait for each in rest for trait in traits(each) if trait not in own)
    newest = learned.newest(store, thread_id)
    return Correction(
        id=learned.next_id(store),
        question=answer[0],
        answer=answer[1],
        scope=scope,
        thread_id=thread_id,
        message_id=one.id,
        until=newest[1] if newest else one.date,
        traits=_with_shares(store, own),
        beside=_with_shares(store, beside),
    )


def _with_shares(store: Database | Transaction, some: Iterable[Trait]) -> tuple[tuple[Trait, float], ...]:
    """Traits with their shares of all mail but the example.

    Never 0 nor 1, so that one odd mail proves nothing for sure.
    """
    total = max(1.0, learned.total(store))
    return tuple((one, min(0.99, (max(0, learned.count(store, one) - 1) + 0.5) / total)) for one in some)


def keep(tx: Transaction, one: Correction, label: str) -> UndoToken:
    """Learn from what the user said; what they said of the same conversation before is forgotten."""
    earlier = learned.of_thread(tx, one.thread_id, one.question)

    def edit() -> list[int]:
        learned.put_back(tx, earlier, [])
        return [*earlier, learned.add(tx, one)]

    return change(tx, earlier, edit, label=label, about=(one.thread_id,))


def change(
    tx: Transaction,
    touched: Iterable[int],
    edit: Callable[[], Iterable[int]],
    *,
    label: str,
    about: Sequence[ThreadId] = (),
    tags_before: Sequence[Sequence[object]] = (),
) -> UndoToken:
    """Edit corrections, and tags, and let that bear on all mail; `edit` tells which numbers it is about."""
    rows = learned.rows(tx, touched)
    known = current(tx)
    ids = sorted(set(edit()))
    spread(tx, known, first=about)
    return undo.note(
        tx, label, _UNDO, inverse={"ids": ids, "rows": rows, "tags": tags_before, "about": about}
    )


def take_back(tx: Transaction, inverse: object) -> None:
    """Make corrections what they were; everything learned follows."""
    if isinstance(inverse, dict):
        known = current(tx)
        learned.put_back(tx, inverse["ids"], inverse["rows"])
        for one in inverse.get("tags", ()):
            tags.put_state(tx, TagState(*one))
        spread(tx, known, first=inverse.get("about", ()))


def spread(tx: Transaction, before: Learned, *, first: Sequence[ThreadId] = ()) -> None:
    """Apply what is known now where it differs from `before`: the newest mail at once, the rest by a job."""
    now = current(tx)
    traits = _differing(before, now)
    seen_now = [one for thread_id in first for one in learned.having(tx, learning.thread_trait(thread_id))]
    others = learned.newest_having(tx, traits, most=AT_ONCE + 1).difference(seen_now)
    reached = seen_now + learned.newest_first(tx, others)
    at_once = reached[:AT_ONCE]
    apply(tx, at_once, now)
    insight.refresh_sections(tx, threads.of_messages(tx, at_once))
    tx.changed(Changed.RULES, Changed.CATEGORIES)
    if len(reached) > AT_ONCE:
        number = settings.next_number(tx, "corrections")
        kept = [[trait.scope, trait.value] for trait in traits]
        settings.put(tx, _LEFT, {**_left(tx), str(number): kept})
        tx.emit(CorrectionMade(number))


def left(store: Database | Transaction, number: int) -> list[int]:
    """The messages on which a correction with this number of an event bears, the newest first."""
    traits = [Trait(Scope(scope), value) for scope, value in _left(store).get(str(number), ())]
    return learned.newest_first(store, {one for trait in traits for one in learned.having(store, trait)})


def reached(tx: Transaction, number: int) -> None:
    """All of them are done."""
    settings.put(tx, _LEFT, {key: kept for key, kept in _left(tx).items() if key != str(number)})


def _left(store: Database | Transaction) -> dict[str, list[list[str]]]:
    """What mail is still to be reached has in common, by the numbers of the events that told of it."""
    found = settings.get(store, _LEFT, {})
    return found if isinstance(found, dict) else {}


def _differing(before: Learned, now: Learned) -> set[Trait]:
    """The traits of the messages on which a difference bears."""
    threads_said = {
        learning.thread_trait(thread_id)
        for thread_id in before.said.keys() | now.said.keys()
        if before.said.get(thread_id) != now.said.get(thread_id)
    }
    return threads_said | {rule.trait for rule in _rules(before) ^ _rules(now)}


def threads_changed(store: Database | Transaction, before: Learned, now: Learned) -> set[ThreadId]:
    """The conversations that would be judged otherwise, among the newest that a difference bears on."""
    reachable = learned.newest_having(store, _differing(before, now), most=AT_ONCE)
    ids = learned.newest_first(store, reachable)[:AT_ONCE]
    seen = ((one.thread_id, sighting(one)) for one in learned.seen(store, ids) if not one.mine)
    told = ((thread_id, before.answers(one), now.answers(one)) for thread_id, one in seen)
    return {thread_id for thread_id, was, is_now in told if was != is_now}


def _rules(known: Learned) -> set[Rule]:
    return set(known.rules) | set(known.found)
