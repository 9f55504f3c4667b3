"""Whether the plain text of a mail says more than the HTML that its reader sees."""

import re

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
_SHEET = re.compile(r"<style[^>]*")
"""Outlook hides its style sheets, which are not seen anyway."""
_HIDING = (
    "display:none", "visibility:h", "visibility:c", "mso-hide", "opacity:0", "opacity:.", "indent:-",
    "left:-", "right:-", "top:-9", ":-9", "font-size:0", "font-size:1px", "font:0", "max-height:0", "clip:",
    "clip-path", "scale(", "hidden=", "hidden>", ";color:#f", '"color:#f', "color:white", "fontcolor=#f",
    'fontcolor="#f', ";color:transparent", '"color:transparent', ";color:rgba", '"color:rgba',
    ";color:rgb(25", '"color:rgb(25', "<details", "<svg", "<template", "<dialog",
)  # fmt: skip
"""Signs that some of the HTML is not seen either."""


def shown(plain: str, html: str) -> str:
    """The text of the HTML where the plain text says something that is not seen there, else the plain text.

    Programs show the HTML, so that whatever the plain text alone says was not written to be read.
    """
    tight = _SHEET.sub("", html.lower()).replace(" ", "")
    if not any(sign in tight for sign in _HIDING) and not _says_more(plain, html):
        return plain
    text = to_text(html)
    return text if text and _says_more(plain, text) else plain


def _says_more(plain: str, text: str) -> bool:
    own = (line for line in plain.split("\n") if not line.startswith(">"))  # quotes are left out anyway
    lines = [line.split() for line in own]
    known = text.replace("<", " ").replace(">", " ")
    unknown = {word for line in lines for word in line}.difference(known.split())
    lowered = known.lower()
    missing = {
        word
        for word in unknown
        if (low := word.lower()) not in lowered
        and not all(piece in lowered for piece in _PIECE.findall(_ADDRESS.sub("", low)))
    }
    return bool(missing) and any(_is_own(line, missing) for line in lines)


def _is_own(words: list[str], missing: set[str]) -> bool:
    told = missing.intersection(words)
    count = sum(1 + len(_UNSPACED.findall(word)) // 3 for word in told)
    if count >= _FEWEST and len(told) >= _SHARE * len(words):
        return True
    return any(sum(map(str.isdigit, word)) >= _FIGURES for word in told)
