"""Words in HTML that no reader sees: preheaders, hidden elements, white on white."""

import re
from typing import Any

_MAX_ELEMENTS = 20_000
_MAX_ANCESTORS = 40
_MAX_STYLE = 2000
_MAX_SHEETS, _MAX_SHEET = 10, 200_000
_SUSPECT = re.compile(
    r"display|visibility|font-size\s*:\s*[01]|opacity|max-height|color|hidden|preheader|text-indent|left\s*:\s*-"
    r"|height\s*:\s*0|clip|scale\s*\(|mso-hide|zoom|filter|top\s*:\s*-|width\s*:\s*0",
    re.IGNORECASE,
)
_NEVER = re.compile(r"<(?:title|template|noembed|noframes|datalist|dialog)\b", re.IGNORECASE)
_NEVER_SHOWN = "title,template,noembed,noframes,datalist,dialog:not([open])"
"""What no browser shows (HTML standard, section 15.3.1), wherever in the body it stands."""
_GONE = re.compile(
    r"(?:^|;)(?:display:none|visibility:hidden|opacity:0(?:\.0+)?(?:;|!|$)|max-height:0|text-indent:-\d{3,}"
    r"|left:-\d{3,}|top:-\d{3,}|(?:height|width):0(?:px)?[;!].*overflow:hidden"
    r"|overflow:hidden.*;(?:height|width):0(?:px)?(?:[;!]|$)|mso-hide:all|zoom:0(?:\.0+)?(?:[;!]|$)"
    r"|clip:rect\((?:0|1)(?:px)?[, ]|clip-path:inset\((?:50|100)%|transform:[^;]*scale\(0(?:\.0+)?[,)]"
    r"|filter:opacity\(0(?:\.0+)?%?\))"
)
_TINY = re.compile(r"(?:^|;)font-size:(?:0(?:\.\d+)?(?:px|pt|em|rem|%)?|1px)(?:[;!]|$)")
_TEXT_COLOUR = re.compile(r"(?:^|;)color:([^;]*)")
_BACKGROUND = re.compile(r"(?:^|;)background(?:-color|-image)?:([^;]*)")
_NO_COLOUR = frozenset({"", "none", "transparent", "inherit", "initial", "unset"})
_HEX = re.compile(
    r"#(?:([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})(?:[0-9a-f]{2})?|([0-9a-f])([0-9a-f])([0-9a-f])[0-9a-f]?)"
)
_RGB = re.compile(r"rgba?\((\d{1,3})[, ](\d{1,3})[, ](\d{1,3})(?:[,/](\d*\.?\d+%?))?\)")
_NAMED = {"white": (255, 255, 255), "snow": (255, 250, 250), "black": (0, 0, 0), "ivory": (255, 255, 240)}
_ALIKE = 10
"""Colours that differ by no more in each of red, green and blue (0 to 255) cannot be told apart."""
_FAINT = 0.1
"""Text of less alpha is not seen."""
_SPACE = re.compile(r"\s+")
# The repetitions are bounded: a sheet written to be slow is read in part.
_MEDIA = re.compile(r"@[^{}@;]{0,500}\{(?:[^{}]{0,1000}\{[^{}]{0,1000}\}){0,200}[^{}]{0,1000}\}")
_HIDING_CLASS = re.compile(
    r"\.([A-Za-z][\w-]{0,60})\s{0,20}\{[^{}]{0,500}?(?:display\s{0,9}:\s{0,9}none|mso-hide)[^{}]{0,500}\}",
    re.IGNORECASE,
)


def remove(tree: Any, html: str) -> None:
    """Takes hidden elements out of a resiliparse tree; `html` is its source."""
    if _NEVER.search(html):
        for element in tree.body.query_selector_all(_NEVER_SHOWN)[:_MAX_ELEMENTS]:
            element.decompose()
    if not _SUSPECT.search(html):
        return
    for element in tree.body.query_selector_all("[style],[hidden],[bgcolor],font[color],.preheader")[
        :_MAX_ELEMENTS
    ]:
        if _is_hidden(element):
            element.decompose()
    for name in _hiding_classes(html):
        for element in tree.body.query_selector_all("." + name)[:_MAX_ELEMENTS]:
            element.decompose()


def _hiding_classes(html: str) -> set[str]:
    """Classes that a style sheet hides on every screen; rules for some screens only don't count."""
    names: set[str] = set()
    lowered = html.lower()
    end = 0
    for _ in range(_MAX_SHEETS):
        start = lowered.find("<style", end)
        end = lowered.find("</style", start) if start >= 0 else -1
        if end < 0:
            break
        sheet = html[start : min(end, start + _MAX_SHEET)]
        names.update(_HIDING_CLASS.findall(_MEDIA.sub("", sheet))[:50])
    return names


def _style(element: Any) -> str:
    return _SPACE.sub("", (element.getattr("style") or "")[:_MAX_STYLE].lower())


def _is_hidden(element: Any) -> bool:
    if element.hasattr("hidden") or "preheader" in (element.class_name or "").lower().split():
        return True
    style = _style(element)
    if _GONE.search(style):
        return True
    if _TINY.search(style) and element.query_selector('[style*="font-size"]') is None:
        return True
    return _is_lost(element, style)


def _is_lost(element: Any, style: str) -> bool:
    """Whether the text has the colour of what it stands on."""
    told = _TEXT_COLOUR.findall(style)
    written = told[-1] if told else (element.getattr("color") or "").lower() if element.tag == "font" else ""
    written = written.removesuffix("!important")
    if written == "transparent":
        return True
    colour = _colour(written)
    if colour is None:
        return False
    if len(colour) > 3 and colour[3] < _FAINT:  # noqa: PLR2004
        return True
    below = _below(element)
    return below is not None and all(
        abs(one - other) <= _ALIKE for one, other in zip(colour[:3], below, strict=True)
    )


def _below(element: Any) -> tuple[float, ...] | None:
    """The colour behind an element's text: white by default, None where it is not a plain one."""
    node = element
    for _ in range(_MAX_ANCESTORS):
        if node is None or not hasattr(node, "getattr"):
            break
        if node.getattr("background"):
            return None
        declared = [each.removesuffix("!important") for each in _BACKGROUND.findall(_style(node))]
        declared.append((node.getattr("bgcolor") or "").lower())
        for each in declared:
            if each not in _NO_COLOUR:
                colour = _colour(each)
                return colour[:3] if colour else None
        node = node.parent
    return _NAMED["white"]


def _colour(written: str) -> tuple[float, ...] | None:
    """Red, green, blue (0 to 255) and perhaps alpha (0 to 1) of a CSS colour; None for one not known here."""
    if named := _NAMED.get(written):
        return named
    if found := _HEX.fullmatch(written):
        digits = [each for each in found.groups() if each]
        return tuple(float(int(each * (3 - len(each)), 16)) for each in digits)
    if found := _RGB.fullmatch(written):
        *channels, alpha = found.groups()
        colour = tuple(float(each) for each in channels)
        if alpha is None:
            return colour
        return (*colour, float(alpha.rstrip("%")) / (100 if alpha.endswith("%") else 1))
    return None
