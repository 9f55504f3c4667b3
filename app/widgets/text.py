"""Text from mail made fit for one line on screen."""

import re
import unicodedata

SHOWN = 400
"""Characters of a value that a single line can ever show."""
FSI, PDI = "\u2068", "\u2069"
"""Begin and end of words whose direction is their own (UAX #9)."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066\u2067\ufeff\ufffe\uffff]+")
_ISOLATES = re.compile(f"[{FSI}{PDI}]")
MAY_BREAK = "\u200b"
_LONG_WORD, _PIECES = re.compile(r"\S{32,}"), re.compile(r".{1,16}")
_QUOTED = re.compile("“([^“”]+)(”?)")
_FROM_THE_RIGHT = re.compile(
    r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_SPACES = re.compile(r"[^\S\u00a0\u202f]+")
"""White space but for the kinds that hold words together."""


def clean(text: str, limit: int = SHOWN) -> str:
    """One line without control characters and direction overrides, at most `limit` characters.

    Words in “…” keep a direction of their own, and so do those that were `isolated`.
    """
    line = _SPACES.sub(" ", _CONTROL.sub(" ", text[: limit * 2])).strip()
    if line.isascii():
        return line[:limit]
    return _matched(_QUOTED.sub(lambda found: f"“{isolated(found[1])}{found[2]}", line)[:limit])


def isolated(text: str) -> str:
    """Words of a mail as a part of our own: whatever their direction, the words around them keep theirs."""
    if not _FROM_THE_RIGHT.search(text) or (text.startswith(FSI) and text.endswith(PDI)):
        return text
    return f"{FSI}{text}{PDI}"


def _matched(line: str) -> str:
    """Without beginnings that do not end and ends that did not begin: they would reach beyond the words."""
    begun: list[int] = []
    lone: set[int] = set()
    for found in _ISOLATES.finditer(line):
        if found[0] == FSI:
            begun.append(found.start())
        elif begun:
            begun.pop()
        else:
            lone.add(found.start())
    lone.update(begun)
    return "".join(one for at, one in enumerate(line) if at not in lone) if lone else line


def shorten(text: str, limit: int) -> str:
    """One line of at most `limit` characters that ends in "…" where something is missing."""
    whole = clean(text, limit + 40)
    return whole if len(whole) <= limit else whole[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def breakable(text: str) -> str:
    """With places to break in words that may be longer than a line: a label cannot be made to break them."""
    return _LONG_WORD.sub(lambda found: MAY_BREAK.join(_PIECES.findall(found[0])), text)


def clean_block(text: str) -> str:
    """Lines kept, control characters and direction overrides gone: what a text view may hold."""
    plain = _ISOLATES.sub("", text)
    return "\n".join(_CONTROL.sub("", line.replace("\t", "    ")) for line in plain.split("\n"))


def is_right_to_left(text: str) -> bool:
    """Whether the first strong character that is not isolated goes from right to left (UAX #9, rule P2)."""
    inside = 0
    for character in text[:SHOWN]:
        direction = unicodedata.bidirectional(character)
        if direction in ("FSI", "PDI"):
            inside = max(0, inside + (1 if direction == "FSI" else -1))
        elif not inside and direction in ("R", "AL", "L"):
            return direction != "L"
    return False
