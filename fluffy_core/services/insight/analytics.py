"""`aggregate-analytics`: mail counted by day, brought up to date cheaply, and told by day, week and month."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import groupby

from fluffy_core.domain.counting import number_of
from fluffy_core.domain.figures import USUAL_WEEKS, WEEK, Figures, Letter, Trend, count_thread, total, trends
from fluffy_core.services.home import local_time
from fluffy_core.store import addresses, analytics, settings
from fluffy_core.store.database import Database, Transaction

STATE = "analytics"
"""The setting that says up to which message, in which zone and for which own addresses it was counted."""
BUSY_DAYS = 28
"""Days over which busy hours and frequent correspondents are told."""
MANY = 2000
"""Changed threads beyond which it is cheaper to count everything than to look which days they touch."""
Checkpoint = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Recount:
    """Days counted anew, ready to be written; `days` is None when all of them were."""

    days: frozenset[str] | None
    figures: dict[str, Figures]
    zone: tzinfo
    state: dict[str, object]

    def write(self, tx: Transaction) -> str:
        """Make it the truth; what was done, in words."""
        if self.days is None or self.days:
            analytics.replace(tx, self.days, self.figures)
        first = Counter(_day(one, self.zone) for one in analytics.first_dates(tx))
        known = analytics.new_contacts(tx)
        wrong = {day for day in first.keys() | known.keys() if first[day] != known.get(day, 0)}
        analytics.set_new_contacts(tx, {day: first[day] for day in sorted(wrong)})
        if settings.get(tx, STATE) != self.state:
            settings.put(tx, STATE, self.state)
        counted = len(self.figures)
        return f"Counted the mail of {number_of(counted, 'day')}" if counted else "No new mail to count"


def recount(store: Database, *, checkpoint: Checkpoint = lambda: None) -> Recount:
    """Count the days whose mail changed since the last time; nothing is written.

    Late mail counts on its own day, and so do the answers of its thread. A change of the zone or of the
    user's own addresses counts everything anew, and so does a total that is wrong.
    """
    zone = local_time.zone(store)
    state: dict[str, object] = {
        "message": analytics.newest_message(store),
        "zone": str(zone),
        "own": hashlib.sha256("\n".join(sorted(addresses.mine(store))).encode()).hexdigest(),
    }
    before = settings.get(store, STATE)
    counter = _Counter(store, zone, checkpoint)
    if isinstance(before, dict) and all(before.get(one) == state[one] for one in ("zone", "own")):
        changed, figures = counter.since(int(before["message"]))
        if changed is None:
            return Recount(None, figures, zone, state)
        kept = analytics.counted(store) - _messages(analytics.days(store, one, one) for one in changed)
        if kept + _messages([figures]) == analytics.countable(store):
            return Recount(changed, figures, zone, state)
    return Recount(None, counter.everything(), zone, state)


def _messages(some: Iterable[dict[str, Figures]]) -> int:
    return sum(one.received + one.sent for days in some for one in days.values())


def _day(seconds: int, zone: tzinfo) -> str:
    return datetime.fromtimestamp(seconds, zone).date().isoformat()


class _Counter:
    """Counts threads whole, since an answer may come on another day than its question."""

    def __init__(self, store: Database, zone: tzinfo, checkpoint: Checkpoint) -> None:
        self._store = store
        self._zone = zone
        self._checkpoint = checkpoint

    def everything(self) -> dict[str, Figures]:
        return self._count(analytics.threads(self._store, after_message=0))

    def since(self, message_id: int) -> tuple[frozenset[str] | None, dict[str, Figures]]:
        """The days that threads with newer messages touch, and their figures; None when it is all of them."""
        grown = analytics.threads(self._store, after_message=message_id)
        if len(grown) > MANY:
            return None, self.everything()
        changed = frozenset(self._count(grown))
        touching = set(grown)
        for day in sorted(changed):
            touching.update(analytics.threads_between(self._store, *_bounds(day, self._zone)))
        found = self._count(sorted(touching))
        return changed, {day: one for day, one in found.items() if day in changed}

    def _count(self, thread_ids: Sequence[int]) -> dict[str, Figures]:
        days: dict[str, Figures] = {}
        rows = analytics.letters(self._store, thread_ids)
        for _, some in groupby(rows, key=lambda row: row[0]):
            count_thread(days, [self._letter(*row[1:]) for row in some])
            self._checkpoint()
        return days

    def _letter(self, seconds: int, mine: int, personal: int) -> Letter:
        moment = datetime.fromtimestamp(seconds, self._zone)
        return Letter(moment.date().isoformat(), moment.hour, seconds, bool(mine), bool(personal))


def _bounds(day: str, zone: tzinfo, *, days: int = 1) -> tuple[float, float]:
    """Unix seconds of a day's beginning and of the beginning `days` later."""
    start = datetime.fromisoformat(day).replace(tzinfo=zone)
    return start.timestamp(), (start + timedelta(days=days)).timestamp()


@dataclass(frozen=True, slots=True)
class Period:
    """A day, a week or a month; `last` is included."""

    first: str
    last: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Correspondent:
    """Somebody with whom much personal mail was exchanged."""

    contact_id: int
    name: str
    received: int
    sent: int


@dataclass(frozen=True, slots=True)
class Report:
    """Figures up to a day: today, or the last day with mail of an old archive."""

    as_of: str
    periods: tuple[Period, ...]
    trends: tuple[Trend, ...]
    recent: Figures
    correspondents: tuple[Correspondent, ...]


def refresh(store: Database) -> str:
    """Bring the figures up to date now; what was done, in words."""
    found = recount(store)
    with store.transaction() as tx:
        return found.write(tx)


def report(store: Database, *, by: str, limit: int, now: float, people: int = 5) -> Report | None:
    """The last `limit` days, weeks or months (`by`), newest first; None before anything was counted."""
    last = analytics.last_day(store)
    if not last:
        return None
    zone = local_time.zone(store)
    as_of = date.fromisoformat(min(last, _day(int(now), zone)))
    spans = _spans(as_of, by, limit)
    found = analytics.days(
        store, min(spans[-1][0], as_of - timedelta(days=365)).isoformat(), as_of.isoformat()
    )
    since = as_of - timedelta(days=BUSY_DAYS - 1)
    start, end = _bounds(since.isoformat(), zone, days=BUSY_DAYS)
    weeks = [_sum(found, as_of - timedelta(days=WEEK * (n + 1) - 1), WEEK) for n in range(USUAL_WEEKS + 1)]
    return Report(
        as_of=as_of.isoformat(),
        periods=tuple(
            Period(first.isoformat(), until.isoformat(), _sum(found, first, (until - first).days + 1))
            for first, until in spans
        ),
        trends=trends(weeks[0], weeks[1:]),
        recent=_sum(found, since, BUSY_DAYS),
        correspondents=tuple(
            Correspondent(*row) for row in analytics.correspondents(store, start, end, limit=people)
        ),
    )


def _sum(found: dict[str, Figures], first: date, count: int) -> Figures:
    names = [(first + timedelta(days=n)).isoformat() for n in range(count)]
    return total(found[one] for one in names if one in found)


def _spans(as_of: date, by: str, limit: int) -> list[tuple[date, date]]:
    """(first, last day) of the last periods, newest first; the newest ends with `as_of`."""
    found: list[tuple[date, date]] = []
    until = as_of
    while len(found) < max(limit, 1):
        if by == "month":
            first = until.replace(day=1)
        elif by == "week":
            first = until - timedelta(days=until.weekday())
        else:
            first = until
        found.append((first, until))
        until = first - timedelta(days=1)
    return found
