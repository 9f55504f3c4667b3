"""Fetching the bytes of messages over IMAP: in batches, and one by one where a batch fails."""

import contextlib
import itertools
from collections.abc import Iterator, Sequence

from imapclient.exceptions import IMAPClientError

from fluffy_core.connectors.imap import answers as imap_answers
from fluffy_core.connectors.imap import cursor as imap_cursor
from fluffy_core.connectors.imap.answers import Told
from fluffy_core.connectors.imap.session import Session, said
from fluffy_core.domain.sync import Fetched, MessageRef, in_batches
from fluffy_core.errors import TransientError

BATCH = 200
BATCH_BYTES = 4 << 20
_BODY = "(UID BODY.PEEK[])"
_BROKEN_IN_A_ROW = 2
"""Connections that break over single messages: one is the message's fault, two in a row the server's."""


def fetch(session: Session, refs: Sequence[MessageRef]) -> Iterator[Fetched]:
    """As `MailAccount.fetch`."""
    for folder_id, group in itertools.groupby(refs, key=lambda ref: ref.folder_id):
        for batch in in_batches(list(group), most=BATCH, most_bytes=BATCH_BYTES):
            yield from _batch(session, folder_id, batch)


def _batch(session: Session, folder_id: str, batch: Sequence[MessageRef]) -> Iterator[Fetched]:
    bodies: dict[str, bytes] = {}
    with contextlib.suppress(TransientError, IMAPClientError):  # what it stumbles over is found below
        bodies = _bodies(session, folder_id, [ref.id for ref in batch])
    missing = []
    for ref in batch:
        body = bodies.pop(ref.id, None)
        if body is None:
            missing.append(ref)
        else:
            yield Fetched(ref, body)
    yield from _singly(session, folder_id, missing)


def _singly(session: Session, folder_id: str, refs: Sequence[MessageRef]) -> Iterator[Fetched]:
    broken = 0
    for ref in refs:
        try:
            yield _single(session, folder_id, ref)
            broken = 0
        except TransientError as error:
            broken += 1
            if broken >= _BROKEN_IN_A_ROW or len(refs) == 1:
                raise
            yield Fetched(ref, problem=str(error))


def _single(session: Session, folder_id: str, ref: MessageRef) -> Fetched:
    """Ask for one message by itself, and whether it is there when no bytes come."""
    try:
        body = _bodies(session, folder_id, [ref.id]).get(ref.id)
        if body is not None:
            return Fetched(ref, body)
        if not _is_there(session, folder_id, ref.id):
            return Fetched(ref, gone=True)
    except IMAPClientError as error:
        return Fetched(ref, problem=said(error) or "The server does not hand it out.")
    return Fetched(ref, problem="The server lists this message but does not hand it out.")


def _bodies(session: Session, folder_id: str, ids: Sequence[str]) -> dict[str, bytes]:
    with session.talk() as client:
        validity = session.select(client, folder_id, fresh=False).uidvalidity
        wanted = {imap_cursor.uid_in(one, validity): one for one in ids}
        answers = client.command("UID", "FETCH", imap_answers.uid_set(wanted), _BODY, answer="FETCH")
        told = imap_answers.told(answers)
    return {wanted[uid]: one.body for uid, one in told.items() if uid in wanted and one.body is not None}


def _is_there(session: Session, folder_id: str, message_id: str) -> bool:
    with session.talk() as client:
        validity = session.select(client, folder_id, fresh=True).uidvalidity
        uid = imap_cursor.uid_in(message_id, validity)
        return uid in imap_answers.told(client.command("UID", "FETCH", str(uid), "(UID)", answer="FETCH"))


def message_ids(session: Session, folder_id: str) -> dict[str, str]:
    """As `MailAccount.message_ids`: only that one header line of each message."""
    items = "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"
    found: dict[str, str] = {}
    with session.talk() as client:
        validity = session.select(client, folder_id).uidvalidity
        uids = client.uids("ALL")
        for at in range(0, len(uids), BATCH * 5):
            wanted = imap_answers.uid_set(uids[at : at + BATCH * 5])
            told = imap_answers.told(client.command("UID", "FETCH", wanted, items, answer="FETCH"))
            for uid, one in told.items():
                found[imap_cursor.message(validity, uid)] = imap_answers.message_id(one.body or b"")
    return found


def ref_of(folder_id: str, validity: int, told: Told) -> MessageRef:
    """A message as the server tells of it."""
    return MessageRef(imap_cursor.message(validity, told.uid), folder_id, told.flags or (), told.size)
