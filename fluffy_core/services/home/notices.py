"""What the desktop tells the user outside the window: each thing once, not in the quiet hours."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, time, timedelta

from fluffy_core.domain.jobs import Alert
from fluffy_core.errors import UsageError
from fluffy_core.events import Changed
from fluffy_core.store import alerts, insight, settings
from fluffy_core.store.database import Database, Transaction

_KEY = "notices"
_ALERTS, _FOLLOW_UPS = "notices-alerts-told", "notices-follow-ups-told"
LINES = 4
"""Things that are named when several are told as one."""
MOST_WAIT = timedelta(hours=1)
"""A computer that slept, or a clock that was set, is noticed after this at the latest."""


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """What the user chose; times are "HH:MM" in local time, and may span midnight."""

    enabled: bool = True
    quiet: bool = False
    quiet_from: str = "22:00"
    quiet_until: str = "07:00"
    keep_in_tray: bool = False
    """Whether closing the window leaves the program at work in the tray."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell; `page` is where it leads ("activity", "accounts", "inbox"). Nothing is escaped."""

    title: str
    text: str
    page: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What to tell now; `wait` are seconds after which to ask again, None when nothing is held back."""

    notices: tuple[Notice, ...] = ()
    wait: float | None = None


def read(store: Database | Transaction) -> NoticeSettings:
    """What the user chose; a value written by hand that makes no sense counts as not chosen."""
    found = settings.get(store, _KEY, {})
    chosen: Mapping[str, object] = found if isinstance(found, dict) else {}
    usual = NoticeSettings()
    kept = {}
    for one in fields(NoticeSettings):
        value, default = chosen.get(one.name), getattr(usual, one.name)
        if type(value) is type(default) and (not isinstance(value, str) or _clock(value) is not None):
            kept[one.name] = value
    return NoticeSettings(**kept)  # type: ignore[arg-type]


def write(store: Database, chosen: NoticeSettings) -> None:
    """Keep what the user chose. Raises UsageError for a time that is none."""
    for value in (chosen.quiet_from, chosen.quiet_until):
        if _clock(value) is None:
            raise UsageError(f"{value!r} is not a time of day such as 22:00.")
    with store.transaction() as tx:
        settings.put(tx, _KEY, asdict(chosen))
        tx.changed(Changed.SETTINGS)


def quiet_for(chosen: NoticeSettings, now: datetime) -> timedelta:
    """How long the quiet hours still last at a local time, zero outside of them."""
    start, end = _clock(chosen.quiet_from), _clock(chosen.quiet_until)
    if not chosen.quiet or start is None or end is None or start == end:
        return timedelta()
    at = now.time()
    inside = start <= at < end if start < end else at >= start or at < end
    if not inside:
        return timedelta()
    over = datetime.combine(now.date(), end, now.tzinfo)
    return (over if over > now else over + timedelta(days=1)) - now


def take(store: Database, *, now: datetime | None = None) -> Told:
    """What is to be told and was not told before; from now on it counts as told.

    In the quiet hours nothing is taken, so that all of it is told when they end; what comes together is told
    as one. Switched off, everything counts as told.
    """
    with store.transaction() as tx:
        chosen = read(tx)
        wait = quiet_for(chosen, now or datetime.now().astimezone())
        if chosen.enabled and wait:
            return Told(wait=min(wait, MOST_WAIT).total_seconds())
        found = (*_alerts(tx), *_follow_ups(tx))
    return Told(_as_one(found) if chosen.enabled else ())


def _alerts(tx: Transaction) -> tuple[Notice, ...]:
    """Alerts not told yet, and those told that have become serious since."""
    found = settings.get(tx, _ALERTS, {})
    told = found if isinstance(found, dict) else {}
    listed = alerts.listed(tx)
    now_told = {str(one.id): one.serious for one in listed}
    if now_told != told:
        settings.put(tx, _ALERTS, now_told)
    fresh = [one for one in listed if told.get(str(one.id)) not in (one.serious, True)]
    return tuple(map(_of_alert, fresh))


def _of_alert(alert: Alert) -> Notice:
    again = f" It failed {alert.times} times today." if alert.serious else ""
    page = "accounts" if alert.about.startswith(("account ", "folder ")) else "activity"
    return Notice(alert.text, f"{alert.cure}{again}", page, urgent=alert.serious)


def _follow_ups(tx: Transaction) -> tuple[Notice, ...]:
    """One notice for the mail that was found to wait for an answer since the last one."""
    found = settings.get(tx, _FOLLOW_UPS, [])
    told = set(found) if isinstance(found, list) else set()
    rows = insight.follow_ups(tx)
    listed = sorted(int(one.message_id) for one in rows)
    if set(listed) != told:
        settings.put(tx, _FOLLOW_UPS, listed)
    fresh = [one for one in rows if one.message_id not in told]
    if not fresh:
        return ()
    title = (
        "A mail of yours has no answer"
        if len(fresh) == 1
        else f"{len(fresh):,} mails of yours have no answer"
    )
    more = f" and {len(fresh) - 1:,} more" if len(fresh) > 1 else ""
    return (Notice(title, f"{fresh[0].subject or 'Without a subject'}{more}", "inbox"),)


def _as_one(found: tuple[Notice, ...]) -> tuple[Notice, ...]:
    if not found[1:]:
        return found
    lines = [one.title for one in found[:LINES]]
    if hidden := len(found) - len(lines):
        lines.append(f"and {hidden} more")
    page = next((one.page for one in found if one.page == "activity"), found[0].page)
    urgent = any(one.urgent for one in found)
    return (Notice(f"{len(found)} things to look at", "\n".join(lines), page, urgent),)


def _clock(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if len(text) == len("HH:MM") else None
    except ValueError:
        return None
