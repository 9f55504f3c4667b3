"""`categorize-emails`: every message sorted by rules, with its reason, and its language."""

from collections.abc import Iterable, Sequence

from fluffy_core.ai import categorize
from fluffy_core.ai.categorize import Addressed, MessageContext
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.intelligence import Category
from fluffy_core.domain.rows import PersonRef
from fluffy_core.mail import language, names
from fluffy_core.services import conversations
from fluffy_core.store import insight, reading, threads
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.reading import MessageFacts

MODEL_VERSION = "rules-1"


def sort(store: Database, message_ids: Sequence[int]) -> list[tuple[int, Category, str]]:
    """Work out (message, category, language) for these messages; nothing is written."""
    wanted = set(message_ids)
    found: list[tuple[int, Category, str]] = []
    for thread_id in threads.of_messages(store, message_ids):
        facts = reading.thread_messages(store, thread_id)
        found += [(int(one.id), *_one(store, one, facts)) for one in facts if one.id in wanted]
    return found


def write(tx: Transaction, sorted_: Iterable[tuple[int, Category, str]]) -> list[ThreadId]:
    """Keep categories and languages; the threads whose sections follow from them."""
    kept = list(sorted_)
    insight.put_categories(tx, [(message_id, category) for message_id, category, _ in kept])
    insight.set_languages(tx, [(found, message_id) for message_id, _, found in kept if found])
    changed = threads.of_messages(tx, [message_id for message_id, _, _ in kept])
    insight.refresh_sections(tx, changed)
    return list(changed)


def _one(store: Database, one: MessageFacts, thread: Sequence[MessageFacts]) -> tuple[Category, str]:
    message = conversations.as_seen(one)
    return categorize.categorize(message, _context(store, one, thread)), language.detect(message.body)


def _context(store: Database, one: MessageFacts, thread: Sequence[MessageFacts]) -> MessageContext:
    everybody = (*one.to, *one.cc)
    addressed = (
        Addressed.TO if any(person.mine for person in one.to)
        else Addressed.CC if any(person.mine for person in one.cc) else Addressed.NOT
    )  # fmt: skip
    sent, received = (0, 0) if one.bulk else insight.mail_with(store, one.sender.email, before=one.date)
    return MessageContext(
        addressed=addressed,
        recipients=len(everybody),
        sent_to_sender=sent,
        received_from_sender=received,
        answered=any(later.sender.mine and later.date > one.date for later in thread),
        reply_to_mine=any(earlier.sender.mine and earlier.date < one.date for earlier in thread),
        newest=one is thread[-1],
        my_names=_given(person for person in everybody if person.mine),
        other_names=_given(person for person in everybody if not person.mine),
        suspicious="; ".join(problem for problem in one.problems if "@" in problem)[:200],
    )


def _given(people: Iterable[PersonRef]) -> tuple[str, ...]:
    cleaned = (names.clean(person.name, person.email) for person in people if person.name)
    return tuple(sorted({name.split()[0] for name in cleaned if name}))
