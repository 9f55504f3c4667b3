"""A message in bytes, of what somebody wrote: RFC 5322, 2045-2047, 2231, 3676; no line can be smuggled in."""

import base64
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from fluffy_core.domain.message import Address, ParsedMessage
from fluffy_core.domain.outgoing import Draft, OutgoingFile
from fluffy_core.mail.mime import attachments, recipients
from fluffy_core.mail.mime.charset import clean_body, clean_line
from fluffy_core.mail.threads import subjects

WIDTH = 72
"""Characters of a line of text; longer ones are broken softly, so that readers can join them again."""
_LINE = 76
_LONGEST_WORD = 500
_WORD_BYTES = 45
"""Bytes in one encoded word: 75 characters at most (RFC 2047, 2)."""
_LONGEST_NAME = 500
_LONGEST_SUBJECT = 1000
_MOST_REFERENCES = 30
_SIGNATURE = "-- "
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_IDENTIFIER = re.compile(r"[!-;=?-~]{1,250}")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,100}")
_DEPTH = re.compile(r"(?:> ?)*")
_NOT_A_FILE = ("message/", "multipart/")
_POLICY = SMTP.clone(cte_type="7bit", utf8=False)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is decided once for a message: who it is from, its Message-ID (without brackets), its date."""

    sender: Address
    message_id: str
    date: datetime


def new_message_id(sender: str) -> str:
    """A Message-ID without brackets under the sender's domain; it says nothing of this computer."""
    return f"{uuid.uuid4().hex}@{sender.rpartition('@')[2]}"


def message(draft: Draft, stamp: Stamp) -> bytes:
    """The bytes of a message, in seven bits unless an address has other letters before its @.

    Bcc is in it; whoever sends it takes that out. Lines have at most 998 bytes.
    """
    fields = [
        ("From", _mailboxes([stamp.sender])),
        *((name, _mailboxes(people)) for name, people in _groups(draft) if people),
        ("Subject", _words(clean_line(draft.subject)[:_LONGEST_SUBJECT], len("Subject: "))),
        ("Date", format_datetime(stamp.date)),
        ("Message-ID", f"<{stamp.message_id}>"),
        *_links(draft.references),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return head.encode() + _content(draft).as_bytes()


def _groups(draft: Draft) -> tuple[tuple[str, tuple[Address, ...]], ...]:
    return (("To", draft.to), ("Cc", draft.cc), ("Bcc", draft.bcc))


def _content(draft: Draft) -> EmailMessage:
    part = EmailMessage(_POLICY)
    part.set_content(flowed(draft.text), charset="utf-8", params={"format": "flowed"})
    for one in draft.files:
        kind, _, subtype = _media_type(one).partition("/")
        name = attachments.safe_name(one.name, f"{kind}/{subtype}")
        part.add_attachment(one.content, maintype=kind, subtype=subtype, filename=name)
    return part


def _media_type(file: OutgoingFile) -> str:
    """Messages and multiparts may not be encoded (RFC 2046, 5.2.1): they travel as plain bytes."""
    found = file.media_type.lower()
    if not _MEDIA_TYPE.fullmatch(found) or found.startswith(_NOT_A_FILE):
        return "application/octet-stream"
    return found


def _mailboxes(people: Iterable[Address]) -> str:
    return _folded([_mailbox(one) for one in people], ", ")


def _mailbox(one: Address) -> str:
    email = "".join(clean_line(one.email).split())
    name = clean_line(one.name)[:_LONGEST_NAME]
    if not name:
        return f"<{email}>" if email.startswith('"') else email
    if not name.isascii() or "=?" in name:
        return f"{_encoded(name)} <{email}>"
    if _PHRASE.fullmatch(name):
        return f"{name} <{email}>"
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" <{email}>'


def _words(text: str, used: int) -> str:
    """Unstructured text, folded; as encoded words where it is not plain."""
    words = text.split(" ")
    if not text.isascii() or "=?" in text or any(len(word) > _LONGEST_WORD for word in words):
        return _encoded(text)
    return _folded(words, " ", used=used)


def _encoded(text: str) -> str:
    """RFC 2047: words of at most 75 characters, none of which splits a letter."""
    words = [b""]
    for letter in text:
        more = letter.encode("utf-8", "replace")
        if len(words[-1]) + len(more) > _WORD_BYTES:
            words.append(b"")
        words[-1] += more
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in words)


def _folded(words: Sequence[str], between: str, *, used: int = 8) -> str:
    """Words with `between` them, on lines of about 76 characters; `used` are those before the first."""
    found: list[str] = []
    for word in words:
        if found and used + len(between) + len(word) > _LINE:
            found.append(f"{between.rstrip()}\r\n ")
            used = 1
        elif found:
            found.append(between)
            used += len(between)
        found.append(word)
        used += len(word.rpartition("\n")[2])
    return "".join(found)


def _links(references: Sequence[str]) -> Iterator[tuple[str, str]]:
    """In-Reply-To and References (RFC 5322, 3.6.4): the first message, and the latest ones."""
    known = [one for one in dict.fromkeys(references) if _IDENTIFIER.fullmatch(one)]
    if not known:
        return
    if len(known) > _MOST_REFERENCES:
        known = [known[0], *known[1 - _MOST_REFERENCES :]]
    yield "In-Reply-To", f"<{known[-1]}>"
    yield "References", _folded([f"<{one}>" for one in known], " ", used=len("References: "))


def flowed(text: str) -> str:
    """Text as format=flowed (RFC 3676): a line that ends in a space goes on in the next one."""
    return "".join(f"{part}\n" for line in clean_body(text).split("\n") for part in _soft(line))


def _soft(line: str) -> Iterator[str]:
    depth = _DEPTH.match(line)
    quote, content = ("", line) if depth is None else (depth[0], line[depth.end() :])
    marks = ">" * quote.count(">")
    content = content if content == _SIGNATURE else content.rstrip(" ")
    room = max(20, WIDTH - len(marks))
    while len(content) > room:
        at = content.rfind(" ", len(_SIGNATURE) + 1, room)
        at = at if at > 0 else content.find(" ", room)
        if at < 0:
            break
        yield _stuffed(marks, content[: at + 1])
        content = content[at + 1 :]
    yield _stuffed(marks, content)


def _stuffed(marks: str, content: str) -> str:
    """What could be taken for a quote, for stuffing, or for the start of an mbox message, gets a space."""
    needs = content.startswith((" ", ">", "From ")) or (marks and content)
    return f"{marks} {content}" if needs else f"{marks}{content}"


def reply_subject(subject: str) -> str:
    """The subject of an answer: one "Re:", whatever stood before."""
    return f"Re: {subjects.base(subject, keep_tags=True)}"


def forward_subject(subject: str) -> str:
    """The subject of a forwarded message: one "Fwd:", whatever stood before."""
    return f"Fwd: {subjects.base(subject, keep_tags=True)}"


def forwarded(told: ParsedMessage) -> str:
    """A message as it stands below what its forwarder writes: a block of its headers, and its text."""
    date = f"{datetime.fromtimestamp(told.date).astimezone():%Y-%m-%d %H:%M}" if told.date else ""
    sender, to, cc = (
        ", ".join(map(recipients.typed, group))
        for group in ((told.from_,) if told.from_ else (), told.to, told.cc)
    )
    head = [("From", sender), ("Date", date), ("Subject", clean_line(told.subject)), ("To", to), ("Cc", cc)]
    lines = [
        "---------- Forwarded message ----------",
        *(f"{name}: {value}" for name, value in head if value),
    ]
    return "\n".join([*lines, "", clean_body(told.text)])


def above_quote(text: str, quote: str) -> str:
    """What was written with what is quoted below it."""
    return f"{text.rstrip()}\n\n{quote}" if quote else text


def signed(text: str, signature: str) -> str:
    """A text with a signature below it, behind the line that starts one (RFC 3676, 4.3)."""
    return f"{text.rstrip()}\n\n{_SIGNATURE}\n{signature.strip()}" if signature.strip() else text


def resigned(text: str, old: str, new: str) -> str:
    """A text with another signature in the place of the old one; as it is where that was changed by hand."""
    end = signed("", old)
    return signed(text.removesuffix(end), new) if text.endswith(end) else text


def quoted(text: str, *, who: str, date: datetime) -> str:
    """Another one's words as they stand below an answer."""
    head = f"On {date:%Y-%m-%d %H:%M}, {clean_line(who)} wrote:"
    return "\n".join([head, *(f"> {line}" if line else ">" for line in clean_body(text).split("\n"))])
