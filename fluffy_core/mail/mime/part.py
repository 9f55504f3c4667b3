"""One node of a MIME tree, as both parsers build it."""

from dataclasses import dataclass, field

from fluffy_core.mail.mime import params
from fluffy_core.mail.mime.headers import Headers


@dataclass(slots=True)
class Part:
    """A leaf with its transfer-decoded `content`, or a multipart with its `children`."""

    headers: Headers
    media_type: str
    params: dict[str, str]
    content: bytes = b""
    children: list["Part"] = field(default_factory=list)

    @property
    def is_multipart(self) -> bool:
        """Whether the part says it holds others; it may hold none."""
        return self.media_type.startswith("multipart/")

    @property
    def disposition(self) -> str:
        """What Content-Disposition says: inline, attachment or nothing."""
        return params.parse(self.headers.text("content-disposition"))[0]

    @property
    def filename(self) -> str:
        """The declared file name, decoded but not made safe."""
        if "content-disposition" in self.headers:
            name = params.parse(self.headers.text("content-disposition"))[1].get("filename", "")
            if name:
                return name
        return self.params.get("name", "")

    @property
    def content_id(self) -> str:
        """Content-ID without angle brackets."""
        return self.headers.line("content-id").strip("<> ")


def new_part(headers: Headers, *, in_digest: bool = False) -> Part:
    """A part without content, its type read from its headers; what makes no sense is text/plain."""
    media_type, values = params.parse(headers.text("content-type"))
    if not media_type and in_digest:
        media_type = "message/rfc822"
    elif media_type == "text":
        media_type = "text/plain"
    elif media_type.count("/") != 1 or media_type[0] == "/" or media_type[-1] == "/":
        media_type = "multipart/mixed" if media_type == "multipart" else "text/plain"
    return Part(headers, media_type, values)
