"""Words in HTML that no reader sees: preheaders, hidden elements, white on white."""

import re
from typing import Any

_MAX_ELEMENTS = 20_000
_MAX_ANCESTORS = 40
_MAX_STYLE = 2000
_MAX_SHEETS, _MAX_SHEET = 10, 200_000
_SUSPECT = re.compile(
    r"display|visibility|font-size\s*:\s*[01]|opacity|max-height|color|hidden|preheader|text-indent|left\s*:\s*-"
    r"|height\s*:\s*0",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"(?:^|;)(?:display:none|visibility:hidden|opacity:0(?:\.0+)?(?:;|!|$)|max-height:0|text-indent:-\d{3,}"
    r"|left:-\d{3,}|height:0(?:px)?[;!].*overflow:hidden|overflow:hidden.*;height:0(?:px)?(?:[;!]|$))"
)
_TINY = re.compile(r"(?:^|;)font-size:(?:0(?:\.\d+)?(?:px|pt|em|rem|%)?|1px)(?:[;!]|$)")
_WHITE = r"(?:#fff(?:fff)?|white|rgba?\(255,255,255(?:,1)?\))"
_WHITE_TEXT = re.compile(rf"(?:^|;)color:(?:{_WHITE}|transparent)(?:[;!]|$)")
_BACKGROUND = re.compile(r"(?:^|;)background(?:-color|-image)?:([^;]*)")
_WHITE_OR_NONE = re.compile(rf"(?:{_WHITE}|none|transparent|inherit|initial)?(?:!important)?")
_SPACE = re.compile(r"\s+")
# The repetitions are bounded: a sheet written to be slow is read in part.
_MEDIA = re.compile(r"@[^{}@;]{0,500}\{(?:[^{}]{0,1000}\{[^{}]{0,1000}\}){0,200}[^{}]{0,1000}\}")
_HIDING_CLASS = re.compile(
    r"\.([A-Za-z][\w-]{0,60})\s{0,20}\{[^{}]{0,500}?(?:display\s{0,9}:\s{0,9}none|mso-hide)[^{}]{0,500}\}",
    re.IGNORECASE,
)


def remove(tree: Any, html: str) -> None:
    """Takes hidden elements out of a resiliparse tree; `html` is its source."""
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
    colour = (element.getattr("color") or "").lower() if element.tag == "font" else ""
    if _WHITE_TEXT.search(style) or (colour and re.fullmatch(_WHITE, colour)):
        return not _on_colour(element)
    return False


def _on_colour(element: Any) -> bool:
    """Whether the element or one around it has a background that is not white."""
    node = element
    for _ in range(_MAX_ANCESTORS):
        if node is None or not hasattr(node, "getattr"):
            return False
        colours = [match.strip() for match in _BACKGROUND.findall(_style(node))]
        colours.append((node.getattr("bgcolor") or "").lower())
        if node.getattr("background") or any(not _WHITE_OR_NONE.fullmatch(colour) for colour in colours):
            return True
        node = node.parent
    return True
