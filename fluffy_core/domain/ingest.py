"""A message on its way into the store: parsed, compressed and keyed, not yet given an id."""

from dataclasses import dataclass

from fluffy_core.domain.message import ByFields, ParsedMessage


@dataclass(frozen=True, slots=True)
class AttachmentFacts(ByFields):
    """What is stored of an attachment beside the raw message that holds it; `size` in bytes."""

    sha256: bytes
    name: str
    media_type: str
    size: int
    inline: bool
    content_id: str


@dataclass(frozen=True, slots=True)
class Prepared(ByFields):
    """Everything about one item that can be worked out without the store.

    `sha256` is that of the bytes of an item that could not be parsed, b"" otherwise. `identity` and
    `content_key` are 16-byte BLAKE2b digests: `identity` of the Message-ID, or of the content when there is
    none; `content_key` of sender, date and body. `references` are the 16-byte keys of all Message-IDs the
    message names, its own first when it has one. `raw` is zstd-compressed. `message` is None when it could
    not be parsed; `reason` then says why. Its HTML and its attachments are left out: the raw bytes hold
    them, and what is stored of them stands here.
    """

    position: int
    locator: str
    flags: tuple[str, ...]
    size: int
    sha256: bytes
    raw: bytes
    message: ParsedMessage | None
    reason: str = ""
    identity: bytes = b""
    content_key: bytes = b""
    references: tuple[bytes, ...] = ()
    base_subject: str = ""
    is_reply: bool = False
    preview: str = ""
    has_html: bool = False
    attachments: tuple[AttachmentFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Consecutive items of a source that are stored together.

    `skipped` items are no mail; `position` is that of the last item, `size` the bytes of all. `rescued` when
    the process that read it ended, so that it had to be read again.
    """

    items: list[Prepared]
    skipped: int
    position: int
    size: int
    rescued: bool = False


@dataclass(frozen=True, slots=True)
class PageCount:
    """What became of the items of one page; messages = stored + duplicates + unread."""

    messages: int = 0
    stored: int = 0
    duplicates: int = 0
    unread: int = 0
    skipped: int = 0
