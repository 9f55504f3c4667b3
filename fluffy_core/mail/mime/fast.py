"""The fast path for multipart messages: fast_mail_parser, which releases the interpreter lock."""

from functools import cache
from typing import TYPE_CHECKING

from fluffy_core.mail.mime.fallback import MAX_PARTS
from fluffy_core.mail.mime.headers import Headers
from fluffy_core.mail.mime.part import Part, new_part

if TYPE_CHECKING:
    from collections.abc import Callable

    from fast_mail_parser import PyMimePart


def parse_tree(raw: bytes, root_headers: Headers) -> Part | None:
    """The tree of a well-formed multipart message; None when the parser refuses it or loses something."""
    parse, error = _parser()
    try:
        root = parse(raw)
    except error:
        return None
    tree = new_part(root_headers)
    open_parts = [(root, tree)]
    count = 0
    while open_parts:
        count += 1
        node, part = open_parts.pop()
        if not part.is_multipart:
            part.content = node.content or b""
            continue
        if not node.children or count + len(node.children) > MAX_PARTS:
            return None
        for child in node.children:
            below = new_part(_headers(child), in_digest=part.media_type == "multipart/digest")
            if below.is_multipart != (child.content is None):
                return None
            part.children.append(below)
            open_parts.append((child, below))
    return tree


def _headers(node: "PyMimePart") -> Headers:
    """The part's headers; the parser has decoded their encoded words."""
    fields: dict[str, list[bytes]] = {}
    for name, values in node.headers.items():
        fields.setdefault(name.lower(), []).extend(value.encode("utf-8", "replace") for value in values)
    return Headers(fields)


@cache
def _parser() -> "tuple[Callable[[bytes], PyMimePart], type[Exception]]":
    from fast_mail_parser import ParseError, parse_email_tree

    return parse_email_tree, ParseError
