"""Bringing an account's calendars here: what changed on the server, page by page, each with its cursor.

Every page is one transaction; killed at any instant, the next pass goes on and ends alike. A calendar is
listed whole at first, when its server has forgotten the cursor, and when the days it was listed for grow old.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from fluffy_core.connectors.base import CalendarAccount, ContactSource
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.sync import EventPage, RemoteCalendar
from fluffy_core.errors import CursorExpiredError, FolderGoneError, TransientError
from fluffy_core.mail.pim import recurrence
from fluffy_core.store import accounts, remote_calendars, remote_events
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.remote_calendars import CalendarState

JOB = "sync-calendar-events"
BACK, AHEAD = 365, 2 * 365
"""Days before and after today that a first listing is of."""
RENEWED = 31
"""Days that the wanted days may run ahead of those listed before a calendar is listed anew."""
EXPIRED_MOST = 3
"""Times that a cursor may expire within one pass."""

Connect = Callable[[AccountId], CalendarAccount]


@dataclass(frozen=True, slots=True)
class PimConnectors:
    """Makes the connectors of accounts for calendars and address books; whoever calls one closes it.

    They raise UsageError for an account that has none.
    """

    calendar: Connect
    contacts: Callable[[AccountId], ContactSource]


class AccountRemoved(Exception):
    """The user removed the account meanwhile."""


@dataclass(frozen=True, slots=True)
class Days:
    """The days [`start`, `end`) whose entries are wanted."""

    start: date
    end: date

    @property
    def seconds(self) -> tuple[int, int]:
        """Unix seconds of their beginning and end, in UTC."""
        begin, end = (int(datetime.combine(one, time(), UTC).timestamp()) for one in (self.start, self.end))
        return begin, end


def usual_days(today: date) -> Days:
    """A year back, two years ahead."""
    return Days(today - timedelta(days=BACK), today + timedelta(days=AHEAD))


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of entries: new or changed, gone; `unread` of all that are there could not be read."""

    changed: int = 0
    gone: int = 0
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Watch:
    """How a pass is watched: `on_page` inside each transaction with what was done, `checkpoint` between.

    Both may stop it. `child` is given what ends a wait for the server.
    """

    on_page: Callable[[Transaction, int], None] = lambda _tx, _done: None
    checkpoint: Callable[[], None] = lambda: None
    child: Callable[[Callable[[], object]], AbstractContextManager[None]] = lambda _kill: nullcontext()


def run(
    store: Database, account_id: AccountId, connect: Connect, *, days: Days, watch: Watch
) -> Tally | None:
    """One pass over an account's calendars; safe to call again after any interruption. None: it was removed.

    Raises as `CalendarAccount` does.
    """
    try:
        with closing(connect(account_id)) as account, watch.child(account.close):
            return _Pass(store, account_id, account, days=days, watch=watch).run()
    except AccountRemoved:
        return None


class _Pass:
    def __init__(
        self, store: Database, account_id: AccountId, account: CalendarAccount, *, days: Days, watch: Watch
    ) -> None:
        self._store = store
        self._account_id = account_id
        self._account = account
        self._days = days
        self._watch = watch
        self._tally = Tally()

    def run(self) -> Tally:
        """Look into every calendar; one that was not shown twice in a row goes with what only it says."""
        there = self._account.calendars()
        self._note_calendars(there)
        for calendar in there:
            self._watch.checkpoint()
            with suppress(FolderGoneError):
                self._calendar(calendar)
        unread = len(remote_events.problems(self._store, self._account_id))
        return replace(self._tally, unread=unread)

    def _note_calendars(self, there: tuple[RemoteCalendar, ...]) -> None:
        known = remote_calendars.listed(self._store, self._account_id)
        fresh = [one for one in there if one.id not in known or _differs(known[one.id], one)]
        ids = {one.id for one in there}
        lost = [one for key, one in known.items() if key not in ids]
        if not fresh and not lost:
            return
        with self._store.transaction() as tx:
            self._check(tx)
            for one in fresh:
                remote_calendars.put(tx, self._account_id, one)
            for state in lost:
                if state.missing:
                    remote_calendars.remove(tx, state.id)
                else:
                    remote_calendars.mark_missing(tx, state.id)

    def _check(self, tx: Transaction) -> None:
        if accounts.get(tx, self._account_id) is None:
            raise AccountRemoved

    def _calendar(self, calendar: RemoteCalendar) -> None:
        afresh = False
        for _ in range(EXPIRED_MOST):
            try:
                self._pages(calendar, afresh=afresh)
                return
            except CursorExpiredError:
                afresh = True
        raise TransientError(f"The server forgets again and again what changed in {calendar.name}.")

    def _pages(self, calendar: RemoteCalendar, *, afresh: bool) -> None:
        state = self._state(calendar)
        if afresh or not (state.cursor or state.token) or self._outgrown(state):
            self._begin(state)
            state = self._state(calendar)
        while True:
            page = self._account.events(
                calendar, cursor=state.cursor, token=state.token, start=state.start, end=state.end
            )
            self._take_over(state, page)
            if not page.next:
                return
            state = self._state(calendar)
            self._watch.checkpoint()

    def _state(self, calendar: RemoteCalendar) -> CalendarState:
        found = remote_calendars.listed(self._store, self._account_id).get(calendar.id)
        if found is None:
            raise AccountRemoved
        return found

    def _outgrown(self, state: CalendarState) -> bool:
        """Between runs only: a listing that was begun is brought to its end first."""
        renewed = timedelta(days=RENEWED)
        late = self._days.end - state.end > renewed or state.start - self._days.start > renewed
        return late and not state.token

    def _begin(self, state: CalendarState) -> None:
        with self._store.transaction() as tx:
            self._check(tx)
            remote_calendars.begin(tx, state.id, start=self._days.start, end=self._days.end)

    def _take_over(self, state: CalendarState, page: EventPage) -> None:
        """One page, its consequences and its cursor; a page that says nothing new is not written."""
        last = not page.next
        told = page.whole or page.changed or page.gone or state.token
        if last and not told and page.cursor == state.cursor:
            return
        with self._store.transaction() as tx:
            self._check(tx)
            tally = _store(tx, state, page)
            cursor = page.cursor if last else state.cursor
            remote_calendars.advance(tx, state.id, cursor=cursor, token=page.next)
            tally = Tally(self._tally.changed + tally.changed, self._tally.gone + tally.gone)
            self._watch.on_page(tx, tally.changed + tally.gone)
        self._tally = tally


def _differs(state: CalendarState, calendar: RemoteCalendar) -> bool:
    return state.missing or state.calendar != calendar


def _store(tx: Transaction, state: CalendarState, page: EventPage) -> Tally:
    keys: set[remote_events.Key] = set()
    changed = 0
    for entry in page.changed:
        touched = remote_events.put(tx, state.id, entry, listing=state.listing)
        changed += touched is not None
        keys |= touched or set()
    gone = set(page.gone) - {entry.id for entry in page.changed}
    if page.whole and not page.next:
        gone |= _not_named(tx, state)
    count, touched_by_gone = remote_events.remove(tx, state.id, sorted(gone))
    remote_events.settle(tx, keys | touched_by_gone)
    return Tally(changed, count)


def _not_named(tx: Transaction, state: CalendarState) -> set[str]:
    """What a whole listing should have named: what lies outside its days is kept as it was."""
    begin, end = Days(state.start, state.end).seconds
    return {
        remote_id
        for remote_id, events in remote_events.unlisted(tx, state.id, state.listing).items()
        if not events or recurrence.expand(events, begin, end)
    }


def sentence(tally: Tally) -> str:
    """What came of a pass, in words."""
    parts = [f"{_count(tally.changed, 'meeting')} new or changed", f"{tally.gone:,} gone"]
    if tally.unread:
        parts.append(f"{tally.unread:,} that could not be read whole")
    return ", ".join(parts)


def _count(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"
