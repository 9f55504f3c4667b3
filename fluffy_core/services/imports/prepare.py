"""Raw items to `Prepared` values: parsing, keys, preview and compression; touches no store."""

import hashlib
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import zstandard

from fluffy_core.connectors.files import files
from fluffy_core.domain import excerpts
from fluffy_core.domain.ingest import AttachmentFacts, Page, Prepared
from fluffy_core.domain.message import Attachment, ParsedMessage
from fluffy_core.domain.source import RawItem, SourceFile
from fluffy_core.errors import UnreadableError
from fluffy_core.mail.html.text import without_targets
from fluffy_core.mail.mime import mime
from fluffy_core.mail.threads import subjects, threading

FIRST_ITEMS = 125
"""Items of a source's first page, so that there is soon something to store; the next has twice as many."""
PAGE_ITEMS = 1000
"""More would keep other writers waiting; fewer write the scattered pages of the indexes more often."""
PAGE_BYTES = 8 << 20
PREVIEW_CHARS = 160
LEVEL = 3
"""Of zstd: a lower one makes larger files and saves a tenth of a second for 10,000 messages."""
_ASCII_SPACE = bytes(code for code in range(128) if chr(code).isspace())
_QUOTED_LINE = re.compile(r"^\s*(?:>|On .{10,200} wrote:|Am .{10,200} schrieb|-{3,}|_{5,}|From: |Von: ).*$")


def pages(items: Iterable[RawItem], *, done: int = 0) -> Iterator[list[RawItem]]:
    """Cut a stream into pages: small ones first, at most PAGE_ITEMS items and about PAGE_BYTES bytes each.

    The cuts depend on the items and on how many were `done` before, so that a resumed read makes the
    same pages.
    """
    page: list[RawItem] = []
    size = 0
    for item in items:
        page.append(item)
        size += len(item.content)
        if len(page) >= min(FIRST_ITEMS + done, PAGE_ITEMS) or size >= PAGE_BYTES:
            yield page
            done += len(page)
            page, size = [], 0
    if page:
        yield page


Make = Callable[[Sequence[RawItem]], list[Prepared]]


@dataclass(frozen=True, slots=True)
class Start:
    """Where reading a source begins: past a position, with so many items before it."""

    after: int = -1
    done: int = 0

    def past(self, page: Page) -> "Start":
        """Behind a page that began here."""
        return Start(page.position, self.done + len(page.items) + page.skipped)


def read(source: SourceFile, make: Make, *, start: Start, scratch: Path) -> Iterator[Page]:
    """The pages of a source from `start` on, prepared. Raises what reading raises, after them."""
    for items in pages(files.read(source, after=start.after, scratch=scratch), done=start.done):
        yield prepared_page(items, make)


def prepared_page(items: Sequence[RawItem], make: Make) -> Page:
    """The items of one page, prepared; what is no mail is only counted."""
    wanted = [one for one in items if not one.skip]
    size = sum(len(one.content) for one in items)
    return Page(make(wanted), skipped=len(items) - len(wanted), position=items[-1].position, size=size)


def preparer(*, clock: Callable[[], float] = time.time) -> Make:
    """A function that prepares items, in order; keep one for each thread (it holds a compressor).

    They are compressed beside the parsing, by a thread that needs no interpreter for it.
    """
    compressor = zstandard.ZstdCompressor(level=LEVEL)
    beside = ThreadPoolExecutor(1, "compress")

    def make(items: Sequence[RawItem]) -> list[Prepared]:
        packed = beside.submit(_packed, compressor, items)
        parsed = [_parsed(one, clock()) for one in items]
        return [_prepared(*one) for one in zip(items, parsed, packed.result(), strict=True)]

    return make


def _packed(compressor: zstandard.ZstdCompressor, items: Sequence[RawItem]) -> list[bytes]:
    """Each compressed alone, all in one call: between two a thread would wait for the interpreter."""
    contents: list[bytes | bytearray | memoryview] = [one.content for one in items]
    if not any(contents):
        return [compressor.compress(one) for one in contents]
    packed = compressor.multi_compress_to_buffer(contents, threads=1)
    return [packed[number].tobytes() for number in range(len(contents))]


def _parsed(item: RawItem, now: float) -> ParsedMessage | str:
    """The message of an item, or why it could not be read."""
    try:
        message = mime.parse(item.content, now=now)
    except UnreadableError as error:
        return item.problem or str(error)
    return replace(message, problems=(*message.problems, item.problem)) if item.problem else message


def unread(item: RawItem, reason: str, *, raw: bytes | None = None) -> Prepared:
    """An item that is kept as it is, with the reason why it could not be read."""
    packed = zstandard.ZstdCompressor(level=LEVEL).compress(item.content) if raw is None else raw
    digest = hashlib.sha256(item.content or item.locator.encode("utf-8", "surrogateescape")).digest()
    return Prepared(item.position, item.locator, item.flags, len(item.content), digest, packed, None, reason)


def _prepared(item: RawItem, message: ParsedMessage | str, raw: bytes) -> Prepared:
    if isinstance(message, str):
        return unread(item, message, raw=raw)
    size = len(item.content)
    own = (key(message.message_id_header),) if message.message_id_header else ()
    content = content_key(message)
    slim = replace(message, html="", attachments=()) if message.html or message.attachments else message
    return Prepared(
        item.position, item.locator, item.flags, size, b"", raw, slim,
        has_html=bool(message.html),
        attachments=tuple(_facts(part) for part in message.attachments),
        identity=own[0] if own else content,
        content_key=content,
        references=own + tuple(key(one) for one in threading.links(message.references)),
        base_subject=subjects.normalise(message.subject)[:200],
        is_reply=subjects.is_reply(message.subject) or subjects.is_forward(message.subject),
        preview=preview(message.text),
    )  # fmt: skip


def _facts(part: Attachment) -> AttachmentFacts:
    return AttachmentFacts(
        part.sha256, part.name, part.media_type, len(part.content), part.inline, part.content_id
    )


def key(message_id_header: str) -> bytes:
    """The 16-byte key of a Message-ID."""
    return hashlib.blake2b(message_id_header.encode("utf-8", "replace"), digest_size=16).digest()


def content_key(message: ParsedMessage) -> bytes:
    """A 16-byte key of what a reader sees: people, date, subject and body, whatever the white space."""
    sender = message.from_.email if message.from_ else ""
    subject = subjects.normalise(message.subject)
    recipients = ",".join(one.email for one in (*message.to, *message.cc))
    head = (sender, recipients, str(message.date or message.date_header), subject, "")
    attached = "".join(one.sha256.hex() for one in message.attachments)
    digest = hashlib.blake2b("\0".join(head).encode("utf-8", "replace"), digest_size=16)
    digest.update(_without_space(message.text))
    digest.update(f"\0{attached}".encode())
    return digest.digest()


def _without_space(text: str) -> bytes:
    """What `"".join(text.split())` gives, at a tenth of the cost for the usual text."""
    if text.isascii():
        return text.encode().translate(None, _ASCII_SPACE)
    return "".join(text.split()).encode("utf-8", "replace")


def preview(text: str) -> str:
    """The first new words of a body in one line, at most PREVIEW_CHARS characters.

    It ends with a whole word, link or number: cut short they would be others.
    """
    found = ""
    for line in without_targets(text[:4000]).split("\n"):
        if _QUOTED_LINE.match(line):
            if found:
                break
            continue
        words = " ".join(line.split())
        found = f"{found} {words}" if found and words else found or words
        if len(found) >= PREVIEW_CHARS:
            break
    return excerpts.beginning(found, PREVIEW_CHARS)
