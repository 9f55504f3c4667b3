"""Words in HTML that no reader sees: preheaders, hidden and misplaced elements, white on white."""

import re
import time
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from fluffy_core.mail.html import colours, css, unseen
from fluffy_core.mail.html.colours import Colour
from fluffy_core.mail.html.css import Declarations

_MAX_ELEMENTS = 100_000
_MAX_SHEETS, _MAX_SHEET = 20, 200_000
_MAX_HITS = 100_000
_MAX_STEPS, _MAX_SECONDS = 300_000_000, 1.0
"""Of a selector (about a second), and of all of a mail, in processor time: dearer ones are meant to be."""
_SUSPECT = re.compile(r"style|color|hidden|preheader|popover|<body[^>]{0,500} text", re.IGNORECASE)
_NEVER = re.compile(
    r"<(?:title|template|noembed|noframes|datalist|dialog|details|svg|video|audio|canvas|object|applet|rp|annot"
    r"|marquee|progress|meter)",
    re.IGNORECASE,
)
_NEVER_SHOWN = (
    "title,template,noembed,noframes,datalist,dialog:not([open]),svg,video,audio,canvas,object,applet,rp"
    ",annotation,annotation-xml,progress,meter,marquee[width='0'],marquee[height='0']"
)
"""What no browser shows (HTML standard, section 15.3.1), or not in mail, wherever in the body it stands."""
_FOLDED = "details:not([open])"
_TOLD = "[hidden],[popover],[class~=preheader i]"
_DECLARING = "[style],[bgcolor],[background],font"
_ATTRIBUTES = frozenset(("style", "bgcolor", "background", "color", "text", "size"))
_TELLING = re.compile(
    r"(?:^|[;\s])((?:display|visibility|opacity|color|background\S*|font(?:-size)?|(?:line-)?height|max-[\w-]+|width|(?:block|inline)-size|overflow\S*"
    r"|position|left|right|top|bottom|inset|margin\S*|padding\S*|text-indent|letter-spacing|mso-hide|content-visibility"
    r"|(?:-webkit-|-ms-)?(?:clip|transform|text-fill|scale|translate|rotate|zoom|filter|mask|backface)[\w-]*|--\w[\w-]*)"
    r"\s*(?:/\*.*?\*/)?\s*:[^;]*)",
    re.IGNORECASE,
)
"""Declarations that may take something out of sight."""
_DIGITS = re.compile(r"[0-9a-f]{6}")
_TINY = 3
"""Pixels: smaller letters are not seen."""
_FONT_SIZES = {"1": 10.0, "2": 13.0}
_SIZE_WORDS = {"xx-small": 9.0, "x-small": 10.0, "small": 13.0, "smaller": 13.0}
_USUAL = 16.0


@dataclass(frozen=True, slots=True)
class _Look:
    """How text looks in an element; `below` are the colours it stands on, none where a picture may be."""

    colour: Colour = colours.BLACK
    below: tuple[Colour, ...] = (colours.WHITE,)
    size: float = _USUAL
    root: float = _USUAL
    opacity: float = 1.0
    seen: bool = True
    is_lost: bool = False
    """Whether nobody sees the text."""
    variables: Declarations = field(default_factory=dict)


def remove(tree: Any, html: str) -> None:
    """Takes hidden words out of a resiliparse tree; `html` is its source."""
    if _NEVER.search(html):
        for element in tree.body.query_selector_all(_NEVER_SHOWN)[:_MAX_ELEMENTS]:
            element.decompose()
        _fold(tree)
    if not _SUSPECT.search(html):
        return
    for element in tree.body.query_selector_all(_TOLD)[:_MAX_ELEMENTS]:
        element.decompose()
    _apply_sheets(tree, html)
    looks = _looks(tree)
    for element, look in looks.items():
        if look is None:
            element.decompose()
        elif look.is_lost:
            _strip(element, looks)


def _fold(tree: Any) -> None:
    """Takes out what opens at a click only."""
    for element in tree.body.query_selector_all(_FOLDED)[:_MAX_ELEMENTS]:
        for child in list(element.child_nodes[:]):
            if child.tag != "summary":
                child.decompose()


def _apply_sheets(tree: Any, html: str) -> None:
    """Writes what style sheets say into the style attributes, before what these say themselves."""
    told = _telling(html, len(tree.document.query_selector_all("*")))
    hits, until = 0, time.thread_time() + _MAX_SECONDS
    for _, _, selector, declared in sorted(told, reverse=True):
        if hits > _MAX_HITS or time.thread_time() > until:
            break
        for element in _found(tree, selector):
            hits += 1
            own = element.getattr("style")
            element.setattr("style", f"{declared};{own}" if own else declared)


def _telling(html: str, elements: int) -> list[tuple[tuple[int, int, int], int, str, str]]:
    """Rules of style sheets that may hide something: specificity, place, selector, declarations."""
    return [
        (rule.specificity, number, rule.selector, ";".join(telling))
        for number, rule in enumerate(css.rules(_sheets(html)))
        if (telling := _TELLING.findall(rule.declared)) and rule.steps(elements) <= _MAX_STEPS
    ]


def _found(tree: Any, selector: str) -> list[Any]:
    try:
        return list(tree.document.query_selector_all(selector)[:_MAX_ELEMENTS])
    except ValueError:  # a selector that is none, or a newer one
        parts = selector.split(",")
        return [one for each in parts for one in _found(tree, each)] if len(parts) > 1 else []


def _sheets(html: str) -> str:
    lowered = html.lower()
    found: list[str] = []
    end = 0
    for _ in range(_MAX_SHEETS):
        start = lowered.find("<style", end)
        inside = html.find(">", start) + 1 if start >= 0 else 0
        if not inside:
            break
        end = lowered.find("</style", inside)
        end = len(html) if end < 0 else end
        found.append(html[inside : min(end, inside + _MAX_SHEET)])
    return "\n".join(found)


def _looks(tree: Any) -> dict[Any, _Look | None]:
    """The look of every element that declares one, in the order of the document; None for those out of sight.

    What lies below an element out of sight is left out.
    """
    body = tree.body
    looks: dict[Any, _Look | None] = {}
    around: dict[Any, _Look | None] = {None: _Look()}
    known: dict[tuple[object, ...], _Look | None] = {}
    for element in [body.parent, body, *body.query_selector_all(_DECLARING)[:_MAX_ELEMENTS]]:
        passed, node = [], element.parent
        while node not in around and node not in looks:
            passed.append(node)
            node = node.parent
        outer = looks[node] if node in looks else around[node]
        around.update(dict.fromkeys(passed, outer))
        if outer is None:
            around[element] = None
            continue
        told = tuple((name, element.getattr(name)) for name in element.attrs if name in _ATTRIBUTES)
        key = (id(outer), element.tag == "font", told)
        if key not in known:
            known[key] = _look(element, outer)
        looks[element] = known[key]
    return looks


@lru_cache(maxsize=4096)
def _declared(style: str) -> tuple[Declarations, bool]:
    """What a style attribute says, and whether that takes an element out of sight."""
    declared = css.declarations(style)
    return declared, unseen.is_gone(declared)


def _look(element: Any, outer: _Look) -> _Look | None:
    declared, is_gone = _declared(element.getattr("style") or "")
    if is_gone:
        return None
    variables = {name: value for name, value in declared.items() if name.startswith("--")}
    if variables:
        outer = replace(outer, variables={**outer.variables, **variables})
    if outer.variables or any("var(" in value for value in declared.values()):
        declared = css.resolved(declared, outer.variables)
        if unseen.is_gone(declared):
            return None
    colour = _colour(element, declared, outer)
    below = _below(element, declared, outer=outer, colour=colour)
    size = _size(element, declared, outer)
    root = size if element.tag == "html" else outer.root
    opacity = outer.opacity * min(1.0, unseen.share(declared.get("opacity", "1")) or 1.0)
    if opacity < unseen.FAINT:
        return None
    seen = declared.get("visibility", "visible" if outer.seen else "hidden") == "visible"
    blends = bool(below) and all(colours.are_alike(colour, one) for one in below)
    is_lost = not seen or size < _TINY or blends
    look = replace(outer, colour=colour, below=below, size=size, root=root)
    return replace(look, opacity=opacity, seen=seen, is_lost=is_lost)


def _colour(element: Any, declared: Declarations, outer: _Look) -> Colour:
    told = [declared.get("-webkit-text-fill-color"), declared.get("color")]
    told += [_attribute(element, name) for name in ("color", "text")]
    read = (colours.read(each) for each in told if each)
    return next((each for each in read if each is not None), outer.colour)


def _attribute(element: Any, name: str) -> str:
    """A colour as HTML attributes write it: "#" may be left out."""
    written = (element.getattr(name) or "").strip().lower()
    return f"#{written}" if _DIGITS.fullmatch(written) else written


def _below(element: Any, declared: Declarations, *, outer: _Look, colour: Colour) -> tuple[Colour, ...]:
    """The colours behind the text: those declared, those around where none is, () for a picture."""
    told = [
        declared[name] for name in ("background-color", "background", "background-image") if name in declared
    ]
    told.append(_attribute(element, "bgcolor"))
    if any("currentcolor" in each for each in told):
        return (colour,)
    opaque = tuple(one for each in told for one in colours.within(each) if one[3] > unseen.FAINT)
    if opaque:
        return opaque
    return () if element.hasattr("background") or any("url(" in each for each in told) else outer.below


def _size(element: Any, declared: Declarations, outer: _Look) -> float:
    around = outer.size
    told = declared.get("font-size") or _of_font(declared.get("font", ""))
    if not told:
        return _FONT_SIZES.get(element.getattr("size") or "", around) if element.tag == "font" else around
    if told in _SIZE_WORDS:
        return _SIZE_WORDS[told]
    found = css.length(told)
    if found is None:
        return _USUAL if told not in ("inherit", "unset") else around
    if told.rstrip(")").endswith("rem"):
        return found * outer.root / _USUAL
    relative = told.rstrip(")").endswith(("%", "em"))
    return found * around / (1_000 if "%" in told else _USUAL) if relative else found


def _of_font(value: str) -> str:
    """The size in the short form: what stands before the family and the height of lines."""
    found = re.search(r"(?:^| )(-?(?:\d+\.?\d*|\.\d+)(?:[a-z]{2,4}|%)?)(?=[/ ])", value)
    return found[1] if found and not re.fullmatch(r"[1-9]00", found[1]) else ""


def _strip(element: Any, looks: dict[Any, _Look | None]) -> None:
    """Takes an element's own words out; what declares a look of its own is judged by it."""
    waiting = [element]
    while waiting:
        for child in list(waiting.pop().child_nodes[:]):
            if child.tag is None or child.tag == "#text":
                child.decompose()
            elif child not in looks:
                waiting.append(child)
