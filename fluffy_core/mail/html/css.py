"""As much of CSS as it takes to see what a mail hides: declarations, style sheets, lengths."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

Declarations = dict[str, str]
"""Value by property, in lower case, with single spaces and none around commas, brackets and slashes."""
MAX_STYLE = 20_000
MAX_RULES = 2_000
_MAX_DEPTH = 20
_MOST_LOOPS = 3
_MAX_SELECTOR = 500
_TOKEN = re.compile(r"\"[^\"\n]{0,2000}\"|'[^'\n]{0,2000}'|/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
"""A string, a comment or what once hid style sheets from old browsers."""
_MARKS = re.compile(r"[{};]")
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))")
_SPACE = re.compile(r"\s+")
_AROUND = re.compile(r" ?([,():!/]) ?")
_DECLARATION = re.compile(r"([\w-]{1,60}):([^;]*)")
_LENGTH = re.compile(
    r"(-?(?:\d+\.?\d*|\.\d+)(?:e-?\d{1,2})?)(px|pt|r?em|ex|ch|in|cm|mm|pc|%|v(?:w|h|min|max))?"
)
_PIXELS = {
    "pt": 4 / 3, "em": 16.0, "rem": 16.0, "ex": 8.0, "ch": 8.0, "in": 96.0, "cm": 37.8, "mm": 3.78,
    "pc": 16.0, "%": 10.0, "vw": 10.0, "vh": 8.0, "vmin": 8.0, "vmax": 10.0,
}  # fmt: skip
"""One of each in pixels, on a screen of about 1,000 by 800."""
_DISPLAY = re.compile(r"none|block|contents|flex|grid|list-item|flow-root|(?:inline|table|ruby)(?:-[a-z-]+)?")
_SUM = re.compile(r"calc\(([^()]*)\)")
_PHYSICAL = {
    f"{least}{one}-size": least + other
    for least in ("", "max-")
    for one, other in (("block", "height"), ("inline", "width"))
}
"""The names that sizes have where writing may run in any direction."""
_IDLE = re.compile(
    r"::|:(?:hover|focus|active|visited|target|checked|before|after|first-l|placeholder|selection|-)"
)
"""Selectors of what is only at times so, or of a part of an element."""
_LOOPS = re.compile(r"~(?!=)|:(?:has|nth-|only-|first-of|last-of)", re.IGNORECASE)
"""What is looked for among all siblings or below, for each element anew."""
_WIDTH = re.compile(r"(min|max)-(?:device-)?width:([^()]*)|width(<|>)=?([^()]*)")
_DESKTOP = 1_000
_ELSEWHERE = re.compile(r"print|speech|prefers|orientation|resolution|ratio|hover|pointer")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a style sheet says of the elements that `selector` finds."""

    selector: str
    declared: str

    @property
    def specificity(self) -> tuple[int, int, int]:
        """Ids, classes and tags in it: the greater wins (Selectors Level 4, section 17, in the small)."""
        bare = re.sub(r"\[[^\]]*\]", ".", self.selector)
        return (
            bare.count("#"),
            bare.count(".") + bare.count(":"),
            len(re.findall(r"(?<![\w.#:-])[a-z]", bare, re.IGNORECASE)),
        )

    def steps(self, elements: int) -> int:
        """About how many it may take to find what it speaks of among so many elements, at the worst."""
        loops = max(len(_LOOPS.findall(one)) for one in self.selector.split(","))
        return math.prod([elements] * (1 + min(loops, _MOST_LOOPS)))


def declarations(style: str) -> Declarations:
    """What a style attribute says, as browsers take it: the last counts, but for important ones."""
    found: Declarations = {}
    important: set[str] = set()
    for name, written in _DECLARATION.findall(_normal(style[:MAX_STYLE])):
        value, _, stress = written.strip().partition("!")
        urgent = stress.strip() == "important"
        if value and (urgent or name not in important) and _is_valid(name, value):
            found[_PHYSICAL.get(name, name)] = value
            if urgent:
                important.add(name)
    return found


def rules(sheet: str) -> Iterator[Rule]:
    """The rules of a style sheet that hold on a large, light screen, in order, at most 2,000."""
    pieces = re.split(r"([{};])", _TOKEN.sub(_harmless, sheet) + "}" * _MAX_DEPTH)
    stack: list[tuple[str | None, list[str]]] = []
    count = 0
    for before, mark in zip(pieces[::2], pieces[1::2], strict=False):
        if mark == "{":
            stack.append((_scope(before.strip(), stack[-1][0] if stack else ""), []))
        elif stack:
            stack[-1][1].append(before)
        if mark == "}" and stack:
            selector, declared = stack.pop()
            if selector and count < MAX_RULES:
                count += 1
                yield Rule(selector, ";".join(declared)[:MAX_STYLE])


def length(value: str) -> float | None:
    """The first length in a value, in pixels; None where there is none."""
    return next(iter(lengths(value)), None)


def lengths(value: str) -> Iterator[float]:
    """Every length in a value, in pixels; sums count as what they come to."""
    value = value[:500]
    if "calc(" in value:
        value = _SUM.sub(_summed, value)
    for match in _LENGTH.finditer(value):
        yield _pixels(match)


def _summed(match: re.Match[str]) -> str:
    """What a sum comes to, in pixels; anything with products in it stays as it is."""
    total = sum(_pixels(each) * (-1 if sign == "-" else 1) for sign, each in _terms(match[1]))
    return match[0] if "*" in match[1] or "/" in match[1] else f"{total:f}px"


def _terms(inside: str) -> Iterator[tuple[str, re.Match[str]]]:
    for sign, term in re.findall(r"(?:\A|(?<= )([+-]) )(\S+)", inside):
        if found := _LENGTH.fullmatch(term):
            yield sign, found


def _pixels(match: re.Match[str]) -> float:
    return float(match[1]) * _PIXELS.get(match[2] or "px", 1.0)


def _normal(style: str) -> str:
    """In lower case, without comments, escapes and strings, and with few blanks."""
    if '"' in style or "'" in style or "/*" in style:
        style = _TOKEN.sub(lambda match: "x" if match[0][0] in "\"'" else " ", style)
    if "\\" in style:
        style = _ESCAPE.sub(_unescaped, style)
    return _AROUND.sub(r"\1", _SPACE.sub(" ", style.lower()))


def _unescaped(match: re.Match[str]) -> str:
    number = int(match[1], 16) if match[1] else ord(match[2])
    return chr(number) if number <= 0x10FFFF and chr(number) not in ":;{}" else "x"  # noqa: PLR2004


def _harmless(match: re.Match[str]) -> str:
    """A string without marks that would end a rule, a blank for a comment."""
    if match[0][0] in "\"'":
        return '"x"' if _MARKS.search(match[0]) else match[0]
    return " "


def _is_valid(name: str, value: str) -> bool:
    """Whether browsers take a value: what they do not know changes nothing."""
    if "var(" in value:
        return True
    if name == "display":
        return all(_DISPLAY.fullmatch(word) for word in value.split(" "))
    return name != "visibility" or value in {"visible", "hidden", "collapse", "inherit", "initial", "unset"}


def _scope(prelude: str, around: str | None) -> str | None:
    """The selector of what a bracket holds, "" inside a group that holds; None for what does not hold."""
    if around is None or len(prelude) > _MAX_SELECTOR:
        return None
    if prelude.startswith("@"):
        word, _, rest = (
            prelude[1:].lower().partition(" ") if " " in prelude else prelude[1:].lower().partition("(")
        )
        holds = word in {"supports", "layer", "container", "document", "scope"} or (
            word == "media" and _suits(rest)
        )
        return around if holds else None
    if _IDLE.search(prelude):
        prelude = ",".join(each for each in prelude.split(",") if not _IDLE.search(each))
    if not around or not prelude:
        return prelude or None
    nested = prelude.replace("&", f":is({around})") if "&" in prelude else f":is({around}) :is({prelude})"
    return nested if len(nested) <= _MAX_SELECTOR else None


def _suits(query: str) -> bool:
    """Whether a media query holds for a screen of 1,000 pixels: one of its alternatives does."""
    return any(_suits_one(_AROUND.sub(r"\1", _SPACE.sub(" ", each))) for each in query.split(","))


def _suits_one(query: str) -> bool:
    if query.strip().startswith("not "):
        return not _suits_one(query.strip().removeprefix("not "))
    for least, bound, sign, limit in _WIDTH.findall(query):
        pixels = length(bound or limit) or 0.0
        if pixels > _DESKTOP if (least == "min" or sign == ">") else pixels < _DESKTOP:
            return False
    return _ELSEWHERE.search(query) is None


_VARIABLE = re.compile(r"var\((--[\w-]+)(?:,([^()]*))?\)")


def resolved(declared: Declarations, variables: Declarations) -> Declarations:
    """The declarations with the values of variables in their places, one level deep."""

    def value_of(match: re.Match[str]) -> str:
        return variables.get(match[1], match[2] or "")

    return {name: _VARIABLE.sub(value_of, value) for name, value in declared.items()}
