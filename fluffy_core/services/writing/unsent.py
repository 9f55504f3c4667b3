"""Writing a message: it is kept at home letter by letter, found again, and doubted before it goes out."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from fluffy_core.domain.ids import AccountId, MessageId
from fluffy_core.domain.message import Address
from fluffy_core.domain.outgoing import (
    Doubt,
    DoubtKind,
    Draft,
    OutboxState,
    Unsent,
    UnsentFile,
    WritingKind,
    Written,
)
from fluffy_core.errors import UsageError
from fluffy_core.events import Changed
from fluffy_core.mail.addresses import lookalike, name_keys
from fluffy_core.mail.mime import attachment_words, compose, recipients
from fluffy_core.mail.mime.charset import clean_body, clean_line
from fluffy_core.mail.mime.compose import resigned
from fluffy_core.mail.mime.recipients import people, pieces, typed
from fluffy_core.services.accounts.senders import Sender, senders
from fluffy_core.services.writing import answering, attaching, own_signatures
from fluffy_core.store import my_mail, outbox, undo
from fluffy_core.store import unsent as stored
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.undo import UndoToken
from fluffy_core.store.unsent import in_thread, is_open

__all__ = [
    "Sender", "answer", "attach", "begin", "close", "complete", "detach", "discard", "doubts",
    "forward", "get", "in_thread", "is_open", "overview", "people", "pieces", "resigned", "save",
    "senders", "typed",
]  # fmt: skip


def begin(store: Database, to: tuple[Address, ...] = ()) -> Unsent:
    """A new message."""
    found = senders(store)
    account_id = found[0].id if found else None
    return _begun(store, Unsent(0, WritingKind.NEW, _written(store, account_id, Draft(to=to))))


def answer(store: Database, message_id: MessageId, *, everybody: bool = False) -> Unsent:
    """An answer to a message; the one being written, if there is one. Raises UsageError."""
    kind = WritingKind.ANSWER_ALL if everybody else WritingKind.ANSWER
    return _about(store, message_id, kind)


def forward(store: Database, message_id: MessageId) -> Unsent:
    """A message handed on with its files; the one being written, if there is one. Raises UsageError."""
    return _about(store, message_id, WritingKind.FORWARD)


def _about(store: Database, message_id: MessageId, kind: WritingKind) -> Unsent:
    found = stored.answering(store, message_id, kind)
    if found is not None:
        return found
    if kind is WritingKind.FORWARD:
        draft = answering.forward(store, message_id)
    else:
        draft = answering.answer(store, message_id, everybody=kind is WritingKind.ANSWER_ALL)
    account_id = answering.sender(store, message_id)
    new = Unsent(0, kind, _written(store, account_id, draft), draft.references, message_id=message_id)
    return _begun(store, new, draft)


def _written(store: Database, account_id: AccountId | None, draft: Draft) -> Written:
    to, cc = (tuple(map(typed, group)) for group in (draft.to, draft.cc))
    text = compose.signed("", own_signatures.of(store, account_id))
    return Written(account_id, to, cc, subject=draft.subject, text=text, quote=draft.text.lstrip("\n"))


def _begun(store: Database, new: Unsent, draft: Draft | None = None) -> Unsent:
    with store.transaction() as tx:
        unsent_id = stored.add(tx, new, now=time.time())
        for one in draft.files if draft else ():
            stored.attach(tx, unsent_id, one)
        return _found(tx, unsent_id)


def get(store: Database, unsent_id: int) -> Unsent:
    """What is being written, or was sent and is not with a server yet. Raises UsageError for others."""
    return _found(store, unsent_id)


def _found(store: Database | Transaction, unsent_id: int) -> Unsent:
    found = stored.get(store, unsent_id)
    if found is None:
        raise UsageError("This draft is not there any more.")
    return found


def overview(store: Database) -> tuple[Unsent, ...]:
    """All drafts, and all that is on its way or was not sent, whoever wrote it; the newest first.

    What was not written in the composer has the number 0.
    """
    found = stored.listed(store)
    known = {one.row.id for one in found if one.row is not None}
    others = tuple(
        Unsent(
            0, WritingKind.NEW, Written(row.account_id, row.recipients, subject=row.subject),
            changed_at=row.created_at, row=row,
        )
        for row in outbox.listed(store)
        if row.id not in known and not row.draft and row.state is not OutboxState.CANCELLED
    )  # fmt: skip
    return tuple(sorted((*found, *others), key=lambda one: one.changed_at, reverse=True))


def save(store: Database, unsent_id: int, written: Written) -> None:
    """Keep what stands in the composer now, safe from any kill. Raises UsageError when it was sent."""
    cleaned = replace(written, text=clean_body(written.text), subject=clean_body(written.subject))
    with store.transaction(durable=True) as tx:
        if not stored.write(tx, unsent_id, cleaned, now=time.time()):
            raise UsageError("This message was sent already: it cannot be changed.")


def close(store: Database, unsent_id: int) -> bool:
    """The composer is closed: what nothing was written in is forgotten. Whether a draft is kept."""
    with store.transaction() as tx:
        return not stored.remove_untouched(tx, unsent_id)


def discard(store: Database, unsent_id: int) -> UndoToken:
    """Throw a draft away; it can be brought back."""
    with store.transaction() as tx:
        stored.discard(tx, unsent_id, now=time.time())
        return undo.note(tx, "Threw a draft away", "draft", inverse=unsent_id)


def attach(store: Database, unsent_id: int, path: Path) -> UnsentFile:
    """Add a file. Raises UnreadableError, or UsageError when the message would be too large to send."""
    already = sum(one.size for one in get(store, unsent_id).files)
    if path.is_file() and already + path.stat().st_size > attaching.MOST_FILE_BYTES:
        most = attaching.MOST_FILE_BYTES >> 20
        raise UsageError(f"{clean_line(path.name)} makes the message too large: {most} MB of files at most.")
    file = attaching.file(path)
    with store.transaction(durable=True) as tx:
        tx.changed(Changed.DRAFTS)
        return stored.attach(tx, unsent_id, file)


def detach(store: Database, file_id: int) -> None:
    """Take a file out."""
    with store.transaction() as tx:
        stored.detach(tx, file_id)
        tx.changed(Changed.DRAFTS)


def doubts(store: Database, unsent_id: int) -> tuple[Doubt, ...]:
    """Why the user may not want to send it as it is. Raises UsageError for what cannot be sent at all."""
    found = get(store, unsent_id)
    written = found.written
    everybody = [one for group in (written.to, written.cc, written.bcc) for one in recipients.people(group)]
    if not everybody:
        raise UsageError("Say whom it goes to.")
    made = []
    if not found.files and (word := attachment_words.promised(written.text)):
        made.append(Doubt(DoubtKind.NO_FILE, word))
    if not written.subject.strip():
        made.append(Doubt(DoubtKind.NO_SUBJECT))
    return (*made, *_strangers(store, everybody))


def _strangers(store: Database, everybody: Sequence[Address]) -> Iterator[Doubt]:
    """Recipients the user never wrote to whose address looks like somebody's they write to."""
    known = dict.fromkeys(my_mail.correspondents(store))
    for one in everybody:
        if one.email not in known and (twin := lookalike.known_twin(one.email, known)):
            yield Doubt(DoubtKind.STRANGER, f"{one.email} looks like {twin}")


def complete(store: Database, text: str, *, limit: int = 8) -> tuple[str, ...]:
    """People to write to whose name or address begins so, as they would be typed; the likeliest first."""
    typed_so_far = clean_line(text).lower()
    if not typed_so_far:
        return ()
    key = name_keys.fold(typed_so_far)
    found = my_mail.completions(store, typed_so_far, key, limit=limit)
    return tuple(typed(Address(email, name)) for email, name in found)
