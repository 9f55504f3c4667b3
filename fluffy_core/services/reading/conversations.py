"""Stored threads as the skills see them: new text only, who is me, who it went to."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from fluffy_core.ai.sentences import sentences
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.intelligence import ThreadMessage
from fluffy_core.domain.message import Address, BulkKind
from fluffy_core.domain.rows import PersonRef
from fluffy_core.mail.html.text import without_targets
from fluffy_core.mail.threads import subjects
from fluffy_core.mail.zones import forwards, zones
from fluffy_core.store import reading
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.reading import MessageFacts

MAX_BODY = 20_000
"""Characters of one message that the skills look at."""
_KNOWN_BY = 80
"""Characters of a text by which it is known again."""
REMEMBERED = 500
"""Messages whose new text is kept: one after the other several skills look at the same page of mail."""


def load(
    store: Database | Transaction, thread_id: ThreadId, *, passed_on: bool = False
) -> list[ThreadMessage]:
    """The messages of a thread, oldest first.

    With `passed_on` the body of a forward ends with what it passes on, unless the thread holds that already:
    it is news to its reader, though nothing that its sender says.
    """
    facts = reading.thread_messages(store, thread_id)
    thread = [as_seen(one) for one in facts]
    return list(_with_passed_on(thread, facts)) if passed_on else thread


def _with_passed_on(
    thread: Sequence[ThreadMessage], facts: Sequence[MessageFacts]
) -> Iterator[ThreadMessage]:
    known = ""
    for message, one in zip(thread, facts, strict=True):
        news = ""
        if not message.body or subjects.is_forward(message.subject):
            news = forwards.passed_on(without_targets(one.text[: 4 * MAX_BODY]))
        if news and sentences.plain(news)[:_KNOWN_BY] not in known:
            yield replace(message, body=f"{message.body}\n\n{news}".strip()[:MAX_BODY])
        else:
            yield message
        known += f" {sentences.plain(message.body)} {sentences.plain(news)}"


def as_seen(one: MessageFacts) -> ThreadMessage:
    """A stored message without quotes, signature and where the links behind its words lead.

    What only says that it is from me is from somebody else.
    """
    body = _new_text(one.text[: 4 * MAX_BODY], one.sender.name or one.sender.email)
    return ThreadMessage(
        id=one.id,
        date=one.date,
        from_name=one.sender.name,
        from_email=one.sender.email,
        from_me=one.sender.mine and not one.suspicious,
        to_me=any(person.mine for person in one.to),
        subject=one.subject,
        body=body[:MAX_BODY],
        bulk=one.bulk,
        language=one.language,
        to=tuple(Address(person.email, person.name) for person in one.to if not person.mine),
    )


@lru_cache(maxsize=REMEMBERED)
def _new_text(text: str, sender: str) -> str:
    return zones.reply_text(without_targets(text), sender=sender)


def seen_by(facts: Sequence[MessageFacts], email: str) -> list[MessageFacts]:
    """What somebody has of a thread: mail from or to them, that of lists, and the newest I received.

    A mail belongs to a thread because it says so: who takes part may know nothing of what others wrote in it.
    """
    contact = next((one.contact_id for one in _people(facts) if one.email == email), None)
    last = next((one.id for one in reversed(facts) if not one.sender.mine), None)
    return [
        one
        for one in facts
        if one.id == last
        or one.bulk == BulkKind.LIST
        or any(each.email == email or (contact and each.contact_id == contact) for each in _people([one]))
    ]


def _people(facts: Sequence[MessageFacts]) -> list[PersonRef]:
    return [each for one in facts for each in (one.sender, *one.to, *one.cc)]


def is_summarisable(messages: Sequence[ThreadMessage]) -> bool:
    """Whether a thread holds something written by a person."""
    return any(not one.bulk or one.bulk == "list" for one in messages)
