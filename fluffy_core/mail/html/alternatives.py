"""Whether the plain text of a mail says more than the HTML that its reader sees."""

import re

from fluffy_core.mail.html import hiding
from fluffy_core.mail.html.text import to_text

_FEWEST, _SHARE = 3, 0.5
"""A line says something of its own with so many words, at least so much of it, that stand nowhere else."""
_FIGURES = 4
"""A number of so many digits is told on its own."""
_ADDRESS = re.compile(r"(?:https?:|mailto:|tel:|\[cid:|\[image)[!-~]*", re.IGNORECASE)
"""Where links lead and what stands for pictures is told in the plain text alone."""
_PIECE = re.compile(r"[^\W_]+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Letters of scripts that put no spaces between words, which are about three letters long."""


def shown(plain: str, html: str) -> str:
    """The text of the HTML where the plain text says something that is not seen there, else the plain text.

    Programs show the HTML, so that whatever the plain text alone says was not written to be read.
    """
    lowered = html.lower()
    if not hiding.may_hide(lowered) and not _says_more(plain, hiding.bare(lowered)):
        return plain
    text = to_text(html)
    return text if text and _says_more(plain, text.lower()) else plain


def _says_more(plain: str, lowered: str) -> bool:
    """Whether a line of the plain text says something that the other text, in lower case, does not hold."""
    own = [line for line in plain.split("\n") if not line.startswith(">")]  # quotes are left out anyway
    known = lowered.replace("<", " ").replace(">", " ")
    unknown = set("\n".join(own).lower().split()).difference(known.split())
    missing = {
        word
        for word in unknown
        if word not in known and not all(piece in known for piece in _PIECE.findall(_ADDRESS.sub("", word)))
    }
    return bool(missing) and any(_is_own(line.split(), missing) for line in own)


def _is_own(words: list[str], missing: set[str]) -> bool:
    told = {word for word in words if word.lower() in missing}
    count = sum(1 + len(_UNSPACED.findall(word)) // 3 for word in told)
    if count >= _FEWEST and len(told) >= _SHARE * len(words):
        return True
    return any(sum(map(str.isdigit, word)) >= _FIGURES for word in told)
