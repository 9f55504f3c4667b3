"""The command that shows which meetings are ahead."""

import argparse
import time
from datetime import UTC, datetime, tzinfo

from fluffy_core.cli.answer import Answer, cut, plain
from fluffy_core.config import Settings
from fluffy_core.core import Core
from fluffy_core.services.home import local_time
from fluffy_core.services.people import meetings
from fluffy_core.services.people.meetings import Meeting

_DAY = 86_400


def ahead(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """What takes place in the next days, with who is invited and what they answered."""
    with Core.open(settings) as core:
        now = int(time.time())
        found = meetings.ahead(core.store, now, now + min(arguments.days, 3660) * _DAY)
        zone = local_time.zone(core.store)
    lines = [line for one in found for line in _lines(one, zone)]
    return Answer({"count": len(found), "meetings": plain(found)}, "\n".join(lines) or "No meetings.")


def _lines(one: Meeting, zone: tzinfo) -> list[str]:
    if one.all_day:
        when = f"{datetime.fromtimestamp(one.start, UTC):%a %d %b %Y}  all day"
    else:
        begins, ends = (datetime.fromtimestamp(moment, zone) for moment in (one.start, one.end))
        when = f"{begins:%a %d %b %Y  %H:%M}-{ends:%H:%M}"
    place = f"  ({cut(one.location, 30)})" if one.location else ""
    lines = [f"{when:30}  {cut(one.summary, 50)}{place}"]
    if one.people:
        people = [(who.name or who.email, f" ({who.status})" if who.status else "") for who in one.people]
        lines.append(f"{'':32}{cut(', '.join(map(''.join, people)), 78)}")
    return lines
