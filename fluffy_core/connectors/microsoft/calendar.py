"""The calendars of an account at Microsoft through Microsoft Graph.

What changed is asked by the delta of a calendar's view (learn.microsoft.com/graph/delta-query-events), which
shows the days of a series one by one. So whenever it tells of a series or a day of one, that series is read
whole. A day that is deleted may be told by nothing but an id that says nothing of its series: then every
series that was told before is read again.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from fluffy_core.connectors.microsoft import events as outlook_events
from fluffy_core.connectors.microsoft.events import Series
from fluffy_core.connectors.microsoft.graph import (
    GONE,
    NOT_FOUND,
    Entry,
    Graph,
    Page,
    Trail,
    Trails,
    part,
    within,
)
from fluffy_core.connectors.network.gateway import Gateway
from fluffy_core.connectors.network.pace import Pace
from fluffy_core.connectors.sign_in.sign_in import Token
from fluffy_core.domain.sync import EventPage, RemoteCalendar, RemoteEvents
from fluffy_core.errors import AnswerError, CursorExpiredError, FolderGoneError, TransientError

LONGEST = timedelta(days=1825)
"""The longest view that Graph gives (ErrorCalendarViewRangeTooLong beyond)."""
AHEAD = timedelta(days=180)
"""So much later than asked ends a view: it serves until the days asked for have moved on so far."""
_PREFER = ('outlook.timezone="UTC"', 'outlook.body-content-type="text"')
_WANTED = {
    "$select": "id,iCalUId,subject,body,start,end,isAllDay,isCancelled,showAs,type,seriesMasterId,"
    "originalStart,originalStartTimeZone,recurrence,attendees,organizer,responseStatus,location,"
    "onlineMeeting,onlineMeetingUrl,cancelledOccurrences,exceptionOccurrences",
    "$expand": "exceptionOccurrences",
}
_WHOLE = frozenset({"iCalUId", "subject", "start", "end"})
"""An entry without these tells only a part of what there is."""
_FORBIDDEN = 403
_FORGOTTEN = frozenset({400, NOT_FOUND, GONE})


@dataclass(slots=True)
class _Run:
    """Where a run through the changes is; it is what a cursor and a token hold.

    `series` are the ids of all that were ever told; `read` are the events read in this run, `todo` those to
    read.
    """

    first: str
    last: str
    link: str = ""
    whole: bool = True
    removed: bool = False
    ended: bool = False
    series: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    todo: list[str] = field(default_factory=list)

    def text(self) -> str:
        return json.dumps(asdict(self))

    def serves(self, start: date, end: date) -> bool:
        """Whether its view holds the days from `start` to `end`, as far as a view can."""
        first, last = date.fromisoformat(self.first), date.fromisoformat(self.last)
        return end <= last and (first <= start or last - first >= LONGEST)

    def note(self, name: object) -> None:
        """Something was told of an event that is to be read whole."""
        if isinstance(name, str) and name and name not in self.read and name not in self.todo:
            self.todo.append(name)


@dataclass(slots=True)
class _Told:
    """What a page tells; the later word counts."""

    changed: dict[str, RemoteEvents] = field(default_factory=dict)
    gone: dict[str, None] = field(default_factory=dict)

    def put(self, found: RemoteEvents) -> None:
        """An entry is there."""
        self.gone.pop(found.id, None)
        self.changed[found.id] = found

    def remove(self, name: str) -> None:
        """An entry is not there."""
        self.changed.pop(name, None)
        self.gone[name] = None


def _begun(start: date, end: date) -> _Run:
    last = end + AHEAD
    return _Run(max(start, last - LONGEST).isoformat(), last.isoformat())


def _resumed(text: str) -> _Run:
    try:
        run = _Run(**json.loads(text))
        date.fromisoformat(run.first), date.fromisoformat(run.last)
    except (ValueError, TypeError, RecursionError) as error:
        raise CursorExpiredError("This place among the changes makes no sense.") from error
    lists = (run.series, run.read, run.todo)
    if not all(isinstance(one, list) for one in lists) or not isinstance(run.link, str):
        raise CursorExpiredError("This place among the changes makes no sense.")
    return run


class OutlookCalendar:
    """A `CalendarAccount`. A view of more than five years loses its beginning: Graph has no longer ones."""

    def __init__(
        self, gateway: Gateway, root: str, token: Token, *, page: int = 100, pace: Pace | None = None
    ) -> None:
        self._graph = Graph(gateway, root, token, reason="syncing calendars", prefer=_PREFER, pace=pace)
        self._page = page
        self._owners: dict[str, str] = {}
        self._trails = Trails()

    def calendars(self) -> tuple[RemoteCalendar, ...]:
        """As `CalendarAccount.calendars`."""
        trail, found = Trail(), dict[str, RemoteCalendar]()
        page = self._graph.page("me/calendars", {"$select": "id,name,isDefaultCalendar,owner", "$top": 100})
        while True:
            for one in page.entries:
                name = one.get("name")
                self._owners[one["id"]] = _address(one)
                found[one["id"]] = RemoteCalendar(
                    one["id"],
                    name if isinstance(name, str) and name else "Calendar",
                    one.get("isDefaultCalendar") is True,
                )
            if not page.next:
                return tuple(sorted(found.values(), key=lambda one: (not one.mine, one.name, one.id)))
            page = self._graph.page(trail.step(page.next))

    def events(
        self, calendar: RemoteCalendar, *, cursor: str = "", token: str = "", start: date, end: date
    ) -> EventPage:
        """As `CalendarAccount.events`. What lies outside the view of its days is not told of."""
        if token:
            run = _resumed(token)
        elif cursor:
            run = _resumed(cursor)
            if not run.serves(start, end):
                raise CursorExpiredError("The calendar is read anew for later days.")
        else:
            run = _begun(start, end)
        told, trail = _Told(), self._trails.take(token)
        with _readable(calendar):
            if not run.ended and not run.todo:
                self._step(calendar, run, told)
                trail.step(run.link)
            self._read(calendar, run, told)
        found = EventPage(tuple(told.changed.values()), tuple(told.gone), whole=run.whole)
        if run.todo or not run.ended:
            self._trails.keep(run.text(), trail)
            return replace(found, next=run.text())
        after = _Run(run.first, run.last, run.link, whole=False, series=run.series)
        return replace(found, cursor=after.text())

    def close(self) -> None:
        """As `CalendarAccount.close`."""
        self._graph.close()

    def _step(self, calendar: RemoteCalendar, run: _Run, told: _Told) -> None:
        """One page of the view's changes."""
        page = self._view(calendar, run)
        for entry in page.entries:
            if "@removed" in entry:
                told.remove(entry["id"])
                run.removed = True
            elif entry.get("type") in ("occurrence", "exception"):
                run.note(entry.get("seriesMasterId"))
            elif entry.get("type") == "singleInstance" and entry.keys() >= _WHOLE:
                told.put(outlook_events.single(entry, self._owner(calendar)))
            else:
                run.note(entry["id"])
        run.ended = not page.next
        run.link = page.next or page.delta
        if not run.link:
            raise TransientError("The server does not say from where later changes count.")
        if run.ended and run.removed:
            for one in run.series:
                run.note(one)

    def _view(self, calendar: RemoteCalendar, run: _Run) -> Page:
        base = f"me/calendars/{part(calendar.id)}"
        if not run.link:
            params = {"startDateTime": f"{run.first}T00:00:00Z", "endDateTime": f"{run.last}T00:00:00Z"}
            with within(f"calendar {calendar.name}"):
                return self._graph.page(f"{base}/calendarView/delta", params, size=self._page)
        if not self._graph.owns(run.link):
            raise CursorExpiredError("This place among the changes makes no sense.")
        try:
            return self._graph.page(run.link, size=self._page)
        except AnswerError as error:
            if error.status not in _FORGOTTEN:
                raise
            if error.status == NOT_FOUND:
                with within(f"calendar {calendar.name}"):
                    self._graph.get(base, {"$select": "id"})
            raise CursorExpiredError("The server has forgotten what changed since.") from error

    def _read(self, calendar: RemoteCalendar, run: _Run, told: _Told) -> None:
        """Read what is to be read, until the page is full."""
        while run.todo and len(told.changed) < self._page:
            name = run.todo.pop(0)
            run.read.append(name)
            found = self._event(calendar, name, run)
            if found is None:
                told.remove(name)
            else:
                told.put(found)
            repeats = found is not None and any(one.rrule for one in found.events)
            if repeats != (name in run.series):
                (run.series.append if repeats else run.series.remove)(name)

    def _event(self, calendar: RemoteCalendar, name: str, run: _Run) -> RemoteEvents | None:
        """A series as it is now, or a single event; None when it is not there, or a day of a series."""
        path = f"me/calendars/{part(calendar.id)}/events/{part(name)}"
        try:
            master = self._graph.get(path, _WANTED)
        except AnswerError as error:
            if error.status in (NOT_FOUND, GONE):
                return None
            raise
        if master.get("seriesMasterId"):
            run.note(master["seriesMasterId"])
            return None
        master = {**master, "id": name}
        if not isinstance(master.get("recurrence"), dict):
            return outlook_events.single(master, self._owner(calendar))
        removed = master.get("cancelledOccurrences")
        names = tuple(one for one in removed if isinstance(one, str)) if isinstance(removed, list) else ()
        exceptions = tuple(self._exceptions(calendar, master))
        return outlook_events.series(Series(master, exceptions, names), self._owner(calendar))

    def _exceptions(self, calendar: RemoteCalendar, master: Entry) -> Iterator[Entry]:
        """The days that differ; those of which too little is told are read one by one."""
        found = master.get("exceptionOccurrences")
        entries = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
        trail, link = Trail(), master.get("exceptionOccurrences@odata.nextLink")
        while isinstance(link, str) and self._graph.owns(link):
            page = self._graph.page(trail.step(link))
            entries += page.entries
            link = page.next
        for one in entries:
            if "start" in one and "originalStart" in one:
                yield one
            elif isinstance(one.get("id"), str):
                yield self._graph.get(f"me/calendars/{part(calendar.id)}/events/{part(one['id'])}")

    def _owner(self, calendar: RemoteCalendar) -> str:
        """The address of whose calendar it is, "" where that is not told."""
        if calendar.id not in self._owners:
            found = self._graph.get(f"me/calendars/{part(calendar.id)}", {"$select": "id,owner"})
            self._owners[calendar.id] = _address(found)
        return self._owners[calendar.id]


@contextmanager
def _readable(calendar: RemoteCalendar) -> Iterator[None]:
    """A calendar that somebody shares may be shown and yet not be ours to read: others are not held up."""
    try:
        yield
    except AnswerError as error:
        if error.status != _FORBIDDEN or calendar.mine:
            raise
        raise FolderGoneError(f"The calendar {calendar.name} may not be read here.") from error


def _address(entry: dict[str, Any]) -> str:
    owner = entry.get("owner")
    found = owner.get("address") if isinstance(owner, dict) else ""
    return found if isinstance(found, str) else ""
