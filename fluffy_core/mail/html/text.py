"""HTML to readable text: hidden words gone, quotes marked with "> ", links kept, tables in rows."""

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from fluffy_core.mail.html import hidden
from fluffy_core.mail.mime import bidi

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_HTML = 4_000_000
_MAX_MARKED = 5000
_MAX_URL = 120
# Private-use characters stand for the edges of a quotation while the text is laid out.
_OPEN, _CLOSE = "\ue000", "\ue001"
_DROPPED = "\ue002"
_EDGES = re.compile(f"([{_OPEN}{_CLOSE}])")
_MARKS = re.compile(f"[{_OPEN}{_CLOSE}{_DROPPED}]")
_NO_BORDER = re.compile(r"border(?:-left)?\s*:\s*(?:none|0)", re.IGNORECASE)
_FILLER = re.compile("[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_JOINER = re.compile(r"(?<!\S)\u200c+")
_ODD_LINKS = 'a:not([href^="http://"]):not([href^="https://"])'
_BACKWARDS = "bdo[dir=rtl i],[style*=bidi-override i][style*=rtl i],[style*=isolate-override i][style*=rtl i]"
_LINK = re.compile(r" \((https?://\S{1,4000})\)")
_TARGET = re.compile(r"[ \t]?<(?:https?://|mailto:|tel:)[^\s<>]{1,4000}>", re.IGNORECASE)
"""Where a link leads that is behind words: programs write it after them, its reader does not see it."""
_HAS_TARGET = re.compile(r"<(?:https?:|mailto:|tel:)", re.IGNORECASE)
"""A pattern with one beginning is found as fast as a word."""
_MANY_LINES = re.compile(r"\n{3,}")


def to_text(html: str) -> str:
    """Readable text of an HTML body; "" when nothing in it can be seen. Never raises.

    What pictures say instead of themselves counts only where there is nothing else.
    """
    html = html[:MAX_HTML].replace("\0", "")
    if not html.isascii():
        html = _MARKS.sub("", html)
    parse, extract = _library()
    try:
        tree = parse(html)
        if tree.body is None:
            return ""
        hidden.remove(tree, html)
        lowered = html.lower()
        if "<a" in lowered:
            _drop_odd_links(tree)
        if "<blockquote" in lowered:
            _mark_quotes(tree)
        if "<bdo" in lowered or "-override" in lowered:
            _turn_round(tree)
        return _tidy(extract(tree, alt_texts=False)) or _tidy(extract(tree, alt_texts=True))
    except (ValueError, RuntimeError):
        return _tagless(html)


def without_targets(text: str) -> str:
    """A text without where the links behind its words lead."""
    return _TARGET.sub("", text) if _HAS_TARGET.search(text) else text


@cache
def _library() -> "tuple[Callable[[str], Any], Callable[..., str]]":
    from resiliparse.extract.html2text import extract_plain_text  # 25 ms to import
    from resiliparse.parse.html import HTMLTree

    def extract(tree: Any, *, alt_texts: bool) -> str:
        text: str = extract_plain_text(
            tree, preserve_formatting=True, main_content=False, alt_texts=alt_texts, links=True
        )
        return text

    return HTMLTree.parse, extract


def _tagless(html: str) -> str:
    return _tidy(re.sub(r"<[^<>]*>", " ", html))


def _drop_odd_links(tree: Any) -> None:
    """Leaves only links to the web, so that what stands in brackets after a word is one."""
    for link in tree.body.query_selector_all(_ODD_LINKS)[:_MAX_MARKED]:
        link.setattr("href", _DROPPED)


def _readable_link(match: re.Match[str]) -> str:
    """The address behind a link in short, "" where the words before it say the same or nothing."""
    url, start = match.group(1), match.start()
    before = match.string[max(0, start - 200) : start]
    words = before.split() if before and not before[-1].isspace() else []
    if not words or words[-1].strip("<>[]().,").rstrip("/").lower() in url.lower():
        return ""
    return f" <{url}>" if len(url) <= _MAX_URL else " <" + "/".join(url.split("/", 3)[:3]) + "/…>"


def _mark_quotes(tree: Any) -> None:
    """Puts a mark at both edges of each quotation; one without a border is only an indentation."""
    for quote in tree.body.query_selector_all("blockquote")[:_MAX_MARKED]:
        if _NO_BORDER.search(quote.getattr("style") or ""):
            continue
        first = quote.first_child
        if first is None:
            continue
        quote.insert_before(tree.create_text_node(_OPEN), first)
        quote.append_child(tree.create_text_node(_CLOSE))


def _turn_round(tree: Any) -> None:
    """Puts the marks of an override around what is shown backwards."""
    for element in tree.body.query_selector_all(_BACKWARDS)[:_MAX_MARKED]:
        if (first := element.first_child) is not None:
            element.insert_before(tree.create_text_node("\u202e"), first)
            element.append_child(tree.create_text_node("\u202c"))


def _tidy(text: str) -> str:
    """One kind of blank, no padding, at most one empty line in a row, "> " before what is quoted."""
    text = _LINK.sub(_readable_link, text) if "(http" in text else text
    if not text.isascii():
        text = bidi.as_seen(text)
        text = _FILLER.sub("", text.replace(f" ({_DROPPED})", "")).replace("\u00a0", " ")
        text = _JOINER.sub("", text)
    depth = 0
    lines: list[str] = []
    for line in text.split("\n"):
        row = "\t".join(cell for part in line.split("\t") if (cell := part.strip())) if "\t" in line else line
        if depth == 0 and _OPEN not in row:
            lines.append(row.rstrip().replace(_CLOSE, ""))
        else:
            depth = _quoted_pieces(row, depth, lines)
    return _MANY_LINES.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n")


def _quoted_pieces(line: str, depth: int, lines: list[str]) -> int:
    """Adds a line with marks in it, cut where the depth changes; the depth after it."""
    if not line.strip():
        lines.append("> " * min(depth, 20))
    for piece in _EDGES.split(line):
        if piece == _OPEN:
            depth += 1
        elif piece == _CLOSE:
            depth = max(0, depth - 1)
        elif piece.strip():
            lines.append("> " * min(depth, 20) + piece.strip())
    return depth
