"""Zones of a message text: new text, quotes, signature, disclaimers and footers."""

from fluffy_core.domain.zones import QuotedHeader, Zone, ZoneKind
from fluffy_core.mail.zones import attribution, footers, quotes, signature_lines
from fluffy_core.mail.zones.quote_words import DATE, FROM, SENT, SUBJECT, TO

_BODY, _QUOTE, _SIGNATURE, _DISCLAIMER = (
    ZoneKind.BODY,
    ZoneKind.QUOTE,
    ZoneKind.SIGNATURE,
    ZoneKind.DISCLAIMER,
)
_MOST_QUOTED_HEADERS = 50
_NEAR_ATTRIBUTION = 6  # lines; further down a mark belongs to an older message
_LONGEST_REST, _SHORTEST_BROKEN = 30, 60  # characters
_MARK = " \t\xa0>|"


def split(text: str, *, sender: str = "") -> tuple[Zone, ...]:
    """Return the zones of `text` in order; together they cover each of its lines once.

    `sender` is the display name or address of the author; it helps to see where a signature starts.
    A forward without words of its own has no BODY zone.
    """
    return tuple(_zones(text.split("\n"), sender))


def reply_text(text: str, *, sender: str = "") -> str:
    """Return what the author newly wrote, without quotes, signature and disclaimers."""
    lines = text.split("\n")
    return _joined(lines, _zones(lines, sender), _BODY)


def new_text(text: str) -> str:
    """Return what is not quoted: the new text with its signature and disclaimers."""
    lines = text.split("\n")
    return _joined(lines, _quoted_apart(lines), _BODY)


def signature_text(text: str, *, sender: str = "") -> str:
    """Return the author's signature with its sign-off, "" when there is none."""
    lines = text.split("\n")
    return _joined(lines, _zones(lines, sender), _SIGNATURE)


def quoted_headers(text: str) -> tuple[QuotedHeader, ...]:
    """Return what the text says about the messages it quotes, nearest first, at most 50."""
    if ":" not in text and "：" not in text:
        return ()
    lines = [line.lstrip(_MARK) for line in text.split("\n")]
    found: list[QuotedHeader] = []
    for announced in quotes.announcements(lines):
        headers = announced.headers
        if announced.kind is quotes.Start.HEADERS:
            date = headers.get(SENT) or headers.get(DATE, "")
            found.append(QuotedHeader(headers[FROM], headers.get(SUBJECT, ""), date, headers.get(TO, "")))
        elif announced.kind is quotes.Start.ATTRIBUTION and announced.dated:
            from_text, date = attribution.author(headers["text"])
            found.append(QuotedHeader(from_text, date_text=date))
        if len(found) == _MOST_QUOTED_HEADERS:
            break
    return tuple(found)


def _zones(lines: list[str], sender: str) -> list[Zone]:
    zones: list[Zone] = []
    for zone in _quoted_apart(lines):
        zones += [zone] if zone.kind is _QUOTE else _delimited_signature(lines, zone, sender)
    _split_end(lines, zones, sender)
    return zones


def _joined(lines: list[str], zones: list[Zone], kind: ZoneKind) -> str:
    return "\n".join(
        line for zone in zones if zone.kind is kind for line in lines[zone.start : zone.end]
    ).strip()


def _quoted_apart(lines: list[str]) -> list[Zone]:
    """Return BODY and QUOTE zones; blank lines go with the zone before them."""
    quoted = bytearray(len(lines))
    marks: set[str] = set()
    end = len(lines)
    for announced in quotes.announcements(lines):
        below = _next_filled(lines, announced.end)
        near = _NEAR_ATTRIBUTION if announced.kind is quotes.Start.ATTRIBUTION else 1
        mark = quotes.mark_of(lines, below, near)
        if (
            announced.kind is not quotes.Start.ATTRIBUTION
            and lines[below : below + 1]
            and lines[below].startswith(">>")
        ):
            mark = ""  # what the quoted message quotes itself
        if mark:
            marks.add(mark)
            quoted[announced.start : announced.end] = b"\1" * (announced.end - announced.start)
        elif announced.dated:
            end = announced.start
            foot = footers.of_list(lines, announced.end, len(lines))
            quoted[end:foot] = b"\1" * (foot - end)
            break
    marks.discard(">")
    _note_marked(lines[:end], tuple(marks), quoted)
    return _runs(lines, quoted) if 1 in quoted else [Zone(_BODY, 0, len(lines))]


def _note_marked(lines: list[str], marks: tuple[str, ...], quoted: bytearray) -> None:
    """Mark the lines as quoted that begin with ">", initials and ">", or one of `marks`."""
    for i, line in enumerate(lines):
        if ">" in line and (line[0] == ">" or quotes.is_prefixed(line.strip())):
            quoted[i] = 1
    if marks:
        for i, line in enumerate(lines):
            if line.lstrip().startswith(marks):
                quoted[i] = 1
    for i in range(1, len(lines) - 1):
        if not quoted[i] and quoted[i - 1] and quoted[i + 1] and _is_broken_off(lines[i - 1], lines[i]):
            quoted[i] = 1


def _is_broken_off(above: str, line: str) -> bool:
    """Tell whether a line between marked ones is the end of the one above, which a program broke again."""
    above, line = above.rstrip(), line.strip()
    return 0 < len(line) <= _LONGEST_REST < _SHORTEST_BROKEN <= len(above) and above[-1] not in ".?!:;"


def _runs(lines: list[str], quoted: bytearray) -> list[Zone]:
    """Return one zone for each run of equal marks; blank lines never start one."""
    zones: list[Zone] = []
    start, current = 0, -1
    for i, line in enumerate(lines):
        if (quoted[i] == current) or not line.strip():
            continue
        if current >= 0:
            zones.append(Zone(_QUOTE if current else _BODY, start, i))
            start = i
        current = quoted[i]
    return [*zones, Zone(_QUOTE if current == 1 else _BODY, start, len(lines))]


def _next_filled(lines: list[str], position: int) -> int:
    while position < len(lines) and not lines[position].strip():
        position += 1
    return position


def _delimited_signature(lines: list[str], zone: Zone, sender: str) -> list[Zone]:
    """Split a BODY zone at the "-- " line, or the rule above the sender's name, that starts a signature."""
    at = signature_lines.delimiter(lines, zone.start, zone.end, sender=sender)
    if at == zone.end:
        return [zone]
    return _cut(zone, at, _SIGNATURE)


def _cut(zone: Zone, at: int, kind: ZoneKind) -> list[Zone]:
    head = [Zone(zone.kind, zone.start, at)] if at > zone.start else []
    return [*head, Zone(kind, at, zone.end)] if at < zone.end else head


def _split_end(lines: list[str], zones: list[Zone], sender: str) -> None:
    """Find footers and the signature at the end of the author's own text, in place.

    Above a signature behind "-- " there may be a closing with the name.
    """
    below = _BODY
    for index in range(len(zones) - 1, -1, -1):
        zone = zones[index]
        if zone.kind is _QUOTE and below is _SIGNATURE:
            return
        if zone.kind is _QUOTE or not any(lines[i].strip() for i in range(zone.start, zone.end)):
            continue
        if index and footers.only_names_files(lines[zone.start : zone.end]):
            zones[index] = Zone(_DISCLAIMER, zone.start, zone.end)
            continue
        parts = _cut(zone, footers.start(lines, zone.start, zone.end), _DISCLAIMER)
        if parts[0].kind is _DISCLAIMER and index == 0:
            return  # a text that is only a footer is read as what it is
        if parts[0].kind is _BODY:
            at = _signature_start(
                lines, zones[:index], parts[0], sender=sender, more_below=below is _SIGNATURE
            )
            parts[:1] = _cut(parts[0], at, _SIGNATURE)
        zones[index : index + 1] = parts
        below = parts[0].kind
        if zone.kind is _BODY and below is not _DISCLAIMER:
            return


def _signature_start(lines: list[str], above: list[Zone], own: Zone, *, sender: str, more_below: bool) -> int:
    """Return where the signature of a BODY zone starts, its end when there is none.

    A signature leaves text above it, unless it says more than a greeting ("Thanks, Jane").
    """
    at = signature_lines.start(lines, own.start, own.end, sender=sender, more_below=more_below)
    first = _next_filled(lines, own.start)
    if at > first or any(zone.kind is _BODY for zone in above):
        return at
    if signature_lines.has_contact(lines[at : own.end]):
        return at
    if signature_lines.closes(lines[first]):
        return own.end
    return signature_lines.start(lines, first + 1, own.end, sender=sender, more_below=more_below)
