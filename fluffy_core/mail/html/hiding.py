"""Whether HTML may keep some of its words out of sight, told without its tree: rather too often than not."""

import re
from collections.abc import Iterable
from functools import lru_cache
from html import unescape

from fluffy_core.mail.html import colours, css, unseen
from fluffy_core.mail.html.colours import Colour

_STYLE = re.compile(r"""style\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""")
_PAINT = r"""\s*=\s*["']?\s*#?([a-z0-9]{3,20})"""
_INKS = re.compile("color(?<!bgcolor)" + _PAINT), re.compile("text" + _PAINT)
_PAPERS = (re.compile("bgcolor" + _PAINT),)
"""A pattern with one beginning is found as fast as a word."""
_SHEET = re.compile(r"<style\b[^<>]*>(.*?)(?:</style[^<>]*>?|\Z)", re.DOTALL)
_ODD = re.compile(
    r"<(?:template|no[a-z]+|datalist|dialog|details|svg|math|video|audio|canvas|object|applet|rp\b|progress|meter"
    r"|marquee|iframe|script|select|input|textarea|xml|xmp|plaintext|link\b|bdo)"
)
"""Elements whose words are not seen, or not always."""
_TOLD = re.compile(r"hidden(?=[\s=>/])"), re.compile("popover"), re.compile("preheader")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ODD_COMMENT = re.compile(r"<!--?-?>")
_TAG = re.compile(r"<[^<>]*>")
_ODD_TAG = re.compile(r"""=\s?(?:"[^"<>]*[<>]|'[^'<>]*[<>])""")
"""A value with a bracket in it: where its tag ends cannot be told by looking for one."""
_OPEN_TAG = re.compile(r"<[a-z/?][^<>]*<")
_TITLE = re.compile(r"<title\b[^<>]*>.*?(?:</title[^<>]*>?|\Z)", re.DOTALL)
_SMALL, _HALF = 6, 500
"""Pixels, and a share in tenths of a percent: what is smaller may become too small to see."""
_MOVES = re.compile(r"(?<!text-)transform|rotate|scale|translate|zoom|filter|mask|animation|var\(|override")


def may_hide(html: str) -> bool:
    """Whether elements, styles or colours in HTML in lower case may take words out of sight."""
    if html.rfind("<!--") > html.rfind("-->") or "--!>" in html or _ODD_COMMENT.search(html):
        return True
    sheets = _SHEET.findall(html)
    html = _COMMENT.sub("", html)
    if any(odd.search(html) for odd in (_ODD, _ODD_TAG, _OPEN_TAG, *_TOLD)):
        return True
    html = _SHEET.sub("", html)  # that of Outlook hides itself
    styles = {first or second or third for first, second, third in _STYLE.findall(html)}
    judged = [*map(_judged, styles), *map(_of_sheet, sheets)]
    if any(hides for hides, _, _ in judged):
        return True
    inks = {colours.BLACK, *_painted(_INKS, html)}.union(*(ink for _, ink, _ in judged))
    papers = {colours.WHITE, *_painted(_PAPERS, html)}.union(*(paper for _, _, paper in judged))
    return any(colours.are_alike(ink, paper) for ink in inks for paper in papers)


def bare(html: str) -> str:
    """What stands between the tags of HTML that cannot hide anything, title and comments left out."""
    for part in (_COMMENT, _SHEET, _TITLE):
        html = part.sub(" ", html)
    html = _TAG.sub(" ", html)
    return unescape(html) if "&" in html else html


def _painted(attributes: Iterable[re.Pattern[str]], html: str) -> set[Colour]:
    told = {each for one in attributes for each in one.findall(html)}
    read = (colours.read(each) or colours.read(f"#{each}") for each in told)
    return {each for each in read if each is not None}


_Judgement = tuple[bool, frozenset[Colour], frozenset[Colour]]
"""Whether it hides, colours of text, colours of what is behind it."""


@lru_cache(maxsize=4096)
def _judged(style: str) -> _Judgement:
    declared = css.declarations(unescape(style) if "&" in style else style)
    sizes = declared.get("font-size", declared.get("font", ""))
    small = css.length(sizes)
    opacity = unseen.share(declared.get("opacity", "1"))
    hides = (
        unseen.is_gone(declared)
        or declared.get("visibility", "visible") != "visible"
        or (small is not None and small < (_SMALL if "%" not in sizes else _HALF))
        or (opacity is not None and opacity < 1)
        or any(_MOVES.search(name) or _MOVES.search(value) for name, value in declared.items())
    )
    ink = (declared.get("color"), declared.get("-webkit-text-fill-color"))
    paper = (value for name, value in declared.items() if name.startswith("background"))
    return (
        hides,
        frozenset(one for each in ink if each and (one := colours.read(each))),
        frozenset(one for each in paper for one in colours.within(each) if one[3] > unseen.FAINT),
    )


@lru_cache(maxsize=256)
def _of_sheet(sheet: str) -> _Judgement:
    judged = [_judged(rule.declared) for rule in css.rules(sheet)]
    ink = frozenset(colour for _, some, _ in judged for colour in some)
    paper = frozenset(colour for _, _, some in judged for colour in some)
    return any(hides for hides, _, _ in judged), ink, paper
