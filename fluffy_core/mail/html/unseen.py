"""Whether what CSS declares takes an element out of sight: not drawn, no size, somewhere else, cut away."""

import re

from fluffy_core.mail.html import colours
from fluffy_core.mail.html.css import Declarations, length, lengths

FAINT = 0.1
"""Less opacity, scale or zoom is not seen."""
_NARROW = 2
_FAR, _VERY_FAR = -200, 1_500
"""Pixels: so far to the left or above nothing is seen, nor so far to the right."""
_SHIFTED = 800
_WHOLE = 100
_OVERLAID = -4
"""Pixels between letters at which they lie upon each other."""
_BLURRED = 5
_NUMBER = re.compile(r"(-?(?:\d+\.?\d*|\.\d+)(?:e-?\d{1,2})?)(%?)")
_CUT = re.compile(r"rect\(([^()]*)\)")
_SHAPE = re.compile(r"(inset|circle|ellipse|polygon|rect|xywh)\(([^()]*)\)")
_MOVED = re.compile(r"(scale|translate|rotate|matrix)([xyz]|3d)?\(([^()]*)\)")
_FILTER = re.compile(r"(opacity|alpha|blur)\(([^()]*)\)")
_SIZES = ("width", "height", "max-width", "max-height")
_SIDES = ("left", "right", "top", "bottom", "inset")


def is_gone(declared: Declarations) -> bool:
    """Whether nothing in an element that declares this is seen, whatever its children declare."""
    return any(test(declared) for test in (_is_off, _is_faint, _has_no_room, _is_away, _is_cut, _is_shrunk))


def share(value: str) -> float | None:
    """A number or a percentage as a share of one."""
    found = _NUMBER.search(value)
    return None if found is None else float(found[1]) / (100 if found[2] else 1)


def _is_off(declared: Declarations) -> bool:
    return (
        declared.get("display") == "none"
        or declared.get("mso-hide") == "all"
        or declared.get("content-visibility") == "hidden"
    )


def _is_faint(declared: Declarations) -> bool:
    seen, zoom = share(declared.get("opacity", "")), share(declared.get("zoom", ""))
    if (seen is not None and seen < FAINT) or (zoom and zoom < FAINT):  # a zoom of 0 is none
        return True
    masks = [one for name, value in declared.items() if "mask" in name for one in colours.within(value)]
    if masks and all(one[3] < FAINT for one in masks):
        return True
    for kind, inside in _FILTER.findall(declared.get("filter", "") + declared.get("-webkit-filter", "")):
        amount = share(inside)
        if amount is None:
            continue
        if amount >= _BLURRED if kind == "blur" else amount < FAINT * (100 if kind == "alpha" else 1):
            return True
    return False


def _has_no_room(declared: Declarations) -> bool:
    spills = " ".join(declared.get(name, "") for name in ("overflow", "overflow-x", "overflow-y"))
    hides, scrolls = (
        any(word in spills for word in words) for words in (("hidden", "clip"), ("auto", "scroll"))
    )
    sizes = [told for name in _SIZES if (told := length(declared.get(name, ""))) is not None]
    if hides and (
        length(declared.get("line-height", "")) == 0
        or any(told <= _NARROW for told in sizes)
        or max(_all(declared, "padding"), default=0) > _VERY_FAR
    ):
        return True
    return (
        (scrolls and 0 in sizes)
        or length(declared.get("max-height", "")) == 0
        or min(_all(declared, "letter-spacing"), default=0) < _OVERLAID
    )


def _is_away(declared: Declarations) -> bool:
    if any(each < _FAR for name in (*_SIDES, "text-indent") for each in _all(declared, name)):
        return True
    if any(each > _VERY_FAR for name in ("left", "right", "text-indent") for each in _all(declared, name)):
        return True
    if "text-indent" in declared and declared["text-indent"].startswith("100%"):
        return True
    spread = max(_all(declared, "padding"), default=0) > _VERY_FAR  # both together make wide bars of colour
    return min(_all(declared, "margin"), default=0) < _FAR and not spread


def _all(declared: Declarations, name: str) -> list[float]:
    """The lengths of a property and of what begins with its name: `margin-left` is one of `margin`."""
    return [each for told, value in declared.items() if told.startswith(name) for each in lengths(value)]


def _is_cut(declared: Declarations) -> bool:
    for inside in _CUT.findall(declared.get("clip", "")):
        sides = list(lengths(inside))
        if len(sides) == 4 and (sides[1] - sides[3] <= _NARROW or sides[2] - sides[0] <= _NARROW):  # noqa: PLR2004
            return True
    for shape, inside in _SHAPE.findall(
        declared.get("clip-path", "") + declared.get("-webkit-clip-path", "")
    ):
        if _is_empty(shape, [float(number) for number, _ in _NUMBER.findall(inside)]):
            return True
    return False


def _is_empty(shape: str, numbers: list[float]) -> bool:
    """Whether nothing lies within a shape of CSS Shapes; lengths count as percentages."""
    if not numbers:
        return False
    if shape in ("inset", "rect"):
        top, right, bottom, left = (numbers * 4)[:4] if len(numbers) < 3 else (numbers + numbers[1:2])[:4]  # noqa: PLR2004
        return (
            top + bottom >= _WHOLE or left + right >= _WHOLE
            if shape == "inset"
            else bottom <= top or right <= left
        )
    if shape == "polygon":
        corners = list(zip(numbers[::2], numbers[1::2], strict=False))
        area = sum(x * v - u * y for (x, y), (u, v) in zip(corners, corners[1:] + corners[:1], strict=True))
        return abs(area) < 1
    sizes = {"circle": numbers[:1], "ellipse": numbers[:2], "xywh": numbers[2:4]}[shape]
    return 0 in sizes


def _is_shrunk(declared: Declarations) -> bool:
    told = [declared.get(name, "") for name in ("transform", "-webkit-transform", "-ms-transform")]
    told += [f"{name}({declared[name]})" for name in ("scale", "translate", "rotate") if name in declared]
    for kind, axis, inside in _MOVED.findall(" ".join(told)):
        numbers = [float(number) for number, _ in _NUMBER.findall(inside)]
        if kind in ("scale", "matrix") and any(
            abs(each) < FAINT for each in numbers[: 1 if kind == "matrix" else 2]
        ):
            return True
        if kind == "translate" and any(abs(each) >= _SHIFTED for each in lengths(inside)):
            return True
        if kind == "rotate" and axis in ("x", "y") and numbers and _is_turned_away(declared, numbers[0]):
            return True
    return False


def _is_turned_away(declared: Declarations, degrees: float) -> bool:
    turned = abs(degrees) % 360
    if 90 < turned < 270:  # noqa: PLR2004 - its back is seen
        return "hidden" in declared.get("backface-visibility", "") + declared.get(
            "-webkit-backface-visibility", ""
        )
    return turned in (90, 270)
