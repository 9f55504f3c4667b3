"""Whether the plain text of a mail says more than the HTML that its reader sees."""

import re

from fluffy_core.mail.html.text import to_text

_FEWEST, _SHARE = 3, 0.5
"""A line says something of its own with so many words, at least so much of it, that stand nowhere else."""
_FIGURES = 4
"""A number of so many digits is told on its own."""
_ADDRESS = re.compile(r"https?:|mailto:|tel:|\[cid:|\[image")
"""Where links lead and what stands for pictures is told in the plain text alone."""
_PIECE = re.compile(r"[^\W_]+")
_SHEET = re.compile(r"<style[^>]*")
"""Outlook hides its style sheets, which are not seen anyway."""
_LIST = re.compile(r"text-indent:-(?:0?\.\d{1,4}in|\d{1,2}(?:\.\d{1,4})?p[tx])(?=[;\"'])")
"""In Outlook's lists the first line stands out by so little, which hides nothing."""
_STYLES = re.compile(
    r""":(?:(?<=display:)none|(?<=visibility:)[hc]|(?<=opacity:)[0.]|(?<=max-height:)0|(?<=mso-hide:)
    |-9|(?:(?<=indent:)|(?<=left:)|(?<=right:))-|(?<=font-size:)(?:0|1px)|(?<=font:)0|(?<=clip:)|(?<=clip-path:)
    |(?<=[;"]color:)(?:\#f|transparent|rgba|rgb\(25)|(?<=color:)white)""",
    re.VERBOSE,
)
_TAGS = re.compile(r"<(?:details|dialog|svg|template)")
_WORDS = ("scale(", "hidden=", "hidden>", "fontcolor=#f", 'fontcolor="#f')
"""Signs that some of the HTML is not seen either. A pattern with one first letter is as quick as a word."""


def shown(plain: str, html: str) -> str:
    """The text of the HTML where the plain text says something that is not seen there, else the plain text.

    Programs show the HTML, so that whatever the plain text alone says was not written to be read.
    """
    lowered = html.lower()
    if not _may_hide(lowered) and not _says_more(plain, lowered):
        return plain
    text = to_text(html)
    return text if text and _says_more(plain, text.lower()) else plain


def _may_hide(lowered: str) -> bool:
    tight = _LIST.sub("", _SHEET.sub("", lowered).replace(" ", ""))
    return bool(_STYLES.search(tight) or _TAGS.search(tight)) or any(word in tight for word in _WORDS)


def _says_more(plain: str, lowered: str) -> bool:
    """Whether a line of the plain text says something that the other text, in lower case, does not hold."""
    own = [line for line in plain.split("\n") if not line.startswith(">")]  # quotes are left out anyway
    known = lowered.replace("<", " ").replace(">", " ")
    unknown = set("\n".join(own).lower().split()).difference(known.split())
    missing = {
        word
        for word in unknown
        if word not in known and not all(piece in known for piece in _PIECE.findall(word))
    }
    return bool(missing) and any(_is_own(line.split(), missing) for line in own)


def _is_own(words: list[str], missing: set[str]) -> bool:
    told = {word for word in words if word.lower() in missing and not _ADDRESS.search(word)}
    if len(told) >= _FEWEST and len(told) >= _SHARE * len(words):
        return True
    return any(sum(map(str.isdigit, word)) >= _FIGURES for word in told)
