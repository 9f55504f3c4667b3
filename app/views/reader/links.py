"""Finding addresses of the web in plain text; linear on any input."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.actions.links import is_safe

_LINK = re.compile(r"\b(?:https?://|mailto:|www\.)[^\s<>\"\u00ab\u00bb\u201c\u201d]{2,2000}", re.IGNORECASE)
_TRAIL = ".,;:!?'\u2019*_"


@dataclass(frozen=True)
class Link:
    """Characters `start` up to `end` of the text lead to `address`."""

    start: int
    end: int
    address: str


def find_links(text: str) -> Iterator[Link]:
    """Web and mail addresses, without the punctuation that follows them."""
    for match in _LINK.finditer(text):
        shown = match.group().rstrip(_TRAIL)
        if shown.endswith(")") and shown.count("(") < shown.count(")"):
            shown = shown[:-1].rstrip(_TRAIL)
        address = f"https://{shown}" if shown.lower().startswith("www.") else shown
        if is_safe(address):
            yield Link(match.start(), match.start() + len(shown), address)
