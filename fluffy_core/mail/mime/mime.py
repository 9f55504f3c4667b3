"""Bytes of one message in, a `ParsedMessage` out; whatever the bytes are."""

import re

from fluffy_core.domain.message import Address, ParsedMessage
from fluffy_core.errors import UnreadableError
from fluffy_core.mail.addresses import addresses, bulk, suspicion
from fluffy_core.mail.mime import bidi, body, charset, headers, transfer
from fluffy_core.mail.mime import fallback as mime_fallback
from fluffy_core.mail.mime import fast as mime_fast
from fluffy_core.mail.mime.dates import parse_date
from fluffy_core.mail.mime.headers import Headers
from fluffy_core.mail.mime.message_ids import message_id, thread_ids
from fluffy_core.mail.mime.part import Part, new_part
from fluffy_core.mail.mime.words import decode_words

MAX_SUBJECT = 2000
_MAX_FAST_DEPTH = 50
_MBOX_LINE = re.compile(rb"\s*>?From [^\n]*\n")
_MESSAGE_FIELDS = frozenset((
    "apparently-to", "bcc", "cc", "content-transfer-encoding", "content-type", "date",
    "delivered-to", "from", "in-reply-to", "list-id", "message-id", "mime-version", "newsgroups",
    "received", "references", "reply-to", "resent-from", "return-path", "sender", "subject", "to",
    "x-mailer",
))  # fmt: skip


def parse(raw: bytes, *, now: float) -> ParsedMessage:
    """The message that `raw` holds; `now` is Unix seconds and bounds the date.

    Survives any bytes. Raises UnreadableError with a plain sentence when they are no message at all.
    """
    raw = _mended(raw)
    fields, start, problem = headers.split(raw)
    if not fields.has_any(_MESSAGE_FIELDS):
        raise UnreadableError(_reason(raw))
    problems = [problem] if problem else []
    root, found = _tree(raw, fields, start)
    problems += found
    content = body.read(root)
    subject = _subject(fields, problems)
    sender = addresses.parse_one(fields.text("from"))
    if sender is None:
        problems.append("The message does not say who sent it.")
    own = message_id(fields.text("message-id"))
    references, parent, problem = thread_ids(fields.text("references"), fields.text("in-reply-to"), own)
    date_header = fields.line("date")[:200]
    delivered = _delivered(fields)
    return ParsedMessage(
        message_id_header=own,
        subject=subject,
        from_=sender,
        to=_people(fields, "to", problems) or _people(fields, "apparently-to", problems),
        cc=_people(fields, "cc", problems),
        bcc=_people(fields, "bcc", problems),
        reply_to=_people(fields, "reply-to", problems),
        sender=addresses.parse_one(fields.text("sender")) if "sender" in fields else None,
        date=_date(date_header, now, problems),
        date_header=date_header,
        in_reply_to=parent,
        references=references,
        text=content.text,
        html=content.html,
        attachments=tuple(content.attachments),
        bulk=bulk.classify(fields, sender, subject),
        list_id=_list_id(fields),
        labels=_labels(fields),
        delivered_to=delivered,
        suspicious=suspicion.of(sender, fields, delivered),
        problems=tuple(dict.fromkeys((*problems, *([problem] if problem else ()), *content.problems))),
    )


def _mended(raw: bytes) -> bytes:
    """Without a byte order mark, blank lines and an mbox line in front; CR-only line ends mended."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raw = raw.decode("utf-16", "replace").encode("utf-8", "replace")
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if b"\n" not in raw[:100_000] and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    if raw[:1].isspace() or raw.startswith((b"From ", b">From ")):
        raw = raw.lstrip(b"\r\n \t\0")
        while match := _MBOX_LINE.match(raw):
            raw = raw[match.end() :]
    return raw


def _reason(raw: bytes) -> str:
    """Why `raw` is no message, for the user."""
    if not raw.strip(b"\0 \t\r\n"):
        return "The message is empty."
    return "This is not an e-mail message: it has no header that e-mail has."


def _tree(raw: bytes, fields: Headers, start: int) -> tuple[Part, list[str]]:
    """The MIME tree and what was wrong with it.

    A single part is read directly, many by the fast parser, broken ones by the forgiving one.
    """
    root = new_part(fields)
    if not root.is_multipart:
        root.content, problem = transfer.decode(raw[start:], fields.line("content-transfer-encoding"))
        return root, [problem] if problem else []
    if raw.count(b"multipart/") <= _MAX_FAST_DEPTH:
        tree = mime_fast.parse_tree(raw, fields)
        if tree is not None:
            return tree, []
    return mime_fallback.parse_tree(raw, fields, start)


def _subject(fields: Headers, problems: list[str]) -> str:
    text = fields.text("subject")
    subject = charset.clean_line(bidi.as_seen(decode_words(text[: 20 * MAX_SUBJECT])))
    if len(subject) <= MAX_SUBJECT and len(text) <= 20 * MAX_SUBJECT:
        return subject
    problems.append(f"The subject is very long; its first {MAX_SUBJECT:,} characters were kept.")
    return subject[:MAX_SUBJECT]


def _people(fields: Headers, name: str, problems: list[str]) -> tuple[Address, ...]:
    """The mailboxes of all headers called `name`, each address once."""
    if name not in fields:
        return ()
    limit = addresses.MAX_ADDRESSES
    found: dict[str, Address] = {}
    texts = fields.texts(name)
    for text in texts:
        for address in addresses.parse_list(text, limit=limit + 1):
            if address.email not in found or not found[address.email].name:
                found[address.email] = address
    if len(found) > limit or any(len(text) > addresses.MAX_HEADER for text in texts):
        problems.append(
            f"The list of recipients is too long; its first {min(len(found), limit):,} were kept."
        )
    return tuple(found.values())[:limit]


def _date(text: str, now: float, problems: list[str]) -> int | None:
    date = parse_date(text, now=now) if text else None
    if date is None:
        problems.append(f"The date “{text}” makes no sense." if text else "The message has no date.")
    return date


def _list_id(fields: Headers) -> str:
    """The identifier of List-Id (RFC 2919), lower-cased."""
    text = fields.line("list-id")
    inner = text.rpartition("<")[2].partition(">")[0] if "<" in text else text
    return inner.strip().lower()[:255]


def _labels(fields: Headers) -> tuple[str, ...]:
    """X-Gmail-Labels: comma-separated, each possibly quoted."""
    text = fields.line("x-gmail-labels")
    if not text:
        return ()
    names = re.findall(r'"([^"]*)"|([^,"]+)', text[:20_000])
    return tuple(dict.fromkeys(name for pair in names if (name := (pair[0] or pair[1]).strip())))


def _delivered(fields: Headers) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in ("delivered-to", "x-original-to", "envelope-to"):
        if name in fields:
            for text in fields.texts(name):
                found.update(dict.fromkeys(address.email for address in addresses.parse_list(text, limit=20)))
    return tuple(found)
