"""Colours as CSS writes them: names, digits, functions; and whether an eye can tell two apart."""

import colorsys
import re
import tomllib
from functools import cache, lru_cache

from fluffy_core.config import resources_folder

Colour = tuple[float, float, float, float]
"""Red, green and blue from 0 to 255, alpha from 0 to 1."""
WHITE: Colour = (255.0, 255.0, 255.0, 1.0)
BLACK: Colour = (0.0, 0.0, 0.0, 1.0)
CLEAR: Colour = (0.0, 0.0, 0.0, 0.0)
_ALIKE = 20
"""Colours that differ by no more in each of red, green and blue cannot be told apart in small print."""
_FAINT = 0.1
"""Text of less alpha is not seen."""
_HEX = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_NAMES = r"rgba?|hsla?|hwb|color|(?:ok)?l(?:ab|ch)"
_FUNCTION = re.compile(rf"({_NAMES})\(([^()]{{1,100}})\)")
_PART = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e-?\d{1,2})?(%|deg|turn|rad|grad)?")
_ANY = re.compile(rf"#[0-9a-f]{{3,8}}\b|\b(?:{_NAMES})\([^()]{{1,100}}\)|\b[a-z]{{3,20}}\b")

_MIXES = ("color-mix(", "light-dark(")
_ARGUMENT = re.compile(r",(?![^(]*\))")
_SHARE = re.compile(r"(?:\A|[ )])(\d{1,3})%(?= |\Z)")


def are_alike(text: Colour, below: Colour) -> bool:
    """Whether text of this colour cannot be read on that one."""
    return text[3] < _FAINT or all(
        abs(one - other) * text[3] <= _ALIKE for one, other in zip(text[:3], below[:3], strict=True)
    )


def within(value: str) -> tuple[Colour, ...]:
    """The colours named in the value of `background` or the like: of a gradient, all its stops."""
    return tuple(found for each in _ANY.findall(value[:1000]) if (found := read(each)) is not None)


@lru_cache(maxsize=1024)
def read(written: str) -> Colour | None:
    """A colour in lower case; None for a word that is none, and for forms that mails do not use."""
    if named := _named().get(written):
        return named
    if _HEX.fullmatch(written):
        return _from_digits(written[1:])
    if found := _FUNCTION.fullmatch(written):
        return _from_function(found[1], found[2])
    return _mixed(written) if written.startswith(_MIXES) else None


def _mixed(written: str) -> Colour | None:
    """Of two colours what `color-mix` makes, and of `light-dark` the one for light screens."""
    parts = _ARGUMENT.split(written.partition("(")[2].removesuffix(")"))[-2:]
    pair = [found[0] for each in parts if (found := within(each))]
    if len(pair) < 2:  # noqa: PLR2004
        return None
    if written.startswith("light"):
        return pair[0]
    shares = [float(told[1]) / 100 if (told := _SHARE.search(each)) else None for each in parts]
    first = shares[0] if shares[0] is not None else 1 - (0.5 if shares[1] is None else shares[1])
    red, green, blue, alpha = (a * first + b * (1 - first) for a, b in zip(*pair, strict=True))
    return red, green, blue, alpha


@cache
def _named() -> dict[str, Colour]:
    path = resources_folder() / "mail" / "colours.toml"
    pairs = tomllib.loads(path.read_text(encoding="utf-8"))["named"].split()
    named = {name: _from_digits(digits) for name, _, digits in (each.partition("=") for each in pairs)}
    return named | {"transparent": CLEAR, "canvas": WHITE, "canvastext": BLACK}


def _from_digits(digits: str) -> Colour:
    size = 1 if len(digits) <= 4 else 2  # noqa: PLR2004 - #rgb, #rgba
    red, green, blue, *alpha = (
        float(int(digits[at : at + size] * (3 - size), 16)) for at in range(0, len(digits), size)
    )
    return red, green, blue, (alpha[0] / 255 if alpha else 1.0)


def _from_function(name: str, inside: str) -> Colour | None:
    found = [
        (float(match[0].removesuffix(match[1] or "")), match[1] or "") for match in _PART.finditer(inside)
    ]
    if len(found) < 3:  # noqa: PLR2004
        return None
    (a, unit_a), (b, _), (c, _) = found[:3]
    alpha = _share(*found[3], whole=1.0) if len(found) > 3 else 1.0  # noqa: PLR2004
    if name.startswith("rgb"):
        red, green, blue = (_share(*each, whole=255.0) * 255 for each in found[:3])
    elif name.startswith("hs"):
        red, green, blue = (255 * each for each in colorsys.hls_to_rgb(_turn(a, unit_a), c / 100, b / 100))
    elif name == "hwb":
        pure = colorsys.hls_to_rgb(_turn(a, unit_a), 0.5, 1.0)
        red, green, blue = (255 * (each * (1 - b / 100 - c / 100) + b / 100) for each in pure)
    elif name == "color":
        red, green, blue = (_share(*each, whole=1.0) * 255 for each in found[:3])
    else:  # of the others only how light they are: black and white are what matters
        light = a / 100 if unit_a == "%" or not name.startswith("ok") else a
        red = green = blue = 255 * light
    return red, green, blue, alpha


def _share(value: float, unit: str, *, whole: float) -> float:
    return min(1.0, max(0.0, value / (100 if unit == "%" else whole)))


def _turn(value: float, unit: str) -> float:
    per_turn = {"turn": 1.0, "rad": 6.28318, "grad": 400.0}
    return value / per_turn.get(unit, 360.0) % 1.0
