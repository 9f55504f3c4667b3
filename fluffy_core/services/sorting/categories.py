"""`categorize-emails`: every message sorted by rules, with its reason, and its language."""

import logging
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from fluffy_core.ai.models.catalog import EMBEDDER
from fluffy_core.ai.sentences import asks, intent
from fluffy_core.ai.sentences.asks import Meant
from fluffy_core.ai.sorting import categorize
from fluffy_core.ai.sorting.categorize import Addressed, MessageContext
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.intelligence import Category, Importance, ThreadMessage
from fluffy_core.domain.rows import PersonRef
from fluffy_core.errors import ModelError, TransientError
from fluffy_core.mail.addresses import names
from fluffy_core.mail.threads import subjects
from fluffy_core.mail.zones import language
from fluffy_core.services.reading import conversations
from fluffy_core.services.reading.searching import Embeds
from fluffy_core.services.sorting import learning
from fluffy_core.store import insight, my_mail, reading, threads
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.reading import MessageFacts, Outline

log = logging.getLogger(__name__)
MODEL_VERSION = "rules-3"
OFTEN = 20
"""Messages after which a sender whom nobody ever answers is looked at: a service, or a person?"""
Sorted = tuple[int, Category, str]
"""(message, how it was sorted, its language)"""


def sort(store: Database, message_ids: Sequence[int]) -> list[Sorted]:
    """Sort these messages by rules and words; nothing is written."""
    services = _Services(store)
    return [_sorted(message, context, services) for message, context in _seen(store, message_ids)]


def look_closer(store: Database, message_ids: Sequence[int], embed: Embeds) -> list[Sorted]:
    """Sort those of these messages by meaning whose words leave open what is asked of me; nothing is written.

    The rest stays as it was sorted, and so does everything when the embedder has no answer.
    """
    services = _Services(store)
    doubts = [
        (message, context, found)
        for message, context in _seen(store, message_ids)
        if (found := categorize.in_doubt(message, context)) and not services.wrote(message, context)
    ]
    told = _likelihoods(embed, sorted({text for *_, found in doubts for text in found}))
    return [
        _sorted(message, context, services, meant={text: told[text] for text in found})
        for message, context, found in doubts
        if told
    ]


def personal(found: Iterable[Sorted]) -> list[int]:
    """The messages that are worth a closer look."""
    return [message_id for message_id, one, _ in found if one.importance is not Importance.BULK]


def _sorted(
    message: ThreadMessage, context: MessageContext, services: "_Services", *, meant: Meant = asks.NONE_MEANT
) -> Sorted:
    category = categorize.categorize(message, context, meant)
    if category.requires_response and services.wrote(message, context):
        category = categorize.categorize(message, replace(context, one_way=True))
    if meant:
        category = replace(category, engine=f"{category.engine}, {EMBEDDER}")
    return int(message.id), category, message.language


def _seen(store: Database, message_ids: Sequence[int]) -> Iterator[tuple[ThreadMessage, MessageContext]]:
    """The messages, their language told, with what the mailbox knows about each."""
    facts = reading.messages(store, message_ids)
    outlines = reading.outlines(store, sorted({one.thread_id for one in facts}))
    senders = sorted({one.sender.email for one in facts if not (one.bulk or one.sender.mine)})
    written = my_mail.dates_to(store, senders)
    for one in facts:
        message = conversations.as_seen(one)
        context = _context(one, outlines[one.thread_id], written.get(one.sender.email, []))
        yield replace(message, language=language.written(message.body)), context


def _likelihoods(embed: Embeds, texts: Sequence[str]) -> Meant:
    """How likely each text asks for something, by its meaning; nothing when the embedder has no answer."""
    if not texts:
        return {}
    try:
        vectors = embed(texts)
    except (ModelError, TransientError) as error:
        log.info("Sorted by words alone: %s", type(error).__name__)
        return {}
    return dict(zip(texts, intent.probabilities(texts, vectors).tolist(), strict=True))


class _Services:
    """Senders who write often, each time afresh, and are never part of a conversation."""

    def __init__(self, store: Database) -> None:
        self._store = store
        self._known: dict[str, bool] = {}

    def wrote(self, message: ThreadMessage, context: MessageContext) -> bool:
        """Whether a message is from one of them."""
        return not context.sent_to_sender and self._is_service(message.from_email)

    def _is_service(self, email: str) -> bool:
        if email not in self._known:
            latest = insight.latest_from(self._store, email, OFTEN)
            self._known[email] = len(latest) == OFTEN and not any(
                count > 1 or subjects.is_reply(subject) or subjects.is_forward(subject)
                for subject, count in latest
            )
        return self._known[email]


def write(tx: Transaction, sorted_: Iterable[Sorted]) -> list[ThreadId]:
    """Keep categories and languages; the threads whose sections follow from them."""
    kept = list(sorted_)
    insight.put_categories(tx, [(message_id, category) for message_id, category, _ in kept])
    insight.set_languages(tx, [(found, message_id) for message_id, _, found in kept if found])
    ids = [message_id for message_id, _, _ in kept]
    learning.apply_to_sorted(tx, ids)
    changed = threads.of_messages(tx, ids)
    insight.refresh_sections(tx, changed)
    return list(changed)


def learn_again(tx: Transaction, message_ids: Sequence[int]) -> None:
    """Let what was learned since bear on messages that were sorted before."""
    learning.apply(tx, message_ids)
    insight.refresh_sections(tx, threads.of_messages(tx, message_ids))


def _context(one: MessageFacts, thread: Outline, written: list[int]) -> MessageContext:
    """`written` are the dates, in order, of my mail to the sender."""
    everybody = (*one.to, *one.cc)
    addressed = (
        Addressed.TO if any(person.mine for person in one.to)
        else Addressed.CC if any(person.mine for person in one.cc) else Addressed.NOT
    )  # fmt: skip
    return MessageContext(
        addressed=addressed,
        recipients=len(everybody),
        sent_to_sender=0 if one.bulk else bisect_left(written, one.date),
        answered=any(date > one.date for date in thread.mine),
        reply_to_mine=any(date < one.date for date in thread.mine),
        newest=one.date >= thread.newest,
        my_names=_given(person for person in everybody if person.mine),
        other_names=_given(person for person in everybody if not person.mine),
        suspicious=one.suspicious,
    )


def _given(people: Iterable[PersonRef]) -> tuple[str, ...]:
    cleaned = (_cleaned(person.name, person.email) for person in people if person.name)
    return tuple(sorted({name.split()[0] for name in cleaned if name}))


@lru_cache(maxsize=8192)
def _cleaned(written: str, email: str) -> str:
    return names.clean(written, email)
