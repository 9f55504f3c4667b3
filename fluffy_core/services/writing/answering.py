"""How answers and forwarded messages begin: to whom, subject, thread, and the words they are about."""

import time
from datetime import datetime

from fluffy_core.domain.ids import AccountId, MessageId
from fluffy_core.domain.message import Address, ParsedMessage
from fluffy_core.domain.outgoing import Draft, OutgoingFile
from fluffy_core.mail.mime import compose, mime
from fluffy_core.services.accounts import senders
from fluffy_core.services.reading import reader
from fluffy_core.store import addresses, sources
from fluffy_core.store.database import Database


def read(store: Database, message_id: MessageId) -> ParsedMessage:
    """A stored message, to be answered or forwarded. Raises UsageError when there is no such message."""
    return mime.parse(reader.raw_bytes(store, message_id), now=time.time())


def answer(store: Database, message_id: MessageId, *, quote: bool = True, everybody: bool = False) -> Draft:
    """The beginning of an answer to a stored message, to its writer or to `everybody` in it.

    Raises UsageError when there is no such message.
    """
    told = read(store, message_id)
    to, cc = _recipients(told, addresses.mine(store), everybody=everybody)
    own = told.message_id_header
    return Draft(
        to=to,
        cc=cc,
        subject=compose.reply_subject(told.subject),
        text=f"\n\n{_quote(told)}" if quote else "",
        references=tuple(dict.fromkeys((*told.references, *((own,) if own else ())))),
    )


def forward(store: Database, message_id: MessageId) -> Draft:
    """The beginning of a message that hands a stored one on, with its files. Raises UsageError."""
    told = read(store, message_id)
    files = tuple(OutgoingFile(one.name, one.content, one.media_type) for one in told.attachments)
    return Draft(
        subject=compose.forward_subject(told.subject), text=f"\n\n{compose.forwarded(told)}", files=files
    )


def sender(store: Database, message_id: MessageId) -> AccountId | None:
    """The account to answer a message by: the one it was written to or by, else the one that has it."""
    found, told = senders.senders(store), read(store, message_id)
    named = {one.email for one in (*told.to, *told.cc, *((told.from_,) if told.from_ else ()))}
    named |= set(told.delivered_to)
    holding = sources.holding(store, message_id)
    best = [
        *(one.id for one in found if one.address.email in named),
        *(one.id for one in found if one.id in holding),
        *(one.id for one in found),
    ]
    return best[0] if best else None


def _recipients(
    told: ParsedMessage, mine: frozenset[str], *, everybody: bool
) -> tuple[tuple[Address, ...], tuple[Address, ...]]:
    """(To, Cc) of an answer, in the order of the headers, without the user's own addresses.

    The answer to a message of the user's own goes on to whom that was written. Only headers count: where
    Reply-To is, it stands for the writer.
    """
    writer = told.reply_to or ((told.from_,) if told.from_ and told.from_.email else ())
    first = told.to if told.to and all(one.email in mine for one in writer) else writer
    if not everybody:
        return _others(first, mine) or first, ()
    to = _others((*first, *told.to), mine)
    cc = _others(told.cc, mine | {one.email for one in to})
    return (to, cc) if to else (cc or first, ())


def _others(people: tuple[Address, ...], without: frozenset[str]) -> tuple[Address, ...]:
    found: dict[str, Address] = {}
    for one in people:
        if one.email not in without:
            found.setdefault(one.email, one)
    return tuple(found.values())


def _quote(told: ParsedMessage) -> str:
    who = (told.from_.name or told.from_.email) if told.from_ else "somebody"
    date = datetime.fromtimestamp(told.date or 0).astimezone()
    return compose.quoted(told.text, who=who, date=date)
