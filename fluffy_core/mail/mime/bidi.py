"""Text that is written backwards to be read forwards, or the other way round, as its reader sees it."""

import re

_OVERRIDE = "\u202e"
_CONTROLS = re.compile("([\u202a-\u202e\u2066-\u2069\n])")
_ENDS_EMBEDDING, _ENDS_ISOLATE = "\u202c", "\u2069"
_ISOLATES = frozenset("\u2066\u2067\u2068")
_OPENS = _ISOLATES | frozenset("\u202a\u202b\u202d\u202e")
_DEEPEST = 125
"""Deeper ones count for nothing (Unicode Standard Annex 9, BD2)."""


def as_seen(text: str) -> str:
    """`text` with whatever a right-to-left override turns round turned round; the controls stay.

    It holds to its end or that of the line, and within it everything runs backwards (UAX 9, X1 to X8).
    """
    if _OVERRIDE not in text:
        return text
    shown: list[str] = []
    turned: list[str] = []
    open_: list[str] = []
    for piece in _CONTROLS.split(text):
        if len(piece) == 1:
            _follow(open_, piece)
        if _OVERRIDE in open_:
            turned.append(piece)
        else:
            shown += ["".join(turned)[::-1], piece]
            turned = []
    return "".join([*shown, "".join(turned)[::-1]])


def _follow(open_: list[str], letter: str) -> None:
    """Keeps what is open, the innermost last, when `letter` comes."""
    if letter in _OPENS:
        if len(open_) < _DEEPEST:
            open_.append(letter)
    elif letter == "\n":
        open_.clear()
    elif letter == _ENDS_EMBEDDING:
        if open_ and open_[-1] not in _ISOLATES:
            open_.pop()
    elif letter == _ENDS_ISOLATE and not _ISOLATES.isdisjoint(open_):
        while open_.pop() not in _ISOLATES:
            pass
