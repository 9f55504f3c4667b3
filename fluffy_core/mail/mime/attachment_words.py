"""Whether somebody wrote that a file goes along: only their own new words count, in many languages."""

import re
import tomllib
from functools import cache

from fluffy_core.config import resources_folder
from fluffy_core.mail.zones import zones

LONGEST = 100_000
"""Characters of a text that are looked at."""


@cache
def _pattern() -> re.Pattern[str]:
    path = resources_folder() / "mail" / "attachment_words.toml"
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    begins, anywhere = ("|".join(map(re.escape, found[name])) for name in ("begins", "anywhere"))
    return re.compile(rf"(?<!\w)(?:{begins})\w*|(?:{anywhere})", re.IGNORECASE)


def promised(text: str) -> str:
    """The word of a text that speaks of a file that goes along, as it was written; "" when none does.

    Quotes and signatures are somebody else's words, or always the same.
    """
    found = _pattern().search(zones.reply_text(text[:LONGEST]))
    return " ".join(found[0].split()) if found else ""
