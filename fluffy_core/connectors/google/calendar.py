"""Google Calendar: the calendars of an account, with sync tokens."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from fluffy_core.connectors.google import events as google_events
from fluffy_core.connectors.google.api import GoogleApi
from fluffy_core.connectors.network.gateway import Gateway
from fluffy_core.connectors.sign_in.sign_in import Token
from fluffy_core.domain.sync import EventPage, RemoteCalendar, RemoteEvents
from fluffy_core.errors import AnswerError, CursorExpiredError, FolderGoneError, TransientError

PAGE = 1000
_BAD, _NOT_FOUND, _GONE = 400, 404, 410


class GoogleCalendar:
    """A `CalendarAccount`. A cursor is a sync token."""

    def __init__(self, gateway: Gateway, root: str, token: Token) -> None:
        self._api = GoogleApi(gateway, root, "calendar", reason="Google Calendar", token=token)
        self._uids: dict[tuple[str, str], str] = {}

    def calendars(self) -> tuple[RemoteCalendar, ...]:
        """As `CalendarAccount.calendars`: the user's own first."""
        with self._api.understood():
            found = [
                RemoteCalendar(
                    str(one["id"]),
                    str(one.get("summaryOverride") or one.get("summary") or one["id"]),
                    mine=bool(one.get("primary")),
                )
                for one in self._listed()
                if not one.get("deleted")
            ]
        return tuple(sorted(found, key=lambda one: (not one.mine, one.name.casefold(), one.id)))

    def events(
        self, calendar: RemoteCalendar, *, cursor: str = "", token: str = "", start: date, end: date
    ) -> EventPage:
        """As `CalendarAccount.events`."""
        where: dict[str, Any] = {"calendarId": calendar.id, "maxResults": PAGE, "singleEvents": False}
        if cursor:
            where["syncToken"] = cursor
        else:
            where |= {"timeMin": _midnight(start), "timeMax": _midnight(end)}
        if token:
            where["pageToken"] = token
        with self._api.understood():
            try:
                page = self._api.ask(self._api.service.events().list(**where))
            except AnswerError as error:
                raise self._meant(error, calendar, asked=bool(cursor or token)) from error
            return self._page(calendar, page, token=token, whole=not cursor)

    def close(self) -> None:
        """End the connections; safe to call twice."""
        self._api.close()

    def _listed(self) -> Iterator[Mapping[str, Any]]:
        token = ""
        while True:
            asked = self._api.service.calendarList().list(
                maxResults=250, **({"pageToken": token} if token else {})
            )
            page = self._api.ask(asked)
            yield from page.get("items", ())
            before, token = token, str(page.get("nextPageToken", ""))
            if not token:
                return
            _check_progress(before, token)

    def _meant(self, error: AnswerError, calendar: RemoteCalendar, *, asked: bool) -> Exception:
        """What a refusal means. A token that is none is as good as one that has expired."""
        if error.status == _GONE or (error.status == _BAD and asked):
            return CursorExpiredError(f"Google has forgotten what changed in the calendar {calendar.name}.")
        if error.status == _NOT_FOUND:
            return FolderGoneError(f"Google has no calendar {calendar.name} any more.")
        return error

    def _page(
        self, calendar: RemoteCalendar, page: Mapping[str, Any], *, token: str, whole: bool
    ) -> EventPage:
        items = [
            one for one in page.get("items", ()) if one.get("eventType") not in google_events.NO_MEETINGS
        ]
        zone = str(page.get("timeZone", "UTC"))
        changed: list[RemoteEvents] = []
        gone: list[str] = []
        if not token:
            self._uids.clear()
        for one in items:
            if not one.get("recurringEventId"):
                self._note(calendar, one)
        for one in items:
            series = str(one.get("recurringEventId", ""))
            uid = self._uid(calendar, series) if series else str(one.get("iCalUID") or one["id"])
            if not uid or (one.get("status") == "cancelled" and not series):
                gone.append(str(one["id"]))
            else:
                changed.append(google_events.entry(one, uid=uid, zone=zone))
        following = str(page.get("nextPageToken", ""))
        _check_progress(token, following)
        return EventPage(
            tuple(changed),
            tuple(gone),
            following,
            "" if following else str(page.get("nextSyncToken", "")),
            whole,
        )

    def _uid(self, calendar: RemoteCalendar, event_id: str) -> str:
        """The iCalUID of a series: a cancelled day of it does not tell. "" when there is no such series."""
        key = (calendar.id, event_id)
        if key not in self._uids:
            asked = self._api.service.events().get(calendarId=calendar.id, eventId=event_id)
            try:
                self._note(calendar, self._api.ask(asked))
            except AnswerError as error:
                if error.status not in {_NOT_FOUND, _GONE}:
                    raise
                self._uids[key] = ""
        return self._uids.get(key, "")

    def _note(self, calendar: RemoteCalendar, event: Mapping[str, Any]) -> None:
        """Remember what a series is called; one that is called off has no exceptions any more."""
        there = event.get("status") != "cancelled"
        self._uids[calendar.id, str(event["id"])] = str(event.get("iCalUID") or event["id"]) if there else ""


def _check_progress(before: str, token: str) -> None:
    if token and token == before:
        raise TransientError("Google gives the same page again and again.")


def _midnight(day: date) -> str:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).isoformat().replace("+00:00", "Z")
