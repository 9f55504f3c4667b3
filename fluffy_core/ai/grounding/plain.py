"""What a language model wrote, as plain text that leads nowhere its sources do not lead."""

import re
from collections.abc import Sequence

from fluffy_core.ai.grounding.claims import ClaimKind
from fluffy_core.ai.grounding.grounding import Grounds
from fluffy_core.ai.grounding.prompts import neutral

_CONTROL = re.compile(
    r"<[|｜][^<>\n]{0,60}[|｜]?>|</?s>|<(?:start|end)_of_\w+>|<<?/?SYS>>?|\[/?INST\]", re.IGNORECASE
)
_LINKED = re.compile(r"!?\[([^\[\]\n]{0,300})\]\(\s*<?([^()\s]{0,2000})>?[^()\n]{0,200}\)")
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,500}>")
_FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,}).*$", re.MULTILINE)
_HEADING = re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+", re.MULTILINE)
_MARKED = re.compile(r"(\*\*\*|\*\*|__|~~|`)(?=\S)([^\n]{1,500}?)(?<=\S)\1")
_PLACES = {
    ClaimKind.LINK: "[link]",
    ClaimKind.ADDRESS: "[address]",
    ClaimKind.PHONE: "[phone number]",
    ClaimKind.ACCOUNT: "[account number]",
}


def plain(output: str, sources: Sequence[str] | Grounds) -> str:
    """The output without markup, control tokens and invisible characters, its contacts grounded.

    Links, mail addresses, phone and account numbers that the sources do not hold become `[link]`,
    `[address]`, `[phone number]` and `[account number]`; a link's words and its target both count.
    """
    text = _CONTROL.sub("", output)
    text = _LINKED.sub(lambda found: f"{found[1]} {found[2]}" if found[2] else found[1], text)
    text = _FENCE.sub("", _TAG.sub("", text))
    text = _MARKED.sub(r"\2", _HEADING.sub("", text))
    text = neutral(text).replace("‹", "").replace("›", "").strip()
    grounds = sources if isinstance(sources, Grounds) else Grounds(sources)
    for claim in reversed(grounds.unsupported(text)):
        if claim.kind in _PLACES:
            text = text[: claim.start] + _PLACES[claim.kind] + text[claim.end :]
    return text
