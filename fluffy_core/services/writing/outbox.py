"""What the user does with the outbox: send, take back, decide. Only front ends may call any of this.

A message is in the database before anybody is told that it is sent; `outgoing.py` hands it over.
"""

import time
from datetime import datetime

import zstandard

from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.outgoing import OPEN, Draft, OutboxRow, OutboxState, OutgoingFile, Unsent
from fluffy_core.errors import BugError, UsageError
from fluffy_core.mail.mime import compose, mime, recipients
from fluffy_core.mail.mime.charset import clean_line
from fluffy_core.services.accounts import senders
from fluffy_core.services.writing import attaching, outgoing
from fluffy_core.store import alerts, outbox, undo
from fluffy_core.store import unsent as drafts
from fluffy_core.store.database import Database
from fluffy_core.store.outbox import NewItem, Next

HOLD = 10.0
"""Seconds within which a message that was sent can be taken back."""
_DISCARDABLE = (OutboxState.FAILED, OutboxState.CANCELLED, OutboxState.UNCERTAIN)
_AGAIN = (OutboxState.FAILED, OutboxState.CANCELLED, OutboxState.UNCERTAIN, OutboxState.WAITING)


def send(
    store: Database, account_id: AccountId, draft: Draft, *, hold: float = HOLD, now: float | None = None
) -> OutboxRow:
    """Put a message into the outbox: it is safe there, and handed over after `hold` seconds.

    Raises UsageError for one without recipients, too large, or from an account that cannot send.
    """
    if not draft.recipients:
        raise UsageError("The message has no recipients.")
    at = time.time() if now is None else now
    item = _item(store, account_id, draft, now=at)
    with store.transaction(durable=True) as tx:
        row_id = outbox.add(tx, item, now=at, not_before=at + hold)
    return get(store, row_id)


def send_unsent(
    store: Database, unsent_id: int, *, hold: float = HOLD, now: float | None = None
) -> OutboxRow:
    """Send what was written in the composer; until a server has it, `reopen` brings it back as it was.

    Raises UsageError as `send` does, for a recipient that is no address, and when it was sent already.
    """
    found = drafts.get(store, unsent_id)
    if found is None or found.row is not None:
        raise UsageError("This message was sent or thrown away.")
    if found.written.account_id is None:
        raise UsageError("No account can send: connect one first.")
    draft = _draft(found, drafts.files(store, unsent_id))
    at = time.time() if now is None else now
    item = _item(store, found.written.account_id, draft, now=at)
    with store.transaction(durable=True) as tx:
        if not drafts.is_open(tx, unsent_id):
            raise UsageError("This message was sent already.")
        row_id = outbox.add(tx, item, now=at, not_before=at + hold)
        drafts.hand_over(tx, unsent_id, row_id)
        undo.note(tx, f"Sending “{clean_line(item.subject)[:60]}”", outbox.SENDING_NOTE, inverse=row_id)
    return get(store, row_id)


def _draft(found: Unsent, files: tuple[OutgoingFile, ...]) -> Draft:
    written = found.written
    to, cc, bcc = (recipients.people(group) for group in (written.to, written.cc, written.bcc))
    if not (to or cc or bcc):
        raise UsageError("Say whom it goes to.")
    text = compose.above_quote(written.text, written.quote)
    return Draft(to, cc, bcc, written.subject, text, files, found.references)


def reopen(store: Database, row_id: int) -> int:
    """Take back what waits, or was not sent, to write on; the number of the draft that it is again.

    Raises UsageError when it is too late, or for one that was not written in the composer.
    """
    with store.transaction(durable=True) as tx:
        unsent_id = drafts.take_back(tx, row_id)
        if unsent_id is None or not outbox.remove(tx, row_id, (OutboxState.WAITING, *_DISCARDABLE)):
            raise UsageError("It is too late to take this message back.")
        undo.settle(tx, outbox.SENDING_NOTE, row_id)
        alerts.settle(tx, outgoing.about(row_id))
    return unsent_id


def save_draft(
    store: Database, account_id: AccountId, draft: Draft, *, replaces: int = 0, now: float | None = None
) -> OutboxRow:
    """Have a draft kept on the server; `replaces` is the number of an earlier version of it."""
    at = time.time() if now is None else now
    if not replaces:
        item = _item(store, account_id, draft, now=at, is_draft=True)
        with store.transaction(durable=True) as tx:
            return _found(outbox.get(tx, outbox.add(tx, item, now=at, not_before=at)))
    earlier = get(store, replaces)
    item = _item(store, account_id, draft, now=at, message_id=earlier.message_id)
    with store.transaction(durable=True) as tx:
        if not outbox.rewrite(tx, replaces, item, now=at):
            raise UsageError(f"Number {replaces} is no draft of this account.")
        return _found(outbox.get(tx, replaces))


def _item(
    store: Database, account_id: AccountId, draft: Draft, *, now: float, message_id: str = "",
    is_draft: bool = False,
) -> NewItem:  # fmt: skip
    me = next((one for one in senders.senders(store) if one.id == account_id), None)
    if me is None:
        raise UsageError("This account cannot send.")
    own = message_id or compose.new_message_id(me.address.email)
    content = compose.message(draft, compose.Stamp(me.address, own, datetime.fromtimestamp(now).astimezone()))
    if len(content) > attaching.MOST_BYTES:
        raise UsageError(f"The message is larger than {attaching.MOST_BYTES >> 20} MB.")
    read = mime.parse(content, now=now)
    if Draft(read.to, read.cc, read.bcc).recipients != draft.recipients:
        raise BugError("the headers of a message name other people than it goes to")
    packed = zstandard.ZstdCompressor(level=3).compress(content)
    kind = is_draft or bool(message_id)
    return NewItem(account_id, kind, own, me.address.email, draft.recipients, read.subject, packed)


def take_back(store: Database, row_id: int) -> Draft:
    """Take a message back that no server has; what was written. Raises UsageError when it is too late."""
    draft = draft_of(store, row_id)
    with store.transaction(durable=True) as tx:
        if not outbox.move(tx, row_id, OutboxState.WAITING, after=Next(OutboxState.CANCELLED)):
            raise UsageError(f"It is too late to take number {row_id} back.")
        alerts.settle(tx, outgoing.about(row_id))
    return draft


def retry(store: Database, row_id: int, *, now: float | None = None) -> OutboxRow:
    """Send it (again), or try now what waits. One that may have been sent goes out again only by this."""
    row = get(store, row_id)
    if row.account_id is None:
        raise UsageError(
            f"The account of number {row_id} was removed. `fluffy outbox show {row_id}` has its text."
        )
    at = time.time() if now is None else now
    with store.transaction(durable=True) as tx:
        goes = Next(OutboxState.WAITING, at)
        if row.state not in _AGAIN or not outbox.move(tx, row_id, row.state, after=goes):
            raise UsageError(f"Number {row_id} cannot be sent again: it is {words(row.state)}.")
        alerts.settle(tx, outgoing.about(row_id))
    return get(store, row_id)


def confirm(store: Database, row_id: int, *, now: float | None = None) -> OutboxRow:
    """The user knows that it was sent: nobody sends it again, and it is kept among the sent messages."""
    at = time.time() if now is None else now
    row = get(store, row_id)
    if row.state is not OutboxState.UNCERTAIN:
        raise UsageError(f"Number {row_id} is {words(row.state)}: there is nothing to decide.")
    outgoing.confirmed(store, row, now=at)
    return get(store, row_id)


def discard(store: Database, row_id: int) -> None:
    """Forget a message that is not on its way any more, with its text. Raises UsageError for others."""
    row = get(store, row_id)
    with store.transaction() as tx:
        if not outbox.remove(tx, row_id, _DISCARDABLE):
            raise UsageError(f"Number {row_id} is {words(row.state)}: it cannot be discarded.")
        alerts.settle(tx, outgoing.about(row_id))


def get(store: Database, row_id: int) -> OutboxRow:
    """One message of the outbox. Raises UsageError when there is none of this number."""
    return _found(outbox.get(store, row_id), row_id)


def _found(row: OutboxRow | None, row_id: int = 0) -> OutboxRow:
    if row is None:
        raise UsageError(f"There is no number {row_id} in the outbox.")
    return row


def listed(store: Database, *, done: bool = False, limit: int = 100) -> tuple[OutboxRow, ...]:
    """What is in the outbox, newest first; what was sent or saved only if wanted."""
    return outbox.listed(store, done=done, limit=limit)


def draft_of(store: Database, row_id: int) -> Draft:
    """What was written, as it can be edited again. Raises UsageError when it is not kept any more."""
    get(store, row_id)
    content = outgoing.unpacked(outbox.data(store, row_id))
    if not content:
        raise UsageError(f"The text of number {row_id} lies with the mail now.")
    read = mime.parse(content, now=time.time())
    files = tuple(OutgoingFile(one.name, one.content, one.media_type) for one in read.attachments)
    return Draft(read.to, read.cc, read.bcc, read.subject, read.text, files, read.references)


def is_over(row: OutboxRow) -> bool:
    """Whether nothing is done about it any more without the user."""
    return row.state not in OPEN


def words(state: OutboxState, *, draft: bool = False) -> str:
    """What a state is called on screen."""
    if draft and state is OutboxState.SENDING:
        return "being saved"
    return _WORDS[state]


_WORDS = {
    OutboxState.WAITING: "waiting",
    OutboxState.SENDING: "being sent",
    OutboxState.CHECKING: "perhaps sent",
    OutboxState.FILING: "sent",
    OutboxState.SENT: "sent",
    OutboxState.SAVED: "saved",
    OutboxState.FAILED: "not sent",
    OutboxState.UNCERTAIN: "perhaps sent",
    OutboxState.CANCELLED: "taken back",
}
