"""Opening a thread: its messages in zones, its summary, what is owed, its HTML and its attachments."""

import base64
import time
from collections.abc import Iterator

import zstandard

from fluffy_core.domain.events import ThreadOpened
from fluffy_core.domain.ids import MessageId, ThreadId
from fluffy_core.domain.message import Attachment, ParsedMessage
from fluffy_core.domain.rows import AttachmentRow, MessageView, ThreadDetail
from fluffy_core.errors import UsageError
from fluffy_core.events import Changed
from fluffy_core.mail.html import html
from fluffy_core.mail.mime import mime
from fluffy_core.mail.zones import zones
from fluffy_core.services.insight import commitments
from fluffy_core.store import corrections, inbox, messages, reading, summaries, threads
from fluffy_core.store.database import Database
from fluffy_core.store.reading import MessageFacts

MAX_RAW = 1 << 30
MAX_INLINE = 5 << 20
"""Bytes of one inline image that are put into a page."""


def open_thread(store: Database, thread_id: ThreadId) -> ThreadDetail:
    """The thread with its messages, oldest first. Raises UsageError when there is none of this id."""
    row = inbox.rows(store, [thread_id]).get(thread_id)
    if row is None:
        raise UsageError(f"There is no thread {thread_id}.")
    facts = reading.thread_messages(store, thread_id)
    ids = [one.id for one in facts]
    attached, places = reading.attachments(store, ids), reading.folders(store, ids)
    views = tuple(_view(one, tuple(attached.get(one.id, ())), tuple(places.get(one.id, ()))) for one in facts)
    found = summaries.get(store, thread_id)
    summary, age = found or (None, None)
    owed = tuple(commitments.in_thread(store, thread_id))
    return ThreadDetail(row, views, summary, age, corrections.decision(store, thread_id), owed)


def thread_of(store: Database, message_id: MessageId) -> ThreadId:
    """The thread that holds a message. Raises UsageError when there is none of this id."""
    found = threads.of_messages(store, [message_id])
    if not found:
        raise UsageError(f"There is no message {message_id}.")
    return found[0]


def _view(one: MessageFacts, attached: tuple[AttachmentRow, ...], places: tuple[str, ...]) -> MessageView:
    return MessageView(
        id=one.id, sender=one.sender, to=one.to, cc=one.cc, date=one.date, subject=one.subject, text=one.text,
        zones=zones.split(one.text, sender=one.sender.name or one.sender.email),
        has_html=one.has_html, seen=one.seen, bulk=one.bulk, attachments=attached,
        importance=one.importance, reason=one.reason, ask=one.ask, folders=places,
        problems=tuple(line for line in (one.suspicious, *one.problems) if line),
    )  # fmt: skip


def opened(store: Database, thread_id: ThreadId) -> None:
    """The user looks at this thread: it is read now, and its summary is wanted first."""
    with store.transaction() as tx:
        if inbox.set_seen(tx, [thread_id], True):
            tx.changed(Changed.THREADS)
        tx.emit(ThreadOpened(thread_id))


def raw_bytes(store: Database, message_id: MessageId) -> bytes:
    """The message exactly as it came. Raises UsageError when there is none of this id."""
    packed = messages.raw(store, message_id)
    if packed is None:
        raise UsageError(f"There is no message {message_id}.")
    return zstandard.ZstdDecompressor().decompress(packed, max_output_size=MAX_RAW)


def unread_bytes(store: Database) -> Iterator[bytes]:
    """What could not be parsed, exactly as it came."""
    for packed in messages.unread_raw(store):
        yield zstandard.ZstdDecompressor().decompress(packed, max_output_size=MAX_RAW)


def _parsed(store: Database, message_id: MessageId) -> ParsedMessage:
    return mime.parse(raw_bytes(store, message_id), now=time.time())


def message_html(store: Database, message_id: MessageId, *, remote_images: bool = False) -> str:
    """The sanitised HTML of a message with its inline images as data: URIs; "" when it has none."""
    message = _parsed(store, message_id)
    if not message.html:
        return ""
    images = {
        part.content_id: _data_uri(part)
        for part in message.attachments
        if part.content_id and part.media_type.startswith("image/") and len(part.content) <= MAX_INLINE
    }
    return html.sanitise(message.html, inline_images=images, remote_images=remote_images)


def _data_uri(part: Attachment) -> str:
    return f"data:{part.media_type};base64,{base64.b64encode(part.content).decode()}"


def attachment(store: Database, attachment_id: int) -> tuple[AttachmentRow, bytes]:
    """An attachment and its bytes, checked against its SHA-256. Raises UsageError when there is none."""
    found = reading.attachment_place(store, attachment_id)
    if found is None:
        raise UsageError(f"There is no attachment {attachment_id}.")
    row, message_id, _part = found
    for part in _parsed(store, message_id).attachments:
        if part.sha256.hex() == row.sha256:
            return row, part.content
    raise UsageError(f"The attachment {row.name} is not in its message any more.")
