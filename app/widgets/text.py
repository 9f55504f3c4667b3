"""Text from mail made fit for one line on screen."""

import re
import unicodedata

SHOWN = 400
"""Characters of a value that a single line can ever show."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]+")
_SPACES = re.compile(r"[^\S\u00a0\u202f]+")
"""White space but for the kinds that hold words together."""


def clean(text: str, limit: int = SHOWN) -> str:
    """One line without control characters and direction overrides, at most `limit` characters."""
    return _SPACES.sub(" ", _CONTROL.sub(" ", text[: limit * 2])).strip()[:limit]


def shorten(text: str, limit: int) -> str:
    """One line of at most `limit` characters that ends in "…" where something is missing."""
    whole = clean(text, limit + 40)
    return whole if len(whole) <= limit else whole[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def clean_block(text: str) -> str:
    """Lines kept, control characters and direction overrides gone: what a text view may hold."""
    return "\n".join(_CONTROL.sub("", line.replace("\t", "    ")) for line in text.split("\n"))


def is_right_to_left(text: str) -> bool:
    """Whether the first strong character is written from right to left (UAX #9, rule P2)."""
    for character in text[:SHOWN]:
        direction = unicodedata.bidirectional(character)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False
