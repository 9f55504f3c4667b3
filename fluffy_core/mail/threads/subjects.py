"""Subjects: the base subject behind reply and forward prefixes, list tags and trailers."""

import re
from functools import lru_cache

_LONGEST = 2_000
"""Characters of a subject that are looked at; nobody writes longer ones."""

_REPLY_PREFIXES = (
    "re|aw|antw|antwort|sv|vs|rif|rép|rep|réf|odp|odg|res|ynt|vá|răsp|rasp|atb|hl|bls|tl|на|ответ"
    "|απ|σχετ|השב|回复|回覆|答复|答覆|返信|답장|회신"
)
_FORWARD_PREFIXES = (
    "fw|fwd|wg|wtrlt|tr|rv|enc|vb|vl|pd|doorst|ilt|i̇lt|továbbítás|fs|trs|πρθ|пересл|הועבר"
    "|转发|轉寄|轉發|転送|전달"
)
_SHORT_REPLY, _SHORT_FORWARD = "R", "I"  # Italian Outlook; only as capitals, or "i: …" would be lost

_COUNT = r"(?:\s{0,3}[\[(^]?\d{1,4}[\])]?)?"
_PREFIX = re.compile(
    rf"\s*(?:(?P<reply>(?i:{_REPLY_PREFIXES})|{_SHORT_REPLY})"
    rf"|(?P<forward>(?i:{_FORWARD_PREFIXES})|{_SHORT_FORWARD})){_COUNT}\s{{0,3}}[:：]"
)
_TAG = re.compile(r"\s*\[[^\[\]]{1,80}\]")
_TRAILER = re.compile(r"\s*[(\[](?:fwd?|was:[^()\[\]]{0,300}|w/o [^()]{0,80})[)\]]\s*$", re.IGNORECASE)
_WRAPPED_FORWARD = re.compile(r"\[fwd?:\s*(.*)\]\s*$", re.IGNORECASE)


@lru_cache(maxsize=4096)
def base(subject: str, *, keep_tags: bool = False) -> str:
    """Return the subject without prefixes, trailers and (unless `keep_tags`) "[list]" tags, in its own case.

    Follows the base subject of RFC 5256 section 2.1, with the prefixes of other languages.
    """
    text = " ".join(subject[:_LONGEST].split())
    while True:
        shorter = _without_prefixes(text, keep_tags=keep_tags)
        wrapped = _WRAPPED_FORWARD.match(shorter)
        shorter = wrapped[1] if wrapped else _TRAILER.sub("", shorter)
        if shorter == text:
            return text
        text = shorter.strip()


def normalise(subject: str, *, keep_tags: bool = False) -> str:
    """Return the key under which subjects of one conversation are equal: `base`, case-folded."""
    return base(subject, keep_tags=keep_tags).casefold()


def is_reply(subject: str) -> bool:
    """Tell whether the outermost prefix is one of a reply ("Re:", "AW:", "SV:", …)."""
    return _outermost(subject) == "reply"


def is_forward(subject: str) -> bool:
    """Tell whether the outermost prefix is one of a forward ("Fwd:", "WG:", "TR:", …) or "(fwd)" ends it."""
    text = subject[:_LONGEST]
    outermost = _outermost(text)
    if outermost:
        return outermost == "forward"
    trailer = _TRAILER.search(text)
    ends_forwarded = trailer is not None and trailer[0].strip(" ([")[:2].casefold() == "fw"
    return ends_forwarded or _WRAPPED_FORWARD.match(text.strip()) is not None


def _outermost(subject: str) -> str:
    text = subject[:_LONGEST]
    position = 0
    while tag := _TAG.match(text, position):
        position = tag.end()
    prefix = _PREFIX.match(text, position)
    return (prefix.lastgroup or "") if prefix else ""


def _without_prefixes(text: str, *, keep_tags: bool) -> str:
    """Strip prefixes and tags from the left; a subject that is only a tag keeps it (RFC 5256)."""
    position, tags = 0, ""
    while True:
        if prefix := _PREFIX.match(text, position):
            position = prefix.end()
        elif (tag := _TAG.match(text, position)) and (keep_tags or text[tag.end() :].strip()):
            tags += tag[0].strip() + " "
            position = tag.end()
        else:
            break
    rest = text[position:].strip()
    return (tags + rest).strip() if keep_tags else rest
