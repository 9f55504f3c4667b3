"""The text that a message passes on: what others wrote and its reader may not have seen."""

from fluffy_core.mail.zones import quotes, zones
from fluffy_core.mail.zones.quote_words import FROM

_DEEPEST = 4
_FEW_CHARS = 200
"""So short a note ("FYI, see below") only passes on, too."""


def passed_on(text: str, *, deepest: int = _DEEPEST) -> str:
    """Return the new text of the nearest message that is forwarded in `text`, "" when there is none.

    Where that only says a few words about what it passes on itself, that comes with it.
    """
    lines = text.split("\n")
    found = (one for one in quotes.announcements(lines) if one.kind is not quotes.Start.ATTRIBUTION)
    announced = next(found, None)
    if announced is None:
        return ""
    inner = "\n".join(_unmarked(lines[announced.end :]))
    said = zones.reply_text(inner, sender=announced.headers.get(FROM, ""))
    further = passed_on(inner, deepest=deepest - 1) if deepest > 1 and len(said) < _FEW_CHARS else ""
    return f"{said}\n\n{further}".strip()


def _unmarked(lines: list[str]) -> list[str]:
    """Take one mark off lines that all have one."""
    if not all(line.startswith(">") for line in lines if line.strip()):
        return lines
    return [line[1:].removeprefix(" ") for line in lines]
