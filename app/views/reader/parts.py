"""A message's text as paragraphs to show: what is new, what is quoted, what is signature."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.widgets.text import clean_block
from fluffy_core import Zone, ZoneKind

SHOWN_AT_FIRST = 60_000
"""Characters of a message that are laid out without being asked for."""
WRAPPED = range(50, 81)
"""Lengths at which mail programs break lines by themselves."""
_LIST_ITEM = re.compile(r"\s|[-*•>|+=#]|\d{1,3}[.)]\s|[A-Za-z][.)]\s")
_SPACED = re.compile(r"\s{1,2}(?=\w)")
"""What is left at the beginning of a line where two spaces between sentences were broken."""


@dataclass(frozen=True)
class Part:
    """A run of lines of one kind, ready to be shown."""

    kind: ZoneKind
    text: str


def parts(text: str, zones: Sequence[Zone], *, limit: int = SHOWN_AT_FIRST) -> list[Part]:
    """The zones in order with hard line breaks of mail programs undone; at most `limit` characters."""
    lines = clean_block(text[:limit]).split("\n")
    covering = zones or (Zone(ZoneKind.BODY, 0, len(lines)),)
    made: list[Part] = []
    for zone in covering:
        chosen = lines[zone.start : zone.end]
        if zone.kind is ZoneKind.SIGNATURE and chosen and chosen[0].rstrip() == "--":
            chosen = chosen[1:]
        body = "\n".join(flow(chosen) if zone.kind is ZoneKind.BODY else chosen).strip("\n")
        if not body.strip():
            continue
        if made and made[-1].kind is zone.kind:
            made[-1] = Part(zone.kind, f"{made[-1].text}\n{body}")
        else:
            made.append(Part(zone.kind, body))
    return made


def flow(lines: Sequence[str]) -> Iterator[str]:
    """Join lines that were broken only because they were long; lists, tables and verse stay as they are."""
    held = ""
    last = ""
    blank = False
    for raw in lines:
        line = raw.rstrip()
        if not line:
            if held:
                yield held
            held, last = "", ""
            if not blank:
                yield ""
            blank = True
            continue
        blank = False
        if held and _goes_on(last, line):
            held = f"{held} {line.lstrip()}"
        else:
            if held:
                yield held
            held = line
        last = line
    if held:
        yield held


def _goes_on(last: str, line: str) -> bool:
    """Whether the next word would not have fitted on the line before it."""
    spaced = _SPACED.match(line)
    if len(last) not in WRAPPED and not (spaced and len(last) >= WRAPPED.stop):
        return False
    if _LIST_ITEM.match(line[spaced.end() :] if spaced else line) or _LIST_ITEM.match(last):
        return False
    first_word = line.split(None, 1)[0]
    return len(last) + 1 + len(first_word) > WRAPPED.start + 14
