"""How Lotus Notes announces a quoted message: dates beside names, fields on one line, tables, frames."""

import re
from collections.abc import Iterator

from fluffy_core.mail.zones.quote_words import CC, FROM, HEADER_ROLES, SENT, SUBJECT, TO

_SPACES = " \t\xa0"
_DATE = re.compile(
    r"\d{1,4}[/.\-]\d{1,2}[/.\-]\d{2,4},?\s+(?:at\s+|um\s+|à\s+)?\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AP]M)?",
    re.IGNORECASE,
)
_ON = re.compile(r"\s(?:on|am|le|el|il)\s*$|\s+$")
_FIELD = re.compile(r"(?:^|\s)(b?cc|kopie|subject|thema)\s*:", re.IGNORECASE)
_FRAME = re.compile(r"\s{0,3}(?:>-{5,}\|?|\|-{5,}\+?-*>?)\s*$")
_SENT_BY = ("sent by", "gesendet von", "envoyé par")
_LONGEST_LETTERHEAD = 60
_MOST_FRAMED = 60
_MOST_TABLE_LINES = 40


def head_above(lines: list[str], start: int, floor: int) -> tuple[int, str, str] | None:
    """Find "Jane Doe on 05/02/2000 08:19 AM", or name and date on two lines, above "To:" at `start`.

    Returns its first line, the name and the date.
    """
    at = _filled_above(lines, start, max(floor, start - 5))
    date = _DATE.search(lines[at]) if at >= 0 else None
    if date is None:
        return None
    name, when = _ON.sub("", lines[at][: date.start()].strip(_SPACES)), lines[at][date.start() :].strip()
    above = at - 1
    if not name and above >= floor and lines[above].strip().casefold().startswith(_SENT_BY):
        at, above = above, above - 1
    if name or above < floor or not lines[above].strip(_SPACES):
        return at, name, when
    return above, lines[above].strip(), when


def _filled_above(lines: list[str], position: int, floor: int) -> int:
    """Return the nearest line above that says something, -1 when there is none from `floor` on."""
    return next((i for i in range(position - 1, floor - 1, -1) if lines[i].strip(_SPACES)), -1)


def fields(role: str, value: str) -> Iterator[tuple[str, str]]:
    """Yield the fields of a header line: "Jane on 03/02/2001 09:15 AM", "John cc: Ann Subject: offer"."""
    if role == FROM and (date := _DATE.search(value)):
        yield role, _ON.sub("", value[: date.start()])
        yield SENT, value[date.start() :]
        return
    if role in (TO, CC) and ":" in value:
        _, *named = parts = _FIELD.split(value)
        yield role, parts[0].strip()
        for name, said in zip(named[::2], named[1::2], strict=True):
            yield HEADER_ROLES.get(name.casefold(), CC), said.strip()
        return
    yield role, value


def is_dated(line: str) -> bool:
    """Tell whether a header line names a moment, as Notes writes it beside the sender."""
    return _DATE.search(line) is not None


def letterhead(lines: list[str], start: int, floor: int) -> int:
    """Return where a header starts whose company stands above it, as far from the margin ("\\tFrom: …")."""
    margin = lines[start][: len(lines[start]) - len(lines[start].lstrip())]
    above = _filled_above(lines, start, max(floor, start - 3))
    fits = above >= 0 and margin and lines[above].startswith(margin)
    return above if fits and len(lines[above]) <= _LONGEST_LETTERHEAD else start


def table(lines: list[str], start: int, floor: int) -> tuple[int, int, dict[str, str]] | None:
    """Read a header that lost its table: a date alone at `start`, then "To", a name, "Subject", …

    Returns its first line, the line after it, and the values by role.
    """
    date = _DATE.fullmatch(lines[start].strip())
    if date is None:
        return None
    headers, role, end = {SENT: date[0]}, "", start
    for i in range(start + 1, min(len(lines), start + _MOST_TABLE_LINES)):
        said = lines[i].strip(_SPACES)
        labelled = HEADER_ROLES.get(said.casefold(), "") if said else ""
        if said and not labelled and not role:
            return None
        if said and not labelled:
            headers[role] = f"{headers.get(role, '')} {said}".strip()
        role, end = labelled or role, i + 1
        if SUBJECT in headers:
            break
    if TO not in headers or SUBJECT not in headers:
        return None
    above = head_above(lines, start + 1, floor)
    first, name = (above[0], above[1]) if above else (start, "")
    return first, end, {FROM: name} | headers


def frame_end(lines: list[str], start: int) -> int:
    """Return the line after a header drawn as a frame ("|-----+---->") that starts here, 0 when none does."""
    if not _FRAME.match(lines[start]) or "|" not in lines[start]:
        return 0
    edges = [i for i in range(start, min(len(lines), start + _MOST_FRAMED)) if _FRAME.match(lines[i])]
    return edges[-1] + 1 if len(edges) > 2 else 0  # noqa: PLR2004 - two boxes share an edge at least
