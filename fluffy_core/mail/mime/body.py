"""Of a MIME tree the readable body, its HTML and the attachments."""

import html as entities
import re
from dataclasses import dataclass, field, replace

from fluffy_core.domain.message import Attachment
from fluffy_core.mail.html import alternatives
from fluffy_core.mail.html.text import to_text
from fluffy_core.mail.mime import attachments, charset, inline_files
from fluffy_core.mail.mime.part import Part
from fluffy_core.mail.zones import flowed

MAX_TEXT = 2_000_000
_SHORT = 300
_STUB = re.compile(r"\bHTML\b|\bbrowser\b|view (?:this|it) (?:e-?mail|message)", re.IGNORECASE)
_COMMAND = re.compile(r"<param>[^<]*</param>|</?[a-z0-9-]{1,60}>", re.IGNORECASE)
"""What `text/enriched` says about the looks of its words (RFC 1896)."""
_ENCRYPTED = {"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"}


@dataclass(slots=True)
class Body:
    """What a reader sees of a message."""

    text: str = ""
    html: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Segment:
    """One readable stretch; with both forms they say the same."""

    plain: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a part stands: `choice` is what it is a form of, and of its forms the last of a kind is shown."""

    choice: _Segment | None = None
    is_form: bool = False
    related: bool = False
    is_resource: bool = False
    """Whether it is only there for what the other part of a `multipart/related` points to."""

    def below(self, part: Part, child: Part) -> "_Place":
        """The place of a child of a multipart that stands here."""
        if part.media_type == "multipart/alternative":
            return self if self.is_form else replace(self, is_form=True)
        if part.media_type != "multipart/related":
            return replace(self, is_form=False) if self.is_form else self
        return replace(self, related=True, is_resource=self.is_resource or child is not _main(part))


def _main(related: Part) -> Part:
    """The part that the others of a `multipart/related` belong to (RFC 2387): its first unless it says so."""
    start = related.params.get("start", "").strip("<> ")
    return next(
        (each for each in related.children if start and each.content_id == start), related.children[0]
    )


class _Collector:
    """Walks a tree without recursion and sorts its leaves."""

    def __init__(self) -> None:
        self.segments: list[_Segment] = []
        self.attachments: list[Attachment] = []
        self.problems: list[str] = []

    def walk(self, root: Part) -> None:
        """Takes every leaf below `root` in order."""
        waiting = [(root, _Place())]
        while waiting:
            part, place = waiting.pop()
            kind = part.media_type
            if part.children:
                if kind == "multipart/encrypted":
                    self.problems.append(_SECRET)
                if kind == "multipart/alternative" and place.choice is None:
                    self.segments.append(_Segment())
                    place = replace(place, choice=self.segments[-1])
                waiting += [(child, place.below(part, child)) for child in reversed(part.children)]
            elif kind in ("text/plain", "text/html") or part.is_multipart or part is root:
                self._text(part, place, is_root=part is root)
            else:
                self.attach(part, related=place.related)

    def _text(self, part: Part, place: _Place, *, is_root: bool) -> None:
        """A text leaf is body unless it says it is a file."""
        kind = part.media_type
        readable = kind in ("text/plain", "text/html", "text/enriched", "text/markdown") or part.is_multipart
        is_file = part.disposition == "attachment" or place.is_resource
        is_file = is_file or (bool(part.filename) and self._has_body())
        if not readable or (is_file and not (is_root and not part.filename)):
            if part.content or not is_root or part.filename:
                self.attach(part, related=place.related)
            return
        segment = place.choice
        said = segment and (segment.html if kind == "text/html" else segment.plain)
        if segment is None or (said and not place.is_form):
            segment = _Segment()
            self.segments.append(segment)
        if kind == "text/html":
            segment.html = self._decoded(part, part.content)
        else:
            segment.plain = self._plain(part)

    def _has_body(self) -> bool:
        return any(segment.plain or segment.html for segment in self.segments)

    def _plain(self, part: Part) -> str:
        """Plain text without embedded files, its soft breaks undone."""
        content = part.content
        if b"begin " in content or b"=ybegin " in content:
            content, files = inline_files.extract(content)
            self.attachments += [
                attachments.make(name, "application/octet-stream", data) for name, data in files
            ]
        text = self._decoded(part, content)
        if part.media_type == "text/enriched":
            text = _COMMAND.sub("", text)
        if part.params.get("format", "").lower() == "flowed":
            text = flowed.unflow(text, delsp=part.params.get("delsp", "").lower() == "yes")
        return text

    def _decoded(self, part: Part, content: bytes) -> str:
        """Clean text of a leaf, cut at the limit (before decoding, at four bytes a character)."""
        cut = content[: MAX_TEXT * 4]
        text, problem = charset.decode(cut, part.params.get("charset", ""))
        if problem:
            self.problems.append(problem)
        text = charset.clean_body(text)
        if len(text) > MAX_TEXT or len(cut) < len(content):
            self.problems.append(_LONG)
            text = text[:MAX_TEXT]
        return text

    def attach(self, part: Part, *, related: bool) -> None:
        """Keeps a leaf as a file."""
        if part.media_type in _ENCRYPTED and "signed-data" not in part.params.get("smime-type", ""):
            self.problems.append(_SECRET)
        inline = related or part.disposition == "inline"
        self.attachments.append(
            attachments.make(
                part.filename, part.media_type, part.content, content_id=part.content_id, inline=inline
            )
        )


_LONG = f"The text is very long; only its first {MAX_TEXT:,} characters are shown."
_SECRET = "The message is encrypted; its text cannot be read here."


def read(root: Part) -> Body:
    """The body of `root`: text, HTML ("" when there is none), attachments and what was wrong."""
    collector = _Collector()
    collector.walk(root)
    with_html = any(segment.html for segment in collector.segments)
    texts = [_text_of(segment) for segment in collector.segments]
    body = Body(
        "\n\n".join(text for text in texts if text).strip("\n"),
        "\n".join(_html_of(segment) for segment in collector.segments) if with_html else "",
        collector.attachments,
        list(dict.fromkeys(collector.problems)),
    )
    if not body.text:
        body.text = _report(collector.attachments)
    if len(body.text) > MAX_TEXT:
        body.text = body.text[:MAX_TEXT]
        body.problems = list(dict.fromkeys((*body.problems, _LONG)))
    body.attachments = [_inline_if_shown(item, body.html) for item in body.attachments]
    return body


def _text_of(segment: _Segment) -> str:
    """The plain form, unless it is empty, only points to the HTML form or says what that does not."""
    plain = segment.plain
    if not segment.html:
        return plain.strip("\n")
    if not plain.strip() or (len(plain) < _SHORT < len(segment.html) / 6 and _STUB.search(plain)):
        return to_text(segment.html) or plain.strip("\n")
    return alternatives.shown(plain, segment.html).strip("\n")


def _html_of(segment: _Segment) -> str:
    """The HTML form; plain text between HTML parts is shown as it is."""
    if segment.html or not segment.plain.strip():
        return segment.html
    return f"<pre>{entities.escape(segment.plain)}</pre>"


def _report(files: list[Attachment]) -> str:
    """The text of a delivery report that has no words for people."""
    for item in files:
        if item.media_type in ("message/delivery-status", "message/disposition-notification"):
            return charset.clean_body(charset.decode(item.content[:100_000])[0]).strip("\n")
    return ""


def _inline_if_shown(item: Attachment, html: str) -> Attachment:
    """Inline is what the HTML shows; without a Content-ID nothing can point to it."""
    shown = bool(item.content_id) and f"cid:{item.content_id}" in html
    inline = shown or (item.inline and item.media_type.startswith("image/"))
    return item if inline == item.inline else replace(item, inline=inline)
