"""Where quoted and forwarded text begins: prefixed lines, attributions, header blocks, separators."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from fluffy_core.mail.zones import attribution, notes
from fluffy_core.mail.zones.quote_words import (
    BARE_SEPARATORS,
    CC,
    DATE,
    FROM,
    HEADER_ROLES,
    LONGEST_HEADER_NAME,
    SENT,
    SEPARATOR_PHRASES,
    SUBJECT,
    TO,
)

_MOST_LINES = 20_000
_MOST_HEADER_LINES = 60
_MOST_CONTINUED = 12
_MOST_BLANKS_IN_NOTES = 4
_ENOUGH_ROLES = 3
_SPACES = " \t\xa0"
_HEADER_NAME_WIDTH = LONGEST_HEADER_NAME + 4  # with the asterisks of bold print
_RULE_CHARS = "-_=*~"
_RULE_STARTS = frozenset(_RULE_CHARS + "|")
_SHORTEST_RULE = 5
_SHORTEST_DASHES = 4  # both sides of a separator together
_LONGEST_SEPARATOR = 200
_GROUPWISE = re.compile(r">>> \S.{2,120}\d\d.{0,20}>>>\s*$")
_INITIALS = re.compile(r"[A-Z][A-Za-z]{0,3}>")
_OTHER_MARK = re.compile(r"[-=:]{1,2}[\]|}:%#]|[|}:%#](?=\s)")  # "| …", "--] …"; not the marks of lists


class Start(Enum):
    """What announces quoted text."""

    ATTRIBUTION = "attribution"
    HEADERS = "headers"
    SEPARATOR = "separator"


@dataclass(frozen=True, slots=True)
class Announcement:
    """Lines `start` up to `end` that announce quoted text, with what they say about it."""

    kind: Start
    start: int
    end: int
    headers: dict[str, str]
    dated: bool = True


def is_prefixed(stripped: str) -> bool:
    """Tell whether a stripped, non-empty line is quoted by a mark of its own ("> …", "JD> …")."""
    if stripped[0] == ">":
        return True
    return stripped.find(">", 1, 5) > 0 and _INITIALS.match(stripped) is not None


def mark_of(lines: list[str], position: int, near: int) -> str:
    """Return the mark that quotes one of the `near` lines from `position`; "" when none does."""
    other = _OTHER_MARK.match(lines[position].strip(_SPACES)) if position < len(lines) else None
    if other:
        return other[0]
    below = (line.strip(_SPACES) for line in lines[position : position + near])
    return ">" if any(is_prefixed(line) for line in below if line) else ""


def announcements(lines: list[str]) -> Iterator[Announcement]:
    """Yield what announces quoted text in the first 20,000 lines; lines with a quote mark are passed over."""
    position = floor = 0
    for candidate in _candidates(lines):
        if candidate < position:
            continue
        found, position = _at(lines, candidate, floor)
        if found:
            yield found
            floor = position = max(position, found.end)


def _candidates(lines: list[str]) -> Iterator[int]:
    """The lines that may announce something: they hold a colon or begin like a rule, and are not quoted."""
    return (
        i
        for i, line in enumerate(lines[:_MOST_LINES])
        if line
        and (line[0] != ">" or line.endswith(">>>"))
        and (":" in line or "：" in line or line.lstrip(_SPACES)[:1] in _RULE_STARTS)
    )


def _at(lines: list[str], position: int, floor: int) -> tuple[Announcement | None, int]:
    """Look at one line; return what it announces, and the line to go on with."""
    stripped = lines[position].strip(_SPACES)
    first = stripped[:1]
    if first in _ENDS:
        end = _ENDS[first](lines, position)
        return (Announcement(Start.SEPARATOR, position, end, {}) if end else None), max(end, position + 1)
    if first.isdigit() and (table := notes.table(lines, position, floor)):
        return Announcement(Start.HEADERS, *table), table[1]
    if first in _RULE_CHARS or stripped[-1] == ":":
        end = _separator_end(lines, stripped, position)
        if end:
            return _separated(lines, position, end), end
    if ":" in stripped[:_HEADER_NAME_WIDTH] or "：" in stripped[:_HEADER_NAME_WIDTH]:
        found, end = _header_block(lines, position, floor) if header_role(stripped)[0] else (None, position)
        if found or end > position + 1:
            return found, end
    said = attribution.ending_at(lines, position, floor) if attribution.ends_like_one(stripped) else None
    if said:
        headers = {"text": said.text}
        return Announcement(Start.ATTRIBUTION, said.start, said.end, headers, said.dated), position + 1
    return None, position + 1


def _groupwise_end(lines: list[str], position: int) -> int:
    """Return the line after ">>> Jane Doe 3/04/01 4:19PM >>>" (GroupWise), 0 when it is not that."""
    return position + 1 if _GROUPWISE.match(lines[position]) else 0


_ENDS = {"": lambda *_: 0, ">": _groupwise_end, "|": notes.frame_end}
"""First character of a line -> where the separator ends that it draws, 0 when it draws none."""


def _separated(lines: list[str], start: int, end: int) -> Announcement:
    """Return the separator from `start` to `end` with the header lines below it, however few."""
    below = end + (not lines[end].strip(_SPACES) if end < len(lines) else 0)
    headers, last = _read_headers(lines, below)
    kind = Start.HEADERS if FROM in headers else Start.SEPARATOR
    return Announcement(kind, start, last if headers else end, headers)


def header_role(stripped: str) -> tuple[str, str]:
    """Return the role and value of a quoted header line ("Von: Jane" -> "from", "Jane"), or "" twice."""
    name, colon, value = stripped.lstrip("*").replace("：", ":", 1).partition(":")
    if not colon or len(name) > _HEADER_NAME_WIDTH:
        return "", ""
    role = HEADER_ROLES.get(name.strip(" \t\xa0*").casefold(), "")
    return (role, value.strip(" \t\xa0*")) if role else ("", "")


def _header_block(lines: list[str], start: int, floor: int) -> tuple[Announcement | None, int]:
    """Read header lines from `start`; return the block, if it is one, and the line after its last header."""
    headers, end = _read_headers(lines, start)
    above = notes.head_above(lines, start, floor) if FROM not in headers and TO in headers else None
    if above is not None:
        headers = {FROM: above[1], DATE: above[2]} | headers
        start = above[0]
    if not _is_block(headers):
        return None, end
    top = notes.letterhead(lines, start, floor) if notes.is_dated(lines[start]) else start
    return Announcement(Start.HEADERS, _rule_above(lines, top, floor), end, headers), end


def _read_headers(lines: list[str], start: int) -> tuple[dict[str, str], int]:
    """Return the values by role of the header lines from `start`, and the line after the last of them."""
    headers: dict[str, str] = {}
    end, blanks, continued, last = start, 0, 0, ""
    for position in range(start, min(len(lines), start + _MOST_HEADER_LINES)):
        stripped = lines[position].strip(_SPACES)
        role, value = header_role(stripped) if stripped else ("", "")
        if role in headers and role in (FROM, SUBJECT):
            break
        if role:
            headers |= {each: said for each, said in notes.fields(role, value) if each not in headers}
            end, blanks, continued, last = position + 1, 0, 0, role
        elif not stripped:
            blanks += 1
            if blanks > (_MOST_BLANKS_IN_NOTES if last == FROM and SENT in headers else 1):
                break
        elif blanks or continued >= _MOST_CONTINUED or stripped[0] == ">" or not last:
            break
        else:
            continued += 1
            if not headers[last] or last in (TO, CC):
                headers[last] = f"{headers[last]} {stripped}".strip()
                end = position + 1
    return headers, end


def _is_block(headers: dict[str, str]) -> bool:
    if FROM not in headers or len(headers) < _ENOUGH_ROLES:
        return False
    if next(iter(headers)) == TO and SENT not in headers:  # a memo
        return False
    return SUBJECT in headers or SENT in headers or (DATE in headers and "@" in headers[FROM])


def _rule_above(lines: list[str], start: int, floor: int) -> int:
    """Return where the block starts when a drawn rule stands above it."""
    for i in range(start - 1, max(floor, start - 3) - 1, -1):
        stripped = lines[i].strip(_SPACES)
        if stripped:
            return i if is_rule(stripped) else start
    return start


def is_rule(stripped: str) -> bool:
    """Tell whether a stripped line is only a drawn rule."""
    return (
        len(stripped) >= _SHORTEST_RULE
        and stripped[0] in _RULE_CHARS
        and not stripped.strip(stripped[0] + " ")
    )


def _separator_end(lines: list[str], stripped: str, position: int) -> int:
    """Return the line after a separator ("-----Original Message-----") that starts here, 0 when none does."""
    if len(stripped) > _LONGEST_SEPARATOR:
        return 0
    if stripped[0] not in _RULE_CHARS:
        folded = stripped.casefold()
        return position + 1 if folded.startswith(BARE_SEPARATORS) else 0
    words = stripped.strip(_RULE_CHARS + _SPACES)
    if len(stripped) - len(words) < _SHORTEST_DASHES or not words:
        return 0
    if not words.casefold().startswith(SEPARATOR_PHRASES):
        return 0
    closed = stripped[-1] in _RULE_CHARS
    below = lines[position + 1].strip(_SPACES) if position + 1 < len(lines) else ""
    wrapped = not closed and below[-3:] in ("---", "___", "===")
    return position + 2 if wrapped else position + 1
