"""What the user does with the outbox: send, take back, decide. Only front ends may call any of this.

A message is in the database before anybody is told that it is sent; `services/outgoing.py` hands it over.
"""

import mimetypes
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import zstandard

from fluffy_core.domain.accounts import AccountKind, AccountSettings, Service
from fluffy_core.domain.ids import AccountId, MessageId
from fluffy_core.domain.message import Address, ParsedMessage
from fluffy_core.domain.outgoing import OPEN, Draft, OutboxRow, OutboxState, OutgoingFile
from fluffy_core.errors import BugError, UnreadableError, UsageError
from fluffy_core.mail import compose, mime
from fluffy_core.mail.charset import clean_line
from fluffy_core.services import accounts as accounts_service
from fluffy_core.services import outgoing, reader
from fluffy_core.store import accounts, alerts, messages, outbox, sources
from fluffy_core.store.database import Database
from fluffy_core.store.outbox import NewItem, Next

HOLD = 10.0
"""Seconds within which a message that was sent can be taken back."""
MOST_BYTES = 50 << 20
"""Bytes of a message; hardly any server takes more."""
_PIECE = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^",;]|")+')
_WORD = r'[^\s<>(),;:"\\\[\]@]+'
_MAILBOX = re.compile(rf'(?:("(?:[^"\\]|\\.)*"|[^<>"]*?) *<({_WORD}@{_WORD})>|({_WORD}@{_WORD}))')
_ESCAPE = re.compile(r"\\(.)")
_DISCARDABLE = (OutboxState.FAILED, OutboxState.CANCELLED, OutboxState.UNCERTAIN)
_AGAIN = (OutboxState.FAILED, OutboxState.CANCELLED, OutboxState.UNCERTAIN, OutboxState.WAITING)


@dataclass(frozen=True, slots=True)
class Sender:
    """An account that mail can be sent by. `trouble` says why that did not work last, else ""."""

    id: AccountId
    address: Address
    trouble: str = ""


def senders(store: Database) -> tuple[Sender, ...]:
    """The accounts that can send, the oldest first."""
    found = []
    for one in sources.accounts(store):
        settings = accounts.get(store, one.id)
        if settings is not None and _sends(settings):
            address = Address(one.name, messages.latest_name(store, one.name))
            found.append(Sender(one.id, address, accounts.cannot_send(store, one.id)))
    return tuple(found)


def _sends(settings: AccountSettings) -> bool:
    if Service.MAIL not in settings.services:
        return False
    return settings.kind is not AccountKind.IMAP or settings.smtp is not None


def sender(store: Database, word: str = "") -> Sender:
    """The account that an id or address names, or the only one that can send. Raises UsageError."""
    found = senders(store)
    if word:
        account = accounts_service.find(store, word)
        chosen = [one for one in found if one.id == account.id]
        if not chosen:
            raise UsageError(f"{account.name} cannot send: add it again with its server for sending.")
        return chosen[0]
    if len(found) != 1:
        names = ", ".join(one.address.email for one in found)
        raise UsageError(f"Say which account sends: {names}." if names else "No account can send.")
    return found[0]


def people(texts: Sequence[str]) -> tuple[Address, ...]:
    """The mailboxes of what was typed into a recipients' line. Raises UsageError for what is none.

    Stricter than reading is: whoever is left out silently would not get the message.
    """
    found: dict[str, Address] = {}
    for text in texts:
        for piece in _pieces(text):
            match = _MAILBOX.fullmatch(piece)
            if match is None or not piece.isprintable():
                raise UsageError(f"“{clean_line(piece or text)}” is no mail address.")
            name, angle, bare = match.groups()
            email = _with_ascii_domain(angle or bare)
            found.setdefault(email, Address(email, _unquoted(name or "")))
    return tuple(found.values())


def _pieces(text: str) -> list[str]:
    """What stands between commas, or semicolons as other programs write them; "" when there is nothing."""
    return [piece for one in _PIECE.findall(text) if (piece := one.strip(" "))] or [""]


def _unquoted(name: str) -> str:
    if name.startswith('"'):
        name = _ESCAPE.sub(r"\1", name[1:-1])
    return clean_line(name)


def _with_ascii_domain(email: str) -> str:
    """In lower case, the domain as DNS knows it (RFC 5891; in RFC 3490 "ß" was no letter of its own)."""
    import idna

    local, _, domain = email.lower().rpartition("@")
    try:
        return f"{local}@{domain if domain.isascii() else idna.encode(domain, uts46=True).decode('ascii')}"
    except idna.IDNAError as error:
        raise UsageError(f"“{email}” is no mail address: there is no such domain.") from error


def file(path: Path) -> OutgoingFile:
    """A file to go along. Raises UnreadableError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}.") from error
    kind, packed = mimetypes.guess_type(path.name)
    return OutgoingFile(path.name, content, kind if kind and not packed else "application/octet-stream")


def answer(store: Database, message_id: MessageId, *, quote: bool = True) -> Draft:
    """The beginning of an answer to a stored message: to whom, subject, thread, and the words answered.

    Raises UsageError when there is no such message.
    """
    told = mime.parse(reader.raw_bytes(store, message_id), now=time.time())
    own = told.message_id_header
    return Draft(
        to=told.reply_to or ((told.from_,) if told.from_ and told.from_.email else ()),
        subject=compose.reply_subject(told.subject),
        text=_quote(told) if quote else "",
        references=tuple(dict.fromkeys((*told.references, *((own,) if own else ())))),
    )


def _quote(told: ParsedMessage) -> str:
    who = (told.from_.name or told.from_.email) if told.from_ else "somebody"
    date = datetime.fromtimestamp(told.date or 0).astimezone()
    return "\n\n" + compose.quoted(told.text, who=who, date=date)


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
    me = next((one for one in senders(store) if one.id == account_id), None)
    if me is None:
        raise UsageError("This account cannot send.")
    own = message_id or compose.new_message_id(me.address.email)
    content = compose.message(draft, compose.Stamp(me.address, own, datetime.fromtimestamp(now).astimezone()))
    if len(content) > MOST_BYTES:
        raise UsageError(f"The message is larger than {MOST_BYTES >> 20} MB.")
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
