"""Message-ID, In-Reply-To and References: identifiers without angle brackets."""

import re

_BRACKETED = re.compile(r"<([^<>]{1,2000})>")
_SPACE = re.compile(r"\s+")
_MAX_ID = 998
_MAX_HEADER = 2_000_000
MAX_REFERENCES = 100


def message_id(text: str) -> str:
    """The one identifier of a Message-ID header; "" when there is none."""
    match = _BRACKETED.search(text[:10_000])
    return _cleaned(match.group(1) if match else text[:_MAX_ID].strip("<> \t"))


def identifiers(text: str) -> list[str]:
    """All identifiers of a References or In-Reply-To header, as written, without repeats."""
    text = text[:_MAX_HEADER]
    found = _BRACKETED.findall(text)
    if not found:
        found = [word.strip("<>") for word in text.replace(",", " ").split() if "@" in word]
    return [name for name in dict.fromkeys(map(_cleaned, found)) if name]


def _cleaned(text: str) -> str:
    if not text.isprintable() or " " in text:
        text = "".join(char for char in _SPACE.sub("", text) if char.isprintable())
    return text[:_MAX_ID]


def thread_ids(references: str, in_reply_to: str, own: str) -> tuple[tuple[str, ...], str, str]:
    """References oldest first with the parent last, the parent, and a sentence when some were cut.

    As RFC 5322 (3.6.4) and RFC 1036 (2.2.5) suggest, the first and the latest are kept. A header
    In-Reply-To of old times may name an address before the identifier, so its last one counts.
    """
    parents = identifiers(in_reply_to) if in_reply_to else []
    parent = next((name for name in reversed(parents) if "@" in name), parents[-1] if parents else "")
    parent = "" if parent == own else parent
    if not references:
        return ((parent,) if parent else ()), parent, ""
    chain = [name for name in identifiers(references) if name not in (own, parent)]
    if parent:
        chain.append(parent)
    if len(chain) <= MAX_REFERENCES:
        return tuple(chain), parent, ""
    problem = f"The message names {len(chain):,} earlier messages; {MAX_REFERENCES} were kept."
    return (chain[0], *chain[1 - MAX_REFERENCES :]), parent, problem
